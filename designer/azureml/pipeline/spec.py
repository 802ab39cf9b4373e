"""A step as plain data: what its node runs, travelling to the worker and kept with published pipelines. Elsewhere: steps (step.py)."""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Mapping

Kind = Literal["script", "command", "batch", "sweep", "copy"]
AFTER, DONE, FILES = "after", "done", "data_files"  # ports and the parameter that steps have besides their own


@dataclass
class StepSpec:
    """One step. Arguments are texts, or `{"input": …}`, `{"output": …}`, `{"parameter": …}`.

    `inputs` by name: `{"kind": "edge", "node", "port", "mode"}`, or a dataset or folder as in a launch. `parameters` are the node's,
    with the pipeline's that they are bound to in `bindings`.
    """

    id: str
    title: str
    kind: Kind = "script"
    snapshot: str = ""
    source: str = ""  # the folder that the snapshot is of
    script: str | None = None
    arguments: list[Any] = field(default_factory=list)
    command: list[Any] | str | None = None
    variables: dict[str, Any] = field(default_factory=dict)
    interpreter: str | None = None
    environment: dict[str, Any] | None = None
    max_seconds: float | None = None
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    bindings: dict[str, str] = field(default_factory=dict)
    after: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)  # datasets' files and folders, whose content counts for reuse
    feeds: bool = False  # another step waits for it without taking data
    reuse: bool = True
    version: str = ""
    target: str = "local"
    extra: dict[str, Any] = field(default_factory=dict)  # of a batch or a sweep

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @property
    def digest(self) -> str:
        """What decides on the result besides parameters and inputs: the script's folder, arguments, environment …"""
        keys = (
            "kind",
            "snapshot",
            "script",
            "arguments",
            "command",
            "variables",
            "interpreter",
            "environment",
            "outputs",
            "version",
            "extra",
        )
        return hashlib.sha256(json.dumps([getattr(self, key) for key in keys], sort_keys=True).encode()).hexdigest()[
            :16
        ]


@dataclass
class PipelineSpec:
    """A pipeline as plain data. `outputs`: its named outputs, name -> `[node, port]`."""

    name: str
    description: str = ""
    steps: list[StepSpec] = field(default_factory=list)
    parameters: dict[str, Any] = field(default_factory=dict)
    outputs: dict[str, list[str]] = field(default_factory=dict)
    workspace: str = ""

    def data(self) -> dict[str, Any]:
        """As plain data."""
        return asdict(self)

    @classmethod
    def of(cls, data: Mapping[str, Any]) -> PipelineSpec:
        """From plain data."""
        return cls(**{**data, "steps": [StepSpec(**step) for step in data["steps"]]})
