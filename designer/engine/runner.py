"""The loop: which nodes are ready, hand them out, take what comes back, write down what happened. Nothing else decides the order.

Elsewhere: one node's task (task.py), who calls it (executors/), what is ready (graph/order.py), starting a run (submit.py).
"""

from __future__ import annotations

import heapq
import time
import uuid
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from designer.engine import executors
from designer.engine.limits import broken
from designer.engine.reuse.taking import Taking
from designer.engine.task import Outcome, Task
from designer.graph.order import Ready
from designer.model.runs import Handle, RunKind, Status

if TYPE_CHECKING:
    from designer.declare.module import Module
    from designer.engine.provenance import Provenance
    from designer.engine.reuse.decision import Decision
    from designer.graph.flatten import FlatPipeline
    from designer.store.place import Place

_CLAIM_POLL = 0.02  # seconds between looks at whether another run has computed what is waited for
_CANCEL_POLL = 0.1  # seconds between looks at whether somebody wants the run to stop


@dataclass
class _Group:
    """A group's run, and how many of its nodes haven't ended."""

    run_id: str
    parent: str
    left: int = 0
    failed: str | None = None
    started: bool = False
    ends: set[Status] = field(default_factory=set)  # how its nodes have ended


@dataclass
class _State:
    """What the loop knows while it goes."""

    outputs: dict[str, Mapping[str, Handle]] = field(default_factory=dict)
    runs: dict[str, str] = field(default_factory=dict)  # node -> run id
    attempts: dict[str, int] = field(default_factory=dict)
    tasks: dict[int, str] = field(default_factory=dict)  # task number -> node
    retries: list[tuple[float, str]] = field(default_factory=list)  # heap of (when, node)
    failed: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    canceled: bool = False


class Runner:
    """Runs one flat pipeline to its end, as the run `run_id`, which exists already and which this process owns."""

    def __init__(
        self,
        place: Place,
        run_id: str,
        experiment: str,
        flat: FlatPipeline,
        modules: Mapping[str, Module[Any, Any]],
        executor: str = "processes",
        workers: int | None = None,
        seed: int = 0,
        plan: Mapping[str, Decision] | None = None,
        planned_at: float = 0.0,
        provenance: Provenance | None = None,
        fail_fast: bool = False,
    ) -> None:
        self.place, self.run_id, self.experiment, self.flat, self.modules = place, run_id, experiment, flat, modules
        self._journal = place.journal
        self._executor_name, self._workers, self._seed = executor, workers, seed
        self._ready = Ready(flat.nodes, flat.edges)
        self._state = _State()
        self._groups = self._make_groups()
        self._taking = Taking(self, plan or {}, planned_at)
        self._provenance, self._fail_fast = provenance, fail_fast
        self._numbers = iter(range(1, 1 << 62))
        self._to_run: deque[str] = deque()
        self._elsewhere: list[str] = []  # another run computes them now
        self._looked = 0.0

    def run(self) -> Status:
        """Run to the end. Returns the final status, which is also written."""
        self._journal.event({"e": "update", "run": self.run_id, "status": Status.RUNNING, "started": time.time()})
        executor = executors.make(self._executor_name, self.place, self.modules, self._workers, self._seed)
        interrupted = False
        try:
            self._loop(executor)
        except KeyboardInterrupt:
            self._state.canceled = interrupted = True
            self._abandon(executor)
        finally:
            executor.close()
            self._taking.close()
        status = self._finish()
        environment = self._provenance.completed() if self._provenance is not None else None
        if environment is not None:
            self._journal.event({"e": "document", "run": self.run_id, "data": {"environment": environment}})
        self.place.settle(others=True)  # the workers' journals, where they logged much
        if interrupted:
            raise KeyboardInterrupt
        return status

    def _loop(self, executor: executors.Executor) -> None:
        state = self._state
        while True:
            now = time.time()
            self._to_run.extend(self._elsewhere)
            self._elsewhere = []
            self._gather(now)
            while self._to_run and executor.free() > 0:
                self._hand_out(executor, self._to_run.popleft())
            self._gather(now)  # a result that was taken instead has made others ready
            if not (state.tasks or self._to_run or state.retries or self._elsewhere):
                return
            until = min(_CANCEL_POLL, state.retries[0][0] - now if state.retries else _CANCEL_POLL)
            until = max(0.0, min(until, _CLAIM_POLL) if self._elsewhere else until)
            if state.tasks:
                for outcome in executor.wait(0.0 if self._to_run and executor.free() > 0 else until):
                    self._take(outcome)
                if state.failed and self._fail_fast:
                    self._abandon(executor)
                    return
            elif not self._to_run:
                time.sleep(until)
            if now - self._looked > _CANCEL_POLL:
                self._looked = now
                if self.place.cancel_requested(self.run_id):
                    state.canceled = True
                    self._abandon(executor)
                    return

    def _gather(self, now: float) -> None:
        """Sort what is ready: results that are there are taken, the rest has to run."""
        retries = self._state.retries
        while retries and retries[0][0] <= now:
            self._to_run.append(heapq.heappop(retries)[1])
        while ready := self._ready.ready():
            for path in ready:
                inputs = self._inputs(path)
                if not self._taking.planned(path, inputs):
                    self._to_run.append(path)
        self._taking.settle()

    def _hand_out(self, executor: executors.Executor, path: str) -> None:
        if path not in self._state.runs:
            claimed = self._taking.claim(path, self._inputs(path))
            if claimed is False:
                self._elsewhere.append(path)
            if not claimed:
                return
        self._start(executor, path)

    def _abandon(self, executor: executors.Executor) -> None:
        """Stop what runs and take in the outcomes."""
        executor.stop()
        while self._state.tasks:
            for outcome in executor.wait(None):
                self._take(outcome)

    def _start(self, executor: executors.Executor, path: str) -> None:
        node = self.flat.nodes[path]
        options = self.modules[node.module].options
        state = self._state
        attempt = state.attempts.get(path, 0)
        inputs = self._inputs(path)
        parent = self.parent_of(path)
        if attempt == 0:
            self._begin_groups(node.group)
            state.runs[path] = str(uuid.uuid4())
            self._journal.events(self._created(path, parent, inputs))
        number = next(self._numbers)
        state.tasks[number] = path
        executor.submit(
            Task(
                number, path, node.module, state.runs[path], parent, self.run_id, self.experiment, node.parameters, inputs,
                attempt, options.timeout, options.fresh, self._taking.notices(path),
            )
        )  # fmt: skip

    def _inputs(self, path: str) -> dict[str, Sequence[Handle]]:
        outputs = self._state.outputs
        return {
            port: [outputs[end.node][end.port] for end in ends if end.node in outputs]
            for port, ends in self.flat.inputs[path].items()
        }

    def _created(self, path: str, parent: str, inputs: Mapping[str, Sequence[Handle]]) -> list[Mapping[str, Any]]:
        node = self.flat.nodes[path]
        run_id = self._state.runs[path]
        record: dict[str, Any] = {
            "e": "run", "id": run_id, "kind": RunKind.MODULE, "parent": parent, "root": self.run_id, "node": path,
            "module": node.module, "experiment": self.experiment, "name": path, "status": Status.QUEUED,
            "created": time.time(), "owner": self._journal.token,
        }  # fmt: skip
        if node.title:
            record["display_name"] = node.title
        if node.parameters:
            record["parameters"] = dict(node.parameters)
        handles = [
            {"e": "handle", "run": run_id, "way": "in", "port": port, "i": at, "handle": handle}
            for port, many in inputs.items()
            for at, handle in enumerate(many)
        ]
        return [record, *handles]

    def _take(self, outcome: Outcome) -> None:
        path = self._state.tasks.pop(outcome.number)
        metrics = self.modules[self.flat.nodes[path].module].metrics
        if outcome.error is None and (text := broken(metrics, self.place.read, self._state.runs[path], "fail")):
            self._failed(path, outcome._replace(error={"code": "MetricOutOfBounds", "message": text}))
        elif outcome.error is None:
            self._completed(path, outcome, broken(metrics, self.place.read, self._state.runs[path]))
        elif outcome.error["code"] == "Canceled":
            self._taking.let_go(path)
            self._ended(path, Status.CANCELED, outcome, self._why_stopped() or outcome.error)
        elif self._state.attempts.get(path, 0) < self.modules[self.flat.nodes[path].module].options.retries:
            self._retry(path, outcome)
        else:
            self._failed(path, outcome)

    def _completed(self, path: str, outcome: Outcome, broken_bounds: str = "") -> None:
        self._state.outputs[path] = outcome.outputs
        run_id = self._state.runs[path]
        events: list[Mapping[str, Any]] = [
            {"e": "handle", "run": run_id, "way": "out", "port": port, "handle": handle}
            for port, handle in outcome.outputs.items()
        ]
        if broken_bounds:
            events.append({"e": "properties", "run": run_id, "set": {"designer.broken": broken_bounds}})
            outcome = outcome._replace(warnings=outcome.warnings + 1)
        self._ended(path, Status.COMPLETED, outcome, None, events)
        self._taking.made(path, run_id, self._inputs(path), outcome)
        self._ready.done(path)

    def taken(
        self,
        path: str,
        run_id: str,
        reused_from: str,
        at: float,
        outputs: Mapping[str, Handle],
        events: list[Mapping[str, Any]],
    ) -> None:
        """A node's result was taken from an earlier run: write that down, and go on with what needs it.

        `events` tell of its run, and of child runs that were made after `at`.
        """
        self._state.outputs[path] = outputs
        self._state.runs[path] = run_id
        record = self._created(path, self.parent_of(path), {})[0]
        end = {"e": "update", "run": run_id, "status": Status.COMPLETED, "started": at, "ended": at}
        self._journal.events([{**record, "reused_from": reused_from, "created": at}, *events, end])
        self._left_group(path, Status.COMPLETED, None)
        self._ready.done(path)

    def begin_groups_around(self, path: str) -> None:
        """Begin the runs of the groups that a node lies in."""
        self._begin_groups(self.flat.nodes[path].group)

    def parent_of(self, path: str) -> str:
        """The run above a node's: its group's, else the pipeline's."""
        group = self._groups.get(self.flat.nodes[path].group)
        return group.run_id if group is not None else self.run_id

    def _retry(self, path: str, outcome: Outcome) -> None:
        options = self.modules[self.flat.nodes[path].module].options
        attempt = self._state.attempts[path] = self._state.attempts.get(path, 0) + 1
        wait = options.backoff * 2 ** (attempt - 1)
        heapq.heappush(self._state.retries, (time.time() + wait, path))
        message = (outcome.error or {}).get("message", "")
        self._journal.events(
            [
                {"e": "tags", "run": self._state.runs[path], "set": {"designer.attempts": str(attempt + 1)}},
                {"e": "properties", "run": self._state.runs[path], "set": {f"designer.attempt_{attempt}": message}},
            ]
        )

    def _failed(self, path: str, outcome: Outcome) -> None:
        self._state.failed[path] = outcome.error or {}
        self._taking.not_made(path, self._state.runs[path], self._inputs(path), outcome)
        self._ended(path, Status.FAILED, outcome, outcome.error)
        for other in self._ready.drop(path):
            self._skip(other, f"not run, because {path} failed")

    def _ended(
        self,
        path: str,
        status: Status,
        outcome: Outcome,
        error: Mapping[str, Any] | None,
        more: Sequence[Mapping[str, Any]] = (),
    ) -> None:
        run_id = self._state.runs[path]
        update: dict[str, Any] = {"e": "update", "run": run_id, "status": status, "ended": outcome.ended or time.time()}
        if outcome.started:
            update["started"] = outcome.started
        if error is not None:
            update["error"] = error
        if outcome.warnings:
            update["warnings"] = outcome.warnings
        facts = {}
        if outcome.cpu_seconds is not None:
            facts["designer.cpu_seconds"] = f"{outcome.cpu_seconds:.6f}"
        if outcome.peak_memory is not None:
            facts["designer.peak_memory"] = str(outcome.peak_memory)
        events = [*more, update]
        if facts:
            events.insert(0, {"e": "properties", "run": run_id, "set": facts})
        self._journal.events(events)
        self._left_group(path, status, error)

    def _skip(self, path: str, why: str) -> None:
        node = self.flat.nodes[path]
        self._begin_groups(node.group)
        group = self._groups.get(node.group)
        run_id = self._state.runs[path] = str(uuid.uuid4())
        now = time.time()
        record = {
            "e": "run", "id": run_id, "kind": RunKind.MODULE, "parent": group.run_id if group else self.run_id,
            "root": self.run_id, "node": path, "module": node.module, "experiment": self.experiment, "name": path,
            "status": Status.SKIPPED, "created": now, "ended": now, "error": {"code": "Skipped", "message": why},
        }  # fmt: skip
        self._journal.event({**record, "display_name": node.title} if node.title else record)
        self._left_group(path, Status.SKIPPED, None)

    # Groups

    def _make_groups(self) -> dict[str, _Group]:
        groups: dict[str, _Group] = {}
        for group in self.flat.groups:
            outer = groups.get(group.parent)
            groups[group.path] = _Group(str(uuid.uuid4()), outer.run_id if outer else self.run_id)
        for node in self.flat.nodes.values():
            for path in _around(node.group):
                groups[path].left += 1
        return groups

    def _begin_groups(self, path: str) -> None:
        for around in reversed(list(_around(path))):
            group = self._groups[around]
            if not group.started:
                group.started = True
                flat = next(g for g in self.flat.groups if g.path == around)
                now = time.time()
                self._journal.event(
                    {
                        "e": "run", "id": group.run_id, "kind": RunKind.GROUP, "parent": group.parent, "root": self.run_id,
                        "node": around, "experiment": self.experiment, "name": around, "display_name": flat.title,
                        "status": Status.RUNNING, "created": now, "started": now, "owner": self._journal.token,
                        "parameters": dict(flat.parameters),
                    }
                )  # fmt: skip

    def _left_group(self, path: str, status: Status, error: Mapping[str, Any] | None) -> None:
        for around in _around(self.flat.nodes[path].group):
            group = self._groups[around]
            group.left -= 1
            group.ends.add(status)
            if status is Status.FAILED and group.failed is None:
                group.failed = path
            if group.left == 0 and group.started:
                end: dict[str, Any] = {
                    "e": "update",
                    "run": group.run_id,
                    "status": next(
                        (bad for bad in (Status.CANCELED, Status.SKIPPED) if bad in group.ends), Status.COMPLETED
                    ),
                    "ended": time.time(),
                }
                if group.failed:
                    message = self._state.failed[group.failed].get("message", "")
                    end |= {
                        "status": Status.FAILED,
                        "error": {"code": "NodeFailed", "message": f"{group.failed} failed: {message}"},
                    }
                self._journal.event(end)

    def _finish(self) -> Status:
        state = self._state
        end: dict[str, Any] = {"e": "update", "run": self.run_id, "ended": time.time()}
        if state.canceled:
            self._leave("the run was canceled")
            end["status"] = Status.CANCELED
            self.place.clear_cancel(self.run_id)
        elif state.failed:
            first, error = next(iter(state.failed.items()))
            self._leave(f"{first} failed")
            others = f" (and {len(state.failed) - 1} more)" if len(state.failed) > 1 else ""
            message = f"{first} failed{others}: {error.get('message', '')}"
            end |= {"status": Status.FAILED, "error": {"code": "NodeFailed", "message": message, "node": first}}
        else:
            end["status"] = Status.COMPLETED
        end["ended"] = time.time()
        self._journal.event(end)
        return Status(end["status"])

    def _leave(self, why: str) -> None:
        """Write down what is left of the nodes when the loop ends early: waiting for another try, or never begun."""
        state = self._state
        for path in {*(path for _, path in state.retries), *self._to_run} & state.runs.keys():
            stopped = {"code": "Canceled", "message": f"stopped before its next try, because {why}"}
            self._ended(path, Status.CANCELED, Outcome(0, stopped), stopped)
        for path in self.flat.nodes:
            if path not in state.runs:
                self._skip(path, f"not run, because {why}")

    def _why_stopped(self) -> dict[str, Any] | None:
        """Why a node was stopped that another's failure has stopped."""
        if self._state.canceled or not self._state.failed:
            return None
        return {"code": "Canceled", "message": f"stopped, because {next(iter(self._state.failed))} failed"}


def _around(group: str) -> list[str]:
    """The path of a group and of all around it, innermost first."""
    paths = []
    while group:
        paths.append(group)
        group = group.rpartition("/")[0]
    return paths
