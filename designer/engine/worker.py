"""A worker process: waits for tasks, executes them, tells what became of them. Elsewhere: starting and watching it (executors/processes.py).

All it prints goes to one file, whoever prints: Python, `logging`, or C code on the file descriptors. Where a task's part begins
and ends is noted, so that each node has its own log, live, and keeps it when the worker dies.
"""

from __future__ import annotations

import ctypes
import io
import logging
import os
import pickle
import random
import signal
import sys
import warnings
import zlib
from typing import TYPE_CHECKING, Any

from designer.engine.task import execute
from designer.host import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Mapping
    from multiprocessing.connection import Connection

    from designer.declare.module import Module
    from designer.store.place import Place


def serve(connection: Connection, place: Place, modules: Mapping[str, Module[Any, Any]], seed: int) -> None:
    """The life of a worker. Ends when the runner closes the connection."""
    die_with_parent()
    os.setpgid(0, 0)  # what modules start dies with the worker
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the runner's to decide on
    file, log = _redirect(place)
    counter = _count_warnings()
    libc = ctypes.CDLL(None)
    home = os.getcwd()
    while True:
        try:
            task = pickle.loads(connection.recv_bytes())
        except EOFError:
            break
        start = os.fstat(log).st_size
        place.journal.event(
            {"e": "log", "run": task.run_id, "i": task.attempt, "file": file, "start": start, "end": None}
        )
        _seed(seed, task.module)
        counter.count = 0
        outcome = execute(task, modules[task.module], place, alone=True)
        _flush(log)
        libc.fflush(None)  # what C code has printed but not yet written
        _go_home(home)
        end = os.fstat(log).st_size
        place.journal.event(
            {"e": "log", "run": task.run_id, "i": task.attempt, "file": file, "start": start, "end": end}
        )
        connection.send_bytes(pickle.dumps(outcome._replace(warnings=counter.count)))
    os._exit(0)


def _redirect(place: Place) -> tuple[str, int]:
    """Send standard output and error, of Python and of C, to a file of this process. Returns its name and a descriptor."""
    name, fd = place.logs.create()
    null = os.open(os.devnull, os.O_RDONLY)
    os.dup2(null, 0)
    os.close(null)
    _attach(fd)
    root = logging.getLogger()
    for handler in list(root.handlers):
        root.removeHandler(handler)
    handler = logging.StreamHandler(_text_on(fd))  # of its own: a module may close or replace standard error
    handler.setFormatter(logging.Formatter("%(asctime)s %(levelname)s %(name)s: %(message)s"))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    return name, fd


def _attach(fd: int) -> None:
    os.dup2(fd, 1)
    os.dup2(fd, 2)
    for number, stream in ((1, "stdout"), (2, "stderr")):
        text = _text_on(number)
        setattr(sys, stream, text)
        setattr(sys, f"__{stream}__", text)


def _text_on(fd: int) -> io.TextIOWrapper:
    raw = io.FileIO(fd, "w", closefd=False)
    return io.TextIOWrapper(io.BufferedWriter(raw), encoding="utf-8", errors="backslashreplace", line_buffering=True)


def _flush(log: int) -> None:
    """Write out what was printed; where a module has closed what it printed to, open it again for the next one."""
    try:
        sys.stdout.flush()
        sys.stderr.flush()
        whole = os.path.sameopenfile(1, log) and os.path.sameopenfile(2, log)
    except (OSError, ValueError, AttributeError):  # closed, or something else in its place
        whole = False
    if not whole:
        _attach(log)


def _go_home(folder: str) -> None:
    """Go back to the project, where a module has changed the folder: the next one's relative paths begin there."""
    try:
        if os.getcwd() == folder:
            return
    except FileNotFoundError:  # it was removed
        pass
    os.chdir(folder)


class _Counter(logging.Handler):
    """Counts warnings and errors."""

    def __init__(self) -> None:
        super().__init__(logging.WARNING)
        self.count = 0

    def emit(self, record: logging.LogRecord) -> None:
        self.count += 1


def _count_warnings() -> _Counter:
    counter = _Counter()
    logging.getLogger().addHandler(counter)
    show = warnings.showwarning

    def counted(*args: Any, **kwargs: Any) -> None:
        counter.count += 1
        show(*args, **kwargs)

    warnings.showwarning = counted
    return counter


def _seed(seed: int, module: str) -> None:
    """Start each node at its module's random numbers: the same in every run with the same seed, whichever worker it gets.

    They are the module's, not the node's: a node's name says nothing about its result, which others may take.
    """
    number = zlib.crc32(f"{seed}:{module}".encode())
    random.seed(number)
    numpy = sys.modules.get("numpy")
    if numpy is not None:
        numpy.random.seed(number)
