"""Runs side by side: parameters and metrics per node, the best and the worst marked. Elsewhere: two of them on one graph (difference.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.canvas.plain import cell
from designer.canvas.wire_compare import CompareAnswer, CompareColumn, CompareRow

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.model.module import Metric, ModuleSpec
    from designer.model.runs import MetricSummary, RunRecord
    from designer.store.protocol import ReadStore

MOST = 20


def compare(store: ReadStore, run_ids: Sequence[str], modules: Mapping[str, ModuleSpec]) -> CompareAnswer:
    """Two to twenty runs, nodes matched by their path. Raises `RunNotFoundError`."""
    run_ids = list(dict.fromkeys(run_ids))[:MOST]
    roots = [store.run(id) for id in run_ids]
    trees = [_by_node(store, id) for id in run_ids]
    paths = list(dict.fromkeys(path for tree in trees for path in tree))
    rows: list[CompareRow] = []
    for path in paths:
        records = [tree.get(path) for tree in trees]
        rows += _rows(store, path, records, modules)
    return CompareAnswer(
        runs=tuple(column(root) for root in roots),
        rows=tuple(rows),
    )


def column(root: RunRecord) -> CompareColumn:
    """One run of a comparison."""
    return CompareColumn(
        run_id=root.id,
        name=root.display_name or root.name or root.id,
        number=root.number,
        experiment=root.experiment,
        status=root.status,
        created=root.created,
        seconds=root.seconds,
    )


def _by_node(store: ReadStore, run_id: str) -> dict[str, RunRecord]:
    """The records that are compared, by the path of their node; "" is the run itself."""
    found: dict[str, RunRecord] = {}
    for record in store.tree(run_id):
        if record.id == run_id:
            found[""] = record
        elif record.node is not None:
            found.setdefault(record.node, record)
    return found


def _rows(
    store: ReadStore, path: str, records: Sequence[RunRecord | None], modules: Mapping[str, ModuleSpec]
) -> list[CompareRow]:
    ids = tuple(record.id if record else None for record in records)
    spec = next((modules[record.module] for record in records if record and record.module in modules), None)
    declared = {metric.name: metric for metric in spec.metrics} if spec else {}
    names = dict.fromkeys(name for record in records if record for name in record.parameters)
    rows = [_parameter(path, name, records, ids) for name in names]
    logged = store.metrics([id for id in ids if id])
    of = [logged.get(record.id, {}) if record else {} for record in records]
    for name in dict.fromkeys(name for one in of for name in one):
        summaries = [one.get(name) for one in of]
        if any(summary is not None and summary.kind in ("scalar", "list") for summary in summaries):
            rows.append(_metric(path, name, summaries, declared.get(name), ids))
    seconds = tuple(record.seconds if record else None for record in records)
    if any(one is not None for one in seconds):
        rows.append(CompareRow(node=path, name="seconds", kind="time", values=seconds, run_ids=ids))
    return rows


def _parameter(path: str, name: str, records: Sequence[RunRecord | None], ids: tuple[str | None, ...]) -> CompareRow:
    values = tuple(cell(record.parameters.get(name)) if record else None for record in records)
    return CompareRow(node=path, name=name, kind="parameter", values=values, differs=_differ(values), run_ids=ids)


def _metric(
    path: str,
    name: str,
    summaries: Sequence[MetricSummary | None],
    declared: Metric | None,
    ids: tuple[str | None, ...],
) -> CompareRow:
    values = tuple(cell(summary.last) if summary else None for summary in summaries)
    goal = declared.goal if declared else None
    best, worst = extremes(values, goal)
    return CompareRow(
        node=path,
        name=name,
        kind="metric",
        values=values,
        goal=goal,
        unit=declared.unit if declared else "",
        best=best,
        worst=worst,
        differs=_differ(values),
        series=any(summary is not None and summary.count > 1 and summary.min is not None for summary in summaries),
        run_ids=ids,
    )


def extremes(values: Sequence[Any], goal: str | None) -> tuple[tuple[int, ...], tuple[int, ...]]:
    """Which values are best and which worst. Without a goal, or when all are equal, none is."""
    numbers = {i: v for i, v in enumerate(values) if isinstance(v, (int, float)) and not isinstance(v, bool) and v == v}
    if goal is None or len(set(numbers.values())) < 2:
        return (), ()
    high, low = max(numbers.values()), min(numbers.values())
    best, worst = (high, low) if goal == "maximize" else (low, high)
    return tuple(i for i, v in numbers.items() if v == best), tuple(i for i, v in numbers.items() if v == worst)


def _differ(values: Sequence[Any]) -> bool:
    return len({repr(value) for value in values}) > 1
