"""Any scikit-learn estimator as a learner. Elsewhere: making a module of one (modules/estimators.py)."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from designer import lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import UnfitModel
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np
else:
    np = lazy_import("numpy")


@dataclass
class WrappedEstimator(Learner):
    """An estimator with `fit` and `predict` (classifiers: `predict_proba` or `decision_function` too)."""

    estimator: Any
    classifies: bool = False
    scale: str = "none"

    @property
    def encoding(self) -> Encoding:
        return Encoding(scale=self.scale)

    def fresh(self, parameters: Mapping[str, Any] | None = None) -> Self:
        estimator = lazy_import("sklearn.base").clone(self.estimator)
        return replace(self, estimator=estimator.set_params(**(parameters or {})))

    def parameters(self) -> dict[str, Any]:
        return self.estimator.get_params(deep=False)

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        self.estimator.fit(rows, target)
        losses = getattr(self.estimator, "loss_curve_", None) or getattr(self.estimator, "train_score_", ())
        for step, loss in enumerate(losses, 1):
            report(step, len(losses), {"Train loss": float(loss)})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        if not self.classifies:
            return self.estimator.predict(rows)
        if hasattr(self.estimator, "predict_proba"):
            return self.estimator.predict_proba(rows)
        if not hasattr(self.estimator, "decision_function"):
            kind = type(self.estimator).__name__
            raise UnfitModel(f"{kind} is no classifier: it has neither predict_proba nor decision_function")
        margin = self.estimator.decision_function(rows)
        if margin.ndim == 1:
            positive = 1 / (1 + np.exp(-margin))
            return np.column_stack([1 - positive, positive])
        return lazy_import("scipy.special").softmax(margin, axis=1)

    def importances(self) -> np.ndarray | None:
        if hasattr(self.estimator, "feature_importances_"):
            return self.estimator.feature_importances_
        if hasattr(self.estimator, "coef_"):
            return np.abs(np.atleast_2d(self.estimator.coef_)).mean(axis=0)
        return None
