"""A classifier of several classes made of two-class ones. Elsewhere: the two-class learners themselves."""

from __future__ import annotations

import itertools
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Self

from designer import lazy_import
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    from collections.abc import Mapping

    import numpy as np

    from modules._shared.encoder import Encoding
else:
    np = lazy_import("numpy")


@dataclass
class _Combined(Learner):
    """Several fitted copies of a two-class learner, `parts_`."""

    base: Learner

    @property
    def encoding(self) -> Encoding:
        return self.base.encoding

    def fresh(self, parameters: Mapping[str, Any] | None = None) -> Self:
        return replace(self, base=self.base.fresh(parameters))

    def parameters(self) -> dict[str, Any]:
        return self.base.parameters()

    def importances(self) -> np.ndarray | None:
        each = [part.importances() for part in self.parts_]
        return None if any(one is None for one in each) else np.mean(each, axis=0)

    def _train(self, tasks: list[tuple[Any, np.ndarray]], report: Report, facts: dict[str, Any]) -> None:
        self.parts_ = []
        for number, (rows, target) in enumerate(tasks, 1):
            self.parts_.append(self.base.fresh().fit(rows, target, silent, **facts))
            report(number, len(tasks), {})


@dataclass
class OneVsAll(_Combined):
    """A two-class model per class against all others; the probabilities are scaled to add up to 1."""

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        classes = int(target.max()) + 1
        self._train([(rows, (target == c).astype(int)) for c in range(classes)], report, facts)
        return self

    def predict(self, rows: Any) -> np.ndarray:
        each = np.column_stack([part.predict(rows)[:, 1] for part in self.parts_])
        total = each.sum(axis=1, keepdims=True)
        return np.divide(each, total, out=np.full_like(each, 1 / each.shape[1]), where=total > 0)


@dataclass
class OneVsOne(_Combined):
    """A two-class model per pair of classes; a class's probability is its share of the (weighted) votes.

    Hastie and Tibshirani, Classification by Pairwise Coupling (1998), equation 4.
    """

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        self.classes_ = int(target.max()) + 1
        tasks = []
        for first, second in self._pairs():
            mask = (target == first) | (target == second)
            tasks.append((rows[mask], (target[mask] == second).astype(int)))
        self._train(tasks, report, facts)
        return self

    def predict(self, rows: Any) -> np.ndarray:
        votes = np.zeros((rows.shape[0], self.classes_))
        for (first, second), part in zip(self._pairs(), self.parts_, strict=True):
            probability = part.predict(rows)
            votes[:, first] += probability[:, 0]
            votes[:, second] += probability[:, 1]
        return votes / votes.sum(axis=1, keepdims=True)

    def _pairs(self) -> list[tuple[int, int]]:
        return list(itertools.combinations(range(self.classes_), 2))
