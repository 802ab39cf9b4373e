"""A run in a notebook: live through anywidget, as HTML where there are no widgets, as text elsewhere. `show(run)` is the door.

Elsewhere: the page (designer.app), the canvas with which pipelines are edited (designer.canvas).
"""

from __future__ import annotations

from typing import Any


def show(run: Any, seconds: float = 1.0) -> Any:
    """Show a run where this is called; in a notebook it is kept up to date every `seconds` until the run ends."""
    from designer.notebook.display import display  # noqa: PLC0415 - asking for the name costs nothing

    return display(run, seconds)
