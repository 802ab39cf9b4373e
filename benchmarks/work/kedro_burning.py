"""COUNT functions that need a core for SECONDS each and nothing of each other, run by kedro's ParallelRunner with two workers."""

from __future__ import annotations

import logging
import sys
import time
from functools import partial

from answer import answer
from burning import burn
from kedro.io import SharedMemoryDataCatalog
from kedro.pipeline import Pipeline, node
from kedro.runner import ParallelRunner


def compute(seconds: float) -> float:
    """Take a core for a while."""
    return burn(seconds)


def main(count: int, seconds: float) -> None:
    """Run it; a pool of processes is made for every run."""
    logging.disable(logging.CRITICAL)
    parts = [node(partial(compute, seconds), None, f"value_{i}", name=f"burn_{i}") for i in range(count)]
    began = time.perf_counter()
    ParallelRunner(max_workers=2).run(Pipeline(parts), SharedMemoryDataCatalog())
    answer(within=time.perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
