"""PCA-Based Anomaly Detection."""

from __future__ import annotations

from typing import Annotated

from designer import PortInfo, module
from modules._learners.unlabelled import PcaAnomaly
from modules._shared.parameters import Mode, Range, param, ranged, single, swept
from modules.types import UntrainedModel


@module(title="PCA-Based Anomaly Detection", category="Anomaly Detection", version="1")
def pca_based_anomaly_detection(
    *,
    mode: Annotated[Mode, param("Training mode")] = "Single Parameter",
    components: Annotated[int, single("Number of components to use in PCA", ge=1)] = 2,
    oversampling: Annotated[int, single("Oversampling parameter for randomized PCA", ge=0)] = 2,
    center: Annotated[bool, param("Enable input feature mean normalization")] = False,
    components_range: Annotated[Range, swept("Range for number of PCA components")] = "2; 4; 6; 8; 10",
    oversampling_range: Annotated[
        Range, swept("Range for the oversampling parameter used in randomized PCA")
    ] = "2; 4; 6; 8; 10",
) -> Annotated[UntrainedModel, PortInfo(title="Untrained model")]:
    """Learns what usual rows have in common; a row that this explains badly is an anomaly."""
    ranges = ranged(mode, components=components_range, oversampling=oversampling_range)
    return UntrainedModel(
        "anomaly", PcaAnomaly(components, oversampling, center), "PCA-Based Anomaly Detection", ranges
    )
