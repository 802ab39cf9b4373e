"""Run: one run's graph with its metrics, its timeline, and everything it logged."""

import streamlit as st

from designer.app.main import current_project
from designer.app.page import Shown
from designer.app.past import past_run
from designer.app.session import Session

project, session = current_project(), Session.current()
shown = Shown("run", project, session)
actions = shown.act()
run_id = st.query_params.get("run")
past = past_run(project, run_id)
shown.show(
    actions,
    catalogue=past.catalogue,
    document=past.document(shown.outbox),
    pipeline=past.pipeline,
    run=shown.run(run_id, past.pipeline, past.catalogue.specs),
)
