"""Choosing rows at random, evenly over the values of a column where wanted. Elsewhere: recommender splits (Split Data)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer import lazy_import
from modules._shared.frames import single_valued

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_import("numpy")


def chosen(rows: int, share: float, seed: int, strata: pd.Series | None = None) -> np.ndarray:
    """A mask of about `share` of the rows: exactly the rounded number in all, and per stratum within one row."""
    mask = np.zeros(rows, dtype=bool)
    order = shuffled(rows, seed, strata)
    bounds = np.floor(np.arange(rows + 1) * share + 0.5).astype(int)
    mask[order[np.diff(bounds) > 0]] = True
    return mask


def shuffled(rows: int, seed: int, strata: pd.Series | None = None) -> np.ndarray:
    """Row positions in random order; with strata, those of one stratum follow each other."""
    order = np.random.default_rng(seed).permutation(rows)
    return order if strata is None else order[np.argsort(_codes(strata)[order], kind="stable")]


def folds(rows: int, proportions: list[float], seed: int | None, strata: pd.Series | None = None) -> np.ndarray:
    """The fold (0, 1 …) of each row, in these proportions (they add up to 1); without a seed in the rows' order."""
    order = np.arange(rows) if seed is None else shuffled(rows, seed, strata)
    result = np.empty(rows, dtype=int)
    if strata is not None and len(set(proportions)) == 1:  # in turn, so that no fold is empty however rare the values
        codes = _codes(strata)
        result[order[np.argsort(codes[order], kind="stable")]] = np.arange(rows) % len(proportions)
        return result
    places = (np.arange(rows) + 0.5) / max(rows, 1)
    if strata is not None:  # the place of a row among those of its own stratum
        codes = _codes(strata)
        order = order[np.argsort(codes[order], kind="stable")]
        counts = np.bincount(codes)
        starts = np.cumsum(counts) - counts
        places = (np.arange(rows) - starts[codes[order]] + 0.5) / counts[codes[order]]
    result[order] = np.searchsorted(np.cumsum(proportions), places, side="right").clip(max=len(proportions) - 1)
    return result


def _codes(strata: pd.Series) -> np.ndarray:
    """A number per distinct value; missing ones are a value too."""
    return single_valued(strata).factorize(use_na_sentinel=False)[0]
