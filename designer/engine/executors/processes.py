"""Nodes in warm worker processes, forked from the runner, which has imported the modules and computes nothing itself.

A worker that dies takes down the task it was at and no other: what was sent ahead to it is sent again to another. Elsewhere: what
a worker does (worker.py).
"""

from __future__ import annotations

import gc
import os
import pickle
import selectors
import signal
import sys
import time
import traceback
from collections import deque
from multiprocessing import Pipe
from typing import TYPE_CHECKING, Any

from designer.engine.task import Outcome, Task
from designer.engine.worker import serve
from designer.host import cores

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.connection import Connection

    from designer.declare.module import Module
    from designer.store.place import Place

_SHORT = 0.01  # seconds; while tasks are this short, the next one is sent ahead
_AHEAD = 3  # tasks a worker may have, then
_GRACE = 5.0  # seconds that a module has to put its things in order when the run is canceled
_CANCELED = {"code": "Canceled", "message": "the run was canceled"}


class _Worker:
    def __init__(self, pid: int, connection: Connection, fresh: bool) -> None:
        self.pid, self.connection, self.fresh = pid, connection, fresh
        self.tasks: deque[Task] = deque()
        self.began = 0.0
        self.stopped: str | None = None  # why we killed it
        self.overdue: int | None = None  # the task for which we did
        self.patience: float | None = None  # until when it may put its things in order
        self.pidfd = os.pidfd_open(pid) if hasattr(os, "pidfd_open") else -1

    @property
    def deadline(self) -> float | None:
        if self.patience is not None:
            return self.patience
        task = self.tasks[0] if self.tasks else None
        return self.began + task.timeout if task is not None and task.timeout else None


class Processes:
    """A pool of warm workers, and processes of their own for modules that ask for one."""

    def __init__(
        self, place: Place, modules: Mapping[str, Module[Any, Any]], workers: int | None = None, seed: int = 0
    ) -> None:
        self._place, self._modules, self._seed = place, modules, seed
        self._size = workers or cores()
        self._workers: list[_Worker] = []
        self._selector = selectors.DefaultSelector()
        self._again: deque[Task] = deque()
        self._done: list[Outcome] = []
        self._typical = 1.0  # seconds a task takes, as a running mean
        self._stopping = False

    def free(self) -> int:
        """Idle workers, or while tasks are short, places in their queues."""
        warm = [worker for worker in self._workers if not worker.fresh]
        ahead = _AHEAD if self._typical < _SHORT else 1
        taken = sum(len(worker.tasks) for worker in warm) + len(self._again)
        busy_fresh = sum(1 for worker in self._workers if worker.fresh)
        return max(0, (self._size - min(busy_fresh, self._size)) * ahead - taken)

    def submit(self, task: Task) -> None:
        """Send it to a worker."""
        if task.fresh:
            self._send(self._start(fresh=True), task)
            return
        warm = [worker for worker in self._workers if not worker.fresh and worker.stopped is None]
        idle = next((worker for worker in warm if not worker.tasks), None)
        if idle is None and len(warm) < self._size:
            idle = self._start(fresh=False)
        self._send(idle or min(warm, key=lambda worker: len(worker.tasks)), task)

    def _send(self, worker: _Worker, task: Task) -> None:
        if not worker.tasks:
            worker.began = time.time()
        worker.tasks.append(task)
        try:
            worker.connection.send_bytes(pickle.dumps(task))
        except (BrokenPipeError, ConnectionResetError):
            pass  # it has just died; that is told by `wait`, and an unstarted task is sent again

    def _start(self, fresh: bool) -> _Worker:
        ours, theirs = Pipe(duplex=True)
        gc.freeze()  # collections in the child would touch, and so copy, every page it shares with this process
        pid = os.fork()
        if pid == 0:
            status = 1
            try:
                ours.close()
                for worker in self._workers:
                    worker.connection.close()
                    if worker.pidfd >= 0:
                        os.close(worker.pidfd)
                self._selector.close()
                signal.signal(signal.SIGTERM, signal.SIG_DFL)
                serve(theirs, self._place, self._modules, self._seed)
                status = 0
            except BaseException:  # of ours; standard error is the node's log by now
                traceback.print_exc()
                sys.stderr.flush()
            finally:
                os._exit(status)
        theirs.close()
        worker = _Worker(pid, ours, fresh)
        self._workers.append(worker)
        self._selector.register(ours, selectors.EVENT_READ, worker)
        if worker.pidfd >= 0:
            self._selector.register(worker.pidfd, selectors.EVENT_READ, worker)
        return worker

    def wait(self, timeout: float | None) -> Sequence[Outcome]:
        """The outcomes that have come, those of dead and overdue workers among them."""
        while self._again:
            self.submit(self._again.popleft())
        if not self._done and any(worker.tasks for worker in self._workers):
            now = time.time()
            deadlines = [worker.deadline for worker in self._workers if worker.deadline is not None]
            until = min([*deadlines, *([now + timeout] if timeout is not None else [])], default=None)
            events = self._selector.select(None if until is None else max(0.0, until - now))
            for worker in {key.data for key, _ in events}:
                self._hear(worker)
            self._kill_overdue()
        done, self._done = self._done, []
        return done

    def _hear(self, worker: _Worker) -> None:
        try:
            while worker.connection.poll():
                outcome: Outcome = pickle.loads(worker.connection.recv_bytes())
                worker.tasks.popleft()
                worker.began = time.time()
                self._typical += 0.2 * (outcome.ended - outcome.started - self._typical)
                if worker.stopped == "cancel":
                    if outcome.error is not None:
                        outcome = outcome._replace(error=_CANCELED)
                    _signal(worker.pid, signal.SIGKILL)  # before it begins what it was sent ahead
                self._done.append(outcome)
            if worker.pidfd < 0 or not selectors_ready(worker.pidfd):
                if worker.fresh and not worker.tasks:
                    self._dismiss(worker)
                return
        except (EOFError, ConnectionResetError, OSError):
            pass
        self._bury(worker)

    def _kill_overdue(self) -> None:
        now = time.time()
        for worker in self._workers:
            deadline = worker.deadline
            if deadline is None or now < deadline:
                continue
            if worker.stopped is None:
                worker.stopped, worker.overdue = "timeout", worker.tasks[0].number
                _signal(worker.pid, signal.SIGKILL)
            elif worker.patience is not None:
                worker.patience = None
                _signal(worker.pid, signal.SIGKILL)

    def _bury(self, worker: _Worker) -> None:
        """A worker is dead: its current task has failed, what it was sent ahead goes to another."""
        self._forget(worker)
        _signal(worker.pid, signal.SIGKILL)
        _, status, usage = os.wait4(worker.pid, 0)
        ended_in_time = worker.overdue is not None and bool(worker.tasks) and worker.tasks[0].number != worker.overdue
        if (
            worker.tasks and not ended_in_time
        ):  # an overdue task that ended just before the kill is no reason to blame the next
            task = worker.tasks.popleft()
            error = _reason(worker, task, status, usage.ru_maxrss * 1024)
            self._done.append(
                Outcome(task.number, error, started=worker.began, ended=time.time(), peak_memory=usage.ru_maxrss * 1024)
            )
        if self._stopping:
            self._done += [Outcome(task.number, _CANCELED) for task in worker.tasks]
        else:
            self._again.extend(worker.tasks)

    def _dismiss(self, worker: _Worker) -> None:
        self._forget(worker)
        os.waitpid(worker.pid, 0)

    def _forget(self, worker: _Worker) -> None:
        self._workers.remove(worker)
        self._selector.unregister(worker.connection)
        worker.connection.close()
        if worker.pidfd >= 0:
            self._selector.unregister(worker.pidfd)
            os.close(worker.pidfd)

    def stop(self) -> None:
        """Ask all workers that are at a task to end, and kill those that don't."""
        self._stopping = True
        self._done += [Outcome(task.number, _CANCELED) for task in self._again]
        self._again.clear()
        for worker in self._workers:
            if worker.tasks:
                worker.stopped, worker.patience = "cancel", time.time() + _GRACE
                _signal(worker.pid, signal.SIGTERM)

    def close(self) -> None:
        """End all workers."""
        for worker in list(self._workers):
            if worker.tasks:
                _signal(worker.pid, signal.SIGKILL)
            self._dismiss(worker)
        self._selector.close()


def selectors_ready(fd: int) -> bool:
    """Whether a descriptor can be read now: a pidfd can when its process has ended."""
    with selectors.SelectSelector() if fd < 1024 else selectors.PollSelector() as one:
        one.register(fd, selectors.EVENT_READ)
        return bool(one.select(0))


def _signal(pid: int, number: int) -> None:
    """Signal a worker and whatever its modules have started."""
    for kill in (os.killpg, os.kill):
        try:
            kill(pid, number)
        except (ProcessLookupError, PermissionError):
            continue


def _reason(worker: _Worker, task: Task, status: int, peak: int) -> dict[str, Any]:
    memory = f"its greatest memory use was {peak / 2**20:,.0f} MB"
    if worker.stopped == "timeout":
        return {"code": "Timeout", "message": f"it took longer than its timeout of {task.timeout:g} s and was stopped"}
    if worker.stopped == "cancel":
        return _CANCELED
    if os.WIFSIGNALED(status):
        number = os.WTERMSIG(status)
        name = signal.Signals(number).name
        if number == signal.SIGKILL:
            return {
                "code": "WorkerKilled",
                "message": f"its process was killed from outside ({name}), most often by the kernel for lack of memory; {memory}",
            }
        if number in (signal.SIGTERM, signal.SIGINT, signal.SIGHUP):
            return {"code": "WorkerKilled", "message": f"its process was asked to end from outside ({name})"}
        kind = {
            signal.SIGSEGV: "a segmentation fault",
            signal.SIGABRT: "an abort",
            signal.SIGFPE: "an arithmetic fault",
        }
        what = kind.get(signal.Signals(number), "a signal")
        return {
            "code": "WorkerCrashed",
            "message": f"its process crashed with {what} ({name}) in native code; {memory}",
        }
    return {
        "code": "WorkerExited",
        "message": f"it ended its own process with exit code {os.waitstatus_to_exitcode(status)} (os._exit or the like)",
    }
