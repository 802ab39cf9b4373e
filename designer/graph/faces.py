"""Which ports a node shows: a module's own, or those of a group, whose types are those of the ports within.

Elsewhere: whether edges between them are right (wiring.py), which of them fit each other (connect.py).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, NamedTuple

from designer.model.types import Answer, Fit, PortType, fits

if TYPE_CHECKING:
    from designer.model.module import ModuleSpec, Port
    from designer.model.pipeline import End, Node, Pipeline


class Slot(NamedTuple):
    """A port as its node shows it.

    `types` holds one type, or of a group's input that feeds several ports within the type of each: a value has to fit
    all. It is empty where nobody knows, because a module within is unknown; then nothing is held against an edge.
    """

    name: str
    types: tuple[PortType, ...]
    optional: bool = False
    many: bool = False

    def __str__(self) -> str:
        return " and ".join(dict.fromkeys(type.name for type in self.types)) or "unknown"


class Face(NamedTuple):
    """The ports of a node by name, in the order in which they are drawn, and the inputs that need an edge."""

    inputs: Mapping[str, Slot]
    outputs: Mapping[str, Slot]
    required: tuple[str, ...]


class Faces:
    """The faces of nodes, each worked out once."""

    def __init__(self, modules: Mapping[str, ModuleSpec]) -> None:
        self.modules = modules
        self._of_module: dict[str, Face | None] = {}
        self._of_group: dict[int, tuple[Pipeline, Face]] = {}
        self._answers: dict[tuple[int, int], tuple[PortType, PortType, Answer]] = {}

    def of(self, node: Node) -> Face | None:
        """The node's face; None when its module is unknown or broken, so that nobody knows its ports."""
        if node.pipeline is not None:
            return self._group(node.pipeline)
        if node.module not in self._of_module:
            spec = self.modules.get(node.module)
            self._of_module[node.module] = None if spec is None or spec.error is not None else face(spec)
        return self._of_module[node.module]

    def fit(self, source: Slot, target: Slot) -> Answer:
        """Whether an output may be connected to an input: the least of what each pair of types says."""
        least = _UNKNOWN
        for given in source.types:
            for taken in target.types:
                answer = self._fit(given, taken)
                if answer.fit is Fit.NO:
                    return answer
                if least is _UNKNOWN or answer.fit is Fit.MAYBE:
                    least = answer
        return least

    def _fit(self, source: PortType, target: PortType) -> Answer:
        key = id(source), id(target)  # hashing a type costs as much as comparing it; the entry keeps both alive
        if key not in self._answers:
            self._answers[key] = source, target, fits(source, target)
        return self._answers[key][2]

    def _group(self, pipeline: Pipeline) -> Face:
        key = id(pipeline)
        if key not in self._of_group:
            self._of_group[key] = pipeline, self._group_face(pipeline)
        return self._of_group[key][1]

    def _group_face(self, pipeline: Pipeline) -> Face:
        nodes = first_of_each_id(pipeline)
        fed = {edge.target for edge in pipeline.edges}
        inputs = {port: self._group_input(port, ends, nodes, fed) for port, ends in pipeline.inputs.items()}
        outputs = {}
        for port, end in pipeline.outputs.items():
            inner = self.of(nodes[end.node]) if end.node in nodes else None
            slot = inner.outputs.get(end.port) if inner else None
            outputs[port] = Slot(port, slot.types if slot else ())
        return _face(inputs, outputs)

    def _group_input(self, port: str, ends: tuple[End, ...], nodes: Mapping[str, Node], fed: set[End]) -> Slot:
        slots: list[Slot] = []
        optional = True
        for end in ends:
            inner = self.of(nodes[end.node]) if end.node in nodes else None
            slot = inner.inputs.get(end.port) if inner else None
            if slot:
                slots.append(slot)
                optional &= slot.optional or nodes[end.node].disabled or (slot.many and end in fed)
        types = tuple(type for slot in slots for type in slot.types)
        return Slot(port, types, optional, many=bool(slots) and all(slot.many for slot in slots))


_UNKNOWN = Answer(Fit.MAYBE, "a module that nobody knows is involved")


def face(spec: ModuleSpec) -> Face:
    """The face of a module."""
    return _face(_slots(spec.inputs), _slots(spec.outputs))


def first_of_each_id(pipeline: Pipeline) -> dict[str, Node]:
    """The nodes by id. Where an id is there twice, edges belong to the first."""
    nodes: dict[str, Node] = {}
    for node in pipeline.nodes:
        nodes.setdefault(node.id, node)
    return nodes


def _face(inputs: Mapping[str, Slot], outputs: Mapping[str, Slot]) -> Face:
    return Face(inputs, outputs, tuple(name for name, slot in inputs.items() if not slot.optional))


def _slots(ports: Iterable[Port]) -> dict[str, Slot]:
    return {port.name: Slot(port.name, (port.type,), port.optional, port.many) for port in ports}
