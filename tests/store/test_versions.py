"""Stores of other versions, and databases of something else: said clearly, and never damaged."""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import Connection, create_engine

from designer import Experiment, open_store
from designer.store import schema
from designer.store.place import place
from designer.store.protocol import StoreVersionError

if TYPE_CHECKING:
    from pathlib import Path


def contents(folder: Path) -> dict[str, str]:
    """Every file with the digest of what is in it."""
    return {str(p): hashlib.sha256(p.read_bytes()).hexdigest() for p in sorted(folder.rglob("*")) if p.is_file()}


@pytest.fixture
def store(tmp_path: Path) -> Path:
    """A store with a run in it, closed."""
    folder = tmp_path / "store"
    where = place(folder)
    run = Experiment("e", place=where).start_logging(run_id="r")
    run.log("x", 1.0)
    run.complete()
    where.read.run("r")
    where.close()
    return folder


def set_version(folder: Path, version: int) -> None:
    connection = sqlite3.connect(folder / "designer.db")
    connection.execute(f"PRAGMA user_version = {version}")
    connection.commit()
    connection.execute("PRAGMA wal_checkpoint(TRUNCATE)")
    connection.close()


def test_a_store_of_a_newer_version_is_refused_and_stays_as_it_is(store: Path) -> None:
    set_version(store, 999)
    before = contents(store)
    with pytest.raises(StoreVersionError, match="newer version of designer") as refused:
        open_store(store)
    assert "999" in str(refused.value)
    assert "upgrade" in str(refused.value)
    assert contents(store) == before


def test_logging_into_a_store_of_a_newer_version_keeps_what_is_logged_for_it(store: Path) -> None:
    set_version(store, 999)
    run = Experiment("e", store).start_logging()
    run.log("x", 2.0)
    run.complete()
    place(store).close()
    set_version(store, schema.VERSION)
    assert open_store(store).values(run.id, "x") == [2.0]
    place(store).close()


def test_a_database_of_something_else_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    database = tmp_path / "designer.db"
    connection = sqlite3.connect(database)
    connection.execute("CREATE TABLE precious (x)")
    connection.execute("INSERT INTO precious VALUES (1)")
    connection.commit()
    connection.close()
    before = contents(tmp_path)
    with pytest.raises(StoreVersionError, match="something else"):
        open_store(tmp_path)
    assert contents(tmp_path) == before


def test_a_file_that_is_no_database_is_refused_and_stays_as_it_is(tmp_path: Path) -> None:
    (tmp_path / "designer.db").write_bytes(b"this is a letter to my aunt\n" * 100)
    before = contents(tmp_path)
    with pytest.raises(StoreVersionError, match="no SQLite database"):
        open_store(tmp_path)
    assert contents(tmp_path) == before


def test_a_database_of_something_else_that_counts_versions_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "designer.db")
    connection.execute("CREATE TABLE precious (x)")
    connection.execute(f"PRAGMA user_version = {schema.VERSION}")
    connection.commit()
    connection.close()
    before = contents(tmp_path)
    with pytest.raises(StoreVersionError, match="something else"):
        open_store(tmp_path)
    assert contents(tmp_path) == before


def connect(path: Path) -> Connection:
    return create_engine(f"sqlite:///{path}").connect().execution_options(isolation_level="AUTOCOMMIT")


def add_column(connection: Connection) -> None:
    connection.exec_driver_sql("ALTER TABLE run ADD COLUMN extra TEXT")


def fill_column(connection: Connection) -> None:
    connection.exec_driver_sql("UPDATE run SET extra = 'filled'")


def fail(connection: Connection) -> None:
    connection.exec_driver_sql("DELETE FROM run")
    raise RuntimeError("half way")


def test_an_older_store_is_brought_up_to_date_step_by_step(store: Path) -> None:
    migrations = (*schema.MIGRATIONS, add_column, fill_column)
    with connect(store / "designer.db") as connection:
        schema.prepare(connection, migrations=migrations)
        assert connection.exec_driver_sql("SELECT extra FROM run").scalar_one() == "filled"
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == len(migrations) + 1
        schema.prepare(connection, migrations=migrations)  # again: nothing to do
    with pytest.raises(StoreVersionError, match="newer"):
        open_store(store)


def test_a_migration_that_fails_leaves_the_store_as_it_was(store: Path) -> None:
    with connect(store / "designer.db") as connection:
        with pytest.raises(RuntimeError, match="half way"):
            schema.prepare(connection, migrations=(*schema.MIGRATIONS, add_column, fail))
        assert connection.exec_driver_sql("PRAGMA user_version").scalar_one() == schema.VERSION
    assert open_store(store).values("r", "x") == [1.0]
    place(store).close()


def test_two_processes_that_open_a_new_store_at_once_make_one(tmp_path: Path) -> None:
    for _ in range(3):
        with connect(tmp_path / "new.db") as one, connect(tmp_path / "new.db") as two:
            schema.prepare(one)
            schema.prepare(two)
            assert two.exec_driver_sql("SELECT count(*) FROM run").scalar_one() == 0
