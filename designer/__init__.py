"""Pipelines of reusable modules, with metrics logged per module.

Everything public is named here and loaded on first use, so that `import designer` costs next to nothing.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from designer.declare.annotations import Pickled, PortInfo
    from designer.declare.lazy import lazy_import
    from designer.declare.module import Module, module
    from designer.declare.pipeline import Pipeline, pipeline
    from designer.engine.formats import Format, register_format
    from designer.errors import DesignerError, MissingExtraError
    from designer.model.module import Metric
    from designer.model.problem import Problem
    from designer.store.open import open_store
    from designer.tracking.experiment import Experiment
    from designer.tracking.run import Run

    def use_azureml_names() -> None: ...  # lies in the room that no other room may import


__version__ = "0.1.0"

_WHERE = {
    "DesignerError": "designer.errors",
    "Experiment": "designer.tracking.experiment",
    "Format": "designer.engine.formats",
    "Metric": "designer.model.module",
    "MissingExtraError": "designer.errors",
    "Module": "designer.declare.module",
    "Pickled": "designer.declare.annotations",
    "Pipeline": "designer.declare.pipeline",
    "PortInfo": "designer.declare.annotations",
    "Problem": "designer.model.problem",
    "Run": "designer.tracking.run",
    "lazy_import": "designer.declare.lazy",
    "module": "designer.declare.module",
    "open_store": "designer.store.open",
    "pipeline": "designer.declare.pipeline",
    "register_format": "designer.engine.formats",
    "use_azureml_names": "designer.azureml.loader",
}

__all__ = [
    "DesignerError",
    "Experiment",
    "Format",
    "Metric",
    "MissingExtraError",
    "Module",
    "Pickled",
    "Pipeline",
    "PortInfo",
    "Problem",
    "Run",
    "__version__",
    "lazy_import",
    "module",
    "open_store",
    "pipeline",
    "register_format",
    "use_azureml_names",
]


def __getattr__(name: str) -> Any:
    where = _WHERE.get(name)
    if where is None:
        raise AttributeError(f"designer has no {name!r}; it has: {', '.join(sorted(_WHERE))}")
    value = getattr(importlib.import_module(where), name)
    globals()[name] = value
    return value


def __dir__() -> list[str]:
    return sorted(__all__)
