"""What is in each column."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import is_type
from modules._shared.frames import at_least, distinct, single_valued

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_PERCENTILES = (0.5, 1, 5, 95, 99, 99.5)


@module(
    title="Summarize Data",
    category="Statistical Functions",
    version="1",
    metrics=[
        Metric("rows", unit="rows", pinned=True),
        Metric("columns", unit="columns", pinned=True),
        Metric("missing_values", unit="cells"),
    ],
)
def summarize_data(
    input: Annotated[pd.DataFrame, PortInfo(title="Input")],
) -> Annotated[pd.DataFrame, PortInfo(title="Result_dataset")]:
    """A row per column: counts, and for numbers range, quartiles, moments and percentiles.

    Variance, skewness and kurtosis are of a sample (unbiased; kurtosis is the excess over the normal distribution's).
    """
    at_least(distinct(input), 1, "summarizing")
    rows = [{"Feature": str(name), **_counts(input[name]), **_numbers(input[name])} for name in input.columns]
    run = Run.get_context()
    run.log("rows", len(input))
    run.log("columns", len(input.columns))
    run.log("missing_values", int(input.isna().sum().sum()))
    return pd.DataFrame(rows)


def _counts(column: pd.Series) -> dict[str, Any]:
    missing = int(column.isna().sum())
    return {
        "Count": len(column) - missing,
        "Unique Value Count": single_valued(column).nunique(),
        "Missing Value Count": missing,
    }


def _numbers(column: pd.Series) -> dict[str, Any]:
    if not is_type(column, "Numeric") or not column.notna().any():
        return {}
    values = column.dropna().astype(float)
    low, high, mean = values.min(), values.max(), values.mean()
    return {
        "Min": low,
        "Max": high,
        "Mean": mean,
        "Mean Deviation": (values - mean).abs().mean(),
        "1st Quartile": values.quantile(0.25),
        "Median": values.median(),
        "3rd Quartile": values.quantile(0.75),
        "Mode": values.mode().iloc[0],
        "Range": high - low,
        "Sample Variance": values.var(),
        "Sample Standard Deviation": values.std(),
        "Skewness": values.skew(),
        "Kurtosis": values.kurt(),
        **{f"P{share:g}": values.quantile(share / 100) for share in _PERCENTILES},
    }
