"""WRITERS processes log COUNT points each into one store while a reader polls it. Nothing fails, nothing is lost."""

from __future__ import annotations

import sys
import tempfile
import time
from multiprocessing import get_context
from threading import Thread

from answer import answer

from designer import Experiment, open_store


def write(folder: str, number: int, count: int) -> None:
    """One run with one series."""
    run = Experiment("writers", store=folder).start_logging(f"writer-{number}", outputs=False)
    for i in range(count):
        run.log("count", float(i))
    run.complete()


def main(writers: int, count: int) -> None:
    """Start them all, poll until the last has ended, and count."""
    folder = tempfile.mkdtemp()
    store = open_store(folder)
    context = get_context("forkserver")
    context.set_forkserver_preload(["designer.tracking.experiment"])
    processes = [context.Process(target=write, args=(folder, number, count)) for number in range(writers)]
    began = time.perf_counter()
    starter = Thread(target=lambda: [process.start() for process in processes])
    starter.start()
    polls = 0
    while starter.is_alive() or any(process.is_alive() for process in processes):
        seen = store.metrics([run.id for run in store.runs()])
        assert all(
            metrics["count"].last == metrics["count"].count - 1 for metrics in seen.values() if metrics["count"].count
        )
        polls += 1
        time.sleep(0.02)
    runs = store.runs()
    found = store.metrics([run.id for run in runs])
    seconds = time.perf_counter() - began
    assert all(process.exitcode == 0 for process in processes)
    assert sorted(run.name for run in runs) == sorted(f"writer-{number}" for number in range(writers))
    assert {run.status for run in runs} == {"Completed"}
    points = sum(metrics["count"].count for metrics in found.values())
    expected = [float(i) for i in range(count)]
    assert all(store.values(run.id, "count") == expected for run in runs)
    answer(seconds=seconds, polls=polls, points=points, lost=writers * count - points)


if __name__ == "__main__":
    main(int(sys.argv[1]), int(sys.argv[2]))
