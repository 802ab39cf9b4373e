"""The problems that an edge can have, as values: one function a kind. Elsewhere: when each of them is the case
(wiring.py, connect.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.graph.names import close, did_you_mean, listed
from designer.model.pipeline import End
from designer.model.problem import Code, Problem
from designer.model.types import Fit

if TYPE_CHECKING:
    from collections.abc import Sequence

    from designer.graph.faces import Slot
    from designer.graph.level import Direction, Level


def end_problem(level: Level, end: End, direction: Direction, other: End | None, subject: str) -> Problem | None:
    """What is wrong with one end of what `subject` says; `other` is the end at which the problem can be shown."""
    if end.node not in level.nodes:
        return _unknown_node(level, end, direction, other, subject)
    slots = level.slots(end.node, direction)
    if slots is not None and end.port in slots:
        return None
    if not end.port:
        return _missing_port(level, end, direction, other, subject)
    return _unknown_port(level, end, direction) if slots is not None else None


def mismatch(level: Level, source: End, target: End, given: Slot, taken: Slot) -> Problem:
    """The types don't fit."""
    inputs = level.slots(target.node, "input") or {}
    outputs = level.slots(source.node, "output") or {}
    fitting = [str(End(target.node, s.name)) for s in inputs.values() if level.faces.fit(given, s).fit is not Fit.NO]
    sources = [str(End(source.node, s.name)) for s in outputs.values() if level.faces.fit(s, taken).fit is not Fit.NO]
    if fitting:
        hint = f"connect {source} to {' or '.join(fitting)} instead"
    elif sources:
        hint = f"connect {' or '.join(sources)} to {target} instead"
    else:
        hint = f"put a module between that turns {a(given)} into {a(taken)}"
    return Problem(
        code=Code.PORT_TYPE_MISMATCH,
        node=level.path(target.node),
        port=target.port,
        message=f"cannot connect  {source} ({given})  ->  {target} ({taken})\n"
        f"  {target} takes {a(taken)}; {source} gives {a(given)}\n"
        f"  ports of {target.node} that fit: {listed(fitting)}",
        hint=hint,
        choices=tuple(fitting or sources),
    )


def port_taken(level: Level, target: End, feeds: Sequence[str]) -> Problem:
    """Several edges end at a port that takes one. `feeds` says where each comes from."""
    free = [
        str(End(target.node, slot.name))
        for slot in (level.slots(target.node, "input") or {}).values()
        if slot.many or (slot.name != target.port and (target.node, slot.name) not in level.fed)
    ]
    instead = f", or connect one to {' or '.join(free)}" if free else ""
    return Problem(
        code=Code.PORT_TAKEN,
        node=level.path(target.node),
        port=target.port,
        message=f"{target} takes one edge, and {len(feeds)} end there: {listed(feeds)}",
        hint=f"remove all but one of them{instead}",
        choices=tuple(feeds),
    )


def a(slot: Slot) -> str:
    """The types of a port with an article: `a DataFrame`, `an int`."""
    name = str(slot)
    return f"{'an' if name[:1].lower() in 'aeiou' else 'a'} {name}"


def _unknown_node(level: Level, end: End, direction: Direction, other: End | None, subject: str) -> Problem:
    choices = close(end.node, level.nodes)
    port = f".{end.port}" if end.port else ""
    shown = other if other is not None and other.node in level.nodes else None
    if shown is not None:
        node: str | None = level.path(shown.node)
    else:  # neither end is there: all that can be named is what isn't, or the group that exposes it
        node = level.path(end.node) if other is not None else level.group or None
    return Problem(
        code=Code.UNKNOWN_NODE,
        node=node,
        port=shown.port if shown else None,
        message=f"there is no node {end.node}, which {subject} names\n  nodes: {listed(level.nodes)}",
        hint=did_you_mean([f"{choice}{port}" for choice in choices], f"add a node {end.node}, or remove {subject}"),
        choices=choices,
    )


def _unknown_port(level: Level, end: End, direction: Direction) -> Problem:
    slots = level.slots(end.node, direction) or {}
    opposite: Direction = "input" if direction == "output" else "output"
    choices = close(end.port, slots) or (tuple(slots) if len(slots) == 1 else ())
    turned = end.port in (level.slots(end.node, opposite) or {})
    aside = f"; {end.port} is an {opposite} port" if turned else ""
    return Problem(
        code=Code.UNKNOWN_PORT,
        node=level.path(end.node),
        port=end.port,
        message=f"{end.node} has no {direction} port {end.port}{aside}\n"
        f"  its {direction} ports: {listed(f'{slot.name} ({slot})' for slot in slots.values())}",
        hint=did_you_mean(
            [f"{end.node}.{choice}" for choice in choices],
            f"choose one of its {direction} ports" if slots else f"remove it: {end.node} has no {direction} ports",
        ),
        choices=tuple(dict.fromkeys((*choices, *slots))),
    )


def _missing_port(level: Level, end: End, direction: Direction, other: End | None, subject: str) -> Problem:
    slots = level.slots(end.node, direction) or {}
    partner = level.slot(other, "input" if direction == "output" else "output") if other is not None else None
    names = [slot.name for slot in slots.values() if partner is None or _fits(level, slot, partner, direction)]
    choices = names or list(slots)
    return Problem(
        code=Code.MISSING_PORT,
        node=level.path(end.node),
        message=f"{subject} names no {direction} port of {end.node}\n"
        f"  its {direction} ports: {listed(f'{slot.name} ({slot})' for slot in slots.values())}",
        hint=f"write {' or '.join(f'{end.node}.{name}' for name in choices) or f'{end.node}.PORT'}",
        choices=tuple(choices),
    )


def _fits(level: Level, slot: Slot, partner: Slot, direction: Direction) -> bool:
    source, target = (slot, partner) if direction == "output" else (partner, slot)
    return level.faces.fit(source, target).fit is not Fit.NO
