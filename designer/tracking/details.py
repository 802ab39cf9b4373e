"""A run told and awaited: details, logs, waiting, errors, HTML. Elsewhere: the run itself (run.py)."""

from __future__ import annotations

import html as markup
import re
import sys
import time
import traceback
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.errors import RunFailedError, RunStateError
from designer.model.runs import RunRecord, Status
from designer.store.protocol import RunNotFoundError
from designer.tracking import files

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.store.place import Place
    from designer.tracking.run import Run

LOG_NAME = "user_logs/std_log.txt"
_ID = re.compile(r"[\w.\-]{1,256}")
_POLL = 0.05  # seconds; asking costs well under a millisecond


def id_of(place: Place, wanted: str | None) -> str:
    """A run's id: the wanted one, if it is a plain word that no run has yet, else a new one. Raises `RunStateError`."""
    if wanted is None:
        return str(uuid.uuid4())
    if not _ID.fullmatch(wanted) or not wanted.strip("."):
        raise RunStateError(f"{wanted!r} can't be a run's id\n  next: use letters, digits, _, - and ., 256 at most")
    try:
        place.read.run(wanted)
    except RunNotFoundError:
        return wanted
    raise RunStateError(f"there is a run {wanted} already\n  next: Run.get({wanted!r}), or another id")


def error_of(details: str | BaseException | None, code: str | None = None) -> dict[str, Any]:
    """A reason for failing as it is stored: code, message, and of an exception its type and traceback."""
    if isinstance(details, BaseException):
        return {
            "code": code or "UserError",
            "message": f"User program failed with {type(details).__name__}: {details}",
            "type": type(details).__name__,
            "traceback": "".join(traceback.format_exception(details)),
        }
    return {"code": code or "UserError", "message": details or "no reason was given"}


def matches(record: RunRecord, tags: Any, properties: Any, type: str | None, status: str | None) -> bool:
    """Whether a run passes the filters of `get_children` and `get_runs`."""
    if (type is not None and record.kind != type) or (status is not None and record.status != status):
        return False
    return _has(record.tags, tags) and _has(record.properties, properties)


def _has(there: Mapping[str, Any], wanted: Any) -> bool:
    if wanted is None:
        return True
    if isinstance(wanted, str):
        return wanted in there
    return all(there.get(key, _MISSING) == (None if value is None else str(value)) for key, value in wanted.items())


_MISSING: Any = object()


def details(run: Run, with_logs: bool = False) -> dict[str, Any]:
    """Azure ML's `get_details`."""
    record = run._record
    store = run._place.read
    found: dict[str, Any] = {
        "runId": record.id,
        "target": "sdk" if record.kind == "interactive" else "local",
        "status": str(record.status),
    }
    for key, at in (("startTimeUtc", record.started), ("endTimeUtc", record.ended)):
        if at is not None:
            found[key] = datetime.fromtimestamp(at, UTC).isoformat().replace("+00:00", "Z")
    if record.error:
        found["error"] = {"error": dict(record.error)}
    found["properties"] = dict(record.properties)
    found["inputDatasets"], found["outputDatasets"] = [], []
    found["runDefinition"] = {"arguments": [], "parameters": dict(record.parameters)}
    text = store.log(record.id)[0] if with_logs else ""
    logs = {LOG_NAME: text if with_logs else LOG_NAME} if not with_logs or text else {}
    for file in store.files(record.id):
        if file.name.startswith(("logs/", "user_logs/", "azureml-logs/")):
            path = store.file(record.id, file.name)
            logs[file.name] = path.read_text(errors="replace") if with_logs else str(path)
    found["logFiles"] = logs
    return found


def write_logs(run: Run, destination: str | None) -> list[str]:
    """Write all logs below a folder."""
    root = Path(destination or ".")
    paths = []
    for name, text in details(run, with_logs=True)["logFiles"].items():
        path = root / files.clean_name(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
        paths.append(str(path))
    return paths


def wait(run: Run, show_output: bool, raise_on_error: bool) -> dict[str, Any]:
    """Wait for the run's end, telling what happens when asked to."""
    watcher = _Watcher(run) if show_output else None
    try:
        while True:
            record = run._record
            if watcher is not None:
                watcher.look()
            if record.has_ended:
                break
            time.sleep(_POLL)
    except KeyboardInterrupt:
        print(f"\nstopped waiting; run {run.id} goes on (run.cancel() stops it)", file=sys.stderr)
        raise
    if watcher is not None:
        watcher.summary(record)
    if record.status == Status.FAILED and raise_on_error:
        raise failure(run)
    return details(run)


def failure(run: Run) -> RunFailedError:
    """The error of a failed run: that of its first failed node, where it has nodes."""
    records = run._place.read.tree(run.id)
    failed = [r for r in records if r.status == Status.FAILED and r.node and r.kind != "group" and r.id != run.id]
    first = min(failed, key=lambda r: r.ended or 0.0, default=None)
    if first is None:
        return RunFailedError(run.id, None, records[0].error)
    return RunFailedError(run.id, first.node, first.error)


class _Watcher:
    """Prints what happens to a run and its children, and what they print, as it comes."""

    def __init__(self, run: Run) -> None:
        self.run = run
        self.offsets: dict[str, int] = {}
        self.told: dict[str, str] = {}
        print(f"RunId: {run.id}")

    def look(self) -> None:
        """Print what came new."""
        store = self.run._place.read
        for record in store.tree(self.run.id):
            name = record.node or record.name
            if record.id != self.run.id and self.told.get(record.id) != record.status and not record.has_ended:
                self.told[record.id] = record.status
                print(f"{name}: {record.status}")
            text, self.offsets[record.id] = store.log(record.id, self.offsets.get(record.id, 0))
            if text:
                print(text, end="" if text.endswith("\n") else "\n")
            if record.id != self.run.id and self.told.get(record.id) != record.status:
                self.told[record.id] = record.status
                print(f"{name}: {record.status}" + (f" ({record.error['message']})" if record.error else ""))

    def summary(self, record: RunRecord) -> None:
        """Print how it ended."""
        print("\nExecution Summary\n=================")
        print(f"RunId: {record.id}\nStatus: {record.status}")
        if record.error:
            print(f"Error: {record.error['message']}")


def take_snapshot(run: Run, folder: str) -> str:
    """Keep a copy of a folder with the run, minus what `.amlignore` (else `.gitignore`) names. Returns its id."""
    root = Path(folder)
    if not root.is_dir():
        raise RunStateError(f"there is no folder {folder} to keep a snapshot of")
    lists = [root / name for name in (".amlignore", ".gitignore")]
    found = next((path for path in lists if path.is_file()), None)
    lines = found.read_text().splitlines() if found else []
    patterns = [line.strip() for line in lines if line.strip() and not line.startswith("#")]
    patterns += [".git", "__pycache__", ".designer", ".ipynb_checkpoints", "outputs", "logs"]
    scratch = run._place.artifacts.scratch()
    for path in sorted(p for p in root.rglob("*") if p.is_file()):
        name = path.relative_to(root).as_posix()
        if not files.ignored(name, patterns):
            target = scratch / name
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(path.read_bytes())
    scratch.mkdir(parents=True, exist_ok=True)
    digest, _ = run._place.artifacts.adopt(scratch)
    run.add_properties({"ContentSnapshotId": digest})
    return digest


def html(run: Run) -> str:
    """The table that a notebook shows for a run."""
    record = run._record
    cells = {
        "Experiment": record.experiment,
        "Id": record.id,
        "Type": record.kind,
        "Status": record.status,
        "Metrics": ", ".join(f"{name} = {value}" for name, value in list(record.metrics.items())[:8]) or "none yet",
    }
    head = "".join(f"<th>{markup.escape(name)}</th>" for name in cells)
    body = "".join(f"<td>{markup.escape(str(value))}</td>" for value in cells.values())
    return f'<table style="width:100%"><tr>{head}</tr><tr>{body}</tr></table>'
