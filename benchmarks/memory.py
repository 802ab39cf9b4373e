"""The memory of a process and all below it, watched from outside. Linux: proportional set sizes, where shared pages count once."""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

import psutil

if TYPE_CHECKING:
    from types import TracebackType

_PAUSE = 0.02  # seconds between two looks


class PeakMemory:
    """The greatest sum of proportional set sizes of a process tree, in bytes, while the block runs."""

    def __init__(self) -> None:
        self.peak = 0
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def watch(self, pid: int) -> None:
        """Begin to look at a process and its descendants."""
        self._thread = threading.Thread(target=self._look, args=(pid,), daemon=True)
        self._thread.start()

    def _look(self, pid: int) -> None:
        while not self._stop.wait(_PAUSE):
            try:
                root = psutil.Process(pid)
                tree = [root.pid, *(child.pid for child in root.children(recursive=True))]
            except psutil.Error:  # it has ended
                return
            self.peak = max(self.peak, sum(map(_proportional, tree)))

    def __enter__(self) -> PeakMemory:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join()


def _proportional(pid: int) -> int:
    try:
        text = Path(f"/proc/{pid}/smaps_rollup").read_text()
    except OSError:  # it has just ended
        return 0
    return sum(int(line.split()[1]) * 1024 for line in text.splitlines() if line.startswith("Pss:"))
