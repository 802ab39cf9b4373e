"""Do to a dataset what another module has learned to do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import UnfitModel
from modules.types import Transformation

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Apply Transformation",
    category="Model Scoring & Evaluation",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True), Metric("columns", unit="columns")],
)
def apply_transformation(
    transformation: Annotated[Transformation, PortInfo(title="Transformation")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
) -> Annotated[pd.DataFrame, PortInfo(title="Transformed dataset")]:
    """Apply a cleaning, normalization, binning, column selection … as it was learned from other rows."""
    if not isinstance(transformation, Transformation):
        raise UnfitModel(f"needs a transformation, but got {type(transformation).__name__}")
    result = transformation.apply(dataset)
    run = Run.get_context()
    run.log("rows", len(result))
    run.log("columns", len(result.columns))
    return result
