"""Poisson Regression."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.linear import Poisson
from modules._shared.parameters import Range, TrainerMode, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Poisson Regression", category="Machine Learning Algorithms/Regression", version="1")
def poisson_regression(
    *,
    mode: TrainerMode = "Single Parameter",
    tolerance: Annotated[float, single("Optimization tolerance", gt=0)] = 1e-7,
    l1: Annotated[float, single("L1 regularization weight", ge=0)] = 1.0,
    l2: Annotated[float, single("L2 regularization weight", ge=0)] = 1.0,
    memory: Annotated[int, single("Memory size for L-BFGS", ge=1)] = 20,
    tolerance_range: Annotated[Range, swept("Optimization tolerance")] = "0.00001; 0.00000001",
    l1_range: Annotated[Range, swept("L1 regularization weight")] = "0.0; 0.01; 0.1; 1.0",
    l2_range: Annotated[Range, swept("L2 regularization weight")] = "0.01; 0.1; 1.0",
    memory_range: Annotated[Range, swept("Memory size for L-BFGS")] = "5; 20; 50",
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """Predicts counts: the logarithm of the mean is a weighted sum of the features."""
    ranges = ranged(mode, tolerance=tolerance_range, l1=l1_range, l2=l2_range, memory=memory_range)
    return UntrainedModel("regression", Poisson(tolerance, l1, l2, memory), "Poisson Regression", ranges)
