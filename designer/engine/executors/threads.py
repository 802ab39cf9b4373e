"""Several nodes at once in threads of this process: for modules that wait more than they compute. Threads can't be stopped."""

from __future__ import annotations

import queue
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from designer.engine.task import Outcome, Task, execute
from designer.host import cores
from designer.tracking.capture import capturing
from designer.tracking.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.declare.module import Module
    from designer.store.place import Place


class Threads:
    """A pool of threads."""

    def __init__(self, place: Place, modules: Mapping[str, Module[Any, Any]], workers: int | None = None) -> None:
        self._place, self._modules = place, modules
        self._workers = workers or max(4, 2 * cores())
        self._pool = ThreadPoolExecutor(self._workers, thread_name_prefix="node")
        self._done: queue.SimpleQueue[Outcome] = queue.SimpleQueue()
        self._running = 0

    def free(self) -> int:
        """A thread each."""
        return self._workers - self._running

    def submit(self, task: Task) -> None:
        """Start it in a thread."""
        self._running += 1
        self._pool.submit(self._run, task)

    def _run(self, task: Task) -> None:
        try:
            with capturing(
                Run(task.experiment, task.run_id, place=self._place, managed=True, root=task.root), echo=False
            ):
                outcome = execute(task, self._modules[task.module], self._place)
        except BaseException as error:  # of ours, not the module's: the loop must hear of it all the same
            outcome = Outcome(task.number, {"code": "EngineError", "message": f"{type(error).__name__}: {error}"})
        self._done.put(outcome)

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """What has come."""
        if not self._running:
            return []
        try:
            found = [self._done.get(timeout=timeout)]
        except queue.Empty:
            return []
        while not self._done.empty():
            found.append(self._done.get())
        self._running -= len(found)
        return found

    def stop(self) -> None:
        """Threads finish what they do; nothing new starts."""

    def close(self) -> None:
        """Wait for the threads."""
        self._pool.shutdown(wait=True)
