"""Removing a run for good: its records, metrics, logs and files, and the contents that nobody else refers to.

Runs that took a result from it lose nothing: the eldest of them becomes the one that has it. Elsewhere: letting go of outputs
only (trim.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from designer.errors import DesignerError
from designer.model.runs import ENDED
from designer.store.contents import planned_runs
from designer.store.trim import Trimmed, trimming
from designer.store.trim import trim as sweep

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from designer.model.runs import RunRecord
    from designer.store.sqlite import SqliteStore

_TABLES = ("run_value", "metric", "chunk", "file", "handle", "log", "document", "result", "echo", "run")
_INHERITED = ("chunk", "file", "handle", "log", "echo")  # a run that took a result has its own metrics and document


def remove(store: SqliteStore, run_id: str) -> Trimmed:
    """Remove a root run with all below it. Raises `RunNotFoundError`, and `DesignerError` for one that can't be removed now."""
    with trimming(store.folder):
        records = store.tree(run_id)
        with store.alone() as connection:
            _refuse(connection, run_id, records)
            logs = _remove(connection, [record.id for record in records])
        for name in logs:
            (store.logs.folder / name).unlink(missing_ok=True)
    return sweep(store)


def _refuse(connection: Connection, run_id: str, records: Sequence[RunRecord]) -> None:
    top = records[0]
    if top.parent is not None:
        raise DesignerError(f"{run_id} is part of run {top.root}\n  next: designer delete {top.root}")
    if top.status not in ENDED:
        raise DesignerError(f"run {run_id} hasn't ended\n  next: designer cancel {run_id}, then delete it")
    if planned_runs(connection) & {record.id for record in records}:
        raise DesignerError(f"a run that goes on takes results of run {run_id}\n  next: delete it when that has ended")


def _remove(connection: Connection, ids: Sequence[str]) -> list[str]:
    """Remove the rows of some runs; returns the log files that nobody refers to any more."""
    ask = connection.connection.cursor().execute
    rids = {id: rid for id in ids for (rid,) in ask("SELECT rid FROM run WHERE id = ?", (id,)).fetchall()}
    inside = set(ids)
    for id, rid in rids.items():
        heirs = ask("SELECT id, rid FROM run WHERE reused_from = ? ORDER BY created, rid", (id,)).fetchall()
        heirs = [(heir, to) for heir, to in heirs if heir not in inside]
        if heirs:
            heir, to = heirs[0]
            for table in _INHERITED:
                ask(f"DELETE FROM {table} WHERE rid = ?", (to,))
                ask(f"UPDATE {table} SET rid = ? WHERE rid = ?", (to, rid))
            ask("UPDATE run SET reused_from = NULL WHERE id = ?", (heir,))
            ask("UPDATE run SET reused_from = ? WHERE reused_from = ?", (heir, id))
            ask("UPDATE result SET origin = ? WHERE origin = ?", (heir, id))
    logs = {name for rid in rids.values() for (name,) in ask("SELECT file FROM log WHERE rid = ?", (rid,)).fetchall()}
    for rid in rids.values():
        for table in _TABLES:
            ask(f"DELETE FROM {table} WHERE rid = ?", (rid,))
    ask(
        "DELETE FROM code WHERE digest NOT IN (SELECT json_extract(data, '$.code') FROM result WHERE json_extract(data, '$.code') IS NOT NULL)"
    )
    ask("INSERT INTO counter (name, value) VALUES ('removals', 1) ON CONFLICT (name) DO UPDATE SET value = value + 1")
    return [name for name in logs if not ask("SELECT 1 FROM log WHERE file = ? LIMIT 1", (name,)).fetchone()]
