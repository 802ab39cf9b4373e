"""The pipeline that a tab has open: opening, edits, problems, the plan, saving, conflicts. Elsewhere: running it (actions.py), drafts on disk (drafts.py)."""

from __future__ import annotations

import hashlib
import time
from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer.app.drafts import Acks, Draft, DraftConflictError, digest, id_of, new_epoch, new_id
from designer.app.project import PathError, read_document, write_document
from designer.app.workshop import Catalogue, WorkshopError
from designer.canvas.wire import Conflict, Document
from designer.canvas.wire_plan import Planned, Steering
from designer.model.document import DocumentError
from designer.model.edits import EditError, apply
from designer.model.pipeline import Pipeline
from designer.model.problem import Problem
from designer.model.runs import RunQuery
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from designer.app.project import Project
    from designer.app.session import Session
    from designer.canvas.wire import Outbox

NEW_NAME = "my pipeline"


@dataclass
class _Opened:
    """Survives from rerun to rerun: which draft, and what is expensive to know again."""

    draft: str
    conflict: Conflict | None = None
    python: tuple[str, Pipeline, Catalogue, tuple[Problem, ...]] | None = None  # digest of the file, and what is in it
    refused: str | None = None  # digest of a newer file that can't be shown: told once
    checked: tuple[str, tuple[Problem, ...]] | None = None
    planned: _Plan | None = None


@dataclass
class _Plan:
    """A plan, what it was made for, and until when it is good enough."""

    key: object
    planned: Planned
    until: float


class Desk:
    """What is open in a tab. Built anew on each rerun over what the session and the disk keep."""

    def __init__(self, project: Project, session: Session) -> None:
        self.project, self.session = project, session
        self._catalogues: dict[tuple[str, ...], Catalogue] = {}  # read once a rerun

    # ------------------------------------------------------------ which one

    def seat(self, path: str | None, draft_id: str | None) -> None:
        """Have open what the address asks for; else what is open; else the last one; else a new one."""
        opened: _Opened | None = self.session.opened
        asked = self.project.drafts.get(draft_id) if draft_id and not (opened and opened.draft == draft_id) else None
        if asked is not None:
            self.open(asked.path or f"draft:{asked.id}")
        elif path and not (opened and opened.draft == id_of(path)):
            self.open(path)
        if self.session.opened is None or self.project.drafts.get(self.session.opened.draft) is None:
            last = next((draft for draft in self.project.drafts.all() if self._is_there(draft)), None)
            if last is not None and not path:
                self.open(last.path) if last.path else self._show(last)
        if self.session.opened is None or self.project.drafts.get(self.session.opened.draft) is None:
            self.new()

    def _is_there(self, draft: Draft) -> bool:
        if draft.path is None:
            return draft.pipeline is not None
        try:
            return draft.changed or self.project.file(draft.path).is_file()
        except PathError:
            return False

    @property
    def opened(self) -> _Opened:
        """What is open."""
        assert self.session.opened is not None
        return self.session.opened  # type: ignore[no-any-return]

    @property
    def draft(self) -> Draft:
        """The draft as it is on disk."""
        draft = self.project.drafts.get(self.opened.draft)
        assert draft is not None, "seat() makes sure of it"
        return draft

    def new(self, pipeline: Pipeline | None = None, client: str = "") -> Draft:
        """Open a new pipeline, or a copy of one."""
        pipeline = pipeline or Pipeline(name=NEW_NAME)
        clean = digest(pipeline) if not pipeline.nodes else ""
        draft = Draft(id=new_id(), epoch=new_epoch(), pipeline=pipeline, clean=clean)
        return self._show(self.project.drafts.write(draft, client))

    def open(self, path: str, copy: bool = False, client: str = "") -> bool:
        """Open a file of the project, or a draft (`draft:ID`). Tells why when it can't."""
        if path.startswith("draft:"):
            draft = self.project.drafts.get(path.removeprefix("draft:"))
            if draft is None:
                self.session.tell("error", "That draft is gone", path)
                return False
            self._show(draft)
            return True
        try:
            file = self.project.file(path)
            if file.suffix == ".py":
                return self._open_python(path, copy, client)
            return self._open_document(path, client)
        except DocumentError as error:
            where = f"{path}: node {error.problem.node}: " if error.problem.node else f"{path}: "
            self.session.tell("error", f"{path} can't be opened", where + error.problem.message, error.problem.hint)
        except WorkshopError as error:
            self.session.tell(
                "error", f"{path} can't be opened", error.message, error.hint or "mend the file, then open it again"
            )
        except (PathError, UnicodeDecodeError) as error:
            self.session.tell("error", f"{path} can't be opened", str(error))
        except OSError as error:
            self.session.tell(
                "error", f"{path} can't be opened", error.strerror or str(error), "look whether the file is there"
            )
        return False

    def _open_document(self, path: str, client: str) -> bool:
        file = self.project.file(path)
        there = self.project.drafts.get(id_of(path))
        mark = self._mark(path)
        if there is not None and there.pipeline is not None and (there.changed or there.file == mark):
            if there.changed and mark and there.file != mark:
                self._tell_older(path)
            self._show(there)
            return True
        pipeline = read_document(file)
        draft = Draft(
            id=id_of(path),
            path=path,
            kind="yaml",
            epoch=new_epoch(),
            pipeline=pipeline,
            clean=digest(pipeline),
            file=mark,
            run_id=there.run_id if there else self._last_run(pipeline),
        )
        self._show(self.project.drafts.write(draft, client))
        return True

    def _open_python(self, path: str, copy: bool, client: str) -> bool:
        mark = self._mark(path)
        pipeline, catalogue, problems = self.project.workshop.load(path)
        if copy:
            self.new(pipeline, client)
            return True
        draft = self.project.drafts.get(id_of(path)) or Draft(
            id=id_of(path), path=path, kind="python", epoch=digest(pipeline)[:12], run_id=self._last_run(pipeline)
        )
        self._show(self.project.drafts.write(draft, client))
        self.opened.python = (mark, pipeline, catalogue, problems)
        return True

    def _last_run(self, pipeline: Pipeline) -> str | None:
        """The newest run of a pipeline that is opened for the first time: what is known of it is seen at once."""
        runs = self.project.store.runs(RunQuery(kind="pipeline", text=pipeline.name, limit=20))
        return next((run.id for run in runs if run.name == pipeline.name), None)

    def _show(self, draft: Draft) -> Draft:
        if self.session.opened is None or self.session.opened.draft != draft.id:
            self.session.opened = _Opened(draft.id)
        return draft

    # ------------------------------------------------------------ what it is

    @property
    def pipeline(self) -> Pipeline:
        """The pipeline as this tab shows it."""
        draft = self.draft
        return draft.pipeline if draft.pipeline is not None else self._python()[0]

    @property
    def catalogue(self) -> Catalogue:
        """The modules that it can use."""
        if self.draft.kind == "python":
            return self._python()[1]
        files = self.pipeline.files
        if files not in self._catalogues:
            self._catalogues[files] = self.project.workshop.catalogue(files)
        return self._catalogues[files]

    def problems(self) -> tuple[Problem, ...]:
        """What is wrong with it; asked anew only when it, or the modules, changed."""
        if self.draft.kind == "python":
            return self._python()[2]
        pipeline = self.pipeline
        key = f"{digest(pipeline.meaning)} {self.catalogue.digest}"
        if self.opened.checked is None or self.opened.checked[0] != key:
            found = self.project.workshop.check(pipeline)
            if not pipeline.nodes:  # an empty canvas is a beginning, not a mistake
                found = tuple(problem for problem in found if problem.code != "empty_pipeline")
            self.opened.checked = (key, found)
        return self.opened.checked[1]

    def plan(self, outbox: Outbox | None, host: str, running: bool) -> Planned:
        """What a run would do with each node. While one goes on, what was planned before it stays.

        Code and files may change without the page's knowing, so a plan is made anew each time, if not sooner than ten times as long
        as it takes: then planning is at most a tenth of what the page does, however large the pipeline.
        """
        draft, steering = self.draft, outbox.steering if outbox is not None else Steering()
        key = (draft.id, digest(self.pipeline.meaning), steering, self.project.store.revision())
        known = self.opened.planned
        if known is None or not (running or (known.key == key and time.monotonic() < known.until)):
            begun = time.monotonic()
            planned = Planned(host=host, document=draft.id) if running else self._planned(host, steering)
            ended = time.monotonic()
            known = self.opened.planned = _Plan(key, planned, ended + 10 * (ended - begun))
        client = outbox.client if outbox is not None else ""
        return known.planned.model_copy(update={"client": client, "edits": draft.of(client).edits})

    def _planned(self, host: str, steering: Steering) -> Planned:
        draft, pipeline = self.draft, self.pipeline
        if not pipeline.nodes:
            return Planned(host=host, document=draft.id)
        try:
            nodes = self.project.workshop.plan(
                draft.pipeline,
                path=draft.path if draft.kind == "python" else None,
                store=str(self.project.place.folder),
                steering=steering,
            )
        except WorkshopError as error:
            return Planned(host=host, document=draft.id, note=error.message)
        return Planned(host=host, document=draft.id, nodes=nodes)

    def _python(self) -> tuple[Pipeline, Catalogue, tuple[Problem, ...]]:
        """What the file declares; while it can't be read, what it declared before."""
        path, known = self.draft.path or "", self.opened.python
        mark = self._mark(path)
        if known is None or mark not in (known[0], self.opened.refused):
            try:
                known = self.opened.python = (mark, *self.project.workshop.load(path))
                self._accept(path)
            except WorkshopError as error:
                if known is None:
                    raise
                self._refuse(path, mark, error.message)
        return known[1:]

    # ------------------------------------------------------------ its file

    def _mark(self, path: str) -> str:
        file = self.project.file(path)
        return hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""

    @property
    def stamp(self) -> tuple[int, int] | None:
        """Changes when the open file does: cheap enough to look at all the time."""
        path = self.draft.path
        file = self.project.file(path) if path else None
        if file is None or not file.is_file():
            return None
        stat = file.stat()
        return stat.st_mtime_ns, stat.st_size

    def follow_file(self, client: str) -> None:
        """Show what an editor wrote to the open file. A draft with changes of its own stays, and its user is told."""
        draft = self.draft
        if draft.kind != "yaml" or draft.path is None:
            return
        mark = self._mark(draft.path)
        if mark in ("", draft.file, self.opened.refused):
            return
        if draft.changed:
            self.opened.refused = mark
            self._tell_older(draft.path)
            return
        try:
            pipeline = self.project.read(draft.path)
        except (DocumentError, OSError, UnicodeDecodeError) as error:
            self._refuse(draft.path, mark, error.problem.message if isinstance(error, DocumentError) else str(error))
            return
        fields = {"pipeline": pipeline, "epoch": new_epoch(), "clean": digest(pipeline), "file": mark}
        self.project.drafts.write(draft.model_copy(update=fields), client)
        self._accept(draft.path)

    def _accept(self, path: str) -> None:
        self.opened.refused = None
        self.session.retract(_unreadable(path))

    def _refuse(self, path: str, mark: str, reason: str) -> None:
        self.opened.refused = mark
        self.session.tell("error", _unreadable(path), reason, "mend the file: until then the page shows what was in it")

    def _tell_older(self, path: str) -> None:
        self.session.tell(
            "warning",
            f"{path} was changed on disk",
            "Your draft is older than the file and still open here.",
            "take the file with 'Back to the file', or save the draft under another name",
        )

    def document(self, outbox: Outbox | None) -> Document:
        """The document for the page; the pipeline itself only when the page hasn't got it, or another tab has changed it."""
        draft = self.draft
        pipeline = self.pipeline
        epoch = digest(pipeline)[:12] if draft.kind == "python" else draft.epoch
        revision = draft.revision
        known = outbox is not None and outbox.epoch == epoch and not self._behind(outbox, draft)
        if outbox is not None and outbox.epoch is not None and self.opened.conflict is not None:
            epoch, revision, known = (
                outbox.epoch,
                outbox.revision,
                True,
            )  # the page keeps what it has until the user decides
        return Document(
            id=draft.id,
            epoch=epoch,
            revision=revision,
            pipeline=None if known else pipeline,
            path=draft.path,
            kind=draft.kind,
            read_only=draft.kind == "python",
            changed=draft.changed or (draft.path is None and bool(pipeline.nodes)),
        )

    @staticmethod
    def _behind(outbox: Outbox, draft: Draft) -> bool:
        """Whether another tab has written since the page was last told of the draft."""
        return draft.revision > outbox.revision and draft.writer not in ("", outbox.client)

    # ------------------------------------------------------------ changing it

    def take_edits(self, outbox: Outbox) -> None:
        """Apply what the page applied already, once, and keep it."""
        draft = self.draft
        fresh = [one for one in outbox.edits if one.seq > draft.of(outbox.client).edits]
        if not fresh or draft.pipeline is None:
            return
        if self._behind(outbox, draft):
            self._conflict(draft)
            return
        if outbox.epoch != draft.epoch:
            return  # made on another version of this tab's own; the page is about to load this one
        pipeline = draft.pipeline
        for one in fresh:
            try:
                pipeline = apply(pipeline, one.edit)
            except EditError as error:
                self._resync(outbox, pipeline, fresh[-1].seq, str(error))
                return
        self._keep(pipeline, outbox, fresh[-1].seq)

    def _keep(self, pipeline: Pipeline, outbox: Outbox, seq: int, **fields: object) -> None:
        draft = self.draft
        acks = {outbox.client: Acks(edits=seq, commands=draft.of(outbox.client).commands)}
        changed = draft.model_copy(update={"pipeline": pipeline, "acks": acks, **fields})
        try:
            self.project.drafts.write(changed, outbox.client, outbox.revision)
        except DraftConflictError as error:
            self._conflict(error.theirs)

    def _resync(self, outbox: Outbox, pipeline: Pipeline, seq: int, reason: str) -> None:
        """The page and the draft drifted apart: the page loads what is kept."""
        self._keep(pipeline, outbox, seq, epoch=new_epoch())
        self.session.tell(
            "warning", "One change could not be kept", reason, "the page shows what is kept; make the change again"
        )

    def _conflict(self, theirs: Draft) -> None:
        self.opened.conflict = Conflict(revision=theirs.revision, when=theirs.saved)

    def settle(self, choice: str, pipeline: Pipeline | None, client: str) -> None:
        """End a conflict as the user chose."""
        self.opened.conflict = None
        if choice == "mine" and pipeline is not None:
            self.project.drafts.write(
                self.draft.model_copy(update={"pipeline": pipeline, "epoch": new_epoch()}), client
            )
        elif choice == "copy" and pipeline is not None:
            self.new(pipeline, client)

    def revert(self, client: str) -> None:
        """Throw the draft away and take the file."""
        draft = self.draft
        if draft.path is None:
            self.project.drafts.write(
                draft.model_copy(update={"pipeline": Pipeline(name=NEW_NAME), "epoch": new_epoch()}), client
            )
            return
        try:
            pipeline = self.project.read(draft.path)
        except (DocumentError, OSError) as error:
            text = error.problem.message if isinstance(error, DocumentError) else str(error)
            self.session.tell("error", f"{draft.path} can't be read, so the draft stays", text)
            return
        mark = hashlib.sha256(self.project.file(draft.path).read_bytes()).hexdigest()
        fields = {"pipeline": pipeline, "epoch": new_epoch(), "clean": digest(pipeline), "file": mark}
        self.project.drafts.write(draft.model_copy(update=fields), client)

    def save(self, path: str | None, overwrite: bool, client: str) -> None:
        """Write the file. Refuses to replace a file that it doesn't know."""
        draft = self.draft
        path = path or draft.path
        if path is None or draft.pipeline is None:
            self.session.tell("error", "Not saved", "no file was named")
            return
        try:
            file = self.project.file(path)
            if file.suffix == ".py":
                raise PathError("a pipeline is saved as .yaml or .json")
            there = hashlib.sha256(file.read_bytes()).hexdigest() if file.is_file() else ""
            if there and not overwrite and not (path == draft.path and there == draft.file):
                changed = path == draft.path
                self.session.tell(
                    "error",
                    f"{path} was not replaced",
                    "It was changed on disk since it was opened."
                    if changed
                    else "There is a file of that name already.",
                    "save under another name" + (", or go back to the file" if changed else ""),
                )
                return
            text = write_document(file, draft.pipeline)
        except PathError as error:
            self.session.tell("error", "Not saved", str(error))
            return
        except OSError as error:
            self.session.tell("error", f"{path} could not be written", error.strerror or str(error))
            return
        mark = hashlib.sha256(text.encode()).hexdigest()
        fields = {"id": id_of(path), "path": path, "kind": "yaml", "clean": digest(draft.pipeline), "file": mark}
        saved = self.project.drafts.write(draft.model_copy(update=fields), client)
        if saved.id != draft.id:
            if draft.path is None:
                self.project.drafts.remove(draft.id)
            self.session.opened = _Opened(saved.id)

    def show_run(self, run_id: str | None) -> None:
        """Draw a run's results on the canvas, now and after a reload."""
        draft = self.draft
        if draft.run_id != run_id:
            self.project.drafts.write(draft.model_copy(update={"run_id": run_id}), draft.writer)

    @property
    def run_id(self) -> str | None:
        """The run that is drawn: the one started last here; None when it is gone."""
        run_id = self.draft.run_id
        if run_id is None or run_id in self.session.started:
            return run_id
        try:
            return self.project.store.run(run_id).id
        except RunNotFoundError:
            return None


def _unreadable(path: str) -> str:
    return f"{path} can't be read"
