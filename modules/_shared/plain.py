"""Dataclasses of plain values as JSON and back, e.g. an untrained model or a cleaning transformation.

Elsewhere: what holds arrays or estimators (formats.py).
"""

from __future__ import annotations

import dataclasses
import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable

_TYPE, _TUPLE, _STATE = "$type", "$tuple", "$state"


class NotPlain(Exception):
    """The value holds more than dataclasses, numbers, texts, lists and dicts."""


def to_plain(value: Any) -> Any:
    """The value as JSON can hold it. Raises `NotPlain`."""
    if value is None or type(value) in (bool, int, float, str):
        return value
    if type(value) is list:
        return [to_plain(one) for one in value]
    if type(value) is tuple:
        return {_TUPLE: [to_plain(one) for one in value]}
    if type(value) is dict and all(type(key) is str and not key.startswith("$") for key in value):
        return {key: to_plain(one) for key, one in value.items()}
    if dataclasses.is_dataclass(value) and not isinstance(value, type) and _says_its_state(type(value)):
        kind = type(value)
        return {_TYPE: f"{kind.__module__}.{kind.__qualname__}", _STATE: to_plain(value.__getstate__())}
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        names = [field.name for field in dataclasses.fields(value)]
        if vars(value).keys() == set(names):  # fitted ones have more attributes than fields
            kind = type(value)
            fields = {name: to_plain(getattr(value, name)) for name in names}
            return {_TYPE: f"{kind.__module__}.{kind.__qualname__}", **fields}
    raise NotPlain(type(value).__name__)


def _says_its_state(kind: type) -> bool:
    """Whether a class has words of its own for what its values hold, such as LightGBM's model text."""
    return hasattr(kind, "__setstate__")


def from_plain(data: Any, is_trusted: Callable[[str], bool]) -> Any:
    """The value that `to_plain` gave; builds dataclasses of trusted names only."""
    if isinstance(data, list):
        return [from_plain(one, is_trusted) for one in data]
    if not isinstance(data, dict):
        return data
    if _TUPLE in data:
        return tuple(from_plain(one, is_trusted) for one in data[_TUPLE])
    if _TYPE not in data:
        return {key: from_plain(one, is_trusted) for key, one in data.items()}
    name = data[_TYPE]
    if not is_trusted(name):
        raise NotPlain(name)
    module, _, kind = name.rpartition(".")
    found = getattr(importlib.import_module(module), kind)
    if not dataclasses.is_dataclass(found):
        raise NotPlain(name)
    value = object.__new__(found)
    if _STATE in data:
        value.__setstate__(from_plain(data[_STATE], is_trusted))
        return value
    fields = {key: from_plain(one, is_trusted) for key, one in data.items() if key != _TYPE}
    vars(value).update(fields)
    return value
