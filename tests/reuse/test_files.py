"""Files that modules read count by their content, declared or not."""

from __future__ import annotations

import os
import sqlite3
from typing import TYPE_CHECKING

import pytest

from designer import module, pipeline
from tests.reuse.kit import executed

if TYPE_CHECKING:
    from pathlib import Path

    from designer.store.place import Place


@module
def read(*, path: str) -> str:
    with open(path) as file:
        return file.read()


@module
def read_if_there(*, path: str) -> str:
    try:
        with open(path) as file:
            return file.read()
    except FileNotFoundError:
        return "nothing"


@module(files=["paths"])
def count(*, paths: list[str]) -> int:
    return len(paths)


@module
def write_and_read(*, path: str) -> str:
    with open(path, "w") as file:
        file.write(str(os.getpid()))
    with open(path) as file:
        return file.read()


@module
def ask(*, path: str) -> int:
    with sqlite3.connect(path) as connection:
        found = connection.execute("SELECT n FROM t").fetchone()[0]
    connection.close()
    return int(found)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    path = tmp_path / "data.txt"
    path.write_text("one")
    return path


def test_a_file_that_nobody_declared_is_noticed(place: Place, file: Path) -> None:
    @pipeline
    def reading() -> None:
        read(path=str(file))

    reading.run(executor="serial", store=place)
    assert reading.plan(store=place)["read"]["action"] == "reuse"
    file.write_text("two")
    assert reading.plan(store=place)["read"]["reason"] == {"kind": "input_changed", "text": f"file {file} changed"}
    assert executed(reading.run(executor="serial", store=place)) == {"read"}
    assert executed(reading.run(executor="serial", store=place)) == set()
    file.touch()
    assert executed(reading.run(executor="serial", store=place)) == set()
    file.unlink()
    assert reading.plan(store=place)["read"]["reason"]["text"] == f"file {file} is gone"


def test_a_file_that_was_looked_for_and_comes_is_noticed(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "later.txt"

    @pipeline
    def reading() -> None:
        read_if_there(path=str(path))

    reading.run(executor="serial", store=place)
    assert executed(reading.run(executor="serial", store=place)) == set()
    path.write_text("here")
    assert reading.plan(store=place)["read_if_there"]["reason"]["text"] == f"file {path} is new"
    assert executed(reading.run(executor="serial", store=place)) == {"read_if_there"}


def test_declared_files_count_without_being_read_and_folders_as_a_whole(
    place: Place, file: Path, tmp_path: Path
) -> None:
    folder = tmp_path / "folder"
    folder.mkdir()

    @pipeline
    def counting() -> None:
        count(paths=[str(file), str(folder)])

    counting.run(executor="serial", store=place)
    assert executed(counting.run(executor="serial", store=place)) == set()
    file.write_text("two")
    assert counting.plan(store=place)["count"]["reason"] == {"kind": "input_changed", "text": f"file {file} changed"}
    counting.run(executor="serial", store=place)
    (folder / "new.txt").write_text("new")
    assert counting.plan(store=place)["count"]["reason"]["text"] == f"file {folder} changed"


def test_what_a_module_wrote_itself_does_not_count(place: Place, file: Path) -> None:
    @pipeline
    def writing() -> None:
        write_and_read(path=str(file))

    writing.run(executor="serial", store=place)
    file.write_text("other")
    assert executed(writing.run(executor="serial", store=place)) == set()


def test_a_database_is_a_file_too(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "data.db"

    def fill(number: int) -> None:
        with sqlite3.connect(path) as connection:
            connection.executescript(f"DROP TABLE IF EXISTS t; CREATE TABLE t (n); INSERT INTO t VALUES ({number})")
        connection.close()

    @pipeline
    def asking() -> None:
        ask(path=str(path))

    fill(1)
    asking.run(executor="serial", store=place)
    assert executed(asking.run(executor="serial", store=place)) == set()
    fill(2)
    assert executed(asking.run(executor="serial", store=place)) == {"ask"}


def test_a_file_that_changes_while_it_is_read_is_not_trusted(place: Place, file: Path) -> None:
    @module
    def slow(*, path: str) -> str:
        with open(path) as opened:
            text = opened.read()
        scratch = f"{path}.new"
        with open(scratch, "w") as other:
            other.write("two")
        os.replace(scratch, path)  # as another process would
        return text

    @pipeline
    def racing() -> None:
        slow(path=str(file))

    racing.run(executor="serial", store=place)
    assert racing.plan(store=place)["slow"]["reason"]["kind"] == "input_changed"


def test_processes_notice_files_too(place: Place, file: Path) -> None:
    @pipeline
    def reading() -> None:
        read(path=str(file))

    reading.run(store=place)
    assert executed(reading.run(store=place)) == set()
    file.write_text("two")
    assert executed(reading.run(store=place)) == {"read"}
