"""A long series as few points that look the same: what a chart of some hundred pixels can show of it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
from tsdownsample import MinMaxLTTBDownsampler

from designer.canvas.wire import SeriesView

if TYPE_CHECKING:
    from designer.model.runs import Series

_SPARK = 32


def thinned(name: str, series: Series, points: int, between: tuple[float, float] | None = None) -> SeriesView:
    """A series of at most about `points` points. `between` looks at a stretch of its steps only."""
    times = np.asarray(series.times, dtype=np.float64)
    steps = np.asarray(series.steps if series.steps is not None else np.arange(len(times)), dtype=np.float64)
    total = len(times)
    if not isinstance(series.values, np.ndarray):
        texts = tuple(str(value) for value in series.values[-points:])
        return SeriesView(
            name=name, total=total, steps=tuple(steps[-points:]), times=tuple(times[-points:]), values=(), texts=texts
        )
    values = np.asarray(series.values, dtype=np.float64)
    if len(steps) > 1 and np.any(np.diff(steps) < 0):  # logged out of order: a chart goes from left to right
        order = np.argsort(steps, kind="stable")
        steps, times, values = steps[order], times[order], values[order]
    if between is not None:
        low, high = np.searchsorted(steps, between[0], "left"), np.searchsorted(steps, between[1], "right")
        low, high = (
            max(0, low - 1),
            min(len(steps), high + 1),
        )  # one more on either side, so that lines leave the picture
        steps, times, values = steps[low:high], times[low:high], values[low:high]
    kept = picked(values, points)
    return SeriesView(
        name=name,
        total=total,
        steps=tuple(steps[kept].tolist()),
        times=tuple(times[kept].tolist()),
        values=tuple(
            value if finite else None
            for value, finite in zip(values[kept].tolist(), np.isfinite(values[kept]), strict=True)
        ),
        integers=series.integers,
    )


def spark(values: Any) -> tuple[float | None, ...]:
    """A series as the few points of a sparkline; empty for what is not numbers."""
    if not isinstance(values, np.ndarray):
        return ()
    numbers = np.asarray(values, dtype=np.float64)
    kept = numbers[picked(numbers, _SPARK)]
    return tuple(value if finite else None for value, finite in zip(kept.tolist(), np.isfinite(kept), strict=True))


def picked(values: np.ndarray[Any, np.dtype[np.float64]], points: int) -> np.ndarray[Any, Any]:
    """Positions to keep: all when there are few, else those that MinMaxLTTB finds most telling, with gaps left in."""
    if len(values) <= points:
        return np.arange(len(values))
    finite = np.isfinite(values)
    if not finite.all():
        places = np.flatnonzero(finite)
        if len(places) <= points:
            return places
        return places[picked(values[places], points)]
    found = MinMaxLTTBDownsampler().downsample(np.ascontiguousarray(values), n_out=max(4, points // 2 * 2))
    return np.unique(found)  # values that hardly differ can make it name a place twice
