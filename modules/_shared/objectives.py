"""The score that a sweep looks for, and which way is better. Elsewhere: the sweep (Tune Model Hyperparameters)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer import lazy_import
from modules._shared import measures
from modules._shared.encoder import levels_of, numbers
from modules._shared.errors import UnknownClasses
from modules._shared.frames import at_least
from modules._shared.training import class_numbers

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
    from sklearn import metrics

    from modules.types import TrainedModel
else:
    np, metrics = lazy_import("numpy"), lazy_import("sklearn.metrics")

REGRESSION = {
    "Mean absolute error": "Mean_Absolute_Error",
    "Root of mean squared error": "Root_Mean_Squared_Error",
    "Relative absolute error": "Relative_Absolute_Error",
    "Relative squared error": "Relative_Squared_Error",
    "Coefficient of determination": "Coefficient_of_Determination",
}
GREATER_IS_BETTER = ("Accuracy", "Precision", "Recall", "F-score", "AUC", "Coefficient of determination")


def scores_of(model: TrainedModel, rows: pd.DataFrame) -> dict[str, float]:
    """All scores that a sweep can look for, by the names of its parameter. Several classes: means over the classes."""
    rows = rows[rows[model.label].notna()]
    at_least(rows, 1, "judging a model, counting rows with a label,")
    predicted = model.learner.predict(model.encoder.encode(rows))
    if model.task == "quantile":
        actual = numbers(rows[model.label])
        losses = [measures.quantile_loss(actual, predicted[:, i], q) for i, q in enumerate(model.learner.quantiles)]
        return dict.fromkeys(REGRESSION, float(np.mean(losses)))
    if not model.classes:
        found = measures.regression(numbers(rows[model.label]), predicted)
        return {name: found[key] for name, key in REGRESSION.items()}
    actual = class_numbers(rows[model.label], model.classes)
    if (actual < 0).all():
        raise UnknownClasses(model.label, levels_of(rows[model.label]), model.classes)
    return _classification(actual, predicted)


def _classification(actual: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    known = actual >= 0
    actual, probability = actual[known], probability[known]
    classes = range(probability.shape[1])
    called = probability.argmax(axis=1)
    if len(classes) == 2:
        called = (probability[:, 1] > 0.5).astype(int)
    options = {"average": "binary" if len(classes) == 2 else "macro", "zero_division": 0.0}
    precision, recall, f_score, _ = metrics.precision_recall_fscore_support(actual, called, **options)
    return {
        "Accuracy": float(np.mean(actual == called)),
        "Precision": float(precision),
        "Recall": float(recall),
        "F-score": float(f_score),
        "AUC": _auc(actual, probability),
        "Average Log Loss": float(metrics.log_loss(actual, probability, labels=list(classes))),
    }


def _auc(actual: np.ndarray, probability: np.ndarray) -> float:
    """The mean over the classes of the AUC of each against the rest; of two classes it is the same for both."""
    each = [
        metrics.roc_auc_score(actual == c, probability[:, c])
        for c in range(probability.shape[1])
        if 0 < np.sum(actual == c) < len(actual)
    ]
    return float(np.mean(each)) if each else float("nan")
