"""What a script returned, as a frame. Elsewhere: running it (scripts.py)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.frames import numbered

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


def as_frame(value: Any) -> pd.DataFrame:
    """Frames as they are; dicts by key; arrays, lists and single values as columns called `column`."""
    if value is None:
        return pd.DataFrame()
    if isinstance(value, pd.DataFrame):
        return _named_by_text(value)
    if isinstance(value, pd.Series):
        return _named_by_text(value.to_frame("column" if value.name is None else value.name))
    if isinstance(value, Mapping):
        return _named_by_text(pd.DataFrame(dict(value)))
    if isinstance(value, np.ndarray) and value.ndim == 2 and value.shape[1] != 1:
        return pd.DataFrame(value, columns=[f"column_{i}" for i in range(value.shape[1])])
    if isinstance(value, np.ndarray):
        return pd.DataFrame({"column": value.reshape(-1)})
    if isinstance(value, list | tuple):
        return pd.DataFrame({"column": list(value)})
    return pd.DataFrame({"column": [value]})


def _named_by_text(frame: pd.DataFrame) -> pd.DataFrame:
    """Column names as text; of equal ones the later get a number."""
    result = frame.set_axis(numbered(frame.columns), axis=1)
    result.attrs = frame.attrs
    return result
