"""Predict with a trained model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.parameters import param
from modules._shared.scoring import scored
from modules.types import TrainedModel

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Score Model",
    category="Model Scoring & Evaluation",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True)],
)
def score_model(
    trained_model: Annotated[TrainedModel, PortInfo(title="Trained model")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    append: Annotated[
        bool, param("Append score columns to output", "Otherwise only the scores, with the label if there is one.")
    ] = True,
) -> Annotated[pd.DataFrame, PortInfo(title="Scored dataset")]:
    """Predictions for every row: Scored Labels, and Scored Probabilities where the model has them."""
    result = scored(trained_model, dataset, append)
    Run.get_context().log("rows", len(result))
    return result
