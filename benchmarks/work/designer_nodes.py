"""Pipelines of trivial modules, run by designer, everything tracked and kept: shape, number of nodes, executor."""

from __future__ import annotations

import sys
import tempfile
import time
from pathlib import Path

from answer import answer

from designer import Run, module, pipeline
from designer.model.runs import RunQuery
from designer.store.place import place


@module
def first() -> float:
    """Begin."""
    return 1.0


@module
def step(value: float) -> float:
    """Add one, and log it."""
    Run.get_context().log("value", value)
    return value + 1


@pipeline
def chain(count: int = 3) -> None:
    """Each node needs the one before it."""
    value = first()
    for _ in range(count - 1):
        value = step(value)


@pipeline
def wide(count: int = 3) -> None:
    """All nodes need the first."""
    value = first()
    for _ in range(count - 1):
        step(value)


def main(shape: str, count: int, executor: str) -> None:
    """Run it twice, the first time to be warm; measure the second."""
    flow = {"chain": chain, "wide": wide}[shape]
    store = tempfile.mkdtemp()
    flow.run(count=3, executor=executor, store=store)
    began = time.perf_counter()
    problems = flow.check(count=count)
    checked = time.perf_counter()
    assert not problems
    run = flow.run(count=count, executor=executor, store=store, regenerate=True)
    ended = time.perf_counter()
    nodes = place(store).read.runs(RunQuery(root=run.id, kind="module", roots_only=False))
    assert len(nodes) == count
    assert {node.status for node in nodes} == {"Completed"}
    within = max(node.ended or 0 for node in nodes) - min(node.started or 0 for node in nodes)
    logged = place(store).read.metrics([node.id for node in nodes])
    assert len(logged) == count - 1
    answer(nodes=count, check=checked - began, whole=ended - checked, within=within, store=Path(store).name)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
