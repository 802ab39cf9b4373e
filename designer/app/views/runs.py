"""Runs: the table over all runs."""

from designer.app.main import current_project
from designer.app.page import Shown
from designer.app.session import Session

shown = Shown("runs", current_project(), Session.current())
shown.show(shown.act())
