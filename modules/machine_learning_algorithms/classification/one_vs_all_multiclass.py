"""One-vs-All Multiclass."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.combined import OneVsAll
from modules._shared.errors import UnfitModel
from modules.types import UntrainedModel


@module(title="One-vs-All Multiclass", category="Machine Learning Algorithms/Classification", version="1")
def one_vs_all_multiclass(
    untrained_binary_model: Annotated[UntrainedModel, PortInfo(title="Untrained binary classification model")],
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """A multiclass model of two-class models: each tells one class from all others."""
    if untrained_binary_model.task != "binary":
        raise UnfitModel(f"needs an untrained two-class model, but got {untrained_binary_model.title}")
    title = f"One-vs-All Multiclass of {untrained_binary_model.title}"
    return UntrainedModel("multiclass", OneVsAll(untrained_binary_model.learner), title, untrained_binary_model.ranges)
