"""What scripts and notebooks log through MLflow is on their runs, as it is in Azure."""

from __future__ import annotations

import pytest

pytest.importorskip("mlflow")

from tests.azureml.conftest import python

LOGS = """
import mlflow
with mlflow.start_run():
    for epoch in range(3):
        mlflow.log_metric("loss", 1.0 / (epoch + 1), step=epoch)
    mlflow.log_metric("rows/train", 7)
    mlflow.log_param("depth", 5)
    mlflow.set_tag("kind", "tree")
    mlflow.log_text("hello", "notes/a.txt")
    with mlflow.start_run(nested=True, run_name="fold 1"):
        mlflow.log_metric("score", 0.5)
"""


def test_a_submitted_scripts_mlflow_run_is_its_run_and_nested_ones_are_children(submitted):
    run = submitted(LOGS)
    assert run.get_metrics() == {"loss": [1.0, 0.5, pytest.approx(1 / 3)], "rows/train": 7.0}
    assert run.tags == {"kind": "tree"}
    assert run._record.parameters == {"depth": "5"}
    assert "notes/a.txt" in run.get_file_names()
    (child,) = run.get_children()
    assert (child.display_name, child.get_metrics(), child.status) == ("fold 1", {"score": 0.5}, "Completed")


def test_both_ways_of_logging_meet_in_one_run(submitted):
    run = submitted(
        """
import mlflow
from azureml.core import Run
run = Run.get_context()
mlflow.set_tracking_uri(run.experiment.workspace.get_mlflow_tracking_uri())
mlflow.log_metric("theirs", 1)
run.log("ours", 2)
"""
    )
    assert run.get_metrics() == {"ours": 2, "theirs": 1.0}


def test_a_script_that_fails_keeps_what_it_told_mlflow(submitted):
    run = submitted(LOGS + "\nraise ValueError('no')", raise_on_error=False)
    assert (run.status, run.get_metrics()["rows/train"]) == ("Failed", 7.0)


def test_a_notebooks_mlflow_runs_are_runs_of_their_experiment(folder):
    ended = python(
        "-c",
        """
import designer.azureml.install
import mlflow
from azureml.core import Experiment, Workspace
ws = Workspace.from_config()
mlflow.set_tracking_uri(ws.get_mlflow_tracking_uri())
experiment = Experiment(ws, "with-mlflow")
mlflow.set_experiment(experiment.name)
with mlflow.start_run():
    mlflow.log_metric("observations", 10)
with mlflow.start_run() as open_still:
    runs = list(experiment.get_runs())
assert [run.get_metrics() for run in runs] == [{"observations": 10.0}]
assert len(list(experiment.get_runs())) == 2
assert len(list(experiment.get_runs())) == 2
""",
        PYTHONWARNINGS="ignore",
    )
    assert ended.returncode == 0, ended.stderr


def test_a_sweeps_primary_metric_may_come_through_mlflow(exp, script):
    from azureml.core import ScriptRunConfig
    from azureml.train.hyperdrive import GridParameterSampling, HyperDriveConfig, PrimaryMetricGoal, choice

    source = script("import sys, mlflow\nmlflow.log_metric('score', float(sys.argv[2]))")
    run = exp.submit(
        HyperDriveConfig(
            run_config=ScriptRunConfig(source, script="train.py"), primary_metric_name="score", max_total_runs=2,
            hyperparameter_sampling=GridParameterSampling({"x": choice(1, 2)}), primary_metric_goal=PrimaryMetricGoal.MAXIMIZE,
        )
    )  # fmt: skip
    run.wait_for_completion()
    assert run.get_best_run_by_primary_metric().get_metrics() == {"score": 2.0}
