"""A long series is read into numpy arrays by a process that opens the store anew: FOLDER, RUN, COUNT."""

from __future__ import annotations

import sys
import time

import numpy as np
from answer import answer

from designer import open_store


def main(folder: str, run: str, count: int) -> None:
    """Read it three times; the first is the coldest, the last the warmest."""
    store = open_store(folder)
    store.run(run)
    seconds = []
    for _ in range(3):
        began = time.perf_counter()
        series = store.series(run, "loss")
        seconds.append(time.perf_counter() - began)
        assert isinstance(series.values, np.ndarray)
        assert len(series.values) == len(series.times) == count
    assert (series.values == np.arange(count) * 0.5).all()
    answer(first=seconds[0], best=min(seconds))


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], int(sys.argv[3]))
