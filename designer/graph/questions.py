"""Questions about the graph that networkx answers. Import this only where one is asked: networkx takes 0.4 s to load.

Elsewhere: what every check and run asks (check.py, order.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import networkx as nx

from designer.graph.order import NodeNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.graph.flatten import FlatPipeline


def upstream(flat: FlatPipeline, id: str) -> list[str]:
    """All that a node needs, directly or not, in the document's order. Raises `NodeNotFoundError`."""
    found = nx.ancestors(_digraph(flat, id), id)
    return [path for path in flat.nodes if path in found]


def downstream(flat: FlatPipeline, id: str) -> list[str]:
    """All that needs a node, directly or not, in the document's order. Raises `NodeNotFoundError`."""
    found = nx.descendants(_digraph(flat, id), id)
    return [path for path in flat.nodes if path in found]


def critical_path(flat: FlatPipeline, seconds: Mapping[str, float]) -> list[str]:
    """The chain of nodes that took longest together: a run can't be shorter. Unknown seconds count as 0."""
    graph = _digraph(flat)
    start = object()  # weights lie on edges, so that the first node's has an edge, too
    for path in list(graph):
        for source in flat.before[path] or (start,):
            graph.add_edge(source, path, seconds=seconds.get(path, 0.0))
    return [path for path in nx.dag_longest_path(graph, weight="seconds") if path is not start] if flat.nodes else []


def cycles(flat: FlatPipeline) -> list[list[str]]:
    """One shortest circle for each set of nodes that all need each other: `[a, b, c]` where a -> b -> c -> a."""
    graph = _digraph(flat)
    place = {path: number for number, path in enumerate(flat.nodes)}
    knots = [knot for knot in nx.strongly_connected_components(graph) if len(knot) > 1]
    knots += [{path} for path in nx.nodes_with_selfloops(graph) if not any(path in knot for knot in knots)]
    found = []
    for knot in sorted(knots, key=lambda knot: min(map(place.__getitem__, knot))):
        first = min(knot, key=place.__getitem__)
        within = graph.subgraph(knot)
        ways = [nx.shortest_path(within, other, first) for other in flat.after[first] if other in knot]
        found.append([first, *min(ways, key=len)[:-1]])
    return found


def _digraph(flat: FlatPipeline, id: str | None = None) -> nx.DiGraph:
    if id is not None and id not in flat.nodes:
        raise NodeNotFoundError(f"there is no node {id}; nodes: {', '.join(flat.nodes)}")
    graph = nx.DiGraph()
    graph.add_nodes_from(flat.nodes)
    graph.add_edges_from((path, other) for path, others in flat.after.items() for other in others)
    return graph
