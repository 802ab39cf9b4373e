"""A frame of MEGABYTES goes from one function to three others, each in a worker process of its own, run by dask distributed."""

from __future__ import annotations

import sys
import time

import frames
from answer import answer
from distributed import Client, LocalCluster


def make(megabytes: int) -> tuple[object, float]:
    """Make it, and tell how long that took."""
    began = time.perf_counter()
    frame = frames.make(megabytes)
    return frame, time.perf_counter() - began


def read(made: tuple[object, float], reader: int) -> float:
    """Look at every value."""
    return frames.read(made[0]) + reader  # type: ignore[arg-type]


def run(client: Client, workers: list[str], megabytes: int) -> tuple[float, float]:
    """Seconds for all, and for making it."""
    began = time.perf_counter()
    made = client.submit(make, megabytes, key=f"make-{megabytes}", workers=workers[0])
    readers = [
        client.submit(read, made, number, key=f"read-{megabytes}-{number}", workers=worker)
        for number, worker in enumerate(workers)
    ]
    client.gather(readers)
    within = time.perf_counter() - began
    return within, client.submit(lambda pair: pair[1], made, workers=workers[0]).result()


def main(megabytes: int) -> None:
    """Run it small to be warm, and again."""
    with LocalCluster(n_workers=3, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        workers = list(client.scheduler_info()["workers"])
        run(client, workers, 1)
        within, making = run(client, workers, megabytes)
        answer(within=within, making=making, over=within - making)


if __name__ == "__main__":
    main(int(sys.argv[1]))
