"""Numbers to bins."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NUMERIC, Columns, pick_numeric
from modules._shared.encoder import numbers
from modules._shared.errors import AllMissing, BadExpression
from modules._shared.frames import checked, finite, replaced
from modules._shared.parameters import numbers_of, param
from modules._shared.roles import carried
from modules.types import Transformation

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

Mode = Literal["Quantiles", "Equal Width", "Custom Edges", "Equal Width With Custom Start and Stop"]
_CUSTOM_WIDTH = {"mode": ["Equal Width With Custom Start and Stop"]}


@dataclass
class Binning(Transformation):
    """Inner edges per column. Bin 1 lies up to the first edge (which belongs to it), and so on."""

    edges: dict[str, list[float]]
    values: str  # "Quantile Index": 1, 2 …; "PQuantile": the bin's upper share; "Percent": that in percent
    output: str
    categorical: bool

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        checked(frame, self.edges, "the binning")
        binned = {name: self._bins(frame[name], edges) for name, edges in self.edges.items()}
        if self.output == "Inplace":
            return carried(frame, replaced(frame, binned))
        named = pd.DataFrame({f"{name}_quantized": column for name, column in binned.items()}, index=frame.index)
        return named if self.output == "Result Only" else carried(frame, pd.concat([frame, named], axis=1))

    def _bins(self, column: pd.Series, edges: list[float]) -> pd.Series:
        values = numbers(column)
        found = np.searchsorted(edges, values, side="left") + 1.0
        found[np.isnan(values)] = np.nan
        scale = {"Quantile Index": 1, "PQuantile": 1 / (len(edges) + 1), "Percent": 100 / (len(edges) + 1)}[self.values]
        bins = pd.Series(found * scale, index=column.index)
        if self.values == "Quantile Index":
            bins = bins.astype("Int64" if np.isnan(found).any() else "int64")
        return bins.astype("category") if self.categorical else bins


class Binned(NamedTuple):
    """The dataset with bins, and the way to bin others alike."""

    quantized_dataset: Annotated[pd.DataFrame, PortInfo(title="Quantized dataset")]
    binning_transformation: Annotated[Transformation, PortInfo(title="Binning transformation")]


@module(
    title="Group Data into Bins",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns_binned", unit="columns", pinned=True)],
)
def group_data_into_bins(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    mode: Annotated[
        Mode, param("Binning mode", "As many rows, or the same width, in each bin; or your own edges.")
    ] = "Quantiles",
    columns: Annotated[Columns, param("Columns to bin")] = NUMERIC,
    output: Annotated[Literal["Append", "Inplace", "Result Only"], param("Output mode")] = "Append",
    categorical: Annotated[bool, param("Tag columns as categorical")] = True,
    bins: Annotated[int, param("Number of bins", ge=1, when={"mode": ["Quantiles", "Equal Width"]})] = 10,
    quantile_values: Annotated[
        Literal["Percent", "PQuantile", "Quantile Index"],
        param(
            "Quantile normalization", "A bin's name: up to 100, up to 1, or its number.", when={"mode": ["Quantiles"]}
        ),
    ] = "Percent",
    first_edge: Annotated[float, param("First edge position", when=_CUSTOM_WIDTH)] = 0.0,
    width: Annotated[float, param("Bin width", gt=0, when=_CUSTOM_WIDTH)] = 0.5,
    last_edge: Annotated[float, param("Last edge position", when=_CUSTOM_WIDTH)] = 1.0,
    edges: Annotated[str, param("Comma-separated list of bin edges", when={"mode": ["Custom Edges"]})] = "",
) -> Binned:
    """The number of the bin that each value falls into, in `column_quantized`; an edge belongs to the bin below it."""
    picked = pick_numeric(dataset, columns, "Columns to bin", "bin")
    if mode == "Custom Edges":
        own = sorted(set(map(float, numbers_of(edges))))
        if not own:
            raise BadExpression(edges, "there must be at least one edge", "0, 10, 20")
        found = dict.fromkeys(picked, own)
    elif mode == "Equal Width With Custom Start and Stop":
        steps = np.arange(first_edge, last_edge + width / 1e6, width)
        found = dict.fromkeys(picked, steps.tolist())
    else:
        found = {name: _edges(dataset[name], bins, mode) for name in picked}
    binning = Binning(found, quantile_values if mode == "Quantiles" else "Quantile Index", output, categorical)
    run = Run.get_context()
    run.log("columns_binned", len(picked))
    run.log_table("Bins", {"Column": [str(n) for n in found], "Bins": [len(some) + 1 for some in found.values()]})
    return Binned(binning.apply(dataset), binning)


def _edges(column: pd.Series, bins: int, mode: str) -> list[float]:
    """The inner edges; fewer where quantiles coincide."""
    values = numbers(column)
    values = values[~np.isnan(values)]
    if not len(values):
        raise AllMissing([column.name])
    finite(values, column.name, "bin")
    if mode == "Equal Width":
        return np.linspace(values.min(), values.max(), bins + 1)[1:-1].tolist()
    inner = np.unique(np.quantile(values, np.arange(1, bins) / bins))
    return inner[inner < values.max()].tolist()
