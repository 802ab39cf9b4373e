"""What all pages share: take what the page said, answer it, show it, and keep it live while a run goes on."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Literal

import streamlit as st

from designer.app.actions import Actions
from designer.app.answers import Answers
from designer.canvas import component
from designer.canvas.view import run_view
from designer.canvas.wire import Live, Modules, Page, RunView, Settings
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.app.desk import Desk
    from designer.app.project import Project
    from designer.app.session import Session
    from designer.app.workshop import Catalogue
    from designer.canvas.wire import Conflict, Document, KeyedWant, Outbox
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Pipeline
    from designer.model.problem import Problem

Face = Literal["design", "run", "runs", "modules", "compare"]
PATIENCE = 60.0  # seconds until a run that was started must have said something
EVERY = 0.4  # seconds between looks at a run that goes on
SELDOM = 2.0  # seconds between looks at the open file
_PAGES = {name: f"views/{name}.py" for name in ("design", "run", "runs", "modules", "compare")}


class Shown:
    """One page on one rerun."""

    def __init__(self, face: Face, project: Project, session: Session) -> None:
        self.face, self.project, self.session = face, project, session
        self.outbox: Outbox | None = component.said(face)
        self.query = {key: value for key, value in st.query_params.items()}

    def act(self, desk: Desk | None = None) -> Actions:
        """Do what the page asked to be done; may leave for another page."""
        actions = Actions(self.project, self.session, desk)
        if self.outbox is not None:
            actions.take(self.outbox)
        if actions.go is not None:
            st.switch_page(_page(actions.go.page), query_params=actions.go.query)
        return actions

    def modules(self, catalogue: Catalogue) -> Modules:
        """The palette; left out when the page has it."""
        known = self.outbox is not None and self.outbox.modules == catalogue.digest
        return Modules(digest=catalogue.digest, specs=None if known else catalogue.specs)

    def run(self, run_id: str | None, pipeline: Pipeline | None, specs: Mapping[str, ModuleSpec]) -> RunView | None:
        """A run's state; None when there is none."""
        if run_id is None:
            return None
        try:
            return run_view(
                self.project.store,
                run_id,
                tick=self.session.tick(),
                pipeline=pipeline,
                modules=specs,
                sparks=self.session.sparks,
            )
        except RunNotFoundError as error:
            if time.time() - self.session.started.get(run_id, 0) < PATIENCE:
                return RunView(
                    run_id=run_id, tick=self.session.tick(), status="Starting", created=self.session.started[run_id]
                )
            self.session.tell("error", "There is no such run", str(error))
            return None

    def show(
        self,
        actions: Actions,
        *,
        catalogue: Catalogue | None = None,
        document: Document | None = None,
        pipeline: Pipeline | None = None,
        problems: tuple[Problem, ...] = (),
        run: RunView | None = None,
        desk: Desk | None = None,
        conflict: Conflict | None = None,
        uses: Mapping[str, tuple[str, ...]] | None = None,
        specs: Mapping[str, ModuleSpec] | None = None,
        foreseen: tuple[KeyedWant, ...] = (),
    ) -> None:
        """Mount the page, and beside it the messenger while its run goes on.

        `foreseen` is what a page that hasn't said anything yet is going to want.
        """
        known = specs if specs is not None else catalogue.specs if catalogue is not None else {}
        answers = Answers(self.project, self.session, pipeline, known, desk)
        experiments = self.project.store.experiments()
        component.show(
            Page(
                face=self.face,
                host=self.face,
                query=self.query,
                settings=Settings(
                    project=self.project.name,
                    folder=str(self.project.folder),
                    experiments=tuple(experiments),
                    experiment=run.experiment if run is not None else "",
                ),
                ack=actions.acknowledged(self.outbox),
                document=document,
                modules=self.modules(catalogue) if catalogue is not None else None,
                problems=problems,
                run=run,
                conflict=conflict,
                notices=tuple(self.session.notices),
                uses=dict(uses or {}),
                answers=answers.all(self.outbox.wants if self.outbox is not None else foreseen),
            )
        )
        if run is not None and not run.ended:
            self._follow(run.run_id, pipeline, known, desk)

    def watch(self, desk: Desk, seen: tuple[int, int] | None) -> None:
        """Draw the page again once its file isn't the one that was seen any more, because of an editor for example."""
        if desk.draft.path is None:
            return

        @st.fragment(run_every=SELDOM)
        def look() -> None:
            if desk.stamp != seen:
                st.rerun(scope="app")

        look()

    def _follow(
        self, run_id: str, pipeline: Pipeline | None, specs: Mapping[str, ModuleSpec], desk: Desk | None
    ) -> None:
        @st.fragment(run_every=EVERY)
        def live() -> None:
            outbox = component.said(self.face)
            run = self.run(run_id, pipeline, specs)
            answers = Answers(self.project, self.session, pipeline, specs, desk)
            wants = [one for one in (outbox.wants if outbox is not None else ()) if one.want.of in _LIVE]
            component.show_live(Live(host=self.face, run=run, answers=answers.all(wants)))
            if run is None or run.ended:
                st.rerun(scope="app")

        live()


_LIVE = {"node", "series", "rows", "log", "preview"}


def _page(name: str) -> str:
    from pathlib import Path  # noqa: PLC0415

    return str(Path(__file__).parent / _PAGES[name])
