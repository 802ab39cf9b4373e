"""A long series as few points."""

from __future__ import annotations

import math

import numpy as np
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp

from designer.canvas.thin import picked, spark, thinned
from designer.model.runs import Series


def series(values: np.ndarray, steps: np.ndarray | None = None) -> Series:
    return Series(values, steps, np.arange(len(values), dtype=float))


def test_a_million_points_become_a_few_with_the_peak_among_them() -> None:
    values = np.sin(np.linspace(0, 20, 1_000_000))
    values[654_321] = 9.0
    thin = thinned("loss", series(values), 1000)
    assert len(thin.values) <= 1000
    assert thin.total == 1_000_000
    assert max(value for value in thin.values if value is not None) == 9.0


def test_a_stretch_is_shown_closer() -> None:
    thin = thinned("loss", series(np.arange(10_000, dtype=float)), 100, (500.0, 520.0))
    assert [thin.steps[0], thin.steps[-1]] == [499.0, 521.0]


def test_steps_out_of_order_are_drawn_from_left_to_right() -> None:
    thin = thinned("loss", series(np.array([3.0, 1.0, 2.0]), np.array([30, 10, 20])), 10)
    assert thin.steps == (10.0, 20.0, 30.0)
    assert thin.values == (1.0, 2.0, 3.0)


def test_texts_stay_texts() -> None:
    thin = thinned("phase", Series(["warm up", "train"], None, np.array([0.0, 1.0])), 10)
    assert thin.texts == ("warm up", "train")


def test_gaps_are_gaps() -> None:
    assert thinned("loss", series(np.array([1.0, math.nan, 2.0])), 10).values == (1.0, None, 2.0)


@given(
    hnp.arrays(np.float64, st.integers(0, 400), elements=st.floats(allow_nan=True, allow_infinity=True)),
    st.integers(4, 60),
)
def test_whatever_is_logged_can_be_thinned(values: np.ndarray, points: int) -> None:
    kept = picked(values, points)
    assert len(kept) <= max(points, 4)
    assert list(kept) == sorted(set(kept.tolist()))
    assert len(spark(values)) <= 32
