"""Keeping what a block prints, within this process. Elsewhere: what worker processes print (engine/worker.py).

`sys.stdout` and `sys.stderr` are replaced once by a router that also writes to the file of the current block, per thread or task.
C code's own prints pass it by; in a worker process they are kept too.
"""

from __future__ import annotations

import os
import sys
import time
from contextlib import contextmanager
from contextvars import ContextVar
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator

    from designer.tracking.run import Run


class Sink:
    """Where one block's text goes: a log file that is made when the first text comes."""

    def __init__(self, run: Run, echo: bool) -> None:
        self.run, self.echo = run, echo
        self._fd = -1

    def write(self, text: str) -> None:
        """Append text."""
        if self._fd < 0:
            name, self._fd = self.run._place.logs.create()
            at = time.time_ns() // 1000  # behind whatever the run has printed before, in an earlier try or block
            self.run._journal.event({"e": "log", "run": self.run.id, "i": at, "file": name, "start": 0, "end": None})
        os.write(self._fd, text.encode("utf-8", "backslashreplace"))

    def close(self) -> None:
        """Close the file."""
        if self._fd >= 0:
            os.close(self._fd)
            self._fd = -1


_sink: ContextVar[Sink | None] = ContextVar("designer_sink", default=None)


class _Router:
    """A text stream that also writes to the current sink; everything else is the stream's own."""

    def __init__(self, stream: Any) -> None:
        self._stream = stream

    def write(self, text: str) -> int:
        sink = _sink.get()
        if sink is not None:
            sink.write(text)
            if not sink.echo:
                return len(text)
        return int(self._stream.write(text))

    def writelines(self, lines: Any) -> None:
        for line in lines:
            self.write(line)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._stream, name)


@contextmanager
def capturing(run: Run, echo: bool = True) -> Iterator[None]:
    """Keep what the block prints with the run; with `echo`, it is printed as well."""
    for name in ("stdout", "stderr"):
        if not isinstance(getattr(sys, name), _Router):
            setattr(sys, name, _Router(getattr(sys, name)))
    sink = Sink(run, echo)
    token = _sink.set(sink)
    try:
        yield
    finally:
        _sink.reset(token)
        sink.close()
