"""Carrying out the plan: taking results that are there, claiming those to be computed, noting those that were.

A node whose result is taken has a run all the same, with everything that the earlier one logged. Elsewhere: the plan (plan.py).
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from designer.engine.reuse.claims import Claims
from designer.engine.reuse.determinants import digests
from designer.tracking.echo import replay
from designer.tracking.run import Run

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.engine.reuse.plan import Decision
    from designer.engine.task import Outcome
    from designer.graph.flatten import FlatPipeline
    from designer.model.runs import Handle, Result
    from designer.store.place import Place


class _Loop(Protocol):
    """What is needed of the runner."""

    place: Place
    flat: FlatPipeline
    run_id: str
    experiment: str

    def taken(
        self, path: str, run_id: str, outputs: Mapping[str, Handle], events: Sequence[Mapping[str, Any]]
    ) -> None: ...
    def parent_of(self, path: str) -> str: ...


class Taking:
    """The reuse side of one run."""

    def __init__(self, loop: _Loop, plan: Mapping[str, Decision], planned_at: float) -> None:
        self._loop, self._plan, self._planned_at = loop, plan, planned_at
        self._claims = Claims(loop.place.folder) if plan else None
        self._keys: dict[str, str] = {}
        self._codes: set[str] = set()
        self._above: dict[str, dict[int, Run]] = {}

    def notices(self, path: str) -> bool:
        """Whether the files that a node reads are to be noticed."""
        return path in self._plan and self._plan[path].reusable

    def planned(self, path: str, inputs: Mapping[str, Sequence[Handle]]) -> bool:
        """Take the result that the plan has for a node: always of a `reuse`, of a `maybe` when its inputs are the same."""
        decision = self._plan.get(path)
        if decision is None or decision.candidate is None or decision.action == "run":
            return False
        if decision.action == "maybe" and not decision.unchanged(inputs):
            return False
        self._take(
            path,
            decision.candidate,
            decision.outputs,
            decision.reason.text if decision.action == "reuse" else "its inputs came out the same",
        )
        return True

    def claim(self, path: str, inputs: Mapping[str, Sequence[Handle]]) -> bool | None:
        """True: compute it here. False: another run does so now. None: another run has, and its result was taken."""
        decision = self._plan.get(path)
        if decision is None or self._claims is None:
            return True
        key = decision.determinants.key(digests(inputs))
        if not decision.reusable or decision.reason.kind == "forced":
            return True
        if not self._claims.take(key):
            return False
        self._keys[path] = key
        made_by = self._claims.made_by(key)
        if made_by is not None:
            result = self._loop.place.read.result(made_by)
            outputs = self._loop.place.read.outputs(made_by)
            # An older result the plan knew, and had its reason not to take.
            young = result is not None and result.created > self._planned_at
            if result is not None and young and result.ok and set(outputs) == set(result.data.get("outputs", {})):
                self._claims.drop(self._keys.pop(path))
                self._take(path, result, outputs, f"run {made_by} has computed it meanwhile")
                return None
        return True

    def made(self, path: str, run_id: str, inputs: Mapping[str, Sequence[Handle]], outcome: Outcome) -> None:
        """A node was computed: note what determined the result, so that it can be taken again."""
        self._note(path, run_id, inputs, outcome, True)
        if self._claims is not None:
            self._claims.drop(self._keys.pop(path, None), run_id)

    def not_made(self, path: str, run_id: str, inputs: Mapping[str, Sequence[Handle]], outcome: Outcome) -> None:
        """A node failed: its result is never taken, but what determined it is known."""
        self._note(path, run_id, inputs, outcome, False)
        if self._claims is not None:
            self._claims.drop(self._keys.pop(path, None))

    def _note(self, path: str, run_id: str, inputs: Mapping[str, Sequence[Handle]], outcome: Outcome, ok: bool) -> None:
        decision = self._plan.get(path)
        if decision is None:
            return
        came = digests(inputs)
        data = decision.determinants.data() | {
            "inputs": came,
            "outputs": {port: f"{h.format}:{h.digest}" for port, h in outcome.outputs.items()},
            "files": dict(outcome.files),
        }
        if outcome.children:
            data["children"] = True
        if outcome.echoes:
            data["echoes"] = True
        event = self._result(
            path, run_id, run_id, decision, decision.determinants.key(came), ok, data, outcome.ended - outcome.started
        )
        reason = {
            "e": "properties",
            "run": run_id,
            "set": {"designer.reason": f"{decision.reason.kind}: {decision.reason.text}"},
        }
        self._loop.place.journal.events([*self._code(decision), reason, event])

    def _code(self, decision: Decision) -> list[Mapping[str, Any]]:
        code = decision.determinants.code
        if code.digest in self._codes:
            return []
        self._codes.add(code.digest)
        pieces = {
            name: {"digest": p.digest, "file": p.file, "line": p.line, "source": p.source}
            for name, p in code.pieces.items()
        }
        return [{"e": "code", "digest": code.digest, "data": pieces}]

    def _result(
        self,
        path: str,
        run_id: str,
        origin: str,
        decision: Decision,
        key: str,
        ok: bool,
        data: Mapping[str, Any],
        seconds: float | None,
    ) -> dict[str, Any]:
        return {
            "e": "result", "run": run_id, "key": key, "base": decision.determinants.base, "ok": int(ok),
            "reusable": int(decision.reusable), "origin": origin, "pipeline": self._loop.flat.name, "node": path,
            "module": self._loop.flat.nodes[path].module, "created": time.time(), "seconds": seconds, "data": data,
        }  # fmt: skip

    def _take(self, path: str, result: Result, outputs: Mapping[str, Handle], text: str) -> None:
        decision = self._plan[path]
        run_id = str(uuid.uuid4())
        events: list[Mapping[str, Any]] = [{"reused_from": result.origin}]
        events.append({"e": "properties", "run": run_id, "set": {"designer.reason": f"unchanged: {text}"}})
        events.append(
            self._result(path, run_id, result.origin, decision, result.key, True, result.data, result.seconds)
        )
        if result.data.get("children"):
            events += self._children(run_id, result.origin)
        self._loop.taken(path, run_id, outputs, events)
        if result.data.get("echoes"):
            self._replay(path, result.origin)

    def _children(self, run_id: str, origin: str) -> list[Mapping[str, Any]]:
        """The runs that the module made (folds, trials), each as a run that was taken from the earlier one."""
        ids = {origin: run_id}
        events: list[Mapping[str, Any]] = []
        for record in self._loop.place.read.tree(origin)[1:]:
            ids[record.id] = str(uuid.uuid4())
            events.append(
                {
                    "e": "run", "id": ids[record.id], "kind": record.kind, "parent": ids[record.parent or origin],
                    "root": self._loop.run_id, "experiment": self._loop.experiment, "name": record.name,
                    "display_name": record.display_name, "status": record.status, "created": record.created,
                    "started": record.started, "ended": record.ended, "tags": dict(record.tags),
                    "parameters": dict(record.parameters), "reused_from": record.reused_from or record.id,
                }
            )  # fmt: skip
        return events

    def _replay(self, path: str, origin: str) -> None:
        """What the module logged to the runs above it comes along, too."""
        above = self._runs_above(path)
        for call in self._loop.place.read.echoes(origin):
            replay(call, above)

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

    def close(self) -> None:
        """Let go of all claims."""
        if self._claims is not None:
            self._claims.close()
