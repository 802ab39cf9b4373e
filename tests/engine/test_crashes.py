"""A node that crashes, exits, hangs or raises fails alone: what doesn't need it goes on, and everything logged before is there."""

from __future__ import annotations

import pytest

from designer.store.place import place
from tests.support import Project, Result, eventually

pytestmark = pytest.mark.slow

DIAMOND = """
    import ctypes, os, signal, sys, time
    from designer import Run, module, pipeline

    WAYS = {{
        "segfault": lambda: ctypes.string_at(0),
        "exit": lambda: os._exit(3),
        "exit well": lambda: os._exit(0),
        "abort": os.abort,
        "sleep": lambda: time.sleep(600),
        "spin": lambda: [None for _ in iter(int, 1)],
        "killed": lambda: os.kill(os.getpid(), signal.SIGKILL),
        "raise": lambda: {{}}["no such key"],
        "sys.exit": lambda: sys.exit("enough"),
        "cancelled error": lambda: (_ for _ in ()).throw(__import__("asyncio").CancelledError()),
        "returns what can't be kept": lambda: object(),
    }}

    @module
    def top() -> int:
        Run.get_context().log("rows", 10)
        return 10

    @module({options})
    def bad(number: int, *, way: str) -> object:
        run = Run.get_context()
        print("last words of", way)
        for epoch in range(2500):
            run.log("loss", float(epoch), step=epoch)
        run.log("text", "before")
        run.log_row("row", a=1)
        run.parent.log("from the module", 1)
        with run.child_run("fold 1") as fold:
            fold.log("score", 0.5)
        return WAYS[way]()

    @module
    def good(number: int) -> int:
        time.sleep(0.2)
        Run.get_context().log("seen", number)
        return number

    @module
    def bottom(numbers: list[int]) -> int:
        return sum(numbers)

    @pipeline
    def diamond(way: str = "raise"):
        number = top()
        bottom([bad(number, way=way), good(number)])
"""


def run_diamond(project: Project, way: str, options: str = "", *more: str) -> Result:
    project.write("diamond.py", DIAMOND.format(options=options))
    return project.designer("run", "diamond.py", "-p", f"way={way}", "--json", *more)


def check(ended: Result, code: str, words: str) -> None:
    """The run failed at `bad` alone, with the reason, and nothing of what was logged is missing."""
    assert ended.code == 1, ended.err
    run = ended.json
    nodes = run["nodes"]
    assert {name: node["status"] for name, node in nodes.items()} == {
        "top": "Completed", "bad": "Failed", "good": "Completed", "bottom": "Skipped"
    }  # fmt: skip
    assert run["status"] == "Failed"
    assert nodes["bad"]["error"]["code"] == code
    assert words in nodes["bad"]["error"]["message"]
    assert "bad failed" in nodes["bottom"]["error"]["message"]
    assert run["error"]["node"] == "bad"
    assert words in run["error"]["message"]
    assert nodes["bad"]["seconds"] is not None
    assert nodes["top"]["metrics"] == {"rows": 10}
    assert nodes["good"]["metrics"] == {"seen": 10}
    loss = nodes["bad"]["metrics"].pop("loss")
    assert loss == {"last": 2499.0, "min": 0.0, "max": 2499.0, "count": 2500}
    assert nodes["bad"]["metrics"] == {"text": "before", "row": {"a": 1}}
    assert run["metrics"] == {"from the module": 1}
    assert words.splitlines()[0][:20] in ended.err  # and a person sees the reason, too


def last_words(project: Project, ended: Result) -> str:
    store = place(project.store).read
    text, _ = store.log(ended.json["nodes"]["bad"]["run_id"])
    store.place.close()
    return text


# way, options of the module, code and words of the reason
DEATHS = [
    ("segfault", "fresh=True", "WorkerCrashed", "segmentation fault (SIGSEGV)"),
    ("exit well", "fresh=True", "WorkerExited", "exit code 0"),
    ("abort", "", "WorkerCrashed", "an abort (SIGABRT)"),
    ("spin", "timeout=0.6, fresh=True", "Timeout", "timeout of 0.6 s"),
    ("killed", "", "WorkerKilled", "killed from outside (SIGKILL)"),
    ("sys.exit", "", "ModuleError", "sys.exit('enough')"),
    ("cancelled error", "", "ModuleError", "CancelledError"),
    ("returns what can't be kept", "", "ModuleError", "builtins.object can't be kept"),
]


@pytest.mark.parametrize(
    ("way", "options", "code", "words"),
    [
        ("segfault", "", "WorkerCrashed", "segmentation fault (SIGSEGV)"),
        ("exit", "", "WorkerExited", "exit code 3"),
        ("sleep", "timeout=0.6", "Timeout", "timeout of 0.6 s"),
        ("raise", "", "ModuleError", "KeyError: 'no such key'"),
    ],
)
def test_a_node_that_dies_fails_alone_and_keeps_what_it_logged(
    project: Project, way: str, options: str, code: str, words: str
) -> None:
    ended = run_diamond(project, way, options)
    check(ended, code, words)
    assert f"last words of {way}" in last_words(project, ended)


def test_every_way_to_die_is_told_apart_and_none_takes_another_node_along(project: Project) -> None:
    text = DIAMOND.format(options="")
    head, bad = (
        text[: text.index("    @module()")],
        text[text.index("    @module()") : text.index("    @module\n    def good")],
    )
    modules = [
        bad.replace("@module()", f"@module({options})").replace("def bad", f"def bad_{at}")
        for at, (_, options, _, _) in enumerate(DEATHS)
    ]
    tail = text[text.index("    @module\n    def good") : text.index("    @pipeline")]
    calls = [
        f"        bottom.named('bottom_{at}')([bad_{at}(number, way={way!r}), good(number)])\n"
        for at, (way, *_) in enumerate(DEATHS)
    ]
    project.write(
        "deaths.py",
        head + "".join(modules) + tail + "    @pipeline\n    def deaths():\n        number = top()\n" + "".join(calls),
    )
    ended = project.designer("run", "deaths.py", "--json")
    assert ended.code == 1, ended.err
    nodes = ended.json["nodes"]
    for at, (_, _, code, words) in enumerate(DEATHS):
        node = nodes[f"bad_{at}"]
        assert (node["status"], node["error"]["code"]) == ("Failed", code)
        assert words in node["error"]["message"]
        assert node["metrics"]["loss"]["count"] == 2500
        assert nodes[f"bottom_{at}"]["status"] == "Skipped"
    good = [node for name, node in nodes.items() if name.startswith("good")]
    assert [(node["status"], node["metrics"]) for node in good] == [("Completed", {"seen": 10})] * len(DEATHS)


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_a_module_that_raises_fails_alone_in_one_process_too(project: Project, executor: str) -> None:
    ended = run_diamond(project, "raise", "", "--executor", executor)
    check(ended, "ModuleError", "KeyError: 'no such key'")
    assert "last words of raise" in last_words(project, ended)


def test_a_failure_tells_the_line_and_the_traceback_of_the_users_own_code(project: Project) -> None:
    ended = run_diamond(project, "raise")
    error = ended.json["nodes"]["bad"]["error"]
    lines = (project.folder / "diamond.py").read_text().splitlines()
    assert error["type"] == "KeyError"
    assert error["file"] == "diamond.py"
    assert "no such key" in lines[error["line"] - 1]
    assert "diamond.py" in error["traceback"]
    assert "designer/engine" not in error["traceback"]
    shown = project.designer("logs", "latest", "bad")
    assert "last words of raise" in shown.out
    assert "KeyError" in shown.err


def test_a_run_under_memory_pressure_blames_the_node_that_took_it(project: Project) -> None:
    """A limit of the address space makes the allocation fail as it does where memory is out."""
    project.write(
        "greedy.py",
        """
        import resource
        from designer import Run, module, pipeline

        @module(fresh=True)
        def greedy() -> int:
            Run.get_context().log("before", 1)
            resource.setrlimit(resource.RLIMIT_AS, (1 << 30, 1 << 30))
            return len(bytearray(1 << 31))

        @pipeline
        def memory():
            greedy()
        """,
    )
    ended = project.designer("run", "greedy.py", "--json")
    assert ended.code == 1
    assert ended.json["nodes"]["greedy"]["error"]["type"] == "MemoryError"
    assert ended.json["nodes"]["greedy"]["metrics"] == {"before": 1}


RETRIES = """
    import os, pathlib, time
    from designer import Run, module, pipeline

    @module(retries=2, backoff=0.2, volatile=True)
    def flaky(*, file: str, fails: int, way: str = "raise") -> int:
        path = pathlib.Path(file)
        tries = len(path.read_text()) if path.exists() else 0
        path.write_text("x" * (tries + 1))
        print("try", tries)
        Run.get_context().log("started", time.time())
        if tries < fails:
            if way == "exit":
                os._exit(1)
            raise RuntimeError(f"failure {tries}")
        return tries

    @module
    def after(tries: int) -> int:
        Run.get_context().log("tries", tries)
        return tries

    @pipeline
    def retrying(file: str, fails: int = 1, way: str = "raise"):
        after(flaky(file=file, fails=fails, way=way))
"""


@pytest.mark.parametrize(("executor", "way"), [("processes", "raise"), ("processes", "exit"), ("serial", "raise")])
def test_a_node_is_tried_again_with_growing_pauses(project: Project, executor: str, way: str) -> None:
    project.write("retrying.py", RETRIES)
    ended = project.designer(
        "run", "retrying.py", "-p", f"file={project.folder / 'tries'}", "-p", "fails=2", "-p", f"way={way}", "--json", "--executor", executor
    )  # fmt: skip
    assert ended.code == 0, ended.err
    nodes = ended.json["nodes"]
    assert nodes["after"]["metrics"] == {"tries": 2}
    first, second, third = nodes["flaky"]["metrics"]["started"]
    assert second - first >= 0.2
    assert third - second >= 0.4
    store = place(project.store).read
    record = store.run(nodes["flaky"]["run_id"])
    assert record.tags["designer.attempts"] == "3"
    assert store.log(record.id)[0].split() == ["try", "0", "try", "1", "try", "2"]
    store.place.close()


def test_a_node_that_goes_on_failing_fails_in_the_end(project: Project) -> None:
    project.write("retrying.py", RETRIES)
    ended = project.designer("run", "retrying.py", "-p", f"file={project.folder / 'tries'}", "-p", "fails=9", "--json")
    assert ended.code == 1
    assert ended.json["nodes"]["flaky"]["error"]["message"] == "RuntimeError: failure 2"
    assert ended.json["nodes"]["after"]["status"] == "Skipped"
    assert (project.folder / "tries").read_text() == "xxx"


def test_children_that_a_module_left_open_end_as_the_module_did(project: Project) -> None:
    project.write(
        "open.py",
        """
        from designer import Run, module, pipeline

        @module
        def folds(*, fail: bool = False) -> int:
            child = Run.get_context().child_run("fold")
            child.log("score", 1.0)
            child.child_run("inner")
            Run.get_context().create_children(2)
            if fail:
                raise RuntimeError("no")
            return 1

        @pipeline
        def two():
            folds.named("well")()
            folds.named("badly")(fail=True)
        """,
    )
    for executor in ("processes", "serial"):
        ended = project.designer("run", "open.py", "--json", "--executor", executor)
        assert ended.code == 1
        store = place(project.store).read
        for node, status in (("well", "Completed"), ("badly", "Failed")):
            records = store.tree(ended.json["nodes"][node]["run_id"])
            assert [record.status for record in records] == [status] * 5, executor
        store.place.close()


def test_what_a_killed_runner_had_is_seen_as_failed_at_once_and_its_workers_are_gone(project: Project) -> None:
    project.write(
        "long.py",
        """
        import os, time
        from designer import Run, module, pipeline

        @module
        def endless() -> int:
            run = Run.get_context()
            run.log("pid", os.getpid())
            run.log("runner", os.getppid())
            while True:
                run.log("beat", time.time())
                time.sleep(0.001)

        @pipeline
        def long():
            endless.named("one")()
            endless.named("two")()
        """,
    )
    import os
    import signal

    from tests.support import alive

    with project.start_designer("run", "long.py", "--json") as caller:
        store = place(project.store).read

        def workers() -> list[dict]:
            found = [store.metrics([r.id]).get(r.id, {}) for r in store.runs() for r in store.tree(r.id)[1:]]
            return [m for m in found if "beat" in m and m["beat"].count > 50]

        eventually(lambda: len(workers()) == 2)
        pids = [int(m["pid"].last) for m in workers()]
        runner = int(workers()[0]["runner"].last)
        os.kill(runner, signal.SIGKILL)
        eventually(lambda: not alive(runner))
        run = store.runs()[0]  # the first look
        assert run.status == "Failed"
        assert "killed" in run.error["message"]
        nodes = store.tree(run.id)[1:]
        assert [node.status for node in nodes] == ["Failed", "Failed"]
        for node in nodes:
            beats = store.values(node.id, "beat")
            assert len(beats) > 50
            assert run.ended >= node.ended >= beats[-1] - 0.1  # it had run for as long as it logged
        eventually(lambda: not any(map(alive, pids)))
        out, _ = caller.communicate()  # the command that waited for it ends by itself
        assert caller.returncode == 1
        assert '"status": "Failed"' in out
    store.place.close()
