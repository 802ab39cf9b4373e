"""Fill or remove missing values, and remember how (Apply Transformation does the same to other rows)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import ALL, Columns, is_type, pick
from modules._shared.errors import BadExpression, NotNumeric
from modules._shared.frames import checked, replaced
from modules._shared.parameters import param
from modules._shared.roles import carried
from modules.types import Transformation

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

Mode = Literal[
    "Custom substitution value",
    "Replace with mean",
    "Replace with median",
    "Replace with mode",
    "Remove entire row",
    "Remove entire column",
]
_REPLACING = ["Replace with mean", "Replace with median", "Replace with mode"]
_FILLING = [*_REPLACING, "Custom substitution value"]


@dataclass
class Cleaning(Transformation):
    """What to do about missing values in these columns, as learned from one dataset."""

    columns: list[Any]  # those whose share of missing values lay within the bounds
    drop_rows: bool = False
    drop_columns: list[Any] = field(default_factory=list)
    fill: dict[Any, Any] = field(default_factory=dict)
    indicators: bool = False

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        checked(frame, self.columns, "the cleaning transformation")
        result = frame
        if self.drop_rows:
            result = result.dropna(subset=self.columns)
        if self.indicators:
            added = {f"{name}_IsMissing": frame[name].isna() for name in self.columns if name not in self.drop_columns}
            result = replaced(result, added)
        filled = {name: _filled(result[name], value) for name, value in self.fill.items()}
        result = replaced(result, filled).drop(columns=self.drop_columns)
        return carried(frame, result)


class Cleaned(NamedTuple):
    """The cleaned rows, and the way to clean others alike."""

    cleaned_dataset: Annotated[pd.DataFrame, PortInfo(title="Cleaned dataset")]
    cleaning_transformation: Annotated[Transformation, PortInfo(title="Cleaning transformation")]


@module(
    title="Clean Missing Data",
    category="Data Transformation",
    version="1",
    metrics=[
        Metric("missing_values", unit="cells", pinned=True),
        Metric("cells_replaced", unit="cells"),
        Metric("rows_removed", unit="rows"),
        Metric("columns_removed", unit="columns"),
    ],
)
def clean_missing_data(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Columns to be cleaned")] = ALL,
    minimum_ratio: Annotated[
        float, param("Minimum missing value ratio", "Columns with fewer missing values are left alone.", ge=0, le=1)
    ] = 0.0,
    maximum_ratio: Annotated[
        float, param("Maximum missing value ratio", "Columns with more missing values are left alone.", ge=0, le=1)
    ] = 1.0,
    mode: Annotated[Mode, param("Cleaning mode")] = "Custom substitution value",
    replacement: Annotated[
        str, param("Replacement value", "Read as a value of each column.", when={"mode": ["Custom substitution value"]})
    ] = "0",
    all_missing: Annotated[
        Literal["Propagate", "Remove"],
        param(
            "Cols with all missing values", "Keep such columns as they are, or remove them.", when={"mode": _REPLACING}
        ),
    ] = "Remove",
    indicators: Annotated[
        bool,
        param("Generate missing value indicator column", "Adds a column of true and false.", when={"mode": _FILLING}),
    ] = False,
) -> Cleaned:
    """Replace missing values, or remove the rows or columns that have them."""
    run = Run.get_context()
    picked = pick(dataset, columns, "Columns to be cleaned")
    missing = dataset[picked].isna()
    share = missing.mean() if len(dataset) else missing.sum()
    chosen = [n for n in picked if share[n] > 0 and minimum_ratio <= share[n] <= maximum_ratio]
    cleaning = _learn(dataset, chosen, mode, replacement, all_missing, indicators)
    result = cleaning.apply(dataset)
    run.log("missing_values", int(missing.sum().sum()))
    run.log("cells_replaced", int(missing[list(cleaning.fill)].sum().sum()))
    run.log("rows_removed", len(dataset) - len(result))
    run.log("columns_removed", len(cleaning.drop_columns))
    return Cleaned(result, cleaning)


def _learn(
    frame: pd.DataFrame, columns: list[Any], mode: str, replacement: str, all_missing: str, indicators: bool
) -> Cleaning:
    if mode == "Remove entire row":
        return Cleaning(columns, drop_rows=True)
    if mode == "Remove entire column":
        return Cleaning(columns, drop_columns=columns)
    empty = [n for n in columns if frame[n].isna().all()] if mode in _REPLACING else []
    full = [n for n in columns if n not in empty]
    fill = {name: _replacement(frame[name], mode, replacement) for name in full}
    dropped = empty if all_missing == "Remove" else []
    return Cleaning(columns, fill=fill, drop_columns=dropped, indicators=indicators)


def _replacement(column: pd.Series, mode: str, text: str) -> Any:
    if mode == "Replace with mode":
        return _plain(column.mode().iloc[0])
    if mode == "Custom substitution value":
        return _read(column, text)
    if not is_type(column, "Numeric"):
        raise NotNumeric(column.name, column.dtype, mode.replace("Replace with", "take the") + " of")
    return _plain(column.mean() if mode == "Replace with mean" else column.median())


def _read(column: pd.Series, text: str) -> Any:
    """The text as a value of the column's type."""
    try:
        if is_type(column, "Numeric"):
            return float(text)
        if is_type(column, "DateTime"):
            return str(pd.Timestamp(text))
        if is_type(column, "Boolean"):
            return {"true": True, "1": True, "false": False, "0": False}[text.strip().lower()]
    except (ValueError, KeyError) as error:
        raise BadExpression(text, f"it is no value for column {column.name!r} of {column.dtype}", "0") from error
    return text


def _filled(column: pd.Series, value: Any) -> pd.Series:
    if is_type(column, "DateTime"):
        return column.fillna(pd.Timestamp(value).tz_localize(column.dt.tz))
    if isinstance(column.dtype, pd.CategoricalDtype) and value not in column.cat.categories:
        column = column.cat.add_categories([value])
    if is_type(column, "Integer") and isinstance(value, float):
        value = int(value) if value.is_integer() else value
        column = column if isinstance(value, int) else column.astype("Float64")
    return column.fillna(value)


def _plain(value: Any) -> Any:
    """A Python value; dates as text, so that the transformation stays readable where it is kept."""
    value = value.item() if hasattr(value, "item") else value
    return str(value) if isinstance(value, pd.Timestamp) else value
