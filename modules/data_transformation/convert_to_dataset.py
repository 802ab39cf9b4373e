"""Make a clean dataset of any frame: plain column types, and missing values said or replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import is_type
from modules._shared.frames import distinct, replaced
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Convert to Dataset",
    category="Data Transformation",
    version="1",
    metrics=[Metric("cells_changed", unit="cells", pinned=True)],
)
def convert_to_dataset(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    action: Annotated[
        Literal["None", "SetMissingValues", "ReplaceValues"],
        param("Action", "SetMissingValues: a value stands for missing. ReplaceValues: a value becomes another."),
    ] = "None",
    missing_value: Annotated[str, param("Custom missing value", when={"action": ["SetMissingValues"]})] = "?",
    replace: Annotated[
        Literal["Missing", "Custom"], param("Replace", "What is replaced.", when={"action": ["ReplaceValues"]})
    ] = "Missing",
    custom_value: Annotated[
        str, param("Custom value", when={"action": ["ReplaceValues"], "replace": ["Custom"]})
    ] = "obs",
    new_value: Annotated[str, param("New value", when={"action": ["ReplaceValues"]})] = "0",
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Columns get the simplest type that holds them; in text columns a value can stand for missing.

    A replacement is read as a value of each column; columns that can't hold it keep their values.
    """
    result = distinct(dataset)
    if action == "SetMissingValues":
        result = result.mask(_equal(result, missing_value))
    elif action == "ReplaceValues":
        where = result.isna() if replace == "Missing" else _equal(result, custom_value)
        result = replaced(result, {n: _put(result[n], where[n], new_value) for n in result.columns if where[n].any()})
    changed = int((result.isna() != dataset.isna()).sum().sum())
    if action == "ReplaceValues" and replace == "Custom":
        changed = int(_equal(dataset, custom_value).sum().sum())
    result = result.infer_objects()
    result = replaced(result, {n: _parsed(result[n]) for n in result.columns})
    Run.get_context().log("cells_changed", changed)
    return carried(dataset, result)


def _equal(frame: pd.DataFrame, text: str) -> pd.DataFrame:
    """Where a cell is that text, or that number."""
    number = pd.to_numeric(pd.Series([text]), errors="coerce").iloc[0]
    columns = {n: frame[n] == (number if is_type(frame[n], "Numeric") else text) for n in frame.columns}
    return pd.DataFrame(columns, index=frame.index).fillna(False).astype(bool)


def _put(column: pd.Series, where: pd.Series, text: str) -> pd.Series:
    if not is_type(column, "Numeric"):
        return column.astype(object).mask(where, text) if is_type(column, "String") else column
    number = pd.to_numeric(pd.Series([text]), errors="coerce").iloc[0]
    return column if pd.isna(number) else column.mask(where, number)


def _parsed(column: pd.Series) -> pd.Series:
    """A column of texts that are all numbers, as numbers."""
    if not is_type(column, "String") or not column.notna().any():
        return column
    numbers = pd.to_numeric(column, errors="coerce")
    return numbers if numbers.notna().equals(column.notna()) else column
