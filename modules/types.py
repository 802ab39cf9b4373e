"""What flows through model ports: untrained and trained models, clusterings, transformations, recommenders.

Elsewhere: how they are kept (_shared/formats.py), trained (_shared/training.py) and used for scoring (_shared/scoring.py).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from modules._shared.encoder import Encoder
from modules._shared.learner import Learner, Task

if TYPE_CHECKING:
    import pandas as pd


@dataclass
class Untrained:
    """A learner with its parameters, and the values worth trying for them (Parameter Range)."""

    task: Task
    learner: Learner
    title: str
    ranges: Mapping[str, list[Any]] = field(default_factory=dict)


@dataclass
class Trained:
    """A fitted learner with everything that new rows need."""

    task: Task
    learner: Learner
    title: str
    encoder: Encoder
    label: str | None = None
    classes: list[Any] = field(default_factory=list)  # in the order of the probabilities; the last is the positive one


class UntrainedModel(Untrained):
    """A classifier, regressor or anomaly detector to be trained."""


class TrainedModel(Trained):
    """A classifier, regressor or anomaly detector that can score rows."""


class UntrainedCluster(Untrained):
    """A clustering algorithm to be trained."""


class TrainedCluster(Trained):
    """A clustering: rows can be assigned to its clusters."""


class Transformation:
    """What a module learned to do to a frame, ready to be done to another one (Apply Transformation)."""

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        """The transformed frame; the one passed in is left alone."""
        raise NotImplementedError


class Recommender:
    """A trained recommender: predicts how a user would rate an item."""
