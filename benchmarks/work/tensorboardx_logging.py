"""tensorboardX logs: `points COUNT FOLDER` of one metric in one run, or `runs COUNT FOLDER` of ten metrics and two parameters each."""

from __future__ import annotations

import sys
import time

from answer import answer
from tensorboardX import SummaryWriter


def points(count: int, folder: str) -> None:
    """One run with a long series."""
    began = time.perf_counter()
    writer = SummaryWriter(folder)
    for i in range(count):
        writer.add_scalar("loss", i * 0.5, i)
    writer.close()
    answer(seconds=time.perf_counter() - began)


def runs(count: int, folder: str) -> None:
    """Many short runs."""
    names = [f"metric_{number}" for number in range(10)]
    began = time.perf_counter()
    for i in range(count):
        writer = SummaryWriter(f"{folder}/{i}")
        writer.add_text("parameters", f"rate {i * 0.1}, depth {i % 7}")
        for name in names:
            writer.add_scalar(name, i * 0.5, 0)
        writer.close()
    answer(seconds=time.perf_counter() - began)


if __name__ == "__main__":
    {"points": points, "runs": runs}[sys.argv[1]](int(sys.argv[2]), sys.argv[3])
