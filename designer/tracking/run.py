"""`Run`: log to it, ask it, end it. Names and meaning are Azure ML SDK v1's (`azureml.core.Run`).

Elsewhere: values that may be logged (values.py), the shapes of `get_metrics` (metrics.py), files (files.py), figures (figures.py),
details and waiting (details.py), what is printed (capture.py), which run is current (context.py).
"""

from __future__ import annotations

import os
import struct
import time
import uuid
import warnings
from typing import TYPE_CHECKING, Any

from designer.errors import MetricError, RunStateError
from designer.model.runs import ENDED, RunKind, Status
from designer.store.journal import BOOL, INT, NO_STEP
from designer.tracking import context, details, figures, files, metrics, shown, values
from designer.tracking.capture import capturing

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from contextlib import AbstractContextManager
    from types import TracebackType

    from designer.model.runs import RunRecord
    from designer.store.place import Place
    from designer.tracking.experiment import Experiment

_now = time.time
# Numbers' times are kept to the microsecond, other values' exactly, and time tells their order: a value that isn't a number
# is told a microsecond late, which is less than logging it takes, so that no number before it can be rounded past it.
_LATER = 1e-6


class Run:
    """One run. Everything that is logged is durable, and visible to every process, when the call returns.

    Get one from `Run.get_context()` (inside a module), `Experiment.start_logging()`, `run.child_run()`, `Pipeline.submit()`
    or `Run.get(run_id)`.
    """

    def __init__(
        self,
        experiment: Experiment | str | None,
        run_id: str,
        outputs: Any = None,
        *,
        place: Place,
        managed: bool = False,
        root: str | None = None,
    ) -> None:
        self._place, self._id, self._managed, self._root_id = place, run_id, managed, root
        self._experiment, self._outputs = experiment, outputs
        self._journal = place.journal
        self._keys = self._journal.keys(run_id)
        self._point = self._journal.point
        self._parent: Run | None = None
        self._parent_known = False
        self._capture: AbstractContextManager[Any] | None = None
        self._token: Any = None
        self._has_children = self._has_echoes = False
        self._reported_by = 0  # the process that tells the engine of these

    # Getting a run

    @classmethod
    def get_context(cls, allow_offline: bool = True, **_: Any) -> Run:
        """The run of the module, script or `with` block that is executing.

        Outside of all those it is a new run in memory (id `OfflineRun_…`), so that a module can be called as a plain function;
        with `allow_offline=False` it raises `RunStateError` there.
        """
        return context.current(allow_offline)

    @staticmethod
    def get(run_id: str, store: Any = None) -> Run:
        """An existing run of a store, by its id. Raises `RunNotFoundError`."""
        from designer.store.place import place  # noqa: PLC0415 - only this way of getting a run opens a store by its path

        where = store if hasattr(store, "journal") else place(store)
        where.read.run(run_id)
        return Run(None, run_id, place=where)

    @staticmethod
    def list(
        experiment: Experiment,
        type: str | None = None,
        tags: Any = None,
        properties: Any = None,
        status: str | None = None,
        include_children: bool = False,
    ) -> Iterator[Run]:
        """The experiment's runs, newest first."""
        return experiment.get_runs(type, tags, properties, include_children, status=status)

    # Who it is

    @property
    def id(self) -> str:
        """Its id."""
        return self._id

    @property
    def _record(self) -> RunRecord:
        return self._place.read.run(self._id)

    @property
    def experiment(self) -> Experiment:
        """The experiment that it belongs to."""
        if self._experiment is None or isinstance(self._experiment, str):
            from designer.tracking.experiment import Experiment  # noqa: PLC0415 - each knows the other

            name = self._experiment or self._record.experiment
            self._experiment = Experiment.of(name, self._place)
        return self._experiment

    @property
    def parent(self) -> Run | None:
        """The run that this one is a child of: of a module's run, the pipeline's. None for a root."""
        if not self._parent_known:
            record = self._record
            self._parent = Run(record.experiment, record.parent, place=self._place) if record.parent else None
            self._parent_known = True
        return self._parent

    @property
    def name(self) -> str:
        """Its name."""
        return self._record.name

    @property
    def type(self) -> str:
        """What it is a run of: pipeline, group, module, interactive, script or child."""
        return self._record.kind

    @property
    def number(self) -> int:
        """Counts the root runs of its experiment, from 1; 0 for a child."""
        return self._record.number

    @property
    def node(self) -> str | None:
        """The path of the node that it ran, for a module's run."""
        return self._record.node

    @property
    def status(self) -> str:
        """Its status now."""
        return str(self._record.status)

    def get_status(self) -> str:
        """Its status now."""
        return self.status

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why it failed: code, message, and where known type and traceback."""
        return self._record.error

    @property
    def display_name(self) -> str:
        """The name shown for it; may be set."""
        record = self._record
        return record.display_name or record.name

    @display_name.setter
    def display_name(self, text: str) -> None:
        self._update(display_name=str(text))

    @property
    def description(self) -> str:
        """A text about it; may be set."""
        return self._record.description

    @description.setter
    def description(self, text: str) -> None:
        self._update(description=str(text))

    # Logging

    def log(self, name: str, value: Any, description: str = "", step: int | None = None) -> None:
        """Log one value: a number, text, bool or None. The same name again makes a series.

        `step` is the value's place on an axis of your own, such as the epoch.
        """
        key = self._keys.get(name) if type(value) is float else None
        if key is None:
            self._log_value(name, value, description, step)
        else:
            at = NO_STEP if step is None else step if type(step) is int else values.step(name, step)
            try:
                self._point(key, value, at, _now())
            except struct.error:
                values.step(name, step)  # says what is wrong with it
                raise

    def _log_value(self, name: str, value: Any, description: str, step: int | None) -> None:
        value = values.scalar(name, value)
        at = NO_STEP if step is None else values.step(name, step)
        key = self._key(name, "scalar", description)
        if key is not None:
            self._put(key, value, at)

    def _put(self, key: int, value: Any, step: int) -> None:
        kind = type(value)
        if kind is float:
            self._point(key, value, step, _now())
        elif kind is bool:
            self._point(key | BOOL, float(value), step, _now())
        elif kind is int and -values.EXACT <= value <= values.EXACT:
            self._point(key | INT, float(value), step, _now())
        else:
            self._journal.event(
                {"e": "value", "k": key, "t": _now() + _LATER, "s": None if step == NO_STEP else step, "v": value}
            )

    def _key(self, name: str, kind: str, description: str) -> int | None:
        if not isinstance(name, str):
            raise MetricError(f"a metric's name is text, not {name!r}")
        key = self._journal.key(self._id, name, kind, description or "")
        if key is None:
            before = self._journal.kind(self._id, name)
            warnings.warn(
                f"metric {name!r} was logged as a {before} before; this {kind} is dropped (a name holds one kind of metric)",
                RuntimeWarning,
                stacklevel=4,
            )
        return key

    def log_list(self, name: str, value: Any, description: str = "") -> None:
        """Log several values at once, in order. Any iterable of numbers, text, bools or None; an empty one logs nothing."""
        items = values.elements(name, value)
        if not items:
            return
        key = self._key(name, "list", description)
        if key is None:
            return
        if all(
            type(item) is float or type(item) is bool or (type(item) is int and abs(item) <= values.EXACT)
            for item in items
        ):
            for item in items:
                self._put(key, item, NO_STEP)
        else:
            at = _now() + _LATER
            self._journal.events([{"e": "value", "k": key, "t": at, "s": None, "v": item} for item in items])

    def log_row(self, /, name: str, description: str | None = None, **kwargs: Any) -> None:
        """Log one row of a table: `run.log_row("loss", epoch=1, train=0.3)`. Rows may have different columns."""
        row = values.row(name, kwargs)
        self._log_rows(name, [row] if row else [], description or "")

    def log_table(self, name: str, value: Any, description: str = "") -> None:
        """Log a table: a dict of columns (lists of one length, or single values), or a data frame. Again: more rows."""
        self._log_rows(name, values.table(name, value), description)

    def _log_rows(self, name: str, rows: Sequence[Mapping[str, Any]], description: str) -> None:
        key = self._key(name, "table", description) if rows else None
        if key is not None:
            self._journal.event({"e": "rows", "k": key, "t": _now(), "rows": rows})

    def log_image(self, name: str, path: str | None = None, plot: Any = None, description: str = "") -> None:
        """Log an image: a file (`path`) or a matplotlib, plotly or altair figure (`plot`; `matplotlib.pyplot` itself is one too)."""
        self._log_picture(name, *figures.image(name, path, plot), description)

    def _log_picture(self, name: str, data: bytes, suffix: str, file: str | None, description: str) -> None:
        key = self._key(name, "image", description)
        if key is None:
            return
        stored = files.unused(self, files.safe_name(file or f"{name}_{int(_now())}{suffix}"))
        files.put_bytes(self, stored, data)
        self._journal.event({"e": "rows", "k": key, "t": _now(), "rows": [{"path": stored}]})

    def log_confusion_matrix(self, name: str, value: Any, description: str = "") -> None:
        """Log a confusion matrix: `{"schema_type": "confusion_matrix", "data": {"class_labels": […], "matrix": [[…]]}}`."""
        self._log_json(name, value, "confusion_matrix", description)

    def log_accuracy_table(self, name: str, value: Any, description: str = "") -> None:
        """Log an accuracy table, from which ROC, precision-recall and lift curves are drawn (Azure ML's schema 1.0.1)."""
        self._log_json(name, value, "accuracy_table", description)

    def log_residuals(self, name: str, value: Any, description: str = "") -> None:
        """Log a histogram of residuals: `bin_edges` (k + 1) and `bin_counts` (k) of predicted minus actual."""
        self._log_json(name, value, "residuals", description)

    def log_predictions(self, name: str, value: Any, description: str = "") -> None:
        """Log predictions against actual values: `bin_averages`, `bin_errors`, `bin_counts` (k) and `bin_edges` (k + 1)."""
        self._log_json(name, value, "predictions", description)

    def _log_json(self, name: str, value: Any, kind: str, description: str) -> None:
        data = figures.json_of(name, value)
        key = self._key(name, kind, description)
        if key is not None:
            stored = files.put_bytes(self, files.unused(self, files.safe_name(name)), data)
            self._journal.event({"e": "rows", "k": key, "t": _now(), "rows": [{"path": stored}]})

    def report_progress(self, done: float, total: float | None = None) -> None:
        """Tell how far the work is: a fraction from 0 to 1, or `done` of `total`. Shown on the node."""
        fraction = done if total is None else done / total if total else 1.0
        self._update(progress=min(1.0, max(0.0, float(fraction))))

    def flush(self, timeout_seconds: float = 300) -> None:
        """Does nothing: what was logged is durable already."""

    # Reading

    def get_metrics(
        self, name: str | None = None, recursive: bool = False, run_type: str | None = None, populate: bool = False
    ) -> dict[str, Any]:
        """What was logged, by name: one value as it is, several as a list, tables as dicts of lists (of values for one row).

        With `recursive`, run id -> metrics, of this run and all below that have any. With `populate`, files come as `Artifact`s
        instead of their addresses.
        """
        store = self._place.read
        if recursive:
            ids = [r.id for r in store.tree(self._id) if run_type is None or r.kind == run_type]
            found = metrics.many(store, ids, name)
        else:
            found = {self._id: metrics.metrics_of(store, self._id, name)}
        if populate:
            found = {run_id: files.populated(store, run_id, names) for run_id, names in found.items()}
        return found if recursive else found[self._id]

    def get_children(
        self,
        recursive: bool = False,
        tags: Any = None,
        properties: Any = None,
        type: str | None = None,
        status: str | None = None,
    ) -> Iterator[Run]:
        """Its children, newest first; with `recursive`, all below it. Filters: `"key"` or `{"key": "value"}`."""
        records = self._place.read.tree(self._id)
        below = [r for r in records if r.id != self._id and (recursive or r.parent == self._id)]
        for record in sorted(below, key=lambda r: r.created, reverse=True) if not recursive else reversed(below):
            if details.matches(record, tags, properties, type, status):
                yield Run(record.experiment, record.id, place=self._place)

    def get_details(self) -> dict[str, Any]:
        """Everything about it as Azure ML's `get_details` has it: runId, status, times, error, properties, logFiles …"""
        return details.details(self)

    def get_details_with_logs(self) -> dict[str, Any]:
        """`get_details` with the logs' text in `logFiles`."""
        return details.details(self, with_logs=True)

    def get_all_logs(self, destination: str | None = None) -> Any:
        """Write the logs below `destination` (default: the working folder) and return their paths."""
        return details.write_logs(self, destination)

    def get_logs(self) -> str:
        """What it has printed so far."""
        return self._place.read.log(self._id)[0]

    def wait_for_completion(
        self, show_output: bool = False, wait_post_processing: bool = False, raise_on_error: bool = True
    ) -> dict[str, Any]:
        """Wait for its end; with `show_output`, print what happens and what it prints. Returns `get_details()`.

        Raises `RunFailedError` when it failed, unless `raise_on_error=False`. A canceled run never raises. Ctrl-C leaves it running.
        """
        return details.wait(self, show_output, raise_on_error)

    # Tags, properties

    @property
    def tags(self) -> dict[str, str | None]:
        """Its tags."""
        return dict(self._record.tags)

    def get_tags(self) -> dict[str, str | None]:
        """Its tags."""
        return self.tags

    def tag(self, key: str, value: Any = None) -> None:
        """Mark it with a key, and a value if one is given. Values are kept as text."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Add tags or change them."""
        texts = {str(k): v if v is None or isinstance(v, str) else str(v) for k, v in tags.items()}
        self._journal.event({"e": "tags", "run": self._id, "set": texts})

    def remove_tags(self, tags: Sequence[str]) -> None:
        """Take tags away."""
        self._journal.event({"e": "tags", "run": self._id, "remove": [tags] if isinstance(tags, str) else [*tags]})

    @property
    def properties(self) -> dict[str, str]:
        """Its properties."""
        return dict(self._record.properties)

    def get_properties(self) -> dict[str, str]:
        """Its properties."""
        return self.properties

    def add_properties(self, properties: Mapping[str, Any]) -> None:
        """Set facts that never change. Raises `RunStateError` when one has another value already."""
        if not properties:
            return
        texts = {str(k): v if isinstance(v, str) else str(v) for k, v in properties.items()}
        there = self.properties
        changed = [k for k, v in texts.items() if k in there and there[k] != v]
        if changed:
            raise RunStateError(
                f"property {changed[0]!r} of run {self._id} is {there[changed[0]]!r} already; properties can't be changed\n"
                "  next: use a tag for what may change"
            )
        self._journal.event({"e": "properties", "run": self._id, "set": texts})

    @property
    def parameters(self) -> dict[str, Any]:
        """The values that it was run with."""
        return dict(self._record.parameters)

    def log_parameters(self, parameters: Mapping[str, Any]) -> None:
        """Note the values that it runs with, so that runs can be filtered and sorted by them."""
        plain = {str(k): values.scalar(k, v) if not isinstance(v, (list, dict)) else v for k, v in parameters.items()}
        self._journal.event({"e": "parameters", "run": self._id, "set": plain})

    # Files

    def upload_file(self, name: str, path_or_stream: Any, datastore_name: str | None = None) -> Any:
        """Keep a file with the run, under a name of its own ('/' makes folders). Raises `RunStateError` when there is one."""
        return files.upload_file(self, name, path_or_stream)

    def upload_files(self, names: Sequence[str], paths: Sequence[str], return_artifacts: bool = False, **_: Any) -> Any:
        """Keep several files with the run."""
        return files.upload_files(self, names, paths)

    def upload_folder(self, name: str, path: str, datastore_name: str | None = None) -> Any:
        """Keep all files of a folder with the run, below a name."""
        return files.upload_folder(self, name, path)

    def get_file_names(self) -> list[str]:  # type: ignore[valid-type]
        """The names of all its files."""
        return [record.name for record in self._place.read.files(self._id)]

    def download_file(self, name: str, output_file_path: str | None = None, **_: Any) -> str:
        """Copy one of its files to a path (a folder: into it; default: the working folder). Returns the path."""
        return files.download_file(self, name, output_file_path)

    def download_files(
        self,
        prefix: str | None = None,
        output_directory: str | None = None,
        output_paths: Sequence[str] | None = None,
        batch_size: int = 100,
        append_prefix: bool = True,
        timeout_seconds: float | None = None,
    ) -> None:
        """Copy its files below a folder; `prefix` chooses those in one of its folders."""
        files.download_files(self, prefix, output_directory, output_paths, append_prefix)

    # Children, status

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: Any = None) -> Run:
        """A new child, running: `with run.child_run("fold 1") as child:`."""
        id = details.id_of(self._place, run_id)
        self._note_children()
        self._journal.event(self._child_event(id, name or f"run_{id[:8]}", {}))
        child = Run(self._experiment, id, outputs, place=self._place, root=self._root())
        context.started_here[id] = child
        child._parent, child._parent_known = self, True
        return child

    def create_children(
        self, count: int | None = None, tag_key: str | None = None, tag_values: Sequence[Any] | None = None
    ) -> Any:
        """Several new children, running, as a list: `count` of them, or one for each of `tag_values`, tagged with it."""
        if (count is None) == (tag_key is None or tag_values is None):
            raise RunStateError("create_children takes either count, or tag_key and tag_values")
        key = tag_key or "azureml.batch_child_number"
        texts = [str(v) for v in (tag_values if tag_values is not None else range(count or 0))]
        made = [(str(uuid.uuid4()), text) for text in texts]
        self._note_children()
        self._journal.events([self._child_event(id, f"run_{id[:8]}", {key: text}) for id, text in made])
        children = [Run(self._experiment, id, place=self._place, root=self._root()) for id, _ in made]
        for child in children:
            child._parent, child._parent_known = self, True
        context.started_here.update({child.id: child for child in children})
        return children

    def _note_children(self) -> None:
        if not self._has_children:
            self._has_children = True
            self._note_elsewhere("children")

    def _note_echoes(self) -> None:
        if not self._has_echoes:
            self._has_echoes = True
            self._note_elsewhere("echoes")

    def _note_elsewhere(self, what: str) -> None:
        """Have the store know what a module's run got in a process that its module has started: the engine can't see it."""
        if self._managed and os.getpid() != self._reported_by:
            self._journal.event({"e": "properties", "run": self._id, "set": {f"designer.{what}": "other process"}})

    def _child_event(self, id: str, name: str, tags: Mapping[str, str]) -> dict[str, Any]:
        now = _now()
        return {
            "e": "run", "id": id, "kind": RunKind.CHILD, "parent": self._id, "root": self._root(), "name": name,
            "experiment": self._experiment_name(), "status": Status.RUNNING, "created": now, "started": now,
            "owner": self._journal.token, "tags": tags,
        }  # fmt: skip

    def _root(self) -> str:
        if self._root_id is None:
            self._root_id = self._record.root
        return self._root_id

    def _experiment_name(self) -> str:
        if self._experiment is None:
            self._experiment = self._record.experiment
        return self._experiment if isinstance(self._experiment, str) else self._experiment.name

    def start(self) -> None:
        """Mark it as running."""
        self._update(status=Status.RUNNING, started=_now())

    def complete(self, _set_status: bool = True) -> None:
        """End it well. Of a module's or script's run, its runner decides the end; then this does nothing."""
        if not self._managed:
            files.collect_outputs(self)
            if _set_status:
                self._end(status=Status.COMPLETED)

    def fail(self, error_details: Any = None, error_code: str | None = None, _set_status: bool = True) -> None:
        """End it as failed, with a text or an exception as the reason."""
        if error_details is not None and not isinstance(error_details, (str, BaseException)):
            raise TypeError(f"error_details is text or an exception, not a {type(error_details).__name__}")
        error = details.error_of(error_details, error_code)
        if self._managed or not _set_status:
            self._update(error=error)
        else:
            files.collect_outputs(self)
            self._end(status=Status.FAILED, error=error)

    def cancel(self) -> None:
        """End it as canceled; of a run that another process runs, ask that process to stop."""
        if self._managed or self._id not in context.started_here:
            if self._record.has_ended:
                return
            self._place.request_cancel(self._root())
            if self._root() != self._id:
                self._place.request_cancel(self._id)
            self._update(status=Status.CANCEL_REQUESTED)
        else:
            self._end(status=Status.CANCELED)

    def _end(self, **fields: Any) -> None:
        self._update(ended=_now(), **fields)
        context.started_here.pop(self._id, None)
        self._journal.forget(self._id)
        self._keys = {}
        if self._root_id == self._id and not context.started_here:
            self._place.settle()

    def _update(self, **fields: Any) -> None:
        self._journal.event({"e": "update", "run": self._id, **fields})

    def __enter__(self) -> Run:
        if not self._managed:
            self._token = context.enter(self)
            self._capture = capturing(self)
            self._capture.__enter__()
        return self

    def __exit__(self, kind: Any, error: BaseException | None, trace: TracebackType | None) -> bool:
        if self._capture is not None:
            self._capture.__exit__(kind, error, trace)
            self._capture = None
            context.leave(self._token)
        stopped = isinstance(error, SystemExit) and not error.code
        if self._managed or self._record.status in ENDED:
            return stopped
        if error is None or stopped:
            self.complete()
        elif isinstance(error, KeyboardInterrupt):
            self._end(status=Status.CANCELED)
        else:
            self.fail(error)
        return stopped

    def show(self, seconds: float = 1.0) -> Any:
        """Show it here: in a notebook its graph, metrics, log and children, up to date every `seconds` until it ends; else as text."""
        return shown.show(self, seconds)

    def _ipython_display_(self) -> None:
        shown.in_place_of_its_text(self)

    def __repr__(self) -> str:
        try:
            record = self._record
            return (
                f"Run(Experiment: {record.experiment},\nId: {self._id},\nType: {record.kind},\nStatus: {record.status})"
            )
        except LookupError:
            return f"Run(Id: {self._id})"

    def _repr_html_(self) -> str:
        return details.html(self)
