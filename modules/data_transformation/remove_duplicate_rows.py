"""Keep one row for each key."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import ALL, Columns, pick
from modules._shared.frames import single_valued
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Remove Duplicate Rows",
    category="Data Transformation",
    version="1",
    metrics=[Metric("rows", unit="rows"), Metric("rows_removed", unit="rows", pinned=True)],
)
def remove_duplicate_rows(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[
        Columns, param("Key column selection filter expression", "Rows equal in all of these are duplicates.")
    ] = ALL,
    keep_first: Annotated[bool, param("Retain first duplicate row", "Otherwise the last one.")] = True,
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Of rows with equal keys, keep the first or the last."""
    keys = pick(dataset, columns, "Key column selection filter expression")
    for name in keys:
        single_valued(dataset[name])
    result = dataset.drop_duplicates(keys, keep="first" if keep_first else "last", ignore_index=True)
    run = Run.get_context()
    run.log("rows", len(result))
    run.log("rows_removed", len(dataset) - len(result))
    return carried(dataset, result)
