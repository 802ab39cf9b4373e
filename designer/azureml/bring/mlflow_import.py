"""Runs read from an MLflow tracking store, those that we wrote there and any others. Elsewhere: writing (mlflow_export.py)."""

from __future__ import annotations

import json
import re
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.bring.mlflow_export import NAME, PARENT, RECORD, RUN_ID, client_of
from designer.errors import RunStateError
from designer.model.runs import RunKind, RunQuery, Status
from designer.store.journal import BOOL, INT, NO_STEP
from designer.tracking.details import LOG_NAME
from designer.tracking.values import EXACT

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.store.place import Place

_STATUS = {"FINISHED": Status.COMPLETED, "FAILED": Status.FAILED, "KILLED": Status.CANCELED, "RUNNING": Status.RUNNING}
_SERIES = ("scalar", "list")
_NOT_IN_NAMES = re.compile(r"[^\w\-]")


def import_runs(place: Place, uri: str | None, experiment: str | None = None) -> list[str]:
    """Read all runs of one experiment, or of all. Returns the ids of those that weren't here yet."""
    client = client_of(uri)
    if experiment is not None:
        found = client.get_experiment_by_name(experiment)
        if found is None:
            there = ", ".join(one.name for one in client.search_experiments()) or "none"
            raise RunStateError(f"there is no MLflow experiment {experiment!r} at {uri}; there are: {there}")
        experiments = [found]
    else:
        experiments = client.search_experiments()
    reading = _Reading(place, client)
    for one in experiments:
        reading.experiment(one)
    return reading.made


class _Reading:
    def __init__(self, place: Place, client: Any) -> None:
        self.place, self.client = place, client
        self.made: list[str] = []
        self.ids: dict[str, str] = {}  # MLflow's -> ours
        self.roots: dict[str, str] = {}

    def experiment(self, experiment: Any) -> None:
        """All its runs, parents first."""
        runs, token = [], None
        while True:
            page = self.client.search_runs([experiment.experiment_id], max_results=1000, page_token=token)
            runs += page
            token = page.token
            if not token:
                break
        for run in runs:
            self.ids[run.info.run_id] = run.data.tags.get(RUN_ID, run.info.run_id)
        here = {record.id for record in self.place.read.runs(RunQuery(ids=list(self.ids.values()), roots_only=False))}
        waiting = {run.info.run_id: run for run in sorted(runs, key=lambda r: r.info.start_time or 0)}
        while waiting:
            ready = [run for run in waiting.values() if run.data.tags.get(PARENT) not in waiting]
            for run in ready or list(waiting.values()):
                waiting.pop(run.info.run_id)
                parent = self.ids.get(run.data.tags.get(PARENT, ""))
                id = self.ids[run.info.run_id]
                self.roots[id] = self.roots.get(parent or "", id)
                if id not in here:
                    self._run(run, experiment.name, id, parent)
                    self.made.append(id)

    def _run(self, run: Any, experiment: str, id: str, parent: str | None) -> None:
        with tempfile.TemporaryDirectory(prefix="designer-mlflow-") as scratch:
            files = self._fetch(run.info.run_id, Path(scratch))
            record = (
                json.loads(files.pop(RECORD).read_text(encoding="utf-8", errors="surrogatepass"))
                if RECORD in files
                else None
            )
            record = record or self._foreign(run, experiment)
            self._create(record, id, parent)
            for name, metric in record["metrics"].items():
                self._metric(id, name, metric)
            self._log(id, files.pop(LOG_NAME, None))
            for name, path in files.items():
                digest, size = self.place.artifacts.add(path)
                at = record["ended"] or record["created"]
                self.place.journal.event(
                    {"e": "file", "run": id, "name": name, "digest": digest, "size": size, "t": at}
                )
        end = {"status": record["status"], "ended": record["ended"], "error": record["error"]}
        self.place.journal.event(
            {"e": "update", "run": id, **{key: value for key, value in end.items() if value is not None}}
        )
        self.place.journal.forget(id)

    def _create(self, record: Mapping[str, Any], id: str, parent: str | None) -> None:
        event = {
            "e": "run", "id": id, "kind": record["kind"], "parent": parent, "root": self.roots[id], "experiment": record["experiment"],
            "name": record["name"], "status": record["status"], "created": record["created"], "started": record["started"],
            "owner": "",
        }  # fmt: skip
        for key in ("node", "module", "display_name", "description", "tags", "properties", "parameters"):
            if record.get(key):
                event[key] = record[key]
        self.place.journal.event(event)
        if record.get("document"):
            self.place.journal.event({"e": "document", "run": id, "data": record["document"]})

    def _metric(self, id: str, name: str, metric: Mapping[str, Any]) -> None:
        journal = self.place.journal
        key = journal.key(id, name, metric["kind"], metric.get("description", ""))
        if key is None:
            return
        if metric["kind"] not in _SERIES:
            journal.event({"e": "rows", "k": key, "t": time.time(), "rows": metric["rows"]})
            return
        steps = metric["steps"] or [None] * len(metric["values"])
        for value, at, step in zip(metric["values"], metric["times"], steps, strict=True):
            _put(journal, key, value, at, NO_STEP if step is None else step)

    def _foreign(self, run: Any, experiment: str) -> dict[str, Any]:
        """A run of somebody else's as we would have written it."""
        tags = {k: v for k, v in run.data.tags.items() if k not in (PARENT, NAME)}
        started = (run.info.start_time or 0) / 1000
        status = _STATUS.get(run.info.status, Status.COMPLETED)
        own = _NOT_IN_NAMES.sub("_", experiment).lstrip("_-")[:255] or "mlflow"
        return {
            "kind": RunKind.CHILD if PARENT in run.data.tags else RunKind.INTERACTIVE, "experiment": own,
            "name": run.data.tags.get(NAME) or run.info.run_name or run.info.run_id, "status": status,
            "created": started, "started": started, "ended": run.info.end_time / 1000 if run.info.end_time else None,
            "error": {"code": "MLflow", "message": "MLflow keeps no reason"} if status is Status.FAILED else None,
            "tags": tags, "properties": {"mlflow.run_id": run.info.run_id, "mlflow.experiment": experiment}, "parameters": dict(run.data.params),
            "metrics": {name: self._history(run.info.run_id, name) for name in run.data.metrics},
        }  # fmt: skip

    def _history(self, run_id: str, name: str) -> dict[str, Any]:
        points = self.client.get_metric_history(run_id, name)
        points = sorted(points, key=lambda point: (point.timestamp, point.step))
        same = len(points) > 1 and len({point.step for point in points}) == 1  # nobody gave steps
        return {
            "kind": "scalar",
            "values": [point.value for point in points],
            "times": [point.timestamp / 1000 for point in points],
            "steps": None if same or (len(points) == 1 and points[0].step == 0) else [point.step for point in points],
        }

    def _fetch(self, run_id: str, scratch: Path) -> dict[str, Path]:
        """All files of a run, by name."""
        if not self.client.list_artifacts(run_id):
            return {}
        root = Path(self.client.download_artifacts(run_id, "", str(scratch)))
        return {path.relative_to(root).as_posix(): path for path in sorted(root.rglob("*")) if path.is_file()}

    def _log(self, id: str, path: Path | None) -> None:
        if path is not None:
            name, descriptor = self.place.logs.create()
            with open(descriptor, "wb") as file:
                file.write(path.read_bytes())
            self.place.journal.event({"e": "log", "run": id, "file": name, "start": 0, "end": path.stat().st_size})


def _put(journal: Any, key: int, value: Any, at: float, step: int) -> None:
    kind = type(value)
    if kind is float:
        journal.point(key, value, step, at)
    elif kind is bool:
        journal.point(key | BOOL, float(value), step, at)
    elif kind is int and -EXACT <= value <= EXACT:
        journal.point(key | INT, float(value), step, at)
    else:
        journal.event({"e": "value", "k": key, "t": at, "s": None if step == NO_STEP else step, "v": value})
