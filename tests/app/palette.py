"""The modules of tests/shapes.py as real ones, for pipelines that are declared in Python."""

from __future__ import annotations

from typing import NamedTuple

import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.linear_model import LinearRegression

from designer import module


class Split(NamedTuple):
    train: pd.DataFrame
    test: pd.DataFrame


class Rows(NamedTuple):
    rows: pd.DataFrame


class Out(NamedTuple):
    out: pd.DataFrame


class Model(NamedTuple):
    model: LinearRegression


class Scored(NamedTuple):
    scored: pd.DataFrame


@module
def load_cars() -> Rows:
    return Rows(pd.DataFrame({"n": [1]}))


@module
def split_data(dataset: pd.DataFrame, *, fraction: float = 0.7, seed: int = 0) -> Split:
    return Split(dataset, dataset)


@module
def train_model(
    dataset: pd.DataFrame, start: LinearRegression | None = None, *, label: str, penalty: str = "l2"
) -> Model:
    return Model(LinearRegression())


@module
def score_model(model: BaseEstimator, dataset: pd.DataFrame) -> Scored:
    return Scored(dataset)


@module
def evaluate_model(scored: pd.DataFrame) -> dict:  # type: ignore[type-arg]
    return {}


@module
def join_rows(frames: list[pd.DataFrame]) -> Rows:
    return Rows(frames[0])


@module
def step(a: pd.DataFrame, b: pd.DataFrame | None = None) -> Out:
    return Out(a)
