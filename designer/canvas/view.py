"""A run as the canvas draws it: each node's state and pinned metrics. Elsewhere: everything else a run logged (detail.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.canvas.pins import bare, pinned, pins_of
from designer.canvas.plain import cell
from designer.canvas.thin import spark
from designer.canvas.wire import NodeRun, Pin, RunView

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Pipeline
    from designer.model.runs import MetricSummary, RunRecord
    from designer.store.protocol import ReadStore


class Sparks:
    """Sparklines, read again only when a series has grown."""

    def __init__(self) -> None:
        self._known: dict[tuple[str, str], tuple[int, tuple[float | None, ...]]] = {}

    def of(self, store: ReadStore, run_id: str, summary: MetricSummary) -> tuple[float | None, ...]:
        """The sparkline of a metric; empty for a single value."""
        if summary.count < 2 or summary.kind not in ("scalar", "list"):
            return ()
        key = (run_id, summary.name)
        known = self._known.get(key)
        if known is None or known[0] != summary.count:
            known = self._known[key] = (summary.count, spark(store.series(run_id, summary.name).values))
        return known[1]


def run_view(
    store: ReadStore,
    run_id: str,
    *,
    tick: int,
    pipeline: Pipeline | None,
    modules: Mapping[str, ModuleSpec],
    sparks: Sparks,
) -> RunView:
    """A run and its nodes. Raises `RunNotFoundError`."""
    records = store.tree(run_id)
    root = next(record for record in records if record.id == run_id)
    nodes = {record.node: record for record in records if record.node is not None and record.id != run_id}
    logged = store.metrics([record.id for record in nodes.values()])
    return RunView(
        run_id=root.id,
        tick=tick,
        name=root.display_name or root.name,
        number=root.number,
        experiment=root.experiment,
        status=root.status,
        ended=root.has_ended,
        created=root.created,
        started=root.started,
        finished=root.ended,
        error=message(root.error),
        reused_from=root.reused_from,
        nodes={
            path: node_run(
                store,
                record,
                logged.get(record.id, {}),
                pins_of(pipeline, path),
                modules.get(record.module or ""),
                sparks,
            )
            for path, record in nodes.items()
        },
    )


def node_run(
    store: ReadStore,
    record: RunRecord,
    logged: Mapping[str, MetricSummary],
    chosen: tuple[str, ...] | None,
    spec: ModuleSpec | None,
    sparks: Sparks,
) -> NodeRun:
    """One node of a run."""
    declared = {metric.name: metric for metric in spec.metrics} if spec else {}
    pins = []
    for name in pinned(chosen, spec, logged):
        summary = logged[name]
        about = declared.get(name) or declared.get(bare(name))
        pins.append(
            Pin(
                name=name,
                value=cell(summary.last)
                if summary.kind in ("scalar", "list")
                else f"{summary.count} {_NOUNS.get(summary.kind, 'rows')}",
                unit=about.unit if about else "",
                goal=about.goal if about else None,
                count=summary.count,
                spark=sparks.of(store, record.id, summary),
            )
        )
    return NodeRun(
        run_id=record.id,
        status=record.status,
        started=record.started,
        ended=record.ended,
        progress=record.progress,
        warnings=record.warnings,
        error=message(record.error),
        reused_from=record.reused_from,
        pins=tuple(pins),
    )


_NOUNS = {"image": "images", "table": "rows", "file": "files"}


def message(error: Mapping[str, Any] | None) -> str | None:
    """An error's message."""
    return None if error is None else str(error.get("message") or error.get("code") or "it failed")
