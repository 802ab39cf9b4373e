"""Formulas of the scores, on plain arrays. Elsewhere: finding the columns and logging (evaluation.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer import lazy_import

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from sklearn import metrics
else:
    np, metrics = lazy_import("numpy"), lazy_import("sklearn.metrics")

BINS = 10


def regression(actual: np.ndarray, predicted: np.ndarray) -> dict[str, float]:
    """The five scores of a regression.

    Relative errors are over those of predicting the mean (Witten, Frank and Hall, Data Mining, 5.8); the coefficient of
    determination is 1 - relative squared error, as in scikit-learn's r2_score. Undefined (NaN) for a constant label.
    """
    error, spread = predicted - actual, actual - actual.mean()
    squared = _ratio(float(error @ error), float(spread @ spread))
    return {
        "Mean_Absolute_Error": float(np.abs(error).mean()),
        "Root_Mean_Squared_Error": float(np.sqrt(np.mean(error**2))),
        "Relative_Squared_Error": squared,
        "Relative_Absolute_Error": _ratio(float(np.abs(error).sum()), float(np.abs(spread).sum())),
        "Coefficient_of_Determination": 1 - squared,
    }


def binary(actual: np.ndarray, predicted: np.ndarray, probability: np.ndarray) -> dict[str, float]:
    """Scores of a two-class prediction; `actual` and `predicted` are 0 or 1. NaN where undefined."""
    hit, positive = actual == predicted, actual == 1
    tp, tn = int(np.sum(hit & positive)), int(np.sum(hit & ~positive))
    fp, fn = int(np.sum(~hit & ~positive)), int(np.sum(~hit & positive))
    both = 0 < positive.sum() < len(actual)
    return {
        "AUC": float(metrics.roc_auc_score(actual, probability)) if both else float("nan"),
        "Accuracy": _ratio(tp + tn, len(actual)),
        "Precision": _ratio(tp, tp + fp),
        "Recall": _ratio(tp, tp + fn),
        "F1": _ratio(2 * tp, 2 * tp + fp + fn),
        "True Negative": tn,
        "False Positive": fp,
        "False Negative": fn,
        "True Positive": tp,
    }


def multiclass(actual: np.ndarray, predicted: np.ndarray, classes: int) -> dict[str, float]:
    """Scores of a prediction of one class among several, given as class numbers.

    Micro: over all decisions; macro: the mean over the classes that occur or are predicted, a class never predicted (or
    never there) counting 0, as in scikit-learn.
    """
    options = {"labels": range(classes), "zero_division": 0.0}
    there = sorted(set(np.unique(actual)) | set(np.unique(predicted)))
    micro, macro = {**options, "average": "micro"}, {**options, "labels": there, "average": "macro"}
    return {
        "Overall_Accuracy": float(np.mean(actual == predicted)),
        "Micro_Precision": float(metrics.precision_score(actual, predicted, **micro)),
        "Macro_Precision": float(metrics.precision_score(actual, predicted, **macro)),
        "Micro_Recall": float(metrics.recall_score(actual, predicted, **micro)),
        "Macro_Recall": float(metrics.recall_score(actual, predicted, **macro)),
    }


def quantile_loss(actual: np.ndarray, predicted: np.ndarray, quantile: float) -> float:
    """The pinball loss, mean of max(q·e, (q-1)·e) with e = actual - predicted (Koenker and Bassett, 1978)."""
    error = actual - predicted
    return float(np.mean(np.maximum(quantile * error, (quantile - 1) * error)))


def clustering(assigned: np.ndarray, distances: np.ndarray) -> list[dict[str, Any]]:
    """One row a cluster and one for all: sizes, and distances to the own and to the other centers.

    `distances[i, c]` is row i's distance to center c. "Other" is the nearest center but the own one.
    """
    rows = np.arange(len(assigned))
    own = distances[rows, assigned]
    others = distances.astype(float, copy=True)
    others[rows, assigned] = np.inf
    nearest = others.min(axis=1) if others.shape[1] > 1 else np.full(len(rows), np.nan)
    names = [(f"Evaluation For Cluster No.{c}", assigned == c) for c in range(distances.shape[1])]
    names.append(("Combined Evaluation", np.ones(len(assigned), dtype=bool)))
    return [
        {
            "Result Description": name,
            "Average Distance to Other Center": _mean(nearest[mask]),
            "Average Distance to Cluster Center": _mean(own[mask]),
            "Number of Points": int(mask.sum()),
            "Maximal Distance to Cluster Center": float(own[mask].max()) if mask.any() else float("nan"),
        }
        for name, mask in names
    ]


def scored_bins(actual: np.ndarray, probability: np.ndarray) -> list[dict[str, Any]]:
    """Ten bins of probability from the top, with the scores if everything down to the bin's lower edge is positive."""
    positives, negatives = int(actual.sum()), int(len(actual) - actual.sum())
    false_rates, true_rates, cuts = metrics.roc_curve(actual, probability, drop_intermediate=False)
    rows = []
    for number in range(BINS, 0, -1):
        low, high = (number - 1) / BINS, number / BINS
        above = probability > low if number > 1 else np.ones(len(actual), dtype=bool)
        inside = above & (probability <= high)
        tp, fp = int(actual[above].sum()), int((1 - actual[above]).sum())
        fn, tn = positives - tp, negatives - fp
        passed = cuts > low if number > 1 else np.ones(len(cuts), dtype=bool)
        rows.append(
            {
                "Score bin": f"({low:.3f},{high:.3f}]" if number > 1 else f"[{low:.3f},{high:.3f}]",
                "Positive example": int(actual[inside].sum()),
                "Negative example": int((1 - actual[inside]).sum()),
                "Fraction above threshold": _ratio(tp + fp, len(actual)),
                "Accuracy": _ratio(tp + tn, len(actual)),
                "F1 Score": _ratio(2 * tp, 2 * tp + fp + fn),
                "Precision": _ratio(tp, tp + fp),
                "Recall": _ratio(tp, tp + fn),
                "Negative precision": _ratio(tn, tn + fn),
                "Negative recall": _ratio(tn, tn + fp),
                "Cumulative AUC": float(np.trapezoid(true_rates[passed], false_rates[passed])),
            }
        )
    return rows


def accuracy_table(hits: np.ndarray, probabilities: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """One-vs-rest counts (TP, FP, TN, FN) per class at 101 thresholds, by probability and by percentile.

    `hits[i, c]` is 1 where row i is of class c. The schema is accuracy_table 1.0.1.
    """
    steps = np.linspace(0, 1, 101)
    by_probability, by_percentile = [], []
    for c in range(len(labels)):
        own, there = probabilities[:, c], hits[:, c] == 1
        by_probability.append([_counts(there, own >= step) for step in steps])
        cuts = np.quantile(own, steps)
        by_percentile.append([_counts(there, own >= cut) for cut in cuts])
    data = {
        "probability_tables": by_probability,
        "percentile_tables": by_percentile,
        "probability_thresholds": steps.tolist(),
        "percentile_thresholds": steps.tolist(),
        "class_labels": list(labels),
    }
    return {"schema_type": "accuracy_table", "schema_version": "1.0.1", "data": data}


def confusion_matrix(counts: np.ndarray, labels: Sequence[str]) -> dict[str, Any]:
    """Rows are actual classes, columns predicted ones. The schema is confusion_matrix 1.0.0."""
    data = {"class_labels": list(labels), "matrix": counts.tolist()}
    return {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": data}


def residuals(actual: np.ndarray, predicted: np.ndarray, bins: int = 20) -> dict[str, Any]:
    """A histogram of predicted - actual. The schema is residuals 1.0.0."""
    error = predicted - actual
    counts, edges = np.histogram(error, bins=_edges(error, bins))
    data = {"bin_edges": edges.tolist(), "bin_counts": counts.tolist()}
    return {"schema_type": "residuals", "schema_version": "1.0.0", "data": data}


def predictions(actual: np.ndarray, predicted: np.ndarray, bins: int = 20) -> dict[str, Any]:
    """Mean and deviation of the prediction for rows binned by the actual value. The schema is predictions 1.0.0."""
    edges = _edges(actual, bins)
    place = np.clip(np.digitize(actual, edges) - 1, 0, bins - 1)
    groups = [predicted[place == b] for b in range(bins)]
    data = {
        "bin_averages": [float(group.mean()) if len(group) else 0.0 for group in groups],
        "bin_errors": [float(group.std()) if len(group) else 0.0 for group in groups],
        "bin_counts": [len(group) for group in groups],
        "bin_edges": edges.tolist(),
    }
    return {"schema_type": "predictions", "schema_version": "1.0.0", "data": data}


def _edges(values: np.ndarray, bins: int) -> np.ndarray:
    """numpy's edges of a histogram; where the values lie too close together for so many bins, a wider range."""
    low, high = float(values.min()), float(values.max())
    least = 2 * bins * float(np.spacing(max(abs(low), abs(high))))
    if high - low < least:
        more = max(least, 0.5) if high == low else least
        low, high = low - more, high + more
    return np.histogram_bin_edges(values, bins=bins, range=(low, high))


def _counts(there: np.ndarray, called: np.ndarray) -> list[int]:
    tp, fp = int(np.sum(called & there)), int(np.sum(called & ~there))
    positives = int(there.sum())
    return [tp, fp, len(there) - positives - fp, positives - tp]


def _ratio(part: float, whole: float) -> float:
    return part / whole if whole else float("nan")


def _mean(values: np.ndarray) -> float:
    return float(values.mean()) if len(values) else float("nan")
