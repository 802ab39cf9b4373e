"""Two runs on one graph, for the page to draw. Elsewhere: comparing them (designer/compare/), many runs in a table (compare.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.canvas.compare import column
from designer.canvas.plain import cell
from designer.canvas.wire_compare import CauseView, DeltaView, DifferenceAnswer, NodeDifference, NodeSide
from designer.compare.kept import Kept
from designer.compare.runs import compare
from designer.compare.union import Union, union

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from designer.compare.runs import MetricDelta, RunsDifference
    from designer.compare.runs import NodeDifference as Compared
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Pipeline
    from designer.store.protocol import ReadStore


def difference(store: ReadStore, a: str, b: str, modules: Mapping[str, ModuleSpec]) -> DifferenceAnswer:
    """Two runs, nodes matched as `designer compare` does. Raises `RunNotFoundError`."""
    with store.at_once():
        found = compare(store, a, b)
        both = _graph(Kept(store, a), Kept(store, b), found)
        columns = column(store.run(a)), column(store.run(b))
    used = set(_modules(both.pipeline)) if both is not None else set()
    return DifferenceAnswer(
        a=columns[0],
        b=columns[1],
        pipeline=both.pipeline if both is not None else None,
        modules={id: spec for id, spec in modules.items() if id in used},
        nodes={path: _node(one, modules.get(one.module)) for path, one in found.nodes.items()},
        edges=dict(both.only) if both is not None else {},
        metrics=_deltas(found.metrics),
        environment=found.environment,
    )


def _graph(a: Kept, b: Kept, found: RunsDifference) -> Union | None:
    renamed = {one.node_a: one.node_b for one in found.nodes.values() if one.node_a and one.node_b}
    if a.pipeline is None or b.pipeline is None:
        only = b.pipeline or a.pipeline
        return Union(only) if only is not None else None
    return union(a.pipeline, b.pipeline, renamed)


def _modules(pipeline: Pipeline) -> Iterator[str]:
    for node in pipeline.nodes:
        if node.pipeline is not None:
            yield from _modules(node.pipeline)
        else:
            yield node.module


def _node(one: Compared, spec: ModuleSpec | None) -> NodeDifference:
    return NodeDifference(
        module=one.module,
        a=_side(one.node_a, one.run_a, one.status_a, one.seconds_a),
        b=_side(one.node_b, one.run_b, one.status_b, one.seconds_b),
        differs=one.differs,
        causes=tuple(CauseView(kind=cause.kind, text=cause.text, diff=cause.diff) for cause in one.causes),
        metrics=_deltas(one.metrics, spec),
    )


def _side(node: str | None, run_id: str | None, status: str | None, seconds: float | None) -> NodeSide | None:
    if node is None or run_id is None:
        return None
    return NodeSide(node=node, run_id=run_id, status=status or "", seconds=seconds)


def _deltas(metrics: Mapping[str, MetricDelta], spec: ModuleSpec | None = None) -> tuple[DeltaView, ...]:
    """What the module shows on its face comes first, so that it is seen where there is no room for all."""
    shown = {metric.name for metric in spec.metrics if metric.pinned} if spec else set()
    return tuple(
        DeltaView(
            name=name,
            a=cell(one.a),
            b=cell(one.b),
            delta=one.delta,
            better=one.better,
            goal=one.goal,  # type: ignore[arg-type]  # declared as one of the two
            unit=one.unit,
            differs=repr(one.a) != repr(one.b),
            series=one.series,
        )
        for name, one in sorted(metrics.items(), key=lambda item: item[0] not in shown)
    )
