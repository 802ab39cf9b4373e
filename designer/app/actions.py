"""Commands of the page, each done exactly once: run, stop, open, save, go. Elsewhere: edits (desk.py)."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import streamlit as st

from designer.app.drafts import Acks
from designer.app.workshop import WorkshopError
from designer.canvas.wire import Acknowledged, Dismiss, Go, Open, Revert, RunIt, Save, Settle, ShowRun, Stop
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from designer.app.desk import Desk
    from designer.app.project import Project
    from designer.app.session import Session
    from designer.canvas.wire import Outbox

_SHOWN = 5


class Actions:
    """Does what a page sent, and remembers how far it got."""

    def __init__(self, project: Project, session: Session, desk: Desk | None = None) -> None:
        self.project, self.session, self.desk = project, session, desk
        self.go: Go | None = None

    def take(self, outbox: Outbox) -> None:
        """Do the commands that aren't done yet, in order. Each is noted as done before it is done: never twice, even in a crash."""
        for command in outbox.commands:
            if command.seq <= self._done(outbox.client).commands:
                continue
            self._note(outbox.client, command.seq)
            self._do(command.action, outbox.client)

    def acknowledged(self, outbox: Outbox | None) -> Acknowledged:
        """How far the page's edits and commands are done."""
        if outbox is None:
            return Acknowledged()
        done = self._done(outbox.client)
        return Acknowledged(client=outbox.client, edits=done.edits, commands=done.commands)

    def _done(self, client: str) -> Acks:
        kept = self.session.acks.get(client, Acks())
        if self.desk is None:
            return kept
        drafted = self.desk.draft.of(client)
        return Acks(edits=drafted.edits, commands=max(kept.commands, drafted.commands))

    def _note(self, client: str, seq: int) -> None:
        self.session.acks[client] = Acks(commands=seq)
        if self.desk is not None:
            edits = self.desk.draft.of(client).edits
            self.project.drafts.acknowledge(self.desk.draft.id, client, Acks(edits=edits, commands=seq))

    def _do(self, action: object, client: str) -> None:
        match action:
            case Dismiss():
                self.session.dismiss(action.notice)
            case Go():
                self.go = action
            case Stop():
                self._stop(action.run_id)
            case _ if self.desk is None:
                raise RuntimeError(f"{type(action).__name__} needs an open pipeline")
            case RunIt():
                self._run(self.desk, action)
            case ShowRun():
                self.desk.show_run(action.run_id)
            case Save():
                self.desk.save(action.path, action.overwrite, client)
            case Open():
                self._open(self.desk, action, client)
            case Revert():
                self.desk.revert(client)
            case Settle():
                self.desk.settle(action.choice, action.pipeline, client)

    def _open(self, desk: Desk, action: Open, client: str) -> None:
        edits = desk.draft.of(client)
        if action.path is None:
            desk.new(client=client)
        else:
            desk.open(action.path, action.copy_, client)
        st.query_params.clear()
        # numbers go on from where they are, also in a draft that this page opens for the first time
        self.project.drafts.acknowledge(
            desk.draft.id, client, Acks(edits=edits.edits, commands=self.session.acks[client].commands)
        )

    def _run(self, desk: Desk, action: RunIt) -> None:
        draft = desk.draft
        try:
            run_id = self.project.workshop.run(
                draft.pipeline,
                path=draft.path if draft.kind == "python" else None,
                store=str(self.project.place.folder),
                values=action.values,
                experiment=action.experiment,
                executor=action.executor,
                until=(action.until,) if action.until else (),
                steering=action.steering,
            )
        except WorkshopError as error:
            text = "\n".join(
                f"{problem.node or 'the pipeline'}: {problem.message}" for problem in error.problems[:_SHOWN]
            )
            if len(error.problems) > _SHOWN:
                text += f"\nand {len(error.problems) - _SHOWN} more"
            title = "Nothing ran: the pipeline has problems" if error.problems else "The run could not be started"
            hint = "put right what is marked on the canvas" if error.problems else error.hint
            self.session.tell("error", title, text or error.message, hint)
            return
        self.session.started[run_id] = time.time()
        desk.show_run(run_id)

    def _stop(self, run_id: str) -> None:
        try:
            record = self.project.store.run(run_id)
        except RunNotFoundError as error:
            self.session.tell("error", "There is nothing to stop", str(error))
            return
        if not record.has_ended:
            self.project.place.request_cancel(run_id)
