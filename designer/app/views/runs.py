"""Runs: the table over all runs."""

from designer.app.main import current_project
from designer.app.page import Shown
from designer.app.session import Session
from designer.canvas.wire import KeyedWant, RunsWant

# The key is the want as the page writes it (hooks/useAnswer.ts): so the table is there with the page, not a question later.
TABLE = KeyedWant(key='{"of":"runs","nodes":[]}', want=RunsWant())

shown = Shown("runs", current_project(), Session.current())
shown.show(shown.act(), foreseen=(TABLE,))
