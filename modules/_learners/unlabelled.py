"""Learners that need no label: clusters, and what lies far from the rest."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Self

from designer import lazy_import
from modules._shared.encoder import Encoding
from modules._shared.errors import TooFewRows
from modules._shared.learner import Learner, Report, silent

if TYPE_CHECKING:
    import numpy as np
    from sklearn import cluster
else:
    np, cluster = lazy_import("numpy"), lazy_import("sklearn.cluster")

USUAL = 0.95  # share of the training rows that an anomaly must be further off than


@dataclass
class KMeans(Learner):
    """Lloyd's algorithm (scikit-learn). `predict` gives each row's distance to every center."""

    clusters: int = 2
    initialization: str = "K-Means++"
    iterations: int = 100
    normalize: bool = True
    seed: int = 0
    label_mode: str = "Ignore label column"  # what Train Clustering Model does with a label column

    @property
    def encoding(self) -> Encoding:
        return Encoding(scale="min-max" if self.normalize else "none")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        if rows.shape[0] < self.clusters:
            raise TooFewRows(rows.shape[0], self.clusters, f"finding {self.clusters} clusters")
        start = {"Random": "random", "K-Means++": "k-means++", "First N": _dense(rows[: self.clusters])}[
            self.initialization
        ]
        self.model_ = cluster.KMeans(
            self.clusters, init=start, n_init=1, max_iter=self.iterations, random_state=self.seed
        ).fit(rows)
        report(self.model_.n_iter_, self.model_.n_iter_, {"Inertia": self.model_.inertia_})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        return self.model_.transform(rows)


@dataclass
class PcaAnomaly(Learner):
    """How badly a row is explained by the main components of the training rows.

    The score is e / (e + t), with e the row's distance to the space of the components (Shyu and others, A Novel Anomaly
    Detection Scheme Based on Principal Component Classifier, 2003) and t that of the 95th percentile of the training rows:
    above 0.5 lies what is further off than 95 of 100 usual rows. The components are those of randomized PCA (Halko,
    Martinsson and Tropp, 2011).
    """

    components: int = 2
    oversampling: int = 2
    center: bool = False
    seed: int = 0

    encoding: ClassVar[Encoding] = Encoding(scale="min-max")

    def fit(self, rows: Any, target: np.ndarray, report: Report = silent, **facts: Any) -> Self:
        rows = _dense(rows)
        self.mean_ = rows.mean(axis=0) if self.center else np.zeros(rows.shape[1])
        most = min(rows.shape)
        _, spread, self.directions_ = lazy_import("sklearn.utils.extmath").randomized_svd(
            rows - self.mean_,
            n_components=min(self.components, most),
            n_oversamples=min(self.oversampling, most),
            random_state=self.seed,
        )
        self.usual_ = max(float(np.quantile(self._distance(rows), USUAL)), 1e-12)
        total = float(np.sum((rows - self.mean_) ** 2))
        report(1, 1, {"Explained": float(np.sum(spread**2)) / total if total else 1.0})
        return self

    def predict(self, rows: Any) -> np.ndarray:
        distance = self._distance(_dense(rows))
        return distance / (distance + self.usual_)

    def _distance(self, rows: np.ndarray) -> np.ndarray:
        centered = rows - self.mean_
        return np.linalg.norm(centered - centered @ self.directions_.T @ self.directions_, axis=1)


def _dense(rows: Any) -> np.ndarray:
    return rows.toarray() if hasattr(rows, "toarray") else rows
