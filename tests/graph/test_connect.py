"""A new edge: would it be right, why not, and which modules would fit its other end."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from designer.graph.check import check
from designer.graph.connect import can_connect, fitting
from designer.model.pipeline import Edge, End, Pipeline
from designer.model.problem import Code
from designer.model.types import ANY, Fit
from tests.shapes import ESTIMATOR, FRAME, MODEL, MODULES, cars, chain, diamond, nested, pipeline, port, spec
from tests.strategies import dags, grouped


def tried(pipeline: Pipeline, edge: str) -> Any:
    source, _, target = edge.partition(" -> ")
    return can_connect(pipeline, MODULES, End.parse(source), End.parse(target))


def refusal(pipeline: Pipeline, edge: str) -> tuple[Code, str]:
    fit, reason, problem = tried(pipeline, edge)
    assert fit is Fit.NO
    assert problem
    assert problem.hint
    return problem.code, reason


def test_an_edge_between_the_same_types_is_right() -> None:
    assert tried(chain(3), "load.rows -> step_2.b") == (Fit.YES, "both are DataFrame", None)


def test_an_edge_from_a_base_class_is_right_as_far_as_anyone_can_tell() -> None:
    modules = {**MODULES, "give": spec("give", outputs=(port("model", ESTIMATOR),))}
    one = pipeline({"give": "give", "train": "train_model"})
    answer = can_connect(one, modules, End("give", "model"), End("train", "start"))
    assert answer == (
        Fit.MAYBE, "a BaseEstimator may be a LinearRegression; only the value can tell", None
    )  # fmt: skip


def test_an_edge_between_types_that_do_not_fit() -> None:
    assert refusal(cars(), "load.rows -> train.start") == (
        Code.PORT_TYPE_MISMATCH,
        "a DataFrame is not a LinearRegression",
    )


def test_an_edge_into_a_taken_port() -> None:
    code, reason = refusal(cars(), "load.rows -> train.dataset")
    assert code == Code.PORT_TAKEN
    assert reason.startswith("train.dataset takes one edge")


def test_an_edge_that_is_there_already() -> None:
    assert refusal(diamond(), "left.out -> join.frames") == (Code.PORT_TAKEN, "they are connected already")


def test_an_edge_that_closes_a_circle_names_it() -> None:
    code, reason = refusal(chain(4), "step_3.out -> step_1.b")
    assert code == Code.CYCLE
    assert reason == "step_3.out -> step_1.b would close a circle: step_1 -> step_2 -> step_3 -> step_1"


def test_an_edge_of_a_node_to_itself() -> None:
    assert refusal(chain(2), "step_1.out -> step_1.b")[0] == Code.CYCLE


def test_an_edge_into_a_group_that_closes_a_circle_through_it() -> None:
    code, reason = refusal(nested(), "end.out -> outer.rows")
    assert code == Code.PORT_TAKEN
    without = nested().model_copy(update={"edges": nested().edges[1:]})
    code, reason = refusal(without, "end.out -> outer.rows")
    assert code == Code.CYCLE
    assert "end" in reason


def test_an_edge_between_what_is_not_there() -> None:
    assert refusal(cars(), "gone.out -> train.start")[0] == Code.UNKNOWN_NODE
    assert refusal(cars(), "split.out -> train.start")[0] == Code.UNKNOWN_PORT
    assert refusal(cars(), "split -> train.start")[0] == Code.MISSING_PORT


def test_an_edge_to_a_module_that_nobody_knows_may_be_right() -> None:
    one = pipeline({"load": "load_cars", "x": "gone"})
    assert tried(one, "load.rows -> x.in").fit is Fit.MAYBE


@given(st.one_of(dags(), grouped().map(lambda case: case[1])), st.data())
def test_an_edge_is_refused_exactly_when_check_would_object(one: Pipeline, data: st.DataObject) -> None:
    ids = st.sampled_from([node.id for node in one.nodes])
    source = End(data.draw(ids), data.draw(st.sampled_from(["rows", "out", "train", "a"])))
    target = End(data.draw(ids), data.draw(st.sampled_from(["a", "b", "frames", "dataset"])))
    edge = Edge(source=source, target=target)
    answer = can_connect(one, MODULES, source, target)
    problems = check(one.model_copy(update={"edges": (*one.edges, edge)}), MODULES)
    if edge in one.edges:
        assert answer.fit is Fit.NO
    else:
        assert (answer.fit is Fit.NO) == bool(problems)
        assert answer.problem is None or answer.problem.code in {problem.code for problem in problems}


def test_modules_that_take_a_value_best_fit_first() -> None:
    anything = spec("show", inputs=(port("value", ANY),))
    base = spec("look", inputs=(port("estimator", ESTIMATOR),))
    found = fitting({"show": anything, "look": base, **MODULES}, MODEL, "input")
    assert found == [
        ("train_model", "start", Fit.YES),
        ("look", "estimator", Fit.YES),
        ("score_model", "model", Fit.YES),
        ("show", "value", Fit.YES),
    ]


def test_modules_that_give_a_value_sure_ones_first() -> None:
    some = spec("give", outputs=(port("model", ESTIMATOR),))
    anything = spec("python", outputs=(port("value", ANY),))
    found = fitting({"python": anything, "give": some, **MODULES}, MODEL, "output")
    assert found == [
        ("train_model", "model", Fit.YES),
        ("give", "model", Fit.MAYBE),
        ("python", "value", Fit.MAYBE),
    ]


def test_a_module_that_can_not_be_used_is_not_offered() -> None:
    broken = MODULES["load_cars"].model_copy(update={"error": "ImportError"})
    assert fitting({"load_cars": broken}, FRAME, "output") == []
