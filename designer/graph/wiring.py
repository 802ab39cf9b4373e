"""What is wrong with the edges of one pipeline: unknown ends, taken ports, wrong types, inputs without an edge.

Elsewhere: the same about an edge that isn't there yet (connect.py), circles (check.py), parameters (settings.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.graph.connect import fitting
from designer.graph.edge_problems import a, end_problem, mismatch, port_taken
from designer.graph.names import listed
from designer.graph.suggest import Suggestions
from designer.model.pipeline import End
from designer.model.problem import Code, Problem
from designer.model.types import Fit

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from designer.graph.faces import Slot
    from designer.graph.level import Level
    from designer.model.pipeline import Edge


def wiring(level: Level, idle: Collection[str]) -> Iterator[Problem]:
    """All that is wrong with the edges and ports of a pipeline. Paths in `idle` don't run, so they need no input."""
    feeds: dict[End, list[str]] = {}
    yield from _ports(level, feeds)
    for edge in level.pipeline.edges:
        yield from _edge(level, edge)
        feeds.setdefault(edge.target, []).append(str(edge))
    for target, sources in feeds.items():
        if len(sources) > 1:
            slot = level.slot(target, "input")
            if slot is not None and not slot.many:
                yield port_taken(level, target, sources)
    yield from _missing_inputs(level, idle, feeds)


def _ports(level: Level, feeds: dict[End, list[str]]) -> Iterator[Problem]:
    """The pipeline's own ports. At the top nobody gives its inputs a value, so there they feed nothing."""
    here = level.group or f"the pipeline {level.pipeline.name}"
    for port, ends in level.pipeline.inputs.items():
        for end in ends:
            found = end_problem(level, end, "input", None, f"the input {port} of {here}")
            if found:
                yield found
            elif level.group:
                feeds.setdefault(end, []).append(f"{level.group}.{port}")
    for port, end in level.pipeline.outputs.items():
        found = end_problem(level, end, "output", None, f"the output {port} of {here}")
        if found:
            yield found


def _edge(level: Level, edge: Edge) -> Iterator[Problem]:
    given = level.slot(edge.source, "output")
    taken = level.slot(edge.target, "input")
    if given is not None and taken is not None:
        if level.faces.fit(given, taken).fit is Fit.NO:
            yield mismatch(level, edge.source, edge.target, given, taken)
        return
    subject = f"the edge {edge}"
    for found in (
        end_problem(level, edge.source, "output", edge.target, subject),
        end_problem(level, edge.target, "input", edge.source, subject),
    ):
        if found:
            yield found


def _missing_inputs(level: Level, idle: Collection[str], feeds: Collection[End]) -> Iterator[Problem]:
    suggestions: Suggestions | None = None
    for id, face in level.face_of.items():
        if face is None or not face.required or level.path(id) in idle:
            continue
        for port in face.required:
            if (id, port) not in feeds:
                suggestions = suggestions or Suggestions(level)
                yield _missing_input(level, End(id, port), face.inputs[port], suggestions)


def _missing_input(level: Level, target: End, slot: Slot, suggestions: Suggestions) -> Problem:
    outputs = [str(end) for end in suggestions.outputs(target, slot)]
    modules = []
    if not outputs and slot.types:
        modules = list(dict.fromkeys(id for id, _, _ in fitting(level.faces.modules, slot.types[0], "output")))
    if outputs:
        hint = f"connect {outputs[0]} -> {target}" + (", or another of them" if len(outputs) > 1 else "")
    elif modules:
        hint = f"add one of these modules and connect it: {listed(modules, 5)}"
    else:
        hint = f"add a module that gives {a(slot)}"
    exposed = [port for port, ends in level.pipeline.inputs.items() if target in ends]
    alone = f"\n  as the pipeline's input {exposed[0]} it has a value only inside another pipeline" if exposed else ""
    return Problem(
        code=Code.MISSING_INPUT,
        node=level.path(target.node),
        port=target.port,
        message=f"{target} has no input; it takes {a(slot)}{alone}\n"
        f"  outputs in this pipeline that fit: {listed(outputs)}",
        hint=hint,
        choices=tuple(outputs),
    )
