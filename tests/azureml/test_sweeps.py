"""HyperDrive: spaces, sampling, early termination, trials as children."""

from __future__ import annotations

import json
import math
import time

import pytest
from azureml.core import ScriptRunConfig
from azureml.exceptions import TrainingException, UserErrorException
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter, TrainingOutput
from azureml.pipeline.steps import HyperDriveStep, HyperDriveStepRun, PythonScriptStep
from azureml.train.hyperdrive import (
    BanditPolicy,
    BayesianParameterSampling,
    GridParameterSampling,
    HyperDriveConfig,
    MedianStoppingPolicy,
    NoTerminationPolicy,
    PrimaryMetricGoal,
    RandomParameterSampling,
    TruncationSelectionPolicy,
    choice,
    lognormal,
    loguniform,
    normal,
    qlognormal,
    qloguniform,
    qnormal,
    quniform,
    randint,
    uniform,
)
from hypothesis import given
from hypothesis import strategies as st

from designer.azureml.sweep import policies
from designer.azureml.sweep.sampling import sampler
from designer.azureml.sweep.space import drawn

SCRIPT = """
import argparse, os, time
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument("--base", type=int)
parser.add_argument("--lr", type=float)
parser.add_argument("--units", type=int)
args = parser.parse_args()
run = Run.get_context()
for step in range(4):
    run.log("acc", args.lr * (step + 1))
    if args.lr < 0.5:
        time.sleep(0.15)
run.parent.log_row(name="all", run=run.id, lr=args.lr)
open("outputs/model.txt", "w").write(str(args.lr))
"""


@pytest.fixture
def config(script):
    def make(sampling, most, metric="acc", goal=PrimaryMetricGoal.MAXIMIZE, text=SCRIPT, **settings):
        source = ScriptRunConfig(script(text), "train.py", ["--base", 1])
        return HyperDriveConfig(
            run_config=source,
            hyperparameter_sampling=sampling,
            primary_metric_name=metric,
            primary_metric_goal=goal,
            max_total_runs=most,
            **settings,
        )

    return make


def test_a_sweep_runs_its_trials_as_children_and_finds_the_best(exp, config):
    sampling = GridParameterSampling({"lr": choice(0.6, 0.9, 0.7), "--units": choice(range(2, 3))})
    run = exp.submit(config(sampling, 12, max_concurrent_runs=2), tags={"k": "v"})
    details = run.wait_for_completion(show_output=True)
    assert details["status"] == "Completed"
    assert run.type == "hyperdrive"
    assert run.id.startswith("HD_")
    assert [c.id for c in run.get_children()] == [f"{run.id}_{at}" for at in (2, 1, 0)]
    ranked = run.get_children_sorted_by_primary_metric()
    assert [json.loads(r["hyperparameters"])["lr"] for r in ranked] == [0.9, 0.7, 0.6]
    assert json.loads(ranked[0]["hyperparameters"]) == {"lr": 0.9, "--units": 2}
    assert [r["best_primary_metric"] for r in ranked] == [4 * 0.9, 4 * 0.7, 4 * 0.6]
    assert len(run.get_children_sorted_by_primary_metric(top=2)) == 2
    assert run.get_children_sorted_by_primary_metric(reverse=True)[0] == ranked[-1]
    best = run.get_best_run_by_primary_metric()
    assert best.get_details()["runDefinition"]["arguments"] == ["--base", "1", "--lr", "0.9", "--units", "2"]
    assert best.get_file_names() == ["outputs/model.txt"]
    assert best.parent.id == run.id
    assert best.type == "azureml.scriptrun"
    assert set(run.get_metrics()) == set(run.get_hyperparameters()) == {c.id for c in run.get_children()}
    own = run.get_metrics(recursive=True)[run.id]
    assert sorted(own["all"]["lr"]) == [0.6, 0.7, 0.9]
    assert sorted(own["trials"]["lr"]) == [0.6, 0.7, 0.9]
    assert run.get_tags()["k"] == "v"


def test_a_policy_stops_trials_that_lag_behind(exp, config):
    sampling = GridParameterSampling({"lr": choice(0.9, 0.1), "units": choice(1)})
    run = exp.submit(
        config(
            sampling,
            2,
            policy=BanditPolicy(slack_factor=0.1, evaluation_interval=1, delay_evaluation=2),
            max_concurrent_runs=1,
        )
    )
    run.wait_for_completion()
    assert [r["status"] for r in run.get_children_sorted_by_primary_metric()] == ["Completed", "Canceled"]
    assert run.get_best_run_by_primary_metric(include_canceled=False).status == "Completed"
    assert run.status == "Completed"


def test_a_sweep_whose_trials_all_fail_has_failed_and_one_that_logs_nothing_has_no_best(exp, config):
    sampling = RandomParameterSampling({"lr": uniform(0.5, 1)})
    run = exp.submit(config(sampling, 2, text="raise ValueError('no luck')"))
    run.wait_for_completion(raise_on_error=False)
    assert run.status == "Failed"
    assert "all 2 trials failed; the first: User program failed with ValueError: no luck" in run.error["message"]
    quiet = exp.submit(config(sampling, 1, text="pass"))
    quiet.wait_for_completion()
    assert quiet.get_best_run_by_primary_metric() is None
    assert quiet.get_children_sorted_by_primary_metric()[0]["best_primary_metric"] is None


def test_a_canceled_sweep_stops_its_trials(exp, config):
    run = exp.submit(
        config(
            RandomParameterSampling({"lr": uniform(0, 1)}),
            4,
            text="import time\ntime.sleep(600)",
            max_concurrent_runs=2,
        )
    )
    while len(list(run.get_children())) < 2:
        time.sleep(0.02)
    run.cancel()
    run.wait_for_completion()
    assert run.status == "Canceled"
    assert {c.status for c in run.get_children()} == {"Canceled"}


@pytest.mark.parametrize("among_outputs", [False, True])
def test_a_sweep_is_a_step_that_hands_on_its_best_model(exp, ws, config, among_outputs):
    hyper = config(GridParameterSampling({"lr": choice(0.6, 0.8), "units": choice(1)}), 2)
    metrics = PipelineData("metrics", training_output=TrainingOutput("Metrics"))
    model = PipelineData("model", training_output=TrainingOutput("Model", model_file="outputs/model.txt"))
    given = {"outputs": [metrics, model]} if among_outputs else {"outputs": [model], "metrics_output": metrics}
    step = HyperDriveStep("sweep", hyper, **given)
    run = exp.submit(Pipeline(ws, [step]))
    run.wait_for_completion(show_output=False)
    (one,) = run.get_children()
    sweep = HyperDriveStepRun(step_run=one)
    assert sweep.get_best_run_by_primary_metric().get_metrics()["acc"][-1] == 3.2
    assert json.loads(one.get_output_data("metrics")._path().read_text()).keys() == {c.id for c in one.get_children()}
    assert one.get_output_data("model")._path().read_text() == "0.8"


SPACES = {
    "choice": (choice("a", "b"), ["choice", [["a", "b"]]]), "range": (choice(range(3)), ["choice", [[0, 1, 2]]]), "randint": (randint(5), ["randint", [5]]),
    "uniform": (uniform(1, 2), ["uniform", [1, 2]]), "quniform": (quniform(1, 9, 2), ["quniform", [1, 9, 2]]), "loguniform": (loguniform(-3, 0), ["loguniform", [-3, 0]]),
    "qloguniform": (qloguniform(0, 3, 2), ["qloguniform", [0, 3, 2]]), "normal": (normal(1, 2), ["normal", [1, 2]]), "qnormal": (qnormal(1, 2, 3), ["qnormal", [1, 2, 3]]),
    "lognormal": (lognormal(0, 1), ["lognormal", [0, 1]]), "qlognormal": (qlognormal(0, 1, 2), ["qlognormal", [0, 1, 2]]),
}  # fmt: skip


@pytest.mark.parametrize("kind", SPACES)
def test_expressions_have_azures_encoding(kind):
    assert SPACES[kind][0] == SPACES[kind][1]


@given(st.sampled_from(sorted(SPACES)), st.floats(0, 1, exclude_max=True))
def test_a_drawn_value_lies_in_its_space(kind, u):
    expression, arguments = SPACES[kind][0], SPACES[kind][0][1]
    value = drawn(expression, u)
    if kind in ("choice", "range"):
        assert value in arguments[0]
    elif kind == "randint":
        assert 0 <= value < 5
    elif kind == "uniform":
        assert 1 <= value <= 2
    elif kind == "loguniform":
        assert math.exp(-3) <= value <= 1 + 1e-9
    elif kind.startswith("q"):
        assert value % arguments[2] == 0
    else:
        assert math.isfinite(value)


def test_random_values_follow_the_seed_and_never_repeat_a_combination():
    space = {"name": "RANDOM", "parameter_space": {"a": choice(1, 2), "b": choice(3, 4)}, "properties": {"seed": 1}}
    first, again = sampler(space, True), sampler(space, True)
    values = [first.next() for _ in range(5)]
    assert values == [again.next() for _ in range(5)]
    assert values[4] is None
    assert len({repr(v) for v in values[:4]}) == 4
    sobol = sampler(
        {"name": "RANDOM", "parameter_space": {"a": uniform(0, 1)}, "properties": {"seed": 1, "rule": "sobol"}}, True
    )
    halves = [sobol.next()[1]["a"] < 0.5 for _ in range(8)]
    assert halves.count(True) == 4


def test_bayesian_sampling_learns_where_the_good_values_are():
    one = sampler(
        {
            "name": "BayesianOptimization",
            "parameter_space": {"x": uniform(0, 1), "c": choice("a", "b"), "q": quniform(0, 10, 5)},
            "properties": {"seed": 0},
        },
        True,
    )
    drawn_values = []
    for _ in range(60):
        ticket, values = one.next()
        drawn_values.append(values["x"])
        assert values["c"] in ("a", "b")
        assert values["q"] in (0, 5, 10)
        one.tell(ticket, -abs(values["x"] - 0.8))
    assert sum(abs(x - 0.8) < 0.15 for x in drawn_values[30:]) > sum(abs(x - 0.8) < 0.15 for x in drawn_values[:30])
    one.tell(one.next()[0], None)


@pytest.mark.parametrize(
    "call",
    [
        lambda: GridParameterSampling({"a": uniform(0, 1)}),
        lambda: BayesianParameterSampling({"a": normal(0, 1)}),
        lambda: RandomParameterSampling({}),
        lambda: RandomParameterSampling({"a": [1, 2, 3]}),
        lambda: BanditPolicy(),
        lambda: BanditPolicy(slack_factor=0.1, slack_amount=1),
        lambda: BanditPolicy(slack_factor=0.1, evaluation_interval=0),
        lambda: TruncationSelectionPolicy(100),
    ],
)
def test_wrong_settings_are_refused(call):
    with pytest.raises(TrainingException):
        call()


@pytest.mark.parametrize(
    "call", [lambda: quniform(1, 2, 0.5), lambda: uniform(2, 1), lambda: choice([]), lambda: randint(0)]
)
def test_wrong_expressions_are_refused(call):
    with pytest.raises(ValueError, match=r"."):
        call()


def test_too_many_runs_and_no_script_are_refused(config):
    sampling = RandomParameterSampling({"a": uniform(0, 1)})
    for settings in ({"most": 0}, {"most": 1001}, {"most": 2, "max_concurrent_runs": 3}):
        with pytest.raises(TrainingException):
            config(sampling, **settings)
    with pytest.raises(TrainingException, match="one of run_config"):
        HyperDriveConfig(sampling, "m", PrimaryMetricGoal.MAXIMIZE, 1)


POLICIES = [
    (BanditPolicy(slack_factor=0.2), [0.66], [[0.8]], True, True),
    (BanditPolicy(slack_factor=0.2), [0.67], [[0.8]], True, False),
    (BanditPolicy(slack_amount=0.1), [0.75], [[0.8]], True, False),
    (BanditPolicy(slack_amount=0.1), [1.2], [[1.0]], False, True),
    (BanditPolicy(slack_factor=0.1), [1.05], [[1.0]], False, False),
    (MedianStoppingPolicy(), [0.1], [[0.5], [0.6]], True, True),
    (MedianStoppingPolicy(), [0.9], [[0.5], [0.6]], True, False),
    (TruncationSelectionPolicy(50), [0.1], [[0.5], [0.6], [0.7]], True, True),
    (TruncationSelectionPolicy(50), [0.6], [[0.5], [0.4], [0.7]], True, False),
    (TruncationSelectionPolicy(25), [9.0], [[0.5], [0.4], [0.7]], False, True),
]


@pytest.mark.parametrize(("policy", "own", "others", "maximize", "expected"), POLICIES)
def test_policies_decide_by_the_metric_at_an_interval(policy, own, others, maximize, expected):
    assert policies.stops(policy.to_json(), 1, own, others, others, maximize) is expected


def test_an_interval_is_looked_at_once_and_not_before_the_delay():
    data = BanditPolicy(slack_factor=0.1, evaluation_interval=3, delay_evaluation=5).to_json()
    assert [policies.due(data, before, before + 1) for before in range(9)] == [None] * 5 + [6, None, None, 9]
    assert policies.due(data, 5, 12) == 12
    assert policies.due(NoTerminationPolicy().to_json(), 0, 9) is None


SCORES = """
import sys, time
from azureml.core import Run
parent = Run.get_context().parent
for epoch in range(1, 4):
    parent.log("score", epoch * float(sys.argv[1]) + int(sys.argv[2]))
if sys.argv[1] == "13.0":
    raise ValueError("unlucky")
"""


def over_pipeline(ws, script, space, most):
    weight, shift = PipelineParameter("weight", 1.0), PipelineParameter("shift", 0)
    step = PythonScriptStep("scores.py", arguments=[weight, shift], source_directory=script(SCORES, "scores.py"))
    return HyperDriveConfig(
        pipeline=Pipeline(ws, [step]), hyperparameter_sampling=GridParameterSampling(space), primary_metric_name="score",
        primary_metric_goal=PrimaryMetricGoal.MAXIMIZE, max_total_runs=most, max_concurrent_runs=1,
    )  # fmt: skip


def test_a_pipeline_is_swept_over_by_its_parameters(exp, ws, script):
    run = exp.submit(over_pipeline(ws, script, {"--weight": choice(2.0, 5.0, 13.0), "shift": choice(1)}, 3))
    run.wait_for_completion()
    trials = run.get_children_sorted_by_primary_metric()
    assert [(json.loads(one["hyperparameters"])["--weight"], one["best_primary_metric"], one["status"]) for one in trials] == [
        (13.0, 40.0, "Failed"), (5.0, 16.0, "Completed"), (2.0, 7.0, "Completed"),
    ]  # fmt: skip
    best = run.get_best_run_by_primary_metric(include_failed=False)
    assert best.get_metrics() == {"score": [6.0, 11.0, 16.0]}
    pipeline_run = ws.get_run(best.properties["azureml.pipelinerunid"])
    assert (pipeline_run.get_status(), pipeline_run.get_metrics()) == ("Finished", {"score": [6.0, 11.0, 16.0]})


def test_a_space_names_parameters_that_the_pipeline_has(ws, script):
    with pytest.raises(UserErrorException, match="no parameter 'depth'; it has: weight, shift"):
        over_pipeline(ws, script, {"--depth": choice(1, 2)}, 2)
