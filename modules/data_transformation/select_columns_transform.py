"""Remember a dataset's columns, to select the same ones elsewhere."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.frames import checked
from modules._shared.roles import carried
from modules.types import Transformation

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@dataclass
class ColumnSelection(Transformation):
    """Keep these columns, in this order."""

    columns: list[Any]

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        return carried(frame, checked(frame, self.columns, "the columns selection transformation")[self.columns])


@module(
    title="Select Columns Transform",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns", unit="columns", pinned=True)],
)
def select_columns_transform(
    dataset_with_desired_columns: Annotated[pd.DataFrame, PortInfo(title="Dataset with desired columns")],
) -> Annotated[Transformation, PortInfo(title="Columns selection transformation")]:
    """A transformation that keeps the columns that this dataset has."""
    Run.get_context().log("columns", len(dataset_with_desired_columns.columns))
    return ColumnSelection(list(dataset_with_desired_columns.columns))
