"""Frames to the matrix that a learner reads, the same way in training and scoring.

Numbers (also Boolean, date and time span) take a column each; text and categories one column per level ("one-hot") or
one column of codes. Elsewhere: which encoding a learner wants (its class), the label (training.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from designer import lazy_import
from modules._shared.columns import is_type
from modules._shared.errors import AllMissing, MismatchedColumns, TooManyValues, ValuesError, listed
from modules._shared.frames import LARGEST, distinct, finite, single_valued

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

MOST_LEVELS = 100_000
_WIDEST_DENSE = 512


@dataclass(frozen=True)
class Encoding:
    """How a learner wants its features."""

    categories: Literal["one-hot", "codes", "none"] = "one-hot"  # none: the frame as it is
    missing: Literal["mean", "keep"] = "mean"
    scale: Literal["none", "min-max", "z-score"] = "none"
    unknown: Literal["ignore", "refuse"] = "ignore"  # levels never seen in training


@dataclass
class Encoder:
    """Learned from the training rows; JSON-able, so that a kept model stays readable."""

    encoding: Encoding
    columns: list[str]
    levels: dict[str, list[Any]] = field(default_factory=dict)
    center: dict[str, float] = field(default_factory=dict)
    shift: dict[str, float] = field(default_factory=dict)
    width: dict[str, float] = field(default_factory=dict)

    @classmethod
    def fitted(cls, frame: pd.DataFrame, columns: Sequence[str], encoding: Encoding) -> Encoder:
        """Learn levels, means and ranges from these columns."""
        distinct(frame)
        encoder = cls(encoding, list(columns))
        if encoding.categories == "none":
            return encoder
        empty = [name for name in columns if len(frame) and frame[name].isna().all()]
        if empty:
            raise AllMissing(empty)
        for name in columns:
            if is_numeric(frame[name]):
                encoder._learn_number(name, encoder._calculable(name, numbers(frame[name])))
            else:
                encoder.levels[name] = levels_of(frame[name])
        return encoder

    def _calculable(self, name: str, values: np.ndarray) -> np.ndarray:
        """The values, none of which is infinite; trees that take columns of codes only compare, so they may have any."""
        codes = self.encoding.categories == "codes"
        return values if codes else finite(values, name, "learn from or predict with", LARGEST)

    def _learn_number(self, name: str, values: np.ndarray) -> None:
        known = values[np.isfinite(values)]
        self.center[name] = float(known.mean()) if len(known) else 0.0
        if self.encoding.scale == "min-max":
            low, high = float(np.nanmin(values)), float(np.nanmax(values))
            self.shift[name], self.width[name] = low, (high - low) or 1.0
        elif self.encoding.scale == "z-score":
            self.shift[name], self.width[name] = self.center[name], float(np.nanstd(values)) or 1.0

    @property
    def categorical(self) -> list[int]:
        """Positions of the columns of codes in the matrix."""
        coded = self.encoding.categories == "codes"
        return [i for i, name in enumerate(self.columns) if coded and name in self.levels]

    @property
    def names(self) -> list[str]:
        """What each column of the matrix is: `age`, `colour=red`."""
        if self.encoding.categories != "one-hot":
            return list(self.columns)
        return [
            label
            for name in self.columns
            for label in ([f"{name}={level}" for level in self.levels[name]] if name in self.levels else [str(name)])
        ]

    def encode(self, frame: pd.DataFrame) -> Any:
        """The matrix for these rows: numpy, scipy CSR where one-hot makes it very wide, the frame for "none"."""
        distinct(frame)
        missing = [name for name in self.columns if name not in frame.columns]
        if missing:
            raise MismatchedColumns(missing, "the trained model", list(frame.columns))
        if self.encoding.categories == "none":
            return frame[self.columns]
        if self.encoding.categories == "codes":
            return self._coded(frame)
        return self._one_hot(frame)

    def _coded(self, frame: pd.DataFrame) -> np.ndarray:
        matrix = np.empty((len(frame), len(self.columns)), order="F")
        for i, name in enumerate(self.columns):
            if name in self.levels:
                codes = self._codes(frame, name)
                matrix[:, i] = codes
                matrix[codes < 0, i] = np.nan
            else:
                matrix[:, i] = self._number(frame, name)
        return matrix

    def _one_hot(self, frame: pd.DataFrame) -> Any:
        width = len(self.names)
        if width > _WIDEST_DENSE:
            return self._sparse(frame, width)
        matrix = np.zeros((len(frame), width))
        start = 0
        for name in self.columns:
            if name not in self.levels:
                matrix[:, start] = self._number(frame, name)
                start += 1
                continue
            codes = self._codes(frame, name)
            known = np.flatnonzero(codes >= 0)
            matrix[known, start + codes[known]] = 1.0
            start += len(self.levels[name])
        return matrix

    def _sparse(self, frame: pd.DataFrame, width: int) -> Any:
        sparse = lazy_import("scipy.sparse")
        rows, columns, values, start = [], [], [], 0
        for name in self.columns:
            if name in self.levels:
                codes = self._codes(frame, name)
                there = np.flatnonzero(codes >= 0)
                rows.append(there), columns.append(start + codes[there]), values.append(np.ones(len(there)))
                start += len(self.levels[name])
            else:
                number = self._number(frame, name)
                there = np.flatnonzero(number)
                rows.append(there), columns.append(np.full(len(there), start)), values.append(number[there])
                start += 1
        cells = np.concatenate(values), (np.concatenate(rows), np.concatenate(columns))
        return sparse.csr_matrix(cells, shape=(len(frame), width))

    def _number(self, frame: pd.DataFrame, name: str) -> np.ndarray:
        column = frame[name]
        if not is_numeric(column):
            column = pd.to_numeric(column, errors="coerce")
        values = self._calculable(name, numbers(column))
        if self.encoding.missing == "mean":
            values = np.where(np.isnan(values), self.center[name], values)
        return (values - self.shift[name]) / self.width[name] if name in self.shift else values

    def _codes(self, frame: pd.DataFrame, name: str) -> np.ndarray:
        levels, column = self.levels[name], frame[name]
        if isinstance(column.dtype, pd.CategoricalDtype):
            own = column.cat.categories
            translate = pd.Index(levels).get_indexer(own) if len(own) else np.array([], dtype=int)
            codes = np.append(translate, -1)[column.cat.codes.to_numpy()]
        else:
            codes = pd.Index(levels).get_indexer(single_valued(column))
        if self.encoding.unknown == "refuse":
            new = column[(codes < 0) & column.notna().to_numpy()].unique()
            if len(new):
                raise ValuesError(
                    f"column {name!r} has levels that training never saw: {listed(new)}; "
                    "retrain, or allow unknown categorical levels in the learner"
                )
        return codes

    def per_column(self, importances: Sequence[float]) -> dict[str, float]:
        """Importances of matrix columns added up to the frame's columns."""
        totals, position = {}, 0
        for name in self.columns:
            wide = len(self.levels[name]) if self.encoding.categories == "one-hot" and name in self.levels else 1
            totals[name] = float(sum(importances[position : position + wide]))
            position += wide
        return totals


def is_numeric(column: pd.Series) -> bool:
    """Whether a column enters a matrix as numbers: Numeric, Boolean, DateTime or TimeSpan, unless made categorical."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        return False
    return any(is_type(column, kind) for kind in ("Numeric", "Boolean", "DateTime", "TimeSpan"))


def numbers(column: pd.Series) -> np.ndarray:
    """The values as floats; missing ones NaN; dates as seconds since 1970, spans as seconds."""
    if is_type(column, "DateTime"):
        epoch = pd.Timestamp(0, tz=column.dt.tz)
        return ((column - epoch) / pd.Timedelta(seconds=1)).to_numpy(dtype=float, na_value=np.nan)
    if is_type(column, "TimeSpan"):
        return (column / pd.Timedelta(seconds=1)).to_numpy(dtype=float, na_value=np.nan)
    return column.to_numpy(dtype=float, na_value=np.nan)


def levels_of(column: pd.Series) -> list[Any]:
    """The distinct values, sorted where they can be."""
    if isinstance(column.dtype, pd.CategoricalDtype):
        used = column.cat.remove_unused_categories().cat.categories.tolist()
    else:
        used = single_valued(column).dropna().unique().tolist()
        try:
            used.sort()
        except TypeError:  # values of several types have no order
            used.sort(key=lambda value: (type(value).__name__, str(value)))
    if len(used) > MOST_LEVELS:
        raise TooManyValues(column.name, len(used), MOST_LEVELS)
    return used
