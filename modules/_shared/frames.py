"""Small checks of whole frames, and putting columns into them. Elsewhere: picking columns (columns.py)."""

from __future__ import annotations

from collections.abc import Hashable
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.errors import DuplicateColumns, Infinite, MismatchedColumns, TooFewRows, WrongColumnType

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


LARGEST = 1e150  # beyond, the square of a number is infinite


def checked(frame: pd.DataFrame, columns: Iterable[Any], needed_by: str) -> pd.DataFrame:
    """The frame, which has all these columns."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise MismatchedColumns(missing, needed_by, list(frame.columns))
    return frame


def distinct(frame: pd.DataFrame) -> pd.DataFrame:
    """The frame, in which no two columns have one name."""
    if not frame.columns.is_unique:
        raise DuplicateColumns(list(frame.columns[frame.columns.duplicated()].unique()))
    return frame


def single_valued(column: pd.Series) -> pd.Series:
    """The column, whose cells hold single values that can be told apart: no lists, no dicts."""
    if column.dtype == object:
        for value in column:
            if not isinstance(value, Hashable):
                kind = type(value).__name__
                raise WrongColumnType(column.name, f"of {kind}s", "of single values (texts, numbers, dates …)")
    return column


def finite(values: np.ndarray, column: object, action: str, most: float = float("inf")) -> np.ndarray:
    """The values, among which none is infinite or larger than `most`; missing ones are fine."""
    if np.any(np.isinf(values) | (np.abs(values) > most)):
        raise Infinite(column, action)
    return values


def replaced(frame: pd.DataFrame, columns: Mapping[Any, Any]) -> pd.DataFrame:
    """The frame with these columns in the place of its own of that name, or behind them; whatever the names are."""
    result = frame.copy(deep=False)
    for name in columns:
        if name in frame.columns:
            result[name] = columns[name]
    added = {name: values for name, values in columns.items() if name not in frame.columns}
    return pd.concat([result, pd.DataFrame(added, index=frame.index)], axis=1) if added else result


def at_least(frame: pd.DataFrame, rows: int, purpose: str) -> pd.DataFrame:
    """The frame, which has at least so many rows."""
    if len(frame) < rows:
        raise TooFewRows(len(frame), rows, purpose)
    return frame


def beside(left: pd.DataFrame, right: pd.DataFrame) -> dict[Any, Any]:
    """What the right columns are called beside the left ones: a name that is taken gets a number."""
    ours, taken, renamed = set(left.columns), {*left.columns, *right.columns}, {}
    for name in right.columns:
        renamed[name] = unused(str(name), taken) if name in ours else name
        taken.add(renamed[name])
    return renamed


def numbered(names: Iterable[Any]) -> list[str]:
    """The names as texts; of equal ones the later get a number."""
    different: set[str] = set()
    found = []
    for name in names:
        found.append(unused(str(name), different))
        different.add(found[-1])
    return found


def unused(name: str, taken: Collection[Any]) -> str:
    """The name, or the name with the first number behind it that nobody has."""
    if name not in taken:
        return name
    return next(f"{name} ({n})" for n in range(1, len(taken) + 2) if f"{name} ({n})" not in taken)
