"""The store in memory reuses as the one on disk does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.compare.runs import compare
from designer.store.memory import MemoryPlace
from tests.reuse.kit import document, executed, reasons

if TYPE_CHECKING:
    from designer.store.place import Place
    from tests.reuse.kit import Project

NODES: dict[str, Any] = {"a": ("source", {"value": 2}), "b": ("total", {"k": 1}), "c": ("sign", {}), "d": ("dial", {})}
EDGES = {"b": ["a"], "c": ["b", "d"], "d": ["a"]}


def story(project: Project, place: Any) -> list[Any]:
    """What a few edits lead to."""
    told: list[Any] = []

    def step(nodes: dict[str, Any], edges: dict[str, list[str]], **options: Any) -> str:
        made = project.pipeline(document(nodes, edges))
        plan = made.plan(store=place, **options)
        run = made.run(executor="serial", store=place, **options)
        told.append({id: (one["action"], one["reason"]) for id, one in plan.items()})
        told.append((executed(run), reasons(run), {c.node: c.get_metrics() for c in run.get_children()}))
        return run.id

    first = step(NODES, EDGES)
    step(NODES, EDGES)
    changed = step(NODES | {"b": ("total", {"k": 3})}, EDGES)
    step(NODES, EDGES, regenerate=["b"])
    renamed = {"x" if id == "c" else id: what for id, what in NODES.items()}
    step(renamed, {"b": ["a"], "x": ["b", "d"], "d": ["a"]})
    project.tally.dial[0] = 3
    step(NODES | {"e": ("total", {"k": 1})}, EDGES | {"e": ["d"]})
    project.tally.dial[0] = 0
    told.append(compare(place.read, first, changed).data()["nodes"])
    return told


def test_both_stores_tell_the_same_story(project: Project, place: Place) -> None:
    memory = MemoryPlace()
    try:
        assert story(project, memory) == story(project, place)
    finally:
        memory.close()
