"""How a run shows itself. What draws runs is named here and loaded when somebody looks; tracking itself draws nothing."""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from designer.tracking.run import Run

_DRAWS = "designer.notebook"


def show(run: Run, seconds: float) -> Any:
    """Show it where this is called, up to date every `seconds` until it ends. Returns what `wait` waits for and `stop` stops."""
    return importlib.import_module(_DRAWS).show(run, seconds)


def in_place_of_its_text(run: Run) -> None:
    """Show it as the value of a notebook's cell. Raises `NotImplementedError` elsewhere, so that its text is shown."""
    display = importlib.import_module(f"{_DRAWS}.display")
    if not display.in_notebook():
        raise NotImplementedError("no notebook")
    display.display(run)
