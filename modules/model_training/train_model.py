"""Fit an untrained model to labelled rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import LABEL, OneColumn, pick_one
from modules._shared.explanations import log_importances, upload_explanation
from modules._shared.parameters import param
from modules._shared.reporting import reporting
from modules._shared.training import train
from modules.types import TrainedModel, UntrainedModel

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Train Model",
    category="Model Training",
    version="1",
    metrics=[
        Metric("Train loss", goal="minimize", pinned=True, description="After each iteration, on the training rows."),
        Metric("rows", unit="rows", description="With a label."),
        Metric("rows_without_label", unit="rows"),
        Metric("features", unit="columns"),
    ],
)
def train_model(
    untrained_model: Annotated[UntrainedModel, PortInfo(title="Untrained model")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    label: Annotated[OneColumn, param("Label column", "Empty: the column marked as label.")] = LABEL,
    explanations: Annotated[
        bool, param("Model explanations", "Permutation importances of the features, as a file of the run.")
    ] = False,
) -> Annotated[TrainedModel, PortInfo(title="Trained model")]:
    """Train on all rows that have a label, with all other features of the dataset."""
    run = Run.get_context()
    column = pick_one(dataset, label, "Label column")
    model = train(untrained_model, dataset, column, reporting(run))
    unlabelled = int(dataset[column].isna().sum())
    run.log("rows", len(dataset) - unlabelled)
    run.log("rows_without_label", unlabelled)
    run.log("features", len(model.encoder.columns))
    log_importances(run, model)
    if explanations:
        upload_explanation(run, model, dataset)
    return model
