"""A run told and awaited as Azure ML does it: details, streaming, waiting. Elsewhere: the run itself (run.py)."""

from __future__ import annotations

import getpass
import json
import sys
import time
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import ActivityFailedException, ExperimentExecutionException
from designer.model.runs import Status
from designer.tracking import details as own

if TYPE_CHECKING:
    from designer.azureml.runs.run import Run
    from designer.store.protocol import ReadStore

_PAUSE = 0.05  # seconds
_PIECE = 1 << 18  # bytes of a log that are held at once


def details(run: Run, with_logs: bool = False) -> dict[str, Any]:
    """`get_details`."""
    found = own.details(run, with_logs)
    definition = run._place.read.document(run.id).get("definition")
    if definition:
        found["target"] = definition.get("target", "local")
        found["runDefinition"] = dict(definition)
    else:
        found.pop("runDefinition", None)
        found["target"] = "sdk" if run._record.kind in ("interactive", "child") else "local"
    error = found.get("error")
    if error:
        found["error"] = {"error": {**error["error"], "code": error["error"].get("code", "UserError")}}
    found["submittedBy"] = getpass.getuser()
    return found


def wait(run: Run, show_output: bool, raise_on_error: bool) -> dict[str, Any]:
    """Wait for the end."""
    stream = _Stream(run) if show_output else None
    try:
        while True:
            record = run._record
            if stream is not None:
                stream.look()
            if record.has_ended:
                break
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        raise ExperimentExecutionException(
            "The output streaming for the run interrupted. But the run is still executing. Run ID: " + run.id
        ) from None
    if stream is not None:
        stream.summary(record)
    found = details(run)
    if record.status == Status.FAILED and raise_on_error:
        raise failure(run, found)
    return found


def failure(run: Run, found: dict[str, Any]) -> ActivityFailedException:
    """The error of a failed run, with its details as JSON, as Azure's message has them."""
    error = found.get("error") or {"error": {"code": "UserError", "message": "no reason was recorded"}}
    return ActivityFailedException(f"Activity Failed:\n{json.dumps(error, indent=4, default=str)}", error_details=error)


class LogStream:
    """A run's log on its way to standard output, piece by piece, with a heading before the first."""

    def __init__(self, store: ReadStore, run_id: str) -> None:
        self.store, self.run_id = store, run_id
        self.offset, self.begun, self.ends_line = 0, False, True

    def pour(self) -> None:
        """Print what came new."""
        while True:
            text, self.offset = self.store.log(self.run_id, self.offset, _PIECE)
            if not text:
                return
            if not self.begun:
                self.begun = True
                head = f"Streaming {own.LOG_NAME}"
                print(f"\n{head}\n{'=' * len(head)}\n")
            sys.stdout.write(text)
            self.ends_line = text.endswith("\n")

    def end_line(self) -> None:
        """Begin a line of our own."""
        if not self.ends_line:
            print()
            self.ends_line = True


class _Stream:
    """Prints a run's log as it comes."""

    def __init__(self, run: Run) -> None:
        self.run, self.log = run, LogStream(run._place.read, run.id)
        print(f"RunId: {run.id}\nWeb View: {run.get_portal_url()}")

    def look(self) -> None:
        """Print what came new."""
        self.log.pour()
        sys.stdout.flush()

    def summary(self, record: Any) -> None:
        """Print how it ended."""
        self.log.end_line()
        print(f"\nExecution Summary\n=================\nRunId: {self.run.id}\nWeb View: {self.run.get_portal_url()}\n")
        if record.error:
            print(f"Error: {record.error.get('message')}\n")
