"""Outside of all runs: a real run of this machine, or, with `DESIGNER_AZUREML_OFFLINE=print`, the SDK's own way, which only prints.

Both have ids that begin with `OfflineRun_` and are instances of `_OfflineRun`, which is what scripts look at to load their data
by themselves.
"""

from __future__ import annotations

import os
import re
import sys
import time
import uuid
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.launch.variables import EXPERIMENT, OFFLINE
from designer.azureml.runs.run import Run, _SubmittedRun
from designer.model.runs import RunKind, Status
from designer.store.place import place
from designer.tracking import context as own
from designer.tracking.capture import capturing

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PREFIX = "OfflineRun_"


class _OfflineRun:
    """The SDK's offline run: it prints what it is told, checks nothing and keeps nothing."""

    def __init__(self, run_id: str | None = None, **_: Any) -> None:
        self._run_id = run_id or f"{PREFIX}{uuid.uuid4()}"

    @property
    def id(self) -> str:
        """Its id."""
        return self._run_id

    def log(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log scalar metric {name}:\n{value}")

    def log_list(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log list metric {name}:\n{value}")

    def log_row(self, name: str, description: str | None = None, **kwargs: Any) -> None:
        """Print it."""
        print(f"Attempted to log row metric {name}:\n{kwargs}")

    def log_table(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log table metric {name}:\n{value}")

    def log_image(self, name: str, path: str | None = None, plot: Any = None, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log image metric {name}:\n{path if path is not None else plot}")

    def log_confusion_matrix(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log confusion matrix metric {name}:\n{value}")

    def log_accuracy_table(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log accuracy table metric {name}:\n{value}")

    def log_residuals(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log residuals metric {name}:\n{value}")

    def log_predictions(self, name: str, value: Any, description: str = "") -> None:
        """Print it."""
        print(f"Attempted to log predictions metric {name}:\n{value}")

    def upload_file(self, name: str, path_or_stream: Any, datastore_name: str | None = None) -> None:
        """Print it."""
        print(f"Attempted to track file {name} at {path_or_stream}")

    def upload_files(self, names: Sequence[str], paths: Sequence[str], **_: Any) -> None:
        """Print them."""
        for name, path in zip(names, paths, strict=False):
            self.upload_file(name, path)

    def upload_folder(self, name: str, path: str, datastore_name: str | None = None) -> None:
        """Print it."""
        print(f"Attempted to track folder {name} at {path}")

    def tag(self, key: str, value: Any = None) -> None:
        """Print it."""
        print(f"Attempted to add tag {key} with value {value}")

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Print them."""
        for key, value in tags.items():
            self.tag(key, value)

    def add_properties(self, properties: Mapping[str, Any]) -> None:
        """Print them."""
        print(f"Attempted to add properties {properties}")

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: Any = None) -> _OfflineRun:
        """A child that prints as well."""
        return _OfflineRun(f"{self.id}.{name or uuid.uuid4()}")

    def complete(self, _set_status: bool = True) -> None:
        """Nothing."""

    def fail(self, error_details: Any = None, error_code: str | None = None, _set_status: bool = True) -> None:
        """Nothing."""

    def cancel(self) -> None:
        """Nothing."""

    def flush(self, timeout_seconds: float = 300) -> None:
        """Nothing."""

    def __enter__(self) -> _OfflineRun:
        print(f"[START] Run {self.id} context")
        return self

    def __exit__(self, *_: object) -> None:
        print(f"[STOP] Run {self.id} context")

    def __repr__(self) -> str:
        return f"Run(Id: {self.id})"


class LocalRun(_SubmittedRun, _OfflineRun):
    """A run of this machine that nobody submitted. `run.parent` is there, too: what is logged to it is logged to the run."""

    @property
    def parent(self) -> Any:
        """A stand-in for the pipeline's run: the same run, without a parent of its own."""
        if not self._parent_known:
            stand_in = Run(self._experiment, self._id, place=self._place, managed=True, root=self._id)
            stand_in._parent_known = True
            self._parent, self._parent_known = stand_in, True
        return self._parent

    def complete(self, _set_status: bool = True) -> None:
        """Nothing yet: it goes on to take metrics until the program ends, as it does in a submitted script."""


_here: dict[str, LocalRun] = {}
_capturing = ExitStack()


def current() -> Any:
    """The run of this program: the same one each time."""
    if os.environ.get(OFFLINE, "").lower() in ("print", "1", "true"):
        return _OfflineRun()
    where = place()
    run = _here.get(str(where.folder))
    if run is None:
        experiment = os.environ.get(EXPERIMENT) or experiment_of(sys.argv[0] if sys.argv else "")
        run_id = f"{PREFIX}{uuid.uuid4()}"
        started = time.time()
        where.journal.event(
            {"e": "run", "id": run_id, "kind": RunKind.INTERACTIVE, "parent": None, "root": run_id, "experiment": experiment,
             "name": experiment, "status": Status.RUNNING, "created": started, "started": started,
             "owner": where.journal.token}
        )  # fmt: skip
        run = LocalRun(experiment, run_id, place=where, managed=True, root=run_id)
        run._known_name = experiment
        own.started_here[run_id] = _Ending(run)  # type: ignore[assignment]
        _here[str(where.folder)] = run
        if not hasattr(sys, "ps1") and "ipykernel" not in sys.modules:
            _capturing.enter_context(capturing(run))
    return run


def experiment_of(script: str) -> str:
    """An experiment's name for a script: its file's."""
    name = re.sub(r"[^\w\-]", "_", Path(script).stem).lstrip("_-")
    return name[:255] if name and name not in ("ipykernel_launcher", "c") else "local"


class _Ending:
    """Ends the program's run when the program ends."""

    def __init__(self, run: LocalRun) -> None:
        self.run = Run(run._experiment, run.id, place=run._place, root=run.id)
        self.id = run.id

    def complete(self) -> None:
        """Well."""
        self.run.complete()

    def fail(self, error: Any) -> None:
        """Not well."""
        self.run.fail(error)


def failed_with(error: BaseException) -> None:
    """The program ends with an error: note it with its run."""
    for run in _here.values():
        ending = own.started_here.get(run.id)
        if ending is not None:
            ending.fail(error)
            own.started_here.pop(run.id, None)


def _forget_in_child() -> None:
    _here.clear()


os.register_at_fork(after_in_child=_forget_in_child)
