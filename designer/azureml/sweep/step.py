"""A sweep as a pipeline's node: the trials are children of the node's run. Elsewhere: the loop (runner.py)."""

from __future__ import annotations

import json
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.sweep.runner import Sweep
from designer.azureml.sweep.start import PROPERTY, told
from designer.model.runs import Status
from designer.tracking.metrics import many

if TYPE_CHECKING:
    from collections.abc import Callable

    from designer.azureml.launch.spec import Launch
    from designer.azureml.pipeline.spec import StepSpec
    from designer.tracking.run import Run


class SweepFailedError(Exception):
    """Every trial failed."""


def run_here(step: StepSpec, launch: Launch, paths: Any, run: Run, stopped: Callable[[], bool]) -> None:
    """Sweep as the current node, until it is done or stopped."""
    settings = step.extra["sweep"]
    run.add_properties({PROPERTY: json.dumps(settings), **told(settings)})
    launch.outputs = {}
    sweep = Sweep(run._place, settings, launch, run, own_groups=False)
    status = sweep.go(stopped)
    if status is Status.CANCELED and stopped():
        raise SweepFailedError(f"{step.title} was stopped")
    if status is Status.FAILED:
        raise SweepFailedError((sweep.error or {}).get("message", "every trial failed"))
    ids = [trial.id for trial in sweep.trials]
    for name in step.extra["metrics"]:
        _write(Path(paths.outputs[name]), json.dumps(many(run._place.read, ids), default=str).encode())
    for name, file in step.extra["models"].items():
        _copy_model(sweep, run, Path(paths.outputs[name]), file)


def _write(path: Path, data: bytes) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def _copy_model(sweep: Sweep, run: Run, target: Path, file: str | None) -> None:
    """The best trial's file, or all of its outputs."""
    best = run.tags.get("best_child")
    if best is None:
        return
    store = run._place.read
    names = [
        record.name
        for record in store.files(best)
        if record.name == file or (not file and record.name.startswith("outputs/"))
    ]
    for name in names:
        place = target if file else target / name.removeprefix("outputs/")
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(store.file(best, name), place)
