"""Fully connected neural networks, trained by stochastic gradient descent an epoch at a time (scikit-learn)."""

from __future__ import annotations

import re
import warnings
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from designer import lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import BadExpression, UnfitModel
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    import numpy as np
    from sklearn import neural_network
else:
    np, neural_network = lazy_import("numpy"), lazy_import("sklearn.neural_network")

BATCH = 32


def layers_of(text: str) -> tuple[int, ...]:
    """`"100"` → one hidden layer of 100 nodes, `"100, 50"` → two layers."""
    parts = [part for part in re.split(r"[\s,;]+", text) if part]
    if not parts or not all(part.isdecimal() and int(part) for part in parts):
        raise BadExpression(text, "hidden layers are whole numbers above 0", "100, 50")
    return tuple(int(part) for part in parts)


@dataclass
class NeuralNetwork(Learner):
    """Hidden layers of rectified units, then a softmax (classes) or a linear unit (numbers).

    The target of a regression is standardized for training, so that the learning rate means the same for any unit.
    """

    task: str = "regression"
    layers: tuple[int, ...] = (100,)
    learning_rate: float = 0.1
    momentum: float = 0.0
    iterations: int = 100
    shuffle: bool = True
    seed: int = 0

    encoding: ClassVar[Encoding] = Encoding(scale="min-max")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        regression = self.task == "regression"
        kind = neural_network.MLPRegressor if regression else neural_network.MLPClassifier
        self.model_ = kind(
            hidden_layer_sizes=self.layers,
            solver="sgd",
            batch_size=min(BATCH, rows.shape[0]),
            learning_rate_init=self.learning_rate,
            momentum=self.momentum,
            shuffle=self.shuffle,
            random_state=self.seed,
        )
        self.center_ = float(target.mean()) if regression else 0.0
        self.spread_ = (float(target.std()) or 1.0) if regression else 1.0
        scaled = (target - self.center_) / self.spread_ if regression else target
        classes = {} if regression else {"classes": np.unique(target)}
        for epoch in range(1, self.iterations + 1):
            self._epoch(rows, scaled, classes if epoch == 1 else {}, epoch)
            report(epoch, self.iterations, {"Train loss": float(self.model_.loss_)})
        return self

    def _epoch(self, rows: Any, target: np.ndarray, classes: dict[str, Any], epoch: int) -> None:
        try:
            with warnings.catch_warnings(), np.errstate(over="ignore", invalid="ignore"):
                warnings.simplefilter("ignore", RuntimeWarning)
                self.model_.partial_fit(rows, target, **classes)
        except ValueError as error:
            if "finite" not in str(error):
                raise
            raise self._diverged(epoch) from error
        if not np.isfinite(self.model_.loss_):
            raise self._diverged(epoch)

    def _diverged(self, epoch: int) -> UnfitModel:
        return UnfitModel(f"training diverged in epoch {epoch}: lower the learning rate of {self.learning_rate:g}")

    def predict(self, rows: Any) -> np.ndarray:
        if self.task == "regression":
            return self.model_.predict(rows) * self.spread_ + self.center_
        return self.model_.predict_proba(rows)
