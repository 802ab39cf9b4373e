"""Bring numeric columns to a common scale."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NUMERIC, Columns, pick_numeric
from modules._shared.encoder import numbers
from modules._shared.errors import AllMissing, ValuesError
from modules._shared.frames import checked, finite, replaced
from modules._shared.parameters import param
from modules._shared.roles import carried
from modules.types import Transformation

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from scipy import special
else:
    np, pd, special = lazy_import("numpy"), lazy_import("pandas"), lazy_import("scipy.special")

Method = Literal["ZScore", "MinMax", "Logistic", "LogNormal", "Tanh"]


@dataclass
class Normalization(Transformation):
    """A method, and each column's two numbers: what is taken away, and what is divided by."""

    method: str
    scales: dict[str, tuple[float, float]]

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        checked(frame, self.scales, "the normalization")
        return carried(frame, replaced(frame, {n: self._values(frame[n], *s) for n, s in self.scales.items()}))

    def _values(self, column: pd.Series, shift: float, width: float) -> np.ndarray:
        values = numbers(column)
        match self.method:
            case "Logistic":
                return special.expit(values)
            case "Tanh":
                return np.tanh(values)
            case "LogNormal":
                values = np.log(np.where(values > 0, values, np.nan))
        if width == 0:  # a constant column, and zeros were not asked for
            return np.full(len(values), np.nan)
        scaled = (values - shift) / width
        return special.ndtr(scaled) if self.method == "LogNormal" and np.isfinite(width) else scaled


class Normalized(NamedTuple):
    """The dataset with normalized columns, and the way to normalize others alike."""

    transformed_dataset: Annotated[pd.DataFrame, PortInfo(title="Transformed dataset")]
    transformation_function: Annotated[Transformation, PortInfo(title="Transformation function")]


@module(
    title="Normalize Data",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns_normalized", unit="columns", pinned=True), Metric("constant_columns", unit="columns")],
)
def normalize_data(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    method: Annotated[Method, param("Transformation method")] = "ZScore",
    columns: Annotated[Columns, param("Columns to transform")] = NUMERIC,
    zero_for_constant: Annotated[
        bool,
        param(
            "Use 0 for constant columns when checked",
            "Otherwise they become missing.",
            when={"method": ["ZScore", "MinMax", "LogNormal"]},
        ),
    ] = True,
) -> Normalized:
    """ZScore: (x - mean) / standard deviation (of the population). MinMax: to 0 … 1. Logistic: 1 / (1 + exp(-x)).

    LogNormal: the cumulative distribution of a log-normal fitted to the column. Tanh: the hyperbolic tangent.
    """
    picked = pick_numeric(dataset, columns, "Columns to transform", "normalize")
    scales = {name: _scale(dataset[name], method) for name in picked}
    constant = [name for name, (_, width) in scales.items() if width == 0]
    if zero_for_constant:
        scales |= {name: (scales[name][0], float("inf")) for name in constant}  # anything / inf is 0
    normalization = Normalization(method, scales)
    run = Run.get_context()
    run.log("columns_normalized", len(picked))
    run.log("constant_columns", len(constant))
    return Normalized(normalization.apply(dataset), normalization)


def _scale(column: pd.Series, method: str) -> tuple[float, float]:
    values = numbers(column)
    values = values[~np.isnan(values)]
    if not len(values):
        raise AllMissing([column.name])
    finite(values, column.name, "normalize")
    if method == "MinMax":
        return float(values.min()), float(values.max() - values.min())
    if method in ("Logistic", "Tanh"):
        return 0.0, 1.0
    if method == "LogNormal":
        if (values <= 0).any():
            raise ValuesError(f"column {column.name!r} has values of 0 or less; LogNormal needs positive ones")
        values = np.log(values)
    return float(values.mean()), 0.0 if values.min() == values.max() else float(values.std())
