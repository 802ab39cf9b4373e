"""Which run a script is in. Elsewhere: outside of all runs (offline.py).

In order: the module or `with` block that is executing, the run that the process was launched with, a run of this machine.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import RunEnvironmentException
from designer.azureml.launch import variables
from designer.azureml.runs import offline
from designer.azureml.runs.run import Run, _SubmittedRun
from designer.store.place import place
from designer.tracking import context as own
from designer.tracking.echo import Above

if TYPE_CHECKING:
    from designer.tracking.run import Run as OwnRun

_submitted: dict[tuple[str, str], _SubmittedRun] = {}


def current(allow_offline: bool = True) -> Any:
    """The current run."""
    inner = own._current.get()
    if inner is not None:
        return inner if isinstance(inner, Run) else _as_submitted(inner)
    run_id = os.environ.get(own.RUN_VARIABLE)
    if run_id:
        return _launched(run_id)
    if not allow_offline:
        raise RunEnvironmentException(
            "Could not load a submitted run, if outside of an execution context, "
            "use experiment.start_logging to initialize an azureml.core.Run."
        )
    return offline.current()


def _launched(run_id: str) -> _SubmittedRun:
    where = place()
    run = _submitted.get((str(where.folder), run_id))
    if run is None:
        told = os.environ.get
        root = told(variables.ROOT) or run_id
        kind = offline.LocalRun if run_id.startswith(offline.PREFIX) else _SubmittedRun
        run = kind(told(variables.EXPERIMENT) or None, run_id, place=where, managed=True, root=root)
        run._known_name = told(variables.NAME) or None
        parent = told(variables.PARENT)
        if parent:
            run._parent = _parent(parent, root, run, bool(told(variables.STEP)))
            run._parent_known = True
        elif parent is not None and kind is _SubmittedRun:
            run._parent_known = True
        _submitted[str(where.folder), run_id] = run
    return run


class StepParent(Above, Run):
    """The pipeline's run as a step sees it: what it logs there comes along when the step's result is taken again."""

    @property
    def parent(self) -> Any:
        """The run above it; a pipeline's has none."""
        return None if self._parent_known else Run.parent.fget(self)  # type: ignore[attr-defined]


def _parent(id: str, root: str, run: OwnRun, step: bool = False) -> Run:
    """The parent, of which nothing but its id need be known to log to it."""
    if step:
        made: Run = StepParent(run._experiment, id, place=run._place, root=root, via=run, level=1)
    else:
        made = Run(run._experiment, id, place=run._place, managed=True, root=root)
    made._parent_known = id == root
    return made


def _as_submitted(inner: OwnRun) -> _SubmittedRun:
    """The run of one of designer's own modules, under Azure's names."""
    key = (str(inner._place.folder), inner.id)
    run = _submitted.get(key)
    if run is None:
        run = _SubmittedRun(
            inner._experiment_name(), inner.id, place=inner._place, managed=inner._managed, root=inner._root()
        )
        inner._has_children = inner._has_echoes = (
            True  # it may make them by Azure's names, which the engine doesn't see
        )
        above = inner.parent
        run._parent = _parent(above.id, inner._root(), inner, step=True) if above is not None else None
        run._parent_known = True
        _submitted[key] = run
        while len(_submitted) > 256:
            _submitted.pop(next(iter(_submitted)))
    return run


def _forget_in_child() -> None:
    _submitted.clear()


os.register_at_fork(after_in_child=_forget_in_child)
