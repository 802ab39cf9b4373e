"""K-Means Clustering."""

from __future__ import annotations

from typing import Annotated, Literal

from designer import PortInfo, module
from modules._learners.unlabelled import KMeans
from modules._shared.parameters import LARGEST_SEED, param
from modules.types import UntrainedCluster


@module(title="K-Means Clustering", category="Machine Learning Algorithms/Clustering", version="1")
def k_means_clustering(
    *,
    mode: Annotated[Literal["Single Parameter"], param("Create trainer mode")] = "Single Parameter",
    clusters: Annotated[int, param("Number of centroids", ge=2)] = 2,
    metric: Annotated[Literal["Euclidean"], param("Metric")] = "Euclidean",
    normalize: Annotated[bool, param("Normalize features", "To the range 0 to 1.")] = True,
    initialization: Annotated[
        Literal["Random", "K-Means++", "First N"], param("Initialization", "How the first centers are chosen.")
    ] = "K-Means++",
    iterations: Annotated[int, param("Iterations", "At most.", ge=1)] = 100,
    seed: Annotated[
        int | None,
        param("Random number seed", ge=0, le=LARGEST_SEED, when={"initialization": ["Random", "K-Means++"]}),
    ] = None,
    label_mode: Annotated[
        Literal["Ignore label column", "Fill missing values", "Overwrite from closest to center"],
        param("Assign label mode", "What becomes of a label column: nothing, or it follows the clusters."),
    ] = "Ignore label column",
) -> Annotated[UntrainedCluster, PortInfo(title="Untrained model")]:
    """Groups of rows around centers, each row with the nearest center."""
    learner = KMeans(clusters, initialization, iterations, normalize, seed or 0, label_mode)
    return UntrainedCluster("clustering", learner, "K-Means Clustering")
