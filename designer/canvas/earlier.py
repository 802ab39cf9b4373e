"""The earlier runs whose outputs a node could take: completed, of the same module, with all outputs still there."""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.canvas.plain import cell
from designer.canvas.wire_plan import EarlierAnswer, EarlierRun
from designer.model.runs import RunKind, RunQuery, Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from designer.model.runs import RunRecord
    from designer.store.protocol import ReadStore

MOST = 20
_LOOKED_AT = 200
_METRICS = 3


def earlier(store: ReadStore, node: str, module: str) -> EarlierAnswer:
    """The runs to choose from, each computed result once: the node's own first, then those of other nodes of its module."""
    query = RunQuery(module=module, kind=RunKind.MODULE, status=[Status.COMPLETED], roots_only=False, limit=_LOOKED_AT)
    with store.at_once():
        found = sorted(_whole(store, store.runs(query)), key=lambda record: record.node != node)[:MOST]
        roots = {record.id: record for record in store.runs(RunQuery(ids=[record.root or "" for record in found]))}
    return EarlierAnswer(runs=tuple(_run(record, roots.get(record.root or "")) for record in found))


def _whole(store: ReadStore, records: list[RunRecord]) -> Iterator[RunRecord]:
    """Those that computed what they gave, and still have it."""
    ids = [record.id for record in records]
    results, outputs = store.results_of(ids), store.outputs_of(ids)
    for record in records:
        result, kept = results.get(record.id), outputs.get(record.id, {})
        if result is None or not result.ok or result.origin != record.id:
            continue
        there = all(handle.inline is not None or store.artifacts.has(handle.digest) for handle in kept.values())
        if there and set(kept) == set(result.data.get("outputs", {})):
            yield record


def _run(record: RunRecord, root: RunRecord | None) -> EarlierRun:
    return EarlierRun(
        run_id=record.id,
        node=record.node or "",
        root=record.root or record.id,
        name=(root.display_name or root.name if root else "") or record.name,
        number=root.number if root else 0,
        created=record.created,
        seconds=record.seconds,
        metrics={name: cell(value) for name, value in list(record.metrics.items())[:_METRICS]},
    )
