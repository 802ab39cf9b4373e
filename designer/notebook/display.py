"""Showing a run where Python happens to run: a notebook with widgets, one without, a terminal. Keeps it up to date in a thread."""

from __future__ import annotations

import sys
import threading
from typing import TYPE_CHECKING, Any

from designer.notebook.page import html_of, text_of
from designer.notebook.state import state_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from designer.store.protocol import ReadStore


def display(run: Any, seconds: float = 1.0) -> Shown:
    """Show it; returns what has been shown, which `wait` waits for and `stop` no longer updates."""
    store = run._place.read
    state = state_of(store, run.id)
    if not in_notebook():
        print(text_of(state))
        return Shown(state)
    update = _with_widget(state) or _with_html(state)
    shown = Shown(state)
    if not state["ended"]:
        shown.follow(store, run.id, seconds, update)
    return shown


def in_notebook() -> bool:
    """Whether what is displayed can be more than text."""
    shell = getattr(sys.modules.get("IPython"), "get_ipython", lambda: None)()
    return shell is not None and getattr(shell, "kernel", None) is not None


class Shown:
    """A run on display."""

    def __init__(self, state: dict[str, Any]) -> None:
        self.state = state
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def follow(self, store: ReadStore, run_id: str, seconds: float, update: Callable[[dict[str, Any]], None]) -> None:
        """Update it until the run ends."""

        def loop() -> None:
            while not self._stop.wait(seconds):
                state = state_of(store, run_id)
                if state != self.state:
                    self.state = state
                    update(state)
                if state["ended"]:
                    return

        self._thread = threading.Thread(target=loop, name=f"designer-show-{run_id[:8]}", daemon=True)
        self._thread.start()

    def wait(self, timeout: float | None = None) -> None:
        """Wait until it no longer changes."""
        if self._thread is not None:
            self._thread.join(timeout)

    def stop(self) -> None:
        """Leave it as it is."""
        self._stop.set()


def _with_widget(state: dict[str, Any]) -> Callable[[dict[str, Any]], None] | None:
    """Through anywidget, with HTML and text beside it for front ends that have no widgets. None where anywidget isn't installed."""
    try:
        from designer.notebook.widget import RunWidget  # noqa: PLC0415 - an extra, and notebooks only
    except ImportError:
        return None
    from IPython.display import display as show  # noqa: PLC0415

    widget = RunWidget(html=html_of(state))
    bundle: Any = widget._repr_mimebundle_()
    data = dict(bundle[0] if isinstance(bundle, tuple) else bundle or {})
    show({**data, "text/html": html_of(state), "text/plain": text_of(state)}, raw=True)

    def update(state: dict[str, Any]) -> None:
        widget.html = html_of(state)

    return update


def _with_html(state: dict[str, Any]) -> Callable[[dict[str, Any]], None]:
    """As HTML that is displayed anew in its place."""
    from IPython.display import display as show  # noqa: PLC0415 - notebooks only

    handle = show({"text/html": html_of(state), "text/plain": text_of(state)}, raw=True, display_id=True)

    def update(state: dict[str, Any]) -> None:
        handle.update({"text/html": html_of(state), "text/plain": text_of(state)}, raw=True)

    return update
