"""What may be logged, as plain Python: numbers, text, bools, None. Elsewhere: logging it (run.py), reading it back (metrics.py)."""

from __future__ import annotations

import logging
import types
from collections.abc import Iterable, Mapping
from typing import Any

from designer.errors import MetricError
from designer.store.answers import as_float

_log = logging.getLogger("designer")
EXACT = 2**53  # the range in which a float64 holds every int
_GREATEST = 14_000  # bits; Python writes ints of up to 4,300 digits as text


def scalar(name: str, value: Any) -> Any:
    """The value of `Run.log`: a float, int, str, bool or None.

    Numpy's and other libraries' single numbers become Python's. Lists and generators are refused (`log_list` takes them).
    Anything else is kept as its `repr`, with a warning in the log, as Azure ML does.
    """
    if value is None or type(value) in (float, bool, str):
        return value
    if isinstance(value, int):
        return _whole(name, value)
    if isinstance(value, (list, range, types.GeneratorType)) or (
        isinstance(value, types.FunctionType) and value.__code__.co_flags & 0x20
    ):
        raise MetricError(
            f"metric {name!r}: log() takes one value, this is a {type(value).__name__}\n  next: log_list({name!r}, …)"
        )
    simple = _simple(value)
    if simple is _NOT:
        _log.warning("metric %r: a %s is kept as its text", name, type(value).__name__)
        return repr(value)
    return simple


def element(name: str, value: Any) -> Any:
    """A value in a list, row or table: a float, int, str, bool or None. Raises `MetricError` for anything else."""
    if value is None or type(value) in (float, bool, str):
        return value
    if isinstance(value, int):
        return _whole(name, value)
    simple = _simple(value)
    if simple is _NOT:
        raise MetricError(
            f"metric {name!r}: a value of type {type(value).__name__} is not supported\n"
            "  next: use numbers, text, True/False or None; nest nothing"
        )
    return simple


def elements(name: str, values: Iterable[Any]) -> list[Any]:
    """The values of `Run.log_list`. Where one is a float, all ints are floats."""
    single = not isinstance(values, Iterable) or getattr(values, "ndim", 1) == 0
    if single or isinstance(values, (str, bytes, Mapping)):
        raise MetricError(f"metric {name!r}: log_list() takes a list, this is a {type(values).__name__}")
    tolist = getattr(values, "tolist", None)  # numpy, pandas: one call instead of one an element
    items = tolist() if callable(tolist) else values
    items = [element(name, value) for value in (items if isinstance(items, list) else list(items))]
    return [as_float(value) for value in items] if any(type(value) is float for value in items) else items


def row(name: str, columns: Mapping[str, Any]) -> dict[str, Any]:
    """The row of `Run.log_row`."""
    for column, value in columns.items():
        if isinstance(value, (list, tuple, dict)):
            raise MetricError(
                f"metric {name!r}: rows cannot contain list values, column {column} contains a {type(value).__name__}\n"
                "  next: log_table() takes columns of lists"
            )
    return {column: element(name, value) for column, value in columns.items()}


def table(name: str, value: Any) -> list[dict[str, Any]]:
    """The rows of `Run.log_table`: from a dict of lists, a dict of single values (one row), or a data frame."""
    if hasattr(value, "to_dict") and hasattr(value, "columns"):
        value = value.to_dict(orient="list")
    if not isinstance(value, Mapping):
        raise MetricError(
            f"metric {name!r}: log_table() takes a dict of columns, this is a {type(value).__name__}\n"
            "  next: {'column': [1, 2, 3]}"
        )
    if not value:
        return []
    columns = {str(column): _column(cells) for column, cells in value.items()}
    if not any(isinstance(cells, list) for cells in columns.values()):
        return [row(name, columns)]
    lengths = {column: len(cells) if isinstance(cells, list) else 1 for column, cells in columns.items()}
    if len(set(lengths.values())) > 1:
        (first, one), (second, two) = next(
            ((a, b) for a in lengths.items() for b in lengths.items() if a[1] != b[1]),
        )
        raise MetricError(
            f"metric {name!r}: columns must have the same length; column {first} has {one}, column {second} has {two}"
        )
    names = list(columns)
    cells = [c if isinstance(c, list) else [c] for c in columns.values()]
    return [
        {column: element(name, cell) for column, cell in zip(names, values, strict=True)}
        for values in zip(*cells, strict=True)
    ]


def step(name: str, value: Any) -> int:
    """A step as an int. Raises `MetricError` for what is no whole number."""
    try:
        whole = int(value)
    except (TypeError, ValueError, OverflowError):
        whole = None
    if whole is None or whole != value or isinstance(value, str) or not -(2**63) < whole < 2**63:
        raise MetricError(f"metric {name!r}: a step is a whole number, not {value!r}")
    return whole


_NOT: Any = object()


def _whole(name: str, value: int) -> int:
    if value.bit_length() > _GREATEST:
        raise MetricError(
            f"metric {name!r}: an int of more than 4,300 digits can't be kept\n  next: log it as a float or as text"
        )
    return value if isinstance(value, bool) else int(value)


def _column(cells: Any) -> Any:
    if isinstance(cells, (list, tuple, range)):
        return list(cells)
    tolist = getattr(cells, "tolist", None)
    if callable(tolist):  # a numpy array or a pandas series
        return tolist()
    return cells


def _simple(value: Any) -> Any:
    """A number, bool or text of another library or a subclass as Python's own; `_NOT` when it is something else."""
    if isinstance(value, (bool, int, float, str)):
        if isinstance(value, str):
            return str.__str__(value)  # an enum's own __str__ gives its name
        return bool(value) if isinstance(value, bool) else int(value) if isinstance(value, int) else float(value)
    item = getattr(value, "item", None)
    size = getattr(value, "size", 1)
    if callable(item) and (size() if callable(size) else size) in (1, ()):  # numpy and torch scalars and 0-d arrays
        if getattr(value, "ndim", 0):
            return _NOT
        simple = item()
        if type(simple) in (float, int, bool, str):
            return simple
        as_float = getattr(value, "__float__", None)  # numpy.longdouble's item is itself
        if as_float is not None and not isinstance(simple, complex):
            try:
                return float(simple)
            except (TypeError, ValueError):
                return _NOT
    return _NOT
