"""Small datasets, and a run that collects what a module logs when it is called as a plain function."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pytest

from designer import Run

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def run() -> Iterator[Run]:
    """The run of the module that a test calls; `run.get_metrics()` tells what it logged."""
    with Run.get_context().child_run("module") as child:
        yield child


@pytest.fixture(autouse=True)
def _quiet(run: Run) -> None:
    """Every test has a run, so that modules log somewhere."""


@pytest.fixture
def cars() -> pd.DataFrame:
    """Sixty cars whose price is a linear function of power and weight, with some noise, and text columns."""
    draw = np.random.default_rng(0)
    power, weight = draw.uniform(50, 200, 60), draw.uniform(800, 2000, 60)
    price = 100 * power + 3 * weight + draw.normal(0, 50, 60)
    origin = draw.choice(["Europe", "Japan", "USA"], 60)
    return pd.DataFrame({"power": power, "weight": weight, "origin": origin, "price": price})


@pytest.fixture
def patients() -> pd.DataFrame:
    """Two hundred patients, ill or well, told apart by two measurements but not fully."""
    draw = np.random.default_rng(1)
    ill = draw.random(200) < 0.4
    first, second = draw.normal(ill * 1.5, 1.0), draw.normal(-1.0 * ill, 1.0)
    return pd.DataFrame(
        {"first": first, "second": second, "noise": draw.normal(size=200), "state": np.where(ill, "well", "ill")}
    )


@pytest.fixture
def flowers() -> pd.DataFrame:
    """Three kinds of flowers in three well separated clusters."""
    draw = np.random.default_rng(2)
    kind = np.repeat([0, 1, 2], 40)
    centers = np.array([[0, 0], [5, 0], [0, 5]])
    places = centers[kind] + draw.normal(0, 0.7, (120, 2))
    frame = pd.DataFrame(places, columns=["length", "width"])
    return frame.assign(kind=np.array(["iris", "rose", "tulip"])[kind])


@pytest.fixture
def gaps() -> pd.DataFrame:
    """Five rows with missing values of several types."""
    return pd.DataFrame(
        {
            "number": [1.0, None, 3.0, 3.0, None],
            "text": ["a", None, "b", "b", "c"],
            "full": [1, 2, 3, 4, 5],
            "empty": [float("nan")] * 5,
        }
    )
