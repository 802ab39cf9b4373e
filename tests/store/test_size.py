"""A store is small also when nobody ever reads it: whoever has logged much folds it at the end."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from designer.store.place import place

if TYPE_CHECKING:
    from tests.support import Project

pytestmark = pytest.mark.slow

POINTS = 200_000
PROGRAM = f"""
    from designer import Experiment
    first = Experiment("large").start_logging(run_id="first", outputs=False)
    second = Experiment("large").start_logging(run_id="second", outputs=False)
    for i in range({POINTS}):
        first.log("count", float(i))
    first.complete()
    second.log("count", 1.0)
    {{end}}
"""


def _size(project: Project) -> int:
    return sum(file.stat().st_size for file in project.store.rglob("*") if file.is_file())


def test_a_process_that_logged_much_leaves_few_bytes_a_point(project: Project) -> None:
    for number, end in enumerate(("second.complete()", "")):  # the second time, the end of the program ends the run
        program = PROGRAM.replace("{end}", end).replace("first", f"first{number}").replace("second", f"second{number}")
        assert project.python(program).code == 0
    assert not list((project.store / "journal").iterdir())
    assert _size(project) < 16 * 2 * POINTS
    store = place(project.store).read
    assert {run.id: run.status for run in store.runs()} == dict.fromkeys(
        ("first0", "second0", "first1", "second1"), "Completed"
    )
    assert store.values("first0", "count") == store.values("first1", "count") == [float(i) for i in range(POINTS)]
    store.place.close()


def test_modules_that_logged_much_leave_few_bytes_a_point(project: Project) -> None:
    project.write(
        "large.py",
        f"""
        from designer import Run, module, pipeline

        @module
        def logs(start: float) -> int:
            run = Run.get_context()
            for i in range({POINTS}):
                run.log("count", start + i)
            return 1

        @module
        def first() -> float:
            return 5.0

        @pipeline
        def large():
            logs(first())
        """,
    )
    result = project.designer("run", "large.py", "--json")
    assert result.code == 0
    assert _size(project) < 16 * POINTS + 2**18
    assert result.json["nodes"]["logs"]["metrics"]["count"]["count"] == POINTS


def test_a_process_goes_on_logging_after_it_has_folded(project: Project) -> None:
    program = PROGRAM.replace("{end}", "second.complete()") + (
        """
    third = Experiment("large").start_logging(run_id="third", outputs=False)
    for i in range(100):
        third.log("count", float(i))
    import os
    os._exit(0)
    """
    )
    assert project.python(program).code == 0
    store = place(project.store).read
    assert store.run("third").status == "Failed"  # it never ended
    assert store.values("third", "count") == [float(i) for i in range(100)]
    assert store.metrics(["first"])["first"]["count"].count == POINTS
    store.place.close()
