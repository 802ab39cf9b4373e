"""What is wrong with a pipeline, as a value. Elsewhere: finding problems (graph/check.py), printing them (app/)."""

from __future__ import annotations

from enum import StrEnum

from designer.model.base import Frozen


class Code(StrEnum):
    """Every kind of problem. Each is explained in docs/problems.md."""

    INVALID_DOCUMENT = "invalid_document"
    NEWER_DOCUMENT = "newer_document"
    EMPTY_PIPELINE = "empty_pipeline"
    UNKNOWN_MODULE = "unknown_module"
    BROKEN_MODULE = "broken_module"
    INVALID_NAME = "invalid_name"
    DUPLICATE_NODE = "duplicate_node"
    UNKNOWN_NODE = "unknown_node"
    UNKNOWN_PORT = "unknown_port"
    MISSING_PORT = "missing_port"
    PORT_TAKEN = "port_taken"
    PORT_TYPE_MISMATCH = "port_type_mismatch"
    MISSING_INPUT = "missing_input"
    CYCLE = "cycle"
    UNKNOWN_PARAMETER = "unknown_parameter"
    MISSING_PARAMETER = "missing_parameter"
    INVALID_PARAMETER = "invalid_parameter"
    UNKNOWN_PIPELINE_PARAMETER = "unknown_pipeline_parameter"


class Problem(Frozen):
    """One thing a user can put right: what, where, which choices would fit (in `message`), what next (`hint`).

    `node` is a path where groups nest (`prepare/split_data`), None for the pipeline itself.
    """

    code: Code
    message: str
    node: str | None = None
    port: str | None = None
    hint: str = ""
    choices: tuple[str, ...] = ()
    parameter: str | None = None

    def __str__(self) -> str:
        places = {"node": self.node, "port": self.port, "parameter": self.parameter}
        where = "".join(f"   {name}: {place}" for name, place in places.items() if place)
        lines = [self.message, *([f"  next: {self.hint}"] if self.hint else []), f"  code: {self.code}{where}"]
        return "\n".join(lines)
