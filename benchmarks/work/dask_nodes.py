"""Trivial functions, run by dask distributed on two worker processes, nothing tracked or kept: shape, number of nodes."""

from __future__ import annotations

import sys
import time

from answer import answer
from distributed import Client, LocalCluster


def first() -> float:
    """Begin."""
    return 1.0


def step(value: float, number: int) -> float:
    """Add one; the number keeps dask from taking equal calls for one."""
    return value + 1


def run(client: Client, shape: str, count: int, run: int) -> None:
    """Submit all, wait for all."""
    futures = [client.submit(first, key=f"first-{run}")]
    for number in range(1, count):
        before = futures[-1 if shape == "chain" else 0]
        futures.append(client.submit(step, before, number, key=f"step-{run}-{number}"))
    client.gather(futures)


def main(shape: str, count: int) -> None:
    """Run it to be warm, and again."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        run(client, shape, 3, 0)
        began = time.perf_counter()
        run(client, shape, count, 1)
        answer(nodes=count, within=time.perf_counter() - began)


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
