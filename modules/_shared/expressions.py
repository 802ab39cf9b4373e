r"""Row filters in a line of text: `"year" > 1980 & "origin" == USA`, `"name" ^ford`.

A column is named in quotes (a backslash before them is fine), or by its position from 1: `(\1)`. Never evaluated as code.
"""

from __future__ import annotations

import operator
import re
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.columns import is_type
from modules._shared.errors import BadExpression, ColumnNotFound
from modules._shared.frames import distinct

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

_COLUMN = re.compile(r'\s*(?:\\?"(?P<name>[^"]+)"|\(?\\(?P<position>\d+)\)?)\s*')
_OPERATORS: dict[str, Callable[[Any, Any], Any]] = {
    ">=": operator.ge,
    "<=": operator.le,
    "==": operator.eq,
    "!=": operator.ne,
    "<>": operator.ne,
    ">": operator.gt,
    "<": operator.lt,
    "=": operator.eq,
}
_OPERATOR = re.compile("|".join(map(re.escape, _OPERATORS)))


def matching(frame: pd.DataFrame, text: str) -> np.ndarray:
    """The rows in which a column's text matches a regular expression: `"column" expression`."""
    example = r'"name" ^ford'
    column, rest = _column(frame, text, example)
    try:
        pattern = re.compile(rest)
    except re.error as error:
        raise BadExpression(text, f"{error} in the regular expression", example) from error
    return (
        frame[column].map(lambda value: pattern.search(str(value)) is not None, na_action="ignore").eq(True).to_numpy()
    )


def relation(frame: pd.DataFrame, text: str) -> np.ndarray:
    """The rows for which every comparison (joined by &) holds. A missing value never does."""
    masks = [_comparison(frame, part, text) for part in re.split(r"\s*&&?\s*", text)]
    return np.logical_and.reduce(masks)


def _comparison(frame: pd.DataFrame, part: str, text: str) -> np.ndarray:
    example = '"year" > 1980 & "origin" == USA'
    column, rest = _column(frame, part, example)
    found = _OPERATOR.match(rest)
    if not found:
        raise BadExpression(text, f"expected one of {', '.join(_OPERATORS)} after the column", example)
    values = frame[column]
    if isinstance(values.dtype, pd.CategoricalDtype):
        values = values.astype(values.cat.categories.dtype)
    bound = _bound(values, rest[found.end() :].strip().strip("\"'"), text, example)
    if not isinstance(bound, str) or found[0] in ("==", "=", "!=", "<>"):
        return (_OPERATORS[found[0]](values, bound) & values.notna()).to_numpy(dtype=bool)
    raise BadExpression(text, f"text column {column!r} can be compared with == and != only", example)


def _column(frame: pd.DataFrame, text: str, example: str) -> tuple[Any, str]:
    distinct(frame)
    found = _COLUMN.match(text)
    if not found:
        raise BadExpression(text, "it must begin with a column's name in quotes", example)
    if found["position"]:
        position = int(found["position"])
        if not 1 <= position <= len(frame.columns):
            raise ColumnNotFound(f"position {position}", list(frame.columns))
        return frame.columns[position - 1], text[found.end() :]
    if found["name"] not in frame.columns:
        raise ColumnNotFound(found["name"], list(frame.columns))
    return found["name"], text[found.end() :]


def _bound(values: pd.Series, text: str, whole: str, example: str) -> Any:
    """The text as a value of the column's type."""
    try:
        if is_type(values, "Numeric"):
            return float(text)
        if is_type(values, "DateTime"):
            return pd.Timestamp(text)
        if is_type(values, "Boolean"):
            return {"true": True, "1": True, "false": False, "0": False}[text.lower()]
    except (ValueError, KeyError) as error:
        raise BadExpression(
            whole, f"{text!r} is no value for column {values.name!r} of {values.dtype}", example
        ) from error
    return text
