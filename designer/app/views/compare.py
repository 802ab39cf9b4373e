"""Compare: two to twenty runs side by side."""

import streamlit as st

from designer.app.main import current_project
from designer.app.page import Shown
from designer.app.past import specs_of
from designer.app.session import Session

project = current_project()
shown = Shown("compare", project, Session.current())
actions = shown.act()
runs = [run for run in (st.query_params.get("runs") or "").split(",") if run]
shown.show(actions, specs=specs_of(project, runs))
