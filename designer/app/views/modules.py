"""Modules: the catalogue."""

from designer.app.main import current_project
from designer.app.page import Shown
from designer.app.session import Session
from designer.app.workshop import Catalogue, WorkshopError

project, session = current_project(), Session.current()
shown = Shown("modules", project, session)
actions = shown.act()
try:
    catalogue = project.workshop.catalogue()
except WorkshopError as error:
    session.tell("error", "The project's modules could not be read", error.message, error.hint)
    catalogue = Catalogue({})
shown.show(actions, catalogue=catalogue, uses=project.uses())
