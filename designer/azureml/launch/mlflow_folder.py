"""What a script logs through MLflow: a folder of MLflow's own, read into our store as it grows.

A submitted script's first MLflow run is the script's run; those within it, and later ones, are its children; those of another
experiment are runs of that experiment. Elsewhere: stores of MLflow that lie anywhere else, read with its client
(bring/mlflow_import.py).
"""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlparse

import yaml

from designer.azureml.launch.variables import MLFLOW as OURS
from designer.model.runs import RunKind, RunQuery, Status
from designer.store.journal import NO_STEP

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from designer.store.place import Place

_STATUS = {3: Status.COMPLETED, 4: Status.FAILED, 5: Status.CANCELED}  # MLflow's numbers of ended runs
_OWN, _PARENT = "mlflow.", "mlflow.parentRunId"
DEFAULT = "Default"  # the experiment of runs that name none


def variables(folder: Path, given: Mapping[str, str]) -> dict[str, str]:
    """The environment variables that lead MLflow to the folder; none where the user leads it to a server."""
    if urlparse(given.get("MLFLOW_TRACKING_URI", "")).scheme not in ("", "file"):
        return {}
    # Newer MLflow wants to be asked for files explicitly.
    return {"MLFLOW_TRACKING_URI": folder.as_uri(), "MLFLOW_ALLOW_FILE_STORE": "true", OURS: "1"}


def of_this_process() -> Path | None:
    """The folder that this script's MLflow was led to."""
    uri = os.environ.get("MLFLOW_TRACKING_URI", "")
    return Path(unquote(urlparse(uri).path)) if os.environ.get(OURS) and uri else None


class MlflowFolder:
    """The MLflow runs in a folder, on their way to `run_id` and its children."""

    def __init__(self, place: Place, folder: Path, run_id: str, experiment: str, root: str) -> None:
        self.place, self.folder, self.run_id, self.experiment, self.root = place, folder, run_id, experiment, root
        self._ours: dict[str, str] = {}  # MLflow's run -> ours
        self._read: dict[Path, int] = {}  # a metric's file -> bytes taken so far

    def keep(self, final: bool) -> None:
        """Take what has come since the last look; at the end also files, and the ends of children."""
        for run in _runs(self.folder):
            if run.experiment not in (DEFAULT, self.experiment):
                continue
            id = self._ours.get(run.id) or self._begin(run)
            self._metrics(run, id)
            if final:
                _tell(self.place, run, id)
                if id != self.run_id:
                    _end(self.place, run, id)
        if final:
            take_runs(self.place, self.folder, but=(DEFAULT, self.experiment))

    def _begin(self, run: _MlflowRun) -> str:
        if not self._ours:
            self._ours[run.id] = self.run_id
            return self.run_id
        parent = self._ours.get(run.tags().get(_PARENT, ""), self.run_id)
        _create(self.place, run, run.id, parent, self.root, self.experiment, RunKind.CHILD)
        self._ours[run.id] = run.id
        return run.id

    def _metrics(self, run: _MlflowRun, id: str) -> None:
        for name, path in run.files("metrics"):
            data = path.read_bytes()[self._read.get(path, 0) :]
            whole = data[: data.rfind(b"\n") + 1]
            self._read[path] = self._read.get(path, 0) + len(whole)
            _points(self.place, id, name, whole.decode())


def take_runs(place: Place, folder: Path, but: Collection[str] = ()) -> None:
    """Take the ended MLflow runs in a folder that aren't here yet, as runs of their experiments; not those of some experiments."""
    runs = [run for run in _runs(folder) if run.status in _STATUS and run.experiment not in but]
    if not runs:
        return
    here = {record.id for record in place.read.runs(RunQuery(ids=[run.id for run in runs], roots_only=False))}
    roots: dict[str, str] = {}
    for run in runs:
        parent = run.tags().get(_PARENT)
        roots[run.id] = roots.get(parent or "", run.id)
        if run.id in here:
            continue
        known = parent if parent in roots else None
        kind = RunKind.CHILD if known else RunKind.INTERACTIVE
        _create(place, run, run.id, known, roots[run.id], run.experiment, kind)
        for name, path in run.files("metrics"):
            _points(place, run.id, name, path.read_text())
        _tell(place, run, run.id)
        _end(place, run, run.id)
        place.journal.forget(run.id)


class _MlflowRun:
    """One run, as MLflow's file store has it."""

    def __init__(self, folder: Path, facts: Mapping[str, Any], experiment: str) -> None:
        self.folder, self.id, self.experiment = folder, str(facts["run_id"]), experiment
        self.name, self.status = str(facts.get("run_name") or facts["run_id"]), facts.get("status")
        self.started = (facts.get("start_time") or 0) / 1000
        self.ended = facts["end_time"] / 1000 if facts.get("end_time") else time.time()

    def files(self, kind: str) -> list[tuple[str, Path]]:
        """(name, path) of its metrics, params, tags or artifacts; a name may have slashes."""
        top = self.folder / kind
        return [(path.relative_to(top).as_posix(), path) for path in sorted(top.rglob("*")) if path.is_file()]

    def tags(self) -> dict[str, str]:
        """Its tags, MLflow's own among them."""
        return {name: path.read_text(encoding="utf-8") for name, path in self.files("tags")}


def _runs(folder: Path) -> list[_MlflowRun]:
    """All runs, those that began first before those within them."""
    found = []
    for path in folder.glob("*/*/meta.yaml"):
        facts = _yaml(path)
        if facts.get("run_id") and facts.get("lifecycle_stage") != "deleted":
            name = _yaml(path.parents[1] / "meta.yaml").get("name", "")
            found.append(_MlflowRun(path.parent, facts, str(name)))
    return sorted(found, key=lambda run: run.started)


def _yaml(path: Path) -> dict[str, Any]:
    """A file of MLflow's; empty when it is being written just now."""
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, yaml.YAMLError):
        return {}
    return data if isinstance(data, dict) else {}


def _points(place: Place, id: str, name: str, text: str) -> None:
    lines = [line.split() for line in text.splitlines() if line.strip()]
    key = place.journal.key(id, name, "scalar") if lines else None
    if key is None:
        return
    steps = [int(line[2]) if len(line) > 2 else 0 for line in lines]
    for line, step in zip(lines, steps, strict=True):
        # MLflow writes step 0 where none was given; a series that has only those has none.
        place.journal.point(key, float(line[1]), step if any(steps) else NO_STEP, int(line[0]) / 1000)


def _create(place: Place, run: _MlflowRun, id: str, parent: str | None, root: str, experiment: str, kind: str) -> None:
    place.journal.event(
        {
            "e": "run", "id": id, "kind": kind, "parent": parent, "root": root, "experiment": experiment, "name": run.name,
            "display_name": run.name, "status": Status.RUNNING, "created": run.started, "started": run.started,
            "owner": place.journal.token, "properties": {"mlflow.run_id": run.id},
        }
    )  # fmt: skip


def _tell(place: Place, run: _MlflowRun, id: str) -> None:
    """Its parameters, tags and files."""
    events: list[Mapping[str, Any]] = []
    params = {name: path.read_text(encoding="utf-8") for name, path in run.files("params")}
    tags = {name: value for name, value in run.tags().items() if not name.startswith(_OWN)}
    events += [
        {"e": kind, "run": id, "set": values} for kind, values in (("parameters", params), ("tags", tags)) if values
    ]
    for name, path in run.files("artifacts"):
        digest, size = place.artifacts.add(path)
        events.append({"e": "file", "run": id, "name": name, "digest": digest, "size": size, "t": time.time()})
    if events:
        place.journal.events(events)


def _end(place: Place, run: _MlflowRun, id: str) -> None:
    place.journal.event(
        {"e": "update", "run": id, "status": _STATUS.get(run.status or 0, Status.COMPLETED), "ended": run.ended}
    )
