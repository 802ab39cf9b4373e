"""Why a node runs: one reason, the first that holds."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args

import pytest

from designer import Run, module, pipeline
from designer.engine.reuse.decision import Kind
from designer.model.pipeline import End, Node
from designer.model.pipeline import Pipeline as Document
from tests.reuse.kit import document, executed, reasons

if TYPE_CHECKING:
    from designer.store.place import Place
    from tests.reuse.kit import Project

NODES = {"a": ("source", {"value": 2}), "b": ("total", {"k": 1}), "c": ("sign", {"k": 0})}
EDGES = {"b": ["a"], "c": ["b"]}


class Chain:
    """source -> total -> sign, run once."""

    def __init__(self, project: Project, place: Place) -> None:
        self.project, self.place = project, place
        self.run()

    def pipeline(self, nodes: Any = None, edges: Any = None, **fields: Any) -> Any:
        return self.project.pipeline(document(nodes or NODES, edges or EDGES, **fields))

    def plan(self, nodes: Any = None, edges: Any = None, **options: Any) -> dict[str, tuple[str, str, str]]:
        found = self.pipeline(nodes, edges).plan(store=self.place, **options)
        return {id: (one["action"], one["reason"]["kind"], one["reason"]["text"]) for id, one in found.items()}

    def run(self, nodes: Any = None, edges: Any = None, **options: Any) -> Run:
        return self.pipeline(nodes, edges).run(executor="serial", store=self.place, raise_on_error=False, **options)

    def actions(self, *args: Any, **options: Any) -> dict[str, str]:
        return {id: action for id, (action, _, _) in self.plan(*args, **options).items()}


@pytest.fixture
def chain(project: Project, place: Place) -> Chain:
    return Chain(project, place)


def test_what_never_ran_says_so(project: Project, place: Place) -> None:
    plan = project.pipeline(document(NODES, EDGES)).plan(store=place)
    assert {one["reason"]["kind"] for one in plan.values()} == {"never_ran"}
    assert {one["action"] for one in plan.values()} == {"run"}
    assert {one["from_run"] for one in plan.values()} == {None}


def test_nothing_changed_reuses_all_with_the_run_and_the_seconds(chain: Chain) -> None:
    first = {r.node: r.id for r in chain.place.read.tree(chain.run().id)}
    originals = {r.node: r.reused_from for r in chain.place.read.tree(first and chain.run().id) if r.node}
    plan = chain.pipeline().plan(store=chain.place)
    assert {one["action"] for one in plan.values()} == {"reuse"}
    assert {id: one["from_run"] for id, one in plan.items()} == originals
    assert all(one["seconds"] is not None for one in plan.values())


def test_a_parameter_is_named_with_both_values(chain: Chain) -> None:
    plan = chain.plan(NODES | {"b": ("total", {"k": 5})})
    assert plan["a"][:2] == ("reuse", "unchanged")
    assert plan["b"] == ("run", "parameter_changed", "parameter k 1 -> 5")
    assert plan["c"] == ("maybe", "input_changed", "input xs may change, because b reruns")


def test_changed_code_is_named_with_function_file_and_line(chain: Chain) -> None:
    chain.project.constants["total"] = 7
    chain.project.write()
    assert chain.plan()["b"] == ("run", "code_changed", "total in nodes.py line 18 changed")


def test_a_changed_helper_in_another_file_reruns_exactly_the_modules_that_call_it(chain: Chain) -> None:
    chain.project.constants["shift"] = 3
    chain.project.write()
    plan = chain.plan()
    assert plan["c"] == ("run", "code_changed", "shifted in helpers.py line 9 changed")
    assert executed(chain.run()) == {"c"}
    chain.project.constants["factor"] = 5
    chain.project.write()
    assert chain.plan()["b"] == ("run", "code_changed", "FACTOR in helpers.py line 1 changed")
    assert chain.actions() == {"a": "reuse", "b": "run", "c": "maybe"}


def test_an_unchanged_output_stops_the_wave(chain: Chain) -> None:
    nodes, edges = NODES | {"d": ("total", {}), "e": ("total", {})}, EDGES | {"d": ["c"], "e": ["d"]}
    chain.run(nodes, edges)
    changed = nodes | {"a": ("source", {"value": 3})}
    assert chain.actions(changed, edges) == {"a": "run", "b": "maybe", "c": "maybe", "d": "maybe", "e": "maybe"}
    run = chain.run(changed, edges)
    assert executed(run) == {"a", "b", "c"}  # the sign is the same
    assert reasons(run)["b"] == "input_changed: input xs changed: a gives another result"
    assert reasons(run)["d"] == "unchanged: its inputs came out the same"


def test_earlier_values_are_found_again_whatever_came_between(chain: Chain) -> None:
    for value in (3, 4):
        chain.run(NODES | {"a": ("source", {"value": value})})
    assert set(chain.actions().values()) == {"reuse"}


def test_the_reason_is_told_by_the_latest_of_several_results(chain: Chain) -> None:
    chain.run(NODES | {"b": ("total", {"k": 5})})
    assert chain.plan(NODES | {"b": ("total", {"k": 6})})["b"][2] == "parameter k 5 -> 6"


@pytest.mark.parametrize("names", [("x", "y", "z"), ("c", "a", "b"), ("p/a", "p/b", "q")])
def test_names_and_order_rerun_nothing(chain: Chain, names: tuple[str, str, str]) -> None:
    a, b, c = (name.replace("/", "_") for name in names)
    renamed = {c: NODES["c"], a: NODES["a"], b: NODES["b"]}
    assert executed(chain.run(renamed, {b: [a], c: [b]})) == set()


def test_a_renamed_node_is_compared_with_what_it_was(chain: Chain) -> None:
    nodes = {"a": NODES["a"], "renamed": ("total", {"k": 9}), "c": NODES["c"]}
    plan = chain.plan(nodes, {"renamed": ["a"], "c": ["renamed"]})
    assert plan["renamed"] == ("run", "parameter_changed", "parameter k 1 -> 9")


def test_a_second_node_of_a_module_never_ran(chain: Chain) -> None:
    assert chain.plan(NODES | {"d": ("total", {"k": 9})})["d"][1] == "never_ran"


def test_moving_nodes_into_a_group_reruns_nothing(chain: Chain) -> None:
    inner = document({"b": NODES["b"], "c": NODES["c"]}, {"c": ["b"]}, name="inner")
    inner = inner.model_copy(update={"inputs": {"xs": (End("b", "xs"),)}})
    outer = document({"a": NODES["a"]}, {})
    nodes = (*outer.nodes, Node(id="group", pipeline=inner))
    edge = document(NODES, {"b": ["a"]}).edges[0].model_copy(update={"target": End("group", "xs")})
    made = Document(name="made", nodes=nodes, edges=(edge,))
    pipeline = chain.project.pipeline(made)
    assert {id: one["action"] for id, one in pipeline.plan(store=chain.place).items()} == {
        "a": "reuse", "group/b": "reuse", "group/c": "reuse"
    }  # fmt: skip
    assert executed(pipeline.run(executor="serial", store=chain.place)) == set()
    assert {one["reason"]["kind"] for one in pipeline.plan(store=chain.place, regenerate=["group"]).values()} == {
        "unchanged", "forced"
    }  # fmt: skip


def test_rewiring_is_a_changed_input(chain: Chain) -> None:
    nodes = NODES | {"a2": ("source", {"value": 7})}
    chain.run(nodes, EDGES)
    plan = chain.plan(nodes, {"b": ["a2"], "c": ["b"]})
    assert plan["b"] == ("run", "input_changed", "input xs changed: a2 gives another result")
    more = chain.plan(nodes | {"a": ("source", {"value": 8})}, {"b": ["a", "a2"], "c": ["b"]})
    assert more["b"] == ("run", "input_changed", "input xs takes 2 values instead of 1")


def test_forced_comes_before_everything_else(chain: Chain) -> None:
    plan = chain.plan(NODES | {"b": ("total", {"k": 5})}, regenerate=["b"])
    assert plan["b"][:2] == ("run", "forced")
    assert {one[1] for one in chain.plan(regenerate=True).values()} == {"forced"}
    assert executed(chain.run(regenerate=True)) == {"a", "b", "c"}
    assert executed(chain.run(regenerate=["c"])) == {"c"}


def test_a_node_marked_in_the_document_runs_each_time(chain: Chain) -> None:
    made = document(NODES, EDGES)
    nodes = tuple(node.model_copy(update={"regenerate": node.id == "c"}) for node in made.nodes)
    run = chain.project.pipeline(made.model_copy(update={"nodes": nodes})).run(executor="serial", store=chain.place)
    assert executed(run) == {"c"}


def test_volatile_comes_before_never_ran(chain: Chain) -> None:
    assert chain.plan({"dial": ("dial", {})}, {"dial": []})["dial"][:2] == ("run", "volatile")


def test_a_module_may_be_volatile_for_some_values_of_a_parameter_only(place: Place) -> None:
    @module(volatile={"source": ["clock"]})
    def reading(*, source: str = "file") -> str:
        return source

    @pipeline
    def readings(source: str = "file") -> None:
        reading(source=source)

    for source, words in (("file", ("reuse", "unchanged")), ("clock", ("run", "volatile"))):
        readings.run(source=source, executor="serial", store=place)
        decision = readings.plan(source=source, store=place)["reading"]
        assert (decision["action"], decision["reason"]["kind"]) == words


def test_a_volatile_module_runs_and_its_wave_stops_where_nothing_changes(chain: Chain) -> None:
    nodes, edges = {"d": ("dial", {}), "t": ("total", {})}, {"t": ["d"]}
    assert executed(chain.run(nodes, edges)) == {"d", "t"}
    assert chain.actions(nodes, edges) == {"d": "run", "t": "maybe"}
    assert executed(chain.run(nodes, edges)) == {"d"}
    chain.project.tally.dial[0] = 4
    assert executed(chain.run(nodes, edges)) == {"d", "t"}


def test_the_seed_counts_as_a_parameter(chain: Chain) -> None:
    from designer.engine.submit import plan_pipeline

    plan = plan_pipeline(chain.pipeline(), {}, store=chain.place, seed=3)
    assert plan["a"]["reason"] == {"kind": "parameter_changed", "text": "the run's seed 0 -> 3"}


fails = True


@module
def shaky(*, k: int = 0) -> int:
    if fails:
        raise ValueError("not today")
    return k


@module(version="2")
def after(x: int) -> int:
    return x


@module(reuse=False)
def never_again(x: int) -> int:
    return x


@pipeline
def risky(k: int = 0) -> None:
    never_again(after(shaky(k=k)))


def test_what_failed_is_never_reused_and_says_so(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    risky.run(executor="serial", store=place, raise_on_error=False)
    plan = risky.plan(store=place)
    assert plan["shaky"]["reason"]["kind"] == "earlier_failed"
    assert plan["after"]["reason"]["kind"] == "never_ran"
    assert plan["never_again"]["reason"]["kind"] == "volatile"
    assert risky.plan(store=place, k=2)["shaky"]["reason"]["kind"] == "parameter_changed"
    monkeypatch.setattr("tests.reuse.test_reasons.fails", False)
    assert executed(risky.run(executor="serial", store=place)) == {"shaky", "after", "never_again"}
    assert {id: one["action"] for id, one in risky.plan(store=place).items()} == {
        "shaky": "reuse", "after": "reuse", "never_again": "run"
    }  # fmt: skip


def test_a_good_result_is_taken_although_a_later_one_failed(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reuse.test_reasons.fails", False)
    risky.run(executor="serial", store=place)
    monkeypatch.setattr("tests.reuse.test_reasons.fails", True)
    risky.run(executor="serial", store=place, regenerate=["shaky"], raise_on_error=False)
    assert risky.plan(store=place)["shaky"]["action"] == "reuse"
    risky.run(executor="serial", store=place, k=5, raise_on_error=False)
    risky.run(executor="serial", store=place)
    assert risky.plan(store=place, k=5)["shaky"]["reason"]["kind"] == "earlier_failed"


def test_a_new_version_is_changed_code(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("tests.reuse.test_reasons.fails", False)
    risky.run(executor="serial", store=place)
    monkeypatch.setattr(after, "_version", "3")
    plan = risky.plan(store=place)
    assert plan["after"]["reason"] == {"kind": "code_changed", "text": "version 2 -> 3"}


@pytest.mark.slow
def test_the_page_about_reuse_shows_what_happens(tmp_path: Path) -> None:
    page = (Path(__file__).parents[2] / "docs" / "reuse.md").read_text()
    (tmp_path / "growth.py").write_text(page.partition("```python\n")[2].partition("```")[0])

    def command(*arguments: str) -> Any:
        words = [sys.executable, "-m", "designer", *arguments, "--json"]
        return json.loads(subprocess.run(words, cwd=tmp_path, capture_output=True, text=True, check=True).stdout)

    command("run", "growth.py", "--executor", "serial")
    plan = command("plan", "growth.py", "-p", "rate=0.051")["nodes"]
    told = {id: (one["action"], one["reason"]["text"]) for id, one in plan.items()}
    for id, (action, text) in told.items():
        assert any(
            line.split()[1:3] == [id, action] and text in line for line in page.splitlines() if line[:1] in "↺▶?"
        ), id
    run = command("run", "growth.py", "--executor", "serial", "-p", "rate=0.051")
    assert {id for id, one in run["nodes"].items() if one["reused_from"] is None} == {"grow", "rounded"}
    for kind in get_args(Kind):
        assert f"| `{kind}` |" in page
