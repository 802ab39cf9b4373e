"""COUNT functions that need a core for SECONDS each and nothing of each other, run by dask distributed on two worker processes."""

from __future__ import annotations

import sys
import time

from answer import answer
from burning import burn
from distributed import Client, LocalCluster


def main(count: int, seconds: float) -> None:
    """Run it to be warm, and again."""
    with LocalCluster(n_workers=2, threads_per_worker=1, dashboard_address=None) as cluster, Client(cluster) as client:
        client.gather([client.submit(burn, 0.001, key=f"warm-{number}") for number in range(4)])
        began = time.perf_counter()
        client.gather([client.submit(burn, seconds, key=f"burn-{number}") for number in range(count)])
        answer(within=time.perf_counter() - began)


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
