"""What the page asked for, answered. Each want has one function; most only read the store (canvas)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.app.workshop import WorkshopError
from designer.canvas import compare, detail, preview, runs_table
from designer.canvas.difference import difference
from designer.canvas.earlier import earlier
from designer.canvas.thin import thinned
from designer.canvas.wire import (
    Answer,
    ColumnsAnswer,
    ColumnsWant,
    EnvironmentWant,
    FileWant,
    LogWant,
    NodeWant,
    PipelinesAnswer,
    PipelinesWant,
    PreviewWant,
    RowsWant,
    RunsWant,
    SeriesAnswer,
    SeriesWant,
    SourceAnswer,
    SourceWant,
)
from designer.canvas.wire_compare import CompareWant, DifferenceWant
from designer.canvas.wire_plan import EarlierWant
from designer.model import document as documents
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pydantic import BaseModel

    from designer.app.desk import Desk
    from designer.app.project import Project
    from designer.app.session import Session
    from designer.canvas.wire import KeyedWant
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Pipeline

_MOST_SERIES = 20


class Answers:
    """Answers wants for one tab. What depends on the store alone is kept until the store has news."""

    def __init__(
        self,
        project: Project,
        session: Session,
        pipeline: Pipeline | None,
        modules: Mapping[str, ModuleSpec],
        desk: Desk | None = None,
    ) -> None:
        self.project, self.session, self.pipeline, self.modules, self.desk = project, session, pipeline, modules, desk

    def all(self, wants: Iterable[KeyedWant]) -> dict[str, Answer]:
        """An answer for each want, by its key."""
        wants = list(wants)
        self.session.answers = {
            key: kept for key, kept in self.session.answers.items() if any(one.key == key for one in wants)
        }
        return {one.key: self._kept(one) for one in wants}

    def _kept(self, keyed: KeyedWant) -> Answer:
        if isinstance(keyed.want, (PipelinesWant, SourceWant)):
            return self.one(keyed.want)
        depends: Any = self.project.store.revision()
        if isinstance(keyed.want, NodeWant):  # says which metrics are pinned, which the pipeline decides
            depends = (depends, self.pipeline.layout if self.pipeline else None)
        known = self.session.answers.get(keyed.key)
        if known is None or known[0] != depends:
            known = self.session.answers[keyed.key] = (depends, self.one(keyed.want))
        return known[1]

    def one(self, want: Any) -> Answer:
        """The answer to a want, or why there is none."""
        try:
            found = self._data(want)
        except (RunNotFoundError, LookupError, FileNotFoundError) as error:
            return Answer(error=str(error.args[0]) if error.args else str(error))
        except WorkshopError as error:
            return Answer(error=f"{error.message}\n{error.hint}".strip())
        except documents.DocumentError as error:
            return Answer(error=str(error))
        return Answer(data=found.model_dump(mode="json", by_alias=True))

    def _data(self, want: Any) -> BaseModel:  # one line a want
        store = self.project.store
        match want:
            case NodeWant():
                return detail.node_detail(store, want.run_id, self.pipeline, self.modules)
            case SeriesWant():
                names = want.names[:_MOST_SERIES]
                return SeriesAnswer(
                    series=tuple(thinned(n, store.series(want.run_id, n), want.points, want.between) for n in names)
                )
            case RowsWant():
                return detail.rows(store, want.run_id, want.name)
            case PreviewWant():
                return preview.preview(store, want.run_id, want.port, want.side)
            case LogWant():
                return detail.log(store, want.run_id)
            case FileWant():
                return detail.file(store, want.run_id, want.name)
            case EnvironmentWant():
                return detail.environment(store, want.run_id)
            case RunsWant():
                return runs_table.runs_table(store, want.nodes)
            case CompareWant():
                return compare.compare(store, want.run_ids, self.modules)
            case EarlierWant():
                return earlier(store, want.node, want.module)
            case DifferenceWant():
                return difference(store, want.a, want.b, self.modules)
            case ColumnsWant():
                return self._columns(want)
            case PipelinesWant():
                return PipelinesAnswer(pipelines=tuple(self.project.pipelines()))
            case SourceWant():
                return self._source()
        raise LookupError(f"this version doesn't know {type(want).__name__}")

    def _columns(self, want: ColumnsWant) -> ColumnsAnswer:
        child = next((one for one in self.project.store.tree(want.run_id) if one.node == want.node), None)
        return ColumnsAnswer(ports=preview.columns(self.project.store, child.id) if child else {})

    def _source(self) -> SourceAnswer:
        assert self.desk is not None
        pipeline, draft = self.desk.pipeline, self.desk.draft
        yaml = documents.to_yaml(pipeline)
        if draft.kind == "python" and draft.path:
            return SourceAnswer(
                yaml=yaml, python=self.project.file(draft.path).read_text(encoding="utf-8"), path=draft.path
            )
        return SourceAnswer(yaml=yaml, python=self.project.workshop.source(pipeline), path=draft.path)
