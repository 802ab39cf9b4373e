"""A frame of MEGABYTES goes from one module to three others, each in a process of its own, run by designer."""

from __future__ import annotations

import sys
import tempfile
import time

import frames
import pandas as pd
from answer import answer

from designer import Run, module, pipeline
from designer.model.runs import RunQuery
from designer.store.place import place


@module
def make(*, megabytes: int) -> pd.DataFrame:
    """Make it, and tell how long that took."""
    began = time.perf_counter()
    frame = frames.make(megabytes)
    Run.get_context().log("making", time.perf_counter() - began)
    return frame


@module
def read(frame: pd.DataFrame, *, reader: int) -> float:
    """Look at every value."""
    return frames.read(frame) + reader


@pipeline
def frame(megabytes: int = 1) -> None:
    """One maker, three readers."""
    made = make(megabytes=megabytes)
    for number in range(3):
        read(made, reader=number)


def main(megabytes: int) -> None:
    """Run it small to be warm, and again."""
    folder = tempfile.mkdtemp()
    store = place(folder).read
    frame.run(megabytes=1, store=folder)
    run = frame.run(megabytes=megabytes, store=folder)
    nodes = store.runs(RunQuery(root=run.id, kind="module", roots_only=False))
    assert len(nodes) == 4
    within = max(node.ended or 0 for node in nodes) - min(node.started or 0 for node in nodes)
    making = next(node.metrics["making"] for node in nodes if node.module == "make")
    answer(within=within, making=making, over=within - making)


if __name__ == "__main__":
    main(int(sys.argv[1]))
