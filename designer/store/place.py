"""A store's folder as a process that writes sees it: journal, contents, logs; the database only when something is read."""

from __future__ import annotations

import logging
import os
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from designer.store.artifacts import Artifacts
from designer.store.journal import Journal
from designer.store.logs import Logs

if TYPE_CHECKING:
    from designer.store.sqlite import SqliteStore

VARIABLE = "DESIGNER_STORE"
_log = logging.getLogger("designer")
_MANY = 1 << 15  # numbers, a megabyte of journal, that aren't left for the next reader to fold
_LARGE = 1 << 21  # bytes of a journal's segment from which on it has held as many


class Place:
    """One store's folder in this process. Get it from `place`, so that a process has one journal a store."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.journals = folder / "journal"
        self.artifacts = Artifacts(folder / "artifacts", os.environ.get("DESIGNER_ARTIFACTS"))
        self.logs = Logs(folder / "logs")
        self._journal: Journal | None = None
        self._read: SqliteStore | None = None
        self._lock = threading.Lock()

    @property
    def journal(self) -> Journal:
        """This process's writer."""
        if self._journal is None:
            with self._lock:
                if self._journal is None:
                    self._journal = Journal(self.journals)
        return self._journal

    @property
    def read(self) -> SqliteStore:
        """The store itself, for everything that is asked. Raises `StoreVersionError`."""
        if self._read is None:
            from designer.store.sqlite import SqliteStore  # noqa: PLC0415 - SQLAlchemy takes 0.4 s that a writer never needs

            with self._lock:
                if self._read is None:
                    self._read = SqliteStore(self)
        return self._read

    @property
    def is_gone(self) -> bool:
        """Whether its folder has been deleted under this process, which would go on writing to files that nobody can open."""
        return self._journal is not None and self._journal.is_gone

    def request_cancel(self, run_id: str) -> None:
        """Ask whoever runs it to stop; seen within a fraction of a second."""
        folder = self.folder / "cancel"
        folder.mkdir(parents=True, exist_ok=True)
        (folder / run_id).touch()

    def cancel_requested(self, run_id: str) -> bool:
        """Whether somebody asked for the run to stop."""
        return os.path.exists(f"{self.folder}/cancel/{run_id}")

    def clear_cancel(self, run_id: str) -> None:
        """The request was met."""
        (self.folder / "cancel" / run_id).unlink(missing_ok=True)

    def settle(self, others: bool = False) -> None:
        """Fold what this process has logged, if it is much, so that a store is small also when nobody reads it.

        With `others`, journals that other processes have left behind count too. Nothing depends on it: whoever reads
        next folds as well, so what goes wrong here is told in the log only.
        """
        journal = self._journal
        much = journal is not None and journal.points_written - journal.points_settled >= _MANY
        if much or (others and self._is_large()):
            try:
                self.read.sync()
            except Exception as error:
                _log.warning("the store in %s could not be folded for now: %s", self.folder, error)
            else:
                if journal is not None:
                    journal.points_settled = journal.points_written

    def _is_large(self) -> bool:
        own = self._journal.token if self._journal is not None else "-"
        try:
            with os.scandir(self.journals) as entries:
                files = [e for e in entries if e.name.endswith(".points") and not e.name.startswith(own)]
                return any(entry.stat().st_size >= _LARGE for entry in files)
        except FileNotFoundError:  # no journals yet, or one that somebody has folded and removed just now
            return False

    @property
    def settled(self) -> bool:
        """Whether this process has folded much of its own."""
        return self._journal is not None and self._journal.points_settled > 0

    def close(self) -> None:
        """End this process's journal, fold it, and let go of all files."""
        if self._journal is not None:
            self._journal.close()
            self._journal = None
        if self._read is not None:
            self._read.close()
            self._read = None
        _places.pop(self.folder, None)


_places: dict[Path, Place] = {}


def close_settled() -> None:
    """At the end of a process that has folded its journals: remove them, whose last segment may take up megabytes."""
    if threading.active_count() == 1:  # otherwise somebody may be logging to the last moment
        for one in list(_places.values()):
            if one.settled:
                one.close()


def place(path: str | os.PathLike[str] | None = None, project: str | os.PathLike[str] | None = None) -> Place:
    """The store that a call means: the folder named, else `DESIGNER_STORE`, else `.designer/` in the project folder."""
    if path is None:
        path = os.environ.get(VARIABLE) or Path(project or Path.cwd()) / ".designer"
    folder = Path(path).expanduser().absolute()
    found = _places.get(folder)
    if found is None or found.is_gone:
        found = _places[folder] = Place(folder)
    return found
