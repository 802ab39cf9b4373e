"""Multiclass Decision Forest."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import PortInfo, module
from modules._learners.trees import DecisionForest
from modules._shared.parameters import Range, TrainerMode, param, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Multiclass Decision Forest", category="Machine Learning Algorithms/Classification", version="1")
def multiclass_decision_forest(
    *,
    mode: TrainerMode = "Single Parameter",
    resampling: Annotated[
        Literal["Bagging Resampling", "Replicate Resampling"],
        param("Resampling method", "Rows for each tree: drawn with replacement, or all of them."),
    ] = "Bagging Resampling",
    trees: Annotated[int, single("Number of decision trees", ge=1)] = 8,
    depth: Annotated[int, single("Maximum depth of the decision trees", ge=1)] = 32,
    smallest_leaf: Annotated[int, single("Minimum number of samples per leaf node", ge=1)] = 1,
    trees_range: Annotated[Range, swept("Number of decision trees")] = "1; 8; 32",
    depth_range: Annotated[Range, swept("Maximum depth of the decision trees")] = "1; 16; 64",
    smallest_leaf_range: Annotated[Range, swept("Minimum number of samples per leaf node")] = "1; 4; 16",
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """Decision trees that vote on one of several classes."""
    learner = DecisionForest("multiclass", resampling == "Bagging Resampling", trees, depth, smallest_leaf)
    ranges = ranged(mode, trees=trees_range, depth=depth_range, smallest_leaf=smallest_leaf_range)
    return UntrainedModel("multiclass", learner, "Multiclass Decision Forest", ranges)
