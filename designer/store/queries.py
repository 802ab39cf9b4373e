"""Asking the SQL store: one method a question of `ReadStore`. Each folds the news first. Elsewhere: folding (sqlite.py)."""

from __future__ import annotations

import difflib
import json
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from sqlalchemy import ColumnElement, Connection, Select, and_, false, func, literal, literal_column, or_, select
from sqlalchemy.dialects import sqlite

from designer.model.runs import Comparison, FileRecord, Handle, MetricSummary, Result, RunQuery, RunRecord, Series
from designer.store import chunks, schema
from designer.store.answers import ORDERS, missing_file, plain, promoted, wrong_order
from designer.store.garbage import without_collections
from designer.store.journal import NO_STEP
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from designer.store.artifacts import Artifacts
    from designer.store.logs import Logs

_run = schema.run.c
_COLUMNS = [
    _run[name.removesuffix("_json")] for name in RunRecord._fields
]  # in the order of RunRecord's fields, so that a row is a record
_DIALECT = sqlite.dialect(paramstyle="named")


class Queries:
    """The reading half of the SQL store."""

    artifacts: Artifacts
    logs: Logs

    def sync(self) -> None:
        """Fold what is new; the other half has it."""
        raise NotImplementedError

    def connection(self) -> Any:
        """A connection; the other half has it."""
        raise NotImplementedError

    def run(self, run_id: str) -> RunRecord:
        """One run; raises `RunNotFoundError`."""
        self.sync()
        with self.connection() as connection:
            row = connection.execute(select(*_COLUMNS).where(_run.id == run_id, _run.kind != "")).first()
            if row is None:
                raise RunNotFoundError(_nearest(connection, run_id))
        return RunRecord._make(row)

    def runs(self, query: RunQuery = RunQuery()) -> list[RunRecord]:  # noqa: B008 - a frozen value
        """The runs that a query asks for, filtered and sorted in SQL."""
        self.sync()
        found: list[RunRecord] = []
        offset, left = query.offset, -1 if query.limit is None else query.limit
        with self.connection() as connection, _snapshot(connection), without_collections():
            for statement in _pages(query):
                rows = _fetched(connection, statement.limit(left).offset(offset))
                found += map(RunRecord._make, rows)
                if left >= 0:
                    left -= len(rows)
                    if left <= 0:
                        break
                if rows:
                    offset = 0
                elif offset:  # the whole part lies before the page
                    offset -= len(_fetched(connection, statement.with_only_columns(_run.rid)))
        return found

    def count(self, query: RunQuery = RunQuery()) -> int:  # noqa: B008
        """How many runs a query matches, limit and offset aside."""
        self.sync()
        with self.connection() as connection:
            return int(
                connection.execute(select(func.count()).select_from(schema.run).where(*_conditions(query))).scalar_one()
            )

    def experiments(self) -> dict[str, int]:
        """Experiment -> number of root runs."""
        self.sync()
        statement = (
            select(_run.experiment, func.count())
            .where(_run.parent.is_(None), _run.kind != "")
            .group_by(_run.experiment)
            .order_by(_run.experiment)
        )
        with self.connection() as connection:
            return {name: count for name, count in connection.execute(statement)}

    def tree(self, run_id: str) -> list[RunRecord]:
        """The run and all its descendants, oldest first."""
        self.sync()
        with self.connection() as connection:
            root = connection.execute(select(_run.root).where(_run.id == run_id, _run.kind != "")).scalar()
            if root is None:
                raise RunNotFoundError(_nearest(connection, run_id))
            rows = connection.execute(
                select(*_COLUMNS).where(_run.root == root, _run.kind != "").order_by(_run.created, _run.rid)
            )
            records = [RunRecord._make(row) for row in rows]
        return records if root == run_id else _below(records, run_id)

    def metrics(self, run_ids: Sequence[str]) -> dict[str, dict[str, MetricSummary]]:
        """Run -> metric name -> summary, in order of first logging."""
        self.sync()
        m, n = schema.metric.c, schema.metric_name.c
        found: dict[str, dict[str, MetricSummary]] = {}
        with self.connection() as connection:
            for start in range(0, len(run_ids), 500):
                statement = (
                    select(
                        _run.id,
                        n.name,
                        m.kind,
                        m.count,
                        m.last_json,
                        m.min,
                        m.max,
                        m.last_step,
                        m.last_time,
                        m.description,
                    )
                    .join_from(schema.metric, schema.run, _run.rid == m.rid)
                    .join(schema.metric_name, n.nid == m.nid)
                    .where(_run.id.in_(run_ids[start : start + 500]))
                    .order_by(m.rid, m.position)
                )
                for id, name, kind, count, last, least, greatest, step, at, description in connection.execute(
                    statement
                ):
                    value = json.loads(last) if last is not None else None
                    found.setdefault(id, {})[name] = MetricSummary(
                        name, kind, count, value, least, greatest, step, at or 0.0, description
                    )
        return found

    def series(self, run_id: str, name: str) -> Series:
        """All values of a scalar or list metric as arrays; values are a list where some aren't numbers."""
        points, others = self._points(run_id, name)
        import numpy as np  # noqa: PLC0415 - only whoever reads a series needs it

        values, times, steps, types = points
        if others:
            mixed = sorted(
                [(t, s, plain(v, k)) for v, t, s, k in zip(values, times, steps, types, strict=True)] + others,
                key=lambda item: item[0],
            )
            stepped = any(step != NO_STEP for _, step, _ in mixed)
            return Series(
                [value for _, _, value in mixed],
                np.array([step for _, step, _ in mixed]) if stepped else None,
                np.array([at for at, _, _ in mixed], float),
                first_is_float=type(mixed[0][2]) is float,
            )
        stepped = bool((steps != NO_STEP).any())
        return Series(
            values,
            steps if stepped else None,
            times,
            integers=bool(len(types)) and bool((types == chunks.INT).all()),
            first_is_float=bool(len(types)) and int(types[0]) == chunks.FLOAT,
        )

    def values(self, run_id: str, name: str) -> list[Any]:
        """All values of a scalar or list metric as they were logged, typed as Azure ML's clients see them.

        A float first makes every later int a float; an int first leaves later values as they are.
        """
        self.sync()
        with self.connection() as connection:
            stored = _chunks(connection, run_id, name)
        items: list[tuple[float, Any]] = []
        ordered = True
        for codec, data in stored:
            if codec == "points":
                values, times, _, types = chunks.decode(data)
                items += zip(times, map(plain, values, types), strict=True)
            elif codec == "json":
                items += [(at, value) for at, _, value in json.loads(data)]
                ordered = False
        if not ordered:
            items.sort(key=lambda item: item[0])
        result = [value for _, value in items]
        return promoted(result)

    def rows(self, run_id: str, name: str) -> list[Mapping[str, Any]]:
        """All rows of a table metric, or the entries of an artifact metric, in order of logging."""
        self.sync()
        with self.connection() as connection:
            stored = _chunks(connection, run_id, name)
        return [row for codec, data in stored if codec == "rows" for row in json.loads(data)]

    def files(self, run_id: str) -> list[FileRecord]:
        """The files of a run, by name."""
        self.sync()
        f = schema.file.c
        statement = (
            select(f.name, f.digest, f.size, f.created)
            .join_from(schema.file, schema.run, _run.rid == f.rid)
            .where(_holder(run_id))
            .order_by(f.name)
        )
        with self.connection() as connection:
            return [FileRecord._make(row) for row in connection.execute(statement)]

    def file(self, run_id: str, name: str) -> Path:
        """A file's content, to be read only; raises `FileNotFoundError` naming what there is."""
        files = {record.name: record for record in self.files(run_id)}
        if name not in files:
            raise FileNotFoundError(missing_file(run_id, name, list(files)))
        return self.artifacts.path(files[name].digest)

    def outputs(self, run_id: str) -> dict[str, Handle]:
        """Port -> kept value."""
        return {port: handles[0] for port, handles in self._handles(run_id, "out").items()}

    def inputs(self, run_id: str) -> dict[str, list[Handle]]:
        """Port -> the kept values that came in."""
        return self._handles(run_id, "in")

    def value_path(self, handle: Handle) -> Path:
        """Where a kept value lies, to be read only."""
        return self.artifacts.path(handle.digest)

    def log(self, run_id: str, offset: int = 0, limit: int | None = None) -> tuple[str, int]:
        """What the run printed from byte `offset` on, and the offset to go on from."""
        self.sync()
        c = schema.log.c
        statement = (
            select(c.file, c.first, c.until)
            .join_from(schema.log, schema.run, _run.rid == c.rid)
            .where(_holder(run_id))
            .order_by(c.position)
        )
        with self.connection() as connection:
            spans = [(file, first, until) for file, first, until in connection.execute(statement)]
        return self.logs.read(spans, offset, limit)

    def document(self, run_id: str) -> dict[str, Any]:
        """What was kept with a run of a pipeline."""
        self.sync()
        statement = (
            select(schema.document.c.data)
            .join_from(schema.document, schema.run, _run.rid == schema.document.c.rid)
            .where(_run.id == run_id)
        )
        with self.connection() as connection:
            text = connection.execute(statement).scalar()
        return json.loads(text) if text else {}

    @contextmanager
    def at_once(self) -> Iterator[None]:
        """Fold once for all that this thread asks in the block: for whoever asks much, and wants one state of things."""
        if getattr(_folded, "asking", None) is self:
            yield
            return
        self.sync()
        before, _folded.asking = getattr(_folded, "asking", None), self
        try:
            yield
        finally:
            _folded.asking = before

    def results(self, where: str, values: Sequence[str]) -> dict[str, Result]:
        """The newest good, reusable result for each of several values of `key` or `base`."""
        self.sync()
        statement = f"{_RESULTS} WHERE result.{_COLUMN[where]} = ? AND result.ok = 1 AND result.reusable = 1 {_NEWEST}"
        return {row[_FIELD[where]]: _result(row) for row in self._each(statement, [(value,) for value in values])}

    def candidates(self, base: str) -> list[Result]:
        """The newest good, reusable result of each node that had a `base`, the newest first."""
        self.sync()
        columns = _RESULTS.replace(
            " FROM ", ", max(result.created) FROM ", 1
        )  # SQLite: the other columns are that row's
        statement = f"{columns} WHERE result.base = ? AND result.ok = 1 AND result.reusable = 1 GROUP BY result.pipeline, result.node"
        found = [_result(row[:-1]) for row in self._each(statement, [(base,)])]
        return sorted(found, key=lambda result: result.created, reverse=True)

    def failures(self, where: str, values: Sequence[str]) -> dict[str, Result]:
        """The newest result for each of several values of `key` or `base`, for those where that one failed."""
        self.sync()
        statement = f"{_RESULTS} WHERE result.{_COLUMN[where]} = ? {_NEWEST}"
        rows = self._each(statement, [(value,) for value in values])
        return {row[_FIELD[where]]: _result(row) for row in rows if not row[_FIELD["ok"]]}

    def last_results(self, nodes: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Result]:
        """The newest result, good or bad, of each of several nodes, given as module, pipeline and node."""
        self.sync()
        statement = f"{_RESULTS} WHERE result.module = ? AND result.pipeline = ? AND result.node = ? {_NEWEST}"
        return {(r.module, r.pipeline, r.node): r for r in map(_result, self._each(statement, nodes))}

    def last_result(self, module: str, pipeline: str | None = None, ended_well: bool = False) -> Result | None:
        """The newest result of a module, in one pipeline or in all."""
        self.sync()
        wanted = [("module", module), ("pipeline", pipeline), ("ok", 1 if ended_well else None)]
        terms = [(name, value) for name, value in wanted if value is not None]
        condition = " AND ".join(f"result.{name} = ?" for name, _ in terms)
        rows = self._each(f"{_RESULTS} WHERE {condition} {_NEWEST}", [tuple(value for _, value in terms)])
        return next(map(_result, rows), None)

    def nodes_of(self, pipeline: str, module: str) -> list[str]:
        """The nodes that a module has been in a pipeline, so far."""
        self.sync()
        statement = "SELECT DISTINCT node FROM result WHERE module = ? AND pipeline = ?"
        return [node for (node,) in self._each(statement, [(module, pipeline)])]

    def result(self, run_id: str) -> Result | None:
        """What a run of a node was determined by."""
        return self.results_of([run_id]).get(run_id)

    def results_of(self, run_ids: Sequence[str]) -> dict[str, Result]:
        """What each of several runs of nodes was determined by."""
        self.sync()
        rows = self._each(f"{_RESULTS} WHERE run.id = ?", [(run_id,) for run_id in run_ids])
        return {result.run_id: result for result in map(_result, rows)}

    def outputs_of(self, run_ids: Sequence[str]) -> dict[str, dict[str, Handle]]:
        """Run -> port -> kept value, of several runs; runs without any are left out."""
        self.sync()
        found: dict[str, dict[str, Handle]] = {}
        for run, port, format, digest, size, inline, facts in self._each(_OUTPUTS, [(id,) for id in run_ids]):
            found.setdefault(run, {})[port] = Handle(format, digest, size, inline, json.loads(facts))
        return found

    def _each(self, statement: str, arguments: Iterable[tuple[Any, ...]]) -> Iterator[Any]:
        """The rows of one statement for each of several arguments; the driver's own, 5 µs each."""
        with self.connection() as connection:
            cursor = connection.connection.cursor()
            for values in arguments:
                yield from cursor.execute(statement, values)

    def code(self, digest: str) -> dict[str, Any]:
        """The pieces of code behind a digest."""
        self.sync()
        with self.connection() as connection:
            text = connection.execute(select(schema.code.c.data).where(schema.code.c.digest == digest)).scalar()
        return json.loads(text) if text else {}

    def echoes(self, run_id: str) -> list[list[Any]]:
        """The calls by which a module logged to the runs above it."""
        self.sync()
        e = schema.echo.c
        statement = (
            select(e.data)
            .join_from(schema.echo, schema.run, _run.rid == e.rid)
            .where(_holder(run_id))
            .order_by(e.position)
        )
        with self.connection() as connection:
            return [json.loads(text) for (text,) in connection.execute(statement)]

    def revision(self) -> int:
        """A number that grows with everything new."""
        self.sync()
        with self.connection() as connection:
            value = connection.execute(
                select(schema.counter.c.value).where(schema.counter.c.name == "revision")
            ).scalar()
        return int(value or 0)

    def _points(self, run_id: str, name: str) -> tuple[chunks.Points, list[tuple[float, int, Any]]]:
        self.sync()
        with self.connection() as connection:
            stored = _chunks(connection, run_id, name)
        points = chunks.decode_arrays([data for codec, data in stored if codec == "points"])
        others = [
            (at, step, value) for codec, data in stored if codec == "json" for at, step, value in json.loads(data)
        ]
        return points, others

    def _handles(self, run_id: str, way: str) -> dict[str, list[Handle]]:
        self.sync()
        h = schema.handle.c
        statement = (
            select(h.port, h.format, h.digest, h.size, h.inline, h.facts)
            .join_from(schema.handle, schema.run, _run.rid == h.rid)
            .where(_holder(run_id), h.way == way)
            .order_by(h.port, h.position)
        )
        found: dict[str, list[Handle]] = {}
        with self.connection() as connection:
            for port, format, digest, size, inline, facts in connection.execute(statement):
                found.setdefault(port, []).append(Handle(format, digest, size, inline, json.loads(facts)))
        return found


_RESULTS = (
    f"SELECT run.id, {', '.join(f'result.{name}' for name in Result._fields[1:])} "
    "FROM result JOIN run ON run.rid = result.rid"
)
_NEWEST = "ORDER BY result.created DESC, result.rid DESC LIMIT 1"
_COLUMN = {"key": "key", "base": "base"}
_FIELD = {name: at for at, name in enumerate(Result._fields)}
_OUTPUTS = (
    "SELECT asked.id, handle.port, handle.format, handle.digest, handle.size, handle.inline, handle.facts "
    "FROM run AS asked JOIN run AS holder ON holder.id = coalesce(asked.reused_from, asked.id) "
    "JOIN handle ON handle.rid = holder.rid WHERE asked.id = ? AND handle.way = 'out' ORDER BY handle.port"
)
_folded = threading.local()  # `asking`: the store whose news this thread wants folded only once for now


def _result(row: Any) -> Result:
    fields = dict(zip(Result._fields, row, strict=True))
    fields["ok"], fields["reusable"] = bool(fields["ok"]), bool(fields["reusable"])
    fields["origin"] = fields["origin"] or fields["run_id"]
    fields["data"] = json.loads(fields["data"])
    return Result(**fields)


def _holder(run_id: str) -> ColumnElement[bool]:
    """That a row of `run` is the one that holds a run's series, files and values: itself, or where its result was taken from."""
    asked = schema.run.alias("asked")
    return (
        _run.id == select(func.coalesce(asked.c.reused_from, asked.c.id)).where(asked.c.id == run_id).scalar_subquery()
    )


def _chunks(connection: Connection, run_id: str, name: str) -> list[tuple[str, bytes]]:
    cursor = connection.connection.cursor().execute(
        "SELECT chunk.codec, chunk.data FROM chunk JOIN run ON run.rid = chunk.rid "
        "JOIN metric_name ON metric_name.nid = chunk.nid WHERE run.id = (SELECT coalesce(reused_from, id) FROM run WHERE id = ?) AND metric_name.name = ? ORDER BY chunk.seq",
        (run_id, name),
    )
    return list(cursor.fetchall())


def _nearest(connection: Connection, run_id: str) -> str:
    order = (_run.parent.is_(None).desc(), _run.created.desc())  # whole runs first: their ids are what people type
    latest = connection.execute(select(_run.id).where(_run.kind != "").order_by(*order).limit(2000))
    ids = [id for (id,) in latest]
    close = [id for id in ids if run_id and id.startswith(run_id)][:3] or difflib.get_close_matches(run_id, ids, 3, 0.7)
    hint = (
        f"; did you mean {', '.join(close)}"
        if close
        else f"; the latest are {', '.join(ids[:3])}"
        if ids
        else "; there are none yet"
    )
    return f"there is no run {run_id!r}{hint}"


def _below(records: list[RunRecord], top: str) -> list[RunRecord]:
    children: dict[str | None, list[str]] = {}
    for record in records:
        children.setdefault(record.parent, []).append(record.id)
    inside = [top]
    for run in inside:  # grows while it is gone through
        inside += children.get(run, [])
    wanted = set(inside)
    return [record for record in records if record.id in wanted]


def _conditions(query: RunQuery) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = [_run.kind != ""]
    if query.ids is not None:
        found.append(_run.id.in_(list(query.ids)))
    for name in ("experiment", "parent", "root", "node", "module", "kind"):
        wanted = getattr(query, name)
        if wanted is not None:
            found.append(_run[name] == wanted)
    if query.roots_only and query.parent is None and query.root is None and query.ids is None:
        found.append(_run.parent.is_(None))
    if query.status is not None:
        found.append(_run.status.in_([str(status) for status in query.status]))
    if query.text:
        pattern = f"%{_escaped(query.text)}%"
        columns = (_run.name, _run.display_name, _run.id, _run.experiment)
        found.append(or_(*(column.like(pattern, escape="\\") for column in columns)))
    return found + [_condition(one) for one in query.conditions]


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace("%", "\\%").replace("_", "\\_")


def _condition(one: Comparison) -> ColumnElement[bool]:
    # IN, not EXISTS: the index over values answers it once for all runs. Aliases, because the same table may be sorted by.
    if one.where == "metric":
        m = schema.metric.alias().c
        return _run.rid.in_(select(m.rid).where(m.nid == _nid(one.name), _compared(m.last, m.last_json, one)))
    v = schema.run_value.alias().c
    return _run.rid.in_(select(v.rid).where(v.space == one.where, v.name == one.name, _compared(v.number, v.text, one)))


def _nid(name: str) -> Any:
    names = schema.metric_name.alias()
    return select(names.c.nid).where(names.c.name == name).scalar_subquery()


def _compared(number: ColumnElement[Any], text: ColumnElement[Any], one: Comparison) -> ColumnElement[bool]:
    if one.op == "exists":
        return literal(True)
    value = one.value
    if isinstance(value, bool):
        column, value = text, json.dumps(value)
    elif isinstance(value, (int, float)):
        column = number
    elif value is None and one.where != "metric":
        return text.is_(None) if one.op == "=" else text.is_not(None) if one.op == "!=" else false()
    else:
        column = text
        value = json.dumps(value, ensure_ascii=False) if one.where == "metric" else str(value)
    compare: dict[str, ColumnElement[bool]] = {"=": column == value, "!=": column != value, "<": column < value, "<=": column <= value,
               ">": column > value, ">=": column >= value}  # fmt: skip
    return compare[one.op]


@contextmanager
def _snapshot(connection: Connection) -> Iterator[None]:
    """Several statements that see the same state, whoever folds in between."""
    connection.exec_driver_sql("BEGIN")
    try:
        yield
    finally:
        connection.exec_driver_sql("COMMIT")


def _fetched(connection: Connection, statement: Select[Any]) -> list[Any]:
    """The driver's own rows: SQLAlchemy's cost 3 µs each, and there may be 100,000."""
    compiled = statement.compile(dialect=_DIALECT, compile_kwargs={"render_postcompile": True})
    return list(connection.connection.cursor().execute(str(compiled), compiled.params).fetchall())


def _pages(query: RunQuery) -> list[Select[Any]]:
    """The statements whose rows, one after the other, are what the query asks for in order."""
    columns, conditions = select(*_COLUMNS), _conditions(query)
    space, _, name = query.order_by.partition(".")
    if space != "metrics" or not name:
        return [_ordered(columns.where(*conditions), query)]
    # By a metric: straight from the index over its values, and only then the runs that have no such number.
    m, rest = schema.metric.c, schema.metric.alias().c
    m_rid = m.rid + literal_column(
        "0"
    )  # SQLite would begin with the runs, and sort all of them, if it could look `m` up by run
    numbered = columns.join_from(schema.metric, schema.run, _run.rid == m_rid).where(
        m.nid == _nid(name), m.last.is_not(None), *conditions
    )
    numbers = select(rest.rid).where(rest.nid == _nid(name), rest.last.is_not(None))
    without = columns.where(_run.rid.not_in(numbers), *conditions)
    down = query.descending
    return [
        numbered.order_by(m.last.desc() if down else m.last, m.rid.desc() if down else m.rid),
        without.order_by(_run.rid.desc() if down else _run.rid),
    ]


def _ordered(statement: Select[Any], query: RunQuery) -> Select[Any]:
    space, _, name = query.order_by.partition(".")
    if name and space in ("parameters", "tags", "properties"):
        v = schema.run_value.c
        single = {"parameters": "parameter", "tags": "tag", "properties": "property"}[space]
        statement = statement.outerjoin(schema.run_value, and_(v.rid == _run.rid, v.space == single, v.name == name))
        keys: list[ColumnElement[Any]] = [v.number, v.text]
    elif query.order_by == "seconds":
        keys = [_run.ended - _run.started]
    elif query.order_by in ORDERS:
        keys = [_run[query.order_by]]
    else:
        raise wrong_order(query.order_by)
    ordered = [key.desc() if query.descending else key.asc() for key in keys]
    if query.order_by != "created":  # which is never null; the index over it would not be used
        ordered = [key.nulls_last() for key in ordered]
    return statement.order_by(*ordered, _run.rid.desc() if query.descending else _run.rid.asc())
