"""Small checks of whole frames."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from modules._shared.errors import MismatchedColumns, TooFewRows

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd


def checked(frame: pd.DataFrame, columns: Iterable[Any], needed_by: str) -> pd.DataFrame:
    """The frame, which has all these columns."""
    missing = [name for name in columns if name not in frame.columns]
    if missing:
        raise MismatchedColumns(missing, needed_by, list(frame.columns))
    return frame


def at_least(frame: pd.DataFrame, rows: int, purpose: str) -> pd.DataFrame:
    """The frame, which has at least so many rows."""
    if len(frame) < rows:
        raise TooFewRows(len(frame), rows, purpose)
    return frame


def unused(name: str, taken: Iterable[Any]) -> str:
    """The name, or the name with the first number behind it that nobody has."""
    taken = set(taken)
    if name not in taken:
        return name
    return next(f"{name} ({n})" for n in range(1, len(taken) + 2) if f"{name} ({n})" not in taken)
