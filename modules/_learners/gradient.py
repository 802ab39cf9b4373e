"""Linear models that learn step by step, an epoch at a time. Elsewhere: closed form and L-BFGS (linear.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from designer import lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import UnfitModel
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    import numpy as np
    from sklearn import linear_model
else:
    np, linear_model = lazy_import("numpy"), lazy_import("sklearn.linear_model")

_HOPELESS = 1e6  # times the label's variance: a loss that training will not come back from


@dataclass
class GradientDescent(Learner):
    """Linear regression by stochastic gradient descent; the final weights are averaged over the steps."""

    learning_rate: float = 0.1
    epochs: int = 10
    decrease: bool = True
    l2: float = 0.001
    normalize: bool = True
    seed: int = 0

    @property
    def encoding(self) -> Encoding:
        return Encoding(scale="min-max" if self.normalize else "none")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        self.model_ = linear_model.SGDRegressor(
            loss="squared_error",
            alpha=self.l2,
            learning_rate="invscaling" if self.decrease else "constant",
            eta0=self.learning_rate,
            average=True,
            random_state=self.seed,
        )
        self.center_ = float(target.mean())
        self.spread_ = float(target.std()) or 1.0
        scaled = (target - self.center_) / self.spread_
        for epoch in range(1, self.epochs + 1):
            with np.errstate(over="ignore", invalid="ignore"):
                self.model_.partial_fit(rows, scaled)
                loss = float(np.mean((self.predict(rows) - target) ** 2))
            if not loss < _HOPELESS * self.spread_**2:
                raise UnfitModel(
                    f"training diverged in epoch {epoch}: lower the learning rate of {self.learning_rate:g}"
                )
            report(epoch, self.epochs, {"Train loss": loss})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        if self.epochs == 0:
            return np.full(rows.shape[0], self.center_)
        return self.model_.predict(rows) * self.spread_ + self.center_

    def importances(self) -> np.ndarray | None:
        return np.abs(self.model_.coef_) if self.epochs else None


class _Margin(Learner):
    """A linear two-class model trained by epochs; Platt's sigmoid turns its margin into a probability.

    Platt, Probabilistic Outputs for Support Vector Machines (1999), fitted on the training rows.
    """

    encoding: ClassVar[Encoding] = Encoding(scale="min-max")

    def _model(self) -> Any:
        raise NotImplementedError

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        self.model_ = self._model()
        sign = 2 * target - 1
        for epoch in range(1, self.iterations + 1):
            self.model_.partial_fit(rows, target, classes=[0, 1])
            slack = self._room - sign * self.model_.decision_function(rows)
            report(epoch, self.iterations, {"Train loss": float(np.maximum(0, slack).mean())})
        margin = self.model_.decision_function(rows)
        self.scale_ = float(np.abs(margin).max()) or 1.0
        self.sigmoid_ = linear_model.LogisticRegression(C=np.inf).fit(margin[:, None] / self.scale_, target)
        return self

    def predict(self, rows: Any) -> np.ndarray:
        return self.sigmoid_.predict_proba(self.model_.decision_function(rows)[:, None] / self.scale_)

    def importances(self) -> np.ndarray:
        return np.abs(self.model_.coef_[0])


@dataclass
class AveragedPerceptron(_Margin):
    """The averaged perceptron (Freund and Schapire, 1999)."""

    learning_rate: float = 1.0
    iterations: int = 10
    seed: int = 0

    _room: ClassVar[float] = 0.0  # the perceptron's loss is max(0, -y·f)

    def _model(self) -> Any:
        return linear_model.SGDClassifier(
            loss="perceptron", penalty=None, learning_rate="constant", eta0=self.learning_rate, average=True,
            random_state=self.seed,
        )  # fmt: skip


@dataclass
class LinearSvm(_Margin):
    """A linear support vector machine by stochastic gradient descent (Pegasos: Shalev-Shwartz and others, 2011)."""

    iterations: int = 10
    weight: float = 0.001
    normalize: bool = True
    seed: int = 0

    _room: ClassVar[float] = 1.0  # the hinge loss is max(0, 1 - y·f)

    @property
    def encoding(self) -> Encoding:
        return Encoding(scale="min-max" if self.normalize else "none")

    def _model(self) -> Any:
        return linear_model.SGDClassifier(loss="hinge", alpha=self.weight, random_state=self.seed)
