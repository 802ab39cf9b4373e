"""Assign new rows to the clusters of a trained clustering model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.clusters import ASSIGNMENTS, assigned
from modules._shared.parameters import param
from modules.types import TrainedCluster

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Assign Data to Clusters",
    category="Model Scoring & Evaluation",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True)],
)
def assign_data_to_clusters(
    trained_model: Annotated[TrainedCluster, PortInfo(title="Trained model")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    append: Annotated[bool, param("Check for append or uncheck for result only")] = True,
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """The nearest cluster of every row (Assignments), and its distance to each center."""
    run = Run.get_context()
    result = assigned(trained_model, dataset, append)
    sizes = result[ASSIGNMENTS].value_counts().sort_index()
    run.log("rows", len(result))
    run.log_table("Clusters", {"Cluster": sizes.index.tolist(), "Rows": sizes.tolist()})
    return result
