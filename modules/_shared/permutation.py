"""How much a score worsens when one feature's values are shuffled among the rows.

Breiman, Random Forests (2001), section 10; one shuffle per feature, drawn in the order of the columns.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared import measures
from modules._shared.encoder import numbers
from modules._shared.errors import MismatchedColumns, UnfitModel
from modules._shared.frames import at_least, replaced
from modules._shared.training import class_numbers

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
    from sklearn import metrics

    from modules.types import TrainedModel
else:
    np, metrics = lazy_import("numpy"), lazy_import("sklearn.metrics")

ERRORS = ("Mean_Absolute_Error", "Root_Mean_Squared_Error", "Relative_Absolute_Error", "Relative_Squared_Error")
CLASSIFICATION = ("Accuracy", "Precision", "Recall")


def permutation_importance(
    model: TrainedModel,
    rows: pd.DataFrame,
    metric: str,
    seed: int,
    progress: Callable[[int, int], object] = lambda done, total: None,
) -> list[tuple[Any, float]]:
    """Feature → loss of score, greatest first. For errors the growth of the error."""
    if model.task in ("quantile", "script"):
        raise UnfitModel(f"{model.title} gives no scores that {metric} could be measured of")
    if (metric in CLASSIFICATION) != bool(model.classes) or model.label is None:
        raise UnfitModel(f"{metric} can't be measured of {model.title}, a model for {model.task}")
    if model.label not in rows.columns:
        raise MismatchedColumns([model.label], "measuring the model (its label)", list(rows.columns))
    rows = rows[rows[model.label].notna()]
    at_least(rows, 1, "measuring a model, counting rows with a label,")
    score = _scorer(model, rows, metric)
    base, draw = score(rows), np.random.default_rng(seed)
    sign = -1 if metric in ERRORS else 1
    found = []
    for done, name in enumerate(model.encoder.columns, 1):
        shuffled = rows[name].take(draw.permutation(len(rows))).set_axis(rows.index)
        found.append((name, sign * (base - score(replaced(rows, {name: shuffled})))))
        progress(done, len(model.encoder.columns))
    return sorted(found, key=lambda item: -item[1])


def _scorer(model: TrainedModel, rows: pd.DataFrame, metric: str) -> Callable[[pd.DataFrame], float]:
    if metric not in CLASSIFICATION:
        actual = numbers(rows[model.label])
        return lambda some: measures.regression(actual, _predicted(model, some))[metric]
    actual = class_numbers(rows[model.label], model.classes)
    if metric == "Accuracy":
        return lambda some: float(np.mean(_predicted(model, some).argmax(axis=1) == actual))
    measure = metrics.precision_score if metric == "Precision" else metrics.recall_score
    average = "binary" if model.task == "binary" else "macro"
    return lambda some: float(
        measure(actual, _predicted(model, some).argmax(axis=1), average=average, zero_division=0.0)
    )


def _predicted(model: TrainedModel, rows: pd.DataFrame) -> np.ndarray:
    return model.learner.predict(model.encoder.encode(rows))
