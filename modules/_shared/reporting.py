"""From a learner's iterations to a run's metrics and progress."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer import Run
    from modules._shared.learner import Report


def reporting(run: Run) -> Report:
    """A report that logs each iteration's values with their step, and how far the training is."""

    def report(done: int, total: int, values: Mapping[str, float]) -> None:
        for name, value in values.items():
            run.log(name, float(value), step=done)
        if total and done * 100 // total != (done - 1) * 100 // total:  # at most a hundred times
            run.report_progress(done, total)

    return report
