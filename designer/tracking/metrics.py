"""Metrics read back in the shapes of Azure ML's `get_metrics`. Elsewhere: logging them (run.py).

One value is the value, several are a list in order of logging; a table of one row is a dict of values, of several a dict of
lists; what was logged as a file is its address. Rows with differing columns are filled up with None.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.store.answers import as_float

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.model.runs import MetricSummary
    from designer.store.protocol import ReadStore

_SERIES = ("scalar", "list")
LONG = 1000  # points; a longer series is summed up where a command prints JSON


def address(run_id: str, path: str) -> str:
    """Azure ML's address of a run's file."""
    return f"aml://artifactId/ExperimentRun/dcid.{run_id}/{path}"


def metrics_of(store: ReadStore, run_id: str, name: str | None = None, brief: bool = False) -> dict[str, Any]:
    """One run's metrics by name. With `brief`, a series of more than 1,000 points is its last, min, max and count."""
    return many(store, [run_id], name, brief).get(run_id, {})


def many(
    store: ReadStore, run_ids: Sequence[str], name: str | None = None, brief: bool = False
) -> dict[str, dict[str, Any]]:
    """Run -> its metrics, for runs that have any."""
    found: dict[str, dict[str, Any]] = {}
    stored = store.metrics(run_ids)
    for run_id, summaries in ((run_id, stored[run_id]) for run_id in run_ids if run_id in stored):
        chosen = [s for s in summaries.values() if (name is None or s.name == name) and s.count]
        if chosen:
            found[run_id] = {s.name: _value(store, run_id, s, brief) for s in chosen}
    return found


def _value(store: ReadStore, run_id: str, summary: MetricSummary, brief: bool) -> Any:
    if summary.kind in _SERIES:
        if summary.count == 1:
            return summary.last
        if brief and summary.count > LONG:
            return {"last": summary.last, "min": summary.min, "max": summary.max, "count": summary.count}
        return store.values(run_id, summary.name)
    rows = store.rows(run_id, summary.name)
    if summary.kind == "table":
        return _table(rows)
    return address(run_id, rows[0]["path"])


def _table(rows: Sequence[Mapping[str, Any]]) -> dict[str, Any]:
    if len(rows) == 1:
        return dict(rows[0])
    columns = dict.fromkeys(column for row in rows for column in row)
    table = {column: [row.get(column) for row in rows] for column in columns}
    for column, cells in table.items():  # the first value fixes the column's type
        if type(next((cell for cell in cells if cell is not None), None)) is float:
            table[column] = [as_float(cell) for cell in cells]
    return table
