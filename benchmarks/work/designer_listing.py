"""COUNT runs of ten metrics and two parameters are listed, filtered by one metric and sorted by another."""

from __future__ import annotations

import random
import sys
import tempfile
import time
from typing import TYPE_CHECKING

from answer import answer

from designer import Experiment, open_store
from designer.model.runs import Comparison, RunQuery

if TYPE_CHECKING:
    from collections.abc import Callable

SHOWN = 100  # rows of a page
REPEATED = 7


def make(count: int, folder: str) -> None:
    """Log them."""
    random.seed(count)
    experiment = Experiment("listing", store=folder)
    names = [f"metric_{number}" for number in range(10)]
    for i in range(count):
        run = experiment.start_logging(outputs=False, parameters={"rate": random.random(), "depth": i % 7})
        for name in names:
            run.log(name, random.random())
        run.complete()


def best(call: Callable[[], object]) -> float:
    """The least time of several calls, in seconds: what else the machine does only ever adds to it."""
    taken = []
    for _ in range(REPEATED):
        began = time.perf_counter()
        call()
        taken.append(time.perf_counter() - began)
    return min(taken)


def main(count: int) -> None:
    """Make and list them."""
    with tempfile.TemporaryDirectory() as folder:
        make(count, folder)
        store = open_store(folder)
        began = time.perf_counter()
        store.count()
        fold = time.perf_counter() - began
        conditions = (Comparison("metric", "metric_3", ">", 0.1),)

        def listed(limit: int | None, shown: int | None) -> Callable[[], object]:
            query = RunQuery(conditions=conditions, order_by="metrics.metric_5", limit=limit)
            return lambda: [(run.name, dict(run.metrics)) for run in store.runs(query)[:shown]]

        assert len(store.runs(RunQuery(conditions=conditions))) > count * 0.85
        answer(
            fold=fold,
            newest=best(lambda: [dict(run.metrics) for run in store.runs(RunQuery(limit=SHOWN))]),
            page=best(listed(SHOWN, SHOWN)),
            whole=best(listed(None, SHOWN)),
            whole_with_metrics=best(listed(None, None)),
            count=best(lambda: store.count(RunQuery(conditions=conditions))),
        )
        store.place.close()


if __name__ == "__main__":
    main(int(sys.argv[1]))
