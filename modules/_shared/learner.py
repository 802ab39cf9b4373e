"""One algorithm, unfitted or fitted: what every learner in the palette is. Elsewhere: the algorithms (modules/_learners/).

A learner is a dataclass whose fields are its parameters; `fit` adds attributes ending in an underscore.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any, ClassVar, Literal, Self

from modules._shared.encoder import Encoding

if TYPE_CHECKING:
    import numpy as np

Task = Literal["regression", "binary", "multiclass", "quantile", "anomaly", "clustering", "script"]

Report = Callable[[int, int, Mapping[str, float]], None]
"""Called after an iteration: how many are done, how many there are, and what to log for this one."""


def silent(done: int, total: int, values: Mapping[str, float]) -> None:
    """The report that nobody reads."""


@dataclasses.dataclass
class Learner:
    """An algorithm with its parameters."""

    encoding: ClassVar[Encoding] = Encoding()

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        """Learn. `target`: floats for regression, class numbers 0…k-1 for classification."""
        raise NotImplementedError

    def predict(self, rows: Any) -> np.ndarray:
        """Regression: one value a row. Classification: a probability per class. Quantile: a value per quantile."""
        raise NotImplementedError

    def importances(self) -> np.ndarray | None:
        """How much each column of the matrix mattered, where the algorithm tells."""
        return None

    def fresh(self, parameters: Mapping[str, Any] | None = None) -> Self:
        """The same algorithm unfitted, with some parameters changed."""
        return dataclasses.replace(self, **(parameters or {}))

    def parameters(self) -> dict[str, Any]:
        """Its parameters by name."""
        return {field.name: getattr(self, field.name) for field in dataclasses.fields(self)}
