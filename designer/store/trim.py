"""Letting go of outputs: the oldest ended runs' first, until size and age are kept. Runs, metrics, logs and files stay.

Never touched: what a run that stays refers to, what a run that goes on may take, and what is younger than the oldest of those.
Elsewhere: who refers to what (contents.py), removing whole runs (removal.py).
"""

from __future__ import annotations

import fcntl
import os
import shutil
import time
import uuid
from contextlib import contextmanager
from typing import TYPE_CHECKING, NamedTuple

from designer.store import contents

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from designer.store.contents import Content, References
    from designer.store.sqlite import SqliteStore

_LOCK = "trim.lock"
_LEFT_BEHIND = 86_400.0  # seconds after which a half-written content is somebody's who died


class Trimmed(NamedTuple):
    """What was let go of: runs, contents, bytes; and the bytes of outputs that are left."""

    runs: int
    contents: int
    bytes: int
    left: int


class Usage(NamedTuple):
    """What a store uses on disk, in bytes: outputs by module, files of runs, logs, database; and how many results there are."""

    results: int
    outputs: int
    files: int
    logs: int
    database: int
    modules: dict[str, tuple[int, int]]  # module -> results, bytes


@contextmanager
def planning(folder: Path) -> Iterator[None]:
    """Nothing is trimmed in the block: from looking at what there is until the run that will take it is written down."""
    with _locked(folder, fcntl.LOCK_SH):
        yield


@contextmanager
def trimming(folder: Path) -> Iterator[None]:
    """Nobody plans in the block."""
    with _locked(folder, fcntl.LOCK_EX):
        yield


@contextmanager
def _locked(folder: Path, how: int) -> Iterator[None]:
    folder.mkdir(parents=True, exist_ok=True)
    with open(folder / _LOCK, "a") as gate:
        fcntl.flock(gate, how)
        yield


def trim(store: SqliteStore, max_bytes: int | None = None, max_age: float | None = None) -> Trimmed:
    """Let go of outputs until they use at most `max_bytes`, and of those of runs that ended `max_age` seconds ago or earlier.

    What nobody refers to any more goes in any case.
    """
    with trimming(store.folder):
        store.sync()
        with store.alone() as connection:
            found = contents.references(connection)
            spared = contents.planned_digests(connection, found.planned)
        return _Trimming(store, found, spared).run(max_bytes, max_age)


class _Trimming:
    def __init__(self, store: SqliteStore, found: References, spared: set[str]) -> None:
        self.store, self.found = store, found
        self.limit = found.oldest_unfinished if found.oldest_unfinished is not None else time.time()
        self.owners = found.owners()
        self.spared = spared | found.others
        self.present = {content.digest: content for content in contents.on_disk(store.artifacts.folder)}
        self.gone = self.bytes = 0

    def run(self, max_bytes: int | None, max_age: float | None) -> Trimmed:
        for digest in [d for d in self.present if d not in self.owners and d not in self.spared]:
            self._remove(digest)
        left = sum(content.size for digest, content in self.present.items() if digest in self.owners)
        runs = 0
        for root in self._oldest_first():
            ended = self.found.roots[root].ended or 0.0
            too_old = max_age is not None and ended <= time.time() - max_age
            if not too_old and (max_bytes is None or left <= max_bytes):
                break
            before = self.bytes
            for digest in self.found.values.get(root, ()):
                self.owners[digest].discard(root)
                if not self.owners[digest] and digest not in self.spared:
                    self._remove(digest)
            left -= self.bytes - before
            runs += self.bytes > before
        _sweep(self.store.artifacts.folder / "new")
        return Trimmed(runs, self.gone, self.bytes, left)

    def _oldest_first(self) -> list[str]:
        """The runs that may be trimmed: ended before the oldest one that goes on began, and not marked to be kept."""
        roots = self.found.roots.values()
        free = [r for r in roots if r.ended is not None and r.ended < self.limit and not r.kept]
        return [root.id for root in sorted(free, key=lambda root: root.ended or 0.0)]

    def _remove(self, digest: str) -> None:
        content = self.present.get(digest)
        if content is not None and content.at < self.limit and remove(self.store.artifacts.folder, content):
            del self.present[digest]
            self.gone += 1
            self.bytes += content.size


def remove(folder: Path, content: Content) -> bool:
    """Remove a content, unless somebody has met it again in the meantime."""
    place = folder / content.digest[:2] / content.digest[2:]
    aside = folder / "new" / f"gone-{uuid.uuid4().hex}"
    aside.parent.mkdir(exist_ok=True)
    try:
        place.rename(aside)
    except FileNotFoundError:
        return False
    if aside.stat().st_mtime > content.at and not place.exists():
        aside.rename(place)
        return False
    shutil.rmtree(aside) if aside.is_dir() else aside.unlink()
    return True


def _sweep(scratch: Path) -> None:
    """Clear away what processes that died were writing."""
    for entry in contents.entries(scratch):
        if entry.stat().st_mtime < time.time() - _LEFT_BEHIND:
            shutil.rmtree(entry.path, ignore_errors=True) if entry.is_dir() else os.unlink(entry.path)


def usage(store: SqliteStore) -> Usage:
    """What a store uses on disk."""
    store.sync()
    with store.connection() as connection:
        found = contents.references(connection)
        counts, of_module = _by_module(connection)
    present = {content.digest: content.size for content in contents.on_disk(store.artifacts.folder)}
    owners, modules = found.owners(), {}
    for module, results in counts.items():
        modules[module] = (results, sum(present.get(digest, 0) for digest in of_module.get(module, ())))
    return Usage(
        sum(counts.values()),
        sum(size for digest, size in present.items() if digest in owners),
        sum(size for digest, size in present.items() if digest not in owners),
        _size(store.logs.folder),
        sum(path.stat().st_size for path in store.folder.glob("designer.db*")),
        dict(sorted(modules.items(), key=lambda item: -item[1][1])),
    )


def _by_module(connection: Connection) -> tuple[dict[str, int], dict[str, set[str]]]:
    """Module -> how many results can be taken again, and the contents that it gave."""
    ask = connection.connection.cursor().execute
    good = "SELECT module, count(*) FROM result JOIN run USING (rid) WHERE ok = 1 AND reusable = 1 AND origin = id"
    counts = dict(ask(f"{good.replace('module,', 'result.module,')} GROUP BY result.module").fetchall())
    digests: dict[str, set[str]] = {}
    rows = ask("SELECT module, digest FROM handle JOIN run USING (rid) WHERE way = 'out' AND inline IS NULL")
    for module, digest in rows.fetchall():
        digests.setdefault(module or "", set()).add(digest)
    return counts, digests


def _size(folder: Path) -> int:
    return sum(map(contents.size_of, contents.entries(folder)))
