"""Runs written to an MLflow tracking store: nested runs, metrics with steps, parameters, tags, files. Elsewhere: reading (mlflow_import.py).

What MLflow has no place for (text as a metric, tables, types of parameters, values without a step) goes along as the artifact
`designer/run.json`, so that nothing is lost on the way back.
"""

from __future__ import annotations

import json
import math
import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.declare.lazy import lazy_import
from designer.errors import MissingExtraError
from designer.tracking.details import LOG_NAME

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from designer.model.runs import RunRecord
    from designer.store.protocol import ReadStore

RECORD = "designer/run.json"
RUN_ID, PARENT, NAME = "designer.run_id", "mlflow.parentRunId", "mlflow.runName"
FORMAT = 1
_BATCH = 1000  # metrics that MLflow takes at once
_PARAMETER, _TAG = 6000, 8000  # characters that MLflow takes
_STATUS = {"Completed": "FINISHED", "Failed": "FAILED", "Canceled": "KILLED", "Skipped": "KILLED"}
_SERIES = ("scalar", "list")


def client_of(uri: str | None) -> Any:
    """MLflow's own client. Raises `MissingExtraError`."""
    os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")  # folders are what most people have
    os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
    mlflow = lazy_import("mlflow")
    try:
        return mlflow.MlflowClient(tracking_uri=uri)
    except ModuleNotFoundError as error:
        raise MissingExtraError("mlflow", "mlflow") from error


def export(store: ReadStore, run_id: str, uri: str | None) -> dict[str, str]:
    """Write a run and all below it. Returns our ids -> MLflow's."""
    client = client_of(uri)
    made: dict[str, str] = {}
    for record in store.tree(run_id):
        made[record.id] = _Export(store, client, record, made.get(record.parent or "")).write()
    return made


class _Export:
    def __init__(self, store: ReadStore, client: Any, record: RunRecord, parent: str | None) -> None:
        self.store, self.client, self.record, self.parent = store, client, record, parent

    def write(self) -> str:
        """One run. Returns MLflow's id of it."""
        record = self.record
        tags = {k: "" if v is None else v[:_TAG] for k, v in {**record.properties, **record.tags}.items()}
        tags |= {RUN_ID: record.id, NAME: record.display_name or record.node or record.name}
        if self.parent:
            tags[PARENT] = self.parent
        made = self.client.create_run(
            self._experiment(),
            start_time=_milliseconds(record.started or record.created),
            tags=tags,
            run_name=tags[NAME],
        )
        self.id = made.info.run_id
        self._parameters()
        self._metrics()
        self._files()
        status = _STATUS.get(record.status)
        if status:
            self.client.set_terminated(self.id, status, _milliseconds(record.ended or record.created))
        return self.id

    def _experiment(self) -> str:
        found = self.client.get_experiment_by_name(self.record.experiment)
        return found.experiment_id if found is not None else self.client.create_experiment(self.record.experiment)

    def _parameters(self) -> None:
        params = [
            lazy_import("mlflow.entities").Param(
                name, (value if isinstance(value, str) else json.dumps(value))[:_PARAMETER]
            )
            for name, value in self.record.parameters.items()
        ]
        for batch in _batches(params, 100):
            self.client.log_batch(self.id, params=batch)

    def _metrics(self) -> None:
        metric = lazy_import("mlflow.entities").Metric
        points = []
        for name, summary in self.store.metrics([self.record.id]).get(self.record.id, {}).items():
            if summary.kind in _SERIES:
                series = self.store.series(self.record.id, name)
                steps = range(len(series.values)) if series.steps is None else series.steps
                points += [
                    metric(_mlflow_name(name), float(v), _milliseconds(float(t)), int(s))
                    for v, t, s in zip(series.values, series.times, steps, strict=True)
                    if isinstance(v, (int, float)) and math.isfinite(v)
                ]
        for batch in _batches(points, _BATCH):
            self.client.log_batch(self.id, metrics=batch)

    def _files(self) -> None:
        with tempfile.TemporaryDirectory(prefix="designer-mlflow-") as scratch:
            for file in self.store.files(self.record.id):
                self._file(self.store.file(self.record.id, file.name), file.name, Path(scratch))
            self._text(json.dumps(record_data(self.store, self.record)), RECORD, Path(scratch))
            text = self.store.log(self.record.id)[0]
            if text:
                self._text(text, LOG_NAME, Path(scratch))

    def _text(self, text: str, name: str, scratch: Path) -> None:
        path = scratch / "text"
        path.write_text(text, encoding="utf-8", errors="surrogatepass")
        self._file(path, name, scratch)

    def _file(self, source: Path, name: str, scratch: Path) -> None:
        """Files are kept by content here and by name there: a link gives the content its name."""
        folder, _, own = name.rpartition("/")
        link = scratch / "named" / own
        link.parent.mkdir(exist_ok=True)
        link.unlink(missing_ok=True)
        link.symlink_to(source)
        self.client.log_artifact(self.id, str(link), folder or None)
        link.unlink()


def record_data(store: ReadStore, record: RunRecord) -> dict[str, Any]:
    """Everything of a run that is no file, as JSON."""
    metrics: dict[str, Any] = {}
    for name, summary in store.metrics([record.id]).get(record.id, {}).items():
        one: dict[str, Any] = {"kind": summary.kind, "description": summary.description}
        if summary.kind in _SERIES:
            series = store.series(record.id, name)
            one["values"] = [_plain(v) for v in store.values(record.id, name)]
            one["times"] = [float(t) for t in series.times]
            one["steps"] = None if series.steps is None else [int(s) for s in series.steps]
        else:
            one["rows"] = [dict(row) for row in store.rows(record.id, name)]
        metrics[name] = one
    return {
        "format": FORMAT, "id": record.id, "kind": record.kind, "parent": record.parent, "root": record.root, "node": record.node,
        "module": record.module, "experiment": record.experiment, "name": record.name, "status": str(record.status),
        "created": record.created, "started": record.started, "ended": record.ended, "display_name": record.display_name,
        "description": record.description, "error": dict(record.error) if record.error else None, "tags": dict(record.tags),
        "properties": dict(record.properties), "parameters": dict(record.parameters), "metrics": metrics,
        "document": store.document(record.id),
    }  # fmt: skip


def _plain(value: Any) -> Any:
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _mlflow_name(name: str) -> str:
    """A metric's name as MLflow takes it."""
    return "".join(c if c.isalnum() or c in "_-. /:" else "_" for c in name).strip("/ ") or "metric"


def _milliseconds(seconds: float) -> int:
    return int(seconds * 1000)


def _batches(items: list[Any], size: int) -> Iterable[list[Any]]:
    return (items[at : at + size] for at in range(0, len(items), size))


def told(made: Mapping[str, str]) -> str:
    """What was written, for a reader."""
    return f"{len(made)} run{'s' * (len(made) != 1)} written"
