"""What a module starts is its own, threads and processes; what it does to its process does nothing to the next module."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from designer import Run, open_store

if TYPE_CHECKING:
    from tests.support import Project

pytestmark = pytest.mark.slow

STARTING = """
    import multiprocessing, subprocess, sys, threading
    from designer import Run, module, pipeline

    def in_thread():
        Run.get_context().log("from a thread", 4)

    def fold(number):
        with Run.get_context().child_run(f"fold {number}") as child:
            child.log("score", number)
        Run.get_context().parent.log("folds", number)

    def wait_for(*, target, kind=threading.Thread, args=()):
        one = kind(target=target, args=args)
        one.start()
        one.join()

    @module
    def starts() -> int:
        wait_for(target=in_thread)
        for number in range(2):
            wait_for(target=fold, kind=multiprocessing.get_context("fork").Process, args=(number,))
        subprocess.run([sys.executable, "program.py"], check=True)
        return 1

    @pipeline
    def starting():
        starts()
"""
PROGRAM = """
    from designer import Run

    run = Run.get_context()
    run.log("from a program", 1)
    run.parent.log("seen by a program", 2)
    with run.child_run("program") as child:
        child.log("score", 3)
"""


def told(project: Project, run_id: str) -> dict[str, Any]:
    """Names and metrics of a run and all below it."""
    run = Run.get(run_id, project.store)
    return {one.name: one.get_metrics() for one in (run, *run.get_children(recursive=True))}


@pytest.mark.parametrize("executor", ["processes", "serial"])
def test_what_a_modules_threads_and_processes_log_is_its_own_and_comes_along_when_it_is_reused(
    project: Project, executor: str
) -> None:
    project.write("program.py", PROGRAM)
    project.write("starting.py", STARTING)
    first, second = (project.designer("run", "starting.py", "--executor", executor, "--json") for _ in range(2))
    assert first.code == second.code == 0, first.err + second.err
    wanted = {
        "starting": {"folds": [0, 1], "seen by a program": 2},
        "starts": {"from a thread": 4, "from a program": 1},
        "fold 0": {"score": 0},
        "fold 1": {"score": 1},
        "program": {"score": 3},
    }
    assert told(project, first.json["run_id"]) == wanted
    assert second.json["nodes"]["starts"]["reused_from"]
    assert told(project, second.json["run_id"]) == wanted


def test_a_thread_of_which_nobody_knows_whose_it_is_is_told_that_nothing_is_kept(project: Project) -> None:
    project.write("starting.py", STARTING.replace("for number in range(2)", "return 1\n        for number in range(2)"))
    ended = project.real_designer("run", "starting.py", "--executor", "threads", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["nodes"]["starts"]["metrics"] == {}
    logs = project.designer("logs", ended.json["run_id"]).out
    assert "what it logs is kept nowhere" in logs + ended.err


LEAVING = """
    import logging, os, sys
    from designer import Run, module, pipeline

    class Unspeakable(Exception):
        def __str__(self):
            raise RuntimeError("no words")

    def interrupt():
        raise KeyboardInterrupt

    def unspeakable():
        raise Unspeakable

    WAYS = {
        "folder": lambda: os.chdir("/"),
        "output": lambda: sys.stdout.close(),
        "descriptors": lambda: (os.close(1), os.close(2)),
        "interrupt": interrupt,
        "unspeakable": unspeakable,
        "signal": lambda: os.kill(os.getpid(), 15),
    }

    @module
    def leaves(*, way: str) -> int:
        WAYS[way]()
        return 1

    @module
    def finds(numbers: list[int], *, after: int = 0) -> str:
        Run.get_context().log("folder", os.getcwd())
        print("printed")
        logging.getLogger("mine").info("noted")
        return "found"

    @pipeline
    def leaving(way: str):
        finds([leaves(way=way)])
"""


@pytest.mark.parametrize("way", ["folder", "output", "descriptors"])
def test_what_a_module_does_to_its_process_is_put_right_for_the_next(project: Project, way: str) -> None:
    project.write("leaving.py", LEAVING)
    ended = project.designer("run", "leaving.py", "-p", f"way={way}", "--workers", "1", "--json")
    assert ended.code == 0, ended.err
    assert ended.json["nodes"]["finds"]["metrics"] == {"folder": str(project.folder)}
    log, _ = open_store(project.store).log(ended.json["nodes"]["finds"]["run_id"])
    assert "printed" in log
    assert "noted" in log


@pytest.mark.parametrize(
    ("way", "words"),
    [
        ("interrupt", "KeyboardInterrupt"),
        ("unspeakable", "Unspeakable (its text can't be told: RuntimeError)"),
        ("signal", "asked to end from outside (SIGTERM)"),
    ],
)
def test_the_reason_is_the_modules_own(project: Project, way: str, words: str) -> None:
    project.write("leaving.py", LEAVING)
    ended = project.designer("run", "leaving.py", "-p", f"way={way}", "--json")
    assert ended.code == 1, ended.err
    assert words in ended.json["nodes"]["leaves"]["error"]["message"]
