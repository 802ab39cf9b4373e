"""The sample pipelines: right, laid out with their notes, and run with the scores that they promise."""

from __future__ import annotations

from pathlib import Path

import pytest

from designer import Pipeline
from designer.canvas.view import Sparks, run_view
from designer.declare.registry import Registry
from designer.store.open import open_store

FOLDER = Path(__file__).parents[2] / "pipelines"
DOCUMENTS = sorted(FOLDER.glob("*.yaml"))

# Of each sample: a node, one of its metrics, and the least and greatest value that it may have.
SCORES = {
    "anomaly_detection": ("evaluate_model", "AUC", 0.9, 1.0),
    "clustering": ("train_clustering_model", "Silhouette", 0.4, 1.0),
    "credit_risk": ("cost_per_loan", "Cost per loan (replicated)", 0.3, 0.65),
    "customer_relationship": ("evaluate_churn", "AUC", 0.8, 0.9),
    "feature_selection": ("evaluate_model", "AUC (right port)", 0.95, 1.0),
    "flight_delay_weather": ("evaluate_model", "AUC", 0.7, 0.85),
    "penguins": ("evaluate_model", "Overall_Accuracy", 0.95, 1.0),
    "recommendation": ("evaluate_ratings", "RMSE", 0.8, 1.0),
    "regression_basic": ("evaluate_model", "Coefficient_of_Determination", 0.85, 0.95),
    "regression_compare": ("evaluate_boosted", "Coefficient_of_Determination (left port)", 0.88, 0.96),
    "text_classification": ("evaluate_model", "Overall_Accuracy", 0.6, 0.8),
    "tuning": ("evaluate_model", "AUC", 0.97, 1.0),
}


def metrics_by_node(run):
    """The metrics of every node of a pipeline's run."""
    return {child.node: child.get_metrics() for child in run.get_children() if child.node}


def faces(run, path, store):
    """What the canvas shows on the face of every node that ran: the names of its metrics."""
    pipeline = Pipeline.load(path).document
    view = run_view(
        open_store(store),
        run.id,
        tick=0,
        pipeline=pipeline,
        modules=Registry.for_project(FOLDER.parent).specs(),
        sparks=Sparks(),
    )
    return {node: [pin.name for pin in shown.pins] for node, shown in view.nodes.items()}


def test_every_sample_has_a_score_that_it_must_reach():
    assert sorted(path.stem for path in DOCUMENTS) == sorted(SCORES)
    assert len(SCORES) >= 10


@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_sample_has_no_problem_and_opens_laid_out_with_its_notes(path):
    pipeline = Pipeline.load(path)
    assert pipeline.check() == []
    layout = pipeline.document.layout
    assert set(layout.positions) == {node.id for node in pipeline.document.nodes}
    assert len(layout.notes) >= 2
    assert pipeline.document.description
    boxes = [(note.x, note.y, note.x + note.width, note.y + note.height) for note in layout.notes]
    boxes += [(x, y, x + 240, y + 100) for x, y in layout.positions.values()]
    for i, (left, top, right, bottom) in enumerate(boxes):
        for other in boxes[i + 1 :]:
            assert right <= other[0] or other[2] <= left or bottom <= other[1] or other[3] <= top


@pytest.mark.slow
@pytest.mark.parametrize("path", DOCUMENTS, ids=lambda path: path.stem)
def test_a_sample_runs_and_reaches_its_score(path, tmp_path):
    run = Pipeline.load(path).run(executor="serial", store=tmp_path / "store")
    assert run.status == "Completed"
    node, metric, least, most = SCORES[path.stem]
    assert least <= metrics_by_node(run)[node][metric] <= most
    assert metric in faces(run, path, tmp_path / "store")[node]


@pytest.mark.slow
def test_the_python_samples_run(tmp_path):
    cars = Pipeline.load(FOLDER / "cars.py").run(executor="serial", store=tmp_path / "store", fraction=0.8)
    assert metrics_by_node(cars)["evaluate_model"]["Coefficient_of_Determination"] > 0.85
    assert metrics_by_node(cars)["split_data"]["rows_1"] == 314


@pytest.mark.slow
def test_all_flights_are_predicted(tmp_path):
    run = Pipeline.load(FOLDER / "flight_delay.py").run(executor="serial", store=tmp_path / "store", trees=20)
    found = metrics_by_node(run)
    assert found["flights"]["rows"] == 336_776
    assert found["clean_missing_data"]["rows_removed"] == 9_430
    assert found["evaluate_model"]["Root_Mean_Squared_Error"] < 20
    assert len(found["train_model"]["Train loss"]) == 20
