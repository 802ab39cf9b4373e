"""Journals and folding: holes, interrupted folds, damage, odd text, several processes' words on one run."""

from __future__ import annotations

import logging
import os
import shutil
import struct
import threading
import time
from typing import TYPE_CHECKING

import pytest

from designer import Experiment, Run
from designer.store import journal_reader
from designer.store.journal import FIRST_SEGMENT, NO_STEP, SLOT, Journal
from designer.store.place import Place, place

if TYPE_CHECKING:
    from pathlib import Path

    from tests.support import Project


@pytest.fixture
def run(where: Place) -> Run:
    """A run in an empty store."""
    return Experiment("e", place=where).start_logging(run_id="r")


def hole(run: Run) -> None:
    """What an interrupt between reserving a slot and filling it leaves behind."""
    run._journal._next()


def aged(run: Run, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let holes count as abandoned at once."""
    monkeypatch.setattr(journal_reader, "_HOLE_AGE", -1.0)


@pytest.mark.parametrize("before", [0, 5, FIRST_SEGMENT - 2, FIRST_SEGMENT - 1, FIRST_SEGMENT])
@pytest.mark.parametrize("holes", [1, 3])
def test_an_interrupted_log_does_not_hold_up_later_ones(
    run: Run, before: int, holes: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    for i in range(before):
        run.log("x", float(i))
    assert run.get_metrics().get("x", []) in ([float(i) for i in range(before)], *([[]] if not before else []))
    for _ in range(holes):
        hole(run)
    for i in range(before, before + 10):
        run.log("x", float(i))
    aged(run, monkeypatch)
    assert run.get_metrics()["x"] == [float(i) for i in range(before + 10)]


def test_a_young_hole_is_waited_for(run: Run) -> None:
    run.log("x", 1.0)
    slot = run._journal._next()
    run.log("x", 3.0)
    assert run.get_metrics() == {"x": 1.0}
    memory, base, _ = run._journal._segment
    SLOT.pack_into(memory, (slot - base) * 32, time.time(), 2.0, NO_STEP, run._keys["x"])
    assert run.get_metrics() == {"x": [1.0, 2.0, 3.0]}


def test_a_fold_that_died_before_clearing_up_is_not_folded_twice(run: Run, where: Place, tmp_path: Path) -> None:
    for i in range(3000):
        run.log("x", float(i))
    run.log("text", "once")
    run.log_row("rows", a=1)
    run.tag("tag", "1")
    where.journal.close()
    kept = tmp_path / "kept"
    shutil.copytree(where.journals, kept)
    token = run._journal.token
    database = where.read  # the first look folds a dead process's journal and removes its files
    assert database.run("r").status == "Failed"
    assert list(where.journals.iterdir()) == []
    for file in kept.iterdir():  # as if the fold had died between its commit and the removal
        shutil.copy(file, where.journals / file.name)
    assert [path.name for path in where.journals.glob("*.events")] == [f"{token}.events"]
    assert database.values("r", "x") == [float(i) for i in range(3000)]
    assert database.values("r", "text") == ["once"]
    assert database.rows("r", "rows") == [{"a": 1}]
    assert list(where.journals.iterdir()) == []


def test_a_fold_that_dies_half_way_changes_nothing(run: Run, where: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    run.log("x", 1.0)
    assert run.get_metrics() == {"x": 1.0}
    run.log("x", 2.0)
    run.log("y", 3.0)
    from designer.store import sqlite

    with monkeypatch.context() as broken:
        broken.setattr(sqlite._Fold, "_logs", lambda *_: (_ for _ in ()).throw(OSError("disk full")))
        with pytest.raises(OSError, match="disk full"):
            run.get_metrics()
    assert run.get_metrics() == {"x": [1.0, 2.0], "y": 3.0}


def test_a_damaged_line_costs_itself_only_and_is_told(run: Run, caplog: pytest.LogCaptureFixture) -> None:
    run.log("x", 1.0)
    for line in (
        b'{"e":"upda\n',
        b'{"e":"unheard of"}\n',
        b'{"e":"update"}\n',
        b"[]\n",
        b'{"e":"value","k":99,"t":0,"v":1}\n',
    ):
        os.write(run._journal._events, line)
    run._journal.point(77, 1.0, NO_STEP, time.time())
    run.log("x", 2.0)
    run.log("text", "a")
    with caplog.at_level(logging.WARNING, "designer"):
        assert run.get_metrics() == {"x": [1.0, 2.0], "text": "a"}
    assert len(caplog.records) == 6
    caplog.clear()
    assert run.get_metrics("x") == {"x": [1.0, 2.0]}
    assert not caplog.records


def test_what_a_full_disk_cut_off_takes_nothing_along_that_is_logged_later(project: Project) -> None:
    ended = project.python(
        """
        import resource, signal
        from pathlib import Path
        from designer import Experiment

        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        run = Experiment("e").start_logging()
        run.log("loss", 1.0)
        (events,) = Path(".designer/journal").glob("*.events")
        resource.setrlimit(resource.RLIMIT_FSIZE, (events.stat().st_size + 100, resource.RLIM_INFINITY))
        for _ in range(2):
            try:
                run.tag("lost", "x" * 1000)
            except OSError as error:
                print(type(error).__name__)
        resource.setrlimit(resource.RLIMIT_FSIZE, (resource.RLIM_INFINITY, resource.RLIM_INFINITY))
        run.tag("kept", "y")
        run.complete()
        print(run.status, run.get_tags(), run.get_metrics())
        """
    )
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == ["OSError", "OSError", "Completed {'kept': 'y'} {'loss': 1.0}"]
    assert ended.err.count("damaged") == 1


def test_a_store_that_cannot_be_read_is_told_in_words(project: Project) -> None:
    project.python("from designer import Experiment; Experiment('e').start_logging().complete()")
    database = project.store / "designer.db"
    place(project.store).read.close()
    database.write_bytes(database.read_bytes()[:100] + b"\xff" * 50_000)
    for command in (["runs"], ["show", "--json"]):
        ended = project.designer(*command)
        assert ended.code == 1
        assert f"the store in {project.store} can't be used" in ended.err
        assert "Traceback" not in ended.err


def test_a_line_that_was_cut_off_by_death_is_left_out(run: Run, where: Place) -> None:
    run.log("x", 1)
    os.write(run._journal._events, b'{"e":"tags","run":"r","set":{"half"')
    where.journal.close()
    assert where.read.run("r").tags == {}
    assert where.read.values("r", "x") == [1]


@pytest.mark.parametrize("text", ["\ud800", "file\udcff.csv", "a\0b", "\u2028", "😀", "\r\n", "\x85"])
def test_any_text_can_be_logged_and_harms_nobody(where: Place, text: str) -> None:
    experiment = Experiment("e", place=where)
    other, run = experiment.start_logging(), experiment.start_logging(name=text, description=text)
    other.log("fine", 1.0)
    run.log(text, text)
    run.log("number", 1.0, description=text)
    run.log_row("row", **{text: text})
    run.tag(text, text)
    run.add_properties({text: text})
    run.log_parameters({text: text})
    run.fail(text)
    told = text.encode("utf-8", "backslashreplace").decode()
    assert other.get_metrics() == {"fine": 1.0}
    assert run.get_metrics() == {told: told, "number": 1.0, "row": {told: told}}
    assert (run.tags, run.properties, run.parameters) == ({told: told},) * 3
    assert run.name == run.description == run.error["message"] == told


def test_processes_that_log_to_one_run_are_read_in_the_order_of_time(run: Run, where: Place) -> None:
    journals = [Journal(where.journals) for _ in range(3)]
    keys = [journal.key("r", "x", "scalar") for journal in journals]
    for i in range(9):
        journals[-i % 3].point(keys[-i % 3], float(i), NO_STEP, 1000.0 + i)
    assert run.get_metrics() == {"x": [float(i) for i in range(9)]}
    for journal in journals:
        journal.close()


@pytest.mark.parametrize("fold_between", [True, False])
def test_a_name_keeps_the_kind_that_it_was_first_logged_as_by_any_process(
    run: Run, where: Place, fold_between: bool
) -> None:
    run.log("a", 1.0)
    run.log_row("b", x=1)
    if fold_between:
        run.get_metrics()
    other = Journal(where.journals)
    other.event({"e": "rows", "k": other.key("r", "a", "table"), "t": time.time(), "rows": [{"x": 1}]})
    other.point(other.key("r", "b", "scalar"), 5.0, NO_STEP, time.time())
    assert run.get_metrics() == {"a": 1.0, "b": {"x": 1}}
    other.close()


def test_what_is_logged_to_a_run_before_it_is_known_waits_for_it(where: Place) -> None:
    early, late = Journal(where.journals), Journal(where.journals)
    early.event({"e": "update", "run": "r", "status": "Running", "started": 5.0})
    early.event({"e": "tags", "run": "r", "set": {"a": "b"}})
    early.point(early.key("r", "x", "scalar"), 1.0, NO_STEP, 6.0)
    assert where.read.runs() == []
    assert where.read.count() == 0
    late.event(
        {
            "e": "run",
            "id": "r",
            "kind": "module",
            "status": "Queued",
            "created": 1.0,
            "owner": late.token,
            "experiment": "e",
        }
    )
    record = where.read.run("r")
    assert (record.status, record.started, record.created) == ("Running", 5.0, 1.0)
    assert record.tags == {"a": "b"}
    assert where.read.values("r", "x") == [1.0]
    early.close()
    late.close()


def test_runs_are_numbered_in_the_order_in_which_they_were_made(where: Place) -> None:
    one, two = Journal(where.journals), Journal(where.journals)
    for i in range(10):
        journal = (two, one)[i % 2]
        journal.event(
            {
                "e": "run",
                "id": f"r{i}",
                "kind": "interactive",
                "created": float(i),
                "experiment": "e",
                "owner": journal.token,
            }
        )
    assert [(record.id, record.number) for record in reversed(where.read.runs())] == [
        (f"r{i}", i + 1) for i in range(10)
    ]
    one.close()
    two.close()


def test_many_threads_read_one_store_at_once(run: Run, where: Place) -> None:
    failures: list[BaseException] = []
    stop = threading.Event()

    def read() -> None:
        try:
            while not stop.is_set():
                values = where.read.values("r", "x")
                assert values == [float(i) for i in range(len(values))]
        except BaseException as error:
            failures.append(error)

    readers = [threading.Thread(target=read) for _ in range(6)]
    for reader in readers:
        reader.start()
    for i in range(3000):
        run.log("x", float(i))
    stop.set()
    for reader in readers:
        reader.join()
    assert failures == []
    assert len(run.get_metrics()["x"]) == 3000


def test_another_process_sees_a_point_without_anybody_flushing(run: Run, where: Place) -> None:
    reading, writing = os.pipe()
    run.log("x", 1.0)
    pid = os.fork()
    if pid == 0:
        try:
            fresh = place(where.folder)
            os.write(writing, struct.pack("<d", fresh.read.values("r", "x")[0]))
        finally:
            os._exit(0)
    os.waitpid(pid, 0)
    assert struct.unpack("<d", os.read(reading, 8)) == (1.0,)
    os.close(reading)
    os.close(writing)


def test_sealed_segments_are_cleared_away_while_the_process_lives(run: Run, where: Place) -> None:
    for i in range(20_000):
        run.log("x", float(i))
    assert len(run.get_metrics()["x"]) == 20_000
    assert len(list(where.journals.glob("*.points"))) == 1
    run.log("x", 20_000.0)
    assert len(run.get_metrics()["x"]) == 20_001
