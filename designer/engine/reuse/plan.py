"""Before a run: whether each node runs, with the one reason. What the plan says is what the runner does.

`reuse`: a good result for exactly this is there. `run`: it runs, whatever comes in. `maybe`: it runs exactly if a rerun upstream
gives another output than the one that its earlier result was made from.

Elsewhere: what determines a result (determinants.py), why an earlier one doesn't fit (reasons.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.engine.reuse.decision import Decision, Reason
from designer.engine.reuse.determinants import Determinants, Determining, digests
from designer.engine.reuse.reasons import changed_files, difference, pinned_problem
from designer.errors import DesignerError
from designer.graph.order import topological

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from designer.declare.module import Module
    from designer.graph.flatten import FlatPipeline
    from designer.model.runs import Handle, Result
    from designer.store.protocol import ReadStore


def plan(
    flat: FlatPipeline,
    modules: Mapping[str, Module[Any, Any]],
    store: ReadStore,
    *,
    regenerate: bool | Collection[str] = False,
    pins: Mapping[str, str] | None = None,
    seed: int = 0,
) -> dict[str, Decision]:
    """The decision for each node, in the order of running. `pins` says for some nodes whose run's outputs they take."""
    with store.at_once():
        return _Planning(flat, modules, store, regenerate, pins or {}, seed).all()


class _Planning:
    def __init__(
        self,
        flat: FlatPipeline,
        modules: Mapping[str, Module[Any, Any]],
        store: ReadStore,
        regenerate: bool | Collection[str],
        pins: Mapping[str, str],
        seed: int,
    ) -> None:
        self.flat, self.modules, self.store, self.pins = flat, modules, store, pins
        self.regenerate = regenerate
        self.decisions: dict[str, Decision] = {}
        determining = Determining(modules, seed)
        self.determinants = {path: determining.of(node) for path, node in flat.nodes.items()}
        self.by_base = store.results("base", list({d.base for d in self.determinants.values()}))
        self._known = store.outputs_of([result.run_id for result in self.by_base.values()])
        self._kept: dict[str, bool] = {}
        self._files: dict[str, str | None] = {}
        names = [(node.module, flat.name, path) for path, node in flat.nodes.items()]
        self._last_of = {node: found for (_, _, node), found in store.last_results(names).items()}
        self._seconds: dict[str, float | None] = {}
        self._gone: dict[str, list[Result]] = {}  # module -> last results of nodes that aren't there any more

    def all(self) -> dict[str, Decision]:
        for path in topological(self.flat):
            self.decisions[path] = self._decide(path)
        return self.decisions

    def _decide(self, path: str) -> Decision:
        options = self.modules[self.flat.nodes[path].module].options
        volatile = options.is_volatile(self.determinants[path].parameters)
        if path in self.pins:
            return self._pinned(path)
        if self._forced(path):
            reusable = options.reuse and not volatile
            return self._run(path, Reason("forced", "it was asked to run again"), reusable)
        if volatile:
            text = "it is declared volatile: the same inputs may give another result"
            return self._run(path, Reason("volatile", text), False)
        if not options.reuse:
            return self._run(path, Reason("volatile", "it is declared never to be reused"), False)
        uncertain = [before for before in self.flat.before[path] if self.decisions[before].action != "reuse"]
        return self._downstream(path, uncertain) if uncertain else self._settled(path)

    def _settled(self, path: str) -> Decision:
        """Everything upstream is reused, so the inputs are known."""
        found = self.determinants[path]
        inputs = digests(self._inputs(path))
        key = found.key(inputs)
        result = self.by_base.get(found.base)
        if result is not None and result.key != key:
            result = self.store.results("key", [key]).get(key)
        if result is None:
            return self._run(path, self._why(path, inputs, key))
        outputs, changed = self._outputs(result), self._changed_files(result)
        if changed is not None:
            return self._run(path, Reason("input_changed", changed))
        if outputs is None:
            return self._run(path, _TRIMMED)
        reason = Reason("unchanged", "nothing that determines it has changed")
        return Decision("reuse", reason, found, result, outputs, result.seconds)

    def _downstream(self, path: str, uncertain: Sequence[str]) -> Decision:
        """Something upstream runs, or may run: without a reason of its own, the node runs only if that changes an input."""
        found = self.determinants[path]
        candidate, certain = self._candidate(path)
        if candidate is None:
            return self._run(path, self._why(path, None, None))
        changed = self._changed_files(candidate)
        if changed is not None:
            return self._run(path, Reason("input_changed", changed))
        outputs = self._outputs(candidate)
        if outputs is None:
            return self._run(path, _TRIMMED)
        if certain is not None:
            return self._run(path, certain)
        first = uncertain[0]
        verb = "reruns" if self.decisions[first].action == "run" else "may rerun"
        reason = Reason("input_changed", f"input {self._port(path, first)} may change, because {first} {verb}")
        return Decision("maybe", reason, found, candidate, outputs, candidate.seconds)

    def _candidate(self, path: str) -> tuple[Result | None, Reason | None]:
        """The newest good result for the same code and parameters, and what certainly came into it that doesn't now.

        The node's own comes first; then those of nodes that are no longer there, for it may have been renamed; then any that fits.
        """
        newest = self.by_base.get(self.determinants[path].base)
        if newest is None:
            return None, None
        own = self._last_of.get(path)
        if own is not None and own.base == newest.base and own.ok and own.reusable:
            return own, self._certain_change(path, own)
        others = self.store.candidates(newest.base)
        mine = [r for r in others if (r.pipeline, r.node) == (self.flat.name, path)]
        gone = [r for r in others if r.pipeline == self.flat.name and r.node not in self.flat.nodes]
        for result in dict.fromkeys(r.run_id for r in (*mine, *gone, newest, *others)):
            candidate = next(r for r in (*others, newest) if r.run_id == result)
            if self._certain_change(path, candidate) is None:
                return candidate, None
        first = mine[0] if mine else newest
        return first, self._certain_change(path, first)

    def _certain_change(self, path: str, candidate: Result) -> Reason | None:
        """Of inputs that are known already, the first that isn't what the candidate was made from."""
        was: Mapping[str, Sequence[str]] = candidate.data.get("inputs", {})
        ports = self.flat.inputs[path]
        for port in dict.fromkeys([*ports, *was]):
            ends, before = ports.get(port, ()), was.get(port, ())
            if len(ends) != len(before):
                return Reason("input_changed", f"input {port} takes {_count(len(ends))} instead of {len(before)}")
            for end, digest in zip(ends, before, strict=True):
                if self.decisions[end.node].action == "reuse":
                    handle = self.decisions[end.node].outputs.get(end.port)
                    if handle is None or f"{handle.format}:{handle.digest}" != digest:
                        return Reason("input_changed", f"input {port} changed: {end.node} gives another result")
        return None

    def _port(self, path: str, source: str) -> str:
        return next(port for port, ends in self.flat.inputs[path].items() if any(end.node == source for end in ends))

    def _forced(self, path: str) -> bool:
        if self.flat.nodes[path].regenerate or self.regenerate is True:
            return True
        names = () if isinstance(self.regenerate, bool) else self.regenerate
        return any(path == name or path.startswith(f"{name}/") for name in names)

    def _pinned(self, path: str) -> Decision:
        run_id = self.pins[path]
        records = self.store.tree(run_id)
        record = next((r for r in records if r.node == path or (r.id == run_id and r.module)), None)
        result = self.store.result(record.id) if record is not None else None
        outputs = self._outputs(result) if result is not None else None
        ports = [port.name for port in self.modules[self.flat.nodes[path].module].outputs]
        if result is None or outputs is None or not result.ok or not set(ports) <= set(outputs):
            raise DesignerError(pinned_problem(path, run_id, records, result, outputs, ports))
        reason = Reason("forced", f"it is pinned to run {run_id}")
        return Decision("reuse", reason, self.determinants[path], result, outputs, result.seconds, reusable=False)

    def _run(self, path: str, reason: Reason, reusable: bool = True) -> Decision:
        return Decision("run", reason, self.determinants[path], seconds=self._expected(path), reusable=reusable)

    def _expected(self, path: str) -> float | None:
        """How long the node took last time, else its module anywhere."""
        last = self._last_of.get(path)
        if last is not None and last.ok and last.seconds is not None:
            return last.seconds
        module = self.flat.nodes[path].module
        if module not in self._seconds:
            newest = self.store.last_result(module, ended_well=True)
            self._seconds[module] = newest.seconds if newest is not None else None
        return self._seconds[module]

    def _inputs(self, path: str) -> dict[str, list[Handle]]:
        return {
            port: [
                self.decisions[end.node].outputs[end.port]
                for end in ends
                if end.port in self.decisions[end.node].outputs
            ]
            for port, ends in self.flat.inputs[path].items()
        }

    def _outputs(self, result: Result) -> Mapping[str, Handle] | None:
        """The kept outputs of a result; None when some were trimmed."""
        outputs = self._known.get(result.run_id)
        if outputs is None:
            outputs = self._known[result.run_id] = self.store.outputs_of([result.run_id]).get(result.run_id, {})
        if set(outputs) != set(result.data.get("outputs", {})):
            return None
        kept = all(handle.inline is not None or self._is_kept(handle.digest) for handle in outputs.values())
        return outputs if kept else None

    def _is_kept(self, digest: str) -> bool:
        if digest not in self._kept:
            self._kept[digest] = self.store.artifacts.has(digest)
        return self._kept[digest]

    def _changed_files(self, result: Result) -> str | None:
        if not result.data.get("files"):
            return None
        if result.run_id not in self._files:
            self._files[result.run_id] = changed_files(result)
        return self._files[result.run_id]

    def _why(self, path: str, inputs: Mapping[str, Sequence[str]] | None, key: str | None) -> Reason:
        """Why no earlier result fits. Without `inputs`, what comes in isn't known yet."""
        found = self.determinants[path]
        last = self._last_of.get(path) or self._under_another_name(path)
        if last is None:
            return Reason("never_ran", "it never ran before in this pipeline")
        where, value = ("base", found.base) if key is None else ("key", key)
        if self.store.failures(where, [value]):
            return Reason("earlier_failed", "its last run with the same code, parameters and inputs failed")
        feeding = {port: ends[0].node for port, ends in self.flat.inputs[path].items() if ends}
        return difference(last, found, inputs, self.store.code, feeding) or Reason(
            "never_ran", "no good result of it is left"
        )

    def _under_another_name(self, path: str) -> Result | None:
        """The last result of a node that isn't there any more and had the same module: renamed, or moved into a group."""
        module = self.flat.nodes[path].module
        if module not in self._gone:
            names = [name for name in self.store.nodes_of(self.flat.name, module) if name not in self.flat.nodes]
            self._gone[module] = list(
                self.store.last_results([(module, self.flat.name, name) for name in names]).values()
            )
        found = self._gone[module]
        mine: Determinants = self.determinants[path]
        return max(found, key=lambda r: (r.data.get("code") == mine.code.digest, r.created), default=None)


_TRIMMED = Reason("never_ran", "its earlier result is no longer there: it was trimmed")


def _count(number: int) -> str:
    return f"{number} value{'s' * (number != 1)}"
