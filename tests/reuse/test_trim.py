"""Letting go of outputs, and of runs: never of what is still referred to."""

from __future__ import annotations

import os
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import pytest

from designer import Run, module, pipeline
from designer.errors import DesignerError
from designer.store.place import Place
from designer.store.protocol import RunNotFoundError
from designer.store.removal import remove
from designer.store.trim import trim, usage
from tests.reuse.kit import executed

if TYPE_CHECKING:
    from collections.abc import Callable

SIZE = 8_000


@module
def make(*, k: int = 0) -> np.ndarray:
    Run.get_context().log("k", k)
    print(f"made {k}")
    Run.get_context().parent.log("ks", k)
    with Run.get_context().child_run("part") as child:
        child.log("part", k)
    return np.full(SIZE // 8, k, dtype=np.int64)


@module
def add(x: np.ndarray, *, by: int = 1) -> np.ndarray:
    return x + by


@pipeline
def made(k: int = 0, by: int = 1) -> None:
    add(make(k=k), by=by)


during: list[Callable[[], Any]] = []


@module(volatile=True)
def wait(x: np.ndarray) -> int:
    for act in during:
        act()
    return int(x[0])


@pipeline
def waiting(k: int = 0) -> None:
    add(make.named("late")(k=k)) if k < 0 else wait(add(make(k=k)))


def run(place: Place, **values: int) -> Run:
    return made.run(executor="serial", store=place, **values)


def contents(place: Place) -> int:
    return sum(1 for path in place.artifacts.folder.glob("??/*"))


def test_the_oldest_runs_outputs_go_first(place: Place) -> None:
    for k in range(0, 30, 10):
        run(place, k=k)
    assert contents(place) == 6
    found = trim(place.read, max_bytes=5 * SIZE)
    assert (found.runs, found.contents) == (1, 2)
    assert found.left <= 5 * SIZE
    assert (
        made.plan(store=place, k=0)["make"]["reason"]["text"] == "its earlier result is no longer there: it was trimmed"
    )
    assert {one["action"] for one in made.plan(store=place, k=20).values()} == {"reuse"}
    assert executed(run(place, k=0)) == {"make", "add"}
    assert {one["action"] for one in made.plan(store=place, k=0).values()} == {"reuse"}


def test_runs_metrics_and_logs_stay(place: Place) -> None:
    first = run(place)
    trim(place.read, max_age=0)
    assert contents(place) == 0
    child = next(c for c in first.get_children() if c.node == "make")
    assert child.get_metrics() == {"k": 0}
    assert child.get_logs() == "made 0\n"
    assert first.get_metrics() == {"ks": 0}


def test_age_trims_what_ended_long_ago_only(place: Place) -> None:
    run(place)
    assert trim(place.read, max_age=3600).contents == 0
    assert trim(place.read, max_bytes=10**9, max_age=3600).contents == 0


def test_what_a_kept_run_refers_to_stays(place: Place) -> None:
    kept = run(place, k=1)
    run(place, k=2)
    kept.tag("designer.keep", "true")
    trim(place.read, max_age=0)
    assert {one["action"] for one in made.plan(store=place, k=1).values()} == {"reuse"}
    assert contents(place) == 2
    run(place, k=1)  # takes its results
    kept.remove_tags(["designer.keep"])
    latest = run(place, k=1)
    latest.tag("designer.keep", "true")
    trim(place.read, max_bytes=0)
    assert {one["action"] for one in made.plan(store=place, k=1).values()} == {"reuse"}


def test_contents_that_two_runs_share_stay_with_the_younger(place: Place) -> None:
    run(place, k=1, by=1)
    run(place, k=0, by=2)  # 0 + 2 = 1 + 1
    assert contents(place) == 3
    trim(place.read, max_bytes=2 * SIZE + 1000)
    assert {one["action"] for one in made.plan(store=place, k=0, by=2).values()} == {"reuse"}


def test_trimming_during_a_run_takes_nothing_that_it_needs(place: Place) -> None:
    run(place, k=5)
    during[:] = [lambda: trim(place.read, max_bytes=0, max_age=0), lambda: run(place, k=6)]
    try:
        going = waiting.run(executor="serial", store=place, k=5)
    finally:
        during.clear()
    assert going.status == "Completed"
    assert {one["action"] for one in made.plan(store=place, k=5).values()} == {"reuse"}
    assert {one["action"] for one in made.plan(store=place, k=6).values()} == {"reuse"}


def test_a_planned_result_stays_until_it_is_taken(place: Place) -> None:
    from designer.engine.submit import begin, prepare

    run(place, k=5)
    order, where = prepare(made, {"k": 5}, executor="serial", store=place)
    runner = begin(made, order, where)
    trim(place.read, max_bytes=0, max_age=0)
    assert runner.run() == "Completed"
    assert executed(Run.get(order.run_id, place)) == set()
    assert contents(place) == 2
    trim(place.read, max_bytes=0, max_age=0)
    assert contents(place) == 0


def test_a_content_that_is_met_again_while_it_goes_stays(place: Place) -> None:
    from designer.store.contents import on_disk
    from designer.store.trim import remove as take_away

    run(place, k=3)
    content = next(iter(on_disk(place.artifacts.folder)))
    time.sleep(0.02)
    data = place.artifacts.path(content.digest).read_bytes()
    place.artifacts.add_bytes(data)
    assert not take_away(place.artifacts.folder, content)
    assert place.artifacts.path(content.digest).read_bytes() == data


def test_what_nobody_refers_to_goes(place: Place) -> None:
    run(place)
    digest, _ = place.artifacts.add_bytes(b"left behind by a process that died")
    os.utime(place.artifacts.path(digest), (1, 1))
    assert trim(place.read).contents == 1
    assert contents(place) == 2


def test_files_of_runs_are_never_trimmed(place: Place, tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("mine")
    first = run(place)
    first.upload_file("a.txt", str(path))
    trim(place.read, max_age=0)
    assert Path(first.download_file("a.txt", str(tmp_path / "b.txt"))).read_text() == "mine"


def test_usage_is_told_by_module(place: Place) -> None:
    run(place, k=1)
    run(place, k=2)
    run(place, k=2)
    found = usage(place.read)
    assert found.results == 4
    assert {id: count for id, (count, _) in found.modules.items()} == {"make": 2, "add": 2}
    assert found.outputs == sum(path.stat().st_size for path in place.artifacts.folder.glob("??/*"))
    assert found.modules["make"][1] >= 2 * SIZE


def test_a_deleted_run_is_gone_with_its_contents(place: Place) -> None:
    first, second = run(place, k=1), run(place, k=2)
    remove(place.read, first.id)
    with pytest.raises(RunNotFoundError):
        place.read.run(first.id)
    assert [r.id for r in place.read.runs()] == [second.id]
    assert contents(place) == 2
    assert second.get_metrics() == {"ks": 2}
    assert made.plan(store=place, k=1)["make"]["reason"]["kind"] == "parameter_changed"


def test_who_took_results_of_a_deleted_run_keeps_them(place: Place) -> None:
    first = run(place, k=1)
    again, third = run(place, k=1), run(place, k=1)
    remove(place.read, first.id)
    for one in (again, third):
        child = next(c for c in one.get_children() if c.node == "make")
        assert child.get_metrics() == {"k": 1}
        assert child.get_logs() == "made 1\n"
        assert [c.get_metrics() for c in child.get_children()] == [{"part": 1}]
        assert one.get_metrics() == {"ks": 1}
        assert [str(h.digest) for h in place.read.outputs(child.id).values()]
    plan = made.plan(store=place, k=1)
    owner = next(r.id for r in place.read.tree(again.id) if r.node == "make")
    assert plan["make"] == {**plan["make"], "action": "reuse", "from_run": owner}
    assert executed(run(place, k=1)) == set()


def test_what_cannot_be_deleted_says_why(place: Place) -> None:
    first = run(place)
    child = next(first.get_children())
    with pytest.raises(DesignerError, match=f"part of run {first.id}"):
        remove(place.read, child.id)
    with pytest.raises(RunNotFoundError):
        remove(place.read, "nowhere")
    during[:] = [lambda: remove(place.read, first.id)]
    try:
        going = waiting.run(executor="serial", store=place, raise_on_error=False)
    finally:
        during.clear()
    assert "a run that goes on takes results" in str(next(c for c in going.get_children() if c.node == "wait").error)


def test_another_process_that_knew_a_deleted_run_goes_on_well(place: Place, tmp_path: Path) -> None:
    other = Place(tmp_path / "store")
    try:
        first = run(other, k=1)
        remove(place.read, first.id)
        second = run(place, k=2)
        third = run(other, k=3)
        assert second.get_metrics() == {"ks": 2}
        assert {r.id for r in other.read.runs()} == {second.id, third.id}
        assert Run.get(second.id, other).get_metrics() == {"ks": 2}
    finally:
        other.close()
