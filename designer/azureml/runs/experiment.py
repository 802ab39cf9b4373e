"""`Experiment` under Azure ML's names. What `submit` does with a configuration is decided by the configuration's class (submit.py)."""

from __future__ import annotations

import os
import re
import uuid
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.launch import mlflow_folder, snapshot
from designer.azureml.launch.variables import EXPERIMENT
from designer.azureml.runs import kinds
from designer.azureml.runs.run import Run, fits
from designer.model.runs import RunQuery
from designer.tracking import context as own_context
from designer.tracking.experiment import Experiment as OwnExperiment

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator, Mapping, Sequence

    from designer.azureml.workspace import Workspace

_NAME = re.compile(r"^[a-zA-Z0-9][\w\-]{0,254}$")
_SMALL = (500, 20 << 20)  # files and bytes up to which an interactive run keeps a snapshot by itself


class Experiment(OwnExperiment):
    """A name under which runs are kept in a workspace."""

    def __init__(self, workspace: Workspace, name: str, _skip_name_validation: bool = False, **_: Any) -> None:
        if not isinstance(name, str) or not _NAME.match(name):
            raise UserErrorException(
                f"{name!r} can't be an experiment's name: a letter or digit, then letters, digits, _ and -, 255 at most"
            )
        super().__init__(name, place=workspace.place)
        self.workspace = self.workspace_object = workspace

    @property
    def id(self) -> str:
        """An id that belongs to the name."""
        return str(uuid.uuid5(uuid.NAMESPACE_URL, f"{self._place.folder}/{self.name}"))

    # Runs

    def start_logging(self, *args: Any, **kwargs: Any) -> Run:  # type: ignore[override]
        """A new run, running. End it with `complete()`, or use it as `with experiment.start_logging() as run:`.

        `outputs` is the folder whose files are kept at the end (default `./outputs`; False: none). `snapshot_directory` is a folder
        to keep a copy of; by default the working folder, where it is small.
        """
        names = ("name", "run_id", "outputs", "snapshot_directory", "display_name", "description")
        given = {**dict(zip(names, args, strict=False)), **kwargs}
        folder = given.pop("snapshot_directory", _DEFAULT)
        made = super().start_logging(
            given.get("name"),
            given.get("run_id"),
            given.get("outputs"),
            None,
            given.get("display_name"),
            given.get("description"),
        )
        run = Run(self, made.id, given.get("outputs"), place=self._place, root=made.id)
        run._workspace, run._parent_known, run._known_name = self.workspace, True, given.get("name")
        own_context.started_here[run.id] = run
        if given.get("outputs") is not False:  # notebooks write into it without making it
            Path(given.get("outputs") or "outputs").mkdir(parents=True, exist_ok=True)
        if folder is _DEFAULT:
            count, size = snapshot.size_of(self._place, ".", _SMALL[0])
            folder = "." if 0 < count <= _SMALL[0] and size <= _SMALL[1] else None
        if folder is not None:
            run.take_snapshot(folder)
        return run

    def submit(self, config: Any, tags: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
        """Run a script, pipeline or sweep, in a process of its own, and return its run at once."""
        from designer.azureml.runs import submit  # noqa: PLC0415 - it needs everything that can be submitted

        return submit.submit(self, config, tags, **kwargs)

    def get_runs(  # type: ignore[override]
        self,
        type: str | None = None,
        tags: Any = None,
        properties: Any = None,
        include_children: bool = False,
        _status: str | None = None,
    ) -> Iterator[Any]:
        """Its runs, newest first. Filters: `"key"` or `{"key": "value"}`."""
        mlflow_folder.take_runs(self._place, self._place.folder / "mlflow")
        mine = mlflow_folder.of_this_process()
        if mine is not None:
            mlflow_folder.take_runs(self._place, mine, but=(mlflow_folder.DEFAULT, os.environ.get(EXPERIMENT, "")))
        query = RunQuery(experiment=self.name, roots_only=not include_children)
        for record in self._place.read.runs(query):
            if fits(record, tags, properties, type, _status):
                yield kinds.run_of(self._place, record, self.workspace)

    # What is kept of it

    def _kept(self) -> dict[str, Any]:
        return Assets(self._place, "experiments").get(self.name, 1) or {}

    def _keep(self, **changes: Any) -> None:
        Assets(self._place, "experiments").add(self.name, {**self._kept(), **changes}, version=1)

    @property
    def tags(self) -> dict[str, str | None]:
        """Its tags."""
        return dict(self._kept().get("tags", {}))

    def tag(self, key: str, value: Any = None) -> None:
        """Mark it."""
        self.set_tags({key: value})

    def set_tags(self, tags: Mapping[str, Any]) -> None:
        """Add tags or change them."""
        self._keep(tags={**self.tags, **{str(k): v if v is None else str(v) for k, v in tags.items()}})

    def remove_tags(self, tags: Sequence[str]) -> None:
        """Take tags away."""
        self._keep(tags={k: v for k, v in self.tags.items() if k not in tags})

    @property
    def archived_time(self) -> datetime | None:
        """Since when it is archived."""
        at = self._kept().get("archived")
        return datetime.fromtimestamp(at, UTC) if at else None

    def archive(self) -> None:
        """Leave it out of lists."""
        self._keep(archived=datetime.now(UTC).timestamp())

    def reactivate(self, new_name: str | None = None) -> None:
        """List it again."""
        if new_name is not None:
            raise UserErrorException("an experiment can't be renamed")
        self._keep(archived=None)

    def refresh(self) -> None:
        """Nothing is cached."""

    @staticmethod
    def list(
        workspace: Workspace, experiment_name: str | None = None, view_type: str = "ActiveOnly", tags: Any = None
    ) -> builtins.list[Experiment]:
        """The experiments of a workspace."""
        found = []
        for name in workspace.place.read.experiments():
            if not _NAME.match(name) or (experiment_name is not None and name != experiment_name):
                continue
            one = Experiment(workspace, name)
            archived = one.archived_time is not None
            if (view_type == "ActiveOnly" and archived) or (view_type == "ArchivedOnly" and not archived):
                continue
            wanted = {tags: None} if isinstance(tags, str) else tags or {}
            if all(k in one.tags and (isinstance(tags, str) or one.tags[k] == v) for k, v in wanted.items()):
                found.append(one)
        return found

    @staticmethod
    def delete(workspace: Workspace, experiment_id: str) -> None:
        """Archive it; runs aren't removed by a script."""
        for one in Experiment.list(workspace, view_type="All"):
            if one.id == experiment_id:
                one.archive()
                return
        raise UserErrorException(f"there is no experiment with the id {experiment_id}")

    @staticmethod
    def from_directory(path: str, auth: Any = None) -> Any:
        """Not offered."""
        raise UserErrorException(
            "Experiment.from_directory read projects of the SDK's first version\n  next: Experiment(Workspace.from_config(), name)"
        )

    def get_portal_url(self) -> str:
        """Where the page lists its runs, once `designer ui` is started."""
        return f"http://localhost:8501/runs?experiment={self.name}"

    def get_docs_url(self) -> str:
        """Where this is documented."""
        return "docs/azureml.md"

    def __reduce__(self) -> Any:
        return Experiment, (self.workspace, self.name)

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name},\nWorkspace: {self.workspace.name})"

    def _repr_html_(self) -> str:
        return f"<table><tr><th>Name</th><th>Workspace</th></tr><tr><td>{self.name}</td><td>{self.workspace.name}</td></tr></table>"


_DEFAULT: Any = object()
