"""Bayesian Linear Regression."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.linear import BayesianRidge
from modules._shared.parameters import param
from modules.types import UntrainedModel


@module(title="Bayesian Linear Regression", category="Machine Learning Algorithms/Regression", version="1")
def bayesian_linear_regression(
    *,
    weight: Annotated[float, param("Regularization weight", gt=0)] = 1.0,
    allow_unknown: Annotated[
        bool, param("Allow unknown categorical levels", "Otherwise scoring refuses levels that training never saw.")
    ] = True,
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """Linear regression whose regularization is learned from the data."""
    return UntrainedModel("regression", BayesianRidge(weight, allow_unknown), "Bayesian Linear Regression")
