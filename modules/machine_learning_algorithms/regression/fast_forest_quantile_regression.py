"""Fast Forest Quantile Regression."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.trees import QuantileForest
from modules._shared.errors import BadExpression
from modules._shared.parameters import RandomSeed, Range, TrainerMode, numbers_of, param, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Fast Forest Quantile Regression", category="Machine Learning Algorithms/Regression", version="1")
def fast_forest_quantile_regression(
    *,
    mode: TrainerMode = "Single Parameter",
    trees: Annotated[int, single("Number of Trees", ge=1)] = 100,
    leaves: Annotated[int, single("Number of Leaves", ge=2)] = 20,
    smallest_leaf: Annotated[int, single("Minimum number of training instances required to form a leaf", ge=1)] = 10,
    bagging_fraction: Annotated[
        float, single("Bagging fraction", "Share of the rows for each tree.", gt=0, lt=1)
    ] = 0.7,
    split_fraction: Annotated[
        float, single("Split fraction", "Share of the features for each split.", gt=0, le=1)
    ] = 0.7,
    quantiles: Annotated[Range, param("Quantiles to be estimated", "Separated by semicolons.")] = "0.25; 0.5; 0.75",
    seed: RandomSeed = None,
    trees_range: Annotated[Range, swept("Number of Trees")] = "16; 32; 64",
    leaves_range: Annotated[Range, swept("Number of Leaves")] = "16; 32; 64",
    smallest_leaf_range: Annotated[
        Range, swept("Minimum number of training instances required to form a leaf")
    ] = "1; 5; 10",
    bagging_fraction_range: Annotated[Range, swept("Bagging fraction")] = "0.25; 0.5; 0.75",
    split_fraction_range: Annotated[Range, swept("Split fraction")] = "0.25; 0.5; 0.75",
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """Predicts quantiles of a number by forests (LightGBM): how high it is in 25, 50 and 75 of 100 such cases."""
    wanted = tuple(sorted(numbers_of(quantiles)))
    if not all(0 < quantile < 1 for quantile in wanted):
        raise BadExpression(quantiles, "quantiles lie between 0 and 1", "0.25; 0.5; 0.75")
    learner = QuantileForest(wanted, trees, leaves, smallest_leaf, bagging_fraction, split_fraction, seed or 0)
    ranges = ranged(
        mode, trees=trees_range, leaves=leaves_range, smallest_leaf=smallest_leaf_range,
        bagging_fraction=bagging_fraction_range, split_fraction=split_fraction_range,
    )  # fmt: skip
    return UntrainedModel("quantile", learner, "Fast Forest Quantile Regression", ranges)
