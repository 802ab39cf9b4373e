"""In which order nodes run: which are ready, which never will be, what is needed to get somewhere.

Elsewhere: what takes part (flatten.py), questions that the loop doesn't ask (questions.py). Without networkx, whose
import would cost more than a short run.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from designer.graph.flatten import FlatEdge, FlatPipeline, groups_around
from designer.graph.names import close, did_you_mean

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


class NodeNotFoundError(LookupError):
    """A node was asked for that isn't there or doesn't run; the message says which and why."""


class CircleError(ValueError):
    """Nodes that need each other have no order; `check` names the circle."""


class Ready:
    """Which nodes may run now, as others finish. `Ready(flat.nodes, flat.edges)`.

    Ask `ready()` for the nodes that became ready, tell it `done(id)` or `drop(id)`, until it isn't `active` any more.
    Nodes with the longest way after them come first, in seconds where `seconds` tells them, else in steps.
    """

    def __init__(
        self, nodes: Iterable[str], edges: Iterable[FlatEdge], seconds: Mapping[str, float] | None = None
    ) -> None:
        self._after: dict[str, list[str]] = {id: [] for id in nodes}
        self._waits_for = dict.fromkeys(self._after, 0)  # a node counts an edge, not a node, once
        for edge in edges:
            self._after[edge.source.node].append(edge.target.node)
            self._waits_for[edge.target.node] += 1
        order = _sorted(self._after, self._waits_for)
        self._place = {id: place for place, id in enumerate(order)}
        self._way = _ways(order, self._after, seconds)
        self._new = [id for id, count in self._waits_for.items() if count == 0]
        self._left = set(self._after)  # neither done nor dropped
        self._handed_out: set[str] = set()

    @property
    def active(self) -> bool:
        """Whether any node is neither done nor dropped."""
        return bool(self._left)

    def ready(self) -> list[str]:
        """The nodes that became ready since the last call, each once, the most urgent first."""
        new = sorted((id for id in self._new if id in self._left), key=lambda id: (-self._way[id], self._place[id]))
        self._new = []
        self._handed_out.update(new)
        return new

    def done(self, id: str) -> None:
        """The node has finished, so that those which waited for it alone become ready."""
        if id not in self._handed_out or id not in self._left:
            raise ValueError(f"{id} can't be done: it is not among the nodes that were ready and aren't finished")
        self._left.remove(id)
        for other in self._after[id]:
            self._waits_for[other] -= 1
            if self._waits_for[other] == 0:
                self._new.append(other)

    def drop(self, id: str) -> list[str]:
        """The node will never finish; returns all that needed it and now never run, in the order of running."""
        if id not in self._left:
            raise ValueError(f"{id} can't be dropped: it is no node, or it is done or dropped already")
        self._left.remove(id)
        lost: list[str] = []
        waiting = [id]
        while waiting:
            for other in self._after[waiting.pop()]:
                if other in self._left:
                    self._left.remove(other)
                    lost.append(other)
                    waiting.append(other)
        return sorted(lost, key=self._place.__getitem__)


def topological(flat: FlatPipeline) -> list[str]:
    """All nodes, each after what it needs, otherwise in the document's order. Raises `CircleError`."""
    waits_for = dict.fromkeys(flat.nodes, 0)
    for others in flat.after.values():
        for other in others:
            waits_for[other] += 1
    return _sorted(flat.after, waits_for)


def in_circles(flat: FlatPipeline) -> bool:
    """Whether some nodes need each other, so that there is no order."""
    try:
        topological(flat)
    except CircleError:
        return True
    return False


def until(flat: FlatPipeline, nodes: Iterable[str]) -> FlatPipeline:
    """Only what these nodes and groups need, they themselves included. Raises `NodeNotFoundError`."""
    needed: dict[str, None] = dict.fromkeys(path for id in nodes for path in _meant(flat, id))
    waiting = list(needed)
    while waiting:
        for path in flat.before[waiting.pop()]:
            if path not in needed:
                needed[path] = None
                waiting.append(path)
    kept = {path: node for path, node in flat.nodes.items() if path in needed}
    return replace(
        flat,
        nodes=kept,
        edges=tuple(edge for edge in flat.edges if edge.target.node in needed),
        groups=groups_around(flat.groups, kept.values()),
        not_run={},
    )


def _meant(flat: FlatPipeline, id: str) -> list[str]:
    if id in flat.nodes:
        return [id]
    within = [path for path in flat.nodes if path.startswith(f"{id}/")]
    if within:
        return within
    if id in flat.not_run:
        raise NodeNotFoundError(f"{id} doesn't run: {flat.not_run[id]}")
    names = [*flat.nodes, *(group.path for group in flat.groups)]
    raise NodeNotFoundError(f"there is no node {id}; {did_you_mean(close(id, names), 'nodes: ' + ', '.join(names))}")


def _sorted(after: Mapping[str, Iterable[str]], waits_for: Mapping[str, int]) -> list[str]:
    left = dict(waits_for)
    order = [id for id, count in left.items() if count == 0]
    for id in order:  # grows while it is gone through
        for other in after[id]:
            left[other] -= 1
            if left[other] == 0:
                order.append(other)
    if len(order) < len(left):
        stuck = next(id for id, count in left.items() if count > 0)
        raise CircleError(f"{len(left) - len(order)} nodes wait for each other, {stuck} among them")
    return order


def _ways(
    order: list[str], after: Mapping[str, Iterable[str]], seconds: Mapping[str, float] | None
) -> dict[str, float]:
    """Node -> the longest way from its start to an end."""
    way: dict[str, float] = {}
    for id in reversed(order):
        own = 1.0 if seconds is None else seconds.get(id, 0.0)
        way[id] = own + max((way[other] for other in after[id]), default=0.0)
    return way
