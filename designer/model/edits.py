"""Edits of a pipeline as data, and `apply`, which is pure. Undo is the previous pipeline.

Elsewhere: whether an edge may exist (graph/connect.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from designer.model.base import Frozen
from designer.model.pipeline import Edge, End, Layout, Node, Note, Parameter, Pipeline, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable


class EditError(ValueError):
    """An edit that doesn't fit the pipeline: what it names isn't there, or is there already."""


class _Edit(Frozen):
    within: tuple[str, ...] = Field((), description="the groups, outermost first, inside which the edit happens")


class AddNodes(_Edit):
    """Add nodes with the edges among them and their places: a drop, a paste, a duplicate."""

    op: Literal["add_nodes"] = "add_nodes"
    nodes: tuple[Node, ...]
    edges: tuple[Edge, ...] = ()
    positions: dict[str, Position] = Field(default_factory=dict)


class RemoveNodes(_Edit):
    """Remove nodes and the edges that touch them."""

    op: Literal["remove_nodes"] = "remove_nodes"
    nodes: tuple[str, ...]


class Connect(_Edit):
    """Add an edge. With `replace`, an edge that already ends at the port goes."""

    op: Literal["connect"] = "connect"
    edge: Edge
    replace: bool = False


class Disconnect(_Edit):
    """Remove edges."""

    op: Literal["disconnect"] = "disconnect"
    edges: tuple[Edge, ...]


class SetParameter(_Edit):
    """Give a node's parameter a value; a binding to a pipeline parameter goes."""

    op: Literal["set_parameter"] = "set_parameter"
    node: str
    name: str
    value: Any


class ResetParameter(_Edit):
    """Give a node's parameter its default back."""

    op: Literal["reset_parameter"] = "reset_parameter"
    node: str
    name: str


class BindParameter(_Edit):
    """Let a pipeline parameter give a node's parameter its value."""

    op: Literal["bind_parameter"] = "bind_parameter"
    node: str
    name: str
    to: str


class RenameNode(_Edit):
    """Change a node's id, wherever it is named.

    Where several nodes have the id (a document may be wrong), the last is renamed and the edges stay with the first.
    """

    op: Literal["rename_node"] = "rename_node"
    node: str
    to: str


class ChangeNodes(_Edit):
    """Change what nodes look like or whether they take part; None leaves a field as it is."""

    op: Literal["change_nodes"] = "change_nodes"
    nodes: tuple[str, ...]
    title: str | None = None
    disabled: bool | None = None
    regenerate: bool | None = None


class Move(_Edit):
    """Put nodes (and notes, by their ids) in places."""

    op: Literal["move"] = "move"
    positions: dict[str, Position]


class SetNote(_Edit):
    """Add a sticky note or change the one of that id."""

    op: Literal["set_note"] = "set_note"
    note: Note


class RemoveNotes(_Edit):
    """Remove sticky notes."""

    op: Literal["remove_notes"] = "remove_notes"
    notes: tuple[str, ...]


class Fold(_Edit):
    """Draw a group as one node, or open it."""

    op: Literal["fold"] = "fold"
    node: str
    folded: bool


class PinMetrics(_Edit):
    """Choose the metrics on a node's face; None goes back to the module's own choice."""

    op: Literal["pin_metrics"] = "pin_metrics"
    node: str
    metrics: tuple[str, ...] | None


class SetPipelineParameter(_Edit):
    """Add or change a pipeline parameter; None removes it, and its bindings."""

    op: Literal["set_pipeline_parameter"] = "set_pipeline_parameter"
    name: str
    parameter: Parameter | None


class Describe(_Edit):
    """Change the pipeline's name or description; None leaves it."""

    op: Literal["describe"] = "describe"
    name: str | None = None
    description: str | None = None


class Group(_Edit):
    """Put nodes into a new group. Edges that cross its border become its ports."""

    op: Literal["group"] = "group"
    nodes: tuple[str, ...]
    id: str
    title: str = ""


class Ungroup(_Edit):
    """Replace a group by what is in it."""

    op: Literal["ungroup"] = "ungroup"
    node: str


class Replace(_Edit):
    """Put another pipeline in place of this one: open, undo, redo."""

    op: Literal["replace"] = "replace"
    pipeline: Pipeline


Edit: TypeAlias = Annotated[
    AddNodes | RemoveNodes | Connect | Disconnect | SetParameter | ResetParameter | BindParameter | RenameNode
    | ChangeNodes | Move | SetNote | RemoveNotes | Fold | PinMetrics | SetPipelineParameter | Describe | Group
    | Ungroup | Replace,
    Field(discriminator="op"),
]  # fmt: skip

EDIT: TypeAdapter[Edit] = TypeAdapter(Edit)


def apply(pipeline: Pipeline, edit: Edit) -> Pipeline:
    """The pipeline after the edit. Raises `EditError` when the edit names what isn't there."""
    if edit.within:
        outer, *inner = edit.within
        group = _need(pipeline, outer)
        if group.pipeline is None:
            raise EditError(f"{outer} is not a group")
        changed = apply(group.pipeline, edit.model_copy(update={"within": tuple(inner)}))
        nodes = (node.model_copy(update={"pipeline": changed}) if node is group else node for node in pipeline.nodes)
        return pipeline.model_copy(update={"nodes": tuple(nodes)})
    return _APPLY[edit.op](pipeline, edit)


def apply_all(pipeline: Pipeline, edits: Iterable[Edit]) -> Pipeline:
    """The pipeline after the edits, in order."""
    for edit in edits:
        pipeline = apply(pipeline, edit)
    return pipeline


def fresh_id(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or the first of `wanted_2`, `wanted_3` … that isn't taken."""
    taken = set(taken)
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}_{number}" in taken:
        number += 1
    return f"{wanted}_{number}"


def _need(pipeline: Pipeline, id: str) -> Node:
    node = pipeline.node(id)
    if node is None:
        known = ", ".join(n.id for n in pipeline.nodes) or "none"
        raise EditError(f"there is no node {id}; nodes: {known}")
    return node


def _refuse_bad_id(id: str) -> None:
    if not id or "/" in id:
        raise EditError(f"{id!r} can't be a node's id: it is some text without a slash")


def _with_nodes(pipeline: Pipeline, ids: Collection[str], **fields: Any) -> Pipeline:
    nodes = tuple(node.model_copy(update=fields) if node.id in ids else node for node in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes})


def _with_layout(pipeline: Pipeline, **fields: Any) -> Pipeline:
    return pipeline.model_copy(update={"layout": pipeline.layout.model_copy(update=fields)})


def _without(mapping: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    gone = set(keys)
    return {key: value for key, value in mapping.items() if key not in gone}


def _add_nodes(pipeline: Pipeline, edit: AddNodes) -> Pipeline:
    taken = {node.id for node in pipeline.nodes}
    for node in edit.nodes:
        _refuse_bad_id(node.id)
        if node.id in taken:
            raise EditError(f"there is already a node {node.id}")
        taken.add(node.id)
    named = [*edit.positions, *(end.node for edge in edit.edges for end in (edge.source, edge.target))]
    for id in named:
        if id not in taken:
            raise EditError(f"there is no node {id}; nodes: {', '.join(sorted(taken)) or 'none'}")
    positions = {**pipeline.layout.positions, **edit.positions}
    pipeline = _with_layout(pipeline, positions=positions)
    return pipeline.model_copy(
        update={"nodes": (*pipeline.nodes, *edit.nodes), "edges": (*pipeline.edges, *edit.edges)}
    )


def _remove_nodes(pipeline: Pipeline, edit: RemoveNodes) -> Pipeline:
    gone = {_need(pipeline, id).id for id in edit.nodes}
    layout = pipeline.layout
    pipeline = _with_layout(
        pipeline,
        positions=_without(layout.positions, gone),
        pins=_without(layout.pins, gone),
        folded=tuple(id for id in layout.folded if id not in gone),
    )
    inputs = {port: tuple(end for end in ends if end.node not in gone) for port, ends in pipeline.inputs.items()}
    return pipeline.model_copy(
        update={
            "nodes": tuple(node for node in pipeline.nodes if node.id not in gone),
            "edges": tuple(e for e in pipeline.edges if e.source.node not in gone and e.target.node not in gone),
            "inputs": {port: ends for port, ends in inputs.items() if ends},
            "outputs": {port: end for port, end in pipeline.outputs.items() if end.node not in gone},
        }
    )


def _connect(pipeline: Pipeline, edit: Connect) -> Pipeline:
    if edit.edge in pipeline.edges:
        raise EditError(f"{edit.edge} is there already")
    _need(pipeline, edit.edge.source.node)
    _need(pipeline, edit.edge.target.node)
    kept = tuple(e for e in pipeline.edges if not (edit.replace and e.target == edit.edge.target))
    return pipeline.model_copy(update={"edges": (*kept, edit.edge)})


def _disconnect(pipeline: Pipeline, edit: Disconnect) -> Pipeline:
    there, gone = set(pipeline.edges), set(edit.edges)
    missing = [edge for edge in edit.edges if edge not in there]
    if missing:
        raise EditError(f"there is no edge {missing[0]}")
    return pipeline.model_copy(update={"edges": tuple(edge for edge in pipeline.edges if edge not in gone)})


def _set_parameter(pipeline: Pipeline, edit: SetParameter) -> Pipeline:
    node = _need(pipeline, edit.node)
    parameters = {**node.parameters, edit.name: edit.value}
    return _with_nodes(pipeline, [node.id], parameters=parameters, bindings=_without(node.bindings, [edit.name]))


def _reset_parameter(pipeline: Pipeline, edit: ResetParameter) -> Pipeline:
    node = _need(pipeline, edit.node)
    return _with_nodes(
        pipeline,
        [node.id],
        parameters=_without(node.parameters, [edit.name]),
        bindings=_without(node.bindings, [edit.name]),
    )


def _bind_parameter(pipeline: Pipeline, edit: BindParameter) -> Pipeline:
    node = _need(pipeline, edit.node)
    return _with_nodes(
        pipeline,
        [node.id],
        parameters=_without(node.parameters, [edit.name]),
        bindings={**node.bindings, edit.name: edit.to},
    )


def _rename_node(pipeline: Pipeline, edit: RenameNode) -> Pipeline:
    old, new = _need(pipeline, edit.node).id, edit.to
    _refuse_bad_id(new)
    if new != old and pipeline.node(new):
        raise EditError(f"there is already a node {new}")
    places = [place for place, node in enumerate(pipeline.nodes) if node.id == old]
    nodes = list(pipeline.nodes)
    nodes[places[-1]] = nodes[places[-1]].model_copy(update={"id": new})
    pipeline = pipeline.model_copy(update={"nodes": tuple(nodes)})
    if len(places) > 1:
        return pipeline

    def end(of: End) -> End:
        return End(new, of.port) if of.node == old else of

    def key(mapping: dict[str, Any]) -> dict[str, Any]:
        return {new if id == old else id: value for id, value in mapping.items()}

    layout = pipeline.layout
    pipeline = _with_layout(
        pipeline,
        positions=key(layout.positions),
        pins=key(layout.pins),
        folded=tuple(new if id == old else id for id in layout.folded),
    )
    return pipeline.model_copy(
        update={
            "edges": tuple(Edge(source=end(edge.source), target=end(edge.target)) for edge in pipeline.edges),
            "inputs": {port: tuple(end(e) for e in ends) for port, ends in pipeline.inputs.items()},
            "outputs": {port: end(e) for port, e in pipeline.outputs.items()},
        }
    )


def _change_nodes(pipeline: Pipeline, edit: ChangeNodes) -> Pipeline:
    fields = {"title": edit.title, "disabled": edit.disabled, "regenerate": edit.regenerate}
    changes = {name: value for name, value in fields.items() if value is not None}
    known = {node.id for node in pipeline.nodes}
    for id in edit.nodes:
        if id not in known:
            _need(pipeline, id)
    return _with_nodes(pipeline, set(edit.nodes), **changes)


def _move(pipeline: Pipeline, edit: Move) -> Pipeline:
    notes = {note.id: note for note in pipeline.layout.notes}
    positions = dict(pipeline.layout.positions)
    for id, place in edit.positions.items():
        if id in notes:
            notes[id] = notes[id].model_copy(update={"x": place.x, "y": place.y})
        else:
            positions[_need(pipeline, id).id] = place
    return _with_layout(pipeline, positions=positions, notes=tuple(notes.values()))


def _set_note(pipeline: Pipeline, edit: SetNote) -> Pipeline:
    notes = {note.id: note for note in pipeline.layout.notes}
    notes[edit.note.id] = edit.note
    return _with_layout(pipeline, notes=tuple(notes.values()))


def _remove_notes(pipeline: Pipeline, edit: RemoveNotes) -> Pipeline:
    known = {note.id for note in pipeline.layout.notes}
    for id in edit.notes:
        if id not in known:
            raise EditError(f"there is no note {id}")
    return _with_layout(pipeline, notes=tuple(n for n in pipeline.layout.notes if n.id not in edit.notes))


def _fold(pipeline: Pipeline, edit: Fold) -> Pipeline:
    if _need(pipeline, edit.node).pipeline is None:
        raise EditError(f"{edit.node} is not a group")
    others = tuple(id for id in pipeline.layout.folded if id != edit.node)
    return _with_layout(pipeline, folded=(*others, edit.node) if edit.folded else others)


def _pin_metrics(pipeline: Pipeline, edit: PinMetrics) -> Pipeline:
    pins = _without(pipeline.layout.pins, [_need(pipeline, edit.node).id])
    if edit.metrics is not None:
        pins[edit.node] = edit.metrics
    return _with_layout(pipeline, pins=pins)


def _set_pipeline_parameter(pipeline: Pipeline, edit: SetPipelineParameter) -> Pipeline:
    if edit.parameter is not None:
        return pipeline.model_copy(update={"parameters": {**pipeline.parameters, edit.name: edit.parameter}})
    if edit.name not in pipeline.parameters:
        raise EditError(f"there is no pipeline parameter {edit.name}")
    nodes = tuple(
        node.model_copy(update={"bindings": {k: v for k, v in node.bindings.items() if v != edit.name}})
        for node in pipeline.nodes
    )
    return pipeline.model_copy(update={"parameters": _without(pipeline.parameters, [edit.name]), "nodes": nodes})


def _describe(pipeline: Pipeline, edit: Describe) -> Pipeline:
    fields = {"name": edit.name, "description": edit.description}
    return pipeline.model_copy(update={k: v for k, v in fields.items() if v is not None})


def _group(pipeline: Pipeline, edit: Group) -> Pipeline:
    chosen = {_need(pipeline, id).id for id in edit.nodes}
    _refuse_bad_id(edit.id)
    if not chosen:
        raise EditError("a group needs at least one node")
    if pipeline.node(edit.id) and edit.id not in chosen:
        raise EditError(f"there is already a node {edit.id}")
    border = _Border(edit.id)
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
        name=edit.id,
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
    group = Node(id=edit.id, title=edit.title, pipeline=within, bindings={name: name for name in sorted(bound)})
    places = [layout.positions[id] for id in chosen if id in layout.positions]
    corner = {edit.id: Position(min(p.x for p in places), min(p.y for p in places))} if places else {}
    rest = _with_layout(
        pipeline,
        positions=_without(layout.positions, chosen) | corner,
        pins=_without(layout.pins, chosen),
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


def _ungroup(pipeline: Pipeline, edit: Ungroup) -> Pipeline:
    group = _need(pipeline, edit.node)
    if group.pipeline is None:
        raise EditError(f"{edit.node} is not a group")
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
    pipeline = _with_layout(
        pipeline,
        positions=_without(layout.positions, [group.id]) | inner.positions,
        pins=_without(layout.pins, [group.id]) | inner.pins,
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
            within = _rename_node(within, RenameNode(node=node.id, to=new))
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


def _replace(pipeline: Pipeline, edit: Replace) -> Pipeline:  # undo keeps the old one
    return edit.pipeline


_APPLY: dict[str, Callable[[Pipeline, Any], Pipeline]] = {
    "add_nodes": _add_nodes,
    "remove_nodes": _remove_nodes,
    "connect": _connect,
    "disconnect": _disconnect,
    "set_parameter": _set_parameter,
    "reset_parameter": _reset_parameter,
    "bind_parameter": _bind_parameter,
    "rename_node": _rename_node,
    "change_nodes": _change_nodes,
    "move": _move,
    "set_note": _set_note,
    "remove_notes": _remove_notes,
    "fold": _fold,
    "pin_metrics": _pin_metrics,
    "set_pipeline_parameter": _set_pipeline_parameter,
    "describe": _describe,
    "group": _group,
    "ungroup": _ungroup,
    "replace": _replace,
}
