"""The small changes that edits are made of. Elsewhere: the edits themselves (edits.py), groups (grouping.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.model.pipeline import Edge, End

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from designer.model.pipeline import Node, Pipeline


class EditError(ValueError):
    """An edit that doesn't fit the pipeline: what it names isn't there, or is there already."""


def fresh_id(wanted: str, taken: Iterable[str]) -> str:
    """`wanted`, or the first of `wanted_2`, `wanted_3` … that isn't taken."""
    taken = set(taken)
    if wanted not in taken:
        return wanted
    number = 2
    while f"{wanted}_{number}" in taken:
        number += 1
    return f"{wanted}_{number}"


def need(pipeline: Pipeline, id: str) -> Node:
    """The node of that id; raises `EditError`."""
    node = pipeline.node(id)
    if node is None:
        known = ", ".join(n.id for n in pipeline.nodes) or "none"
        raise EditError(f"there is no node {id}; nodes: {known}")
    return node


def refuse_bad_id(id: str) -> None:
    """Raise `EditError` for an id that no path can hold."""
    if not id or "/" in id:
        raise EditError(f"{id!r} can't be a node's id: it is some text without a slash")


def with_nodes(pipeline: Pipeline, ids: Collection[str], **fields: Any) -> Pipeline:
    """The pipeline with fields of some nodes changed."""
    nodes = tuple(node.model_copy(update=fields) if node.id in ids else node for node in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes})


def with_layout(pipeline: Pipeline, **fields: Any) -> Pipeline:
    """The pipeline with fields of its layout changed."""
    return pipeline.model_copy(update={"layout": pipeline.layout.model_copy(update=fields)})


def without(mapping: dict[str, Any], keys: Iterable[str]) -> dict[str, Any]:
    """The mapping without some keys, whether it has them or not."""
    gone = set(keys)
    return {key: value for key, value in mapping.items() if key not in gone}


def renamed(pipeline: Pipeline, old: str, new: str) -> Pipeline:
    """The pipeline with another id for a node, wherever it is named. Of several nodes of the id the last is renamed."""
    need(pipeline, old)
    refuse_bad_id(new)
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
    pipeline = with_layout(
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
