"""The store in memory: the same answers as SQLite's, for tests, for plain calls of modules, for whoever wants nothing kept."""

from __future__ import annotations

import json
import shutil
import tempfile
import weakref
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.model.runs import (
    ENDED,
    Comparison,
    FileRecord,
    Handle,
    MetricSummary,
    Result,
    RunQuery,
    RunRecord,
    Series,
)
from designer.store.answers import ORDERS, filed, filed_metric, missing_file, plain, promoted, summary, wrong_order
from designer.store.artifacts import Artifacts
from designer.store.changes import Changes
from designer.store.chunks import OTHER, Points, joined
from designer.store.journal import NO_STEP, SLOT, MetricKeys
from designer.store.logs import Logs
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence


class MemoryJournal(MetricKeys):
    """A journal that is a list."""

    token = "memory"

    def __init__(self) -> None:
        super().__init__()
        self.pending: list[Mapping[str, Any]] = []
        self.slots = bytearray()
        self.names: dict[int, tuple[str, str]] = {}

    def event(self, data: Mapping[str, Any]) -> None:
        """Append one event."""
        with self._lock:
            data = json.loads(json.dumps(data))  # what a reader of the file would see
            if data["e"] == "key":
                self.names[data["k"]] = (data["run"], data["name"])
            self.pending.append(data)

    def events(self, many: Sequence[Mapping[str, Any]]) -> None:
        """Append several events."""
        for data in many:
            self.event(data)

    def point(self, key: int, value: float, step: int, at: float) -> None:
        """Append one number."""
        self.slots += SLOT.pack(at, value, step, key)

    def take(self) -> tuple[list[Mapping[str, Any]], bytes]:
        """What came since the last call."""
        with self._lock:
            events, self.pending = self.pending, []
            slots, self.slots = bytes(self.slots), bytearray()
        return events, slots


class MemoryPlace:
    """What `Place` is for a folder: journal, contents (in a temporary folder when there are any), logs, and the store."""

    def __init__(self) -> None:
        self.journal = MemoryJournal()
        self._folder: Path | None = None
        self.read = MemoryStore(self)
        self._canceled: set[str] = set()

    @property
    def folder(self) -> Path:
        """A temporary folder that goes with this object."""
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="designer-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder

    @property
    def artifacts(self) -> Artifacts:
        """Contents."""
        return Artifacts(self.folder / "artifacts")

    @property
    def logs(self) -> Logs:
        """Captured output."""
        return Logs(self.folder / "logs")

    def request_cancel(self, run_id: str) -> None:
        """Ask whoever runs it to stop."""
        self._canceled.add(run_id)

    def cancel_requested(self, run_id: str) -> bool:
        """Whether somebody asked for the run to stop."""
        return run_id in self._canceled

    def clear_cancel(self, run_id: str) -> None:
        """The request was met."""
        self._canceled.discard(run_id)

    def settle(self, others: bool = False) -> None:
        """Does nothing: there is nothing to fold."""

    def close(self) -> None:
        """Remove the temporary folder."""
        if self._folder is not None:
            shutil.rmtree(self._folder, ignore_errors=True)
            self._folder = None


class _Metric:
    def __init__(self, kind: str) -> None:
        self.kind, self.description = kind, ""
        self.points: list[Points] = []
        self.others: list[tuple[float, int, Any]] = []
        self.rows: list[Mapping[str, Any]] = []
        self.last_row_time = 0.0


class MemoryStore:
    """Runs in dicts."""

    def __init__(self, place: MemoryPlace) -> None:
        self.place = place
        self._runs: dict[str, dict[str, Any]] = {}
        self._metrics: dict[str, dict[str, _Metric]] = {}
        self._files: dict[str, dict[str, FileRecord]] = {}
        self._handles: dict[tuple[str, str], dict[tuple[str, int], Handle]] = {}
        self._logs: dict[str, dict[int, tuple[str, int, int | None]]] = {}
        self._documents: dict[str, dict[str, Any]] = {}
        self._results: dict[str, Result] = {}
        self._codes: dict[str, dict[str, Any]] = {}
        self._echoes: dict[str, list[list[Any]]] = {}
        self._numbers: dict[str, int] = {}
        self._revision = 0

    @property
    def artifacts(self) -> Artifacts:
        """Contents."""
        return self.place.artifacts

    def sync(self) -> None:
        """Take in what was logged."""
        events, slots = self.place.journal.take()
        if not events and not slots:
            return
        changes = Changes()
        changes.add(events, [slots] if slots else [], self.place.journal.names)
        self._apply(changes)
        self._revision += 1

    def close(self) -> None:
        """Take in the rest."""
        self.sync()

    def _apply(self, changes: Changes) -> None:
        for run, fields in changes.created.items():
            if not fields.get("parent"):
                experiment = fields.get("experiment", "")
                self._numbers[experiment] = self._numbers.get(experiment, 0) + 1
                fields["number"] = self._numbers[experiment]
            self._runs.setdefault(run, {"id": run, "tags": {}, "properties": {}, "parameters": {}}).update(fields)
        for run, updates in changes.updates.items():
            record = self._runs.get(run, {})
            for fields in updates:
                if not (record.get("status") in ENDED and fields.get("status", "Failed") not in ENDED):
                    record.update(fields)
        for run, values in changes.tags.items():
            tags = self._runs[run]["tags"]
            tags.update(values)
            for name in changes.untagged.get(run, ()):
                tags.pop(name, None)
        for run, facts in changes.properties.items():
            self._runs[run]["properties"].update(facts)
        for run, given in changes.parameters.items():
            self._runs[run]["parameters"].update(given)
        for (run, name), change in changes.metrics.items():
            metric = self._metrics.setdefault(run, {}).setdefault(name, _Metric(change.kind))
            metric.description = change.description or metric.description
            metric.points += change.points
            metric.others += [(o.time, o.step, o.value) for o in change.others]
            metric.rows += [row for _, row in change.rows]
            if change.rows:
                metric.last_row_time = change.rows[-1][0]
        for (run, name), file in changes.files.items():
            self._files.setdefault(run, {})[name] = file
        for (run, way, port, at), handle in changes.handles.items():
            self._handles.setdefault((run, way), {})[port, at] = handle
        for log in changes.logs:
            self._logs.setdefault(log["run"], {})[log.get("i", 0)] = (log["file"], log["start"], log.get("end"))
        for run, data in changes.documents.items():
            self._documents.setdefault(run, {}).update(data)
        for run, event in changes.results.items():
            fields = {name: event.get(name) for name in Result._fields[1:]}
            fields["ok"], fields["reusable"] = bool(event["ok"]), bool(event["reusable"])
            fields["origin"] = event["origin"] or run
            self._results[run] = Result(run, **fields)
        self._codes.update(changes.codes)
        for run, calls in changes.echoes.items():
            self._echoes.setdefault(run, []).extend(calls)

    def _holder(self, run_id: str) -> str:
        """The run that holds a run's series, files and values: itself, or where its result was taken from."""
        return self._runs.get(run_id, {}).get("reused_from") or run_id

    def _record(self, run: str) -> RunRecord:
        fields = self._runs[run]
        data = {name: fields[name] for name in RunRecord._fields if name in fields}
        for name in ("tags", "properties", "parameters"):
            data[f"{name}_json"] = json.dumps(fields[name]) if fields[name] else None
        data["error_json"] = json.dumps(fields["error"]) if fields.get("error") else None
        lasts = {
            name: s.last
            for name, s in self._summaries(run).items()
            if s.kind in ("scalar", "list") and isinstance(s.last, (int, float)) and _fits(s.last)
        }
        data["metrics_json"] = json.dumps(lasts) if lasts else None
        data["root"] = fields.get("root") or run
        return RunRecord(**data)

    def run(self, run_id: str) -> RunRecord:
        """One run; raises `RunNotFoundError`."""
        self.sync()
        if run_id not in self._runs:
            raise RunNotFoundError(f"there is no run {run_id!r}")
        return self._record(run_id)

    def runs(self, query: RunQuery = RunQuery()) -> list[RunRecord]:  # noqa: B008 - a frozen value
        """The runs that a query asks for."""
        self.sync()
        space, _, name = query.order_by.partition(".")
        if query.order_by not in (*ORDERS, "seconds") and not (
            name and space in ("metrics", "parameters", "tags", "properties")
        ):
            raise wrong_order(query.order_by)
        found = [record for record in map(self._record, self._runs) if self._wanted(record, query)]
        if query.descending:
            found.reverse()
        for key in reversed(range(len(self._sort_keys(found[0], query.order_by)) if found else 0)):
            keys = {record.id: self._sort_keys(record, query.order_by)[key] for record in found}
            given = [record for record in found if keys[record.id] is not None]
            given.sort(key=lambda record: keys[record.id], reverse=query.descending)
            found = given + [record for record in found if keys[record.id] is None]
        return found[query.offset : None if query.limit is None else query.offset + query.limit]

    def count(self, query: RunQuery = RunQuery()) -> int:  # noqa: B008
        """How many runs a query matches, limit and offset aside."""
        self.sync()
        return sum(self._wanted(self._record(run), query) for run in self._runs)

    def _wanted(self, r: RunRecord, q: RunQuery) -> bool:
        if q.ids is not None and r.id not in q.ids:
            return False
        if any(
            getattr(q, n) is not None and getattr(r, n) != getattr(q, n)
            for n in ("experiment", "parent", "root", "node", "module", "kind")
        ):
            return False
        if q.roots_only and q.parent is None and q.root is None and q.ids is None and r.parent is not None:
            return False
        if q.status is not None and r.status not in [str(s) for s in q.status]:
            return False
        text = (q.text or "").lower()
        if text and not any(text in part.lower() for part in (r.name, r.display_name, r.id, r.experiment)):
            return False
        return all(self._holds(r, one) for one in q.conditions)

    def _holds(self, r: RunRecord, one: Comparison) -> bool:
        if one.where == "metric":
            summary = self._summaries(r.id).get(one.name)
            if summary is None:
                return False
            return _compare(*filed_metric(summary.last), one)
        values: Mapping[str, Any] = {"parameter": r.parameters, "tag": r.tags, "property": r.properties}[one.where]
        return one.name in values and _compare(*filed(values[one.name]), one)

    def _sort_keys(self, r: RunRecord, order: str) -> tuple[Any, ...]:
        space, _, name = order.partition(".")
        if name and space == "metrics":
            summary = self._summaries(r.id).get(name)
            return (filed_metric(summary.last)[0] if summary and summary.count else None,)
        if name and space in ("parameters", "tags", "properties"):
            values = getattr(r, space)
            return filed(values[name]) if name in values else (None, None)
        return (r.seconds if order == "seconds" else getattr(r, order),)

    def experiments(self) -> dict[str, int]:
        """Experiment -> number of root runs."""
        self.sync()
        counts: dict[str, int] = {}
        for fields in self._runs.values():
            if not fields.get("parent"):
                counts[fields.get("experiment", "")] = counts.get(fields.get("experiment", ""), 0) + 1
        return dict(sorted(counts.items()))

    def tree(self, run_id: str) -> list[RunRecord]:
        """The run and all its descendants, oldest first."""
        self.run(run_id)
        inside, found = {run_id}, []
        for record in sorted((self._record(run) for run in self._runs), key=lambda r: r.created):
            if record.id == run_id or record.parent in inside:
                inside.add(record.id)
                found.append(record)
        return found

    def _summaries(self, run: str) -> dict[str, MetricSummary]:
        found = {}
        for name, m in self._metrics.get(self._holder(run), {}).items():
            count, last, least, greatest, step, at = (
                len(m.others) + len(m.rows),
                None,
                None,
                None,
                None,
                m.last_row_time,
            )
            if m.points:
                points = joined(m.points)
                number, last, least, greatest = summary(points)
                count += number
                at, step = float(points.times[-1]), int(points.steps[-1])
                step = None if step == NO_STEP else step
            if m.others and m.others[-1][0] >= at:
                at, step, last = m.others[-1][0], m.others[-1][1], m.others[-1][2]
                step = None if step == NO_STEP else step
            if m.rows:
                last = m.rows[-1]
            found[name] = MetricSummary(name, m.kind, count, last, least, greatest, step, at, m.description)
        return found

    def metrics(self, run_ids: Sequence[str]) -> dict[str, dict[str, MetricSummary]]:
        """Run -> metric name -> summary, in order of first logging."""
        self.sync()
        return {run: found for run in run_ids if (found := self._summaries(run))}

    def _timed(self, run_id: str, name: str) -> list[tuple[float, int, Any, int]]:
        self.sync()
        m = self._metrics.get(self._holder(run_id), {}).get(name)
        if m is None:
            return []
        items = [
            (t, s, plain(v, k), k)
            for p in m.points
            for v, t, s, k in zip(p.values, p.times, p.steps, p.types, strict=True)
        ]
        if m.others:
            items = sorted([*items, *((t, s, v, OTHER) for t, s, v in m.others)], key=lambda item: item[0])
        return items

    def series(self, run_id: str, name: str) -> Series:
        """All values of a scalar or list metric as arrays; values are a list where some aren't numbers."""
        import numpy as np  # noqa: PLC0415

        items = self._timed(run_id, name)
        kinds = [k for *_, k in items]
        values: Any = [v for _, _, v, _ in items]
        if OTHER not in kinds:
            values = np.array(values, float)
        steps = np.array([s for _, s, _, _ in items], np.int64)
        return Series(
            values,
            steps if (steps != NO_STEP).any() else None,
            np.array([t for t, *_ in items], float),
            integers=bool(kinds) and all(k == 1 for k in kinds),
            first_is_float=bool(kinds) and kinds[0] == 0,
        )

    def values(self, run_id: str, name: str) -> list[Any]:
        """All values of a scalar or list metric as they were logged, in order."""
        return promoted([v for _, _, v, _ in self._timed(run_id, name)])

    def rows(self, run_id: str, name: str) -> list[Mapping[str, Any]]:
        """All rows of a table metric, or the entries of an artifact metric, in order of logging."""
        self.sync()
        m = self._metrics.get(self._holder(run_id), {}).get(name)
        return list(m.rows) if m else []

    def files(self, run_id: str) -> list[FileRecord]:
        """The files of a run, by name."""
        self.sync()
        return [f for _, f in sorted(self._files.get(self._holder(run_id), {}).items())]

    def file(self, run_id: str, name: str) -> Path:
        """A file's content; raises `FileNotFoundError` naming what there is."""
        self.sync()
        files = self._files.get(self._holder(run_id), {})
        if name not in files:
            raise FileNotFoundError(missing_file(run_id, name, list(files)))
        return self.place.artifacts.path(files[name].digest)

    def outputs(self, run_id: str) -> dict[str, Handle]:
        """Port -> kept value."""
        self.sync()
        return {
            port: handle for (port, _), handle in sorted(self._handles.get((self._holder(run_id), "out"), {}).items())
        }

    def inputs(self, run_id: str) -> dict[str, list[Handle]]:
        """Port -> the kept values that came in."""
        self.sync()
        found: dict[str, list[Handle]] = {}
        for (port, _), handle in sorted(self._handles.get((self._holder(run_id), "in"), {}).items()):
            found.setdefault(port, []).append(handle)
        return found

    def value_path(self, handle: Handle) -> Path:
        """Where a kept value lies."""
        return self.place.artifacts.path(handle.digest)

    def log(self, run_id: str, offset: int = 0, limit: int | None = None) -> tuple[str, int]:
        """What the run printed from byte `offset` on, and the offset to go on from."""
        self.sync()
        spans = [span for _, span in sorted(self._logs.get(self._holder(run_id), {}).items())]
        return self.place.logs.read(spans, offset, limit) if spans else ("", offset)

    def document(self, run_id: str) -> dict[str, Any]:
        """What was kept with a run of a pipeline."""
        self.sync()
        return dict(self._documents.get(run_id, {}))

    def results(self, where: str, values: Sequence[str]) -> dict[str, Result]:
        """The newest good, reusable result for each of several values of `key` or `base`."""
        self.sync()
        found = sorted((r for r in self._results.values() if r.ok and r.reusable), key=lambda r: r.created)
        return {getattr(r, where): r for r in found if getattr(r, where) in set(values)}

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Take in what was logged, for all that is asked in the block."""
        self.sync()
        yield

    def candidates(self, base: str) -> list[Result]:
        """The newest good, reusable result of each node that had a `base`, the newest first."""
        self.sync()
        found = sorted(
            (r for r in self._results.values() if r.base == base and r.ok and r.reusable), key=lambda r: r.created
        )
        return list(reversed({(r.pipeline, r.node): r for r in found}.values()))

    def failures(self, where: str, values: Sequence[str]) -> dict[str, Result]:
        """The newest result for each of several values of `key` or `base`, for those where that one failed."""
        self.sync()
        newest = {getattr(r, where): r for r in sorted(self._results.values(), key=lambda r: r.created)}
        return {value: newest[value] for value in values if value in newest and not newest[value].ok}

    def last_results(self, nodes: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Result]:
        """The newest result, good or bad, of each of several nodes, given as module, pipeline and node."""
        self.sync()
        newest = {(r.module, r.pipeline, r.node): r for r in sorted(self._results.values(), key=lambda r: r.created)}
        return {node: newest[node] for node in nodes if node in newest}

    def last_result(self, module: str, pipeline: str | None = None, ended_well: bool = False) -> Result | None:
        """The newest result of a module, in one pipeline or in all."""
        self.sync()
        found = [r for r in self._results.values() if r.module == module and (r.ok or not ended_well)]
        return max((r for r in found if pipeline in (None, r.pipeline)), key=lambda r: r.created, default=None)

    def nodes_of(self, pipeline: str, module: str) -> list[str]:
        """The nodes that a module has been in a pipeline, so far."""
        self.sync()
        found = [r.node for r in self._results.values() if (r.pipeline, r.module) == (pipeline, module)]
        return list(dict.fromkeys(found))

    def result(self, run_id: str) -> Result | None:
        """What a run of a node was determined by."""
        self.sync()
        return self._results.get(run_id)

    def results_of(self, run_ids: Sequence[str]) -> dict[str, Result]:
        """What each of several runs of nodes was determined by."""
        self.sync()
        return {run: self._results[run] for run in run_ids if run in self._results}

    def outputs_of(self, run_ids: Sequence[str]) -> dict[str, dict[str, Handle]]:
        """Run -> port -> kept value, of several runs; runs without any are left out."""
        return {run: found for run in run_ids if (found := self.outputs(run))}

    def code(self, digest: str) -> dict[str, Any]:
        """The pieces of code behind a digest."""
        self.sync()
        return dict(self._codes.get(digest, {}))

    def echoes(self, run_id: str) -> list[list[Any]]:
        """The calls by which a module logged to the runs above it."""
        self.sync()
        return list(self._echoes.get(self._holder(run_id), []))

    def revision(self) -> int:
        """A number that grows with everything new."""
        self.sync()
        return self._revision


def _fits(value: float) -> bool:
    """Whether it is within a float's range; NaN is."""
    return value != value or filed_metric(value)[0] is not None


def _compare(number: float | None, text: str | None, one: Comparison) -> bool:
    if one.op == "exists":
        return True
    wanted = one.value
    value: Any = text
    if isinstance(wanted, bool) or (wanted is None and one.where == "metric"):
        wanted = json.dumps(wanted)
    elif isinstance(wanted, (int, float)):
        value = number
    elif wanted is None:
        return (text is None) if one.op == "=" else (text is not None) if one.op == "!=" else False
    else:
        wanted = json.dumps(wanted, ensure_ascii=False) if one.where == "metric" else str(wanted)
    if value is None:
        return False
    holds: dict[str, bool] = {
        "=": value == wanted, "!=": value != wanted, "<": value < wanted, "<=": value <= wanted, ">": value > wanted, ">=": value >= wanted
    }  # fmt: skip
    return holds[one.op]
