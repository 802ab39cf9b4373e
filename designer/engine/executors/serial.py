"""One node after the other in the loop's own thread: for debugging, notebooks and tests. `breakpoint()` works in modules."""

from __future__ import annotations

from contextlib import ExitStack
from typing import TYPE_CHECKING, Any

from designer.engine.task import Outcome, Task, execute
from designer.tracking.capture import capturing
from designer.tracking.context import environment_kept
from designer.tracking.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.declare.module import Module
    from designer.store.place import Place


class Serial:
    """Executes a task when it is submitted."""

    def __init__(self, place: Place, modules: Mapping[str, Module[Any, Any]]) -> None:
        self._place, self._modules = place, modules
        self._done: list[Outcome] = []
        self._environment = ExitStack()
        self._environment.enter_context(environment_kept())

    def free(self) -> int:
        """One at a time."""
        return 0 if self._done else 1

    def submit(self, task: Task) -> None:
        """Execute it now."""
        with capturing(Run(task.experiment, task.run_id, place=self._place, managed=True, root=task.root)):
            try:
                self._done.append(execute(task, self._modules[task.module], self._place, alone=True))
            except KeyboardInterrupt:
                self._done.append(Outcome(task.number, {"code": "Canceled", "message": "it was interrupted"}))
                raise

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """What has been executed."""
        done, self._done = self._done, []
        return done

    def stop(self) -> None:
        """Nothing runs while the loop does."""

    def close(self) -> None:
        """Put the environment back, in which modules' processes found their run."""
        self._environment.close()
