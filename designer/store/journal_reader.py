"""Reading journals, live and left behind. Elsewhere: writing them (journal.py), what events mean (changes.py)."""

from __future__ import annotations

import fcntl
import json
import mmap
import os
import time
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.store.journal import SLOT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_HOLE_AGE = 2.0  # seconds after which an empty slot before a full one counts as abandoned (an interrupt hit its writer)
_LOOK_AHEAD = 64  # slots: far more than threads can have on their way at once


class Position(NamedTuple):
    """How far a journal has been folded: a byte of the events, a slot of a segment."""

    events: int = 0
    segment: int = 0
    slot: int = 0


class Batch(NamedTuple):
    """What a journal holds beyond a position. `points` are runs of whole slots, as bytes."""

    token: str
    events: list[dict[str, Any]]
    points: list[bytes]
    position: Position
    dead: bool


def tokens(directory: Path) -> list[str]:
    """The journals in a folder, oldest first."""
    try:
        names = os.listdir(directory)
    except FileNotFoundError:
        return []
    return sorted(name[:-7] for name in names if name.endswith(".events") and not name.startswith("."))


class JournalReader:
    """One journal as a reader sees it. Keeps its files open, so that asking for news costs microseconds."""

    def __init__(self, directory: Path, token: str) -> None:
        self.directory, self.token = directory, token
        self.position = Position()
        self.keys: dict[int, tuple[str, str]] = {}
        self._keys_until = 0
        self._events = os.open(directory / f"{token}.events", os.O_RDONLY | os.O_CLOEXEC)
        self._segment: mmap.mmap | None = None
        self._segment_number = -1

    def close(self) -> None:
        """Close its files."""
        os.close(self._events)
        if self._segment is not None:
            self._segment.close()

    @property
    def path(self) -> Path:
        """The events file."""
        return self.directory / f"{self.token}.events"

    def is_dead(self) -> bool:
        """Whether the process that wrote it has ended: only then can its lock be taken."""
        try:  # shared, so that two readers who ask at once don't take each other for the writer
            fcntl.flock(self._events, fcntl.LOCK_SH | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        fcntl.flock(self._events, fcntl.LOCK_UN)
        return True

    def has_news(self) -> bool:
        """Whether anything was written beyond `position`."""
        if os.fstat(self._events).st_size > self.position.events:
            return True
        segment = self._open_segment(self.position.segment)
        if segment is None:
            return False
        if self.position.slot * 32 >= len(segment):
            return self._open_segment(self.position.segment + 1) is not None
        at = self.position.slot * 32 + 24
        return (
            segment[at : at + 8] != b"\0\0\0\0\0\0\0\0"
            or self._hole(segment, self.position.segment, self.position.slot) > 0
        )

    def seek(self, position: Position) -> None:
        """Read on from a position that somebody else folded up to."""
        self.position = position
        if position.events > self._keys_until:  # names were given in the part that is folded already
            for line in self._lines(self._keys_until, position.events)[0]:
                if line.startswith(b'{"e":"key"'):
                    self._learn(json.loads(line))
            self._keys_until = position.events

    def read(self) -> Batch:
        """Everything beyond the position. Points first, so that every key they use is named in the events read after."""
        dead = self.is_dead()
        points, segment, slot = self._read_points(everything=dead)
        lines, end = self._lines(self.position.events, os.fstat(self._events).st_size)
        events = list(_parse(lines))
        for event in events:
            if event["e"] == "key":
                self._learn(event)
        self._keys_until = max(self._keys_until, end)
        return Batch(self.token, events, points, Position(end, segment, slot), dead)

    def segments(self) -> list[Path]:
        """Its segment files."""
        return sorted(self.directory.glob(f"{self.token}.*.points"))

    def _learn(self, event: dict[str, Any]) -> None:
        if {"k", "run", "name"} <= event.keys():
            self.keys[event["k"]] = (event["run"], event["name"])

    def _lines(self, start: int, end: int) -> tuple[list[bytes], int]:
        parts, at = [], start
        while at < end:
            part = os.pread(self._events, min(end - at, 1 << 26), at)
            if not part:
                break
            parts.append(part)
            at += len(part)
        data = b"".join(parts)
        whole = data.rfind(b"\n") + 1  # a line without its end was never acknowledged
        return [line for line in data[:whole].splitlines() if line] if whole else [], start + whole

    def _open_segment(self, number: int) -> mmap.mmap | None:
        if self._segment_number != number:
            try:
                fd = os.open(self.directory / f"{self.token}.{number}.points", os.O_RDONLY | os.O_CLOEXEC)
            except FileNotFoundError:
                return None
            try:
                if os.fstat(fd).st_size == 0:
                    return None
                memory = mmap.mmap(fd, 0, access=mmap.ACCESS_READ)
            finally:
                os.close(fd)
            if self._segment is not None:
                self._segment.close()
            self._segment, self._segment_number = memory, number
        return self._segment

    def _read_points(self, everything: bool) -> tuple[list[bytes], int, int]:
        _, number, slot = self.position
        points = []
        while (segment := self._open_segment(number)) is not None:
            slots = len(segment) // 32
            end = slots if everything else self._frontier(segment, number, slot, slots)
            if end > slot:
                points.append(segment[slot * 32 : end * 32])
                slot = end
            if slot < slots or self._open_segment(number + 1) is None:
                break
            number, slot = number + 1, 0
        return points, number, slot

    def _frontier(self, segment: mmap.mmap, number: int, slot: int, slots: int) -> int:
        """The first slot from `slot` on that isn't written yet."""
        while slot < slots:
            window = min(slots, slot + 65_536)
            with memoryview(segment) as view, view[slot * 32 : window * 32].cast("Q") as words, words[3::4] as keys:
                raw = keys.tobytes()
            at = raw.find(b"\0\0\0\0\0\0\0\0")
            while at >= 0 and at % 8:  # zeros across two keys are no zero key
                at = raw.find(b"\0\0\0\0\0\0\0\0", at + 1)
            if at < 0:
                slot = window
                continue
            slot += at // 8
            hole = self._hole(segment, number, slot)
            if not hole:
                return slot
            slot += hole
        return slot

    def _hole(self, segment: mmap.mmap, number: int, slot: int) -> int:
        """How many abandoned slots there are at a place: empty ones before an old full one, at most to the segment's end.

        0 when the next full one is young (its neighbour may still be on its way) or absent.
        """
        slots = len(segment) // 32
        ahead = segment[slot * 32 : (slot + _LOOK_AHEAD) * 32]
        if slot + _LOOK_AHEAD > slots:
            ahead += self._beginning(number + 1)
        if not ahead.strip(b"\0"):  # nearly always: nothing has been logged since
            return 0
        for place, (written, _, _, key) in enumerate(SLOT.iter_unpack(ahead)):
            if key:
                return min(place, slots - slot) if written < time.time() - _HOLE_AGE else 0
        return 0  # there is a number whose key is being written at this moment

    def _beginning(self, number: int) -> bytes:
        """The first slots of a segment; none where there is no such segment yet."""
        try:
            with open(self.directory / f"{self.token}.{number}.points", "rb") as file:
                return file.read(_LOOK_AHEAD * 32)
        except FileNotFoundError:
            return b""


def _parse(lines: list[bytes]) -> Iterator[dict[str, Any]]:
    try:
        events = json.loads(b"[" + b",".join(lines) + b"]")
    except ValueError:  # a damaged line (a disk that filled up in the middle of it) costs itself only
        events = list(map(_parse_one, lines))
    for event in events:
        whole = isinstance(event, dict) and "e" in event
        yield event if whole else {"e": "damaged", "line": str(event)}


def _parse_one(line: bytes) -> Any:
    try:
        return json.loads(line)
    except ValueError:
        return line.decode("utf-8", "replace")
