"""Linear Regression: in closed form, or step by step."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import PortInfo, module
from modules._learners.gradient import GradientDescent
from modules._learners.linear import LeastSquares
from modules._shared.parameters import Mode, RandomSeed, Range, param, ranged
from modules.types import UntrainedModel

_SQUARES = {"solution_method": ["Ordinary Least Squares"]}
_GRADIENT = {"solution_method": ["Online Gradient Descent"]}
_SINGLE = {**_GRADIENT, "mode": ["Single Parameter"]}
_SWEEP = {"when": {**_GRADIENT, "mode": ["Parameter Range"]}, "extra": {"widget": "range"}}


@module(title="Linear Regression", category="Machine Learning Algorithms/Regression", version="1")
def linear_regression(
    *,
    solution_method: Annotated[
        Literal["Online Gradient Descent", "Ordinary Least Squares"], param("Solution method")
    ] = "Ordinary Least Squares",
    mode: Annotated[Mode, param("Create trainer mode", when=_GRADIENT)] = "Single Parameter",
    normalize: Annotated[bool, param("Normalize features", "To the range 0 to 1.", when=_GRADIENT)] = True,
    learning_rate: Annotated[float, param("Learning rate", gt=0, when=_SINGLE)] = 0.1,
    epochs: Annotated[int, param("Number of training epochs", ge=0, when=_SINGLE)] = 10,
    learning_rate_range: Annotated[Range, param("Learning rate", **_SWEEP)] = "0.025; 0.05; 0.1; 0.2",
    epochs_range: Annotated[Range, param("Number of training epochs", **_SWEEP)] = "1; 10; 100",
    decrease_rate: Annotated[bool, param("Decrease learning rate", "As training goes on.", when=_GRADIENT)] = True,
    gradient_l2: Annotated[float, param("L2 regularization weight", ge=0, when=_SINGLE)] = 0.001,
    l2: Annotated[float, param("L2 regularization weight", ge=0, when=_SQUARES)] = 0.001,
    l2_range: Annotated[Range, param("L2 regularization weight", **_SWEEP)] = "0.001; 0.01; 0.1",
    seed: RandomSeed = None,
    intercept: Annotated[bool, param("Include intercept term", when=_SQUARES)] = True,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """A weighted sum of the features that predicts a number."""
    if solution_method == "Ordinary Least Squares":
        return UntrainedModel("regression", LeastSquares(l2, intercept), "Linear Regression")
    learner = GradientDescent(learning_rate, epochs, decrease_rate, gradient_l2, normalize, seed or 0)
    ranges = ranged(mode, learning_rate=learning_rate_range, epochs=epochs_range, l2=l2_range)
    return UntrainedModel("regression", learner, "Linear Regression", ranges)
