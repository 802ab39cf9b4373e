"""Two-Class Averaged Perceptron."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.gradient import AveragedPerceptron
from modules._shared.parameters import RandomSeed, Range, TrainerMode, ranged, single, swept
from modules.types import UntrainedModel


@module(title="Two-Class Averaged Perceptron", category="Machine Learning Algorithms/Classification", version="1")
def two_class_averaged_perceptron(
    *,
    mode: TrainerMode = "Single Parameter",
    learning_rate: Annotated[float, single("Learning rate", gt=0)] = 1.0,
    iterations: Annotated[int, single("Maximum number of iterations", ge=1)] = 10,
    learning_rate_range: Annotated[Range, swept("Learning rate")] = "0.1; 0.5; 1.0",
    iterations_range: Annotated[Range, swept("Maximum number of iterations")] = "1; 10",
    seed: RandomSeed = None,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """A linear separator that is corrected at each mistake; the average of all its states is used."""
    learner = AveragedPerceptron(learning_rate, iterations, seed or 0)
    ranges = ranged(mode, learning_rate=learning_rate_range, iterations=iterations_range)
    return UntrainedModel("binary", learner, "Two-Class Averaged Perceptron", ranges)
