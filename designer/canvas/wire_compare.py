"""Messages about comparing runs: many in a table, two on one graph. Elsewhere: all others (wire.py)."""

from __future__ import annotations

from typing import Any, Literal

from pydantic import Field

from designer.model.base import Frozen
from designer.model.module import ModuleSpec
from designer.model.pipeline import Pipeline


class CompareWant(Frozen):
    """Runs side by side."""

    of: Literal["compare"] = "compare"
    run_ids: tuple[str, ...]


class CompareColumn(Frozen):
    """One run of a comparison."""

    run_id: str
    name: str
    number: int
    experiment: str
    status: str
    created: float
    seconds: float | None


class CompareRow(Frozen):
    """One parameter or metric over the compared runs."""

    node: str
    name: str
    kind: Literal["parameter", "metric", "time"]
    values: tuple[Any, ...]
    goal: Literal["maximize", "minimize"] | None = None
    unit: str = ""
    best: tuple[int, ...] = ()
    worst: tuple[int, ...] = ()
    differs: bool = False
    series: bool = Field(False, description="more than one point was logged, so curves can be laid over each other")
    run_ids: tuple[str | None, ...] = Field((), description="the node's child run in each column")


class CompareAnswer(Frozen):
    """Answer to `CompareWant`."""

    runs: tuple[CompareColumn, ...]
    rows: tuple[CompareRow, ...]


class DifferenceWant(Frozen):
    """Two runs on one graph."""

    of: Literal["difference"] = "difference"
    a: str
    b: str


class CauseView(Frozen):
    """One thing that differs in a node itself. `diff` is a unified diff of its code."""

    kind: str
    text: str
    diff: str = ""


class DeltaView(Frozen):
    """A metric's last value in two runs. `better` judges the delta by the declared goal; null: nobody said what is good."""

    name: str
    a: Any = None
    b: Any = None
    delta: float | None = None
    better: bool | None = None
    goal: Literal["maximize", "minimize"] | None = None
    unit: str = ""
    differs: bool = False
    series: bool = Field(False, description="more than one point was logged, so curves can be laid over each other")


class NodeSide(Frozen):
    """A node in one of the runs."""

    node: str
    run_id: str
    status: str
    seconds: float | None


class NodeDifference(Frozen):
    """A node in two runs; null where one of them hasn't got it."""

    module: str
    a: NodeSide | None
    b: NodeSide | None
    differs: bool
    causes: tuple[CauseView, ...] = ()
    metrics: tuple[DeltaView, ...] = ()


class DifferenceAnswer(Frozen):
    """Answer to `DifferenceWant`. The pipeline has the nodes of both; null: these runs had none."""

    a: CompareColumn
    b: CompareColumn
    pipeline: Pipeline | None
    modules: dict[str, ModuleSpec]
    nodes: dict[str, NodeDifference]
    edges: dict[str, Literal["a", "b"]] = Field(description="edges that only one has: `group|node.port>node.port`")
    metrics: tuple[DeltaView, ...] = Field(description="of the runs themselves")
    environment: tuple[str, ...]
