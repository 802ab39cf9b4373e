"""Trivial functions, run by kedro: shape, number of nodes, `sequential` or `parallel`. Values stay in memory, nothing is tracked."""

from __future__ import annotations

import logging
import sys
import time

from answer import answer
from kedro.io import DataCatalog, SharedMemoryDataCatalog
from kedro.pipeline import Pipeline, node
from kedro.runner import ParallelRunner, SequentialRunner


def first() -> float:
    """Begin."""
    return 1.0


def step(value: float) -> float:
    """Add one."""
    return value + 1


def flow(shape: str, count: int) -> Pipeline:
    """A chain, or all behind the first."""
    nodes = [node(first, None, "value_0", name="step_0")]
    for number in range(1, count):
        before = f"value_{number - 1 if shape == 'chain' else 0}"
        nodes.append(node(step, before, f"value_{number}", name=f"step_{number}"))
    return Pipeline(nodes)


def main(shape: str, count: int, how: str) -> None:
    """Run it to be warm, and again."""
    logging.disable(logging.CRITICAL)
    runner, catalog = {
        "sequential": (SequentialRunner, DataCatalog),
        "parallel": (ParallelRunner, SharedMemoryDataCatalog),
    }[how]
    began = time.perf_counter()
    pipeline = flow(shape, count)
    built = time.perf_counter()
    runner().run(flow(shape, 3), catalog())
    warm = time.perf_counter()
    runner().run(pipeline, catalog())
    answer(nodes=count, check=built - began, within=time.perf_counter() - warm)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), sys.argv[3])
