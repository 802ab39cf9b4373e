"""What comes along where a result is taken again: child runs, tags, and what the module logged to the runs above its own.

Metrics, files, logs and outputs need no copies: the store finds them by the run that they were taken from (store/sqlite.py).
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any

from designer.engine.limits import broken
from designer.model.runs import RunQuery
from designer.tracking.echo import replay
from designer.tracking.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.engine.reuse.decision import Decision
    from designer.engine.reuse.taking import Loop
    from designer.model.runs import Result, RunRecord

OWN = "designer."  # what the engine itself sets begins so, and isn't copied


class Copying:
    """Gives the runs of one run's taken nodes what the earlier ones had."""

    def __init__(self, loop: Loop, plan: Mapping[str, Decision]) -> None:
        self._loop, self._plan = loop, plan
        self._records: dict[str, RunRecord] | None = None
        self._above: dict[str, dict[int, Run]] = {}
        self._echoing: list[tuple[str, str]] = []  # node, and the run that logged to the runs above

    def events(self, path: str, run_id: str, result: Result) -> list[Mapping[str, Any]]:
        """What to write about the run that takes a result."""
        record = self._record(result.origin)
        events: list[Mapping[str, Any]] = []
        properties = {name: value for name, value in record.properties.items() if not name.startswith(OWN)}
        metrics = self._loop.modules[self._loop.flat.nodes[path].module].metrics
        text = broken(metrics, self._loop.place.read, result.origin)
        if text:
            properties["designer.broken"] = text
        if properties:
            events.append({"e": "properties", "run": run_id, "set": properties})
        tags = {name: value for name, value in record.tags.items() if not name.startswith(OWN)}
        if tags:
            events.append({"e": "tags", "run": run_id, "set": tags})
        if record.description:
            events.append({"e": "update", "run": run_id, "description": record.description})
        if result.data.get("children") or f"{OWN}children" in record.properties:
            events += self._children(run_id, result.origin)
        return events

    def _record(self, run_id: str) -> RunRecord:
        store = self._loop.place.read
        if self._records is None:
            ids = [d.candidate.origin for d in self._plan.values() if d.candidate is not None]
            self._records = {r.id: r for r in store.runs(RunQuery(ids=ids, roots_only=False))} if ids else {}
        if run_id not in self._records:
            self._records[run_id] = store.run(run_id)
        return self._records[run_id]

    def _children(self, run_id: str, origin: str) -> list[Mapping[str, Any]]:
        """The runs that the module made (folds, trials), each as a run that was taken from the earlier one."""
        ids = {origin: run_id}
        events: list[Mapping[str, Any]] = []
        now = time.time()  # a tree is told oldest first, and no run is older than the one above it
        for record in self._loop.place.read.tree(origin)[1:]:
            ids[record.id] = str(uuid.uuid4())
            events.append(
                {
                    "e": "run", "id": ids[record.id], "kind": record.kind, "parent": ids[record.parent or origin],
                    "root": self._loop.run_id, "experiment": self._loop.experiment, "name": record.name,
                    "display_name": record.display_name, "description": record.description, "status": record.status,
                    "created": now, "started": record.started, "ended": record.ended,
                    "tags": dict(record.tags), "properties": dict(record.properties),
                    "parameters": dict(record.parameters), "reused_from": record.reused_from or record.id,
                    **({"error": dict(record.error)} if record.error else {}),
                }
            )  # fmt: skip
        return events

    def remember(self, path: str, result: Result) -> None:
        """A result was taken whose module may have logged to the runs above."""
        if result.data.get("echoes") or f"{OWN}echoes" in self._record(result.origin).properties:
            self._echoing.append((path, result.origin))

    def replay(self) -> None:
        """Log again what modules logged to the runs above them, in the order in which they did."""
        if not self._echoing:
            return
        store = self._loop.place.read
        calls = [(call[0], path, call) for path, origin in self._echoing for call in store.echoes(origin)]
        self._echoing = []
        for _, path, call in sorted(calls, key=lambda item: item[0]):
            replay(call, self._runs_above(path))

    def _runs_above(self, path: str) -> dict[int, Run]:
        loop = self._loop
        parent = loop.parent_of(path)
        if parent not in self._above:
            runs, run_id, level = {}, parent, 1
            while run_id:
                runs[level] = Run(loop.experiment, run_id, place=loop.place, managed=True, root=loop.run_id)
                run_id = "" if run_id == loop.run_id else loop.place.read.run(run_id).parent or ""
                level += 1
            self._above[parent] = runs
        return self._above[parent]
