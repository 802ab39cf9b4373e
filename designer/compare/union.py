"""Two runs' pipelines as one graph to draw: what `b` ran, and what only `a` had. Elsewhere: which node is which (pairs.py)."""

from __future__ import annotations

from collections.abc import Container, Mapping
from dataclasses import dataclass, field
from typing import Literal

from designer.model.pipeline import Edge, End, Layout, Node, Pipeline

Side = Literal["a", "b"]


@dataclass(frozen=True)
class Union:
    """Both pipelines in one. `only` names the edges that one of them has: `group|node.port>node.port`."""

    pipeline: Pipeline
    only: Mapping[str, Side] = field(default_factory=dict)


def union(a: Pipeline, b: Pipeline, renamed: Mapping[str, str]) -> Union:
    """`b` with what only `a` has. `renamed` gives for nodes of `a`, by their path, the path of the same node in `b`."""
    only: dict[str, Side] = {}
    return Union(_level(a, b, (), renamed, only), only)


def _level(
    a: Pipeline, b: Pipeline, within: tuple[str, ...], renamed: Mapping[str, str], only: dict[str, Side]
) -> Pipeline:
    mine = {node.id: node for node in b.nodes}
    places = {node.id: _place(node, within, renamed, mine) for node in a.nodes}
    unmatched = [node for node in a.nodes if places[node.id] == node.id and node.id not in mine]
    left = [node for node in (_without_moved(one, within, renamed) for one in unmatched) if node is not None]
    nodes = [_both(a.node(node.id), node, within, renamed, only) for node in b.nodes]
    moved = [edge for edge in (_moved(edge, places) for edge in a.edges) if edge is not None]
    there = {*mine, *(node.id for node in left)}
    new = [edge for edge in moved if edge not in b.edges and _joins(edge, there)]
    prefix = "/".join(within)
    only.update({f"{prefix}|{edge.source}>{edge.target}": "a" for edge in new})
    only.update(
        {f"{prefix}|{edge.source}>{edge.target}": "b" for edge in b.edges if edge not in moved and _joins(edge, mine)}
    )
    positions = {} if left else b.layout.positions  # else the places of what was replaced would lie over each other
    ends = {name: tuple(one for one in found if _is_in(one, mine)) for name, found in a.inputs.items()}
    return b.model_copy(
        update={
            "nodes": (*nodes, *left),
            "edges": (*b.edges, *new),
            "inputs": {**ends, **b.inputs},
            "outputs": {**{name: end for name, end in a.outputs.items() if _is_in(end, mine)}, **b.outputs},
            "layout": Layout(positions=positions),
        }
    )


def _both(
    was: Node | None, now: Node, within: tuple[str, ...], renamed: Mapping[str, str], only: dict[str, Side]
) -> Node:
    """A node of `b`; a group with what only `a` has in it."""
    if was is None or was.pipeline is None or now.pipeline is None:
        return now
    inner = _level(was.pipeline, now.pipeline, (*within, now.id), renamed, only)
    return now.model_copy(update={"pipeline": inner})


def _without_moved(node: Node, within: tuple[str, ...], renamed: Mapping[str, str]) -> Node | None:
    """A node that only `a` has; of a group, what isn't somewhere else in `b`. None: nothing is left of it."""
    path = (*within, node.id)
    if node.pipeline is None:
        return None if "/".join(path) in renamed else node
    nodes = [one for one in (_without_moved(one, path, renamed) for one in node.pipeline.nodes) if one is not None]
    there = {one.id: one for one in nodes}
    inner = node.pipeline.model_copy(
        update={
            "nodes": tuple(nodes),
            "edges": tuple(edge for edge in node.pipeline.edges if _joins(edge, there)),
            "inputs": {name: tuple(e for e in ends if _is_in(e, there)) for name, ends in node.pipeline.inputs.items()},
            "outputs": {name: end for name, end in node.pipeline.outputs.items() if _is_in(end, there)},
            "layout": Layout(),
        }
    )
    return node.model_copy(update={"pipeline": inner}) if nodes else None


def _place(node: Node, within: tuple[str, ...], renamed: Mapping[str, str], mine: Mapping[str, Node]) -> str | None:
    """The id at this level of what a node of `a` is in the union; None: it is elsewhere."""
    path = "/".join((*within, node.id))
    if path not in renamed:
        return node.id
    *groups, last = renamed[path].split("/")
    return last if tuple(groups) == within and last in mine else None


def _moved(edge: Edge, places: Mapping[str, str | None]) -> Edge | None:
    source, target = places.get(edge.source.node), places.get(edge.target.node)
    if source is None or target is None:
        return None
    return Edge(source=End(source, edge.source.port), target=End(target, edge.target.port))


def _joins(edge: Edge, nodes: Container[str]) -> bool:
    return edge.source.node in nodes and edge.target.node in nodes


def _is_in(end: End, mine: Mapping[str, Node]) -> bool:
    return end.node in mine
