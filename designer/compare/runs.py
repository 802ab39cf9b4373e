"""Two runs of pipelines on one graph: each node's own causes, and what became of its metrics.

A cause is a difference of the node itself: its code, packages, parameters, files, what it is connected to, or chance. What only
follows from a node before it carries deltas and no cause. Elsewhere: the causes (causes.py), which node is which (pairs.py).
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from designer.compare.causes import Cause, causes_of
from designer.compare.kept import Kept
from designer.compare.pairs import Pair, pairs
from designer.compare.values import package_differences

if TYPE_CHECKING:
    from designer.model.module import Metric
    from designer.model.runs import MetricSummary
    from designer.store.protocol import ReadStore

_SHOWN = ("scalar", "list")


@dataclass(frozen=True)
class MetricDelta:
    """A metric's last values in two runs. `better` judges the delta by the declared goal; None: there is nothing to judge."""

    a: Any
    b: Any
    delta: float | int | None
    better: bool | None
    goal: str | None = None
    unit: str = ""
    series: bool = False  # more than one point was logged, so that curves can be laid over each other

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {"a": self.a, "b": self.b, "delta": self.delta, "better": self.better}


@dataclass(frozen=True)
class NodeDifference:
    """One node in two runs; what belongs to a run in which it isn't is None."""

    node: str
    module: str
    node_a: str | None
    node_b: str | None
    run_a: str | None
    run_b: str | None
    status_a: str | None
    status_b: str | None
    seconds_a: float | None
    seconds_b: float | None
    causes: tuple[Cause, ...] = ()
    metrics: Mapping[str, MetricDelta] = field(default_factory=dict)
    inputs_differ: bool = False
    outputs_differ: bool = False

    @property
    def differs(self) -> bool:
        """Whether anything but its time is different."""
        return bool(
            self.causes
            or self.inputs_differ
            or self.outputs_differ
            or self.status_a != self.status_b
            or any(repr(one.a) != repr(one.b) for one in self.metrics.values())  # NaN is the same as NaN
        )

    def data(self) -> dict[str, Any]:
        """As JSON: causes and metrics."""
        return {
            "causes": [cause.data() for cause in self.causes],
            "metrics": {name: one.data() for name, one in self.metrics.items()},
        }


@dataclass(frozen=True)
class RunsDifference:
    """Two runs. `metrics` are those of the pipelines' own runs, `environment` what differs around them."""

    a: str
    b: str
    nodes: Mapping[str, NodeDifference]
    metrics: Mapping[str, MetricDelta]
    environment: tuple[str, ...]
    seconds_a: float | None
    seconds_b: float | None

    def data(self) -> dict[str, Any]:
        """As JSON."""
        return {
            "a": self.a,
            "b": self.b,
            "nodes": {node: one.data() for node, one in self.nodes.items()},
            "metrics": {name: one.data() for name, one in self.metrics.items()},
            "environment": list(self.environment),
        }


def compare(store: ReadStore, a: str, b: str) -> RunsDifference:
    """Compare two runs of pipelines by their ids. Raises `RunNotFoundError`."""
    with store.at_once():
        return _Comparing(store, a, b).all()


class _Comparing:
    def __init__(self, store: ReadStore, a: str, b: str) -> None:
        self.a, self.b = Kept(store, a), Kept(store, b)
        self.pairs = pairs(self.a.nodes, self.b.nodes)
        self.renamed = {p.a.node or "": p.b.node or "" for p in self.pairs if p.a is not None and p.b is not None}
        ids = [record.id for pair in self.pairs for record in pair if record is not None]
        self.logged = store.metrics([a, b, *ids])

    def all(self) -> RunsDifference:
        own = self._metrics(self.a.run.id, self.b.run.id, {})
        return RunsDifference(
            self.a.run.id,
            self.b.run.id,
            {pair.node: self._node(pair) for pair in self.pairs},
            own,
            tuple(environment_differences(self.a, self.b)),
            self.a.run.seconds,
            self.b.run.seconds,
        )

    def _node(self, pair: Pair) -> NodeDifference:
        a, b = pair
        module = (b or a).module or ""  # type: ignore[union-attr]  # one of them is there
        declared = {**self.a.metrics(a.module if a else None), **self.b.metrics(b.module if b else None)}
        metrics = self._metrics(a.id if a else None, b.id if b else None, declared)
        was = self.a.results.get(a.id) if a else None
        now = self.b.results.get(b.id) if b else None
        both = was is not None and now is not None
        return NodeDifference(
            pair.node,
            module,
            a.node if a else None,
            b.node if b else None,
            a.id if a else None,
            b.id if b else None,
            a.status if a else None,
            b.status if b else None,
            _seconds(was.seconds if was else None, a.seconds if a else None),
            _seconds(now.seconds if now else None, b.seconds if b else None),
            causes_of(self.a, self.b, pair, self.renamed, metrics),
            metrics,
            inputs_differ=both and was.data.get("inputs") != now.data.get("inputs"),  # type: ignore[union-attr]
            outputs_differ=both and was.data.get("outputs") != now.data.get("outputs"),  # type: ignore[union-attr]
        )

    def _metrics(self, a: str | None, b: str | None, declared: Mapping[str, Metric]) -> dict[str, MetricDelta]:
        was, now = self.logged.get(a or "", {}), self.logged.get(b or "", {})
        names = [name for name, one in {**was, **now}.items() if one.kind in _SHOWN]
        return {name: _delta(was.get(name), now.get(name), declared.get(name)) for name in names}


def _delta(was: MetricSummary | None, now: MetricSummary | None, declared: Metric | None) -> MetricDelta:
    a: Any = was.last if was else None
    b: Any = now.last if now else None
    delta = b - a if _is_number(a) and _is_number(b) else None
    delta = delta if _is_number(delta) else None  # the largest numbers can lie further apart than a number reaches
    goal = declared.goal if declared else None
    better = (delta > 0) == (goal == "maximize") if delta and goal else None
    series = any(one is not None and one.count > 1 and one.min is not None for one in (was, now))
    return MetricDelta(a, b, delta, better, goal, declared.unit if declared else "", series)


def _is_number(value: Any) -> bool:
    return isinstance(value, (int, float)) and not isinstance(value, bool) and math.isfinite(value)


def _seconds(computed: float | None, taken: float | None) -> float | None:
    """How long it took to compute, also where the result was taken from an earlier run."""
    return computed if computed is not None else taken


def environment_differences(a: Kept, b: Kept) -> list[str]:
    """What differs around two runs: Python, machine, packages, commit."""
    was, now = a.environment, b.environment
    if not was or not now:
        return []
    texts = [
        f"{title} {was.get(name) or 'unknown'} -> {now.get(name) or 'unknown'}"
        for name, title in (("python", "Python"), ("platform", "platform"))
        if was.get(name) != now.get(name)
    ]
    texts += package_differences(was.get("packages") or {}, now.get("packages") or {})
    before, after = was.get("git") or {}, now.get("git") or {}
    if before.get("commit") != after.get("commit"):
        texts.append(f"commit {str(before.get('commit'))[:10]} -> {str(after.get('commit'))[:10]}")
    elif before.get("diff") != after.get("diff"):
        texts.append("what is not committed changed")
    return texts
