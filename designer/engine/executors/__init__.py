"""Who calls one node. The loop (runner.py) knows only this seam: `free`, `submit`, `wait`, `stop`, `close`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.declare.module import Module
    from designer.engine.task import Outcome, Task
    from designer.store.place import Place

NAMES = ("processes", "threads", "serial")


class Executor(Protocol):
    """Runs tasks. Only the loop's thread calls it."""

    def free(self) -> int:
        """How many tasks it would take on now."""

    def submit(self, task: Task) -> None:
        """Take on a task; its outcome comes from `wait`."""

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """The outcomes that have come, after at most `timeout` seconds (None: until one comes)."""

    def stop(self) -> None:
        """Stop all tasks at once, as far as that is possible; their outcomes still come."""

    def close(self) -> None:
        """Let go of everything."""


def make(
    name: str, place: Place, modules: Mapping[str, Module[Any, Any]], workers: int | None = None, seed: int = 0
) -> Executor:
    """The executor of that name."""
    if name == "serial":
        from designer.engine.executors.serial import Serial  # noqa: PLC0415 - one of three

        return Serial(place, modules)
    if name == "threads":
        from designer.engine.executors.threads import Threads  # noqa: PLC0415

        return Threads(place, modules, workers)
    if name == "processes":
        from designer.engine.executors.processes import Processes  # noqa: PLC0415

        return Processes(place, modules, workers, seed)
    raise ValueError(f"there is no executor {name!r}; choose one of {', '.join(NAMES)}")
