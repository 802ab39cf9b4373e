"""`designer check` and `designer run` of broken pipelines: what, where, which choices would fit, what next; nothing runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from tests.support import Project

STEPS = """
    from typing import Annotated, Literal
    from pydantic import Field
    from designer import module, pipeline

    @module
    def load() -> str:
        return "text"

    @module
    def count(text: str, *, least: Annotated[int, Field(ge=0)] = 0, mode: Literal["fast", "exact"] = "fast") -> int:
        return len(text)

    @module
    def double(number: int, extra: int | None = None) -> int:
        return 2 * number

    @module
    def label(number: int, *, name: str) -> str:
        return name
"""

# kind -> (file, text, code, place, words of the message, words of the hint)
BROKEN: dict[str, tuple[str, str, str, dict[str, Any], list[str], list[str]]] = {
    "an unknown module": (
        "p.yaml",
        "nodes: {a: {module: laod}}",
        "unknown_module", {"node": "a"}, ["no module laod", "load"], ["did you mean load"],
    ),
    "an unknown port": (
        "p.yaml",
        "nodes: {a: {module: load}, b: {module: count, inputs: {txt: a.output}}}",
        "unknown_port", {"node": "b", "port": "txt"}, ["no input port txt", "text (str)"], ["did you mean b.text"],
    ),
    "an unknown output": (
        "p.py",
        "@pipeline\ndef p():\n    count(load().txt)",
        "unknown_port", {"node": "load", "port": "txt"}, ["no output port txt", "output (str)"], ["output"],
    ),
    "a type that doesn't fit": (
        "p.py",
        "@pipeline\ndef p():\n    double(load())",
        "port_type_mismatch", {"node": "double", "port": "number"}, ["double.number takes an int", "load.output gives a str"], [""],
    ),
    "a circle": (
        "p.yaml",
        "nodes:\n  a: {module: double, inputs: {number: c.output}}\n  b: {module: double, inputs: {number: a.output}}\n"
        "  c: {module: double, inputs: {number: b.output}}",
        "cycle", {"node": "a"}, ["a -> b -> c -> a"], ["remove one of the edges", "a.output -> b.number"],
    ),
    "a missing input": (
        "p.py",
        "@pipeline\ndef p():\n    load()\n    count()",
        "missing_input", {"node": "count", "port": "text"}, ["count.text has no input", "load.output"], ["connect load.output -> count.text"],
    ),
    "an invalid parameter": (
        "p.py",
        "@pipeline\ndef p():\n    count(load(), least=-3)",
        "invalid_parameter", {"node": "count"}, ["count.least is -3", "greater than or equal to 0"], ["least"],
    ),
    "a value that is no choice": (
        "p.yaml",
        "nodes: {a: {module: load}, b: {module: count, inputs: {text: a.output}, parameters: {mode: slow}}}",
        "invalid_parameter", {"node": "b"}, ["b.mode is 'slow'", "'fast' or 'exact'"], ["mode"],
    ),
    "an unknown parameter": (
        "p.py",
        "@pipeline\ndef p():\n    count(load(), leest=3)",
        "unknown_parameter", {"node": "count"}, ["no parameter leest", "least, mode"], ["did you mean least"],
    ),
    "a missing parameter": (
        "p.yaml",
        "nodes: {a: {module: load}, b: {module: count, inputs: {text: a.output}}, c: {module: label, inputs: {number: b.output}}}",
        "missing_parameter", {"node": "c"}, ["c.name has no value and no default"], ["set name"],
    ),
    "a node that is there twice": (
        "p.py",
        "@pipeline\ndef p():\n    load.named('a')()\n    load.named('a')()",
        "duplicate_node", {"node": "a"}, ["2 nodes have the id a"], ["a_2"],
    ),
    "an unknown pipeline parameter": (
        "p.yaml",
        "parameters: {least: {default: 1}}\n"
        "nodes: {a: {module: load}, b: {module: count, inputs: {text: a.output}, bindings: {least: laest}}}",
        "unknown_pipeline_parameter", {"node": "b"}, ["bound to laest"], ["did you mean least"],
    ),
    "a module whose import fails": (
        "p.yaml",
        "files: [broken.py]\nnodes: {a: {module: broken.py}}",
        "broken_module", {"node": "a"}, ["nowhere_at_all"], ["mend"],
    ),
    "nothing to run": ("p.py", "@pipeline\ndef p():\n    pass", "empty_pipeline", {}, ["no nodes"], ["add a module"]),
    "a value where an output is wanted": (
        "p.py",
        "@pipeline\ndef p():\n    count('text')",
        "port_type_mismatch", {"node": "count", "port": "text"}, ["takes another node's output"], ["parameter of the module"],
    ),
    "an output where a value is wanted": (
        "p.py",
        "@pipeline\ndef p():\n    count(load(), least=load())",
        "invalid_parameter", {"node": "count"}, ["least is a parameter"], ["input port"],
    ),
    "too many inputs": (
        "p.py",
        "@pipeline\ndef p():\n    count(load(), load())",
        "unknown_port", {"node": "count"}, ["2 positional arguments", "text"], ["by name: least, mode"],
    ),
    "Python that fails": (
        "p.py",
        "@pipeline\ndef p():\n    count(load())\n    1 / 0",
        "invalid_document", {}, ["p.py line 25: ZeroDivisionError"], [""],
    ),
    "a decision about a value that isn't known yet": (
        "p.py",
        "@pipeline\ndef p():\n    if load():\n        count(load())",
        "invalid_document", {}, ["load.output isn't known while the pipeline is built"], ["inside a module"],
    ),
    "a file that fails": ("p.py", "import nowhere_at_all", "invalid_document", {}, ["p.py can't be imported: line 22", "nowhere_at_all"], [""]),
    "a file that ends the program": ("p.py", "raise SystemExit(0)", "invalid_document", {}, ["SystemExit"], [""]),
    "Python that is none": ("p.py", "def p(:", "invalid_document", {}, ["p.py can't be imported: line 22: SyntaxError"], [""]),
    "a file without a pipeline": ("p.py", "", "invalid_document", {}, ["p.py holds no pipeline"], ["@pipeline"]),
    "YAML that is none": ("p.yaml", "nodes: {a: [", "invalid_document", {}, ["p.yaml: line 2"], [""]),
    "a document of another shape": ("p.yaml", "nodes: [1, 2]", "invalid_document", {}, ["p.yaml", "nodes"], [""]),
    "a document of a newer version": ("p.yaml", "format: 99\nnodes: {}", "newer_document", {}, ["format 99"], ["newer version of designer"]),
    "YAML that would run code": (
        "p.yaml",
        "nodes: {a: {module: load, parameters: {x: !!python/object/apply:os.system ['touch hacked']}}}",
        "invalid_document", {}, ["p.yaml: line 1"], [""],
    ),
}  # fmt: skip


@pytest.mark.slow
@pytest.mark.parametrize("kind", BROKEN)
def test_a_broken_pipeline_is_told_and_nothing_runs(project: Project, kind: str) -> None:
    file, text, code, place, words, hints = BROKEN[kind]
    steps = project.write("modules/steps.py", STEPS).read_text()
    project.write("broken.py", "import nowhere_at_all\n")
    project.write(file, steps + "\n" + text + "\n" if file.endswith(".py") else text)
    checked = project.designer("check", file, "--json")
    assert checked.code == 2, checked.err
    problems = checked.json["problems"]
    for problem in problems:
        assert set(problem) == {"code", "node", "port", "message", "hint"}
    (found, *_) = [p for p in problems if p["code"] == code] or [None]
    assert found is not None, problems
    assert {name: found[name] for name in place} == place
    assert all(word in found["message"] for word in words), found["message"]
    assert all(hint in found["hint"] for hint in hints), found["hint"]

    person = project.designer("run", file)
    assert person.code == 2
    assert person.out == ""
    assert found["message"].splitlines()[0] in person.err
    assert f"code: {code}" in person.err
    assert not found["hint"] or f"next: {found['hint']}" in person.err
    assert "nothing ran" in person.err
    assert "Traceback" not in person.err + checked.err

    assert not project.store.exists()
    assert not (project.folder / "hacked").exists()


def test_every_problem_is_told_at_once(project: Project) -> None:
    project.write(
        "p.py",
        STEPS
        + """
    @pipeline
    def p():
        double(load())
        count(least=-1, mode="slow", leest=2)
        label(double.named("second")())
    """,
    )
    checked = project.designer("check", "p.py", "--json")
    ran = project.designer("run", "p.py", "--json")
    assert (ran.code, ran.json) == (2, checked.json)
    problems = checked.json["problems"]
    codes = sorted(problem["code"] for problem in problems)
    assert codes == sorted(
        [
            "port_type_mismatch",
            "missing_input",
            "invalid_parameter",
            "invalid_parameter",
            "unknown_parameter",
            "missing_input",
            "missing_parameter",
        ]
    )


def test_a_problem_in_a_group_is_told_with_its_path(project: Project) -> None:
    project.write(
        "p.py",
        STEPS
        + """
    @pipeline
    def inner(text):
        count(text, least=-1)
        count("a value")

    @pipeline
    def p():
        inner(load())
    """,
    )
    problems = project.designer("check", "p.py", "--json").json["problems"]
    assert {(problem["node"], problem["code"]) for problem in problems} >= {
        ("inner/count", "invalid_parameter"), ("inner/count_2", "port_type_mismatch")
    }  # fmt: skip


def test_a_right_pipeline_has_no_problems(project: Project) -> None:
    project.write("p.py", STEPS + "\n    @pipeline\n    def p():\n        double(count(load()))\n")
    checked = project.designer("check", "p.py", "--json")
    assert (checked.code, checked.json) == (0, {"problems": []})
    assert "3 nodes, no problems" in project.designer("check", "p.py").out


def test_a_pipeline_whose_python_needs_its_parameters_is_built_with_them(project: Project) -> None:
    project.write(
        "p.py",
        STEPS
        + """
    @pipeline
    def p(times: int, exact: bool = False):
        number = count(load())
        for _ in range(times):
            number = double(number)
        if exact:
            label(number, name="exact")
    """,
    )
    assert [p["code"] for p in project.designer("check", "p.py", "--json").json["problems"]] == ["missing_parameter"]
    assert [p["code"] for p in project.designer("check", "p.py", "-p", "times=many", "--json").json["problems"]] == [
        "invalid_parameter"
    ]
    assert project.designer("check", "p.py", "-p", "times=3").code == 0
    ended = project.designer("run", "p.py", "-p", "times=3", "-p", "exact=yes", "--json")
    assert ended.code == 0, ended.err
    assert set(ended.json["nodes"]) == {"load", "count", "double", "double_2", "double_3", "label"}


def test_a_module_that_is_missing_because_its_file_cannot_be_imported_is_told_so(project: Project) -> None:
    project.write("mine.py", "import no_such_library\n")
    project.write("wrong.yaml", "files: [mine.py, gone.py]\nnodes:\n  a:\n    module: my_own_module\n")
    ended = project.designer("check", "wrong.yaml", "--json")
    assert ended.code == 2
    (problem,) = ended.json["problems"]
    assert problem["code"] == "unknown_module"
    assert "could not be imported: mine.py (" in problem["message"]
    assert "No module named 'no_such_library'" in problem["message"]
    assert "gone.py (" in problem["message"]
    assert "modules are known: mine.py" not in problem["message"]
