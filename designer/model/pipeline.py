"""What a pipeline is: nodes, edges, parameters, and apart from those its layout. Elsewhere: edits.py, document.py."""

from __future__ import annotations

from typing import Any, NamedTuple

from pydantic import Field

from designer.model.base import Frozen

FORMAT = 1  # of the document; raised when an older reader would misread a new document


class End(NamedTuple):
    """One end of an edge: a node's port. Written `node.port`."""

    node: str
    port: str

    def __str__(self) -> str:
        return f"{self.node}.{self.port}" if self.port or "." in self.node else self.node

    @classmethod
    def parse(cls, text: str) -> End:
        """Read `node.port`; ports can't contain a dot, node ids can. Without a dot the port is missing, thus empty."""
        node, dot, port = text.rpartition(".")
        return cls(node, port) if dot else cls(text, "")


class Edge(Frozen):
    """A value flows from an output port to an input port."""

    source: End
    target: End

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


class Node(Frozen):
    """A module placed in a pipeline, or (with `pipeline` set) a group: a pipeline placed in a pipeline."""

    id: str
    module: str = Field("", description="a module's id; empty for a group")
    pipeline: Pipeline | None = None
    title: str = Field("", description="shown instead of the module's title")
    parameters: dict[str, Any] = Field(default_factory=dict, description="values that were set; the rest are defaults")
    bindings: dict[str, str] = Field(
        default_factory=dict, description="parameter -> the pipeline parameter that gives its value"
    )
    disabled: bool = Field(False, description="neither it nor what needs it runs")
    regenerate: bool = Field(False, description="run it although an earlier result could be reused")


class Parameter(Frozen):
    """A pipeline's parameter: a value that is chosen when it is run."""

    default: Any = None
    required: bool = False
    schema_: dict[str, Any] = Field(default_factory=dict, alias="schema", description="JSON schema of the value")
    description: str = ""

    model_config = {"populate_by_name": True}


class Position(NamedTuple):
    """Where a node lies on the canvas, in CSS pixels at zoom 1."""

    x: float
    y: float


class Note(Frozen):
    """A sticky note on the canvas. Text is text, never markup."""

    id: str
    text: str = ""
    x: float = 0.0
    y: float = 0.0
    width: float = 240.0
    height: float = 120.0
    color: str = "yellow"


class Layout(Frozen):
    """How a pipeline looks. Nothing in here changes what runs."""

    positions: dict[str, Position] = Field(default_factory=dict)
    notes: tuple[Note, ...] = ()
    folded: tuple[str, ...] = Field((), description="groups that are drawn as one node")
    pins: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="node -> metrics shown on its face")


class Pipeline(Frozen):
    """A DAG of nodes. May be wrong in every way a user can get it wrong: `graph.check` tells."""

    name: str = "pipeline"
    description: str = ""
    parameters: dict[str, Parameter] = Field(default_factory=dict)
    nodes: tuple[Node, ...] = ()
    edges: tuple[Edge, ...] = ()
    inputs: dict[str, tuple[End, ...]] = Field(
        default_factory=dict, description="of a group: its input port -> the ports within that get the value"
    )
    outputs: dict[str, End] = Field(default_factory=dict, description="of a group: its output port -> the port within")
    files: tuple[str, ...] = Field((), description="project files that define its modules, relative to the project")
    layout: Layout = Layout()

    def node(self, id: str) -> Node | None:
        """The first node of that id, or None."""
        return next((node for node in self.nodes if node.id == id), None)

    @property
    def meaning(self) -> Pipeline:
        """The same pipeline without its looks; two pipelines that mean the same have equal meanings."""
        return self.model_copy(update={"layout": Layout()})
