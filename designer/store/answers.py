"""What both stores make of stored values in the same way: types, summaries, messages."""

from __future__ import annotations

import difflib
import json
from typing import TYPE_CHECKING, Any

from designer.model.runs import RunRecord
from designer.store.chunks import BOOL, FLOAT, Points

if TYPE_CHECKING:
    from collections.abc import Sequence


ORDERS = tuple(name for name in RunRecord._fields if not name.endswith("_json"))  # columns to sort by


def wrong_order(order: str) -> ValueError:
    """The error about an order that there isn't."""
    return ValueError(
        f"runs can't be ordered by {order!r}; choose one of {', '.join(ORDERS)}, seconds, "
        "metrics.NAME, parameters.NAME, tags.NAME"
    )


def summary(parts: Points) -> tuple[int, Any, float | None, float | None]:
    """Count, last value (with its type), least and greatest, NaN aside."""
    values = parts.values
    count = len(values)
    last = plain(values[-1], int(parts.types[-1]))
    if isinstance(values, list):
        numbers = [value for value in values if value == value]
        return count, last, min(numbers, default=None), max(numbers, default=None)
    import numpy as np  # noqa: PLC0415

    finite = values[~np.isnan(values)]
    return count, last, float(finite.min()) if len(finite) else None, float(finite.max()) if len(finite) else None


def filed(value: Any) -> tuple[float | None, str | None]:
    """A tag, property or parameter as runs are filtered and sorted by it: as a number, where it or its text is one, and as text."""
    text = value if isinstance(value, str) or value is None else json.dumps(value, ensure_ascii=False)
    return (None if isinstance(value, bool) else _number(value)), text


def filed_metric(last: Any) -> tuple[float | None, str | None]:
    """The last value of a metric as runs are filtered and sorted by it: as a number, where it is one, and as JSON."""
    return (None if isinstance(last, str) else _number(last)), json.dumps(last, ensure_ascii=False)


def _number(value: Any) -> float | None:
    try:
        number = float(value) if isinstance(value, (int, float, str)) else None
    except (ValueError, OverflowError):
        return None
    return None if number != number else number  # as SQL has it, where NaN is nothing


def plain(value: float, type: int) -> Any:
    """A stored number as what was logged: float, int or bool."""
    return float(value) if type == FLOAT else bool(value) if type == BOOL else int(value)


def promoted(values: list[Any]) -> list[Any]:
    """The first value fixes the type: after a float, ints are floats."""
    return [as_float(v) for v in values] if values and type(values[0]) is float else values


def as_float(value: Any) -> Any:
    """An int as a float, unless it is too great for one; anything else as it is."""
    try:
        return float(value) if type(value) is int else value
    except OverflowError:
        return value


def missing_file(run_id: str, name: str, names: Sequence[str]) -> str:
    """The message about a file that isn't there."""
    close = difflib.get_close_matches(name, names, 3, 0.5) or list(names)[:8]
    there = f"; it has {', '.join(close)}" if close else "; it has no files yet"
    return f"run {run_id} has no file {name!r}{there}"
