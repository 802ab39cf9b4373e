"""Bounds that a module declares for its metrics: a broken one marks the node, or fails it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

import pytest

from designer import Metric, Run, module, pipeline
from designer.errors import RunFailedError
from tests.reuse.kit import executed

if TYPE_CHECKING:
    from designer.store.place import Place


@module(
    metrics=[
        Metric("accuracy", goal="maximize", bounds=(0, 1)),
        Metric("loss", goal="minimize", unit="nats", bounds=(None, 3.0), on_broken="fail"),
    ]
)
def judge(*, accuracy: float = 0.5, loss: float = 1.0) -> float:
    run = Run.get_context()
    run.log("loss", 9.0)  # only where it ends counts
    run.log("loss", loss)
    run.log("accuracy", accuracy)
    return accuracy


@module
def report(x: float) -> float:
    return x


@pipeline
def judged(accuracy: float = 0.5, loss: float = 1.0) -> None:
    report(judge(accuracy=accuracy, loss=loss))


def node(run: Any, place: Place, name: str = "judge") -> Any:
    return next(r for r in place.read.tree(run.id) if r.node == name)


@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_a_broken_bound_marks_the_node_with_the_reason_and_counts_as_a_warning(executor: Any, place: Place) -> None:
    fine = node(judged.run(executor=executor, store=place), place)
    assert (fine.warnings, "designer.broken" in fine.properties) == (0, False)
    run = judged.run(executor=executor, store=place, accuracy=1.25)
    found = node(run, place)
    assert found.status == "Completed"
    assert found.properties["designer.broken"] == "accuracy is 1.25, above 1"
    assert found.warnings == 1
    assert node(run, place, "report").status == "Completed"


def test_a_reused_node_is_marked_as_the_original_was(place: Place) -> None:
    judged.run(executor="serial", store=place, accuracy=-0.5)
    again = judged.run(executor="serial", store=place, accuracy=-0.5)
    assert executed(again) == set()
    assert node(again, place).properties["designer.broken"] == "accuracy is -0.5, below 0"
    assert node(again, place).warnings == 1


def test_a_bound_that_is_declared_to_fail_fails_the_node(place: Place) -> None:
    with pytest.raises(RunFailedError, match="node judge failed: loss is 4 nats, above 3 nats"):
        judged.run(executor="serial", store=place, loss=4.0)
    run = judged.run(executor="serial", store=place, loss=math.nan, raise_on_error=False)
    assert node(run, place).error == {"code": "MetricOutOfBounds", "message": "loss is not a number"}
    assert node(run, place, "report").status == "Skipped"
    assert judged.plan(store=place, loss=4.0)["judge"]["reason"]["kind"] == "earlier_failed"


def test_a_bound_that_fails_now_counts_for_reuse(place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    judged.run(executor="serial", store=place, loss=2.0)
    monkeypatch.setattr(judge, "_metrics", (Metric("loss", bounds=(None, 1.0), on_broken="fail"),))
    assert judged.plan(store=place, loss=2.0)["judge"]["reason"] == {
        "kind": "code_changed", "text": "the bounds that its metrics must keep changed"
    }  # fmt: skip
    assert judged.run(executor="serial", store=place, loss=2.0, raise_on_error=False).status == "Failed"
