"""A frame of a given size, and reading every value of it. Runs in every Python."""

from __future__ import annotations

import numpy as np
import pandas as pd

COLUMNS = 10


def make(megabytes: int) -> pd.DataFrame:
    """Random numbers in ten columns."""
    rows = megabytes * 1_000_000 // (8 * COLUMNS)
    numbers = np.random.default_rng(0).random((COLUMNS, rows))
    return pd.DataFrame({f"column_{at}": numbers[at] for at in range(COLUMNS)}, copy=False)


def read(frame: pd.DataFrame) -> float:
    """Look at every value."""
    return float(sum(frame[name].to_numpy().sum() for name in frame.columns))
