"""Which fold a row belongs to: as Partition and Sample assigned it, or at random. Elsewhere: drawing rows (sampling.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from modules._shared.errors import TooFewRows
from modules._shared.sampling import folds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

FOLD = "Fold Number"


def folds_of(rows: pd.DataFrame, count: int, seed: int, strata: pd.Series | None) -> np.ndarray:
    """A fold number (0, 1 …) for every row: those of the column "Fold Number" where the dataset has it."""
    if FOLD in rows.columns:
        found = rows[FOLD].factorize(sort=True)[0]
        if found.max() < 1:
            raise TooFewRows(int(found.max()) + 1, 2, "cross validation, counting folds,")
        return found
    if len(rows) < 2:
        raise TooFewRows(len(rows), 2, "cross validation")
    count = min(count, len(rows))
    return folds(len(rows), [1 / count] * count, seed, strata)


def without_fold(rows: pd.DataFrame) -> pd.DataFrame:
    """The rows without their fold's number, which is no feature."""
    return rows.drop(columns=FOLD, errors="ignore")
