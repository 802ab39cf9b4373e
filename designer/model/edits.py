"""Edits of a pipeline as data, and `apply`, which is pure. Undo is the previous pipeline.

Elsewhere: how nodes get into a group and out (grouping.py), whether an edge may exist (graph/connect.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from pydantic import Field, TypeAdapter

from designer.model.base import Frozen
from designer.model.change import EditError as EditError
from designer.model.change import fresh_id as fresh_id
from designer.model.change import need, refuse_bad_id, renamed, with_layout, with_nodes, without
from designer.model.grouping import grouped, ungrouped
from designer.model.pipeline import Edge, Node, Note, Parameter, Pipeline, Position

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


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
        group = need(pipeline, outer)
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


def _add_nodes(pipeline: Pipeline, edit: AddNodes) -> Pipeline:
    taken = {node.id for node in pipeline.nodes}
    for node in edit.nodes:
        refuse_bad_id(node.id)
        if node.id in taken:
            raise EditError(f"there is already a node {node.id}")
        taken.add(node.id)
    named = [*edit.positions, *(end.node for edge in edit.edges for end in (edge.source, edge.target))]
    for id in named:
        if id not in taken:
            raise EditError(f"there is no node {id}; nodes: {', '.join(sorted(taken)) or 'none'}")
    positions = {**pipeline.layout.positions, **edit.positions}
    pipeline = with_layout(pipeline, positions=positions)
    return pipeline.model_copy(
        update={"nodes": (*pipeline.nodes, *edit.nodes), "edges": (*pipeline.edges, *edit.edges)}
    )


def _remove_nodes(pipeline: Pipeline, edit: RemoveNodes) -> Pipeline:
    gone = {need(pipeline, id).id for id in edit.nodes}
    layout = pipeline.layout
    pipeline = with_layout(
        pipeline,
        positions=without(layout.positions, gone),
        pins=without(layout.pins, gone),
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
    need(pipeline, edit.edge.source.node)
    need(pipeline, edit.edge.target.node)
    kept = tuple(e for e in pipeline.edges if not (edit.replace and e.target == edit.edge.target))
    return pipeline.model_copy(update={"edges": (*kept, edit.edge)})


def _disconnect(pipeline: Pipeline, edit: Disconnect) -> Pipeline:
    there, gone = set(pipeline.edges), set(edit.edges)
    missing = [edge for edge in edit.edges if edge not in there]
    if missing:
        raise EditError(f"there is no edge {missing[0]}")
    return pipeline.model_copy(update={"edges": tuple(edge for edge in pipeline.edges if edge not in gone)})


def _set_parameter(pipeline: Pipeline, edit: SetParameter) -> Pipeline:
    node = need(pipeline, edit.node)
    parameters = {**node.parameters, edit.name: edit.value}
    return with_nodes(pipeline, [node.id], parameters=parameters, bindings=without(node.bindings, [edit.name]))


def _reset_parameter(pipeline: Pipeline, edit: ResetParameter) -> Pipeline:
    node = need(pipeline, edit.node)
    return with_nodes(
        pipeline,
        [node.id],
        parameters=without(node.parameters, [edit.name]),
        bindings=without(node.bindings, [edit.name]),
    )


def _bind_parameter(pipeline: Pipeline, edit: BindParameter) -> Pipeline:
    node = need(pipeline, edit.node)
    return with_nodes(
        pipeline,
        [node.id],
        parameters=without(node.parameters, [edit.name]),
        bindings={**node.bindings, edit.name: edit.to},
    )


def _change_nodes(pipeline: Pipeline, edit: ChangeNodes) -> Pipeline:
    fields = {"title": edit.title, "disabled": edit.disabled, "regenerate": edit.regenerate}
    changes = {name: value for name, value in fields.items() if value is not None}
    known = {node.id for node in pipeline.nodes}
    for id in edit.nodes:
        if id not in known:
            need(pipeline, id)
    return with_nodes(pipeline, set(edit.nodes), **changes)


def _move(pipeline: Pipeline, edit: Move) -> Pipeline:
    notes = {note.id: note for note in pipeline.layout.notes}
    positions = dict(pipeline.layout.positions)
    for id, place in edit.positions.items():
        if id in notes:
            notes[id] = notes[id].model_copy(update={"x": place.x, "y": place.y})
        else:
            positions[need(pipeline, id).id] = place
    return with_layout(pipeline, positions=positions, notes=tuple(notes.values()))


def _set_note(pipeline: Pipeline, edit: SetNote) -> Pipeline:
    notes = {note.id: note for note in pipeline.layout.notes}
    notes[edit.note.id] = edit.note
    return with_layout(pipeline, notes=tuple(notes.values()))


def _remove_notes(pipeline: Pipeline, edit: RemoveNotes) -> Pipeline:
    known = {note.id for note in pipeline.layout.notes}
    for id in edit.notes:
        if id not in known:
            raise EditError(f"there is no note {id}")
    return with_layout(pipeline, notes=tuple(n for n in pipeline.layout.notes if n.id not in edit.notes))


def _fold(pipeline: Pipeline, edit: Fold) -> Pipeline:
    if need(pipeline, edit.node).pipeline is None:
        raise EditError(f"{edit.node} is not a group")
    others = tuple(id for id in pipeline.layout.folded if id != edit.node)
    return with_layout(pipeline, folded=(*others, edit.node) if edit.folded else others)


def _pin_metrics(pipeline: Pipeline, edit: PinMetrics) -> Pipeline:
    pins = without(pipeline.layout.pins, [need(pipeline, edit.node).id])
    if edit.metrics is not None:
        pins[edit.node] = edit.metrics
    return with_layout(pipeline, pins=pins)


def _set_pipeline_parameter(pipeline: Pipeline, edit: SetPipelineParameter) -> Pipeline:
    if edit.parameter is not None:
        return pipeline.model_copy(update={"parameters": {**pipeline.parameters, edit.name: edit.parameter}})
    if edit.name not in pipeline.parameters:
        raise EditError(f"there is no pipeline parameter {edit.name}")
    nodes = tuple(
        node.model_copy(update={"bindings": {k: v for k, v in node.bindings.items() if v != edit.name}})
        for node in pipeline.nodes
    )
    return pipeline.model_copy(update={"parameters": without(pipeline.parameters, [edit.name]), "nodes": nodes})


def _describe(pipeline: Pipeline, edit: Describe) -> Pipeline:
    fields = {"name": edit.name, "description": edit.description}
    return pipeline.model_copy(update={k: v for k, v in fields.items() if v is not None})


_APPLY: dict[str, Callable[[Pipeline, Any], Pipeline]] = {
    "add_nodes": _add_nodes,
    "remove_nodes": _remove_nodes,
    "connect": _connect,
    "disconnect": _disconnect,
    "set_parameter": _set_parameter,
    "reset_parameter": _reset_parameter,
    "bind_parameter": _bind_parameter,
    "rename_node": lambda pipeline, edit: renamed(pipeline, edit.node, edit.to),
    "change_nodes": _change_nodes,
    "move": _move,
    "set_note": _set_note,
    "remove_notes": _remove_notes,
    "fold": _fold,
    "pin_metrics": _pin_metrics,
    "set_pipeline_parameter": _set_pipeline_parameter,
    "describe": _describe,
    "group": lambda pipeline, edit: grouped(pipeline, edit.nodes, edit.id, edit.title),
    "ungroup": lambda pipeline, edit: ungrouped(pipeline, edit.node),
    "replace": lambda _, edit: edit.pipeline,
}
