"""One of the pipelines that nest in each other, with what is known of its nodes. Elsewhere: what is wrong with it."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Literal

from designer.graph.faces import Face, Faces, Slot, first_of_each_id

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from designer.model.pipeline import End, Pipeline

Direction = Literal["input", "output"]


class Level:
    """A pipeline, the path of the group that holds it (empty at the top), its nodes and their faces."""

    def __init__(self, pipeline: Pipeline, faces: Faces, group: str = "") -> None:
        self.pipeline = pipeline
        self.group = group
        self.faces = faces
        self.nodes = first_of_each_id(pipeline)
        self.face_of: Mapping[str, Face | None] = {id: faces.of(node) for id, node in self.nodes.items()}

    def path(self, id: str) -> str:
        """The path of a node."""
        return f"{self.group}/{id}" if self.group else id

    def slots(self, id: str, direction: Direction) -> Mapping[str, Slot] | None:
        """The inputs or outputs of a node by name; None when the node or its module is unknown."""
        face = self.face_of.get(id)
        if face is None:
            return None
        return face.outputs if direction == "output" else face.inputs

    def slot(self, end: End, direction: Direction) -> Slot | None:
        """What is known of one end of an edge."""
        slots = self.slots(end.node, direction)
        return slots.get(end.port) if slots is not None else None

    @cached_property
    def fed(self) -> Collection[tuple[str, str]]:
        """The (node, port) at which edges end."""
        return {edge.target for edge in self.pipeline.edges}

    @cached_property
    def after(self) -> Mapping[str, list[str]]:
        """Node -> the nodes that take its outputs."""
        found: dict[str, list[str]] = {}
        for edge in self.pipeline.edges:
            found.setdefault(edge.source.node, []).append(edge.target.node)
        return found
