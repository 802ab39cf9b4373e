"""Two-Class Support Vector Machine."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.gradient import LinearSvm
from modules._shared.parameters import RandomSeed, Range, TrainerMode, param, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Two-Class Support Vector Machine", category="Machine Learning Algorithms/Classification", version="1")
def two_class_support_vector_machine(
    *,
    mode: TrainerMode = "Single Parameter",
    iterations: Annotated[int, single("Number of iterations", ge=1)] = 10,
    iterations_range: Annotated[Range, swept("Number of iterations")] = "1; 10; 100",
    weight: Annotated[float, single("Lambda", "Weight of the L2 regularization.", gt=0)] = 0.001,
    weight_range: Annotated[Range, swept("Lambda")] = "0.00001; 0.0001; 0.001; 0.01; 0.1",
    normalize: Annotated[bool, param("Normalize features", "To the range 0 to 1.")] = True,
    seed: RandomSeed = None,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """A linear separator with the widest margin between two classes."""
    learner = LinearSvm(iterations, weight, normalize, seed or 0)
    ranges = ranged(mode, iterations=iterations_range, weight=weight_range)
    return UntrainedModel("binary", learner, "Two-Class Support Vector Machine", ranges)
