"""Fitting an untrained model to labelled rows. Elsewhere: scoring (scoring.py), the algorithms (modules/_learners/)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.columns import is_type
from modules._shared.encoder import Encoder, levels_of, numbers
from modules._shared.errors import (
    AllMissing,
    NotNumeric,
    OneClassLabel,
    TooFewColumns,
    TooFewRows,
    TooManyClasses,
    UnfitModel,
)
from modules._shared.learner import Report, Task, silent
from modules._shared.roles import columns_with
from modules.types import TrainedCluster, TrainedModel, Untrained, UntrainedModel

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    import pandas as pd
else:
    np = lazy_import("numpy")

CLASSIFIES: tuple[Task, ...] = ("binary", "multiclass")


@dataclass(frozen=True)
class Target:
    """A label column as numbers: the values, or class numbers with what they stand for."""

    values: Any
    classes: list[Any]


def train(model: UntrainedModel, rows: pd.DataFrame, label: Any, report: Report = silent) -> TrainedModel:
    """Fit to `rows` (those with a label), with all features of the frame."""
    if not isinstance(model, UntrainedModel) or model.task in ("anomaly", "clustering"):
        raise UnfitModel(f"needs an untrained classifier or regressor, but got {getattr(model, 'title', model)}")
    rows = rows[rows[label].notna()] if rows[label].isna().any() else rows
    if rows.empty:
        raise AllMissing([label])
    target = target_of(rows[label], model.task)
    encoder = Encoder.fitted(rows, features_of(rows, label), model.learner.encoding)
    learner = fitted(model, encoder, rows, target.values, report)
    return TrainedModel(model.task, learner, model.title, encoder, label, target.classes)


def train_unlabelled(
    model: Untrained, rows: pd.DataFrame, columns: Sequence[Any], report: Report = silent
) -> TrainedModel | TrainedCluster:
    """Fit to these columns of all rows: anomaly detection and clustering."""
    if rows.empty:
        raise TooFewRows(0, 1, f"training {model.title}")
    encoder = Encoder.fitted(rows, list(columns), model.learner.encoding)
    learner = fitted(model, encoder, rows, np.zeros(len(rows)), report)
    kind = TrainedCluster if model.task == "clustering" else TrainedModel
    return kind(model.task, learner, model.title, encoder)


def fitted(model: Untrained, encoder: Encoder, rows: pd.DataFrame, target: np.ndarray, report: Report) -> Any:
    """A fresh learner fitted to the encoded rows."""
    matrix = encoder.encode(rows)
    return model.learner.fresh().fit(matrix, target, report, categorical=encoder.categorical)


def features_of(frame: pd.DataFrame, label: Any | None) -> list[Any]:
    """The feature columns: all but labels, weights and scores."""
    features = [name for name in columns_with(frame, "feature") if name != label]
    if not features:
        raise TooFewColumns(len(frame.columns), 2, "training (a label and a feature)")
    return features


def target_of(column: pd.Series, task: Task) -> Target:
    """The label as numbers. Classes are sorted; of two, the second is the positive one."""
    if task == "script":  # a user's own model gets the label as it is
        return Target(column.to_frame(), [])
    if task not in CLASSIFIES:
        if not (is_type(column, "Numeric") or is_type(column, "Boolean")):
            raise NotNumeric(column.name, column.dtype, "regress on")
        return Target(numbers(column), [])
    classes = levels_of(column)
    if len(classes) < 2:
        raise OneClassLabel(column.name, classes[0])
    if task == "binary" and len(classes) > 2:
        raise TooManyClasses(column.name, classes)
    return Target(class_numbers(column, classes), classes)


def class_numbers(column: pd.Series, classes: Sequence[Any]) -> np.ndarray:
    """The position of each value among the classes; -1 where it is none of them. True is 1, and False is 0."""
    index = lazy_import("pandas").Index(classes)
    if index.dtype == bool or (is_type(column, "Boolean") and index.dtype.kind in "iuf"):
        index = index.astype(float)
        column = column.astype("Float64") if is_type(column, "Boolean") or is_type(column, "Numeric") else column
    return index.get_indexer(column.astype(index.dtype) if hasattr(column, "cat") else column)
