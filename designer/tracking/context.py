"""Which run is current. Elsewhere: what a run can do (run.py).

The engine sets it around a module, a `with` block sets it for its body; a script that was launched with a run finds it in its
environment. Outside of all those there is a run in memory.
"""

from __future__ import annotations

import atexit
import logging
import os
import sys
import uuid
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from designer.errors import RunStateError
from designer.model.runs import Status
from designer.store.place import VARIABLE, Place, close_settled, place

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from designer.tracking.run import Run

RUN_VARIABLE = "DESIGNER_RUN_ID"
ROOT_VARIABLE, PARENT_VARIABLE, EXPERIMENT_VARIABLE = (
    "DESIGNER_RUN_ROOT",
    "DESIGNER_RUN_PARENT",
    "DESIGNER_RUN_EXPERIMENT",
)
STEP_VARIABLE = "DESIGNER_RUN_STEP"  # set: it is a module's run, whose logging to its parent comes along on reuse
VARIABLES = (VARIABLE, RUN_VARIABLE, ROOT_VARIABLE, PARENT_VARIABLE, EXPERIMENT_VARIABLE, STEP_VARIABLE)
_log = logging.getLogger("designer")


class _Current:
    """The run that executes: of this thread or task; else, in threads that a module started, the module's.

    A thread doesn't say who started it. So this holds only where an executor runs one module at a time in a process.
    """

    def __init__(self) -> None:
        self._here: ContextVar[Run | None] = ContextVar("designer_run", default=None)
        self._alone: list[Run] = []
        self._executing = 0

    def get(self) -> Run | None:
        """The run, or None."""
        run = self._here.get()
        return run if run is not None or len(self._alone) != 1 else self._alone[0]

    def set(self, run: Run, alone: bool) -> Token[Run | None]:
        """Make a run the current one."""
        self._executing += 1
        if alone:
            self._alone.append(run)
        return self._here.set(run)

    def reset(self, token: Token[Run | None]) -> None:
        """Make the run before it current again."""
        self._executing -= 1
        run = self._here.get()
        self._alone = [one for one in self._alone if one is not run]
        self._here.reset(token)

    def warn_of_threads(self) -> None:
        """Tell that what is logged here is kept nowhere, where a run executes in another thread."""
        if self._executing > 0:
            _log.warning(
                "Run.get_context() in a thread that belongs to no run: what it logs is kept nowhere; "
                "call Run.get_context() before the thread starts, and hand the run over"
            )


_current = _Current()
_from_environment: dict[tuple[str, str], Run] = {}
started_here: dict[str, Run] = {}  # runs that this process started and has to end


def enter(run: Run, alone: bool = False) -> Token[Run | None]:
    """Make a run the current one, in this thread or task; if it is `alone` in its process, in all other threads, too."""
    return _current.set(run, alone)


def leave(token: Token[Run | None]) -> None:
    """Make the run before it current again."""
    _current.reset(token)


def current(allow_offline: bool = True) -> Run:
    """The current run."""
    run = _current.get() or _launched_with()
    if run is not None:
        return run
    if not allow_offline:
        raise RunStateError(
            "no run is executing here\n  next: with Experiment(name).start_logging() as run:, or call this from a module"
        )
    _current.warn_of_threads()
    return offline()


def tell_processes(run: Run, parent: str) -> None:
    """Have the processes that are started from now on know the run by their environment."""
    if not isinstance(run._place, Place):  # a store in memory is this process's own
        return
    told = (str(run._place.folder), run.id, run._root(), parent, run._experiment_name(), "1")
    for name, value in zip(VARIABLES, told, strict=True):
        if os.environ.get(name) != value:
            os.environ[name] = value


@contextmanager
def environment_kept() -> Iterator[None]:
    """Put back what `tell_processes` changes in the block."""
    before = {name: os.environ.get(name) for name in VARIABLES}
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                os.environ.pop(name, None)
            else:
                os.environ[name] = value


def offline(name: str | None = None) -> Run:
    """A new run that lives in memory only. Its parent is one too, so that `run.parent.log` works."""
    from designer.store.memory import MemoryPlace  # noqa: PLC0415 - only outside of runs
    from designer.tracking.run import Run  # noqa: PLC0415 - runs ask for the context

    place = MemoryPlace()
    ids = [f"OfflineRun_{uuid.uuid4()}" for _ in range(2)]
    for id, parent, kind in ((ids[0], None, "pipeline"), (ids[1], ids[0], "module")):
        place.journal.event(
            {"e": "run", "id": id, "parent": parent, "root": ids[0], "kind": kind, "name": name or id, "experiment": "offline",
             "status": "Running", "created": 0.0, "owner": ""}
        )  # fmt: skip
    return Run("offline", ids[1], place=place, root=ids[0])  # type: ignore[arg-type]


def _launched_with() -> Run | None:
    run_id = os.environ.get(RUN_VARIABLE)
    if not run_id:
        return None
    from designer.tracking.echo import Above  # noqa: PLC0415 - runs ask for the context
    from designer.tracking.run import Run  # noqa: PLC0415

    key = (os.environ.get(VARIABLE, ""), run_id)
    if key not in _from_environment:
        told = os.environ.get
        experiment, root, parent = told(EXPERIMENT_VARIABLE) or None, told(ROOT_VARIABLE), told(PARENT_VARIABLE)
        run = Run(experiment, run_id, place=place(), managed=True, root=root or None)
        if root and parent:
            run._parent, run._parent_known = Above.of(run, parent, root), True
        _from_environment[key] = run
    return _from_environment[key]


def _end_started_runs() -> None:
    """A program that ends without `run.complete()` ends its runs: well, or failed when an exception ended it."""
    for run in list(started_here.values()):
        error = getattr(sys, "last_value", None) if not hasattr(sys, "ps1") else None
        if error is None:
            run.complete()
        else:
            run.fail(error)
    close_settled()


def end_below(run: Run, error: Mapping[str, Any] | None) -> None:
    """End the runs below a run that has ended which its code left open: as it did, well or with its error."""
    for one in reversed(list(started_here.values())):
        above = one._parent
        while above is not None and above.id != run.id:
            above = above._parent
        if above is not None and error is None:
            one.complete()
        elif above is not None and error is not None:
            one._end(status=Status.CANCELED if error["code"] == "Canceled" else Status.FAILED, error=dict(error))


def _forget_in_child() -> None:
    started_here.clear()
    _from_environment.clear()


atexit.register(_end_started_runs)
os.register_at_fork(after_in_child=_forget_in_child)
