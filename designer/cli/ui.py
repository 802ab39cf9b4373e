"""`designer ui`: the page."""

from __future__ import annotations

from pathlib import Path

from designer.app.serve import serve
from designer.store.place import place


def ui(path: str | None, port: int, browser: bool, store: str | None) -> None:
    """Serve the page until it is stopped."""
    serve(port=port, browser=browser, store=place(store).folder, project=Path.cwd(), open_path=path)
