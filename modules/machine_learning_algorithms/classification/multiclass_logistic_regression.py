"""Multiclass Logistic Regression."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.linear import LogisticRegression
from modules._shared.parameters import RandomSeed, Range, TrainerMode, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Multiclass Logistic Regression", category="Machine Learning Algorithms/Classification", version="1")
def multiclass_logistic_regression(
    *,
    mode: TrainerMode = "Single Parameter",
    tolerance: Annotated[float, single("Optimization tolerance", gt=0)] = 1e-7,
    l2: Annotated[float, single("L2 regularization weight", ge=0)] = 1.0,
    tolerance_range: Annotated[Range, swept("Optimization tolerance")] = "0.00001; 0.00000001",
    l2_range: Annotated[Range, swept("L2 regularization weight")] = "0.01; 0.1; 1.0",
    seed: RandomSeed = None,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """The probability of each class by multinomial logistic regression."""
    learner = LogisticRegression(tolerance, l2, seed or 0)
    ranges = ranged(mode, tolerance=tolerance_range, l2=l2_range)
    return UntrainedModel("multiclass", learner, "Multiclass Logistic Regression", ranges)
