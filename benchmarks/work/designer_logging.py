"""designer logs: `points COUNT FOLDER` of one metric in one run, or `runs COUNT FOLDER` of ten metrics and two parameters each.

Timed to the end of the last run: then everything is in the store's database.
"""

from __future__ import annotations

import sys
import time

import numpy as np  # noqa: F401
from answer import answer

import designer.store.sqlite  # noqa: F401 - what the end of a large run needs; imports are measured elsewhere
from designer import Experiment
from designer.store.place import place


def points(count: int, folder: str) -> None:
    """One run with a long series."""
    experiment = Experiment("points", store=folder)
    began = time.perf_counter()
    run = experiment.start_logging(outputs=False)
    for i in range(count):
        run.log("loss", i * 0.5)
    run.complete()
    answer(seconds=time.perf_counter() - began, run=run.id)


def runs(count: int, folder: str) -> None:
    """Many short runs."""
    experiment = Experiment("runs", store=folder)
    names = [f"metric_{number}" for number in range(10)]
    began = time.perf_counter()
    for i in range(count):
        run = experiment.start_logging(outputs=False, parameters={"rate": i * 0.1, "depth": i % 7})
        for name in names:
            run.log(name, i * 0.5)
        run.complete()
    assert place(folder).read.count() == count  # folds them
    answer(seconds=time.perf_counter() - began)


if __name__ == "__main__":
    {"points": points, "runs": runs}[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
