"""A script's run from its making to its end: a process of its own that outlives whoever submitted it.

It owns the run: when it is killed, the script dies with it and the run is shown as failed. It never opens the database.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.launch import mlflow_folder, variables, venvs
from designer.azureml.launch.process import ScriptProcess, error_of, tail_of
from designer.azureml.launch.spec import Launch
from designer.azureml.launch.workdir import Workdir
from designer.model.runs import RunKind, Status
from designer.store.place import Place, place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

NOTEBOOK, NOTEBOOK_RUNNER = ".ipynb", Path(__file__).with_name("notebook.py")
_PAUSE = 0.1  # seconds between looks at whether somebody wants it to stop


def create(where: Place, launch: Launch) -> None:
    """Note the run, owned by this process."""
    event: dict[str, Any] = {
        "e": "run", "id": launch.run_id, "kind": RunKind.SCRIPT, "parent": launch.parent, "root": launch.top,
        "experiment": launch.experiment, "name": launch.name or launch.run_id, "status": Status.PREPARING,
        "created": time.time(), "owner": where.journal.token,
    }  # fmt: skip
    if launch.display_name:
        event["display_name"] = launch.display_name
    properties = {"azureml.runtype": launch.run_type, **launch.properties}
    if launch.snapshot:
        properties["ContentSnapshotId"] = launch.snapshot
    for name, values in (("tags", launch.tags), ("properties", properties), ("parameters", launch.parameters)):
        if values:
            event[name] = values
    where.journal.events(
        [
            event,
            {
                "e": "document",
                "run": launch.run_id,
                "data": {"definition": {**launch.definition, "target": launch.target}},
            },
        ]
    )


def supervise(
    where: Place, launch: Launch, stdin: int = subprocess.DEVNULL, watch: Callable[[int], None] | None = None
) -> Status:
    """Run it to its end. `watch` is called now and then with the descriptor of its output, to show it."""
    name, output = where.logs.create()
    where.journal.event({"e": "log", "run": launch.run_id, "file": name, "start": 0, "end": None})
    try:
        status, error = _run(where, launch, output, stdin, watch)
    except venvs.EnvironmentBuildError as failure:
        status, error = Status.FAILED, {"code": "EnvironmentError", "message": str(failure)}
    except Exception as failure:
        status = Status.FAILED
        error = {
            "code": "LaunchError",
            "message": f"it could not be run: {type(failure).__name__}: {failure}",
            "traceback": traceback.format_exc(),
        }
    end: dict[str, Any] = {"e": "update", "run": launch.run_id, "status": status, "ended": time.time()}
    if error is not None:
        end["error"] = error
    where.journal.event(end)
    where.clear_cancel(launch.run_id)
    if watch is not None:
        watch(output)
    os.close(output)
    return status


def _run(
    where: Place, launch: Launch, output: int, stdin: int, watch: Callable[[int], None] | None
) -> tuple[Status, Mapping[str, Any] | None]:
    from designer.azureml.data import bring  # noqa: PLC0415 - datasets know how to launch nothing

    work = Workdir(where, launch)
    try:
        paths = bring.paths_of(where, launch, work)
        interpreter = launch.interpreter or sys.executable
        if launch.environment:
            interpreter = venvs.interpreter_for(where, launch.environment, output)
        environment = environment_of(launch, work, paths, interpreter)
        arguments = arguments_of(launch, paths, interpreter)
        where.journal.event({"e": "update", "run": launch.run_id, "status": Status.RUNNING, "started": time.time()})
        process = ScriptProcess(arguments, str(work.code), environment, output, stdin)
        until = time.monotonic() + launch.max_seconds if launch.max_seconds else None

        def look() -> str | None:
            if watch is not None:
                watch(output)
            work.keep_live()
            if where.cancel_requested(launch.run_id) or where.cancel_requested(launch.top):
                return "cancel"
            return "timeout" if until is not None and time.monotonic() > until else None

        code, stopped = process.wait(_PAUSE, look)
        if process.own_group:
            process.stop()  # what the script has started and left behind
        work.keep_all()
        if code == 0 and stopped is None:
            bring.keep_outputs(where, launch, paths)
    finally:
        work.remove()
    return _end(launch, code, stopped, output)


def _end(launch: Launch, code: int, stopped: str | None, output: int) -> tuple[Status, Mapping[str, Any] | None]:
    if stopped == "cancel":
        return Status.CANCELED, None
    if stopped == "timeout":
        return Status.CANCELED, {
            "code": "Timeout",
            "message": f"it ran longer than max_run_duration_seconds={launch.max_seconds:g} and was stopped",
        }
    return (Status.COMPLETED, None) if code == 0 else (Status.FAILED, error_of(code, tail_of(output)))


def environment_of(launch: Launch, work: Workdir, paths: Any, interpreter: str) -> dict[str, str]:
    """The environment variables of the script's process."""
    base = {**variables.without_run(os.environ), **launch.variables}
    found = {
        **base,
        **variables.of_run(
            launch.run_id, launch.experiment, launch.store, launch.parent, launch.top, launch.name, launch.workspace
        ),
        **variables.importing(base),
        variables.UPLOADS: str(work.uploads),
        variables.INPUTS: json.dumps(paths.inputs),
        variables.OUTPUTS: json.dumps(paths.outputs),
        **paths.variables,
        **mlflow_folder.variables(work.mlflow.folder, base),
    }
    if os.path.dirname(interpreter):
        found["PATH"] = os.pathsep.join([os.path.dirname(interpreter), found.get("PATH", os.defpath)])
    return found


def arguments_of(launch: Launch, paths: Any, interpreter: str) -> list[str] | str:
    """What is executed: the interpreter with the script, or the command, in which paths take the places of their names."""
    if launch.command is not None:
        if isinstance(launch.command, str):
            return paths.filled(launch.command)
        return " ".join(paths.text(part) for part in launch.command)
    given = [paths.text(part) for part in launch.arguments]
    if str(launch.script).endswith(NOTEBOOK):
        return [interpreter, str(NOTEBOOK_RUNNER), str(launch.script), *given]
    return [interpreter, str(launch.script), *given]


def main() -> None:
    """The process's life: the run's data come on standard input; one line of answer; then the run."""
    os.setsid()  # closing the terminal or the notebook doesn't end it
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    text = sys.stdin.read()
    if not text:  # whoever started us gave up
        return
    launch = Launch.from_json(text)
    where = place(launch.store)
    create(where, launch)
    sys.stdout.write("ok\n")
    sys.stdout.flush()
    null = os.open(os.devnull, os.O_RDWR)
    for number in (0, 1, 2):
        os.dup2(null, number)
    supervise(where, launch)
