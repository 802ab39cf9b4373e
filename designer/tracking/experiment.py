"""`Experiment`: runs that belong together. Names and meaning are Azure ML SDK v1's."""

from __future__ import annotations

import re
import time
from typing import TYPE_CHECKING, Any

from designer.errors import RunStateError
from designer.model.runs import RunKind, RunQuery, Status
from designer.store.place import Place
from designer.store.place import place as place_of
from designer.tracking import context, details
from designer.tracking.run import Run

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator, Mapping

_NAME = re.compile(r"[a-zA-Z0-9][\w\-]{0,254}", re.ASCII)


class Experiment:
    """A name under which runs are kept. `Experiment("cars").start_logging()` needs no pipeline.

    `store` is a store's folder; by default `DESIGNER_STORE`, else `.designer/` in the working folder.
    """

    def __init__(self, name: str, store: str | os.PathLike[str] | None = None, *, place: Place | None = None) -> None:
        if not _NAME.fullmatch(name):
            raise RunStateError(
                f"{name!r} can't be an experiment's name\n  next: start with a letter or digit; then letters, digits, _ and -, 255 at most"
            )
        self.name = name
        self._place = place or place_of(store)

    @classmethod
    def of(cls, name: str, place: Place) -> Experiment:
        """The experiment of a run that is there, whatever its name: a pipeline's may be any text."""
        found = cls.__new__(cls)
        found.name, found._place = name, place
        return found

    def start_logging(
        self,
        name: str | None = None,
        run_id: str | None = None,
        outputs: Any = None,
        snapshot_directory: str | None = None,
        display_name: str | None = None,
        description: str | None = None,
        parameters: Mapping[str, Any] | None = None,
        tags: Mapping[str, Any] | None = None,
    ) -> Run:
        """A new run, running. End it with `complete()`, or use it as `with experiment.start_logging() as run:`.

        `outputs` is a folder whose files are kept with the run at its end (default `./outputs`, when it is there then; False: none).
        `snapshot_directory` is a folder to keep a copy of.
        """
        if isinstance(self._place, Place) and self._place.is_gone:
            self._place = place_of(self._place.folder)
        id = details.id_of(self._place, run_id)
        now = time.time()
        journal = self._place.journal
        event: dict[str, Any] = {
            "e": "run", "id": id, "kind": RunKind.INTERACTIVE, "parent": None, "root": id, "experiment": self.name,
            "name": name or f"run_{id[:8]}", "status": Status.RUNNING, "created": now, "started": now, "owner": journal.token,
        }  # fmt: skip
        if display_name:
            event["display_name"] = display_name
        if description:
            event["description"] = description
        if tags:
            event["tags"] = {str(k): v if v is None else str(v) for k, v in tags.items()}
        if parameters:
            event["parameters"] = dict(parameters)
        journal.event(event)
        run = Run(self, id, outputs, place=self._place, root=id)
        run._parent_known = True
        context.started_here[id] = run
        if snapshot_directory is not None:
            details.take_snapshot(run, snapshot_directory)
        return run

    def get_runs(
        self,
        type: str | None = None,
        tags: Any = None,
        properties: Any = None,
        include_children: bool = False,
        status: str | None = None,
    ) -> Iterator[Run]:
        """Its runs, newest first. Filters: `"key"` or `{"key": "value"}`."""
        query = RunQuery(experiment=self.name, roots_only=not include_children)
        for record in self._place.read.runs(query):
            if details.matches(record, tags, properties, type, status):
                yield Run(self, record.id, place=self._place)

    @staticmethod
    def list(store: str | os.PathLike[str] | None = None) -> Any:
        """All experiments of a store, by name."""
        where = place_of(store)
        return [Experiment.of(name, where) for name in where.read.experiments()]

    def __repr__(self) -> str:
        return f"Experiment(Name: {self.name})"
