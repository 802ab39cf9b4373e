"""The table over all runs, as columns. Elsewhere: filtering and sorting, which the page does at once (core/table.ts)."""

from __future__ import annotations

from collections import Counter
from math import isfinite
from typing import TYPE_CHECKING, Any

from designer.canvas.pins import is_score, rank
from designer.canvas.plain import cell
from designer.canvas.wire import RunsAnswer
from designer.model.runs import RunQuery

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.model.runs import RunRecord
    from designer.store.protocol import ReadStore

MOST = 20_000
COLUMNS = 60
RECENT = 20  # runs whose nodes are offered as columns
SCORING = 2  # nodes whose scores are columns unless others were chosen


def runs_table(store: ReadStore, nodes: Sequence[str] = ()) -> RunsAnswer:
    """The newest runs; with the metrics of some nodes as columns, by default those that score something."""
    records = store.runs(RunQuery(limit=MOST))
    offered, scoring = _nodes(store, records[:RECENT])
    nodes = nodes or scoring
    columns = _Columns(len(records))
    place = {record.id: row for row, record in enumerate(records)}
    for node in nodes:
        for child in store.runs(RunQuery(node=node, roots_only=False)):
            if child.root in place:
                metrics = child.metrics
                ranked = {name: metrics[name] for name in sorted(metrics, key=rank)}
                columns.fill(f"metric {node}.", place[child.root], ranked)
    for row, record in enumerate(records):
        columns.fill("metric ", row, record.metrics)
        columns.fill("parameter ", row, record.parameters)
        columns.fill("tag ", row, record.tags)
    return RunsAnswer(
        total=store.count(RunQuery()),
        ids=tuple(record.id for record in records),
        numbers=tuple(record.number for record in records),
        names=tuple(record.display_name or record.name or record.id for record in records),
        experiments=tuple(record.experiment for record in records),
        statuses=tuple(str(record.status) for record in records),
        created=tuple(record.created for record in records),
        seconds=tuple(record.seconds for record in records),
        columns={name: tuple(values) for name, values in columns.all.items()},
        nodes=offered,
        chosen=tuple(nodes),
    )


class _Columns:
    """Columns of a fixed number of rows, filled row by row; those that come after the first sixty are left out."""

    def __init__(self, rows: int) -> None:
        self.rows = rows
        self.all: dict[str, list[Any]] = {}
        self._known: dict[str, dict[str, list[Any] | None]] = {}  # prefix -> name -> column, None where it is left out

    def fill(self, prefix: str, row: int, values: Mapping[str, Any]) -> None:
        """Fill a row's cells in the columns `prefix + name`."""
        known = self._known.setdefault(prefix, {})
        for name, value in values.items():
            column = known[name] if name in known else self._new(prefix, name)
            if column is not None:  # 100,000s of cells: most are numbers that need no look
                column[row] = value if type(value) is float and isfinite(value) else cell(value)

    def _new(self, prefix: str, name: str) -> list[Any] | None:
        column: list[Any] | None = [None] * self.rows if len(self.all) < COLUMNS else None
        if column is not None:
            self.all[prefix + name] = column
        self._known[prefix][name] = column
        return column


def _nodes(store: ReadStore, records: Sequence[RunRecord]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """Nodes of recent runs that logged numbers, the most frequent first; and of those, the few that score something."""
    seen: Counter[str] = Counter()
    scores: Counter[str] = Counter()
    for record in records:
        if record.kind != "pipeline":
            continue
        for child in store.tree(record.id):
            if child.node and child.metrics:
                seen[child.node] += 1
                scores[child.node] += sum(map(is_score, child.metrics))
    offered = tuple(node for node, _ in seen.most_common(COLUMNS))
    return offered, tuple(node for node, count in scores.most_common(SCORING) if count)
