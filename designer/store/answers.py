"""What both stores make of stored values in the same way: types, summaries, messages."""

from __future__ import annotations

import difflib
from typing import TYPE_CHECKING, Any

from designer.store.chunks import BOOL, FLOAT, Points

if TYPE_CHECKING:
    from collections.abc import Sequence


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


def plain(value: float, type: int) -> Any:
    """A stored number as what was logged: float, int or bool."""
    return float(value) if type == FLOAT else bool(value) if type == BOOL else int(value)


def promoted(values: list[Any]) -> list[Any]:
    """The first value fixes the type: after a float, ints are floats."""
    if values and type(values[0]) is float:
        return [float(v) if type(v) is int else v for v in values]
    return values


def missing_file(run_id: str, name: str, names: Sequence[str]) -> str:
    """The message about a file that isn't there."""
    close = difflib.get_close_matches(name, names, 3, 0.5) or list(names)[:8]
    there = f"; it has {', '.join(close)}" if close else "; it has no files yet"
    return f"run {run_id} has no file {name!r}{there}"
