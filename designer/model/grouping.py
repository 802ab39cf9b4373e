"""Putting nodes into a group and taking them out again. Elsewhere: other edits (edits.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.model.change import EditError, fresh_id, need, refuse_bad_id, renamed, with_layout, without
from designer.model.pipeline import Edge, End, Layout, Node, Pipeline, Position

if TYPE_CHECKING:
    from collections.abc import Iterable

    from designer.model.pipeline import Note


def grouped(pipeline: Pipeline, nodes: Iterable[str], id: str, title: str = "") -> Pipeline:
    """The pipeline with some of its nodes in a new group. Edges that cross its border become the group's ports."""
    chosen = {need(pipeline, node).id for node in nodes}
    refuse_bad_id(id)
    if not chosen:
        raise EditError("a group needs at least one node")
    if pipeline.node(id) and id not in chosen:
        raise EditError(f"there is already a node {id}")
    border = _Border(id)
    inner: list[Edge] = []
    outer: list[Edge] = []
    for edge in pipeline.edges:
        into, out_of = edge.target.node in chosen, edge.source.node in chosen
        if into and out_of:
            inner.append(edge)
        elif into:
            port, new = border.enter(edge.source, edge.target)
            if new:
                outer.append(Edge(source=edge.source, target=port))
        elif out_of:
            outer.append(Edge(source=border.leave(edge.source), target=edge.target))
        else:
            outer.append(edge)

    def outside(port: str, ends: tuple[End, ...]) -> tuple[End, ...]:  # a port of the pipeline itself is a source, too
        kept = [border.enter(port, end)[0] if end.node in chosen else end for end in ends]
        return tuple(dict.fromkeys(kept))

    layout = pipeline.layout
    pipeline_inputs = {port: outside(port, ends) for port, ends in pipeline.inputs.items()}
    pipeline_outputs = {
        port: border.leave(end) if end.node in chosen else end for port, end in pipeline.outputs.items()
    }
    members = tuple(node for node in pipeline.nodes if node.id in chosen)
    bound = {name for node in members for name in node.bindings.values() if name in pipeline.parameters}
    within = Pipeline(
        name=id,
        nodes=members,
        edges=tuple(inner),
        parameters={name: pipeline.parameters[name] for name in sorted(bound)},
        inputs=border.inputs,
        outputs=border.outputs,
        layout=Layout(
            positions={id: place for id, place in layout.positions.items() if id in chosen},
            pins={id: pins for id, pins in layout.pins.items() if id in chosen},
            folded=tuple(id for id in layout.folded if id in chosen),
        ),
    )
    group = Node(id=id, title=title, pipeline=within, bindings={name: name for name in sorted(bound)})
    places = [layout.positions[id] for id in chosen if id in layout.positions]
    corner = {id: Position(min(p.x for p in places), min(p.y for p in places))} if places else {}
    rest = with_layout(
        pipeline,
        positions=without(layout.positions, chosen) | corner,
        pins=without(layout.pins, chosen),
        folded=tuple(id for id in layout.folded if id not in chosen),
    )
    first = next(place for place, node in enumerate(pipeline.nodes) if node.id in chosen)
    others = [node for node in pipeline.nodes if node.id not in chosen]
    others.insert(first, group)
    return rest.model_copy(
        update={
            "nodes": tuple(others),
            "edges": tuple(outer),
            "inputs": pipeline_inputs,
            "outputs": pipeline_outputs,
        }
    )


class _Border:
    """The ports of a group that is being made. A source outside gets one port, however many ports within it feeds."""

    def __init__(self, group: str) -> None:
        self.group = group
        self.inputs: dict[str, tuple[End, ...]] = {}
        self.outputs: dict[str, End] = {}
        self._input_of: dict[End | str, str] = {}
        self._output_of: dict[End, str] = {}

    def enter(self, source: End | str, target: End) -> tuple[End, bool]:
        """The group's port through which `source` (an output, or a pipeline's port) gets to `target`; is it new?"""
        new = source not in self._input_of
        if new:
            self._input_of[source] = fresh_id(target.port, self.inputs)
        port = self._input_of[source]
        self.inputs[port] = (*self.inputs.get(port, ()), target)
        return End(self.group, port), new

    def leave(self, source: End) -> End:
        """The group's port through which `source`, which is within, is seen outside."""
        if source not in self._output_of:
            self._output_of[source] = fresh_id(source.port, self.outputs)
            self.outputs[self._output_of[source]] = source
        return End(self.group, self._output_of[source])


def ungrouped(pipeline: Pipeline, id: str) -> Pipeline:
    """The pipeline with what is in a group in the group's place."""
    group = need(pipeline, id)
    if group.pipeline is None:
        raise EditError(f"{id} is not a group")
    within = _with_free_ids(group.pipeline, {node.id for node in pipeline.nodes} - {group.id})

    def targets(end: End) -> tuple[End, ...]:
        return within.inputs.get(end.port, ()) if end.node == group.id else (end,)

    def sources(end: End) -> tuple[End, ...]:
        if end.node != group.id:
            return (end,)
        return (within.outputs[end.port],) if end.port in within.outputs else ()

    rank = {End(group.id, port): place for place, port in enumerate(within.inputs)}
    edges = [  # in the order of the group's ports, as they arrive when it runs
        Edge(source=source, target=target)
        for edge in sorted(pipeline.edges, key=lambda edge: rank.get(edge.target, 0))
        for source in sources(edge.source)
        for target in targets(edge.target)
    ]
    inputs = {port: tuple(t for end in ends for t in targets(end)) for port, ends in pipeline.inputs.items()}
    outputs = {port: source for port, end in pipeline.outputs.items() for source in sources(end)}
    at = next(place for place, node in enumerate(pipeline.nodes) if node is group)
    released = [_released(node, group) for node in within.nodes]
    layout, inner = pipeline.layout, within.layout
    pipeline = with_layout(
        pipeline,
        positions=without(layout.positions, [group.id]) | inner.positions,
        pins=without(layout.pins, [group.id]) | inner.pins,
        folded=tuple(id for id in layout.folded if id != group.id) + inner.folded,
        notes=(*layout.notes, *_with_free_note_ids(inner.notes, {note.id for note in layout.notes})),
    )
    return pipeline.model_copy(
        update={
            "nodes": (*pipeline.nodes[:at], *released, *pipeline.nodes[at + 1 :]),
            "edges": (*edges, *within.edges),
            "inputs": {port: ends for port, ends in inputs.items() if ends},
            "outputs": outputs,
        }
    )


def _with_free_ids(within: Pipeline, taken: set[str]) -> Pipeline:
    """A group's pipeline in which no node has an id that is taken outside."""
    for node in within.nodes:
        if node.id in taken:
            new = fresh_id(node.id, taken | {other.id for other in within.nodes})
            within = renamed(within, node.id, new)
    return within


def _with_free_note_ids(notes: Iterable[Note], taken: set[str]) -> list[Note]:
    free = []
    for note in notes:
        free.append(note.model_copy(update={"id": fresh_id(note.id, taken)}))
        taken.add(free[-1].id)
    return free


def _released(node: Node, group: Node) -> Node:
    """A node as it is once its group is gone: what the group set, bound or disabled goes to the node itself."""
    within = group.pipeline or Pipeline()
    parameters, bindings = dict(node.parameters), {}
    for name, pipeline_parameter in node.bindings.items():
        if pipeline_parameter in group.bindings:
            bindings[name] = group.bindings[pipeline_parameter]
        elif pipeline_parameter in group.parameters:
            parameters[name] = group.parameters[pipeline_parameter]
        elif pipeline_parameter in within.parameters and not within.parameters[pipeline_parameter].required:
            parameters[name] = within.parameters[pipeline_parameter].default
        else:
            bindings[name] = pipeline_parameter
    return node.model_copy(
        update={
            "parameters": parameters,
            "bindings": bindings,
            "disabled": node.disabled or group.disabled,
            "regenerate": node.regenerate or group.regenerate,
        }
    )
