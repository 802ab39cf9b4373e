"""`Run` under Azure ML's names: designer's run, with the SDK's ways in, types and errors.

Elsewhere: logging itself (designer.tracking), which run is current (context.py), details and waiting (watch.py), files (files.py),
models (../model.py), starting scripts (../launch).
"""

from __future__ import annotations

import json
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import (
    AzureMLException,
    ServiceException,
    SnapshotException,
    UserErrorException,
    said_as_theirs,
)
from designer.azureml.launch import snapshot
from designer.azureml.runs import files, kinds, watch
from designer.store.protocol import RunNotFoundError
from designer.tracking import context as own_context
from designer.tracking import details as own_details
from designer.tracking.run import Run as OwnRun

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping, Sequence

    from designer.store.place import Place

_MOST_CHILDREN = 100
HYPERPARAMETERS = "designer.hyperparameters"  # a trial's values, as JSON


class Run(OwnRun):
    """A run. Everything that is logged is there for every reader when the call returns."""

    def __init__(
        self,
        experiment: Any,
        run_id: str,
        outputs: Any = None,
        *,
        place: Place | None = None,
        managed: bool = False,
        root: str | None = None,
        **_: Any,
    ) -> None:
        self._workspace = getattr(experiment, "workspace", None)
        where = place if place is not None else experiment.workspace.place
        super().__init__(experiment, run_id, outputs, place=where, managed=managed, root=root)
        self._known_name: str | None = None
        if place is None:  # a user attaches to an existing run
            try:
                where.read.run(run_id)
            except RunNotFoundError as error:
                raise ServiceException(f"RunNotFound: {error.args[0]}") from error

    # Getting one

    @classmethod
    def get_context(cls, allow_offline: bool = True, used_for_context_manager: bool = False, **kwargs: Any) -> Any:  # type: ignore[override]
        """The run of the script that is executing; outside of one, a real run of this machine."""
        from designer.azureml.runs import context  # noqa: PLC0415 - it needs the classes of this file

        return context.current(allow_offline)

    @classmethod
    def get_submitted_run(cls, **kwargs: Any) -> Any:
        """The run of the submitted script that is executing."""
        return cls.get_context(allow_offline=False)

    @staticmethod
    def get(workspace: Any, run_id: str) -> Any:  # type: ignore[override]
        """A run of a workspace by its id. Raises `ServiceException`."""
        try:
            record = workspace.place.read.run(run_id)
        except RunNotFoundError as error:
            raise ServiceException(f"RunNotFound: {error.args[0]}") from error
        return kinds.run_of(workspace.place, record, workspace)

    @staticmethod
    def list(  # type: ignore[override]
        experiment: Any,
        type: str | None = None,
        tags: Any = None,
        properties: Any = None,
        status: str | None = None,
        include_children: bool = False,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Any]:
        """An experiment's runs, newest first."""
        yield from experiment.get_runs(type, tags, properties, include_children, _status=status)

    @staticmethod
    def list_by_compute(
        compute: Any, type: str | None = None, tags: Any = None, properties: Any = None, status: str | None = None
    ) -> Iterator[Any]:
        """The runs that named a compute target, newest first."""
        from designer.model.runs import RunQuery  # noqa: PLC0415

        place = compute.workspace.place
        for record in place.read.runs(RunQuery(roots_only=False)):
            if record.kind == "script" and fits(record, tags, properties, type, status):
                if place.read.document(record.id).get("definition", {}).get("target") == compute.name:
                    yield kinds.run_of(place, record, compute.workspace)

    @staticmethod
    def add_type_provider(runtype: str, run_factory: Callable[..., Any]) -> None:
        """Have runs of a type of your own made by a function of `(experiment, data)`."""
        kinds.factories[runtype] = run_factory

    # Who it is

    @property
    def experiment(self) -> Any:
        """The experiment that it belongs to."""
        from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415 - each knows the other

        if not isinstance(self._experiment, Experiment):
            self._experiment = Experiment(self._its_workspace(), self._experiment_name())  # type: ignore[assignment]
        return self._experiment

    def _its_workspace(self) -> Any:
        if self._workspace is None:
            from designer.azureml.workspace import Workspace, _own_name  # noqa: PLC0415

            self._workspace = Workspace(workspace_name=_own_name(), place=self._place)
        return self._workspace

    @property
    def parent(self) -> Any:
        """The run that this one is a child of; None for a root."""
        if not self._parent_known:
            record = self._record
            if record.parent:
                self._parent = kinds.run_of(self._place, self._place.read.run(record.parent), self._workspace)
            self._parent_known = True
        return self._parent

    @property
    def type(self) -> Any:
        """Azure's name of what it is a run of; None for an interactive one."""
        return kinds.type_of(self._record)

    @property
    def name(self) -> str:
        """Its name; a child's begins with its parent's."""
        return self._record.name

    # Logging: errors are Azure's, everything else is designer's

    def _log_value(self, name: str, value: Any, description: str, step: int | None) -> None:
        try:
            super()._log_value(name, value, description, step)
        except ValueError as error:
            raise UserErrorException(str(error)) from error

    log_list = said_as_theirs(AzureMLException)(OwnRun.log_list)
    log_row = said_as_theirs(AzureMLException)(OwnRun.log_row)
    log_table = said_as_theirs(AzureMLException)(OwnRun.log_table)
    log_image = said_as_theirs(AzureMLException)(OwnRun.log_image)
    log_confusion_matrix = said_as_theirs()(OwnRun.log_confusion_matrix)
    log_accuracy_table = said_as_theirs()(OwnRun.log_accuracy_table)
    log_residuals = said_as_theirs()(OwnRun.log_residuals)
    log_predictions = said_as_theirs()(OwnRun.log_predictions)
    add_properties = said_as_theirs()(OwnRun.add_properties)
    start = OwnRun.start

    def log_metric(self, name: str, value: Any, *_: Any, **__: Any) -> None:
        """`log`: a name that the SDK's own documentation uses, but the SDK never had."""
        self.log(name, value)

    def _has_file(self, name: str) -> bool:
        return any(record.name == name for record in self._place.read.files(self._id))

    # Reading

    def get_metrics(
        self, name: str | None = None, recursive: bool = False, run_type: str | None = None, populate: bool = False
    ) -> dict[str, Any]:
        """What was logged, by name, in the shapes that Azure gives it. With `recursive`, run id -> metrics."""
        if recursive and run_type is not None:
            ids = {r.id for r in self._place.read.tree(self._id) if kinds.type_of(r) == run_type}
            found = super().get_metrics(name, True, None, populate)
            return {run_id: metrics for run_id, metrics in found.items() if run_id in ids}
        return super().get_metrics(name, recursive, None, populate)

    def get_children(
        self,
        recursive: bool = False,
        tags: Any = None,
        properties: Any = None,
        type: str | None = None,
        status: str | None = None,
        _rehydrate_runs: bool = True,
    ) -> Iterator[Any]:
        """Its children, newest first; with `recursive`, all below it. Filters: `"key"` or `{"key": "value"}`."""
        below = [r for r in self._place.read.tree(self._id) if r.id != self._id and (recursive or r.parent == self._id)]
        for record in sorted(reversed(below), key=lambda r: r.created, reverse=True):
            if fits(record, tags, properties, type, status):
                yield kinds.run_of(self._place, record, self._workspace)

    def get_detailed_status(self) -> dict[str, Any]:
        """Its status with the reason."""
        record = self._record
        return {"status": str(record.status), "details": dict(record.error or {})}

    def get_details(self) -> dict[str, Any]:
        """Everything about it."""
        return watch.details(self)

    def get_details_with_logs(self) -> dict[str, Any]:
        """The same with the logs' text."""
        return watch.details(self, with_logs=True)

    def wait_for_completion(
        self, show_output: bool = False, wait_post_processing: bool = False, raise_on_error: bool = True
    ) -> Any:
        """Wait for its end and return `get_details()`; with `show_output`, print its log as it comes.

        Raises `ActivityFailedException` when it failed, unless `raise_on_error=False`; a canceled run never raises. Ctrl-C raises
        `ExperimentExecutionException` and leaves it running.
        """
        return watch.wait(self, show_output, raise_on_error)

    def get_environment(self) -> Any:
        """The environment that it was submitted with."""
        from designer.azureml.config.environment import Environment  # noqa: PLC0415

        definition = self._place.read.document(self._id).get("definition", {})
        if not definition.get("environment"):
            raise UserErrorException(f"run {self._id} was not submitted with an environment")
        return Environment.from_data(definition["environment"])

    def get_portal_url(self) -> str:
        """Its page, once `designer ui` is started."""
        return f"http://localhost:8501/run?run={self._id}"

    def get_docs_url(self) -> str:
        """Where this is documented."""
        return "docs/azureml.md"

    # Files

    def upload_file(self, name: str, path_or_stream: Any, datastore_name: str | None = None) -> Any:
        """Keep a file with the run, under a name of its own. Raises `UserErrorException` when there is one."""
        return files.upload_file(self, name, path_or_stream)

    def upload_files(
        self,
        names: Sequence[str],
        paths: Sequence[str],
        return_artifacts: bool = False,
        timeout_seconds: float | None = None,
        datastore_name: str | None = None,
        **_: Any,
    ) -> Any:
        """Keep several files with the run; a name that is given twice is kept once."""
        return files.upload_files(self, names, paths)

    def upload_folder(self, name: str, path: str, datastore_name: str | None = None) -> Any:
        """Keep all files of a folder with the run, below a name."""
        return files.upload_folder(self, name, path)

    def get_file_names(self) -> Any:
        """The names of all its files, its log among them."""
        return files.names(self)

    @said_as_theirs()
    def download_file(
        self, name: str, output_file_path: str | None = None, _validate_checksum: bool = False, **_: Any
    ) -> Any:
        """Copy one of its files to a path (a folder: into it; default: the working folder)."""
        return files.download_file(self, name, output_file_path)

    def download_files(
        self,
        prefix: str | None = None,
        output_directory: str | None = None,
        output_paths: Sequence[str] | None = None,
        batch_size: int = 100,
        append_prefix: bool = True,
        timeout_seconds: float | None = None,
    ) -> Any:
        """Copy its files below a folder; `prefix` chooses those in one of its folders."""
        return files.download_files(self, prefix, output_directory, output_paths, append_prefix)

    def take_snapshot(self, file_or_folder_path: str) -> str:
        """Keep a copy of a folder with the run, once. Returns its id."""
        if snapshot.PROPERTY in self.properties:
            raise SnapshotException(f"run {self._id} has a snapshot already")
        digest = snapshot.take(self._place, file_or_folder_path)
        super().add_properties({snapshot.PROPERTY: digest})
        return digest

    def get_snapshot_id(self) -> str | None:
        """The id of its snapshot."""
        return self.properties.get(snapshot.PROPERTY)

    def restore_snapshot(self, snapshot_id: str | None = None, path: str | None = None) -> str:
        """Write a snapshot as a zip file below a folder. Returns the file's path."""
        digest = snapshot_id or self.get_snapshot_id()
        if digest is None:
            raise SnapshotException(f"run {self._id} has no snapshot")
        return str(snapshot.zipped(self._place, digest, Path(path or ".").absolute()))

    # Children, scripts, models, secrets

    def child_run(self, name: str | None = None, run_id: str | None = None, outputs: Any = None) -> Any:
        """A new child, running: `with run.child_run("fold 1") as child:`."""
        id = run_id or str(uuid.uuid4())
        event = self._child_event(id, self._chained(name, id), {})
        if name:
            event["display_name"] = name
        self._journal.event(event)
        return self._new_child(id, event["name"], outputs)

    def create_children(
        self, count: int | None = None, tag_key: str | None = None, tag_values: Sequence[Any] | None = None
    ) -> Any:
        """Several new children, running, as a list: `count` of them, or one for each of `tag_values`, tagged with it."""
        if (count is None) == (tag_key is None or tag_values is None):
            raise UserErrorException("create_children takes either count, or tag_key and tag_values")
        texts = [str(v) for v in (tag_values if tag_values is not None else range(count or 0))]
        if len(texts) > _MOST_CHILDREN:
            raise UserErrorException(f"create_children makes {_MOST_CHILDREN} children at most, not {len(texts)}")
        key = tag_key or "azureml.batch_child_number"
        events = [
            self._child_event(id, self._chained(None, id), {key: text})
            for id, text in ((str(uuid.uuid4()), t) for t in texts)
        ]
        self._journal.events(events)
        return [self._new_child(event["id"], event["name"], None) for event in events]

    def _chained(self, name: str | None, id: str) -> str:
        if not name:
            return f"run_{id}"
        if self._known_name is None:
            self._known_name = self.name
        return f"{self._known_name}>{name}"

    def _new_child(self, id: str, name: str, outputs: Any) -> Run:
        child = Run(self._experiment, id, outputs, place=self._place, root=self._root())
        child._workspace, child._known_name = self._workspace, name
        child._parent, child._parent_known = self, True
        own_context.started_here[id] = child
        return child

    def submit_child(self, config: Any, tags: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Submit a script, pipeline or sweep as a child of this run."""
        return self.experiment.submit(config, tags, _parent=self, **kwargs)

    def register_model(
        self,
        model_name: str,
        model_path: str | None = None,
        tags: Mapping[str, Any] | None = None,
        properties: Mapping[str, Any] | None = None,
        model_framework: str | None = None,
        model_framework_version: str | None = None,
        description: str | None = None,
        datasets: Any = None,
        sample_input_dataset: Any = None,
        sample_output_dataset: Any = None,
        resource_configuration: Any = None,
        **kwargs: Any,
    ) -> Any:
        """Register a model from the run's files: a file or a folder of them, by default the one called like the model."""
        from designer.azureml import model  # noqa: PLC0415 - few runs register models

        return model.from_run(
            self,
            model_name,
            model_path,
            tags,
            properties,
            description,
            datasets,
            model_framework,
            model_framework_version,
        )

    @property
    def _run_id(self) -> str:
        """Its id, under the name that scripts look at, too."""
        return self._id

    def get_secret(self, name: str) -> str | None:
        """A secret of the workspace."""
        return self.experiment.workspace.get_default_keyvault().get_secret(name)

    def get_secrets(self, secrets: Sequence[str]) -> dict[str, str | None]:
        """Several of them."""
        return self.experiment.workspace.get_default_keyvault().get_secrets(secrets)

    def clean(self) -> list[str]:
        """Nothing has to be cleaned up."""
        return []

    # Ending

    def fail(self, error_details: Any = None, error_code: str | None = None, _set_status: bool = True) -> None:
        """End it as failed, with a text or an exception as the reason."""
        super().fail(error_details, error_code, _set_status)

    def cancel(self) -> None:
        """Stop it: its script is asked to end, then ended; its outputs are kept."""
        super().cancel()

    def __repr__(self) -> str:
        try:
            record = self._record
        except RunNotFoundError:
            return f"Run(Id: {self._id})"
        return f"Run(Experiment: {record.experiment},\nId: {self._id},\nType: {kinds.type_of(record)},\nStatus: {self.status})"

    def _repr_html_(self) -> str:
        return own_details.html(self)

    def __reduce__(self) -> Any:
        return _attached, (str(self._place.folder), self._id)


class ScriptRun(Run):
    """The run of a script, from outside."""

    RUN_TYPE = kinds.SCRIPT

    @staticmethod
    def _from_run_dto(experiment: Any, run_dto: Any) -> Any:
        return ScriptRun(experiment, run_dto["run_id"])


class _SubmittedRun(Run):
    """The run of a script, from within: whoever launched it decides its end."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._given: Any = None  # inputs and outputs, from the environment

    @property
    def input_datasets(self) -> Any:
        """Name -> dataset, or path for one that is mounted or downloaded."""
        return self._data().inputs

    @property
    def output_datasets(self) -> Any:
        """Name -> path to write to."""
        return self._data().outputs

    def _data(self) -> Any:
        if self._given is None:
            from designer.azureml.runs.given import Given  # noqa: PLC0415 - only scripts with data

            self._given = Given(self)
        return self._given

    def _has_file(self, name: str) -> bool:
        return name in files.uploaded_here(self)

    def cancel(self) -> None:
        """Warns: a script can't cancel its own run."""
        import warnings  # noqa: PLC0415

        warnings.warn("a submitted script can't cancel its own run; end it with sys.exit", UserWarning, stacklevel=2)


def fits(record: Any, tags: Any, properties: Any, type: str | None, status: str | None) -> bool:
    """Whether a run passes the filters of `get_children` and `get_runs`."""
    if type is not None and kinds.type_of(record) != type:
        return False
    return own_details.matches(record, tags, properties, None, status)


def get_run(experiment: Any, run_id: str, rehydrate: bool = True, clean_up: bool = True) -> Any:
    """A run of an experiment by its id, as the class of its type."""
    return Run.get(experiment.workspace, run_id)


def _attached(folder: str, run_id: str) -> Any:
    from designer.store.place import place  # noqa: PLC0415

    where = place(folder)
    return kinds.run_of(where, where.read.run(run_id))


def hyperparameters_of(record: Any) -> str:
    """A trial's values as JSON, under the names that the space has for them."""
    return record.properties.get(HYPERPARAMETERS) or json.dumps(dict(record.parameters))
