"""`designer logs` and `designer cancel`."""

from __future__ import annotations

import sys
import time
from typing import TYPE_CHECKING

from designer.cli.output import complain, console, find_run
from designer.errors import DesignerError
from designer.store.open import open_store

if TYPE_CHECKING:
    from designer.model.runs import RunRecord
    from designer.store.sqlite import SqliteStore


def logs(run: str, node: str | None, follow: bool, store: str | None) -> None:
    """Print what a run's nodes printed, one after the other, or one node's; and the traceback where it failed."""
    read = open_store(store)
    record = find_run(read, run)
    chosen = _chosen(read, record, node)
    offsets: dict[str, int] = {}
    while True:
        ended = read.run(record.id).has_ended
        for one in read.tree(record.id) if node is None else [read.run(c.id) for c in chosen]:
            text, offsets[one.id] = read.log(one.id, offsets.get(one.id, 0))
            if text:
                if node is None:
                    console().print(f"── {one.node or one.name}", style="bright_black")
                sys.stdout.write(text if text.endswith("\n") or follow else f"{text}\n")
                sys.stdout.flush()
        if not follow or ended:
            break
        time.sleep(0.1)
    for one in [read.run(c.id) for c in chosen] if node else read.tree(record.id):
        if one.error and (one.error.get("traceback") or node):
            complain(f"{one.node or one.name}: {one.error.get('traceback') or one.error.get('message')}")


def _chosen(read: SqliteStore, record: RunRecord, node: str | None) -> list[RunRecord]:
    if node is None:
        return []
    records = [r for r in read.tree(record.id) if r.node]
    found = [r for r in records if r.node == node] or [
        r for r in records if r.node and r.node.rpartition("/")[2] == node
    ]
    if not found:
        raise DesignerError(
            f"run {record.id} has no node {node!r}; it has: {', '.join(r.node or '' for r in records) or 'none'}"
        )
    return found


def cancel(run: str, store: str | None) -> None:
    """Ask whoever runs it to stop."""
    from designer.engine.submit import cancel as ask  # noqa: PLC0415 - the engine, for this alone

    read = open_store(store)
    record = find_run(read, run)
    if record.has_ended:
        console().print(f"run {record.id} has ended already: {record.status}")
        return
    ask(read, record.id)
    console().print(f"asked run {record.id} to stop")
