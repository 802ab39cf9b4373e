"""trackio logs: `points COUNT FOLDER` of one metric in one run, or `runs COUNT FOLDER` of ten metrics and two parameters each."""

from __future__ import annotations

import os
import sys
import time
from typing import Any

os.environ["TRACKIO_DIR"] = sys.argv[3]

import trackio
from answer import answer

QUIET: dict[str, Any] = {"embed": False, "auto_log_gpu": False, "auto_log_cpu": False}


def points(count: int) -> None:
    """One run with a long series."""
    began = time.perf_counter()
    trackio.init(project="points", **QUIET)
    for i in range(count):
        trackio.log({"loss": i * 0.5})
    trackio.finish()
    answer(seconds=time.perf_counter() - began)


def runs(count: int) -> None:
    """Many short runs."""
    names = [f"metric_{number}" for number in range(10)]
    began = time.perf_counter()
    for i in range(count):
        trackio.init(project="runs", name=f"run-{i}", config={"rate": i * 0.1, "depth": i % 7}, **QUIET)
        trackio.log({name: i * 0.5 for name in names})
        trackio.finish()
    answer(seconds=time.perf_counter() - began)


if __name__ == "__main__":
    {"points": points, "runs": runs}[sys.argv[1]](int(sys.argv[2]))
