"""The SQL schema, its version and its migrations. Elsewhere: filling it (sqlite.py), asking it (queries.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    Column,
    Connection,
    Float,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    Text,
    UniqueConstraint,
)

from designer.store.protocol import StoreVersionError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

metadata = MetaData()

run = Table(
    "run",
    metadata,
    Column("rid", Integer, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False, default=""),
    Column("parent", Text),
    Column("root", Text, nullable=False, default=""),
    Column("node", Text),
    Column("module", Text),
    Column("experiment", Text, nullable=False, default=""),
    Column("name", Text, nullable=False, default=""),
    Column("number", Integer, nullable=False, default=0),
    Column("status", Text, nullable=False, default="NotStarted"),
    Column("created", Float, nullable=False, default=0.0),
    Column("started", Float),
    Column("ended", Float),
    Column("display_name", Text, nullable=False, default=""),
    Column("description", Text, nullable=False, default=""),
    Column("reused_from", Text),
    Column("warnings", Integer, nullable=False, default=0),
    Column("progress", Float),
    Column("error", Text),
    Column("tags", Text),
    Column("properties", Text),
    Column("parameters", Text),
    Column("metrics", Text),
    Column("owner", Text),
    Index("run_parent", "parent", "created"),
    Index("run_root", "root"),
    Index("run_experiment", "experiment", "parent", "created"),
    Index("run_created", "created"),
    Index("run_owner", "owner"),
)

run_value = Table(  # tags, properties and parameters once more, a row each, to be filtered and sorted by
    "run_value",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("space", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("number", Float),
    Column("text", Text),
    PrimaryKeyConstraint("rid", "space", "name"),
    Index("run_value_name", "space", "name", "number"),
    sqlite_with_rowid=False,
)

metric_name = Table(
    "metric_name",
    metadata,
    Column("nid", Integer, primary_key=True),
    Column("name", Text, nullable=False, unique=True),
)

metric = Table(
    "metric",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("nid", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("count", Integer, nullable=False, default=0),
    Column("last", Float),
    Column("last_json", Text),
    Column("min", Float),
    Column("max", Float),
    Column("last_step", Integer),
    Column("last_time", Float),
    Column("first_type", Integer),
    Column("description", Text, nullable=False, default=""),
    PrimaryKeyConstraint("rid", "nid"),
    Index("metric_last", "nid", "last"),
    sqlite_with_rowid=False,
)

chunk = Table(
    "chunk",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("nid", Integer, nullable=False),
    Column("seq", Integer, nullable=False),
    Column("codec", Text, nullable=False),  # points (chunks.py) | json (values that are no numbers) | rows (JSON)
    Column("count", Integer, nullable=False),
    Column("data", LargeBinary, nullable=False),
    UniqueConstraint("rid", "nid", "seq"),
)

file = Table(
    "file",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("name", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("created", Float, nullable=False),
    PrimaryKeyConstraint("rid", "name"),
    Index("file_digest", "digest"),
    sqlite_with_rowid=False,
)

handle = Table(
    "handle",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("way", Text, nullable=False),  # in | out
    Column("port", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("format", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("size", Integer, nullable=False),
    Column("inline", Text),
    Column("facts", Text, nullable=False),
    PrimaryKeyConstraint("rid", "way", "port", "position"),
    Index("handle_digest", "digest"),
    sqlite_with_rowid=False,
)

log = Table(
    "log",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("file", Text, nullable=False),
    Column("first", Integer, nullable=False),
    Column("until", Integer),
    PrimaryKeyConstraint("rid", "position"),
    sqlite_with_rowid=False,
)

document = Table("document", metadata, Column("rid", Integer, primary_key=True), Column("data", Text, nullable=False))

result = Table(  # what a node's run was determined by; where it went well, its outputs may be taken again
    "result",
    metadata,
    Column("rid", Integer, primary_key=True),
    Column("key", Text, nullable=False),  # of everything that determines the result
    Column("base", Text, nullable=False),  # of everything but the inputs
    Column("ok", Integer, nullable=False),
    Column("reusable", Integer, nullable=False),
    Column("origin", Text),  # the run that it was taken from
    Column("pipeline", Text, nullable=False),
    Column("node", Text, nullable=False),
    Column("module", Text, nullable=False),
    Column("created", Float, nullable=False),
    Column("seconds", Float),
    Column("data", Text, nullable=False),
    Index("result_key", "key", "created"),
    Index("result_base", "base", "created"),
    Index("result_node", "module", "pipeline", "node", "created"),
    Index("result_module", "module", "created"),
)

code = Table("code", metadata, Column("digest", Text, primary_key=True), Column("data", Text, nullable=False))

echo = Table(  # what a module logged to the runs above it, to be logged again where its result is taken again
    "echo",
    metadata,
    Column("rid", Integer, nullable=False),
    Column("position", Integer, nullable=False),
    Column("data", Text, nullable=False),
    PrimaryKeyConstraint("rid", "position"),
    sqlite_with_rowid=False,
)

journal = Table(
    "journal",
    metadata,
    Column("token", Text, primary_key=True),
    Column("events", Integer, nullable=False),
    Column("segment", Integer, nullable=False),
    Column("slot", Integer, nullable=False),
)

counter = Table("counter", metadata, Column("name", Text, primary_key=True), Column("value", Integer, nullable=False))

# What leads from version n to n + 1, at index n - 1. A shipped migration is never changed again.
MIGRATIONS: tuple[Callable[[Connection], None], ...] = ()
VERSION = len(MIGRATIONS) + 1
APPLICATION_ID = 0x44534E52  # "DSNR" in SQLite's header: this file is a store


def refuse(database: Path) -> None:
    """Raise `StoreVersionError` for a database that is no store, or a newer one's, by its header alone.

    Opening it would change it: switching the journal mode is written into the file. See https://sqlite.org/fileformat2.html.
    """
    try:
        with database.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        return
    if not header:
        return
    if not header.startswith(b"SQLite format 3\0") or len(header) < 100:
        raise _foreign(f"{database} is no SQLite database")
    version, application = (int.from_bytes(header[at : at + 4], "big") for at in (60, 68))
    in_the_making = not application and header[18] == 2  # the rest of the header is still in the write-ahead log
    if application != APPLICATION_ID and not in_the_making:
        raise _foreign(f"{database} is a SQLite database of something else")
    if version > VERSION:
        raise _newer(str(database.parent), version, VERSION)


def _foreign(what: str) -> StoreVersionError:
    return StoreVersionError(f"{what}\n  next: choose another folder with --store; nothing was changed")


def _newer(where: str, version: int, newest: int) -> StoreVersionError:
    return StoreVersionError(
        f"{where} was written by a newer version of designer (schema {version}; this one knows up to {newest})\n"
        "  next: upgrade designer, or choose another store with --store; nothing was changed"
    )


def prepare(
    connection: Connection, migrations: Sequence[Callable[[Connection], None]] = MIGRATIONS, where: str = "the store"
) -> None:
    """Make a new database ready, bring an older one up to date, refuse a newer or foreign one unchanged."""
    newest = len(migrations) + 1
    version = int(connection.exec_driver_sql("PRAGMA user_version").scalar_one())
    if version == newest:
        return
    connection.exec_driver_sql("BEGIN IMMEDIATE")
    try:
        version = int(
            connection.exec_driver_sql("PRAGMA user_version").scalar_one()
        )  # another process may have been first
        if version > newest:
            raise _newer(where, version, newest)
        if version == 0:
            tables = connection.exec_driver_sql("SELECT count(*) FROM sqlite_master").scalar_one()
            if tables:
                raise _foreign(f"{where} is a SQLite database of something else")
            metadata.create_all(connection)
            connection.exec_driver_sql(f"PRAGMA application_id = {APPLICATION_ID}")
        else:
            for migrate in migrations[version - 1 :]:
                migrate(connection)
        connection.exec_driver_sql(f"PRAGMA user_version = {newest}")
        connection.exec_driver_sql("COMMIT")
    except BaseException:
        connection.exec_driver_sql("ROLLBACK")
        raise
