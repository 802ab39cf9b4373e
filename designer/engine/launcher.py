"""A process that has imported a caller's modules and forks runners off itself, so that a second run starts in milliseconds.

Python programs, notebooks and the page have threads and must not fork; they talk to a launcher of their own instead. It ends with
them; the runners that it forked don't. When a file that it imported has changed since, a new one takes its place.
"""

from __future__ import annotations

import atexit
import contextlib
import importlib
import os
import pickle
import signal
import subprocess
import sys
import threading
from multiprocessing.connection import Connection
from pathlib import Path
from socket import socketpair
from typing import TYPE_CHECKING, Any

from designer.declare.lazy import LazyModule, lazy_import
from designer.errors import DesignerError

if TYPE_CHECKING:
    from designer.declare.pipeline import Pipeline
    from designer.engine.submit import Order

cloudpickle = lazy_import("cloudpickle")

_lock = threading.Lock()
_current: _Launcher | None = None


class _Launcher:
    """The caller's side."""

    def __init__(self) -> None:
        ours, theirs = socketpair()
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}
        self.process = subprocess.Popen(
            [sys.executable, "-m", "designer.engine.launcher", str(theirs.fileno())],
            pass_fds=[theirs.fileno()],
            stdin=subprocess.DEVNULL,
            env=environment,
        )
        theirs.close()
        self.connection = Connection(ours.detach())
        self.path = list(sys.path)

    def ask(self, message: tuple[Any, ...]) -> tuple[str, Any]:
        """Send a message and wait for the answer."""
        try:
            self.connection.send_bytes(pickle.dumps(message))
            return pickle.loads(self.connection.recv_bytes())  # type: ignore[no-any-return]
        except (EOFError, OSError):
            code = self.process.wait()
            return "died", f"the launcher ended with exit code {code}"

    def close(self) -> None:
        """Let it end."""
        self.connection.close()
        self.process.wait()


def launch(pipeline: Pipeline, order: Order) -> None:
    """Have a runner started for an order. Returns when it owns the run; raises `DesignerError` when it couldn't start."""
    global _current
    payload = cloudpickle.dumps(pipeline)
    with _lock:
        for attempt in range(2):
            if _current is None or _current.path != sys.path:
                if _current is not None:
                    _current.close()
                _current = _Launcher()
            kind, answer = _current.ask(("run", os.getcwd(), payload, order))
            if kind == "ok":
                return
            if kind in ("stale", "died"):
                _current.close()
                _current = None
                if kind == "stale" or attempt == 0:
                    continue
            raise DesignerError(f"the run could not be started: {answer}")
    raise DesignerError("the run could not be started: its files keep changing")


def _end_with_caller() -> None:
    if _current is not None:
        _current.process.kill()  # it holds nothing; the runners that it has forked go on
        _current.close()


atexit.register(_end_with_caller)


def _forget_in_child() -> None:
    global _current, _lock
    _current, _lock = None, threading.Lock()


os.register_at_fork(after_in_child=_forget_in_child)


class _Files:
    """The source files that this process has imported, to notice when one changes."""

    def __init__(self) -> None:
        self._seen: dict[str, tuple[float, int]] = {}
        self._ignored = tuple({str(Path(p).resolve()) for p in (sys.prefix, sys.base_prefix)})

    def changed(self) -> bool:
        """Whether one of them is another one by now."""
        return any(self._state(path) != state for path, state in self._seen.items())

    def note(self) -> None:
        """Take in what has been imported since."""
        for module in list(sys.modules.values()):
            path = getattr(module, "__file__", None)
            if isinstance(path, str) and path not in self._seen and not path.startswith(self._ignored):
                self._seen[path] = self._state(path)

    @staticmethod
    def _state(path: str) -> tuple[float, int]:
        try:
            found = os.stat(path)
        except OSError:
            return (0.0, 0)
        return (found.st_mtime, found.st_size)


def main(fd: int) -> None:
    """The launcher's own life: load what it is asked for, fork a runner, answer; until the caller is gone."""
    from designer.engine import submit  # noqa: PLC0415 - the caller's side doesn't need it

    connection = Connection(fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    files = _Files()
    started: set[int] = set()
    while True:
        try:
            _, folder, payload, order = pickle.loads(connection.recv_bytes())
        except (EOFError, OSError):
            return
        for pid in list(started):
            if os.waitpid(pid, os.WNOHANG)[0]:
                started.discard(pid)
        if files.changed():
            connection.send_bytes(pickle.dumps(("stale", None)))
            return
        try:
            os.chdir(folder)
            submit._loading.append(folder)
            try:
                pipeline = pickle.loads(payload)
                pipeline.modules(order.values)
            finally:
                submit._loading.clear()
            files.note()
            started.add(submit.fork_runner(pipeline, order))
            answer: tuple[str, Any] = ("ok", None)
        except Exception as error:
            answer = ("failed", f"{type(error).__name__}: {error}")
        connection.send_bytes(pickle.dumps(answer))
        if answer[0] == "ok" and not connection.poll():
            _warm(pipeline, order)


def _warm(pipeline: Pipeline, order: Order) -> None:
    """Import what the pipeline's modules import only when they run, so that the workers of the next run have it already."""
    from designer.engine.reuse.code import code_of  # noqa: PLC0415 - the launcher's own process only

    modules = pipeline.modules(order.values).values()
    files = {name.rpartition(".")[0] for module in modules for name in code_of(module.function).pieces}
    for name in sorted(files):
        for value in list(vars(sys.modules.get(name, sys)).values()):
            if isinstance(value, LazyModule):
                with contextlib.suppress(
                    Exception
                ):  # an extra that isn't installed; the module that needs it will say so
                    importlib.import_module(value.__name__)


if __name__ == "__main__":
    main(int(sys.argv[1]))
