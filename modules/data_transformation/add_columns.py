"""Put two datasets side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.frames import beside, distinct
from modules._shared.roles import carried, roles_of, with_roles

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Add Columns",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns", unit="columns", pinned=True), Metric("rows_padded", unit="rows")],
)
def add_columns(
    left_dataset: Annotated[pd.DataFrame, PortInfo(title="Left dataset")],
    right_dataset: Annotated[pd.DataFrame, PortInfo(title="Right dataset")],
) -> Annotated[pd.DataFrame, PortInfo(title="Combined dataset")]:
    """All columns of both, row by row; the shorter one is padded with missing values.

    A name that both have gets a number on the right side: `price (1)`.
    """
    renamed = beside(distinct(left_dataset), distinct(right_dataset))
    right = right_dataset.rename(columns=renamed).reset_index(drop=True)
    result = carried(left_dataset, pd.concat([left_dataset.reset_index(drop=True), right], axis=1))
    run = Run.get_context()
    run.log("columns", len(result.columns))
    run.log("rows_padded", abs(len(left_dataset) - len(right_dataset)))
    return with_roles(result, {renamed[name]: role for name, role in roles_of(right_dataset).items()})
