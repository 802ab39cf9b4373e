"""Design: build a pipeline, run it, watch it."""

import streamlit as st

from designer.app.desk import Desk
from designer.app.main import current_project
from designer.app.page import Shown
from designer.app.session import Session
from designer.app.workshop import Catalogue, WorkshopError
from designer.canvas import component

project, session = current_project(), Session.current()
shown = Shown("design", project, session)
desk = Desk(project, session)
desk.seat(st.query_params.get("pipeline"), st.query_params.get("draft"))
if wanted := st.query_params.get("run"):
    desk.show_run(wanted)
    del st.query_params["run"]
if shown.outbox is not None:
    desk.take_edits(shown.outbox)
seen = desk.stamp  # before the file is read: what is written from now on is seen later
desk.follow_file(shown.outbox.client if shown.outbox is not None else "")
actions = shown.act(desk)
try:
    catalogue, problems = desk.catalogue, desk.problems()
except WorkshopError as error:
    session.tell("error", "The project's modules could not be read", error.message, error.hint)
    catalogue, problems = Catalogue({}), ()
draft, pipeline = desk.draft, desk.pipeline
where = {"pipeline": draft.path} if draft.path else {"draft": draft.id}
if {key: st.query_params.get(key) for key in ("pipeline", "draft") if key in st.query_params} != where:
    st.query_params.from_dict(where)
run = shown.run(desk.run_id, pipeline, catalogue.specs)
shown.show(
    actions,
    catalogue=catalogue,
    document=desk.document(shown.outbox),
    pipeline=pipeline,
    problems=problems,
    run=run,
    desk=desk,
    conflict=desk.opened.conflict,
)
component.show_plan(desk.plan(shown.outbox, shown.face, running=run is not None and not run.ended))
shown.watch(desk, seen)
