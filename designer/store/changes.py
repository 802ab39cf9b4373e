"""What journals' events mean: batches of them, gathered into the changes that a store has to make. Pure.

Both stores take `Changes`, so they can't differ in what an event means.
"""

from __future__ import annotations

import logging
import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.model.runs import ENDED, FileRecord, Handle
from designer.store.chunks import Points
from designer.store.journal import KEY_MASK, NO_STEP

if TYPE_CHECKING:
    from collections.abc import Iterable

_log = logging.getLogger("designer")
_MANY = 4096  # slots from which on numpy groups faster than a loop
_FEW = 64  # numbers a metric up to which lists are faster than arrays

RUN_FIELDS = frozenset(
    "id kind parent root node module experiment name number status created started ended display_name description "
    "error reused_from warnings progress owner".split()
)


class OtherValue(NamedTuple):
    """A value that isn't a float64: text, None, a very large int."""

    value: Any
    time: float
    step: int


@dataclass
class SeriesChange:
    """What came new to one metric, in order of logging."""

    kind: str = "scalar"
    description: str = ""
    points: list[Points] = field(default_factory=list)
    others: list[OtherValue] = field(default_factory=list)
    rows: list[tuple[float, Mapping[str, Any]]] = field(default_factory=list)

    def keep_only(self, kind: str) -> None:
        """Drop what is of another kind than the name was first logged as: two processes can't know of each other's."""
        if kind in ("scalar", "list"):
            self.rows = []
        else:
            self.points, self.others = [], []


@dataclass
class Changes:
    """Everything that some batches change."""

    created: dict[str, dict[str, Any]] = field(default_factory=dict)
    updates: dict[str, list[dict[str, Any]]] = field(default_factory=dict)
    tags: dict[str, dict[str, str | None]] = field(default_factory=dict)
    untagged: dict[str, set[str]] = field(default_factory=dict)
    properties: dict[str, dict[str, str]] = field(default_factory=dict)
    parameters: dict[str, dict[str, Any]] = field(default_factory=dict)
    metrics: dict[tuple[str, str], SeriesChange] = field(default_factory=dict)
    files: dict[tuple[str, str], FileRecord] = field(default_factory=dict)
    handles: dict[tuple[str, str, str, int], Handle] = field(default_factory=dict)
    logs: list[dict[str, Any]] = field(default_factory=list)
    documents: dict[str, dict[str, Any]] = field(default_factory=dict)
    results: dict[str, dict[str, Any]] = field(default_factory=dict)
    codes: dict[str, dict[str, Any]] = field(default_factory=dict)
    echoes: dict[str, list[list[Any]]] = field(default_factory=dict)
    damaged: list[str] = field(default_factory=list)

    def add(
        self, events: Iterable[Mapping[str, Any]], points: Iterable[bytes], keys: Mapping[int, tuple[str, str]]
    ) -> None:
        """Take in what one journal holds: its events in order, then its points."""
        for event in events:
            try:
                getattr(self, f"_on_{event['e']}", self._on_unknown)(event, keys)
            except (LookupError, TypeError, AttributeError, ValueError) as error:  # a damaged event costs itself only
                self.damaged.append(f"{event!r}: {error!r}")
        for slots in points:
            self._add_points(slots, keys)

    def tell_damage(self, where: str) -> None:
        """Warn of what could not be read."""
        for what in self.damaged:
            _log.warning("a journal in %s holds something damaged, which is left out: %.500s", where, what)

    def series(self, run: str, name: str) -> SeriesChange:
        """The change of one metric, made when first asked for."""
        change = self.metrics.get((run, name))
        if change is None:
            change = self.metrics[run, name] = SeriesChange()
        return change

    def _on_run(self, event: Mapping[str, Any], _: Any) -> None:
        record = {name: value for name, value in event.items() if name in RUN_FIELDS}
        run = record["id"]
        self.created[run] = record
        for space, target in (("tags", self.tags), ("properties", self.properties), ("parameters", self.parameters)):
            if event.get(space):
                target.setdefault(run, {}).update(event[space])

    def _on_update(self, event: Mapping[str, Any], _: Any) -> None:
        run = event["run"]
        fields = {name: value for name, value in event.items() if name in RUN_FIELDS}
        created = self.created.get(run)
        if created is None:
            self.updates.setdefault(run, []).append(fields)
        elif not (created.get("status") in ENDED and fields.get("status", "Failed") not in ENDED):
            created.update(fields)  # an end is never undone by a status that arrives after it

    def _on_tags(self, event: Mapping[str, Any], _: Any) -> None:
        run = event["run"]
        self.tags.setdefault(run, {}).update(event.get("set", {}))
        removed = self.untagged.setdefault(run, set())
        removed -= set(event.get("set", {}))
        for name in event.get("remove", ()):
            self.tags[run].pop(name, None)
            removed.add(name)

    def _on_properties(self, event: Mapping[str, Any], _: Any) -> None:
        self.properties.setdefault(event["run"], {}).update(event["set"])

    def _on_parameters(self, event: Mapping[str, Any], _: Any) -> None:
        self.parameters.setdefault(event["run"], {}).update(event["set"])

    def _on_key(self, event: Mapping[str, Any], _: Any) -> None:
        new = (event["run"], event["name"]) not in self.metrics
        change = self.series(event["run"], event["name"])
        if new:
            change.kind = event["kind"]
        change.description = event.get("d", "") or change.description

    def _on_value(self, event: Mapping[str, Any], keys: Mapping[int, tuple[str, str]]) -> None:
        step = event.get("s")
        change = self.series(*keys[event["k"]])
        change.others.append(OtherValue(event["v"], event["t"], NO_STEP if step is None else step))

    def _on_rows(self, event: Mapping[str, Any], keys: Mapping[int, tuple[str, str]]) -> None:
        self.series(*keys[event["k"]]).rows += [(event["t"], row) for row in event["rows"]]

    def _on_file(self, event: Mapping[str, Any], _: Any) -> None:
        record = FileRecord(event["name"], event["digest"], event["size"], event["t"])
        self.files[event["run"], event["name"]] = record

    def _on_handle(self, event: Mapping[str, Any], _: Any) -> None:
        key = (event["run"], event["way"], event["port"], event.get("i", 0))
        self.handles[key] = Handle(*event["handle"])

    def _on_log(self, event: Mapping[str, Any], _: Any) -> None:
        self.logs.append(dict(event))

    def _on_document(self, event: Mapping[str, Any], _: Any) -> None:
        self.documents.setdefault(event["run"], {}).update(event["data"])

    def _on_result(self, event: Mapping[str, Any], _: Any) -> None:
        self.results[event["run"]] = dict(event)

    def _on_code(self, event: Mapping[str, Any], _: Any) -> None:
        self.codes[event["digest"]] = event["data"]

    def _on_echo(self, event: Mapping[str, Any], _: Any) -> None:
        self.echoes.setdefault(event["run"], []).append(event["call"])

    def _on_damaged(self, event: Mapping[str, Any], _: Any) -> None:
        self.damaged.append(event["line"])

    def _on_unknown(self, event: Mapping[str, Any], _: Any) -> None:
        self.damaged.append(f"an event of unknown kind {event['e']!r}")

    def _add_points(self, slots: bytes, keys: Mapping[int, tuple[str, str]]) -> None:
        if len(slots) >= _MANY * 32:
            self._add_many(slots, keys)
            return
        columns: dict[int, tuple[list[float], list[float], list[int], list[int]]] = {}
        for at, value, step, key in struct.iter_unpack("<ddqQ", slots):
            number = key & KEY_MASK
            if not number:  # an abandoned slot
                continue
            column = columns.get(number)
            if column is None:
                column = columns[number] = ([], [], [], [])
            column[0].append(value)
            column[1].append(at)
            column[2].append(step)
            column[3].append(key >> 56)
        for number, column in columns.items():
            self._add_column(number, Points(*column), keys)

    def _add_column(self, number: int, points: Points, keys: Mapping[int, tuple[str, str]]) -> None:
        if number in keys:
            self.series(*keys[number]).points.append(points)
        else:
            self.damaged.append(f"{len(points.values)} points of a metric without a name (key {number})")

    def _add_many(self, slots: bytes, keys: Mapping[int, tuple[str, str]]) -> None:
        import numpy as np  # noqa: PLC0415 - only where there are thousands

        table = np.frombuffer(slots, np.dtype([("t", "<f8"), ("v", "<f8"), ("s", "<i8"), ("k", "<u8")]))
        numbers = table["k"] & np.uint64(KEY_MASK)
        if (numbers != numbers[0]).any():
            low = numbers.min()
            if numbers.max() - low < 2**16:
                numbers = (numbers - low).astype(np.uint16)  # small keys are sorted by radix, ten times as fast
            order = np.argsort(numbers, kind="stable")
            table, numbers = table[order], numbers[order]
        starts = [0, *(np.flatnonzero(numbers[1:] != numbers[:-1]) + 1).tolist()]
        columns: list[Any] = [np.ascontiguousarray(table[name]) for name in "vts"]
        columns.append((table["k"] >> np.uint64(56)).astype(np.uint8))
        if len(starts) * _FEW > len(slots) // 32:  # few numbers a metric: lists are faster than arrays
            columns = [column.tolist() for column in columns]
        keyed = (table["k"][starts] & np.uint64(KEY_MASK)).tolist()
        for number, start, end in zip(keyed, starts, [*starts[1:], len(table)], strict=True):
            if number:  # otherwise an abandoned slot
                self._add_column(number, Points(*(column[start:end] for column in columns)), keys)
