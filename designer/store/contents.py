"""Who refers to which contents, and what of them is on disk. Elsewhere: letting go of some (trim.py), of runs (removal.py)."""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from designer.model.runs import ENDED

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

KEEP = "designer.keep"  # the tag of a run whose outputs are never trimmed
_ENDED = ", ".join(repr(str(status)) for status in sorted(ENDED))


@dataclass(frozen=True)
class Content:
    """A content on disk: its size in bytes, and when it was last made or met again (Unix seconds)."""

    digest: str
    size: int
    at: float


@dataclass(frozen=True)
class Root:
    """A run at the top of its tree."""

    id: str
    ended: float | None
    kept: bool


@dataclass
class References:
    """Which contents are whose. `values` are outputs by root run; `others` are files and the like, which stay with their runs."""

    roots: dict[str, Root] = field(default_factory=dict)
    values: dict[str, set[str]] = field(default_factory=dict)
    others: set[str] = field(default_factory=set)
    planned: set[str] = field(default_factory=set)
    oldest_unfinished: float | None = None

    def owners(self) -> dict[str, set[str]]:
        """Content -> the root runs that refer to it as an output."""
        found: dict[str, set[str]] = {}
        for root, digests in self.values.items():
            for digest in digests:
                found.setdefault(digest, set()).add(root)
        return found


def references(connection: Connection) -> References:
    """All references of a store, as far as it is folded."""
    found = References()
    ask = connection.connection.cursor().execute
    for id, ended, tags in ask("SELECT id, ended, tags FROM run WHERE parent IS NULL AND kind != ''").fetchall():
        found.roots[id] = Root(id, ended, KEEP in (json.loads(tags) if tags else {}))
    open_runs = f"SELECT {{}} FROM run WHERE status NOT IN ({_ENDED}) AND kind != ''"
    (found.oldest_unfinished,) = ask(open_runs.format("min(created)")).fetchone()
    for root, digest in ask(_VALUES).fetchall():
        found.values.setdefault(root, set()).add(digest)
    found.others.update(digest for (digest,) in ask("SELECT DISTINCT digest FROM file"))
    for (text,) in ask("SELECT data FROM echo WHERE data LIKE '%\"image\"%'").fetchall():
        found.others.update(item for item in json.loads(text) if isinstance(item, str) and len(item) == 64)
    for (text,) in ask("SELECT data FROM document").fetchall():
        diff = ((json.loads(text).get("environment") or {}).get("git") or {}).get("diff")
        found.others.update([diff] if diff else [])
    found.planned = planned_runs(connection)
    return found


def planned_runs(connection: Connection) -> set[str]:
    """The runs whose outputs a run that goes on takes, or may take."""
    ask = connection.connection.cursor().execute
    rows = ask(f"SELECT data FROM document JOIN run USING (rid) WHERE run.status NOT IN ({_ENDED})").fetchall()
    plans = (json.loads(text).get("plan") or {} for (text,) in rows)
    return {one["from_run"] for plan in plans for one in plan.values() if one.get("from_run")}


def planned_digests(connection: Connection, runs: set[str]) -> set[str]:
    """The contents that those runs gave."""
    ask = connection.connection.cursor().execute
    found: set[str] = set()
    for run in runs:
        found.update(digest for (digest,) in ask(_OF_RUN, (run,)))
    return found


_HOLDER = (
    "JOIN run AS holder ON holder.id = coalesce(asked.reused_from, asked.id) JOIN handle ON handle.rid = holder.rid"
)
_VALUES = f"SELECT DISTINCT asked.root, handle.digest FROM run AS asked {_HOLDER} WHERE handle.inline IS NULL"
_OF_RUN = f"SELECT handle.digest FROM run AS asked {_HOLDER} WHERE asked.id = ? AND handle.inline IS NULL"


def on_disk(folder: Path) -> list[Content]:
    """The contents in a folder of artifacts."""
    found = []
    for group in entries(folder):
        if group.is_dir() and len(group.name) == 2:
            for entry in entries(group.path):
                try:
                    found.append(Content(group.name + entry.name, size_of(entry), entry.stat().st_mtime))
                except FileNotFoundError:  # trimmed in the meantime
                    continue
    return found


def entries(folder: Path | str) -> list[os.DirEntry[str]]:
    """What is in a folder; nothing when it isn't there."""
    try:
        with os.scandir(folder) as found:
            return list(found)
    except FileNotFoundError:
        return []


def size_of(entry: os.DirEntry[str]) -> int:
    """The bytes of a file, or of all files in a folder."""
    return sum(map(size_of, entries(entry.path))) if entry.is_dir() else entry.stat().st_size
