"""The store on disk: one SQLite file (WAL) and the journals beside it. Answers: how news gets in. Elsewhere: asking (queries.py).

Writers never touch the database. Whoever reads first folds what the journals hold beyond the last fold, in one transaction
that also notes how far each journal was folded: so nothing is folded twice, whenever a folder dies. Folders queue at a file
lock, so that SQLite itself never has to say that it is locked.
"""

from __future__ import annotations

import fcntl
import json
import os
import threading
import time
from contextlib import contextmanager
from math import isfinite
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, Engine, case, create_engine, event, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.exc import DatabaseError, OperationalError
from sqlalchemy.pool import QueuePool

from designer.errors import StoreError
from designer.model.runs import ENDED, Status
from designer.store import chunks, schema
from designer.store.answers import filed, filed_metric, summary
from designer.store.changes import Changes, SeriesChange
from designer.store.chunks import Points, in_time, joined
from designer.store.garbage import without_collections
from designer.store.journal import NO_STEP
from designer.store.journal_reader import JournalReader, Position, tokens
from designer.store.queries import Queries, _folded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from pathlib import Path

    from designer.store.place import Place

_OPEN_CHUNK = 4096  # a chunk with fewer points is filled up before a new one begins
_FULL_CHUNK = 1 << 16
_LONG_LOG = 1 << 23  # bytes of SQLite's write-ahead log from which on it is shortened after a fold
_PATIENCE = 60_000  # milliseconds to wait for SQLite's locks
_ENDED = tuple(sorted(ENDED))
_JSON_COLUMNS = ("error",)


class SqliteStore(Queries):
    """A folder that keeps runs. Safe to open in any number of processes and threads at once."""

    def __init__(self, place: Place) -> None:
        self.place, self.folder = place, place.folder
        self.journals, self.artifacts, self.logs = place.journals, place.artifacts, place.logs
        self._readers: dict[str, JournalReader] = {}
        self._rids: dict[str, int] = {}
        self._nids: dict[str, int] = {}
        self._removals = 0
        self._lock = threading.RLock()
        self.folder.mkdir(parents=True, exist_ok=True)
        schema.refuse(self.folder / "designer.db")
        self.engine = _engine(self.folder / "designer.db")
        with self.connection() as connection:
            schema.prepare(connection, where=str(self.folder))
        _stores.append(self)

    @contextmanager
    def connection(self) -> Iterator[Connection]:
        """A connection on which every statement stands for itself; folds make their own transaction. Raises `StoreError`."""
        try:
            with self.engine.connect().execution_options(isolation_level="AUTOCOMMIT") as connection:
                yield connection
        except DatabaseError as error:
            if type(error) not in (DatabaseError, OperationalError):  # a statement of ours that is wrong
                raise
            raise StoreError(
                f"the store in {self.folder} can't be used: {error.orig}\n"
                "  next: see that the folder is there, may be written to, and has room"
            ) from error

    def close(self) -> None:
        """Fold a last time and let go of all files. The store can be opened again."""
        with self._lock:
            self.sync()
            for reader in self._readers.values():
                reader.close()
            self._readers.clear()
            self.engine.dispose()
        if self in _stores:
            _stores.remove(self)

    def sync(self) -> None:
        """Fold everything that any process has written so far."""
        if getattr(_folded, "asking", None) is self:
            return
        with self._lock:
            if self._has_news():
                with self._folding() as connection, without_collections():
                    self._fold(connection)
                    self._shorten_log(connection)

    @contextmanager
    def alone(self) -> Iterator[Connection]:
        """A transaction during which nobody folds or removes anything."""
        with self._lock, self._folding() as connection:
            yield connection
            connection.exec_driver_sql("COMMIT")

    def _has_news(self) -> bool:
        present = tokens(self.journals)
        for token in set(self._readers) - set(present):
            self._readers.pop(token).close()
        for token in present:
            reader = self._reader(token)
            if reader is not None and (reader.has_news() or reader.is_dead()):
                return True
        return False

    def _reader(self, token: str) -> JournalReader | None:
        reader = self._readers.get(token)
        if reader is None:
            try:
                reader = self._readers[token] = JournalReader(self.journals, token)
            except FileNotFoundError:  # folded and removed by another process in between
                return None
        return reader

    @contextmanager
    def _folding(self) -> Iterator[Connection]:
        with open(self.folder / "fold.lock", "a") as gate:
            fcntl.flock(gate, fcntl.LOCK_EX)
            with self.connection() as connection:
                connection.exec_driver_sql("BEGIN IMMEDIATE")
                try:
                    yield connection
                except BaseException:
                    driver = connection.connection.dbapi_connection
                    if driver is not None and driver.in_transaction:
                        connection.exec_driver_sql("ROLLBACK")
                    self._rids.clear()
                    self._nids.clear()
                    raise

    def _fold(self, connection: Connection) -> None:
        folded = {
            row.token: Position(row.events, row.segment, row.slot) for row in connection.execute(select(schema.journal))
        }
        self._notice_removals(connection)
        changes, dead, positions = Changes(), [], {}
        # The runner's journal is older than its workers', and read first: so whatever it calls completed, the workers' journals,
        # read after, hold all of. The other way round, what is logged to a run that isn't known yet waits for it (`_create`).
        for token in tokens(self.journals):
            reader = self._reader(token)
            if reader is None or not reader.path.exists():
                continue
            reader.seek(folded.get(token, Position()))
            batch = reader.read()
            changes.add(batch.events, batch.points, reader.keys)
            positions[token] = batch.position
            if batch.dead:
                dead.append(reader)
        changes.tell_damage(str(self.journals))
        _Fold(connection, self._rids, self._nids).apply(changes)
        for reader in dead:
            _bury(connection, reader.token, self._ended_at(reader))
        gone = [token for token in folded if token not in positions]
        if gone:
            connection.execute(schema.journal.delete().where(schema.journal.c.token.in_(gone)))
        if positions:
            statement = upsert(schema.journal)
            statement = statement.on_conflict_do_update(
                index_elements=["token"],
                set_={name: statement.excluded[name] for name in ("events", "segment", "slot")},
            )
            connection.execute(statement, [{"token": t, **p._asdict()} for t, p in positions.items()])
        connection.execute(
            upsert(schema.counter)
            .values(name="revision", value=1)
            .on_conflict_do_update(index_elements=["name"], set_={"value": schema.counter.c.value + 1})
        )
        connection.exec_driver_sql("COMMIT")
        for token, position in positions.items():
            self._readers[token].position = position
        for reader in dead:
            self._remove(reader)
        for token, position in positions.items():  # sealed segments that hold nothing new
            for number in range(position.segment):
                (self.journals / f"{token}.{number}.points").unlink(missing_ok=True)

    def _notice_removals(self, connection: Connection) -> None:
        """Forget which row is whose when another process has removed some: a number may be given again."""
        query = select(schema.counter.c.value).where(schema.counter.c.name == "removals")
        removals = connection.execute(query).scalar() or 0
        if removals != self._removals:
            self._rids.clear()
            self._removals = removals

    def _shorten_log(self, connection: Connection) -> None:
        """After a large fold, bring SQLite's write-ahead log into the database and give its space back, if no reader needs it."""
        try:
            if os.stat(self.folder / "designer.db-wal").st_size < _LONG_LOG:
                return
        except FileNotFoundError:
            return
        connection.exec_driver_sql("PRAGMA busy_timeout = 0")
        try:
            connection.exec_driver_sql("PRAGMA wal_checkpoint(TRUNCATE)").fetchall()
        finally:
            connection.exec_driver_sql(f"PRAGMA busy_timeout = {_PATIENCE}")

    def _ended_at(self, reader: JournalReader) -> float:
        files = [reader.path, *reader.segments()]
        return max((path.stat().st_mtime for path in files if path.exists()), default=time.time())

    def _remove(self, reader: JournalReader) -> None:
        for path in reader.segments():
            path.unlink(missing_ok=True)
        reader.path.unlink(missing_ok=True)
        self._readers.pop(reader.token, None)
        reader.close()

    def _after_fork_in_child(self) -> None:
        self.engine.dispose(close=False)
        self._lock = threading.RLock()


def _bury(connection: Connection, owner: str, at: float) -> None:
    """Give the unfinished runs of a dead process their end."""
    error = json.dumps(
        {
            "code": "ProcessDied",
            "message": "the process that ran it ended without finishing it (killed, crashed or out of memory)",
        }
    )
    unfinished = (schema.run.c.owner == owner) & schema.run.c.status.not_in(_ENDED)
    asked = unfinished & (schema.run.c.status == Status.CANCEL_REQUESTED)
    ended = _last_sign(at)
    connection.execute(update(schema.run).where(asked).values(status=Status.CANCELED, ended=ended))
    connection.execute(update(schema.run).where(unfinished).values(status=Status.FAILED, ended=ended, error=error))


def _last_sign(at: float) -> Any:
    """When a run that nobody ended was last heard of, if not later than `at`: a runner says nothing while its modules log."""
    below = schema.run.alias()
    metric = schema.metric.c
    logged = select(func.max(metric.last_time)).select_from(schema.metric.join(below, metric.rid == below.c.rid))
    own = logged.where(below.c.rid == schema.run.c.rid).scalar_subquery()
    tree = logged.where(below.c.root == schema.run.c.id).scalar_subquery()
    of_it = case((schema.run.c.parent.is_(None), tree), else_=own)
    return func.max(at, func.coalesce(schema.run.c.started, at), func.coalesce(of_it, at))


class _Fold:
    """One transaction's worth of changes on its way into the tables."""

    def __init__(self, connection: Connection, rids: dict[str, int], nids: dict[str, int]) -> None:
        self.connection, self.rids, self.nids = connection, rids, nids

    def apply(self, changes: Changes) -> None:
        self._find_runs(changes)
        self._create(changes)
        self._update(changes)
        self._values(changes)
        self._metrics(changes)
        self._files(changes)
        self._handles(changes)
        self._logs(changes)
        self._documents(changes)
        self._results(changes)
        self._reused(changes)

    def _find_runs(self, changes: Changes) -> None:
        touched: dict[str, None] = {}
        for part in (
            changes.updates,
            changes.tags,
            changes.properties,
            changes.parameters,
            changes.documents,
            changes.results,
            changes.echoes,
            (run for run, _ in changes.metrics),
            (run for run, _ in changes.files),
            (run for run, *_ in changes.handles),
            (log["run"] for log in changes.logs),
        ):
            touched.update(dict.fromkeys(part))
        made = sorted(changes.created, key=lambda run: changes.created[run].get("created", 0.0))
        unknown = [run for run in dict.fromkeys([*made, *touched]) if run not in self.rids]
        for group in _groups(unknown, 500):
            found = self.connection.execute(select(schema.run.c.id, schema.run.c.rid).where(schema.run.c.id.in_(group)))
            self.rids.update({id: rid for id, rid in found})
        self.new = dict.fromkeys(run for run in unknown if run not in self.rids)
        if self.new:
            highest = self.connection.exec_driver_sql("SELECT coalesce(max(rid), 0) FROM run").scalar_one()
            for rid, run in enumerate(self.new, highest + 1):
                self.rids[run] = rid

    def _create(self, changes: Changes) -> None:
        defaults = {name: _default(column) for name, column in schema.run.c.items()}
        numbers = self._numbers(changes)
        rows, late = [], []
        for run in self.new:
            fields = changes.created.get(run, {})
            row = {**defaults, **_encoded(fields), "rid": self.rids[run], "id": run, "number": numbers.get(run, 0)}
            row["root"] = row["root"] or run
            rows.append(row)
        if rows:
            self.connection.execute(insert(schema.run), rows)
        for run, fields in changes.created.items():
            if run not in self.new:  # something was logged to it before it was known
                late.append((run, {**fields, "number": numbers.get(run, 0), "root": fields.get("root") or run}))
        for run, fields in late:
            values = {name: value for name, value in _encoded(fields).items() if name != "id"}
            this = schema.run.c.rid == self.rids[run]
            if values.get("status") not in ENDED:  # a status that it got since is younger than the one it was made with
                told = self.connection.execute(select(schema.run.c.status).where(this)).scalar_one()
                values |= {} if told == Status.NOT_STARTED else {"status": told}
            self.connection.execute(update(schema.run).where(this).values(values))

    def _numbers(self, changes: Changes) -> dict[str, int]:
        """The next numbers of the experiments for their new root runs."""
        made = sorted(changes.created.items(), key=lambda item: item[1].get("created", 0.0))
        roots = [(run, fields.get("experiment", "")) for run, fields in made if not fields.get("parent")]
        wanted = {experiment for _, experiment in roots}
        if not wanted:
            return {}
        names = {f"number:{experiment}": experiment for experiment in wanted}
        counter = schema.counter
        rows = self.connection.execute(select(counter.c.name, counter.c.value).where(counter.c.name.in_(names)))
        last = {names[name]: value for name, value in rows}
        numbers = {}
        for run, experiment in roots:
            last[experiment] = last.get(experiment, 0) + 1
            numbers[run] = last[experiment]
        statement = upsert(counter)
        self.connection.execute(
            statement.on_conflict_do_update(index_elements=["name"], set_={"value": statement.excluded.value}),
            [{"name": f"number:{experiment}", "value": last[experiment]} for experiment in wanted],
        )
        return numbers

    def _update(self, changes: Changes) -> None:
        plans: dict[tuple[tuple[str, ...], bool], list[dict[str, Any]]] = {}
        for run, updates in changes.updates.items():
            merged: dict[str, Any] = {}
            for fields in updates:
                if merged.get("status") in ENDED and fields.get("status", Status.FAILED) not in ENDED:
                    continue
                merged.update(fields)
            if merged:
                final = merged.get("status") in ENDED or "status" not in merged
                row = {f"new_{name}": value for name, value in _encoded(merged).items()}
                plans.setdefault((tuple(sorted(row)), final), []).append({"row": self.rids[run], **row})
        for (names, final), rows in plans.items():
            columns = ", ".join(f"{name[4:]} = :{name}" for name in names)
            guard = "" if final else f" AND status NOT IN ({', '.join(repr(str(s)) for s in _ENDED)})"
            self.connection.connection.executemany(f"UPDATE run SET {columns} WHERE rid = :row{guard}", rows)

    def _values(self, changes: Changes) -> None:
        for space, sets in (("tag", changes.tags), ("property", changes.properties), ("parameter", changes.parameters)):
            column = {"tag": "tags", "property": "properties", "parameter": "parameters"}[space]
            if not sets:
                continue
            before = self._json_column(column, [run for run in sets if run not in self.new])
            texts, rows, removed = [], [], []
            for run, values in sets.items():
                gone = changes.untagged.get(run, ()) if space == "tag" else ()
                now = {name: value for name, value in {**before.get(run, {}), **values}.items() if name not in gone}
                rid = self.rids[run]
                texts.append({"row": rid, "text": json.dumps(now, ensure_ascii=False)})
                rows += [_value_row(rid, space, name, value) for name, value in values.items() if name not in gone]
                removed += [{"row": rid, "space": space, "name": name} for name in gone]
            cursor = self.connection.connection
            cursor.executemany(f"UPDATE run SET {column} = :text WHERE rid = :row", texts)
            cursor.executemany(
                "INSERT OR REPLACE INTO run_value (rid, space, name, number, text) VALUES (:rid, :space, :name, :number, :text)",
                rows,
            )
            cursor.executemany("DELETE FROM run_value WHERE rid = :row AND space = :space AND name = :name", removed)

    def _json_column(self, column: str, runs: Sequence[str]) -> dict[str, Any]:
        texts: dict[str, Any] = {}
        for group in _groups(runs, 500):
            rows = self.connection.execute(
                select(schema.run.c.id, schema.run.c[column]).where(schema.run.c.id.in_(group))
            )
            texts.update({run: json.loads(text) for run, text in rows if text})
        return texts

    def _metrics(self, changes: Changes) -> None:
        if not changes.metrics:
            return
        self._find_names({name for _, name in changes.metrics})
        known: dict[tuple[int, int], Any] = {}
        old_rids = {self.rids[run]: run for run, _ in changes.metrics if run not in self.new}
        columns = "rid, nid, position, kind, count AS logged, min, max, first_type, last_time"
        for group in _groups(list(old_rids), 500):
            marks = ", ".join("?" * len(group))
            rows = self.connection.exec_driver_sql(f"SELECT {columns} FROM metric WHERE rid IN ({marks})", tuple(group))
            known.update({(row.rid, row.nid): row for row in rows})
        positions: dict[int, int] = {}
        for rid, _ in known:
            positions[rid] = positions.get(rid, 0) + 1
        lasts = self._json_column("metrics", list(set(old_rids.values())))
        summaries, chunk_rows = [], []
        for (run, name), change in changes.metrics.items():
            rid, nid = self.rids[run], self.nids[name]
            before = known.get((rid, nid))
            position = positions.get(rid, 0)
            if before is None:
                positions[rid] = position + 1
            change.keep_only(before.kind if before else change.kind)
            row, last, stored = self._series(rid, nid, change, before, position)
            summaries.append(tuple(row.values()))
            chunk_rows += stored
            if row["last"] is not None or row["last_json"] in _NUMBERS:
                lasts.setdefault(run, {})[name] = last
            elif stored:  # text, say, after numbers
                lasts.setdefault(run, {}).pop(name, None)
        cursor = self.connection.connection
        cursor.executemany(_UPSERT_METRIC, summaries)
        cursor.executemany(
            "INSERT OR REPLACE INTO chunk (rid, nid, seq, codec, count, data) VALUES (?, ?, ?, ?, ?, ?)", chunk_rows
        )
        cursor.executemany(
            "UPDATE run SET metrics = ? WHERE rid = ?",
            [(json.dumps(values, ensure_ascii=False), self.rids[run]) for run, values in lasts.items()],
        )

    def _find_names(self, names: set[str]) -> None:
        unknown = [name for name in names if name not in self.nids]
        for group in _groups(unknown, 500):
            table = schema.metric_name
            self.nids.update(
                {
                    name: nid
                    for name, nid in self.connection.execute(
                        select(table.c.name, table.c.nid).where(table.c.name.in_(group))
                    )
                }
            )
        new = [name for name in unknown if name not in self.nids]
        if new:
            highest = self.connection.exec_driver_sql("SELECT coalesce(max(nid), 0) FROM metric_name").scalar_one()
            self.nids.update({name: nid for nid, name in enumerate(new, highest + 1)})
            self.connection.execute(
                insert(schema.metric_name), [{"nid": self.nids[name], "name": name} for name in new]
            )

    def _series(
        self, rid: int, nid: int, change: SeriesChange, before: Any, position: int
    ) -> tuple[dict[str, Any], Any, list[tuple[Any, ...]]]:
        """The row of `metric`, in the order of its columns; the last value, if there is a new one; the rows of `chunk`."""
        row: dict[str, Any] = {
            "rid": rid,
            "nid": nid,
            "position": before.position if before else position,
            "kind": before.kind if before else change.kind,
            "count": before.logged if before else 0,
            "last": None,
            "last_json": None,
            "min": before.min if before else None,
            "max": before.max if before else None,
            "last_step": None,
            "last_time": before.last_time if before else None,
            "first_type": before.first_type if before else None,
            "description": change.description,
        }
        last: Any = None
        stored: list[tuple[Any, ...]] = []
        old = (rid, nid) if before is not None and before.logged else None
        if change.points:
            points = in_time(change.points)
            count, last, least, greatest = summary(points)
            row["count"] += count
            row["last"] = float(last) if last == last else None
            row["last_json"] = repr(last) if type(last) is float and isfinite(last) else json.dumps(last)
            row["min"] = least if row["min"] is None else row["min"] if least is None else min(row["min"], least)
            row["max"] = (
                greatest if row["max"] is None else row["max"] if greatest is None else max(row["max"], greatest)
            )
            step = int(points.steps[-1])
            row["last_step"] = None if step == NO_STEP else step
            row["last_time"] = float(points.times[-1])
            if row["first_type"] is None:
                row["first_type"] = int(points.types[0])
            stored += self._point_chunks(rid, nid, points, old)
        if change.others:
            latest = change.others[-1]
            row["count"] += len(change.others)
            if row["first_type"] is None or not change.points:
                row["first_type"] = chunks.OTHER if row["first_type"] is None else row["first_type"]
            if not change.points or latest.time >= row["last_time"]:
                last = latest.value
                row["last"], row["last_json"] = filed_metric(last)
                row["last_step"] = None if latest.step == NO_STEP else latest.step
                row["last_time"] = latest.time
            data = json.dumps([[o.time, o.step, o.value] for o in change.others], ensure_ascii=False)
            stored.append((rid, nid, self._next_seq(rid, nid, old, stored), "json", len(change.others), data.encode()))
        if change.rows:
            row["count"] += len(change.rows)
            last = change.rows[-1][1]
            row["last_json"] = json.dumps(last, ensure_ascii=False)
            row["last_time"] = change.rows[-1][0]
            data = json.dumps([values for _, values in change.rows], ensure_ascii=False)
            stored.append((rid, nid, self._next_seq(rid, nid, old, stored), "rows", len(change.rows), data.encode()))
        return row, last, stored

    def _point_chunks(self, rid: int, nid: int, points: Points, old: tuple[int, int] | None) -> list[tuple[Any, ...]]:
        seq = 0
        if old is not None:
            last = self.connection.exec_driver_sql(
                "SELECT seq, codec, count AS points, data FROM chunk WHERE rid = ? AND nid = ? ORDER BY seq DESC LIMIT 1",
                old,
            ).first()
            if last is not None:
                seq = last.seq + 1
                if last.codec == "points" and last.points < _OPEN_CHUNK:
                    seq = last.seq
                    points = joined([chunks.decode(last.data), points])
        rows = []
        for start in range(0, len(points.values), _FULL_CHUNK):
            part = Points(*(column[start : start + _FULL_CHUNK] for column in points[:4]))
            rows.append((rid, nid, seq, "points", len(part.values), chunks.encode(part)))
            seq += 1
        return rows

    def _next_seq(self, rid: int, nid: int, old: tuple[int, int] | None, stored: Sequence[tuple[Any, ...]]) -> int:
        if stored:
            return int(stored[-1][2]) + 1
        if old is None:
            return 0
        top = self.connection.exec_driver_sql("SELECT max(seq) FROM chunk WHERE rid = ? AND nid = ?", old).scalar()
        return 0 if top is None else int(top) + 1

    def _files(self, changes: Changes) -> None:
        rows = [(self.rids[run], f.name, f.digest, f.size, f.created) for (run, _), f in changes.files.items()]
        self.connection.connection.executemany(
            "INSERT OR REPLACE INTO file (rid, name, digest, size, created) VALUES (?, ?, ?, ?, ?)", rows
        )

    def _handles(self, changes: Changes) -> None:
        rows = [
            (
                self.rids[run],
                way,
                port,
                at,
                h.format,
                h.digest,
                h.size,
                h.inline,
                json.dumps(dict(h.facts), ensure_ascii=False),
            )
            for (run, way, port, at), h in changes.handles.items()
        ]
        self.connection.connection.executemany(
            "INSERT OR REPLACE INTO handle (rid, way, port, position, format, digest, size, inline, facts) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
            rows,
        )

    def _logs(self, changes: Changes) -> None:
        rows = [
            (self.rids[log["run"]], log.get("i", 0), log["file"], log["start"], log.get("end")) for log in changes.logs
        ]
        self.connection.connection.executemany(
            "INSERT OR REPLACE INTO log (rid, position, file, first, until) VALUES (?, ?, ?, ?, ?)", rows
        )

    def _documents(self, changes: Changes) -> None:
        if not changes.documents:
            return
        table = schema.document
        for run, data in changes.documents.items():
            rid = self.rids[run]
            before = self.connection.execute(select(table.c.data).where(table.c.rid == rid)).scalar()
            text = json.dumps({**(json.loads(before) if before else {}), **data}, ensure_ascii=False)
            statement = upsert(table).values(rid=rid, data=text)
            self.connection.execute(statement.on_conflict_do_update(index_elements=["rid"], set_={"data": text}))

    def _results(self, changes: Changes) -> None:
        cursor = self.connection.connection
        cursor.executemany(
            "INSERT OR REPLACE INTO result (rid, key, base, ok, reusable, origin, pipeline, node, module, created, seconds, data) "
            "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
            [
                (
                    self.rids[run], r["key"], r["base"], r["ok"], r["reusable"], r["origin"], r["pipeline"], r["node"],
                    r["module"], r["created"], r.get("seconds"), json.dumps(r["data"], ensure_ascii=False),
                )
                for run, r in changes.results.items()
            ],
        )  # fmt: skip
        cursor.executemany(
            "INSERT OR IGNORE INTO code (digest, data) VALUES (?, ?)",
            [(digest, json.dumps(data, ensure_ascii=False)) for digest, data in changes.codes.items()],
        )
        rows = []
        for run, calls in changes.echoes.items():
            rid = self.rids[run]
            first = 0
            if run not in self.new:
                top = self.connection.exec_driver_sql("SELECT max(position) FROM echo WHERE rid = ?", (rid,)).scalar()
                first = 0 if top is None else int(top) + 1
            rows += [(rid, at, json.dumps(call, ensure_ascii=False)) for at, call in enumerate(calls, first)]
        cursor.executemany("INSERT OR REPLACE INTO echo (rid, position, data) VALUES (?, ?, ?)", rows)

    def _reused(self, changes: Changes) -> None:
        """Give runs whose result was taken from another run that run's metrics; series and files are read from there."""
        pairs = [(self.rids[run], f["reused_from"]) for run, f in changes.created.items() if f.get("reused_from")]
        if not pairs:
            return
        cursor = self.connection.connection
        columns = "nid, position, kind, count, last, last_json, min, max, last_step, last_time, first_type, description"
        cursor.executemany(
            f"INSERT OR IGNORE INTO metric (rid, {columns}) SELECT ?, {columns} FROM metric "
            "WHERE rid = (SELECT rid FROM run WHERE id = ?)",
            pairs,
        )
        cursor.executemany(
            "UPDATE run SET (metrics, warnings) = (SELECT metrics, warnings FROM run WHERE id = ?) WHERE rid = ?",
            [(source, rid) for rid, source in pairs],
        )


_NUMBERS = ("NaN", "Infinity", "-Infinity")
_UPSERT_METRIC = (
    "INSERT INTO metric (rid, nid, position, kind, count, last, last_json, min, max, last_step, last_time, first_type, description) "
    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) "
    "ON CONFLICT (rid, nid) DO UPDATE SET count = excluded.count, min = excluded.min, max = excluded.max, "
    "last = CASE WHEN excluded.last_json IS NULL THEN last ELSE excluded.last END, "
    "last_json = coalesce(excluded.last_json, last_json), "
    "last_step = CASE WHEN excluded.last_json IS NULL THEN last_step ELSE excluded.last_step END, "
    "last_time = coalesce(excluded.last_time, last_time), first_type = coalesce(first_type, excluded.first_type), "
    "description = CASE WHEN excluded.description = '' THEN description ELSE excluded.description END"
)


def _default(column: Any) -> Any:
    return column.default.arg if column.default is not None else None


def _encoded(fields: Mapping[str, Any]) -> dict[str, Any]:
    return {
        name: json.dumps(v, ensure_ascii=False) if name in _JSON_COLUMNS and v is not None else v
        for name, v in fields.items()
    }


def _value_row(rid: int, space: str, name: str, value: Any) -> dict[str, Any]:
    number, text = filed(value)
    return {"rid": rid, "space": space, "name": name, "number": number, "text": text}


def _groups(items: Sequence[Any], size: int) -> Iterable[Sequence[Any]]:
    return (items[i : i + size] for i in range(0, len(items), size))


def _engine(path: Path) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}", poolclass=QueuePool, connect_args={"check_same_thread": False, "timeout": _PATIENCE / 1000}
    )

    @event.listens_for(engine, "connect")
    def _configure(connection: Any, _: Any) -> None:
        connection.isolation_level = None
        cursor = connection.cursor()
        cursor.execute("PRAGMA journal_mode = WAL")
        cursor.execute("PRAGMA synchronous = NORMAL")
        cursor.execute("PRAGMA cache_size = -65536")
        cursor.execute("PRAGMA mmap_size = 1073741824")
        cursor.execute("PRAGMA temp_store = MEMORY")
        cursor.close()

    return engine


_stores: list[SqliteStore] = []


def _forget_in_child() -> None:
    for store in _stores:
        store._after_fork_in_child()


os.register_at_fork(after_in_child=_forget_in_child)
