"""What a step's node does, in a worker of designer's engine: runs the script as a process and hands on what it has written.

The node's run is the script's run: what the script logs, and to `run.parent`, is there when `log` returns. Elsewhere: a script
that was submitted by itself (../launch/supervisor.py).
"""

from __future__ import annotations

import os
import shutil
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer import Format, register_format
from designer.azureml.data import bring, dataset
from designer.azureml.launch import supervisor, variables, venvs
from designer.azureml.launch.process import ScriptProcess, error_of, tail_of
from designer.azureml.launch.spec import Launch
from designer.azureml.launch.workdir import Workdir
from designer.azureml.pipeline.spec import AFTER, DONE, FILES
from designer.tracking import context

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.pipeline.spec import StepSpec
    from designer.tracking.run import Run

_PAUSE = 0.05


class StepOutput:
    """What a step has written, on its way into the store: it is moved there, not copied."""

    def __init__(self, path: Path, work: Path) -> None:
        self.path, self.work = path, work


def _move(output: StepOutput, target: Path) -> dict[str, Any]:
    facts = {"name": output.path.name, "folder": output.path.is_dir()}
    target.mkdir()
    if output.path.is_relative_to(output.work):
        output.path.rename(target / output.path.name)
    else:
        bring._copied(output.path, target / output.path.name if output.path.is_dir() else target)
    if not any((output.work / "out").iterdir()):
        shutil.rmtree(output.work, ignore_errors=True)
    return facts


register_format(Format("path", "designer.StepOutput", "", _move, lambda path: next(path.iterdir()), directory=True))


class Stopped:
    """Whether the run was stopped: the engine asks this process to end, and gives it a moment to keep what the script has left."""

    def __init__(self) -> None:
        self.asked = False

    def __enter__(self) -> Stopped:
        self._before: Any = None
        if threading.current_thread() is threading.main_thread():
            self._before = signal.signal(signal.SIGTERM, self._note)
        return self

    def __exit__(self, *_: object) -> None:
        if self._before is not None:
            signal.signal(signal.SIGTERM, self._before)

    def _note(self, *_: object) -> None:
        self.asked = True

    def __call__(self) -> bool:
        return self.asked


class StepFailedError(Exception):
    """The script of a step failed; the message says how."""


def run_step(step: StepSpec, values: Mapping[str, Any]) -> dict[str, Any]:
    """Run a step's script as the current run. Returns its outputs by name."""
    run = context.current(allow_offline=False)
    run._has_children = run._has_echoes = (
        True  # its script may have made them; where it hasn't, there is none to bring along
    )
    launch = launch_of(step, values, run)
    work = Workdir(run._place, launch)
    with Stopped() as stopped:
        try:
            paths = bring.paths_of(run._place, launch, work)
            _execute(step, launch, work, paths, run, stopped)
            return _outputs(step, launch, paths, run)
        finally:
            work.keep_all()
            work.leave_outputs() if step.outputs and sys.exc_info()[0] is None else work.remove()


def launch_of(step: StepSpec, values: Mapping[str, Any], run: Run) -> Launch:
    """The launch of a step with the values of its parameters."""
    parent = run.parent
    texts = {name: "" if value is None else str(value) for name, value in values.items() if name not in (AFTER, FILES)}

    def filled(part: Any) -> Any:
        return texts[part["parameter"]] if isinstance(part, dict) and "parameter" in part else part

    command = step.command
    if isinstance(command, list):
        command = [filled(part) for part in command]
    made = Launch(
        run_id=run.id,
        experiment=run._experiment_name(),
        store=str(run._place.folder),
        script=step.script,
        arguments=[filled(part) for part in step.arguments],
        command=command,
        snapshot=step.snapshot,
        parent=parent.id if parent is not None else None,
        root=run._root(),
        name=step.title,
        variables={name: str(filled(value)) for name, value in step.variables.items()},
        interpreter=step.interpreter,
        environment=step.environment,
        max_seconds=step.max_seconds,
        outputs=step.outputs,
        parameters={name: values[name] for name in step.parameters},
    )
    for name, source in step.inputs.items():
        if source["kind"] == "edge":
            made.inputs[name] = _from_edge(str(values[name]), source, run)
        elif source["kind"] == "parameter":
            made.inputs[name] = {**values[source["parameter"]], "mode": source.get("mode", "mount")}
        else:
            made.inputs[name] = source
    definition = {
        "script": step.script,
        "command": _told(made.command),
        "arguments": [_told(a) for a in made.arguments],
    }
    data = {"definition": {**definition, "target": step.target, "environment": step.environment}}
    run._journal.events(
        [
            {"e": "document", "run": run.id, "data": data},
            {
                "e": "properties",
                "run": run.id,
                "set": {"ContentSnapshotId": step.snapshot, "azureml.moduleid": step.digest},
            },
        ]
    )
    return made


def _from_edge(path: str, source: Mapping[str, Any], run: Run) -> dict[str, Any]:
    """What another step has written: a path, or a dataset where it is wanted as an object."""
    mode, table = source.get("mode", "mount"), source.get("table")
    if table is None and mode != "direct":
        return {"kind": "path", "path": path, "mode": mode}
    shape: dict[str, Any] = {"kind": "tabular", **table} if table else {"kind": "file"}
    return {
        "kind": "dataset",
        "id": dataset.of_definition({"sources": [{"path": path}], **shape}, run._place).id,
        "mode": "direct",
    }


def _execute(step: StepSpec, launch: Launch, work: Workdir, paths: Any, run: Run, stopped: Stopped) -> None:
    output = sys.stdout.fileno()  # the worker's own output is the node's log
    if step.kind == "copy":
        _copy(launch, paths)
        return
    interpreter = launch.interpreter or sys.executable
    if launch.environment:
        interpreter = venvs.interpreter_for(run._place, launch.environment, output)
    environment = supervisor.environment_of(launch, work, paths, interpreter)
    environment["PYTHONPATH"] = _without_ours(environment["PYTHONPATH"])
    environment[variables.STEP] = "1"
    if step.kind == "sweep":
        from designer.azureml.sweep import step as sweep  # noqa: PLC0415 - sweeps only

        sweep.run_here(step, launch, paths, run, stopped)
        return
    if step.kind == "batch":
        from designer.azureml.batch.step import arguments_of  # noqa: PLC0415 - batches only

        arguments: Any = arguments_of(step, launch, paths, work, interpreter)
    else:
        arguments = supervisor.arguments_of(launch, paths, interpreter)
    process = ScriptProcess(arguments, str(work.code), environment, output, own_group=False)
    until = time.monotonic() + launch.max_seconds if launch.max_seconds else None

    def look() -> str | None:
        work.keep_live()
        if stopped():
            return "cancel"
        return "timeout" if until is not None and time.monotonic() > until else None

    start = os.fstat(output).st_size
    code, why = process.wait(_PAUSE, look)
    if stopped():
        raise StepFailedError(f"{step.title} was stopped")
    if why:
        raise StepFailedError(
            f"{step.title} ran longer than max_run_duration_seconds={launch.max_seconds:g} and was stopped"
        )
    if code:
        error = error_of(code, tail_of(output) if os.fstat(output).st_size > start else "")
        raise StepFailedError(
            f"{error['message']}" + (f" ({error['file']} line {error['line']})" if "line" in error else "")
        )


def _outputs(step: StepSpec, launch: Launch, paths: Any, run: Run) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for name, spec in step.outputs.items():
        path = Path(paths.outputs[name])
        source = spec.get("source")  # a folder that the script writes by itself instead of at the path it is given
        if source:
            path = Path(source) if os.path.isabs(source) else Path(launch.folder or ".") / source
        if not path.exists():
            path.mkdir(parents=True)  # a script may have nothing to write
        if spec.get("destination") or spec.get("registration"):
            bring.keep_output(run._place, name, spec, path, run.id)
        found[name] = StepOutput(path, Path(paths.outputs[name]).parents[1])
    return {**found, **({DONE: True} if step.feeds else {})}


def _copy(launch: Launch, paths: Any) -> None:
    source, target = Path(next(iter(paths.inputs.values()))["path"]), Path(next(iter(paths.outputs.values())))
    bring._copied(source, target)


def _told(part: Any) -> Any:
    if isinstance(part, list):
        return " ".join(str(_told(one)) for one in part)
    return next(iter(part.values())) if isinstance(part, dict) else part


def _without_ours(path: str) -> str:
    """An import path without the folders of this interpreter, which the engine's processes carry along."""
    own = (sys.prefix, sys.base_prefix)
    site = str(variables.SITE)
    return os.pathsep.join(p for p in path.split(os.pathsep) if p == site or not p.startswith(own))
