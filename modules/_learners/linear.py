"""Linear models fitted in closed form or by L-BFGS. Elsewhere: those that learn step by step (gradient.py)."""

from __future__ import annotations

import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from designer import lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import ValuesError
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    import numpy as np
    from sklearn import linear_model, metrics
else:
    np = lazy_import("numpy")
    linear_model, metrics = lazy_import("sklearn.linear_model"), lazy_import("sklearn.metrics")


class _Fitted(Learner):
    """A learner around one scikit-learn linear model, `model_`."""

    def predict(self, rows: Any) -> np.ndarray:
        return self.model_.predict(rows)

    def importances(self) -> np.ndarray:
        """Absolute weights; comparable where features are scaled."""
        return np.abs(np.atleast_2d(self.model_.coef_)).mean(axis=0)


@dataclass
class LeastSquares(_Fitted):
    """Ordinary least squares with a ridge of weight `l2` (scikit-learn's Ridge)."""

    l2: float = 0.001
    intercept: bool = True

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        model = linear_model.Ridge(alpha=self.l2, fit_intercept=self.intercept, tol=1e-10)
        with warnings.catch_warnings():
            warnings.simplefilter("error", lazy_import("scipy.linalg").LinAlgWarning)
            try:
                self.model_ = model.fit(rows, target)
            except Warning:  # features that (nearly) determine each other: slower, but exact
                self.model_ = model.set_params(solver="svd").fit(rows, target)
        report(1, 1, {"Train loss": metrics.mean_squared_error(target, self.predict(rows))})
        return self


@dataclass
class BayesianRidge(_Fitted):
    """Bayesian linear regression with a Gaussian prior on the weights (scikit-learn's BayesianRidge).

    `weight` is shape and rate of the gamma prior on the weights' precision, for a standardized target; Bishop, Pattern
    Recognition, 3.3 and 3.5.
    """

    weight: float = 1.0
    allow_unknown: bool = True

    @property
    def encoding(self) -> Encoding:
        return Encoding(scale="z-score", unknown="ignore" if self.allow_unknown else "refuse")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        self.center_, self.spread_ = float(target.mean()), float(target.std()) or 1.0
        model = linear_model.BayesianRidge(lambda_1=self.weight, lambda_2=self.weight)
        self.model_ = model.fit(rows, (target - self.center_) / self.spread_)
        report(1, 1, {"Train loss": metrics.mean_squared_error(target, self.predict(rows))})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        rows = rows.toarray() if hasattr(rows, "toarray") else rows
        return self.model_.predict(rows) * self.spread_ + self.center_


@dataclass
class LogisticRegression(_Fitted):
    """Logistic regression, one class or several, by L-BFGS; minimizes Σ log loss + l2 · |w|² / 2."""

    tolerance: float = 1e-7
    l2: float = 1.0
    seed: int | None = None

    encoding: ClassVar[Encoding] = Encoding(scale="min-max")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        model = linear_model.LogisticRegression(
            C=1 / self.l2 if self.l2 else np.inf, tol=self.tolerance, max_iter=1_000, random_state=self.seed
        )
        self.model_ = _without_convergence_warning(model, rows, target)
        steps = int(np.max(self.model_.n_iter_))
        report(steps, steps, {"Train loss": metrics.log_loss(target, self.predict(rows), labels=self.model_.classes_)})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        return self.model_.predict_proba(rows)


@dataclass
class Poisson(_Fitted):
    """Poisson regression (log link) with L1 and L2 weights; minimizes Σ deviance / 2 + l1 · |w| + l2 · |w|² / 2.

    The L1 part is written as differences of two non-negative halves, as L-BFGS-B wants it (Andrew and Gao, 2007,
    section 2); with `l1` 0 it is scikit-learn's PoissonRegressor. The intercept is not penalized.
    """

    tolerance: float = 1e-7
    l1: float = 1.0
    l2: float = 1.0
    memory: int = 20

    encoding: ClassVar[Encoding] = Encoding(scale="min-max")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        if (target < 0).any():
            raise ValuesError("the label has values below 0, but Poisson regression predicts counts")
        width = rows.shape[1]
        mean = max(float(np.mean(target)), 1e-12)
        start = np.concatenate([np.zeros(2 * width), [np.log(mean)]])

        def loss(point: np.ndarray) -> tuple[float, np.ndarray]:
            weights = point[:width] - point[width:-1]
            rate = np.exp(np.clip(rows @ weights + point[-1], -500, 500))
            value = float(np.sum(rate - target * np.log(rate)))
            value += self.l1 * float(point[:-1].sum()) + self.l2 / 2 * float(weights @ weights)
            slope = rows.T @ (rate - target) + self.l2 * weights
            return value, np.concatenate([slope + self.l1, -slope + self.l1, [np.sum(rate - target)]])

        trail: list[float] = []

        def after(state: Any) -> None:
            trail.append(float(state.fun) / len(target))
            report(len(trail), 0, {"Train loss": trail[-1]})

        found = lazy_import("scipy.optimize").minimize(
            loss, start, jac=True, method="L-BFGS-B", bounds=[(0, None)] * (2 * width) + [(None, None)],
            callback=lambda intermediate_result: after(intermediate_result),
            options={"maxcor": self.memory, "ftol": self.tolerance, "maxiter": 1_000},
        )  # fmt: skip
        self.coef_, self.intercept_ = found.x[:width] - found.x[width:-1], float(found.x[-1])
        return self

    def predict(self, rows: Any) -> np.ndarray:
        return np.exp(np.clip(rows @ self.coef_ + self.intercept_, -500, 500))

    def importances(self) -> np.ndarray:
        return np.abs(self.coef_)


def _without_convergence_warning(model: Any, rows: Any, target: np.ndarray) -> Any:
    """Fit; a limit reached before the tolerance is said in words, not as a warning."""
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", lazy_import("sklearn.exceptions").ConvergenceWarning)
        model.fit(rows, target)
    if np.max(model.n_iter_) >= model.max_iter:
        print(f"stopped after {model.max_iter} iterations, before the tolerance of {model.tol:g} was reached")
    return model
