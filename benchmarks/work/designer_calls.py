"""What one `run.log("loss", x)` takes of its caller's time: COUNT calls, each timed by itself."""

from __future__ import annotations

import sys
import tempfile
import time

from answer import answer

from designer import Experiment


def main(count: int) -> None:
    """Time each call; the clock's own time is taken off."""
    clock = time.perf_counter_ns
    empty = sorted(-(clock() - clock()) for _ in range(10_000))[5_000]
    with tempfile.TemporaryDirectory() as folder:
        run = Experiment("calls", store=folder).start_logging(outputs=False)
        taken = [0] * count
        for i in range(count):
            value = i * 0.5
            began = clock()
            run.log("loss", value)
            taken[i] = clock() - began
        run.complete()
    taken.sort()
    answer(median=(taken[count // 2] - empty) / 1e3, p99=(taken[count * 99 // 100] - empty) / 1e3)


if __name__ == "__main__":
    main(int(sys.argv[1]))
