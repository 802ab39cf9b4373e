"""Which metrics a node's face shows."""

from __future__ import annotations

from designer.canvas.pins import is_score, pinned, pins_of
from designer.model.module import Metric
from designer.model.pipeline import Layout
from designer.model.runs import MetricSummary
from tests import shapes


def logged(*names: str) -> dict[str, MetricSummary]:
    return {name: MetricSummary(name, "scalar", 1, 0.5, 0.5, 0.5, None, 0.0, "") for name in names}


def test_what_the_user_pinned_comes_first_as_far_as_it_was_logged() -> None:
    assert pinned(("rows", "gone"), None, logged("r2", "rows")) == ("rows",)


def test_else_what_the_module_declared() -> None:
    spec = shapes.spec("train", metrics=(Metric("loss", pinned=True), Metric("r2")))
    assert pinned(None, spec, logged("r2", "loss")) == ("loss",)


def test_a_declared_metric_of_two_ports_is_shown_for_both() -> None:
    spec = shapes.spec("evaluate", metrics=(Metric("AUC", pinned=True), Metric("Recall")))
    names = ("Recall (left port)", "AUC (left port)", "Recall (right port)", "AUC (right port)")
    assert pinned(None, spec, logged(*names)) == ("AUC (left port)", "AUC (right port)")


def test_else_scores_before_counts() -> None:
    assert pinned(None, None, logged("rows_in", "noise", "RMSE", "r2")) == ("r2", "RMSE", "rows_in")
    assert pinned(None, None, logged("something")) == ("something",)


def test_pins_within_groups_are_found_by_path() -> None:
    pipeline = shapes.nested()
    outer = pipeline.node("outer")
    assert outer is not None
    assert outer.pipeline is not None
    inner = outer.pipeline.model_copy(update={"layout": Layout(pins={"last": ("rows",)})})
    pipeline = pipeline.model_copy(
        update={
            "nodes": tuple(n.model_copy(update={"pipeline": inner}) if n.id == "outer" else n for n in pipeline.nodes)
        }
    )
    assert pins_of(pipeline, "outer/last") == ("rows",)
    assert pins_of(pipeline, "outer/inner/step") is None


def test_scores_are_told_from_counts() -> None:
    assert [is_score(name) for name in ("accuracy", "val_loss", "rows", "seed")] == [True, True, False, False]
