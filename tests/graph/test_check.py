"""Every kind of problem: found where it is, with the choices that would fit and the next step."""

from __future__ import annotations

import subprocess
import sys
from typing import Any

import pytest
from hypothesis import given

from designer.graph.check import check, check_parameters
from designer.model import edits as e
from designer.model.pipeline import Edge, End, Node, Parameter, Pipeline
from designer.model.problem import Code, Problem
from tests.shapes import (
    ESTIMATOR,
    FRACTION,
    MODULES,
    cars,
    chain,
    diamond,
    edge,
    fan_out,
    nested,
    node,
    pipeline,
    port,
    spec,
)
from tests.strategies import dags, documents, grouped


def only(pipeline: Pipeline, code: Code, **options: Any) -> Problem:
    """The one problem of a pipeline that has that one only."""
    problems = check(pipeline, MODULES, **options)
    assert [problem.code for problem in problems] == [code], "\n".join(map(str, problems))
    assert problems[0].hint
    return problems[0]


def rewired(pipeline: Pipeline, *, without: str = "", add: tuple[str, ...] = ()) -> Pipeline:
    edges = tuple(x for x in pipeline.edges if str(x) != without)
    return pipeline.model_copy(update={"edges": (*edges, *map(edge, add))})


def with_node(pipeline: Pipeline, id: str, /, **fields: Any) -> Pipeline:
    nodes = tuple(n.model_copy(update=fields) if n.id == id else n for n in pipeline.nodes)
    return pipeline.model_copy(update={"nodes": nodes})


@pytest.mark.parametrize("right", [cars(), diamond(), chain(), fan_out(), nested()], ids=lambda p: p.nodes[-1].id)
def test_a_right_pipeline_has_no_problem(right: Pipeline) -> None:
    assert check(right, MODULES) == []


@given(dags())
def test_random_right_pipelines_have_no_problem(right: Pipeline) -> None:
    assert check(right, MODULES) == []


@given(grouped())
def test_a_group_adds_no_problem(case: tuple[Pipeline, Pipeline]) -> None:
    assert check(case[1], MODULES) == []


@given(documents(unique=False))
def test_any_wrong_pipeline_is_checked_without_failing(wrong: Pipeline) -> None:
    for problem in check(wrong, MODULES):
        assert problem.message
        assert problem.hint


def test_an_empty_pipeline() -> None:
    problem = only(Pipeline(name="cars"), Code.EMPTY_PIPELINE)
    assert (problem.node, problem.port) == (None, None)
    assert "cars has no nodes" in problem.message
    assert problem.hint == "add a module"


def test_a_pipeline_in_which_nothing_would_run() -> None:
    problem = only(with_node(diamond(), "load", disabled=True), Code.EMPTY_PIPELINE)
    assert "load doesn't (it is disabled), left doesn't (it needs load, which is disabled)" in problem.message
    assert problem.hint == "enable a node"


def test_an_empty_group() -> None:
    problem = only(pipeline({"load": "load_cars", "later": Pipeline()}), Code.EMPTY_PIPELINE)
    assert problem.node == "later"


def test_an_unknown_module_names_the_close_ones_and_how_many_there_are() -> None:
    problem = only(with_node(cars(), "split", module="Splt Data"), Code.UNKNOWN_MODULE)
    assert problem.node == "split"
    assert problem.choices == ("split_data",)
    assert "there is no module Splt Data" in problem.message
    there = [spec for spec in MODULES.values() if spec.error is None]
    assert f"{len(there)} modules are known, of which split_data comes close" in problem.message
    assert "these could not be imported: modules/" in problem.message
    assert problem.hint == "did you mean split_data?"


def test_an_unknown_module_where_none_is_known() -> None:
    problems = check(chain(1), {})
    assert [problem.code for problem in problems] == [Code.UNKNOWN_MODULE]
    assert "no modules are known" in problems[0].message
    assert "modules/ folder" in problems[0].hint


def test_a_broken_module_says_why_and_where() -> None:
    problem = only(pipeline({"net": "neural_net"}), Code.BROKEN_MODULE)
    assert problem.node == "net"
    assert "No module named 'torch'" in problem.message
    assert problem.hint == "mend modules/neural_net.py:3, then check again"


def test_two_nodes_with_one_id() -> None:
    twice = pipeline({"load": "load_cars"}).model_copy(update={"nodes": (node("load", "load_cars"),) * 2})
    problem = only(twice, Code.DUPLICATE_NODE)
    assert problem.node == "load"
    assert "2 nodes have the id load: load_cars, load_cars" in problem.message
    assert problem.choices == ("load_2",)
    assert "load_2" in problem.hint


@pytest.mark.parametrize("id", ["a/b", ""])
def test_an_id_that_no_path_can_hold(id: str) -> None:
    problem = only(pipeline({id: "load_cars"}), Code.INVALID_NAME)
    assert problem.node == id
    assert "without a slash" in problem.message
    assert "rename it" in problem.hint


def test_a_port_of_a_group_that_no_edge_can_hold() -> None:
    group = pipeline({"load": "load_cars"}, outputs={"a.b": End("load", "rows")})
    problem = only(pipeline({"g": group}), Code.INVALID_NAME)
    assert (problem.node, problem.port) == ("g", "a.b")


def test_an_edge_from_an_unknown_node_is_shown_at_its_target() -> None:
    wrong = rewired(cars(), without="split.train -> train.dataset", add=("splt.train -> train.dataset",))
    problem = only(wrong, Code.UNKNOWN_NODE)
    assert (problem.node, problem.port) == ("train", "dataset")
    assert "there is no node splt, which the edge splt.train -> train.dataset names" in problem.message
    assert "nodes: load, split, train, score, evaluate" in problem.message
    assert problem.choices == ("split",)
    assert problem.hint == "did you mean split.train?"


def test_an_edge_to_an_unknown_node_is_shown_at_its_source() -> None:
    problem = only(rewired(cars(), add=("split.test -> nowhere.rows",)), Code.UNKNOWN_NODE)
    assert (problem.node, problem.port) == ("split", "test")
    assert problem.hint == "add a node nowhere, or remove the edge split.test -> nowhere.rows"


def test_an_edge_between_two_unknown_nodes_has_two_problems() -> None:
    problems = check(rewired(cars(), add=("this.out -> that.in",)), MODULES)
    assert [(problem.code, problem.node) for problem in problems] == [
        (Code.UNKNOWN_NODE, "this"),
        (Code.UNKNOWN_NODE, "that"),
    ]


def test_an_unknown_output_port_lists_the_outputs() -> None:
    wrong = rewired(cars(), without="split.train -> train.dataset", add=("split.tran -> train.dataset",))
    problem = only(wrong, Code.UNKNOWN_PORT)
    assert (problem.node, problem.port) == ("split", "tran")
    assert "split has no output port tran" in problem.message
    assert "its output ports: train (DataFrame), test (DataFrame)" in problem.message
    assert problem.choices == ("train", "test")
    assert problem.hint == "did you mean split.train?"


def test_an_unknown_input_port_lists_the_inputs() -> None:
    problem = only(rewired(cars(), add=("load.rows -> train.data",)), Code.UNKNOWN_PORT)
    assert (problem.node, problem.port) == ("train", "data")
    assert "its input ports: dataset (DataFrame), start (LinearRegression)" in problem.message
    assert problem.hint == "did you mean train.dataset?"


def test_an_input_port_taken_for_an_output_port() -> None:
    problem = only(rewired(cars(), add=("split.dataset -> train.start",)), Code.UNKNOWN_PORT)
    assert "split has no output port dataset; dataset is an input port" in problem.message


def test_a_port_of_a_module_that_has_none() -> None:
    problem = only(pipeline({"a": "load_cars", "b": "load_cars"}, "a.rows -> b.rows"), Code.UNKNOWN_PORT)
    assert (problem.node, problem.port) == ("b", "rows")
    assert "its input ports: none" in problem.message
    assert problem.hint == "remove it: b has no input ports"


def test_an_edge_without_a_port_names_the_ports_that_fit() -> None:
    wrong = rewired(cars(), without="split.train -> train.dataset", add=("split -> train.dataset",))
    problem = only(wrong, Code.MISSING_PORT)
    assert (problem.node, problem.port) == ("split", None)
    assert "its output ports: train (DataFrame), test (DataFrame)" in problem.message
    assert problem.choices == ("train", "test")
    assert problem.hint == "write split.train or split.test"


def test_an_edge_without_its_input_port_names_only_those_that_fit() -> None:
    problem = only(rewired(cars(), add=("split.test -> train",)), Code.MISSING_PORT)
    assert (problem.node, problem.choices) == ("train", ("dataset",))


def test_a_second_edge_into_a_single_port_names_both() -> None:
    problem = only(rewired(cars(), add=("load.rows -> train.dataset",)), Code.PORT_TAKEN)
    assert (problem.node, problem.port) == ("train", "dataset")
    assert problem.choices == ("split.train -> train.dataset", "load.rows -> train.dataset")
    assert (
        "takes one edge, and 2 end there: split.train -> train.dataset, load.rows -> train.dataset" in problem.message
    )
    assert "remove all but one" in problem.hint
    assert "train.start" in problem.hint


def test_a_port_that_takes_many_is_never_taken() -> None:
    assert check(rewired(diamond(), add=("load.rows -> join.frames",)), MODULES) == []


def test_a_type_mismatch_reads_as_in_the_documents() -> None:
    wrong = rewired(cars(), without="train.model -> score.model", add=("load.rows -> score.model",))
    problem = only(wrong, Code.PORT_TYPE_MISMATCH)
    assert (problem.node, problem.port) == ("score", "model")
    assert str(problem) == (
        "cannot connect  load.rows (DataFrame)  ->  score.model (BaseEstimator)\n"
        "  score.model takes a BaseEstimator; load.rows gives a DataFrame\n"
        "  ports of score that fit: score.dataset\n"
        "  next: connect load.rows to score.dataset instead\n"
        "  code: port_type_mismatch   node: score   port: model"
    )
    assert problem.choices == ("score.dataset",)


def test_a_type_mismatch_without_a_fitting_input_names_fitting_outputs() -> None:
    two = spec("two", outputs=(port("rows"), port("count", MODULES["evaluate_model"].outputs[0].type)))
    wrong = pipeline({"two": "two", "step": "step"}, "two.count -> step.a")
    problems = check(wrong, {**MODULES, "two": two})
    assert [problem.code for problem in problems] == [Code.PORT_TYPE_MISMATCH]
    assert "ports of step that fit: none" in problems[0].message
    assert problems[0].hint == "connect two.rows to step.a instead"


def test_a_type_mismatch_where_nothing_fits_asks_for_a_module_between() -> None:
    problem = only(
        rewired(cars(), without="score.scored -> evaluate.scored", add=("train.model -> evaluate.scored",)),
        Code.PORT_TYPE_MISMATCH,
    )
    assert problem.hint == "put a module between that turns a LinearRegression into a DataFrame"
    assert problem.choices == ()


def test_a_base_class_fits_where_only_the_value_can_tell() -> None:
    modules = {**MODULES, "give": spec("give", outputs=(port("model", ESTIMATOR),))}
    right = pipeline({**_nodes(cars()), "give": "give"}, *map(str, cars().edges), "give.model -> train.start")
    assert check(right, modules) == []


def _nodes(of: Pipeline) -> dict[str, Node]:
    return {n.id: n for n in of.nodes}


def test_a_missing_input_names_the_outputs_upstream_that_fit() -> None:
    problem = only(rewired(cars(), without="split.test -> score.dataset"), Code.MISSING_INPUT)
    assert (problem.node, problem.port) == ("score", "dataset")
    assert "score.dataset has no input; it takes a DataFrame" in problem.message
    assert "outputs in this pipeline that fit: load.rows, split.train, split.test" in problem.message
    assert problem.choices == ("load.rows", "split.train", "split.test")
    assert problem.hint == "connect load.rows -> score.dataset, or another of them"


def test_a_missing_input_prefers_an_output_of_its_name() -> None:
    problem = only(rewired(cars(), without="score.scored -> evaluate.scored"), Code.MISSING_INPUT)
    assert problem.choices[0] == "score.scored"


def test_a_missing_input_that_no_node_can_give_names_modules() -> None:
    problem = only(
        pipeline({"load": "load_cars", "score": "score_model"}, "load.rows -> score.dataset"), Code.MISSING_INPUT
    )
    assert (problem.port, problem.choices) == ("model", ())
    assert problem.hint == "add one of these modules and connect it: train_model"


def test_an_optional_input_may_be_missing() -> None:
    assert check(cars(), MODULES) == []
    assert not any(x.target.port == "start" for x in cars().edges)


def test_a_cycle_is_named_in_order() -> None:
    circle = pipeline({"a": "step", "b": "step", "c": "step"}, "a.out -> b.a", "b.out -> c.a", "c.out -> a.a")
    problem = only(circle, Code.CYCLE)
    assert problem.node == "a"
    assert "a -> b -> c -> a" in problem.message
    assert problem.choices == ("a.out -> b.a", "b.out -> c.a", "c.out -> a.a")
    assert problem.hint.startswith("remove one of the edges: a.out -> b.a")


def test_a_node_that_needs_itself() -> None:
    problem = only(pipeline({"a": "step"}, "a.out -> a.a"), Code.CYCLE)
    assert "a -> a" in problem.message


def test_each_knot_has_one_problem_with_a_shortest_circle() -> None:
    knots = pipeline(
        dict.fromkeys("abcxy", "step"),
        "a.out -> b.a", "b.out -> a.a", "b.out -> c.a", "c.out -> a.b", "x.out -> y.a", "y.out -> x.a",
    )  # fmt: skip
    messages = [problem.message for problem in check(knots, MODULES) if problem.code == Code.CYCLE]
    assert [message.partition(": ")[2] for message in messages] == ["a -> b -> a", "x -> y -> x"]


def test_a_circle_through_groups_is_named_by_paths() -> None:
    group = pipeline({"s": "step"}, inputs={"in": (End("s", "a"),)}, outputs={"out": End("s", "out")})
    problem = only(pipeline({"g": group, "b": "step"}, "g.out -> b.a", "b.out -> g.in"), Code.CYCLE)
    assert "g/s -> b -> g/s" in problem.message


def test_a_group_may_be_left_and_entered_again_where_no_node_needs_itself() -> None:
    group = pipeline(
        {"first": "step", "second": "step"},
        inputs={"one": (End("first", "a"),), "two": (End("second", "a"),)},
        outputs={"one": End("first", "out")},
    )
    right = pipeline(
        {"load": "load_cars", "g": group, "b": "step"}, "load.rows -> g.one", "g.one -> b.a", "b.out -> g.two"
    )
    assert check(right, MODULES) == []


def test_an_unknown_parameter_names_the_close_one() -> None:
    problem = only(with_node(cars(), "split", parameters={"fractoin": 0.5}), Code.UNKNOWN_PARAMETER)
    assert (problem.node, problem.parameter) == ("split", "fractoin")
    assert "split (split_data) has no parameter fractoin\n  its parameters: fraction, seed" in problem.message
    assert problem.choices == ("fraction",)
    assert problem.hint == "did you mean fraction?"


def test_a_module_that_takes_any_parameter_has_no_unknown_one() -> None:
    schema = {"type": "object", "properties": {}, "additionalProperties": True}
    modules = {"free": MODULES["load_cars"].model_copy(update={"id": "free", "parameters": schema})}
    assert check(pipeline({"a": Node(id="a", module="free", parameters={"x": 1})}), modules) == []


def test_a_required_parameter_that_is_not_set() -> None:
    problem = only(with_node(cars(), "train", parameters={}), Code.MISSING_PARAMETER)
    assert (problem.node, problem.parameter) == ("train", "label")
    assert "train.label has no value and no default\n  it takes a text" in problem.message
    assert problem.hint == "set label, or bind it to a pipeline parameter"


@pytest.mark.parametrize(
    ("node", "parameters", "says", "hint"),
    [
        ("split", {"fraction": 1.5}, "split.fraction is 1.5: Input should be less than 1", "a number greater than 0"),
        ("split", {"fraction": "much"}, "split.fraction is 'much': Input should be a valid number", "less than 1"),
        ("split", {"seed": 0.5}, "split.seed is 0.5: Input should be a valid integer", "a whole number"),
        ("train", {"label": ""}, "train.label is '': String should have at least 1 character", "a text"),
        ("train", {"label": "y", "penalty": "l3"}, "'l3': Input should be 'l1' or 'l2'", "one of 'l1', 'l2'"),
    ],
)
def test_an_invalid_parameter(node: str, parameters: dict[str, Any], says: str, hint: str) -> None:
    problem = only(with_node(cars(), node, parameters=parameters), Code.INVALID_PARAMETER)
    assert problem.node == node
    assert problem.parameter == list(parameters)[-1]
    assert says in problem.message
    assert hint in problem.hint


def test_an_invalid_choice_offers_the_choices() -> None:
    wrong = with_node(cars(), "train", parameters={"label": "y", "penalty": "l3"})
    assert only(wrong, Code.INVALID_PARAMETER).choices == ("l1", "l2")


def test_a_modules_own_model_has_the_word_where_it_is_at_hand() -> None:
    asked = []

    def validate(module: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
        asked.append((module, parameters))
        return [("columns.0", "Input should be a valid string"), ("label", "Field required")]

    split = MODULES["split_data"]
    modules = {**MODULES, "split_data": spec("split_data", split.inputs, split.outputs, {"columns": {}})}
    wrong = with_node(with_node(cars(), "split", parameters={"columns": [1]}), "train", parameters={"label": "price"})
    problems = check(wrong, modules, validate)
    assert asked == [("split_data", {"columns": [1]}), ("train_model", {"label": "price"})]
    found = [(problem.node, problem.parameter) for problem in problems]
    assert found == [("split", "columns.0"), ("train", "label")], "what wasn't given isn't called invalid"
    assert "split.columns.0 is [1]: Input should be a valid string" in problems[0].message


def test_a_parameter_bound_to_an_unknown_pipeline_parameter() -> None:
    wrong = with_node(cars(), "split", bindings={"fraction": "shre"})
    wrong = wrong.model_copy(update={"parameters": {"share": Parameter(default=0.7)}})
    problem = only(wrong, Code.UNKNOWN_PIPELINE_PARAMETER)
    assert (problem.node, problem.parameter) == ("split", "fraction")
    assert "split.fraction is bound to shre, which is no parameter of the pipeline cars" in problem.message
    assert "its parameters: share" in problem.message
    assert problem.choices == ("share",)
    assert problem.hint == "did you mean share?"


def test_a_bound_parameter_is_checked_with_the_default_that_it_gets() -> None:
    bound = with_node(cars(), "split", bindings={"fraction": "share"})
    wrong = bound.model_copy(update={"parameters": {"share": Parameter(default=7)}})
    problem = only(wrong, Code.INVALID_PARAMETER)
    assert "split.fraction is 7, given by the pipeline parameter share: Input should be less than 1" in problem.message
    assert "change the pipeline parameter share" in problem.hint


def test_a_bound_parameter_is_checked_with_the_value_of_the_run() -> None:
    bound = with_node(cars(), "split", bindings={"fraction": "share"})
    right = bound.model_copy(update={"parameters": {"share": Parameter(default=0.7)}})
    assert only(right, Code.INVALID_PARAMETER, values={"share": 2}).node == "split"
    assert check(right, MODULES, values={"share": 0.2}) == []


def test_a_bound_parameter_without_a_known_value_is_not_checked() -> None:
    bound = with_node(cars(), "train", parameters={}, bindings={"label": "label"})
    assert check(bound.model_copy(update={"parameters": {"label": Parameter(required=True)}}), MODULES) == []


def test_a_parameter_that_is_set_and_bound() -> None:
    both = with_node(cars(), "split", parameters={"fraction": 0.5}, bindings={"fraction": "share"})
    problem = only(both.model_copy(update={"parameters": {"share": Parameter(default=0.7)}}), Code.INVALID_PARAMETER)
    assert "has a value (0.5) and is bound to share as well" in problem.message


def test_a_default_of_the_pipeline_that_its_schema_refuses() -> None:
    wrong = cars().model_copy(update={"parameters": {"share": Parameter(default=3, schema=FRACTION)}})
    problem = only(wrong, Code.INVALID_PARAMETER)
    assert (problem.node, problem.parameter) == (None, "share")
    assert "the pipeline's parameter share is 3: Input should be less than 1" in problem.message


def group_of_cars(**fields: Any) -> Pipeline:
    """split and train in a group with a pipeline parameter for the fraction and the label."""
    inner = pipeline(
        {
            "split": Node(id="", module="split_data", bindings={"fraction": "share"}),
            "train": Node(id="", module="train_model", bindings={"label": "label"}),
        },
        "split.train -> train.dataset",
        inputs={"rows": (End("split", "dataset"),)},
        outputs={"model": End("train", "model")},
        parameters={"share": Parameter(default=0.7, schema=FRACTION), "label": Parameter(required=True)},
    )
    values: dict[str, Any] = {"parameters": {"label": "price"}, **fields}
    return pipeline({"load": "load_cars", "fit": node("fit", inner, **values)}, "load.rows -> fit.rows")


def test_problems_in_a_group_carry_its_path() -> None:
    inner = rewired(nested().nodes[1].pipeline or Pipeline(), without="inner.done -> last.a")
    problem = only(with_node(nested(), "outer", pipeline=inner), Code.MISSING_INPUT)
    assert (problem.node, problem.port) == ("outer/last", "a")
    assert "inner.done" in problem.message


def test_an_input_of_a_group_without_an_edge_is_the_groups_problem() -> None:
    problem = only(rewired(nested(), without="load.rows -> outer.rows"), Code.MISSING_INPUT)
    assert (problem.node, problem.port, problem.choices) == ("outer", "rows", ("load.rows",))


def test_a_port_of_a_group_has_the_type_of_the_port_within() -> None:
    wrong = pipeline({**_nodes(group_of_cars()), "step": "step"}, "load.rows -> fit.rows", "fit.model -> step.a")
    problem = only(wrong, Code.PORT_TYPE_MISMATCH)
    assert "fit.model (LinearRegression)  ->  step.a (DataFrame)" in problem.message


def test_a_port_of_a_group_that_it_has_not() -> None:
    problem = only(rewired(nested(), add=("outer.middle -> end.b",), without="outer.late -> end.b"), Code.UNKNOWN_PORT)
    assert "its output ports: early (DataFrame), late (DataFrame)" in problem.message


def test_a_port_of_a_group_that_leads_nowhere() -> None:
    group = pipeline({"load": "load_cars"}, outputs={"rows": End("laod", "rows")})
    problem = only(pipeline({"g": group}), Code.UNKNOWN_NODE)
    assert (problem.node, problem.choices) == ("g", ("load",))
    assert "which the output rows of g names" in problem.message


def test_an_input_that_a_group_and_a_node_in_it_feed() -> None:
    group = pipeline({"load": "load_cars", "s": "step"}, "load.rows -> s.a", inputs={"rows": (End("s", "a"),)})
    problem = only(pipeline({"load": "load_cars", "g": group}, "load.rows -> g.rows"), Code.PORT_TAKEN)
    assert (problem.node, problem.port) == ("g/s", "a")
    assert "g.rows, load.rows -> s.a" in problem.message


def test_a_pipeline_with_inputs_needs_another_around_it() -> None:
    problem = only(pipeline({"s": "step"}, inputs={"rows": (End("s", "a"),)}), Code.MISSING_INPUT)
    assert "as the pipeline's input rows it has a value only inside another pipeline" in problem.message


def test_the_parameters_of_a_group() -> None:
    assert check(group_of_cars(), MODULES) == []
    missing = only(group_of_cars(parameters={}), Code.MISSING_PARAMETER)
    assert (missing.node, missing.parameter) == ("fit", "label")
    unknown = only(group_of_cars(parameters={"label": "price", "shre": 1}), Code.UNKNOWN_PARAMETER)
    assert (unknown.node, unknown.choices) == ("fit", ("share",))
    bound = only(group_of_cars(bindings={"share": "s"}), Code.UNKNOWN_PIPELINE_PARAMETER)
    assert (bound.node, bound.parameter) == ("fit", "share")


def test_a_value_given_to_a_group_is_checked_at_the_group_and_where_it_arrives() -> None:
    problems = check(group_of_cars(parameters={"label": "price", "share": 3}), MODULES)
    assert [(p.code, p.node, p.parameter) for p in problems] == [
        (Code.INVALID_PARAMETER, "fit", "share"),
        (Code.INVALID_PARAMETER, "fit/split", "fraction"),
    ]


def test_a_disabled_node_has_no_problems_of_its_own() -> None:
    wrong = with_node(cars(), "train", module="gone", disabled=True)
    assert check(wrong, MODULES) == []


def test_what_needs_a_disabled_node_has_none_either() -> None:
    wrong = with_node(with_node(cars(), "train", disabled=True), "score", parameters={"x": 1})
    assert check(rewired(wrong, without="split.test -> score.dataset"), MODULES) == []


def test_a_disabled_source_of_an_optional_port_leaves_its_target_running() -> None:
    running = Node(id="s", module="step", parameters={"y": 1})
    off = node("off", "load_cars", disabled=True)
    optional = pipeline({"load": "load_cars", "off": off, "s": running}, "load.rows -> s.a", "off.rows -> s.b")
    assert only(optional, Code.UNKNOWN_PARAMETER).node == "s"


def test_everything_is_found_at_once() -> None:
    wrong = with_node(
        rewired(cars(), without="load.rows -> split.dataset"), "train", module="tran_model", parameters={}
    )
    wrong = rewired(with_node(wrong, "split", parameters={"seed": "x"}), add=("evaluate.metrics -> gone.in",))
    codes = {problem.code for problem in check(wrong, MODULES)}
    assert codes == {Code.UNKNOWN_MODULE, Code.MISSING_INPUT, Code.INVALID_PARAMETER, Code.UNKNOWN_NODE}


def test_nothing_is_held_against_the_ports_of_an_unknown_module() -> None:
    only(with_node(cars(), "train", module="gone"), Code.UNKNOWN_MODULE)


def test_values_of_a_run() -> None:
    asks = Pipeline(
        name="cars",
        parameters={
            "fraction": Parameter(default=0.7, schema=FRACTION),
            "label": Parameter(required=True, schema={"type": "string"}),
        },
    )
    assert check_parameters(asks, {"label": "price"}) == []
    missing, unknown, invalid = (
        check_parameters(asks, {})[0],
        check_parameters(asks, {"label": "x", "fractoin": 0.5})[0],
        check_parameters(asks, {"label": "x", "fraction": 2})[0],
    )
    assert (missing.code, missing.parameter) == (Code.MISSING_PARAMETER, "label")
    assert "-p label=" in missing.hint
    assert (unknown.code, unknown.choices) == (Code.UNKNOWN_PIPELINE_PARAMETER, ("fraction",))
    assert "cars has no parameter fractoin\n  its parameters: fraction, label" in unknown.message
    assert invalid.code == Code.INVALID_PARAMETER
    assert "the pipeline's parameter fraction is 2: Input should be less than 1" in invalid.message


def test_a_right_pipeline_is_checked_and_ordered_without_loading_networkx() -> None:
    program = (
        "import sys; from tests.shapes import *; from designer.graph.check import check;"
        "from designer.graph.flatten import flatten; from designer.graph.order import Ready;"
        "assert check(cars(), MODULES) == []; flat = flatten(cars()); Ready(flat.nodes, flat.edges).ready();"
        "assert 'networkx' not in sys.modules; assert 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", program], check=True)


def test_an_undone_mistake_leaves_no_problem() -> None:
    wrong = e.apply(cars(), e.RemoveNodes(nodes=("train",)))
    assert {problem.code for problem in check(wrong, MODULES)} == {Code.MISSING_INPUT}
    mended = e.apply_all(
        wrong,
        [
            e.AddNodes(nodes=(cars().nodes[2],)),
            e.Connect(edge=Edge(source=End("split", "train"), target=End("train", "dataset"))),
            e.Connect(edge=Edge(source=End("train", "model"), target=End("score", "model"))),
        ],
    )
    assert check(mended, MODULES) == []
