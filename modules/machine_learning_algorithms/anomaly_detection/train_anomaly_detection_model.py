"""Train Anomaly Detection Model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import UnfitModel
from modules._shared.reporting import reporting
from modules._shared.training import features_of, train_unlabelled
from modules.types import TrainedModel, UntrainedModel

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Train Anomaly Detection Model",
    category="Anomaly Detection",
    version="1",
    metrics=[Metric("rows", unit="rows"), Metric("Explained", goal="maximize", bounds=(0, 1), pinned=True)],
)
def train_anomaly_detection_model(
    untrained_model: Annotated[UntrainedModel, PortInfo(title="Untrained model")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
) -> Annotated[TrainedModel, PortInfo(title="Trained model")]:
    """Learn what is usual from the features of all rows; a column marked as label is left out."""
    if untrained_model.task != "anomaly":
        raise UnfitModel(f"needs an untrained anomaly detection model, but got {untrained_model.title}")
    run = Run.get_context()
    run.log("rows", len(dataset))
    return train_unlabelled(untrained_model, dataset, features_of(dataset, None), reporting(run))
