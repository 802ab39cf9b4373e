"""The progress of a run in a terminal: a line a node with state, seconds and last metrics. Plain lines where there is no terminal."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from designer.cli.output import mark, number, seconds
from designer.model.runs import RunKind, RunRecord, Status

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from rich.console import Console

    from designer.store.sqlite import SqliteStore

_FRAME = 0.1  # seconds between two looks, more when looking takes long


def watch(store: SqliteStore, run_id: str, nodes: Sequence[str], console: Console) -> RunRecord:
    """Show a run until it has ended. Returns its record."""
    if console.is_terminal:
        return _live(store, run_id, nodes, console)
    return _plain(store, run_id, console)


def _plain(store: SqliteStore, run_id: str, console: Console) -> RunRecord:
    told: set[str] = set()
    pause = 0.005
    while True:
        began = time.perf_counter()
        root = store.run(run_id)
        if root.has_ended:
            records = store.tree(run_id)
            for record in records[1:]:
                _tell(record, told, console)
            _end(records[0], records, console)
            return records[0]
        if pause >= _FRAME:
            for record in store.tree(run_id)[1:]:
                _tell(record, told, console)
        pause = min(_FRAME, pause * 1.5)
        time.sleep(max(pause, 4 * (time.perf_counter() - began)))


def _tell(record: RunRecord, told: set[str], console: Console) -> None:
    if record.node is not None and record.has_ended and record.id not in told and record.kind == RunKind.MODULE:
        told.add(record.id)
        console.print(_line(record))


def _line(record: RunRecord) -> str:
    sign, _ = mark(record.status)
    error = f"  {record.error['message'].splitlines()[0]}" if record.error else ""
    metrics = _metrics(record.metrics)
    took = "reused" if record.reused_from else seconds(record.seconds)
    return f"{sign} {record.node:<32} {record.status:<10} {took:>9}  {metrics}{error}".rstrip()


def _metrics(metrics: Mapping[str, Any], most: int = 4) -> str:
    shown = [f"{name} {number(value)}" for name, value in list(metrics.items())[:most]]
    return " · ".join(shown) + (f" · +{len(metrics) - most}" if len(metrics) > most else "")


def _end(root: RunRecord, records: Sequence[RunRecord], console: Console) -> None:
    sign, color = mark(root.status)
    counts: dict[str, int] = {}
    for record in records[1:]:
        if record.kind == RunKind.MODULE:
            counts[record.status] = counts.get(record.status, 0) + 1
    detail = ", ".join(f"{count} {status}" for status, count in counts.items())
    console.print(
        f"{sign} {root.name}: {root.status} in {seconds(root.seconds)} ({detail})   run {root.id}", style=color
    )
    if root.error:
        console.print(f"  {root.error['message']}", style="red")
    if root.metrics:
        console.print(f"  {_metrics(root.metrics, 8)}")


def _live(store: SqliteStore, run_id: str, nodes: Sequence[str], console: Console) -> RunRecord:
    from rich.live import Live  # noqa: PLC0415 - terminals only

    with Live(console=console, auto_refresh=False, transient=True) as live:
        while True:
            began = time.perf_counter()
            records = store.tree(run_id)
            root = records[0]
            if root.has_ended:
                break
            live.update(_table(records, nodes, console.height - 4), refresh=True)
            time.sleep(max(_FRAME, 4 * (time.perf_counter() - began)))
    console.print(_table(records, nodes, 200))
    _end(root, records, console)
    return root


def _table(records: Sequence[RunRecord], nodes: Sequence[str], height: int) -> Any:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    by_node = {record.node: record for record in records if record.node and record.kind == RunKind.MODULE}
    shown: list[str] = list(nodes)
    if len(shown) > height:  # what goes on first, then what has just ended, then what waits
        rank = {Status.RUNNING: 0, Status.FAILED: 1, Status.QUEUED: 2}
        order = sorted(by_node, key=lambda n: (rank.get(Status(by_node[n].status), 3), -(by_node[n].ended or 0)))
        shown = [n for n in order if n][: max(1, height - 1)]
    table = Table.grid(padding=(0, 2))
    for node in shown:
        record = by_node.get(node)
        status = record.status if record else "waiting"
        sign, color = mark(status)
        now = (time.time() - record.started) if record and record.started and not record.has_ended else None
        progress = f" {record.progress:.0%}" if record and record.progress is not None and not record.has_ended else ""
        error = record.error["message"].splitlines()[0] if record and record.error else ""
        table.add_row(
            Text(sign, style=color),
            Text(node),
            Text(f"{status}{progress}", style=color),
            Text(
                "reused"
                if record and record.reused_from
                else seconds(record.seconds if record and record.has_ended else now)
            ),
            Text(error, style="red") if error else Text(_metrics(record.metrics) if record else ""),
        )
    if len(nodes) > len(shown):
        done = sum(record.has_ended for record in by_node.values())
        table.add_row(Text("·"), Text(f"{done} of {len(nodes)} ended"))
    return table
