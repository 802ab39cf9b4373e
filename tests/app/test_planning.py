"""Plans of pipelines that are being edited: what is right so far is planned, what isn't is left out."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from designer import Run, module
from designer.app.planning import plan_so_far, sound_part
from designer.canvas.earlier import earlier
from designer.declare.pipeline import Pipeline
from designer.declare.registry import Registry
from designer.errors import DesignerError
from designer.graph.check import check
from designer.model.pipeline import Edge, End, Node, Parameter
from designer.model.pipeline import Pipeline as Document
from designer.store.place import Place
from tests import shapes

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path


@module
def start(*, value: int = 1) -> int:
    return value


@module
def add(number: int, *, by: int = 1) -> int:
    Run.get_context().log("sum", number + by)
    return number + by


REGISTRY = Registry.of([start, add])
STEPS: Mapping[str, Any] = {"start": ("start", {}), "add": ("add", {}), "last": ("add", {"by": 5})}
EDGES = {"add": "start", "last": "add"}  # node -> the node that feeds it


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    where = Place(tmp_path / "store")
    yield where
    where.close()


def pipeline(nodes: Mapping[str, Any] = STEPS, edges: Mapping[str, str] = EDGES) -> Pipeline:
    document = Document(
        nodes=tuple(Node(id=id, module=module, parameters=values) for id, (module, values) in nodes.items()),
        edges=tuple(Edge(source=End(a, "output"), target=End(b, "number")) for b, a in edges.items()),
    )
    return Pipeline(document, registry=REGISTRY)


def actions(of: Pipeline, place: Place, **asked: Any) -> dict[str, str]:
    plan = plan_so_far(of, place.read, **{"regenerate": False, "pins": {}, **asked})
    return {node: f"{one['action']} {one['reason']['kind']}" for node, one in plan.items()}


def test_a_right_pipeline_is_planned_in_whole(place: Place) -> None:
    assert actions(pipeline(), place) == dict.fromkeys(STEPS, "run never_ran")
    pipeline().run(executor="serial", store=place)
    changed = pipeline({**STEPS, "add": ("add", {"by": 2})})
    assert actions(changed, place) == {
        "start": "reuse unchanged",
        "add": "run parameter_changed",
        "last": "maybe input_changed",
    }


def test_a_node_with_a_problem_and_what_needs_it_are_left_out(place: Place) -> None:
    wrong = {**STEPS, "add": ("add", {"by": "many"})}
    assert actions(pipeline(wrong), place) == {"start": "run never_ran"}
    unfed = {"last": "add"}
    assert actions(pipeline(edges=unfed), place) == {"start": "run never_ran"}


def test_a_value_that_is_chosen_when_it_is_run_leaves_its_nodes_out(place: Place) -> None:
    made = pipeline()
    nodes = tuple(
        node.model_copy(update={"bindings": {"by": "by"}}) if node.id == "last" else node
        for node in made.document.nodes
    )
    bound = made.document.model_copy(update={"nodes": nodes, "parameters": {"by": Parameter(required=True)}})
    planned = actions(Pipeline(bound, registry=REGISTRY), place)
    assert planned == {"start": "run never_ran", "add": "run never_ran"}


def test_what_the_user_asks_for_is_in_the_plan_as_far_as_it_is_still_there(place: Place) -> None:
    pipeline().run(executor="serial", store=place)
    again = actions(pipeline(), place, regenerate=["add", "renamed", "add/within"])
    assert again == {"start": "reuse unchanged", "add": "run forced", "last": "maybe input_changed"}
    assert set(actions(pipeline(), place, regenerate=True).values()) == {"run forced"}
    run = earlier(place.read, "add", "add").runs[1]
    pinned = actions(pipeline(), place, pins={"last": run.run_id, "renamed": run.run_id})
    assert pinned["last"] == "reuse forced"


def test_an_impossible_pin_is_told(place: Place) -> None:
    run = pipeline().run(executor="serial", store=place)
    with pytest.raises(DesignerError, match="can't be pinned"):
        actions(pipeline({**STEPS, "new": ("start", {})}), place, pins={"new": run.id})


def test_what_is_left_of_a_wrong_pipeline_is_right() -> None:
    cars = shapes.cars()
    extra = Document(
        nodes=(*cars.nodes, Node(id="odd", module="nobody_has_it")),
        edges=(*cars.edges, Edge(source=End("odd", "rows"), target=End("split", "nowhere"))),
    )
    left = sound_part(extra, check(extra, shapes.MODULES))
    assert [problem.code for problem in check(left, shapes.MODULES)] == []
    assert {node.id for node in left.nodes} == {"load"}


def test_earlier_runs_to_choose_from_are_those_that_computed_it_the_nodes_own_first(place: Place) -> None:
    pipeline().run(executor="serial", store=place)
    pipeline().run(executor="serial", store=place)  # reused: nothing new to choose
    pipeline({**STEPS, "add": ("add", {"by": 3})}).run(executor="serial", store=place)
    found = earlier(place.read, "add", "add").runs
    assert [(run.node, run.metrics["sum"]) for run in found] == [("add", 4), ("add", 2), ("last", 9), ("last", 7)]
    assert found[0].number == 3
