"""The palette: the modules that a pipeline can be built of, one folder a category.

For packages that add modules of their own: the port types, `Learner` to write an algorithm, `estimator_module` to wrap a
scikit-learn estimator, `trust` to let kept models hold your types. Elsewhere: everything else (`designer`).
"""

from __future__ import annotations

from modules._shared.formats import register as _register_formats
from modules._shared.formats import trust
from modules._shared.learner import Learner
from modules.estimators import estimator_module
from modules.types import Recommender, TrainedCluster, TrainedModel, Transformation, UntrainedCluster, UntrainedModel

__all__ = [
    "Learner",
    "Recommender",
    "TrainedCluster",
    "TrainedModel",
    "Transformation",
    "UntrainedCluster",
    "UntrainedModel",
    "estimator_module",
    "trust",
]

_register_formats()
