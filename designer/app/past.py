"""What a run kept of its pipeline: it is drawn as it was, whatever the files say today."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from pydantic import ValidationError

from designer.app.workshop import Catalogue
from designer.canvas.wire import Document
from designer.model import document as documents
from designer.model.module import ModuleSpec
from designer.model.pipeline import Pipeline
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from designer.app.project import Project
    from designer.canvas.wire import Outbox


class Past(NamedTuple):
    """A run's pipeline and modules."""

    run_id: str | None
    pipeline: Pipeline | None
    catalogue: Catalogue
    path: str | None

    def document(self, outbox: Outbox | None) -> Document | None:
        """The document for the page; None for a run that had no pipeline."""
        if self.run_id is None or self.pipeline is None:
            return None
        known = outbox is not None and outbox.epoch == self.run_id
        return Document(
            id=self.run_id,
            epoch=self.run_id,
            pipeline=None if known else self.pipeline,
            path=self.path,
            kind="run",
            read_only=True,
        )


def past_run(project: Project, run_id: str | None) -> Past:
    """What a run kept; empty for a run that isn't there, or had no pipeline."""
    if run_id is None:
        return Past(None, None, Catalogue({}), None)
    try:
        kept = project.store.document(run_id)
    except (RunNotFoundError, LookupError):
        return Past(run_id, None, Catalogue({}), None)
    raw = kept.get("pipeline")
    try:
        pipeline = documents.from_data(raw) if raw else None
    except documents.DocumentError:
        pipeline = None
    path = next((one.path for one in project.pipelines() if pipeline is not None and one.name == pipeline.name), None)
    return Past(run_id, pipeline, Catalogue(_specs(kept.get("modules") or {})), path)


def specs_of(project: Project, run_ids: Iterable[str]) -> dict[str, ModuleSpec]:
    """The modules of some runs as they were, the later run's where both have one."""
    found: dict[str, ModuleSpec] = {}
    for run_id in run_ids:
        found.update(past_run(project, run_id).catalogue.specs)
    return found


def _specs(raw: dict[str, object]) -> dict[str, ModuleSpec]:
    found = {}
    for id, spec in raw.items():
        try:
            found[id] = ModuleSpec.model_validate(spec)
        except ValidationError:  # kept by another version; the graph is drawn without its ports' types
            continue
    return found
