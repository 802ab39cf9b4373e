"""Judging a scored dataset: which task it is, its scores, its curves. Elsewhere: the formulas (measures.py)."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer import Run, lazy_import
from modules._shared import measures
from modules._shared.columns import is_type
from modules._shared.encoder import levels_of, numbers
from modules._shared.errors import (
    AllMissing,
    ColumnNotFound,
    NoLabel,
    NotNumeric,
    NotScored,
    OneClassLabel,
    TooManyClasses,
    UnknownClasses,
)
from modules._shared.frames import at_least, distinct, finite
from modules._shared.learner import Task
from modules._shared.roles import label_of
from modules._shared.scoring import LABELS, PROBABILITIES, QUANTILE
from modules._shared.training import class_numbers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn import metrics
else:
    np, pd, metrics = lazy_import("numpy"), lazy_import("pandas"), lazy_import("sklearn.metrics")

MOST_POINTS = 5_000  # of a curve; scikit-learn's own points up to there, evenly thinned beyond
MOST_CLASSES_DRAWN = 30

# What hand-made scores may be called, for datasets that no Score Model has seen.
_HAND_MADE: tuple[tuple[Task, str, str | None], ...] = (
    ("binary", "Binary Class Scored Labels", "Binary Class Scored Probabilities"),
    ("multiclass", "Multi Class Scored Labels", None),
    ("regression", "Regression Scored Labels", None),
)


@dataclass(frozen=True)
class Scored:
    """A scored dataset read: its task, the label, the names of its score columns and classes."""

    task: Task
    frame: pd.DataFrame
    label: Any
    predicted: Any
    probability: Any
    classes: list[Any]


@dataclass(frozen=True)
class Evaluation:
    """The row(s) of the evaluation table, and how to log everything under a port's suffix."""

    task: Task
    table: pd.DataFrame
    log: Callable[[Run, str], None]


def read(frame: pd.DataFrame) -> Scored:
    """Find out what was scored, from the notes of Score Model or from the columns' names."""
    notes = frame.attrs.get("scored", {})
    if "Assignments" in frame.columns:
        return Scored("clustering", frame, None, "Assignments", None, [])
    task, predicted, probability = _score_columns(distinct(frame), notes)
    label = label_of(frame)
    if label is None:
        raise NoLabel(list(frame.columns))
    rows = _complete(frame, label, [name for name in (predicted, probability) if name is not None])
    classes = _classes(task, rows, label, predicted, list(notes.get("classes") or []))
    return Scored(task, rows, label, predicted, probability, classes)


def _complete(frame: pd.DataFrame, label: Any, scores: list[Any]) -> pd.DataFrame:
    """The rows that have a label and all scores; how many have not is said in the node's log."""
    at_least(frame, 1, "evaluating")
    scores += [name for name in frame.columns if str(name).startswith(QUANTILE)]
    rows = frame.dropna(subset=[label, *scores])
    if rows.empty:
        empty = [name for name in (label, *scores) if frame[name].isna().all()]
        raise AllMissing(empty or [label, *scores])
    if len(rows) < len(frame):
        print(f"{len(frame) - len(rows)} of {len(frame)} rows have no label or no score, and don't count")
    return rows


def _classes(task: Task, rows: pd.DataFrame, label: Any, predicted: Any, known: list[Any]) -> list[Any]:
    """What the class numbers stand for: the model's classes, and of several also those that only the label has."""
    if task not in ("binary", "multiclass"):
        return []
    there = levels_of(rows[label])
    if not known:
        known = _named_by(pd.concat([rows[label], rows[predicted]], ignore_index=True))
    if task == "binary" and len(known) < 2:
        raise OneClassLabel(label, known[0])
    if task == "binary" and len(known) > 2:
        raise TooManyClasses(label, known)
    if not any(one in known for one in there):
        raise UnknownClasses(label, there, known)
    return known if task == "binary" else [*known, *(one for one in there if one not in known)]


def _named_by(values: pd.Series) -> list[Any]:
    """The classes in order; 0 and 1 are two classes even where only one of them occurs."""
    there = levels_of(values)
    two = [False, True] if all(isinstance(one, bool) for one in there) else [0, 1]
    return two if all(isinstance(one, bool | int | float) and one in (0, 1) for one in there) else there


def evaluate(frame: pd.DataFrame) -> Evaluation:
    """All scores of a scored dataset."""
    scored = read(frame)
    return _EVALUATE[scored.task](scored)


def _score_columns(frame: pd.DataFrame, notes: dict[str, Any]) -> tuple[Task, Any, Any]:
    columns = [str(name) for name in frame.columns]
    for task, predicted, probability in _HAND_MADE:
        if predicted in columns:
            if probability is not None and probability not in columns:
                raise ColumnNotFound(probability, columns)
            return task, predicted, probability
    if any(name.startswith(QUANTILE) for name in columns):
        return "quantile", None, None
    if LABELS not in columns:
        raise NotScored(columns)
    task = notes.get("task", "script")
    if task == "script":
        task = _guessed(frame, columns)
    if task not in ("binary", "anomaly"):
        return task, LABELS, None
    if PROBABILITIES not in columns:
        raise ColumnNotFound(PROBABILITIES, columns)
    return task, LABELS, PROBABILITIES


def _guessed(frame: pd.DataFrame, columns: list[str]) -> Task:
    """The task by the look of the scores, where no learner of the palette made them."""
    if PROBABILITIES in columns:
        return "binary"
    several = any(name.startswith(f"{PROBABILITIES}_") for name in columns)
    return "regression" if is_type(frame[LABELS], "Numeric") and not several else "multiclass"


def _regression(scored: Scored) -> Evaluation:
    actual, predicted = (_numeric(scored.frame[name]) for name in (scored.label, scored.predicted))
    values = measures.regression(actual, predicted)

    def log(run: Run, suffix: str) -> None:
        _log_each(run, values, suffix)
        run.log_residuals(f"residuals{suffix}", measures.residuals(actual, predicted))
        run.log_predictions(f"predictions{suffix}", measures.predictions(actual, predicted))

    return Evaluation("regression", pd.DataFrame([values]), log)


def _binary(scored: Scored) -> Evaluation:
    classes = scored.classes
    actual = class_numbers(scored.frame[scored.label], classes)
    predicted = class_numbers(scored.frame[scored.predicted], classes)
    probability = numbers(scored.frame[scored.probability])
    known = actual >= 0
    if not known.all():
        print(f"{(~known).sum()} rows have a label that is neither {classes[0]} nor {classes[1]}, and don't count")
    actual, predicted, probability = actual[known], predicted[known], probability[known]
    values = measures.binary(actual, predicted, probability)
    names = [str(name) for name in classes]

    def log(run: Run, suffix: str) -> None:
        shown = {"F1 Score" if name == "F1" else name: value for name, value in values.items()}
        _log_each(run, {name: shown[name] for name in ("Accuracy", "Precision", "Recall", "F1 Score", "AUC")}, suffix)
        if 0 < actual.sum() < len(actual):
            for name, columns in curves(actual, probability).items():
                run.log_table(name + suffix, columns)
            _log_rows(run, f"Scored bins{suffix}", measures.scored_bins(actual, probability))
        counts = metrics.confusion_matrix(actual, predicted, labels=[0, 1])
        for c in (1, 0):
            row = {
                "Predicted label": names[c],
                f"Actual_{names[1]}": int(counts[1, c]),
                f"Actual_{names[0]}": int(counts[0, c]),
            }
            run.log_row(f"Confusion matrix{suffix}", **row)
        run.log_confusion_matrix(f"confusion_matrix{suffix}", measures.confusion_matrix(counts, names))
        both = np.column_stack([1 - probability, probability])
        table = measures.accuracy_table(np.column_stack([1 - actual, actual]), both, names)
        run.log_accuracy_table(f"accuracy_table{suffix}", table)

    return Evaluation("binary", pd.DataFrame([values]), log)


def _multiclass(scored: Scored) -> Evaluation:
    classes = scored.classes
    actual = class_numbers(scored.frame[scored.label], classes)
    predicted = class_numbers(scored.frame[scored.predicted], classes)
    names = [str(name) for name in classes]
    values = measures.multiclass(actual, predicted, len(classes))
    columns = [f"{PROBABILITIES}_{name}" for name in names]

    def log(run: Run, suffix: str) -> None:
        _log_each(run, values, suffix)
        counts = metrics.confusion_matrix(actual, predicted, labels=range(len(classes)))
        run.log_confusion_matrix(f"confusion_matrix{suffix}", measures.confusion_matrix(counts, names))
        if any(name in scored.frame.columns for name in columns):
            hits = (actual[:, None] == np.arange(len(classes))).astype(int)
            given = scored.frame.reindex(columns=columns).to_numpy(dtype=float, na_value=0.0)  # 0 for an unknown class
            table = measures.accuracy_table(hits, given, names)
            run.log_accuracy_table(f"accuracy_table{suffix}", table)
        if len(classes) < MOST_CLASSES_DRAWN:
            side = "right" if "right" in suffix else "left"
            _draw(run, f"{side}_port_confusion_matrix", counts, names)

    return Evaluation("multiclass", pd.DataFrame([values]), log)


def _anomaly(scored: Scored) -> Evaluation:
    classes = _named_by(scored.frame[scored.label])
    if len(classes) < 2:
        raise OneClassLabel(scored.label, classes[0])
    actual = class_numbers(scored.frame[scored.label], classes)
    predicted, probability = numbers(scored.frame[LABELS]), numbers(scored.frame[PROBABILITIES])
    values = measures.binary(np.minimum(actual, 1), predicted, probability)
    return Evaluation("anomaly", pd.DataFrame([values]), lambda run, suffix: _log_each(run, values, suffix))


def _clustering(scored: Scored) -> Evaluation:
    prefix = "DistancesToClusterCenter no."
    columns = [name for name in scored.frame.columns if str(name).startswith(prefix)]
    if not columns:
        raise NotScored(list(scored.frame.columns))
    assigned = scored.frame["Assignments"].to_numpy(dtype=int)
    rows = measures.clustering(assigned, scored.frame[columns].to_numpy(dtype=float))
    name = "Clustering evaluation"
    return Evaluation("clustering", pd.DataFrame(rows), lambda run, suffix: _log_rows(run, name + suffix, rows))


def _quantile(scored: Scored) -> Evaluation:
    columns = [name for name in scored.frame.columns if str(name).startswith(QUANTILE)]
    actual = _numeric(scored.frame[scored.label])
    losses = {}
    for name in columns:
        quantile = float(str(name).removeprefix(QUANTILE))
        losses[f"Quantile Loss:{quantile:.3f}"] = measures.quantile_loss(actual, numbers(scored.frame[name]), quantile)
    values = {**losses, "Average Quantile Loss": sum(losses.values()) / len(losses)}
    return Evaluation("quantile", pd.DataFrame([values]), lambda run, suffix: _log_each(run, values, suffix))


def _numeric(column: pd.Series) -> np.ndarray:
    """The values of a label or score of a regression."""
    if not (is_type(column, "Numeric") or is_type(column, "Boolean")):
        raise NotNumeric(column.name, column.dtype, "compare with predicted numbers")
    return finite(numbers(column), column.name, "judge")


def curves(actual: np.ndarray, probability: np.ndarray) -> dict[str, dict[str, list[float]]]:
    """ROC, precision-recall and lift curves with the column names that people know; points are scikit-learn's."""
    false_rate, true_rate, _ = metrics.roc_curve(actual, probability)
    precision, recall, _ = metrics.precision_recall_curve(actual, probability)
    order = np.argsort(-probability, kind="stable")
    last = np.append(np.flatnonzero(np.diff(probability[order])), len(order) - 1)  # one point per distinct probability
    hits = np.cumsum(actual[order])[last]
    return {
        "ROC curve": _thinned({"False positive rate": false_rate, "True positive rate": true_rate}),
        "Precision-recall curve": _thinned({"Recall": recall, "Precision": precision}),
        "Lift curve": _thinned({"Positive rate": (last + 1) / len(order), "Number of true positive": hits}),
    }


def _thinned(columns: dict[str, np.ndarray]) -> dict[str, list[float]]:
    length = len(next(iter(columns.values())))
    chosen = np.unique(np.linspace(0, length - 1, min(length, MOST_POINTS)).round().astype(int))
    return {name: values[chosen].tolist() for name, values in columns.items()}


def _log_each(run: Run, values: dict[str, float], suffix: str) -> None:
    """Undefined scores are left out, so that no chart shows a number that isn't one."""
    for name, value in values.items():
        if not math.isnan(value):
            run.log(name + suffix, value)


def _log_rows(run: Run, name: str, rows: Sequence[dict[str, Any]]) -> None:
    run.log_table(name, {column: [row[column] for row in rows] for column in rows[0]})


def _draw(run: Run, name: str, counts: np.ndarray, names: Sequence[str]) -> None:
    """The row-normalized matrix as an image, where matplotlib is installed; the chart of the same data is there anyway."""
    try:
        from matplotlib.figure import Figure  # noqa: PLC0415 - an extra
    except ImportError:
        print(f"{name} is not drawn: matplotlib is not installed (pip install 'designer[plots]')")
        return
    shares = counts / np.maximum(counts.sum(axis=1, keepdims=True), 1)
    figure = Figure(figsize=(1.5 + 0.6 * len(names), 1.5 + 0.6 * len(names)), layout="constrained")
    axes = figure.add_subplot(xlabel="Predicted class", ylabel="Actual class")
    axes.imshow(shares, cmap="Blues", vmin=0, vmax=1)
    axes.set_xticks(range(len(names)), names, rotation=45, ha="right")
    axes.set_yticks(range(len(names)), names)
    for row, column in np.ndindex(shares.shape):
        shade = "white" if shares[row, column] > 0.5 else "black"
        axes.text(column, row, f"{shares[row, column]:.1%}", ha="center", va="center", color=shade)
    run.log_image(name, plot=figure)


_EVALUATE: dict[Task, Callable[[Scored], Evaluation]] = {
    "regression": _regression,
    "binary": _binary,
    "multiclass": _multiclass,
    "anomaly": _anomaly,
    "clustering": _clustering,
    "quantile": _quantile,
}
