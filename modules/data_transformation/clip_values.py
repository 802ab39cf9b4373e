"""Values beyond a bound, brought back or taken out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NUMERIC, Columns, pick_numeric
from modules._shared.encoder import numbers
from modules._shared.errors import AllMissing, BadExpression, Infinite
from modules._shared.frames import replaced
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

Substitute = Literal["Threshold", "Mean", "Median", "Missing"]
_UPPER, _LOWER = ["ClipPeaks", "ClipPeaksAndSubpeaks"], ["ClipSubPeaks", "ClipPeaksAndSubpeaks"]


def _when(sides: list[str], threshold: str) -> dict[str, list[Any]]:
    return {"thresholds": sides, "threshold": [threshold]}


@module(
    title="Clip Values",
    category="Data Transformation",
    version="1",
    metrics=[Metric("values_clipped", unit="cells", pinned=True)],
)
def clip_values(
    input: Annotated[pd.DataFrame, PortInfo(title="Input")],
    *,
    thresholds: Annotated[
        Literal["ClipPeaks", "ClipSubPeaks", "ClipPeaksAndSubpeaks"],
        param("Set of thresholds", "Clip values above a bound, below one, or both."),
    ] = "ClipPeaks",
    threshold: Annotated[
        Literal["Constant", "Percentile"], param("Threshold", "A bound for all columns, or a percentile of each.")
    ] = "Constant",
    upper_constant: Annotated[float, param("Constant value of upper threshold", when=_when(_UPPER, "Constant"))] = 99.0,
    lower_constant: Annotated[float, param("Constant value of lower threshold", when=_when(_LOWER, "Constant"))] = 1.0,
    upper_percentile: Annotated[
        float, param("Percentile value of upper threshold", ge=0, le=100, when=_when(_UPPER, "Percentile"))
    ] = 99.0,
    lower_percentile: Annotated[
        float, param("Percentile value of lower threshold", ge=0, le=100, when=_when(_LOWER, "Percentile"))
    ] = 1.0,
    upper_substitute: Annotated[
        Substitute, param("Substitute value for peaks", when={"thresholds": _UPPER})
    ] = "Threshold",
    lower_substitute: Annotated[
        Substitute, param("Substitute value for subpeaks", when={"thresholds": _LOWER})
    ] = "Threshold",
    columns: Annotated[Columns, param("List of columns")] = NUMERIC,
    overwrite: Annotated[bool, param("Overwrite flag", "Otherwise new columns `name_clipped`.")] = True,
    indicators: Annotated[
        bool, param("Add indicator columns", "Columns `name_clipped_flag` of true and false.")
    ] = False,
) -> Annotated[pd.DataFrame, PortInfo(title="Result_dataset")]:
    """Replace values beyond the bounds. Mean and median are those of the values within."""
    constant = threshold == "Constant"
    high, low = (upper_constant, lower_constant) if constant else (upper_percentile, lower_percentile)
    high, low = high if thresholds in _UPPER else None, low if thresholds in _LOWER else None
    if high is not None and low is not None and low > high:
        raise BadExpression(f"{low:g}", f"the lower bound lies above the upper one, {high:g}", "1 (lower), 99 (upper)")
    added, count = {}, 0
    for name in pick_numeric(input, columns, "List of columns", "clip"):
        values = numbers(input[name])
        above, below = _beyond(name, values, high, low, constant)
        inside = values[~(above[0] | below[0])]
        clipped = values.copy()
        clipped[above[0]] = _substitute(upper_substitute, above[1], inside)
        clipped[below[0]] = _substitute(lower_substitute, below[1], inside)
        changed = above[0] | below[0]
        count += int(changed.sum())
        added[name if overwrite else f"{name}_clipped"] = clipped if changed.any() else input[name]
        if indicators:
            added[f"{name}_clipped_flag"] = changed
    Run.get_context().log("values_clipped", count)
    return carried(input, replaced(input, added))


def _beyond(
    name: Any, values: np.ndarray, high: float | None, low: float | None, constant: bool
) -> list[tuple[Any, float]]:
    """Where the column is above and below its bounds, and the bounds."""
    there = values[~np.isnan(values)]
    if not len(there):
        raise AllMissing([name])
    finite = there[np.isfinite(there)]
    if not constant and not len(finite):
        raise Infinite(name, "find the percentiles of")
    bounds = [b if b is None or constant else float(np.percentile(finite, b)) for b in (high, low)]
    above = values > bounds[0] if bounds[0] is not None else np.zeros(len(values), dtype=bool)
    below = values < bounds[1] if bounds[1] is not None else np.zeros(len(values), dtype=bool)
    return [(above, bounds[0] or 0.0), (below, bounds[1] or 0.0)]


def _substitute(kind: str, bound: float, inside: np.ndarray) -> float:
    if kind == "Threshold":
        return bound
    inside = inside[np.isfinite(inside)]
    if kind == "Missing" or not len(inside):
        return float("nan")
    return float(np.mean(inside) if kind == "Mean" else np.median(inside))
