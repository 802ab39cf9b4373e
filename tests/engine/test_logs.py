"""What a module prints is its run's, whoever prints it: Python, logging, warnings, C code, other programs; live, and after death."""

from __future__ import annotations

import pytest

from designer.store.place import place
from tests.support import Project, eventually

NOISY = """
    import ctypes, logging, os, subprocess, sys, time, warnings
    from designer import Run, module, pipeline

    @module
    def noisy(*, name: str) -> str:
        print("print", name)
        print("error", name, file=sys.stderr)
        logging.getLogger("some.library").info("logged %s", name)
        logging.getLogger("some.library").warning("warned %s", name)
        warnings.warn(f"careful {name}")
        os.write(1, f"written {name}\\n".encode())
        ctypes.CDLL(None).printf(b"C %s\\n", name.encode())
        subprocess.run([sys.executable, "-c", f"print('another program', '{name}')"], check=True)
        subprocess.run("echo shell $NAME >&2", shell=True, env={**os.environ, "NAME": name})
        sys.stdout.write("no line end: ünï " + name)
        return name

    @module
    def silent(names: list[str]) -> None:
        pass

    @pipeline
    def noise(count: int = 3):
        silent([noisy.named(f"n{i}")(name=f"n{i}") for i in range(count)])
"""

LINES = [
    "print",
    "error",
    "careful",
    "written",
    "C",
    "another program",
    "shell",
    "no line end: ünï",
    "logged",
    "warned",
]


@pytest.mark.slow
def test_everything_that_a_module_prints_is_in_its_own_log(project: Project) -> None:
    project.write("noise.py", NOISY)
    ended = project.designer("run", "noise.py", "--json", "--executor", "processes")
    assert ended.code == 0, ended.err
    store = place(project.store).read
    for name in ("n0", "n1", "n2"):
        record = store.run(ended.json["nodes"][name]["run_id"])
        text, end = store.log(record.id)
        for line in LINES:
            assert f"{line} {name}" in text, text
        others = {"n0", "n1", "n2"} - {name}
        assert not any(other in text for other in others), text
        assert text.count("\n") >= len(LINES) - 1
        assert end == len(text.encode())
        assert record.warnings == 2
    assert store.log(ended.json["nodes"]["silent"]["run_id"]) == ("", 0)
    store.place.close()


@pytest.mark.parametrize("executor", ["serial", "threads"])
def test_in_one_process_too_what_python_prints_is_the_nodes_own(project: Project, executor: str) -> None:
    project.write(
        "two.py",
        """
        import sys, time
        from designer import module, pipeline

        @module
        def talking(*, name: str) -> str:
            for i in range(20):
                print(name, i)
                time.sleep(0.001)
            print("error", name, file=sys.stderr)
            return name

        @pipeline
        def two():
            talking.named("a")(name="a")
            talking.named("b")(name="b")
        """,
    )
    ended = project.designer("run", "two.py", "--json", "--executor", executor)
    assert ended.code == 0, ended.err
    store = place(project.store).read
    for name in "ab":
        text, _ = store.log(ended.json["nodes"][name]["run_id"])
        assert text == "".join(f"{name} {i}\n" for i in range(20)) + f"error {name}\n"
    store.place.close()


@pytest.mark.slow
def test_a_log_can_be_read_while_the_module_runs(project: Project) -> None:
    project.write(
        "live.py",
        """
        import os, pathlib, sys, time
        from designer import module, pipeline

        @module
        def talking() -> int:
            for i in range(10_000):
                sys.stdout.write(f"line {i}")
                print(" ends")
                if pathlib.Path("stop").exists():
                    return i
                time.sleep(0.01)

        @pipeline
        def live():
            talking()
        """,
    )
    store = place(project.store).read
    with project.start_designer("run", "live.py", "--json") as command:
        node = eventually(
            lambda: next((n for r in store.runs() for n in store.tree(r.id) if n.node == "talking"), None)
        )
        text, offset = eventually(lambda: (found := store.log(node.id))[0].count("ends") > 3 and found)
        assert store.run(node.id).status == "Running"
        more, _ = eventually(lambda: (found := store.log(node.id, offset))[0].count("ends") > 2 and found)
        whole = store.log(node.id)[0]
        assert whole.startswith(text + more)
        (project.folder / "stop").touch()
        command.communicate()
    lines = store.log(node.id)[0].splitlines()
    assert lines == [f"line {i} ends" for i in range(len(lines))]
    store.place.close()


@pytest.mark.slow
def test_waiting_with_output_prints_what_the_modules_print(project: Project) -> None:
    project.write("noise.py", NOISY)
    ended = project.python(
        """
        from noise import noise
        run = noise.submit(count=2)
        details = run.wait_for_completion(show_output=True)
        print(details["status"], details["runId"] == run.id)
        """
    )
    assert ended.code == 0, ended.err
    assert ended.out.startswith("RunId: ")
    for line in LINES:
        assert f"{line} n0" in ended.out
    for word in ("n0: Completed", "silent: Completed", "Execution Summary", "Status: Completed", "Completed True"):
        assert word in ended.out
