"""What `log` returned from is kept, however the process ends, and whoever reads meanwhile."""

from __future__ import annotations

import mmap
import os
import signal
import struct
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING

import pytest

from designer.store.journal_reader import tokens
from designer.store.place import Place, place
from tests.support import Project, eventually

if TYPE_CHECKING:
    from pathlib import Path

pytestmark = pytest.mark.slow

# Logs until it is killed; after each call that returned it writes how many have to a file that it shares with the test.
LOGGING = """
    import mmap, struct, sys, time
    from designer import Experiment
    count_file, pause = sys.argv[1], float(sys.argv[2])
    file = open(count_file, "r+b")
    shared = mmap.mmap(file.fileno(), 8)
    run = Experiment("killed").start_logging(run_id="killed")
    count = 0
    while True:
        run.log("count", float(count))
        count += 1
        struct.pack_into("<q", shared, 0, count)
        if pause:
            time.sleep(pause)
"""


class Counter:
    """A number that another process counts up in a file."""

    def __init__(self, path: Path) -> None:
        path.write_bytes(bytes(8))
        self.path = path
        with path.open("r+b") as file:
            self._memory = mmap.mmap(file.fileno(), 8)

    @property
    def value(self) -> int:
        return int(struct.unpack_from("<q", self._memory)[0])


@pytest.mark.parametrize(
    ("pause", "least"),
    [("0", 1), ("0", 900), ("0", 5_000), ("0", 200_000), ("0.001", 20), ("0.001", 300)],
    ids=[
        "at once",
        "before the first segment ends",
        "in the third segment",
        "after many segments",
        "1 kHz, early",
        "1 kHz, later",
    ],
)
def test_no_point_that_log_returned_from_is_lost_when_the_process_is_killed(
    project: Project, pause: str, least: int
) -> None:
    counter = Counter(project.folder / "count")
    with project.start(LOGGING, str(counter.path), pause) as process:
        try:
            eventually(lambda: counter.value >= least or process.poll() is not None)
        finally:
            process.kill()
    store = place(project.store).read
    values = store.values("killed", "count")
    returned = counter.value
    assert returned >= least
    assert values[:returned] == [float(i) for i in range(returned)]
    assert len(values) - returned in (0, 1)  # at most the one that was on its way
    record = store.run("killed")
    assert record.status == "Failed"
    assert "killed" in record.error["message"]
    assert tokens(store.journals) == []  # all of it is in the database now
    store.place.close()


def test_a_reader_that_polls_while_a_process_is_killed_misses_nothing(project: Project) -> None:
    counter = Counter(project.folder / "count")
    with project.start(LOGGING, str(counter.path), "0") as process:
        try:
            eventually(lambda: counter.value > 0)
            store = place(project.store).read
            seen = 0
            while counter.value < 50_000:
                before = counter.value
                summary = store.metrics(["killed"])["killed"]["count"]
                assert summary.count >= before, "a call that had returned is not seen yet"
                assert summary.count >= seen, "what was seen once is gone"
                assert summary.last == summary.count - 1
                seen = summary.count
        finally:
            process.kill()
    assert eventually(lambda: store.run("killed").has_ended)
    assert store.values("killed", "count")[: counter.value] == [float(i) for i in range(counter.value)]
    store.place.close()


def test_a_killed_process_is_seen_as_failed_by_every_reader_at_the_first_look(project: Project) -> None:
    counter = Counter(project.folder / "count")
    with project.start(LOGGING, str(counter.path), "0.001") as process:
        eventually(lambda: counter.value > 3)
        process.kill()
    look = """
        from designer import open_store
        print(open_store().run("killed").status)
    """
    readers = [project.start(look) for _ in range(4)]
    assert [reader.communicate()[0].strip() for reader in readers] == ["Failed"] * 4


def test_a_process_that_is_stopped_and_goes_on_is_no_dead_one(project: Project) -> None:
    counter = Counter(project.folder / "count")
    with project.start(LOGGING, str(counter.path), "0") as process:
        eventually(lambda: counter.value > 100)
        process.send_signal(signal.SIGSTOP)
        store = place(project.store).read
        assert store.run("killed").status == "Running"
        before = counter.value
        process.send_signal(signal.SIGCONT)
        eventually(lambda: counter.value > before)
        process.kill()
    assert store.run("killed").status == "Failed"
    store.place.close()


def test_a_program_that_ends_well_loses_nothing_either(project: Project) -> None:
    ended = project.python(
        """
        from designer import Experiment
        run = Experiment("short").start_logging(run_id="short")
        for i in range(3000):
            run.log("count", i)
        run.log("text", "last")
        """
    )
    assert ended.code == 0, ended.err
    store = place(project.store).read
    assert store.values("short", "count") == list(range(3000))
    assert store.values("short", "text") == ["last"]
    assert store.run("short").status == "Completed"
    store.place.close()


def test_a_thread_pool_loses_no_point_and_keeps_each_threads_order(where: Place) -> None:
    from designer import Experiment

    run = Experiment("threads", place=where).start_logging()

    def work(thread: int) -> None:
        for i in range(2000):
            run.log(f"thread {thread}", float(i))
            run.log("all", float(thread))

    with ThreadPoolExecutor(8) as pool:
        list(pool.map(work, range(8)))
    metrics = run.get_metrics()
    for thread in range(8):
        assert metrics[f"thread {thread}"] == [float(i) for i in range(2000)]
    assert sorted(metrics["all"]) == sorted([float(t) for t in range(8)] * 2000)


def test_forked_children_log_to_the_run_of_their_parent(where: Place) -> None:
    from designer import Experiment

    run = Experiment("forks", place=where).start_logging()
    other = Experiment("forks", place=where).start_logging()
    other.log("before", 1.0)
    other.complete()
    run.log("before", 1.0)
    children = []
    for child in range(4):
        pid = os.fork()
        if pid == 0:
            try:
                for i in range(100):
                    run.log(f"child {child}", float(i))
                    run.log("before", 2.0)
                other.log("before", 3.0)  # a key of the parent's journal must mean nothing in the child's
            finally:
                os._exit(0)
        children.append(pid)
    assert [os.waitpid(pid, 0)[1] for pid in children] == [0] * 4
    metrics = run.get_metrics()
    assert metrics["before"] == [1.0] + [2.0] * 400
    for child in range(4):
        assert metrics[f"child {child}"] == [float(i) for i in range(100)]
    assert other.get_metrics()["before"] == [1.0] + [3.0] * 4
    assert run.status == "Running"


@pytest.mark.slow
def test_64_processes_and_a_reader_lose_no_point(project: Project) -> None:
    processes, points = 64, 10_000
    program = """
        import os, sys, time
        import designer.tracking.experiment
        from designer import Experiment
        processes, points = map(int, sys.argv[1:])
        start, go = os.pipe()
        children = []
        for number in range(processes):
            pid = os.fork()
            if pid == 0:
                os.close(go)
                run = Experiment("many").start_logging(name=str(number))
                os.read(start, 1)
                for i in range(points):
                    run.log("value", float(i))
                run.complete()
                os._exit(0)
            children.append(pid)
        os.close(go)
        sys.exit(sum(os.waitpid(pid, 0)[1] != 0 for pid in children))
    """
    store = place(project.store).read
    with project.start(program, str(processes), str(points)) as process:
        polls = 0
        while process.poll() is None:
            runs = store.runs()
            store.metrics([run.id for run in runs])
            polls += 1
            time.sleep(0.05)
        assert process.returncode == 0, process.stderr and process.stderr.read()
    runs = store.runs()
    assert len(runs) == processes
    assert {run.status for run in runs} == {"Completed"}
    wanted = [float(i) for i in range(points)]
    for run in runs:
        assert store.series(run.id, "value").values.tolist() == wanted
    assert sorted(run.number for run in runs) == list(range(1, processes + 1))
    assert polls > 2
    store.place.close()
