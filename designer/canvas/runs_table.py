"""The table over all runs, as columns. Elsewhere: filtering and sorting, which the page does at once (core/table.ts)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from designer.canvas.plain import cell
from designer.canvas.wire import RunsAnswer
from designer.model.runs import RunQuery

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from designer.model.runs import RunRecord
    from designer.store.protocol import ReadStore

MOST = 20_000
COLUMNS = 60
RECENT = 20  # runs whose nodes are offered as columns


def runs_table(store: ReadStore, nodes: Sequence[str] = ()) -> RunsAnswer:
    """The newest runs; with the metrics of some nodes as columns."""
    records = store.runs(RunQuery(limit=MOST))
    place = {record.id: number for number, record in enumerate(records)}
    columns: dict[str, list[Any]] = {}

    def fill(kind: str, rows: Iterable[tuple[int, Mapping[str, Any]]]) -> None:
        for row, values in rows:
            for name, value in values.items():
                key = f"{kind} {name}"
                if key not in columns:
                    if len(columns) >= COLUMNS:
                        continue
                    columns[key] = [None] * len(records)
                columns[key][row] = cell(value)

    for node in nodes:
        children = store.runs(RunQuery(node=node, roots_only=False))
        fill(
            "metric",
            (
                (place[child.root], {f"{node}.{name}": value for name, value in child.metrics.items()})
                for child in children
                if child.root in place
            ),
        )
    fill("metric", ((number, record.metrics) for number, record in enumerate(records)))
    fill("parameter", ((number, record.parameters) for number, record in enumerate(records)))
    fill("tag", ((number, record.tags) for number, record in enumerate(records)))
    return RunsAnswer(
        total=store.count(RunQuery()),
        ids=tuple(record.id for record in records),
        numbers=tuple(record.number for record in records),
        names=tuple(record.display_name or record.name or record.id for record in records),
        experiments=tuple(record.experiment for record in records),
        statuses=tuple(str(record.status) for record in records),
        created=tuple(record.created for record in records),
        seconds=tuple(record.seconds for record in records),
        columns={name: tuple(values) for name, values in columns.items()},
        nodes=_nodes(store, records[:RECENT]),
    )


def _nodes(store: ReadStore, records: Sequence[RunRecord]) -> tuple[str, ...]:
    """Nodes of recent runs that logged numbers, the most frequent first."""
    seen: Counter[str] = Counter()
    for record in records:
        if record.kind != "pipeline":
            continue
        seen.update({child.node for child in store.tree(record.id) if child.node and child.metrics})
    return tuple(node for node, _ in seen.most_common(COLUMNS))
