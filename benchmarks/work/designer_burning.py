"""COUNT modules that need a core for SECONDS each and nothing of each other, run by designer in worker processes."""

from __future__ import annotations

import sys
import tempfile

from answer import answer
from burning import burn

from designer import module, pipeline
from designer.model.runs import RunQuery
from designer.store.place import place


@module
def compute(*, seconds: float, seed: int) -> float:
    """Take a core for a while."""
    return burn(seconds) + seed


@pipeline
def burning(count: int = 8, seconds: float = 0.5) -> None:
    """Nodes that don't need each other."""
    for number in range(count):
        compute(seconds=seconds, seed=number)


def main(count: int, seconds: float) -> None:
    """Run it to be warm, and again with other seeds."""
    folder = tempfile.mkdtemp()
    burning.run(count=2, seconds=0.001, store=folder)
    run = burning.run(count=count, seconds=seconds, store=folder)
    nodes = place(folder).read.runs(RunQuery(root=run.id, kind="module", roots_only=False))
    assert len(nodes) == count
    answer(
        within=max(node.ended or 0 for node in nodes) - min(node.started or 0 for node in nodes),
        whole=run._record.seconds,
    )


if __name__ == "__main__":
    main(int(sys.argv[1]), float(sys.argv[2]))
