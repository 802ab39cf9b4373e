"""What a script returned, as a frame. Elsewhere: running it (scripts.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.errors import ScriptFailed
from modules._shared.frames import numbered

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


def as_frame(value: Any) -> pd.DataFrame:
    """Frames as they are; dicts by key; arrays, lists and single values as columns called `column`.

    Raises `ScriptFailed` for anything else.
    """
    try:
        return _frame(value)
    except (ValueError, TypeError) as error:
        raise ScriptFailed(f"what the script returned can't be made a dataset: {error}") from error


def _frame(value: Any) -> pd.DataFrame:
    if value is None:
        return pd.DataFrame()
    if isinstance(value, pd.DataFrame):
        return _named_by_text(value)
    if isinstance(value, pd.Series):
        return _named_by_text(value.to_frame("column" if value.name is None else value.name))
    if isinstance(value, Mapping):
        row = bool(value) and all(_is_single(one) for one in value.values())
        return _named_by_text(pd.DataFrame([dict(value)] if row else dict(value)))
    if isinstance(value, np.ndarray):
        return _of_array(value)
    if isinstance(value, list | tuple | range | set | frozenset | pd.Index):
        cells = list(value)
        if any(isinstance(one, pd.DataFrame | pd.Series) for one in cells):
            raise TypeError("it is a list of datasets; return them as a tuple: return first, second")
        return pd.DataFrame({"column": cells})
    if _is_single(value):
        return pd.DataFrame({"column": [value]})
    raise TypeError(
        f"it is a {type(value).__name__}; return frames, dicts of columns, arrays, series, lists or single values"
    )


def _of_array(value: np.ndarray) -> pd.DataFrame:
    if value.ndim > 2:
        raise ValueError(f"it is an array of {value.ndim} dimensions; a dataset has two")
    if value.ndim == 2 and value.shape[1] != 1:
        return pd.DataFrame(value, columns=[f"column_{i}" for i in range(value.shape[1])])
    return pd.DataFrame({"column": value.reshape(-1)})


def _is_single(value: Any) -> bool:
    return bool(pd.api.types.is_scalar(value))


def _named_by_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Column names as text; of equal ones the later get a number."""
    result = frame.set_axis(numbered(frame.columns), axis=1)
    result.attrs = frame.attrs
    return result
