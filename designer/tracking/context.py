"""Which run is current. Elsewhere: what a run can do (run.py).

The engine sets it around a module, a `with` block sets it for its body; a script that was launched with a run finds it in its
environment. Outside of all those there is a run in memory.
"""

from __future__ import annotations

import atexit
import os
import sys
import uuid
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any

from designer.errors import RunStateError
from designer.model.runs import Status
from designer.store.place import VARIABLE, close_settled, place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.tracking.run import Run

RUN_VARIABLE = "DESIGNER_RUN_ID"

_current: ContextVar[Run | None] = ContextVar("designer_run", default=None)
_from_environment: dict[tuple[str, str], Run] = {}
started_here: dict[str, Run] = {}  # runs that this process started and has to end


def enter(run: Run) -> Token[Run | None]:
    """Make a run the current one, in this thread or task."""
    return _current.set(run)


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
    return offline()


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
    from designer.tracking.run import Run  # noqa: PLC0415 - runs ask for the context

    key = (os.environ.get(VARIABLE, ""), run_id)
    if key not in _from_environment:
        _from_environment[key] = Run(None, run_id, place=place(), managed=True)
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
