"""Two runs held against each other: the cause at the node that has it, deltas at what follows."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from designer import Metric, Run, module, pipeline
from designer.compare.causes import Kind
from designer.compare.lineage import NoSuchOutputError, lineage
from designer.compare.runs import compare
from designer.store.place import Place
from designer.store.protocol import RunNotFoundError
from tests.reuse.kit import Project, document

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(autouse=True)
def _apart(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    where = Place(tmp_path / "store")
    yield where
    where.close()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path / "project")
    yield made
    made.close()


@module
def load() -> list:
    Run.get_context().log("rows", 4)
    return [1.0, 2.0, 3.0, 4.0]


@module(metrics=[Metric("share", unit="%")])
def split(rows: list, *, fraction: float = 0.5) -> list:
    Run.get_context().log("share", 100 * fraction)
    return rows[: int(len(rows) * fraction)]


@module(metrics=[Metric("loss", goal="minimize"), Metric("accuracy", goal="maximize", bounds=(0, 1))])
def train(rows: list) -> float:
    run = Run.get_context()
    for epoch in range(3):
        run.log("loss", 10.0 / len(rows) - epoch)
    run.log("accuracy", len(rows) / 4)
    run.log("label", f"{len(rows)} rows")
    run.log("fine", len(rows) > 2)
    run.parent.log("final", 10.0 / len(rows) - 2)
    return 10.0 / len(rows)


@module
def describe(rows: list) -> int:
    Run.get_context().log("count", len(rows))
    return len(rows)


@pipeline
def study(fraction: float = 0.5) -> None:
    rows = load()
    train(split(rows, fraction=fraction))
    describe(rows)


def test_one_parameter_of_one_module_is_the_cause_and_what_follows_has_deltas(place: Place) -> None:
    a = study.run(executor="serial", store=place)
    b = study.run(executor="serial", store=place, fraction=1.0)
    assert compare(place.read, a.id, b.id).data() == {
        "a": a.id,
        "b": b.id,
        "nodes": {
            "load": {"causes": [], "metrics": {"rows": {"a": 4, "b": 4, "delta": 0, "better": None}}},
            "describe": {"causes": [], "metrics": {"count": {"a": 4, "b": 4, "delta": 0, "better": None}}},
            "split": {
                "causes": [{"kind": "parameter_changed", "text": "parameter fraction 0.5 -> 1.0"}],
                "metrics": {"share": {"a": 50.0, "b": 100.0, "delta": 50.0, "better": None}},
            },
            "train": {
                "causes": [],
                "metrics": {
                    "loss": {"a": 3.0, "b": 0.5, "delta": -2.5, "better": True},
                    "accuracy": {"a": 0.5, "b": 1.0, "delta": 0.5, "better": True},
                    "label": {"a": "2 rows", "b": "4 rows", "delta": None, "better": None},
                    "fine": {"a": False, "b": True, "delta": None, "better": None},
                },
            },
        },
        "metrics": {"final": {"a": 3.0, "b": 0.5, "delta": -2.5, "better": None}},
        "environment": [],
    }
    back = compare(place.read, b.id, a.id).nodes["train"]
    assert (back.metrics["loss"].better, back.metrics["accuracy"].better) == (False, False)


def test_what_differs_is_told_from_what_does_not(place: Place) -> None:
    a = study.run(executor="serial", store=place)
    b = study.run(executor="serial", store=place, fraction=1.0)
    found = compare(place.read, a.id, b.id)
    assert {id for id, node in found.nodes.items() if node.differs} == {"split", "train"}
    assert found.nodes["train"].inputs_differ
    assert not found.nodes["describe"].inputs_differ
    assert found.nodes["load"].seconds_b == found.nodes["load"].seconds_a  # it was reused: as long as then
    same = compare(place.read, a.id, a.id)
    assert not any(node.differs for node in same.nodes.values())


NODES: dict[str, Any] = {"a": ("source", {"value": 2}), "b": ("total", {"k": 1}), "c": ("sign", {"k": 0})}
EDGES = {"b": ["a"], "c": ["b"]}


def run(project: Project, place: Place, nodes: Any = NODES, edges: Any = EDGES, **options: Any) -> Run:
    return project.pipeline(document(nodes, edges)).run(executor="serial", store=place, **options)


def causes(place: Place, a: Run, b: Run) -> dict[str, list[tuple[str, str]]]:
    found = compare(place.read, a.id, b.id)
    return {id: [(c.kind, c.text) for c in node.causes] for id, node in found.nodes.items() if node.causes}


def test_changed_code_comes_with_its_diff(project: Project, place: Place) -> None:
    a = run(project, place)
    project.constants["shift"] = 3
    project.write()
    b = run(project, place)
    assert causes(place, a, b) == {"c": [("code_changed", "shifted in helpers.py line 9 changed")]}
    diff = compare(place.read, a.id, b.id).nodes["c"].causes[0].diff
    assert "-    return value + 10\n+    return value + 3" in diff
    assert "kit.helpers.shifted" in diff


def test_comments_are_no_cause(project: Project, place: Place) -> None:
    a = run(project, place)
    project.noise = 3
    project.write()
    assert causes(place, a, run(project, place, regenerate=True)) == {}


def test_nodes_are_matched_by_id_and_then_by_module(project: Project, place: Place) -> None:
    a = run(project, place)
    b = run(
        project,
        place,
        {"a": NODES["a"], "x": ("total", {"k": 4}), "c": NODES["c"], "d": ("sign", {})},
        {"x": ["a"], "c": ["x"]},
    )
    found = compare(place.read, a.id, b.id)
    assert (found.nodes["x"].node_a, found.nodes["x"].node_b) == ("b", "x")
    assert causes(place, a, b) == {
        "x": [("parameter_changed", "parameter k 1 -> 4")],
        "d": [("only_in_b", f"only run {b.id[:8]} has it")],
    }
    gone = causes(place, b, a)
    assert gone["d"] == [("only_in_a", f"only run {b.id[:8]} has it")]
    assert list(compare(place.read, b.id, a.id).nodes) == ["a", "b", "c", "d"]


def test_another_connection_is_a_cause(project: Project, place: Place) -> None:
    nodes = NODES | {"a2": ("source", {"value": 9})}
    a = run(project, place, nodes)
    b = run(project, place, nodes, {"b": ["a2"], "c": ["b"]})
    assert causes(place, a, b) == {"b": [("input_changed", "input xs comes from a2.output instead of a.output")]}


def test_a_file_is_a_cause_where_it_is_read(project: Project, place: Place, tmp_path: Path) -> None:
    path = tmp_path / "n.txt"
    path.write_text("1")
    nodes, edges = {"r": ("read", {"path": str(path)}), "t": ("total", {})}, {"t": ["r"]}
    a = run(project, place, nodes, edges)
    path.write_text("2")
    assert causes(place, a, run(project, place, nodes, edges)) == {"r": [("input_changed", f"file {path} changed")]}


def test_chance_is_the_cause_where_nothing_else_is(project: Project, place: Place) -> None:
    nodes, edges = {"d": ("dial", {}), "t": ("total", {})}, {"t": ["d"]}
    a = run(project, place, nodes, edges)
    project.tally.dial[0] = 5
    b = run(project, place, nodes, edges)
    text = "it gave another result with the same code, parameters and inputs"
    assert causes(place, a, b) == {"d": [("volatile", text)]}
    assert compare(place.read, a.id, b.id).nodes["t"].metrics["total"].delta == 5


def test_a_run_without_nodes_and_one_that_is_not_there(place: Place) -> None:
    a = study.run(executor="serial", store=place)
    with pytest.raises(RunNotFoundError):
        compare(place.read, a.id, "nowhere")


def test_lineage_leads_from_an_output_back_to_the_sources(place: Place) -> None:
    study.run(executor="serial", store=place)
    again = study.run(executor="serial", store=place, fraction=0.75)
    steps = {step.node: step for step in lineage(place.read, again.id, "train", "output")}
    assert list(steps) == ["train", "split", "load"]
    assert steps["split"].parameters == {"fraction": 0.75}
    assert [(o.node, o.port) for o in steps["train"].inputs["rows"]] == [("split", "output")]
    assert steps["train"].inputs["rows"][0].digest == steps["split"].outputs["output"]
    assert steps["load"].computed_by != steps["load"].run_id
    assert any(text.endswith(f".train in {__file__.rpartition('/')[2]} line {train.function.__code__.co_firstlineno + 1}")
               for text in steps["train"].code)  # fmt: skip
    with pytest.raises(NoSuchOutputError, match="no node nobody; its nodes: load, "):
        lineage(place.read, again.id, "nobody")
    with pytest.raises(NoSuchOutputError, match="no output model; it has: output"):
        lineage(place.read, again.id, "train", "model")


PROJECT = """\
from designer import Metric, Run, module, pipeline
@module
def load() -> list:
    return [1.0, 2.0, 3.0]
@module(metrics=[Metric("loss", goal="minimize", unit="nats")])
def train(rows: list, *, k: float = 1.0) -> float:
    Run.get_context().log("loss", k * sum(rows))
    return k
@pipeline
def study(k: float = 1.0):
    train(load(), k=k)
"""


class Command:
    """The command line in a project."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        (folder / "study.py").write_text(PROJECT)

    def __call__(self, *arguments: str, code: int = 0) -> str:
        done = subprocess.run(
            [sys.executable, "-m", "designer", *arguments], cwd=self.folder, capture_output=True, text=True
        )
        assert done.returncode == code, done.stderr
        return done.stdout + (done.stderr if code else "")

    def json(self, *arguments: str) -> Any:
        return json.loads(self(*arguments, "--json"))


@pytest.fixture
def command(tmp_path: Path) -> Command:
    return Command(tmp_path)


@pytest.mark.slow
def test_the_commands_from_plan_to_delete(command: Command) -> None:
    plan = command.json("plan", "study.py")
    assert plan == {
        "nodes": {
            id: {
                "action": "run",
                "reason": {"kind": "never_ran", "text": "it never ran before in this pipeline"},
                "from_run": None,
                "seconds": None,
            }
            for id in ("load", "train")
        }
    }
    a = command.json("run", "study.py", "--executor", "serial")
    b = command.json("run", "study.py", "--executor", "serial", "-p", "k=0.5", "--regenerate", "load")
    assert [one["reused_from"] for one in b["nodes"].values()] == [None, None]
    found = command.json("compare", a["run_id"], b["run_id"])
    assert found["nodes"] == {
        "load": {"causes": [], "metrics": {}},
        "train": {
            "causes": [{"kind": "parameter_changed", "text": "parameter k 1.0 -> 0.5"}],
            "metrics": {"loss": {"a": 6.0, "b": 3.0, "delta": -3.0, "better": True}},
        },
    }
    text = command("compare", a["run_id"], b["run_id"])
    assert "parameter k 1.0 -> 0.5" in text
    assert "loss  6 -> 3  (-3) nats  better" in text
    assert "1 of 2 nodes are the same" in text
    assert "never_ran" not in command("plan", "study.py")
    steps = command.json("lineage", b["run_id"], "train.output")["steps"]
    assert [step["node"] for step in steps] == ["train", "load"]

    path = command.folder / "study.py"
    path.write_text(PROJECT.replace("k * sum(rows)", "k * sum(rows) + 1"))
    again = command.json("rerun", b["run_id"])
    assert again["rerun_of"] == b["run_id"]
    assert again["changed"] == ["module train: train in study.py line 7 changed"]
    assert again["nodes"]["train"]["metrics"] == {"loss": 4.0}
    assert again["nodes"]["load"]["reused_from"] == b["nodes"]["load"]["run_id"]
    assert "train" in command("plan", "study.py", "--pin", f"train={a['run_id']}")

    usage = command.json("cache")
    assert {id: one["results"] for id, one in usage["modules"].items()} == {"load": 2, "train": 3}
    command("keep", a["run_id"])
    assert "outputs now use 0 B" in command("cache", "trim", "--max-age", "0s")
    assert "say how much may stay" in command("cache", "trim", code=2)
    assert "is no size" in command("cache", "trim", "--max-size", "much", code=2)
    command("delete", b["run_id"])
    assert "there is no run" in command("show", b["run_id"], code=2)
    assert {one["run_id"] for one in command.json("runs")} == {a["run_id"], again["run_id"]}


@pytest.mark.slow
def test_a_run_keeps_what_it_takes_to_repeat_it_and_no_secrets(
    command: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("MY_SECRET", "hunter2")
    for arguments in (
        ("init", "-q"),
        ("add", "."),
        ("-c", "user.name=n", "-c", "user.email=e@e", "commit", "-qm", "first"),
    ):
        subprocess.run(["git", *arguments], cwd=command.folder, check=True)
    (command.folder / "study.py").write_text(PROJECT + "# not committed\n")
    made = command.json("run", "study.py")
    place = Place(command.folder / ".designer")
    try:
        kept = place.read.document(made["run_id"])
        for _ in range(100):
            if "git" in kept["environment"]:
                break
            kept = place.read.document(made["run_id"])
        environment = kept["environment"]
        assert environment["python"] == sys.version.split()[0]
        assert environment["packages"]["pandas"]
        assert environment["command"][1:] == ["run", "study.py", "--json"]
        assert len(environment["git"]["commit"]) == 40
        assert "+# not committed" in place.artifacts.path(environment["git"]["diff"]).read_text()
        assert kept["sources"]["train"]["file"] == str(command.folder / "study.py")
        assert kept["order"]["values"] == {}
        result = next(place.read.result(r.id) for r in place.read.tree(made["run_id"]) if r.node == "train")
        assert result is not None
        assert "def train(" in place.read.code(result.data["code"])["study.train"]["source"]
    finally:
        place.close()
    for path in (command.folder / ".designer").rglob("*"):
        assert not path.is_file() or b"hunter2" not in path.read_bytes()


def test_the_page_about_comparing_names_every_cause() -> None:
    page = (Path(__file__).parents[2] / "docs" / "compare.md").read_text()
    assert [kind for kind in get_args(Kind) if f"`{kind}`" not in page] == []
