"""Put one dataset under another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import MismatchedColumns
from modules._shared.frames import distinct
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Add Rows", category="Data Transformation", version="1", metrics=[Metric("rows", unit="rows", pinned=True)]
)
def add_rows(
    dataset1: Annotated[pd.DataFrame, PortInfo(title="Dataset1")],
    dataset2: Annotated[pd.DataFrame, PortInfo(title="Dataset2")],
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """The rows of both, which must have the same columns (in any order)."""
    distinct(dataset1), distinct(dataset2)
    for first, second, side in ((dataset1, dataset2, "Dataset1"), (dataset2, dataset1, "Dataset2")):
        missing = [name for name in first.columns if name not in second.columns]
        if missing:
            raise MismatchedColumns(missing, f"adding rows to {side}", list(second.columns))
    result = pd.concat([dataset1, dataset2[list(dataset1.columns)]], ignore_index=True)
    Run.get_context().log("rows", len(result))
    return carried(dataset1, result)
