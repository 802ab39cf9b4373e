"""Keep the features that tell most about a target, each judged by itself."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import LABEL, OneColumn, is_type, pick_one
from modules._shared.encoder import numbers
from modules._shared.errors import NotNumeric, TooFewColumns
from modules._shared.frames import at_least, finite, single_valued
from modules._shared.parameters import param
from modules._shared.roles import carried, columns_with

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

BINS = 10


class Filtered(NamedTuple):
    """The best features with the target, and every feature's score."""

    filtered_dataset: Annotated[pd.DataFrame, PortInfo(title="Filtered dataset")]
    features: Annotated[pd.DataFrame, PortInfo(title="Features")]


@module(
    title="Filter Based Feature Selection",
    category="Feature Selection",
    version="1",
    metrics=[Metric("features_kept", unit="columns", pinned=True), Metric("best_score", pinned=True)],
)
def filter_based_feature_selection(
    input_dataset: Annotated[pd.DataFrame, PortInfo(title="Input dataset")],
    *,
    features_only: Annotated[
        bool, param("Operate on feature columns only", "Other columns (scores, weights) then pass as they are.")
    ] = True,
    target: Annotated[OneColumn, param("Target column", "Empty: the column marked as label.")] = LABEL,
    count: Annotated[int, param("Number of desired features", ge=1)] = 1,
    method: Annotated[
        Literal["Pearson Correlation", "Chi Squared"], param("Feature scoring method")
    ] = "Pearson Correlation",
) -> Filtered:
    """The features with the greatest scores; rows with a missing value count for the features that they have.

    Pearson: the absolute correlation of numeric columns. Chi squared: the statistic of the table of feature against target,
    numbers in ten bins of equal width.
    """
    column = pick_one(input_dataset, target, "Target column")
    at_least(input_dataset, 2, "scoring features")
    pool = columns_with(input_dataset, "feature") if features_only else list(input_dataset.columns)
    candidates = [name for name in pool if name != column]
    if method == "Pearson Correlation":
        if not is_type(input_dataset[column], "Numeric") and not is_type(input_dataset[column], "Boolean"):
            raise NotNumeric(column, input_dataset[column].dtype, "correlate with")
        candidates = [
            n for n in candidates if is_type(input_dataset[n], "Numeric") or is_type(input_dataset[n], "Boolean")
        ]
    if not candidates:
        raise TooFewColumns(len(input_dataset.columns), 2, f"{method} (a target and a feature that suits it)")
    score = _correlation if method == "Pearson Correlation" else _chi_squared
    scores = {name: score(input_dataset[name], input_dataset[column]) for name in candidates}
    ranked = sorted(scores, key=lambda name: -scores[name])
    best = set(ranked[:count])
    passing = {name for name in input_dataset.columns if name not in pool} | {column}
    kept = [name for name in input_dataset.columns if name in best or name in passing]
    run = Run.get_context()
    run.log("features_kept", len(best))
    run.log("best_score", scores[ranked[0]])
    run.log_table("Feature scores", {"Feature": [str(n) for n in ranked], "Score": [scores[n] for n in ranked]})
    table = pd.DataFrame({"Feature": [str(n) for n in ranked], "Score": [scores[n] for n in ranked]})
    return Filtered(carried(input_dataset, input_dataset[kept]), table)


def _correlation(feature: pd.Series, target: pd.Series) -> float:
    x, y = numbers(feature), numbers(target)
    there = ~(np.isnan(x) | np.isnan(y))
    x, y = finite(x[there], feature.name, "correlate"), finite(y[there], target.name, "correlate with")
    if len(x) < 2 or x.min() == x.max() or y.min() == y.max():
        return 0.0
    x, y = x / np.abs(x).max(), y / np.abs(y).max()  # so that squares of the largest numbers stay finite
    return float(abs(np.corrcoef(x, y)[0, 1]))


def _chi_squared(feature: pd.Series, target: pd.Series) -> float:
    table = pd.crosstab(_grouped(feature), _grouped(target))
    if min(table.shape) < 2:
        return 0.0
    return float(lazy_import("scipy.stats").chi2_contingency(table, correction=False).statistic)


def _grouped(column: pd.Series) -> Any:
    """A number per value, or per bin; missing where the column is."""
    if single_valued(column).nunique() > BINS and is_type(column, "Numeric"):
        finite(numbers(column), column.name, "bin")
        return pd.cut(column, BINS, labels=False, duplicates="drop")
    codes = column.factorize()[0]
    return pd.Series(np.where(codes < 0, np.nan, codes), index=column.index)
