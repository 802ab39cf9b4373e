"""Boosted Decision Tree Regression."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.trees import BoostedTrees
from modules._shared.parameters import RandomSeed, Range, TrainerMode, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Boosted Decision Tree Regression", category="Machine Learning Algorithms/Regression", version="1")
def boosted_decision_tree_regression(
    *,
    mode: TrainerMode = "Single Parameter",
    leaves: Annotated[int, single("Maximum number of leaves per tree", ge=2, le=131072)] = 20,
    smallest_leaf: Annotated[int, single("Minimum number of samples per leaf node", ge=1)] = 10,
    learning_rate: Annotated[float, single("Learning rate", gt=0, le=1)] = 0.2,
    trees: Annotated[int, single("Total number of trees constructed", ge=1)] = 100,
    leaves_range: Annotated[Range, swept("Maximum number of leaves per tree")] = "2; 8; 32; 128",
    smallest_leaf_range: Annotated[Range, swept("Minimum number of samples per leaf node")] = "1; 10; 50",
    learning_rate_range: Annotated[Range, swept("Learning rate")] = "0.025; 0.05; 0.1; 0.2; 0.4",
    trees_range: Annotated[Range, swept("Total number of trees constructed")] = "20; 100; 500",
    seed: RandomSeed = None,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """Gradient-boosted trees that predict a number (LightGBM)."""
    learner = BoostedTrees("regression", leaves, smallest_leaf, learning_rate, trees, seed or 0)
    ranges = ranged(
        mode,
        leaves=leaves_range,
        smallest_leaf=smallest_leaf_range,
        learning_rate=learning_rate_range,
        trees=trees_range,
    )
    return UntrainedModel("regression", learner, "Boosted Decision Tree Regression", ranges)
