"""Keep some columns. Elsewhere: the picker's rules (_shared/columns.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import ALL, Columns, pick
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Select Columns in Dataset",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns", unit="columns", pinned=True), Metric("columns_removed", unit="columns")],
)
def select_columns_in_dataset(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Select columns", "The columns to keep, in the dataset's order.")] = ALL,
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Keep the picked columns."""
    run = Run.get_context()
    picked = pick(dataset, columns, "Select columns")
    run.log("columns", len(picked))
    run.log("columns_removed", len(dataset.columns) - len(picked))
    return carried(dataset, dataset[picked])
