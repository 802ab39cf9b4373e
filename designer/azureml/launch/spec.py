"""What a script's run needs, as plain data that travels to its supervisor. Elsewhere: making it from a configuration (prepare.py)."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass, field
from typing import Any


@dataclass
class Launch:
    """One run of a script or command.

    `arguments` are texts, or `{"input": name}` and `{"output": name}`, whose paths are known only where it runs. `snapshot` is the
    kept folder to work in a copy of; without one, it runs in `folder` as it is.
    """

    run_id: str
    experiment: str
    store: str
    script: str | None = None
    arguments: list[Any] = field(default_factory=list)
    command: list[Any] | str | None = None
    snapshot: str | None = None
    folder: str | None = None
    parent: str | None = None
    root: str = ""
    name: str = ""
    display_name: str = ""
    run_type: str = "azureml.scriptrun"
    workspace: str = ""
    target: str = "local"
    tags: dict[str, Any] = field(default_factory=dict)
    properties: dict[str, str] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)
    variables: dict[str, str] = field(default_factory=dict)
    interpreter: str | None = None
    environment: dict[str, Any] | None = None  # a specification to build a virtual environment from
    inputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    outputs: dict[str, dict[str, Any]] = field(default_factory=dict)
    max_seconds: float | None = None
    definition: dict[str, Any] = field(default_factory=dict)  # what get_details tells of it

    def to_json(self) -> str:
        """As text."""
        return json.dumps(asdict(self))

    @classmethod
    def from_json(cls, text: str) -> Launch:
        """From that text."""
        return cls(**json.loads(text))

    @property
    def top(self) -> str:
        """The run at the top of its tree."""
        return self.root or self.run_id
