"""How long until another process sees a point: COUNT points, one every 10 ms, each the time at which it is logged."""

from __future__ import annotations

import sys
import tempfile
import time
from multiprocessing import get_context

from answer import answer

from designer import Experiment, open_store

PAUSE = 0.002  # between two looks


def write(folder: str, count: int) -> None:
    """Log the clock, which all processes share."""
    run = Experiment("visible", store=folder).start_logging(run_id="visible", outputs=False)
    for _ in range(count):
        run.log("at", time.monotonic())
        time.sleep(0.01)
    run.complete()


def main(count: int) -> None:
    """Poll the last value, and note how old it is when it is new."""
    folder = tempfile.mkdtemp()
    store = open_store(folder)
    process = get_context("spawn").Process(target=write, args=(folder, count))
    process.start()
    ages: list[float] = []
    last = None
    while process.is_alive():
        metrics = store.metrics(["visible"])
        seen = metrics["visible"]["at"].last if metrics else None
        if seen != last:
            ages.append(time.monotonic() - seen)
            last = seen
        time.sleep(PAUSE)
    process.join()
    assert len(store.values("visible", "at")) == count
    ages.sort()
    answer(seen=len(ages), median=ages[len(ages) // 2] * 1e3, p99=ages[len(ages) * 99 // 100] * 1e3)


if __name__ == "__main__":
    main(int(sys.argv[1]))
