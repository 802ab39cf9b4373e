"""Change what a column is: its type, its name, its role. Elsewhere: what roles mean (_shared/roles.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import ALL, Columns, is_type, pick_in_order
from modules._shared.errors import DuplicateColumns, ValuesError, WrongColumnCount
from modules._shared.frames import replaced, single_valued
from modules._shared.parameters import param
from modules._shared.roles import Role, carried, roles_of, with_roles

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_ROLE: dict[str, Role] = {
    "Features": "feature",
    "Label": "label",
    "Weight": "weight",
    "Clear feature": "none",
    "Clear label": "feature",
    "Clear weight": "feature",
    "Clear score": "feature",
}
_CLEARS: dict[str, Role] = {
    "Clear feature": "feature",
    "Clear label": "label",
    "Clear score": "score",
    "Clear weight": "weight",
}
_TRUTH = {"true": True, "1": True, "yes": True, "false": False, "0": False, "no": False}


@module(
    title="Edit Metadata",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns_edited", unit="columns", pinned=True)],
)
def edit_metadata(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Column")] = ALL,
    data_type: Annotated[
        Literal["Unchanged", "String", "Integer", "Double", "Boolean", "DateTime", "TimeSpan"], param("Data type")
    ] = "Unchanged",
    categorical: Annotated[
        Literal["Unchanged", "Make Categorical", "Make non-categorical"], param("Categorical")
    ] = "Unchanged",
    fields: Annotated[
        Literal[
            "Unchanged", "Features", "Label", "Weight", "Clear feature", "Clear label", "Clear weight", "Clear score"
        ],
        param("Fields", "What the columns are for."),
    ] = "Unchanged",
    new_names: Annotated[str, param("New column names", "Separated by commas, one for each picked column.")] = "",
    date_format: Annotated[
        str, param("DateTime format", "Like %Y-%m-%d; empty: found out.", when={"data_type": ["DateTime"]})
    ] = "",
    span_format: Annotated[
        Literal["", "D", "h", "m", "s", "ms"],
        param("TimeSpan Format", "The unit of numbers; empty: texts like 1:30:00.", when={"data_type": ["TimeSpan"]}),
    ] = "",
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Set type, category, role or name of the picked columns. A value that the type can't hold is an error."""
    picked = pick_in_order(dataset, columns, "Column")
    changed = {n: _converted(dataset[n], data_type, date_format, span_format) for n in picked}
    result = replaced(dataset, {n: _categorical(column, categorical) for n, column in changed.items()})
    renamed = _names(dataset, picked, new_names)
    result = carried(dataset, result.rename(columns=renamed), renamed)
    if fields != "Unchanged":
        before = roles_of(result)
        only = _CLEARS.get(fields)
        targets = [renamed.get(n, n) for n in picked]
        roles = {n: _ROLE[fields] for n in targets if only is None or before.get(n, "feature") == only}
        if fields == "Label":  # a dataset has one label
            roles = {n: "feature" for n, role in before.items() if role == "label"} | roles
            if len(targets) > 1:
                raise WrongColumnCount("Column", targets, "one column to be the label")
        result = with_roles(result, roles)
    Run.get_context().log("columns_edited", len(picked))
    return result


def _converted(column: pd.Series, data_type: str, date_format: str, span_format: str) -> pd.Series:
    try:
        match data_type:
            case "String":
                return column.astype("string").astype("str").where(column.notna())
            case "Integer":
                numbers = pd.to_numeric(column.astype(object) if is_type(column, "Boolean") else column).round()
                return numbers.astype("Int64" if column.isna().any() else "int64")
            case "Double":
                return pd.to_numeric(column).astype("float64")
            case "Boolean":
                return _truth(column)
            case "DateTime":
                return pd.to_datetime(column, format=date_format or None)
            case "TimeSpan":
                return pd.to_timedelta(column, unit=span_format or None)
    except (ValueError, TypeError) as error:
        raise ValuesError(f"column {column.name!r} can't be {data_type}: {error}") from error
    return column


def _truth(column: pd.Series) -> pd.Series:
    if is_type(column, "Numeric"):
        return (column != 0).astype("boolean" if column.isna().any() else "bool").mask(column.isna())
    known = column.dropna().astype(str).str.strip().str.lower()
    unknown = known[~known.isin(_TRUTH)].unique()
    if len(unknown):
        raise ValueError(f"{unknown[0]!r} is neither true nor false (known: {', '.join(_TRUTH)})")
    truth = known.map(_TRUTH).reindex(column.index)
    return truth.astype("boolean" if column.isna().any() else "bool")


def _categorical(column: pd.Series, change: str) -> pd.Series:
    if change == "Make Categorical":
        return single_valued(column).astype("category")
    if change == "Make non-categorical" and isinstance(column.dtype, pd.CategoricalDtype):
        return column.astype(column.cat.categories.dtype)
    return column


def _names(dataset: pd.DataFrame, picked: list[Any], text: str) -> dict[Any, str]:
    names = [name.strip() for name in text.split(",") if name.strip()]
    if not names:
        return {}
    if len(names) != len(picked):
        raise WrongColumnCount("Column", picked, f"as many columns as there are new names ({len(names)})")
    renamed = dict(zip(picked, names, strict=True))
    after = [renamed.get(name, name) for name in dataset.columns]
    twice = sorted({name for name in after if after.count(name) > 1})
    if twice:
        raise DuplicateColumns(twice)
    return renamed
