"""Opening a store to read it. Elsewhere: which folder is meant, and writing (place.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.store.place import place

if TYPE_CHECKING:
    import os

    from designer.store.sqlite import SqliteStore


def open_store(
    path: str | os.PathLike[str] | None = None, project: str | os.PathLike[str] | None = None
) -> SqliteStore:
    """The store in a folder, made when it isn't there; by default `DESIGNER_STORE`, else `.designer/` in the project.

    One object a folder and process. Raises `StoreVersionError` when another version, or something else, wrote it.
    """
    return place(path, project).read
