"""A process's journal: where everything it logs goes first. Elsewhere: reading it (journal_reader.py), folding it (changes.py).

Two files a process, in `<store>/journal/`, named by the process's token:

* `TOKEN.events`: one JSON object a line, appended with a single `write`: runs, statuses, tags, metric names, rows …
  The process holds an exclusive `flock` on it for its whole life: whoever can take that lock knows that it is dead.
* `TOKEN.N.points`: numbered memory-mapped segments of 32-byte slots, one a logged number:
  time (f64, Unix seconds), value (f64), step (i64), key (u64: type code in the top byte, metric key below).
  The key is written last and is never zero, so a slot is whole exactly when its key isn't zero.

Both are in the kernel's page cache when the call returns, so they survive the death of the process at any instruction.
A slot is reserved by `next()` on an `itertools.count`, which is atomic in CPython: no lock on the way of a number.
"""

from __future__ import annotations

import fcntl
import itertools
import json
import mmap
import os
import struct
import threading
import time
import uuid
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SLOT = struct.Struct("<ddqQ")
NO_STEP = -(2**63)
_ABANDONED = 1 << 63  # the key of a slot that holds nothing: no metric has the number 0, no type this code
FLOAT, INT, BOOL = 0, 1 << 56, 2 << 56  # type codes, in the key's top byte
KEY_MASK = (1 << 56) - 1
FIRST_SEGMENT, LAST_SEGMENT = 1 << 10, 1 << 18  # slots: 32 KiB, then growing to 8 MiB

_encode = json.JSONEncoder(separators=(",", ":"), ensure_ascii=False, check_circular=False).encode


def _line(event: Mapping[str, Any]) -> bytes:
    try:
        return (_encode(event) + "\n").encode()
    except UnicodeEncodeError:  # half a surrogate pair, as in the name of a file that isn't UTF-8: no database takes it
        return (_encode(storable(event)) + "\n").encode()


def storable(value: Any) -> Any:
    """Plain data with every half of a surrogate pair, which isn't text, written out as `\\udc80`."""
    if isinstance(value, str):
        return value.encode("utf-8", "backslashreplace").decode()
    if isinstance(value, (list, tuple)):
        return [storable(item) for item in value]
    if isinstance(value, dict):
        return {storable(key): storable(item) for key, item in value.items()}
    return value


class MetricKeys:
    """Which key a run's metric has in this process, and under which kind it was first logged."""

    def __init__(self) -> None:
        self._keys: dict[str, dict[str, int]] = {}
        self._kinds: dict[str, dict[str, str]] = {}
        self._other_keys: dict[str, dict[str, int]] = {}
        self._lock = threading.RLock()
        self._key_numbers = itertools.count(1)

    def event(self, data: Mapping[str, Any]) -> None:
        """Append one event."""
        raise NotImplementedError

    def keys(self, run_id: str) -> dict[str, int]:
        """The run's metric keys by name; the same dict object for the life of the process, emptied in a forked child."""
        return self._keys.setdefault(run_id, {})

    def key(self, run_id: str, name: str, kind: str, description: str = "") -> int | None:
        """The key of a metric, made at first use. None when the name was logged as another kind of metric before."""
        with self._lock:
            kinds = self._kinds.setdefault(run_id, {})
            family = "series" if kind in ("scalar", "list") else kind
            if kinds.setdefault(name, family) != family:
                return None
            # Only numbers' keys are in `keys`, which `Run.log` asks: so a table's key is never mistaken for a number's.
            keys = self.keys(run_id) if family == "series" else self._other_keys.setdefault(run_id, {})
            key = keys.get(name)
            if key is None:
                key = next(self._key_numbers)
                self.event({"e": "key", "k": key, "run": run_id, "name": name, "kind": kind, "d": description})
                keys[name] = key
            return key

    def kind(self, run_id: str, name: str) -> str | None:
        """The kind under which this process first logged the name."""
        return self._kinds.get(run_id, {}).get(name)

    def forget(self, run_id: str) -> None:
        """Drop the keys of a run that has ended, so that a process with a million runs stays small."""
        with self._lock:
            self._keys.pop(
                run_id, {}
            ).clear()  # runs hold on to it; what it says would be wrong in a child that is forked later
            self._kinds.pop(run_id, None)
            self._other_keys.pop(run_id, None)


class Journal(MetricKeys):
    """The writer of one process. Thread-safe; a forked child gets files of its own."""

    def __init__(self, directory: Path) -> None:
        super().__init__()
        self.directory = directory
        self._open()
        _journals.append(self)

    def _open(self) -> None:
        self.token = f"{int(time.time() * 1000):x}-{os.getpid()}-{uuid.uuid4().hex[:12]}"
        self.directory.mkdir(parents=True, exist_ok=True)
        hidden = self.directory / f".{self.token}.new"
        self._events = os.open(hidden, os.O_CREAT | os.O_WRONLY | os.O_APPEND | os.O_CLOEXEC, 0o644)
        fcntl.flock(
            self._events, fcntl.LOCK_EX
        )  # before anybody can see it: a visible unlocked journal is a dead one's
        os.rename(hidden, self.directory / f"{self.token}.events")
        self._key_numbers = itertools.count(1)
        self._slots = itertools.count()
        self._next = self._slots.__next__
        self._segments: list[tuple[mmap.mmap, int, int]] = []
        self._segment: tuple[mmap.mmap | None, int, int] = (None, 0, 0)
        self.events_written = 0
        self._torn = False  # half a line is the last thing in the file
        self.points_settled = 0  # how many of them the process has folded itself

    def event(self, data: Mapping[str, Any]) -> None:
        """Append one event. It is durable (for the death of the process) when this returns."""
        self._append(_line(data), 1)

    def events(self, many: list[Mapping[str, Any]]) -> None:
        """Append several events with one write."""
        self._append(b"".join(map(_line, many)), len(many))

    def _append(self, lines: bytes, count: int) -> None:
        with self._lock:
            if self._torn:
                lines = b"\n" + lines
            written = 0
            try:
                while written < len(lines):  # a full disk raises; a short write goes on
                    written += os.write(self._events, lines[written:])
            except OSError:
                self._torn = self._torn or written > 0  # what is appended next must not end up in half a line
                raise
            self._torn = False
            self.events_written += count

    def point(self, key: int, value: float, step: int, at: float) -> None:
        """Append one number. `step` is NO_STEP when there is none."""
        slot = self._next()
        memory, base, end = self._segment
        if slot < base or slot >= end:
            memory, base, end = self._segment_of(slot)
        try:
            SLOT.pack_into(memory, (slot - base) * 32, at, value, step, key)  # type: ignore[arg-type]
        except struct.error:  # the step is no int64; readers wait for an empty slot, so this one may not stay empty
            SLOT.pack_into(memory, (slot - base) * 32, at, 0.0, NO_STEP, _ABANDONED)  # type: ignore[arg-type]
            raise

    @property
    def points_written(self) -> int:
        """How many slots have been reserved so far."""
        return int(repr(self._slots)[len("count(") : -1])  # the one way to look at a count without taking from it

    def _segment_of(self, slot: int) -> tuple[mmap.mmap, int, int]:
        with self._lock:
            while not self._segments or slot >= self._segments[-1][2]:
                self._grow()
            for segment in reversed(self._segments):
                if segment[1] <= slot < segment[2]:
                    return segment
        raise AssertionError("a slot lies in no segment")  # unreachable: segments follow each other without a gap

    def _grow(self) -> None:
        number = len(self._segments)
        base = self._segments[-1][2] if self._segments else 0
        slots = min(FIRST_SEGMENT << (2 * number), LAST_SEGMENT)
        hidden = self.directory / f".{self.token}.{number}.new"
        fd = os.open(hidden, os.O_CREAT | os.O_RDWR | os.O_CLOEXEC, 0o644)
        try:
            # Really allocated: on a full disk this raises here, where a sparse file would end in a bus error later.
            os.posix_fallocate(fd, 0, slots * 32)
            flags = mmap.MAP_SHARED | getattr(mmap, "MAP_POPULATE", 0)
            memory = mmap.mmap(fd, slots * 32, flags=flags)
        finally:
            os.close(fd)
        os.rename(
            hidden, self.directory / f"{self.token}.{number}.points"
        )  # a reader sees it at its full size or not at all
        segment = (memory, base, base + slots)
        self._segments.append(segment)
        self._segment = segment
        if number >= 8:  # long since sealed; only the last ones can still have a number on its way
            self._segments[number - 8] = (_GONE, *self._segments[number - 8][1:])

    def _after_fork_in_child(self) -> None:
        os.close(self._events)  # the lock belongs to the parent
        self._lock = threading.RLock()
        for names in self._keys.values():  # the dicts stay: runs hold on to them
            names.clear()
        self._kinds.clear()
        self._other_keys.clear()
        self._open()

    @property
    def is_gone(self) -> bool:
        """Whether its file has been deleted."""
        return self._events >= 0 and os.fstat(self._events).st_nlink == 0

    def close(self) -> None:
        """Let go of the lock: the journal now counts as a dead process's, complete."""
        with self._lock:
            if self._events >= 0:
                os.close(self._events)
                self._events = -1
        if self in _journals:
            _journals.remove(self)


_GONE: Any = None
_journals: list[Journal] = []


def _reopen_in_child() -> None:
    for journal in _journals:
        journal._after_fork_in_child()


os.register_at_fork(after_in_child=_reopen_in_child)
