"""Carrying out the plan: taking results that are there, claiming those to be computed, noting those that were.

Elsewhere: the plan (plan.py), what a taken result brings along (copying.py), what to do with a node next (runner.py).
"""

from __future__ import annotations

import time
import uuid
from typing import TYPE_CHECKING, Any, Protocol

from designer.engine.reuse.claims import Claims
from designer.engine.reuse.copying import Copying
from designer.engine.reuse.determinants import digests
from designer.engine.reuse.reasons import changed_files, input_change

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.declare.module import Module
    from designer.engine.reuse.decision import Decision
    from designer.engine.task import Outcome
    from designer.graph.flatten import FlatPipeline
    from designer.model.runs import Handle, Result
    from designer.store.place import Place


class Loop(Protocol):
    """What is needed of the runner."""

    place: Place
    flat: FlatPipeline
    modules: Mapping[str, Module[Any, Any]]
    run_id: str
    experiment: str

    def taken(
        self,
        path: str,
        run_id: str,
        reused_from: str,
        at: float,
        outputs: Mapping[str, Handle],
        events: list[Mapping[str, Any]],
    ) -> None: ...
    def parent_of(self, path: str) -> str: ...
    def begin_groups_around(self, path: str) -> None: ...


class Taking:
    """The reuse side of one run."""

    def __init__(self, loop: Loop, plan: Mapping[str, Decision], planned_at: float) -> None:
        self._loop, self._plan, self._planned_at = loop, plan, planned_at
        self._claims = Claims(loop.place.folder) if plan else None
        self._copying = Copying(loop, plan)
        self._keys: dict[str, str] = {}
        self._codes: set[str] = set()
        self._made: set[str] = set()

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
        reason = str(decision.reason) if decision.action == "reuse" else "unchanged: its inputs came out the same"
        self._take(path, decision.candidate, decision.outputs, reason)
        return True

    def settle(self) -> None:
        """Results were taken, as many as could be: what they logged to the runs above is logged there, in its old order."""
        self._copying.replay()

    def claim(self, path: str, inputs: Mapping[str, Sequence[Handle]]) -> bool | None:
        """True: compute it here. False: another run does so now. None: another run has, and its result was taken."""
        decision = self._plan.get(path)
        if decision is None or self._claims is None or not decision.reusable or decision.reason.kind == "forced":
            return True
        key = decision.determinants.key(digests(inputs))
        if self._claims.holds(key):  # two nodes of this run need the same: each runs, as was planned
            return True
        if not self._claims.take(key):
            return False
        self._keys[path] = key
        made_by = self._claims.made_by(key)
        if made_by is not None and made_by not in self._made and self._take_meanwhile(path, made_by):
            return None
        return True

    def _take_meanwhile(self, path: str, made_by: str) -> bool:
        """Take a result that was made since the plan. An older one the plan knew, and had its reason not to take."""
        store = self._loop.place.read
        result = store.result(made_by)
        if result is None or not result.ok or result.created < self._planned_at:
            return False
        outputs = store.outputs(made_by)
        if set(outputs) != set(result.data.get("outputs", {})) or changed_files(result) is not None:
            return False
        assert self._claims is not None
        self._claims.drop(self._keys.pop(path))
        self._take(path, result, outputs, f"unchanged: run {made_by} has computed it meanwhile")
        self._copying.replay()
        return True

    def made(self, path: str, run_id: str, inputs: Mapping[str, Sequence[Handle]], outcome: Outcome) -> None:
        """A node was computed: note what determined the result, so that it can be taken again."""
        self._note(path, run_id, inputs, outcome, True)
        self._made.add(run_id)
        if self._claims is not None:
            self._claims.drop(self._keys.pop(path, None), run_id)

    def not_made(self, path: str, run_id: str, inputs: Mapping[str, Sequence[Handle]], outcome: Outcome) -> None:
        """A node failed: its result is never taken, but what determined it is known."""
        self._note(path, run_id, inputs, outcome, False)
        self.let_go(path)

    def let_go(self, path: str) -> None:
        """A node didn't end by itself: whoever waits for its result may compute it."""
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
        event = {
            "e": "result", "run": run_id, "key": decision.determinants.key(came), "base": decision.determinants.base,
            "ok": int(ok), "reusable": int(decision.reusable), "origin": run_id, "pipeline": self._loop.flat.name,
            "node": path, "module": self._loop.flat.nodes[path].module, "created": time.time(),
            "seconds": outcome.ended - outcome.started, "data": data,
        }  # fmt: skip
        self._loop.place.journal.events([*self._code(decision), _because(run_id, self._reason(path, came)), event])

    def _reason(self, path: str, came: Mapping[str, Sequence[str]]) -> str:
        """Why a node ran; of a `maybe`, the input that did come out otherwise."""
        decision = self._plan[path]
        if decision.action == "maybe" and decision.candidate is not None:
            ports = self._loop.flat.inputs[path]
            feeding = {port: ends[0].node for port, ends in ports.items() if ends}
            change = input_change(decision.candidate.data.get("inputs", {}), came, feeding)
            if change is not None:
                return str(change)
        return str(decision.reason)

    def _code(self, decision: Decision) -> list[Mapping[str, Any]]:
        code = decision.determinants.code
        if code.digest in self._codes:
            return []
        self._codes.add(code.digest)
        return [{"e": "code", "digest": code.digest, "data": code.data()}]

    def _take(self, path: str, result: Result, outputs: Mapping[str, Handle], reason: str) -> None:
        self._loop.begin_groups_around(path)
        run_id, at = str(uuid.uuid4()), time.time()  # what lies below it is younger, what lies around it older
        note = {
            "e": "result", "run": run_id, "key": result.key, "base": result.base, "ok": 1,
            "reusable": int(result.reusable and self._plan[path].reusable), "origin": result.origin,
            "pipeline": self._loop.flat.name, "node": path, "module": self._loop.flat.nodes[path].module,
            "created": time.time(), "seconds": result.seconds, "data": result.data,
        }  # fmt: skip
        events = [_because(run_id, reason), *self._copying.events(path, run_id, result), note]
        self._loop.taken(path, run_id, result.origin, at, outputs, events)
        self._copying.remember(path, result)

    def close(self) -> None:
        """Let go of all claims."""
        if self._claims is not None:
            self._claims.close()


def _because(run_id: str, reason: str) -> Mapping[str, Any]:
    return {"e": "properties", "run": run_id, "set": {"designer.reason": reason}}
