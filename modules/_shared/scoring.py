"""Score columns for new rows, under the names people know. Elsewhere: judging them (evaluation.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.errors import UntrainedModelGiven
from modules._shared.roles import Role, roles_of
from modules.types import TrainedModel

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd

    from modules.types import Trained
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

LABELS, PROBABILITIES, QUANTILE = "Scored Labels", "Scored Probabilities", "Scores for quantile : "


def scores(model: TrainedModel, rows: pd.DataFrame) -> pd.DataFrame:
    """One row of score columns for each row."""
    if not isinstance(model, TrainedModel):
        raise UntrainedModelGiven(getattr(model, "title", type(model).__name__))
    return pd.DataFrame(_SCORES[model.task](model, predicted(model, rows)), index=rows.index)


def predicted(model: Trained, rows: pd.DataFrame) -> Any:
    """What the learner says of each row; of no rows, nothing (which scikit-learn's estimators refuse to say)."""
    matrix = model.encoder.encode(rows)
    if len(rows) or model.task == "script":
        return model.learner.predict(matrix)
    return model.learner.predict(np.zeros((1, matrix.shape[1])))[:0]


def scored(model: TrainedModel, rows: pd.DataFrame, append: bool = True) -> pd.DataFrame:
    """The rows with their score columns, and the roles that Evaluate Model reads."""
    added = scores(model, rows)
    kept = rows[[name for name in rows.columns if name not in added.columns]] if append else rows[_label(model, rows)]
    result = pd.concat([kept, added], axis=1)
    roles: dict[Any, Role] = {**roles_of(rows), **dict.fromkeys(added.columns, "score")}
    if model.label in rows.columns:
        roles = {name: role for name, role in roles.items() if role != "label"} | {model.label: "label"}
    result.attrs = {
        **rows.attrs,
        "roles": {name: role for name, role in roles.items() if name in result.columns},
        "scored": {"task": model.task, "classes": model.classes, "title": model.title},
    }
    return result


def _label(model: TrainedModel, rows: pd.DataFrame) -> list[Any]:
    return [model.label] if model.label in rows.columns else []


def _regression(model: TrainedModel, predicted: np.ndarray) -> dict[str, Any]:
    return {LABELS: predicted}


def _binary(model: TrainedModel, predicted: np.ndarray) -> dict[str, Any]:
    positive = predicted[:, 1]
    return {LABELS: _named(model.classes, (positive > 0.5).astype(int)), PROBABILITIES: positive}


def _multiclass(model: TrainedModel, predicted: np.ndarray) -> dict[str, Any]:
    each = {f"{PROBABILITIES}_{name}": predicted[:, i] for i, name in enumerate(model.classes)}
    return {**each, LABELS: _named(model.classes, predicted.argmax(axis=1))}


def _quantile(model: TrainedModel, predicted: np.ndarray) -> dict[str, Any]:
    return {f"{QUANTILE}{q:g}": predicted[:, i] for i, q in enumerate(model.learner.quantiles)}


def _anomaly(model: TrainedModel, predicted: np.ndarray) -> dict[str, Any]:
    return {LABELS: (predicted > 0.5).astype(int), PROBABILITIES: predicted}


def _script(model: TrainedModel, predicted: pd.DataFrame) -> dict[str, Any]:
    return {str(name): predicted[name].to_numpy() for name in predicted.columns}


def _named(classes: list[Any], numbers: np.ndarray) -> Any:
    return pd.Index(classes).take(numbers).array


_SCORES = {
    "regression": _regression,
    "binary": _binary,
    "multiclass": _multiclass,
    "quantile": _quantile,
    "anomaly": _anomaly,
    "script": _script,
}
