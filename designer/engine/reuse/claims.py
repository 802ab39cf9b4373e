"""Two runs that need the same result at once: the first to claim it computes it, the other waits and takes it.

A claim is a locked file named by the result's key, so a runner that dies lets go of its claims. When the result is there, the
file holds the run that made it, for whoever planned before it was. Elsewhere: results that were there already (plan.py).
"""

from __future__ import annotations

import fcntl
import os
import time
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path

_KEPT = 3600.0  # seconds for which a filled claim is kept: longer than between a plan and its being carried out


class Claims:
    """The claims of one runner."""

    def __init__(self, store: Path) -> None:
        self._folder = store / "computing"
        self._held: dict[str, int] = {}

    def holds(self, key: str) -> bool:
        """Whether this runner has claimed a result already, for another node that needs the same."""
        return key in self._held

    def take(self, key: str) -> bool:
        """Claim a result. False: another run computes it now. Afterwards `made_by` tells whether it was there."""
        path = self._folder / key
        while True:
            try:
                fd = os.open(path, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
            except FileNotFoundError:
                self._folder.mkdir(parents=True, exist_ok=True)
                continue
            try:
                fcntl.flock(fd, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                os.close(fd)
                return False
            try:
                if os.stat(path).st_ino == os.fstat(fd).st_ino:
                    self._held[key] = fd
                    return True
            except FileNotFoundError:
                pass
            os.close(fd)  # its last holder removed it between our open and our lock

    def made_by(self, key: str) -> str | None:
        """The run that has made the result of a claim that this runner holds."""
        text = os.pread(self._held[key], 256, 0)
        return text.decode() or None

    def drop(self, key: str | None, made_by: str | None = None) -> None:
        """Let go of a claim; with `made_by`, the result is there."""
        fd = self._held.pop(key, None) if key is not None else None
        if fd is None or key is None:
            return
        if made_by is not None:
            os.pwrite(fd, made_by.encode(), 0)
        elif not os.fstat(fd).st_size:
            (self._folder / key).unlink(missing_ok=True)
        _let_go(fd)

    def close(self) -> None:
        """Let go of all, and clear away what is long since in the store."""
        for key in list(self._held):
            self.drop(key)
        old = time.time() - _KEPT
        try:
            names = [entry.name for entry in os.scandir(self._folder) if entry.stat().st_mtime < old]
        except FileNotFoundError:
            return
        for name in names:
            if self.take(name):
                (self._folder / name).unlink(missing_ok=True)
                _let_go(self._held.pop(name))


def _let_go(fd: int) -> None:
    fcntl.flock(fd, fcntl.LOCK_UN)  # for workers, too, that were forked while it was held
    os.close(fd)
