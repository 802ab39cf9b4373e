"""Messages about plans: what a run would do with each node, and what the user asks of the next run. Elsewhere: all others (wire.py).

Plans come through a mount of their own, after the problems: so that planning never keeps the page waiting for what is wrong.
"""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from designer.model.base import Frozen


class Steering(Frozen):
    """What the user asks of the next run beside the pipeline: what it computes anew, and whose outputs nodes take."""

    everything: bool = Field(False, description="no earlier result is taken")
    again: tuple[str, ...] = Field((), description="nodes and groups that run although they could be reused")
    pins: dict[str, str] = Field(default_factory=dict, description="node -> the run whose outputs it takes")


class EarlierWant(Frozen):
    """The earlier runs whose outputs a node could take."""

    of: Literal["earlier"] = "earlier"
    node: str
    module: str


class PlannedNode(Frozen):
    """What a run would do with a node, and the one reason."""

    action: Literal["run", "reuse", "maybe"]
    kind: str
    text: str
    from_run: str | None = Field(None, description="the run whose outputs it takes, or would take")
    seconds: float | None = Field(None, description="how long it took the last time")


class Planned(Frozen):
    """The plan of the pipeline that is open. Nodes that can't be planned are left out."""

    face: Literal["plan"] = "plan"
    host: str = Field(description="the key of the mount that shows it")
    document: str = Field(description="the id of the document that it is about")
    client: str = ""
    edits: int = Field(0, description="the last edit of `client` that it knows")
    nodes: dict[str, PlannedNode] = Field(default_factory=dict)
    note: str = Field("", description="why there is no plan, when that isn't a problem of the pipeline")


class EarlierRun(Frozen):
    """An earlier run whose outputs a node could take."""

    run_id: str
    node: str
    root: str
    name: str
    number: int
    created: float
    seconds: float | None
    metrics: dict[str, Any] = Field(default_factory=dict)


class EarlierAnswer(Frozen):
    """Answer to `EarlierWant`, the newest first."""

    runs: tuple[EarlierRun, ...]
