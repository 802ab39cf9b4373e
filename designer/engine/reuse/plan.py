"""Before a run: whether each node runs, with the one reason. What the plan says is what the runner does.

`run`: it will run. `reuse`: its result is there. `maybe`: it runs exactly if a rerun upstream gives another output than the one that
the earlier result was made from. Elsewhere: what determines a result (determinants.py).
"""

from __future__ import annotations

import difflib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Literal

from designer.engine.reuse import files
from designer.engine.reuse.determinants import Determinants, Determining, digests
from designer.graph.order import topological
from designer.model.runs import Handle, Result

if TYPE_CHECKING:
    from designer.declare.module import Module
    from designer.graph.flatten import FlatPipeline
    from designer.store.sqlite import SqliteStore

Action = Literal["run", "reuse", "maybe"]
Kind = Literal[
    "never_ran",
    "code_changed",
    "parameter_changed",
    "input_changed",
    "package_changed",
    "volatile",
    "earlier_failed",
    "forced",
    "unchanged",
]


@dataclass(frozen=True)
class Reason:
    """The one deciding reason."""

    kind: Kind
    text: str


@dataclass(frozen=True)
class Decision:
    """What will happen to a node. `candidate` is the result that it would take, `seconds` how long it took last time."""

    action: Action
    reason: Reason
    determinants: Determinants
    candidate: Result | None = None
    outputs: Mapping[str, Handle] = field(default_factory=dict)
    seconds: float | None = None
    reusable: bool = True

    @property
    def from_run(self) -> str | None:
        """The run whose outputs it takes, or would take."""
        return self.candidate.origin if self.candidate is not None and self.action != "run" else None

    def unchanged(self, inputs: Mapping[str, Sequence[Handle]]) -> bool:
        """Of a `maybe`: whether the inputs that came are those of the earlier result."""
        return self.candidate is not None and self.candidate.data.get("inputs") == digests(inputs)

    def data(self) -> dict[str, Any]:
        """The decision as JSON."""
        return {
            "action": self.action,
            "reason": {"kind": self.reason.kind, "text": self.reason.text},
            "from_run": self.from_run,
            "seconds": self.seconds,
        }


def plan(
    flat: FlatPipeline,
    modules: Mapping[str, Module[Any, Any]],
    store: SqliteStore,
    *,
    regenerate: bool | Collection[str] = False,
    pins: Mapping[str, str] | None = None,
    seed: int = 0,
) -> dict[str, Decision]:
    """The decision for each node, in the order of running."""
    return _Planning(flat, modules, store, regenerate, pins or {}, seed).all()


class _Planning:
    def __init__(
        self,
        flat: FlatPipeline,
        modules: Mapping[str, Module[Any, Any]],
        store: SqliteStore,
        regenerate: bool | Collection[str],
        pins: Mapping[str, str],
        seed: int,
    ) -> None:
        self.flat, self.modules, self.store, self.pins = flat, modules, store, pins
        self.regenerate = regenerate
        self.decisions: dict[str, Decision] = {}
        determining = Determining(modules, seed)
        self.determinants = {path: determining.of(node) for path, node in flat.nodes.items()}
        bases = list({d.base for d in self.determinants.values()})
        self.by_base = store.results("base", bases)

    def all(self) -> dict[str, Decision]:
        for path in topological(self.flat):
            self.decisions[path] = self._decide(path)
        return self.decisions

    def _decide(self, path: str) -> Decision:
        node = self.flat.nodes[path]
        options = self.modules[node.module].options
        found = self.determinants[path]
        reusable = options.reuse and not options.volatile
        if path in self.pins:
            return self._pinned(path, found)
        if self._forced(path):
            return self._run(path, Reason("forced", "it was asked to run again"), reusable)
        if options.volatile:
            return self._run(
                path, Reason("volatile", "it is declared volatile: the same inputs may give another result"), False
            )
        if not options.reuse:
            return self._run(path, Reason("volatile", "it is declared never to be reused"), False)
        uncertain = [before for before in self.flat.before[path] if self.decisions[before].action != "reuse"]
        if uncertain:
            return self._downstream(path, uncertain)
        inputs = digests(self._inputs(path))
        key = found.key(inputs)
        result = self.store.results("key", [key]).get(key)
        if result is not None:
            changed = _changed_files(result)
            if changed is None:
                outputs = self._outputs(result)
                if outputs is not None:
                    return Decision(
                        "reuse",
                        Reason("unchanged", "nothing that determines it has changed"),
                        found,
                        result,
                        outputs,
                        result.seconds,
                    )
                return self._run(path, Reason("never_ran", "its earlier result was trimmed"), True)
            return self._run(path, Reason("input_changed", changed), True)
        return self._run(path, self._difference(path, inputs), True)

    def _downstream(self, path: str, uncertain: Sequence[str]) -> Decision:
        """Something upstream runs, or may run: without a reason of its own, the node runs only if that changes an input."""
        found = self.determinants[path]
        candidate = self.by_base.get(found.base)
        if candidate is None or self._outputs(candidate) is None:
            return self._run(path, self._difference(path, None), True)
        changed = _changed_files(candidate)
        if changed is not None:
            return self._run(path, Reason("input_changed", changed), True)
        first = uncertain[0]
        port = next(end.target.port for end in self.flat.edges if end.target.node == path and end.source.node == first)
        verb = "reruns" if self.decisions[first].action == "run" else "may rerun"
        reason = Reason("input_changed", f"input {port} may change, because {first} {verb}")
        return Decision("maybe", reason, found, candidate, self._outputs(candidate) or {}, candidate.seconds)

    def _forced(self, path: str) -> bool:
        if isinstance(self.regenerate, bool):
            return self.regenerate or self.flat.nodes[path].regenerate
        named = any(path == name or path.startswith(f"{name}/") for name in self.regenerate)
        return named or self.flat.nodes[path].regenerate

    def _pinned(self, path: str, found: Determinants) -> Decision:
        run_id = self.pins[path]
        record = next((r for r in self.store.tree(run_id) if r.node == path or (r.id == run_id and r.module)), None)
        result = self.store.result(record.id) if record is not None else None
        outputs = self._outputs(result) if result is not None else None
        if result is None or not result.ok or outputs is None:
            raise LookupError(f"{path} can't be pinned to run {run_id}: it has no outputs of that node")
        return Decision(
            "reuse", Reason("forced", f"it is pinned to run {run_id}"), found, result, outputs, result.seconds
        )

    def _run(self, path: str, reason: Reason, reusable: bool) -> Decision:
        last = self._last(path)
        return Decision(
            "run", reason, self.determinants[path], seconds=last.seconds if last else None, reusable=reusable
        )

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
        outputs = self.store.outputs(result.run_id)
        if set(outputs) != set(result.data.get("outputs", {})):
            return None
        kept = all(handle.inline is not None or self.store.artifacts.has(handle.digest) for handle in outputs.values())
        return outputs if kept else None

    def _last(self, path: str) -> Result | None:
        """The node's newest result in this pipeline, else the module's anywhere."""
        module = self.flat.nodes[path].module
        return self.store.last_result(module, self.flat.name, path) or self.store.last_result(module)

    def _difference(self, path: str, inputs: Mapping[str, Sequence[str]] | None) -> Reason:
        """Why no earlier result fits: the first difference to the last one."""
        last = self._last(path)
        if last is None:
            return Reason("never_ran", "it never ran before")
        return difference(last, self.determinants[path], inputs, self.store.code, self._feeding(path))

    def _feeding(self, path: str) -> dict[str, str]:
        return {edge.target.port: edge.source.node for edge in self.flat.edges if edge.target.node == path}


def difference(
    last: Result,
    now: Determinants,
    inputs: Mapping[str, Sequence[str]] | None,
    code: Any,
    feeding: Mapping[str, str],
) -> Reason:
    """The first difference between an earlier result and what determines the next: code, package, parameter, then input."""
    before = last.data
    if before.get("code") != now.code.digest or before.get("version") != now.version:
        return Reason("code_changed", code_difference(code(before.get("code", "")), before.get("version", ""), now))
    for name, version in now.packages.items():
        was = before.get("packages", {}).get(name)
        if was != version:
            return Reason("package_changed", f"package {name} {was or 'absent'} -> {version}")
    for name in before.get("packages", {}):
        if name not in now.packages:
            return Reason("package_changed", f"package {name} is no longer used")
    changed = parameter_difference(before.get("parameters", {}), now.parameters)
    if changed:
        return Reason("parameter_changed", changed[0])
    if before.get("seed", 0) != now.seed:
        return Reason("parameter_changed", f"the run's seed {before.get('seed', 0)} -> {now.seed}")
    if before.get("declared") != dict(now.declared):
        path = next((p for p, d in now.declared.items() if before.get("declared", {}).get(p) != d), "a declared file")
        return Reason("input_changed", f"file {path} changed")
    if inputs is not None:
        was = before.get("inputs", {})
        for port in dict.fromkeys([*inputs, *was]):
            if list(inputs.get(port, [])) != list(was.get(port, [])):
                source = feeding.get(port)
                return Reason(
                    "input_changed", f"input {port} changed" + (f": {source} gives another result" if source else "")
                )
    if not last.ok:
        return Reason("earlier_failed", "its earlier run failed")
    files_changed = _changed_files(last)
    if files_changed:
        return Reason("input_changed", files_changed)
    return Reason("never_ran", "its earlier result is no longer there")


def code_difference(before: Mapping[str, Any], version: str, now: Determinants) -> str:
    """Which function changed, and where."""
    if version and version != now.version:
        return f"version {version} -> {now.version}"
    pieces = now.code.pieces
    for name, piece in pieces.items():
        if name not in before:
            continue
        if before[name]["digest"] != piece.digest:
            line = _first_changed_line(before[name].get("source", ""), piece.source)
            return f"{name.rpartition('.')[2]} in {piece.file} line {piece.line + line} changed"
    added = [name for name in pieces if name not in before]
    if added:
        piece = pieces[added[0]]
        return f"{added[0].rpartition('.')[2]} in {piece.file} line {piece.line} is used now"
    gone = [name for name in before if name not in pieces]
    return f"{gone[0].rpartition('.')[2]} is no longer used" if gone else "its code changed"


def _first_changed_line(before: str, now: str) -> int:
    for at, (old, new) in enumerate(zip(before.splitlines(), now.splitlines(), strict=False)):
        if old != new:
            return at
    return 0


def parameter_difference(before: Mapping[str, Any], now: Mapping[str, Any]) -> list[str]:
    """`fraction 0.7 -> 0.8` for each parameter that differs."""
    texts = []
    for name in dict.fromkeys([*now, *before]):
        if name not in before:
            texts.append(f"parameter {name} is new: {_short(now[name])}")
        elif name not in now:
            texts.append(f"parameter {name} is gone")
        elif before[name] != now[name] or type(before[name]) is not type(now[name]):
            texts.append(f"parameter {name} {_short(before[name])} -> {_short(now[name])}")
    return texts


def _short(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 60 else f"{text[:57]}…"


def code_diff(before: Mapping[str, Any], now: Mapping[str, Any]) -> str:
    """A unified diff of the pieces of code that differ."""
    parts = []
    for name in dict.fromkeys([*before, *now]):
        old, new = before.get(name, {}), now.get(name, {})
        if old.get("digest") != new.get("digest"):
            lines = difflib.unified_diff(
                old.get("source", "").splitlines(),
                new.get("source", "").splitlines(),
                f"a/{name}",
                f"b/{name}",
                lineterm="",
            )
            parts.append("\n".join(lines))
    return "\n".join(parts)


def _changed_files(result: Result) -> str | None:
    """Which of the files that the earlier run read is another one now."""
    for path, digest in result.data.get("files", {}).items():
        now = files.digest(path)
        if now != digest:
            return f"file {path} {'is gone' if now == files.MISSING else 'changed'}"
    return None
