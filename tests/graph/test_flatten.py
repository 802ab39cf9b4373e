"""What runs: groups dissolved, parameters resolved, disabled nodes and what needs them left out with the reason."""

from __future__ import annotations

from typing import Any

from hypothesis import given

from designer.graph.flatten import FlatPipeline, flatten
from designer.model import edits as e
from designer.model.document import from_yaml, to_yaml
from designer.model.edits import apply
from designer.model.pipeline import End, Node, Parameter, Pipeline
from tests.shapes import MODULES, cars, diamond, nested, node, pipeline
from tests.strategies import documents, grouped


def edges(flat: FlatPipeline) -> list[str]:
    return [str(edge) for edge in flat.edges]


def by_target(flat: FlatPipeline, name: Any = str) -> dict[tuple[str, str], list[tuple[str, str]]]:
    found: dict[tuple[str, str], list[tuple[str, str]]] = {}
    for edge in flat.edges:
        key = name(edge.target.node), edge.target.port
        found.setdefault(key, []).append((name(edge.source.node), edge.source.port))
    return found


def last(path: str) -> str:
    return path.rpartition("/")[2]


def test_without_groups_everything_stays_as_it_is() -> None:
    flat = flatten(cars())
    assert list(flat.nodes) == [n.id for n in cars().nodes]
    assert edges(flat) == [str(edge) for edge in cars().edges]
    assert (flat.groups, flat.not_run) == ((), {})
    assert flat.nodes["train"].parameters == {"label": "price"}


def test_edges_cross_any_number_of_borders() -> None:
    flat = flatten(nested())
    assert list(flat.nodes) == ["load", "outer/inner/step", "outer/last", "end"]
    assert sorted(edges(flat)) == [
        "load.rows -> outer/inner/step.a",
        "load.rows -> outer/last.b",
        "outer/inner/step.out -> end.a",
        "outer/inner/step.out -> outer/last.a",
        "outer/last.out -> end.b",
    ]
    assert [(group.path, group.parent) for group in flat.groups] == [("outer", ""), ("outer/inner", "outer")]
    assert flat.nodes["outer/inner/step"].group == "outer/inner"


@given(grouped())
def test_edges_through_groups_are_those_of_the_pipeline_without_groups(case: tuple[Pipeline, Pipeline]) -> None:
    flat, folded = (by_target(flatten(one), last) for one in case)
    assert {key: sorted(ends) for key, ends in folded.items()} == {key: sorted(ends) for key, ends in flat.items()}


@given(grouped())
def test_saving_a_pipeline_keeps_the_order_of_edges_into_each_port(case: tuple[Pipeline, Pipeline]) -> None:
    for one in case:
        assert by_target(flatten(from_yaml(to_yaml(one)))) == by_target(flatten(one))


@given(grouped())
def test_ungrouping_keeps_the_order_of_edges_into_each_port(case: tuple[Pipeline, Pipeline]) -> None:
    folded = case[1]
    group = next(n.id for n in folded.nodes if n.pipeline is not None)
    assert by_target(flatten(apply(folded, e.Ungroup(node=group))), last) == by_target(flatten(folded), last)


@given(documents(unique=False))
def test_any_wrong_pipeline_is_flattened_without_failing(wrong: Pipeline) -> None:
    flat = flatten(wrong, {}, MODULES)
    assert all(edge.source.node in flat.nodes and edge.target.node in flat.nodes for edge in flat.edges)
    assert not set(flat.nodes) & set(flat.not_run)


def test_the_order_of_edges_into_one_port_is_that_of_the_values() -> None:
    assert flatten(diamond()).inputs["join"] == {"frames": (End("left", "out"), End("right", "out"))}
    turned = diamond().model_copy(update={"edges": diamond().edges[::-1]})
    assert flatten(turned).inputs["join"] == {"frames": (End("right", "out"), End("left", "out"))}


def test_neighbours_are_named_once() -> None:
    flat = flatten(pipeline({"l": "load_cars", "s": "step"}, "l.rows -> s.a", "l.rows -> s.b"))
    assert (flat.before["s"], flat.after["l"]) == (("l",), ("s",))


def bound(value: dict[str, Any] | None = None, **group: Any) -> Pipeline:
    """A node bound to its group's parameter `share`, which the group may get from the pipeline's parameter `part`."""
    inner = pipeline(
        {"split": Node(id="", module="split_data", parameters={"seed": 1}, bindings={"fraction": "share"})},
        parameters={"share": Parameter(default=0.7)},
    )
    return pipeline({"g": node("g", inner, **group)}, parameters={"part": Parameter(**(value or {"default": 0.9}))})


def fraction(pipeline: Pipeline, **values: Any) -> Any:
    return flatten(pipeline, values).nodes["g/split"].parameters.get("fraction")


def test_values_go_down_through_groups() -> None:
    assert fraction(bound()) == 0.7, "the default within"
    assert fraction(bound(parameters={"share": 0.5})) == 0.5, "the value that the group was given"
    assert fraction(bound(bindings={"share": "part"})) == 0.9, "the default of the pipeline"
    assert fraction(bound(bindings={"share": "part"}), part=0.1) == 0.1, "the value of the run"
    assert fraction(bound({"required": True}, bindings={"share": "part"})) == 0.7, (
        "nothing known, so the default within"
    )
    assert flatten(bound()).nodes["g/split"].parameters == {"seed": 1, "fraction": 0.7}
    assert flatten(bound(), {"part": 0.1}).parameters == {"part": 0.1}
    assert flatten(bound(parameters={"share": 0.5})).groups[0].parameters == {"share": 0.5}


def test_a_disabled_node_and_what_needs_it_does_not_run() -> None:
    off = apply(cars(), e.ChangeNodes(nodes=("train",), disabled=True))
    flat = flatten(off, {}, MODULES)
    assert list(flat.nodes) == ["load", "split"]
    assert edges(flat) == ["load.rows -> split.dataset"]
    assert flat.not_run == {
        "train": "it is disabled",
        "score": "it needs train, which is disabled",
        "evaluate": "it needs score, which doesn't run because train is disabled",
    }


def test_an_optional_input_does_without_a_disabled_node() -> None:
    before = pipeline(
        {"load": "load_cars", "off": node("off", "load_cars", disabled=True), "s": "step"},
        "load.rows -> s.a",
        "off.rows -> s.b",
    )
    flat = flatten(before, {}, MODULES)
    assert edges(flat) == ["load.rows -> s.a"]
    assert flat.not_run == {"off": "it is disabled"}
    assert set(flatten(before).not_run) == {"off", "s"}, "who doesn't know the modules takes every input as needed"


def test_an_input_that_takes_many_does_with_what_is_left() -> None:
    one_off = apply(diamond(), e.ChangeNodes(nodes=("left",), disabled=True))
    assert flatten(one_off, {}, MODULES).inputs["join"] == {"frames": (End("right", "out"),)}
    both_off = apply(diamond(), e.ChangeNodes(nodes=("left", "right"), disabled=True))
    assert list(flatten(both_off, {}, MODULES).nodes) == ["load"]


def test_a_disabled_group_runs_nothing_of_what_is_in_it() -> None:
    flat = flatten(apply(nested(), e.ChangeNodes(nodes=("outer",), disabled=True)), {}, MODULES)
    assert list(flat.nodes) == ["load"]
    assert flat.groups == ()
    assert flat.not_run == {
        "outer/inner/step": "its group outer is disabled",
        "outer/last": "its group outer is disabled",
        "end": "it needs outer/inner/step, which doesn't run because outer is disabled",
    }


def test_a_group_that_is_to_run_anew_makes_its_nodes_run_anew() -> None:
    flat = flatten(apply(nested(), e.ChangeNodes(nodes=("outer",), regenerate=True)))
    assert {path: one.regenerate for path, one in flat.nodes.items()} == {
        "load": False, "outer/inner/step": True, "outer/last": True, "end": False
    }  # fmt: skip
