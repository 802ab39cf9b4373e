"""Starting a sweep in a process of its own, and that process's life. Elsewhere: the loop (runner.py)."""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import traceback
from typing import TYPE_CHECKING, Any

from designer.azureml.launch import prepare
from designer.azureml.launch import start as starting
from designer.azureml.launch.spec import Launch
from designer.azureml.launch.supervisor import create
from designer.model.runs import Status
from designer.store.place import place
from designer.tracking.run import Run

if TYPE_CHECKING:
    from designer.azureml.sweep.config import HyperDriveConfig

PROPERTY = "designer.sweep"  # the settings, as JSON


def start(config: HyperDriveConfig, experiment: Any, run_id: str, tags: Any, parent: Any) -> Any:
    """Start it and return its run."""
    from designer.azureml.sweep.run import HyperDriveRun  # noqa: PLC0415 - each knows the other

    def make() -> str:
        base = prepare.launch_of(config.script_config, experiment.workspace, experiment.name, run_id, parent, tags)
        base.run_type, base.name = "hyperdrive", run_id
        settings = config.to_data()
        base.properties |= {PROPERTY: json.dumps(settings), **told(settings)}
        return json.dumps({"launch": json.loads(base.to_json()), "settings": settings})

    starting.start(make, __name__)
    run = HyperDriveRun(
        experiment, run_id, place=experiment.workspace.place, root=parent._root() if parent is not None else run_id
    )
    run._workspace, run._parent, run._parent_known = experiment.workspace, parent, True
    return run


def told(settings: Any) -> dict[str, str]:
    """What Azure's runs tell of a sweep."""
    return {
        "primary_metric_config": json.dumps({"name": settings["metric"], "goal": settings["goal"].lower()}),
        "runTemplate": "HyperDrive",
        "azureml.runsource": "hyperdrive",
    }


def main() -> None:
    """The process's life: the sweep's data come on standard input; one line of answer; then the trials."""
    os.setsid()
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    text = sys.stdin.read()
    if not text:
        return
    data = json.loads(text)
    launch, settings = Launch(**data["launch"]), data["settings"]
    where = place(launch.store)
    create(where, launch)
    name, output = where.logs.create()
    where.journal.event({"e": "log", "run": launch.run_id, "file": name, "start": 0, "end": None})
    sys.stdout.write("ok\n")
    sys.stdout.flush()
    null = os.open(os.devnull, os.O_RDWR)
    for target, source in ((0, null), (1, output), (2, output)):
        os.dup2(source, target)
    status, error = Status.FAILED, None
    try:
        status, error = _sweep(where, settings, launch)
    except Exception as failure:
        traceback.print_exc()
        error = {
            "code": "SweepError",
            "message": f"{type(failure).__name__}: {failure}",
            "traceback": traceback.format_exc(),
        }
    end: dict[str, Any] = {"e": "update", "run": launch.run_id, "status": status, "ended": time.time()}
    where.journal.event({**end, "error": error} if error else end)
    where.clear_cancel(launch.run_id)


def _sweep(where: Any, settings: Any, launch: Launch) -> Any:
    from designer.azureml.sweep.runner import Sweep, canceled  # noqa: PLC0415 - after the answer: it takes a moment to import

    where.journal.event({"e": "update", "run": launch.run_id, "status": Status.RUNNING, "started": time.time()})
    run = Run(launch.experiment, launch.run_id, place=where, managed=True, root=launch.top)
    base = Launch(**{**vars(launch), "run_type": "azureml.scriptrun", "tags": {}, "properties": {}})
    sweep = Sweep(where, settings, base, run)
    status = sweep.go(canceled(where, launch.run_id, launch.top))
    return status, sweep.error
