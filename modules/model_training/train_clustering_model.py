"""Fit an untrained clustering model, and assign its rows to the clusters."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.clusters import ASSIGNMENTS, assigned, relabelled
from modules._shared.columns import ALL, Columns, pick
from modules._shared.errors import TooFewColumns, UnfitModel
from modules._shared.parameters import param
from modules._shared.reporting import reporting
from modules._shared.roles import label_of
from modules._shared.training import train_unlabelled
from modules.types import TrainedCluster, UntrainedCluster

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


class Clustered(NamedTuple):
    """The clustering, and the rows with their clusters."""

    trained_model: Annotated[TrainedCluster, PortInfo(title="Trained model")]
    results_dataset: Annotated[pd.DataFrame, PortInfo(title="Results dataset")]


@module(
    title="Train Clustering Model",
    category="Model Training",
    version="1",
    metrics=[
        Metric("Inertia", goal="minimize", pinned=True, description="Sum of squared distances to the centers."),
        Metric("Silhouette", goal="maximize", bounds=(-1, 1), pinned=True, description="Of at most 2,000 rows."),
    ],
)
def train_clustering_model(
    untrained_model: Annotated[UntrainedCluster, PortInfo(title="Untrained model")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Column set", "The columns that clusters are found in.")] = ALL,
    append: Annotated[bool, param("Check for append or uncheck for result only")] = True,
) -> Clustered:
    """Find clusters; every row gets its cluster (Assignments) and its distance to each center."""
    if not isinstance(untrained_model, UntrainedCluster):
        raise UnfitModel(f"needs an untrained clustering model, but got {getattr(untrained_model, 'title', 'none')}")
    mode, label = untrained_model.learner.label_mode, label_of(dataset)
    ignored = {label} if label is not None and mode != "Fill missing values" else set()
    chosen = [name for name in pick(dataset, columns, "Column set") if name not in ignored]
    if not chosen:
        raise TooFewColumns(0, 1, "clustering (besides the label)")
    run = Run.get_context()
    model = train_unlabelled(untrained_model, dataset, chosen, reporting(run))
    result = assigned(model, dataset, append)
    found = result[ASSIGNMENTS].to_numpy()
    sizes = result[ASSIGNMENTS].value_counts().sort_index()
    run.log_table("Clusters", {"Cluster": sizes.index.tolist(), "Rows": sizes.tolist()})
    if 1 < len(sizes) < len(found):
        matrix = model.encoder.encode(dataset)
        score = lazy_import("sklearn.metrics").silhouette_score
        run.log("Silhouette", score(matrix, found, sample_size=min(len(found), 2_000), random_state=0))
    return Clustered(model, relabelled(dataset, result, mode))
