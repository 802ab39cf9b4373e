"""Why a node of two runs differs, of itself: one cause for each thing. What follows from other nodes is none."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Literal

from designer.compare.code import code_diff, code_difference
from designer.compare.values import file_differences, package_differences, parameter_differences

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.compare.kept import Kept
    from designer.compare.pairs import Pair
    from designer.compare.runs import MetricDelta
    from designer.model.runs import Result

Kind = Literal[
    "only_in_a",
    "only_in_b",
    "code_changed",
    "package_changed",
    "environment",
    "parameter_changed",
    "input_changed",
    "volatile",
]


@dataclass(frozen=True)
class Cause:
    """One thing that differs. `diff` is a unified diff of the code, for `code_changed`."""

    kind: Kind
    text: str
    diff: str = ""

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {"kind": self.kind, "text": self.text}


def causes_of(
    a: Kept, b: Kept, pair: Pair, renamed: Mapping[str, str], metrics: Mapping[str, MetricDelta]
) -> tuple[Cause, ...]:
    """The causes of one node. `renamed` gives for each node of `a` its id in `b`."""
    if pair.a is None:
        return (Cause("only_in_b", f"only run {b.run.id[:8]} has it"),)
    if pair.b is None:
        return (Cause("only_in_a", f"only run {a.run.id[:8]} has it"),)
    was, now = a.results.get(pair.a.id), b.results.get(pair.b.id)
    if was is None or now is None:  # one of them never began: skipped or canceled
        return ()
    found = [*_code(a, b, was, now), *_values(was, now), *_connections(a, b, pair, renamed)]
    if not found and was.data.get("inputs") == now.data.get("inputs"):
        found += _chance(a, b, was, now, metrics)
    return tuple(found)


def _code(a: Kept, b: Kept, was: Result, now: Result) -> list[Cause]:
    if was.module != now.module:
        return [Cause("code_changed", f"module {was.module} -> {now.module}")]
    if was.data.get("version") != now.data.get("version"):
        text = f"version {was.data.get('version')} -> {now.data.get('version')}"
    elif was.data.get("code") != now.data.get("code"):
        text = ""
    else:
        return []
    old, new = a.store.code(str(was.data.get("code"))), b.store.code(str(now.data.get("code")))
    return [Cause("code_changed", text or code_difference(old, new, now.module), code_diff(old, new))]


def _values(was: Result, now: Result) -> list[Cause]:
    before, after = dict(was.data.get("packages", {})), dict(now.data.get("packages", {}))
    python = before.pop("python", None), after.pop("python", None)
    found = [Cause("package_changed", text) for text in package_differences(before, after)]
    if python[0] != python[1]:
        found.append(Cause("environment", f"Python {python[0]} -> {python[1]}"))
    parameters = parameter_differences(was.data.get("parameters", {}), now.data.get("parameters", {}))
    found += [Cause("parameter_changed", text) for text in parameters]
    seeds = was.data.get("seed", 0), now.data.get("seed", 0)
    if seeds[0] != seeds[1]:
        found.append(Cause("parameter_changed", f"the run's seed {seeds[0]} -> {seeds[1]}"))
    files = file_differences(_files(was), _files(now)) if set(_files(was)) == set(_files(now)) else []
    return found + [Cause("input_changed", text) for text in files]


def _files(result: Result) -> dict[str, str]:
    return {**result.data.get("files", {}), **result.data.get("declared", {})}


def _connections(a: Kept, b: Kept, pair: Pair, renamed: Mapping[str, str]) -> list[Cause]:
    assert pair.a is not None
    assert pair.b is not None
    before = {port: [_renamed(end, renamed) for end in ends] for port, ends in a.sources(pair.a.node or "").items()}
    now = b.sources(pair.b.node or "")
    found = []
    for port in dict.fromkeys([*now, *before]):
        was, ends = before.get(port, []), now.get(port, [])
        if was != ends:
            text = f"input {port} comes from {', '.join(ends) or 'nowhere'} instead of {', '.join(was) or 'nowhere'}"
            found.append(Cause("input_changed", text))
    return found


def _renamed(end: str, renamed: Mapping[str, str]) -> str:
    node, dot, port = end.rpartition(".")
    return f"{renamed.get(node, node)}{dot}{port}"


def _chance(a: Kept, b: Kept, was: Result, now: Result, metrics: Mapping[str, MetricDelta]) -> list[Cause]:
    """The same code, parameters and inputs gave something else."""
    what = []
    if was.ok != now.ok:
        what = ["completed" if now.ok else "failed"]
    elif was.data.get("outputs") != now.data.get("outputs"):
        what = ["gave another result"]
    else:
        names = [name for name, one in metrics.items() if repr(one.a) != repr(one.b)]
        what = [f"logged another {', '.join(names)}"] if names else []
    if not what:
        return []
    machines = a.environment.get("platform"), b.environment.get("platform")
    if machines[0] != machines[1]:
        return [Cause("environment", f"it {what[0]} on another platform: {machines[0]} -> {machines[1]}")]
    return [Cause("volatile", f"it {what[0]} with the same code, parameters and inputs")]
