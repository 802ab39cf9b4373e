"""Whether an edge that isn't there yet would be right, and which modules would fit an end of one.

Elsewhere: what is wrong with the edges that are there (wiring.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from designer.graph.edge_problems import end_problem, mismatch, port_taken
from designer.graph.faces import Faces
from designer.graph.flatten import flat_edges, modules_joined
from designer.graph.level import Direction, Level
from designer.model.pipeline import Edge, End
from designer.model.problem import Code, Problem
from designer.model.types import ANY, Fit, PortType, fits

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from designer.graph.flatten import FlatEdge
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Pipeline


class Connection(NamedTuple):
    """Whether an edge would be right, why (not) in one sentence, and if not, the problem that it would be."""

    fit: Fit
    reason: str
    problem: Problem | None = None


def can_connect(pipeline: Pipeline, modules: Mapping[str, ModuleSpec], source: End, target: End) -> Connection:
    """Whether an edge from an output to an input of the pipeline would be right.

    Asks for both ends, the types, an edge that is there already, and a circle, in this order.
    """
    level = Level(pipeline, Faces(modules))
    edge = Edge(source=source, target=target)
    subject = f"the edge {edge}"
    sides: tuple[tuple[End, Direction, End], ...] = ((source, "output", target), (target, "input", source))
    for end, direction, other in sides:
        wrong = end_problem(level, end, direction, other, subject)
        if wrong:
            return _refused(wrong)
    given, taken = level.slot(source, "output"), level.slot(target, "input")
    fit, reason = Fit.MAYBE, "its module is unknown"
    if given is not None and taken is not None:
        fit, reason = level.faces.fit(given, taken)
        if fit is Fit.NO:
            return Connection(fit, reason, mismatch(level, source, target, given, taken))
    there = [other for other in pipeline.edges if other.target == target]
    if edge in there:
        return Connection(Fit.NO, "they are connected already", port_taken(level, target, [str(edge), str(edge)]))
    if there and taken is not None and not taken.many:
        return _refused(port_taken(level, target, [*map(str, there), str(edge)]))
    circle = _circle(pipeline, edge)
    return _refused(_circle_problem(edge, circle)) if circle else Connection(fit, reason)


def fitting(modules: Mapping[str, ModuleSpec], type: PortType, direction: Direction) -> list[tuple[str, str, Fit]]:
    """Ports of modules as (module's id, port, fit), the best fit first.

    With the direction `input` those that take a value of the type, with `output` those that give one.
    """
    found = []
    for spec in modules.values():
        if spec.error is not None:
            continue
        for place, port in enumerate(spec.inputs if direction == "input" else spec.outputs):
            source, target = (type, port.type) if direction == "input" else (port.type, type)
            fit = fits(source, target).fit
            if fit is not Fit.NO:
                rank = (_distance(source, target, fit), port.optional, spec.title, spec.id, place)
                found.append((rank, (spec.id, port.name, fit)))
    return [answer for _, answer in sorted(found)]


def _distance(source: PortType, target: PortType, fit: Fit) -> int:
    """How far a fit is from being the very type: a port that takes anything fits, but says little."""
    if target.key in (ANY.key, "builtins.object"):
        return 200
    distance = 0 if fit is Fit.YES else 100
    if source.key == target.key:
        return distance
    bases = source.bases if target.key in source.bases else target.bases
    wanted = target.key if target.key in source.bases else source.key
    return distance + (1 + bases.index(wanted) if wanted in bases else 50)


def _refused(problem: Problem) -> Connection:
    return Connection(Fit.NO, problem.message.partition("\n")[0], problem)


def _circle(pipeline: Pipeline, edge: Edge) -> list[str]:
    """The nodes of the circle that an edge would close, from its target's to its source's; empty when there is none."""
    joined = modules_joined(pipeline, edge)
    after: dict[str, list[str]] = {}
    for other in flat_edges(pipeline) if joined else ():
        after.setdefault(other.source.node, []).append(other.target.node)
    return min((way for new in joined if (way := _way(after, new))), key=len, default=[])


def _way(after: Mapping[str, Iterable[str]], edge: FlatEdge) -> list[str]:
    start, end = edge.target.node, edge.source.node
    came_from: dict[str, str | None] = {start: None}
    waiting = [start]
    for path in waiting:  # grows while it is gone through, so that the shortest way is found
        if path == end:
            break
        for other in after.get(path, ()):
            if other not in came_from:
                came_from[other] = path
                waiting.append(other)
    way: list[str] = []
    at: str | None = end if end in came_from else None
    while at is not None:
        way.append(at)
        at = came_from[at]
    return way[::-1]


def _circle_problem(edge: Edge, circle: list[str]) -> Problem:
    return Problem(
        code=Code.CYCLE,
        node=edge.target.node,
        port=edge.target.port,
        message=f"{edge} would close a circle: {' -> '.join([*circle, circle[0]])}",
        hint=f"connect {edge.source} to a node that {edge.source.node} doesn't need",
    )
