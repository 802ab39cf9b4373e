"""Pipelines of steps run on designer's engine: data, order, parameters, reuse, failures, publishing."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from azureml.core import Dataset, Environment, Run, RunConfiguration
from azureml.data import OutputFileDatasetConfig
from azureml.exceptions import ActivityFailedException, UserErrorException
from azureml.pipeline.core import (
    InputPortDef,
    Module,
    OutputPortDef,
    Pipeline,
    PipelineData,
    PipelineDraft,
    PipelineEndpoint,
    PipelineParameter,
    PipelineRun,
    PublishedPipeline,
    Schedule,
    ScheduleRecurrence,
    StepRun,
    StepSequence,
)
from azureml.pipeline.steps import CommandStep, EstimatorStep, ModuleStep, PythonScriptStep
from azureml.train.estimator import Estimator
from azureml.train.sklearn import SKLearn

from tests.azureml.conftest import python

PREPARE = """
import argparse, os
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument("--out")
parser.add_argument("--rows", type=int)
args = parser.parse_args()
run = Run.get_context()
run.log("rows", args.rows)
run.parent.log("rows in", args.rows)
os.makedirs(args.out, exist_ok=True)
with open(os.path.join(args.out, "d.csv"), "w") as file:
    file.write("a\\n" + "1\\n" * args.rows)
"""
TRAIN = """
import argparse, os
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument("--data")
parser.add_argument("--model")
parser.add_argument("--lr", type=float)
args = parser.parse_args()
run = Run.get_context()
rows = open(os.path.join(args.data, "d.csv")).read().count("1")
if os.environ.get("AML_PARAMETER_read"):  # reading opens the database, which takes a moment
    assert run.parent.get_metrics()["rows in"] == rows
    assert run.parent.parent is None
run.log("loss", rows * args.lr)
with run.child_run("fold") as fold:
    fold.log("inner", 1)
open(args.model, "w").write("model")
open("outputs/extra.txt", "w").write("kept")
"""
LAST = """
from azureml.core import Run
run = Run.get_context()
run.log("seen", 1)
print("the last one")
"""


@pytest.fixture
def three(ws, script):
    """Steps: prepare, train on its output, and one that waits for training."""
    for name, text in (("prepare.py", PREPARE), ("train.py", TRAIN), ("last.py", LAST)):
        source = script(text, name)

    def make(rows=3, lr=0.5, params=None, **last):
        data, model = (
            OutputFileDatasetConfig("data"),
            PipelineData("model", is_directory=False, pipeline_output_name="the model"),
        )
        PythonScriptStep("prepare.py", arguments=["--out", data, "--rows", rows], source_directory=source)
        train = PythonScriptStep(
            "train.py", name="train it", arguments=["--data", data.as_input("data"), "--model", model, "--lr", lr], outputs=[model],
            source_directory=source, compute_target="local", params=params,
        )  # fmt: skip
        after = PythonScriptStep("last.py", source_directory=source, **last)
        after.run_after(train)
        return Pipeline(ws, steps=[after], description="three steps")

    return make


def test_three_steps_run_in_order_with_metrics_at_every_level(exp, three, capfd, folder):
    pipeline = three(lr=PipelineParameter("lr", 0.1), params={"read": 1})
    assert pipeline.validate() == []
    assert [(n.name, len(n.inputs), len(n.outputs)) for n in pipeline.graph.nodes] == [
        ("prepare.py", 0, 1),
        ("train it", 1, 2),
        ("last.py", 1, 0),
    ]
    run = exp.submit(pipeline, tags={"k": "v"}, pipeline_parameters={"lr": 2})
    assert isinstance(run, PipelineRun)
    assert run.wait_for_completion(show_output=True) == "Finished"
    shown = capfd.readouterr().out
    for words in (
        f"PipelineRunId: {run.id}",
        "PipelineRun Status: Running",
        "StepRun( train it ) Status: Finished",
        "the last one",
        "PipelineRun Execution Summary",
    ):
        assert words in shown
    assert (run.status, run.get_status(), run.type) == ("Completed", "Finished", "azureml.PipelineRun")
    assert run.get_metrics() == {"rows in": 3}
    assert run.get_tags() == {"k": "v"}
    steps = {step.name: step for step in run.get_steps()}
    assert {name: step.get_metrics() for name, step in steps.items()} == {
        "prepare.py": {"rows": 3},
        "train it": {"loss": 6.0},
        "last.py": {"seen": 1},
    }
    train = run.find_step_run("train it")[0]
    assert isinstance(train, StepRun)
    assert (train.type, train.get_status(), train.status) == ("azureml.StepRun", "Finished", "Completed")
    assert train.parent.id == train.pipeline_run_id == run.id
    assert [c.get_metrics() for c in train.get_children()] == [{"inner": 1}]
    assert "outputs/extra.txt" in train.get_file_names()
    assert train.get_details()["runDefinition"]["arguments"][-1] == "2"
    assert train.wait_for_completion() == "Finished"
    assert set(train.get_outputs()) == {"model"}
    data = train.get_output_data("model")
    assert data.download("got") == 1
    assert Path("got", data.path_on_datastore).read_text() == "model"
    assert data._path_on_datastore == data.path_on_datastore
    assert run.get_pipeline_output("the model").download("again") == 1
    assert run.find_step_run("prepare.py")[0].get_output_data("data").download("data") == 1
    assert list(Path("data").rglob("d.csv"))
    for call in (run.complete, run.fail, run.child_run, train.complete, train.fail, train.child_run):
        with pytest.raises(NotImplementedError):
            call()
    with pytest.raises(UserErrorException, match="it has: model"):
        train.get_output("none")
    assert not list((folder / ".designer" / "work").iterdir())


def test_unchanged_steps_are_reused_with_all_they_logged(exp, three):
    exp.submit(three()).wait_for_completion(show_output=False)
    again = exp.submit(three(allow_reuse=False))
    again.wait_for_completion(show_output=False)
    steps = {step.name: step for step in again.get_children()}
    assert {name: step.type for name, step in steps.items()} == {
        "prepare.py": "azureml.ReusedStepRun", "train it": "azureml.ReusedStepRun", "last.py": "azureml.StepRun"
    }  # fmt: skip
    assert steps["train it"].get_metrics() == {"loss": 1.5}
    assert [c.get_metrics() for c in steps["train it"].get_children()] == [{"inner": 1}]
    assert again.get_metrics() == {"rows in": 3}
    properties = steps["prepare.py"].properties
    assert properties["azureml.isreused"] == "true"
    assert properties["azureml.reusedpipelinerunid"] != again.id
    forced = exp.submit(three(), regenerate_outputs=True)
    forced.wait_for_completion(show_output=False)
    assert {step.type for step in forced.get_children()} == {"azureml.StepRun"}


def test_a_changed_script_parameter_or_input_reruns_exactly_what_it_reaches(exp, three, script):
    def ran(pipeline):
        run = exp.submit(pipeline)
        run.wait_for_completion(show_output=False)
        return {step.name for step in run.get_children() if step.type == "azureml.StepRun"}

    assert ran(three()) == {"prepare.py", "train it", "last.py"}
    assert ran(three(lr=0.7)) == {"train it"}
    assert ran(three(rows=4, lr=0.7)) == {"prepare.py", "train it"}
    script(LAST + "\n# changed\n", "last.py")  # the folder of all three
    assert ran(three(rows=4, lr=0.7)) == {"prepare.py", "train it", "last.py"}


def test_a_failed_step_keeps_others_from_running_and_tells_why(exp, ws, script):
    source = script("raise ValueError('no luck')", "bad.py")
    script("pass", "good.py")
    bad = PythonScriptStep("bad.py", source_directory=source)
    after = PythonScriptStep("good.py", name="after", source_directory=source)
    after.run_after(bad)
    beside = PythonScriptStep("good.py", name="beside", source_directory=source)
    run = exp.submit(Pipeline(ws, [bad, after, beside]), continue_on_step_failure=True)
    with pytest.raises(ActivityFailedException, match="no luck"):
        run.wait_for_completion(show_output=True)
    assert run.wait_for_completion(show_output=False, raise_on_error=False) == "Failed"
    assert {step.name: step.get_status() for step in run.get_children()} == {
        "bad.py": "Failed",
        "after": "NotStarted",
        "beside": "Finished",
    }
    failed = run.find_step_run("bad.py")[0]
    assert "User program failed with ValueError: no luck (bad.py line 1)" in failed.error["message"]
    assert "ValueError: no luck" in failed.get_stdout_log()
    assert failed.get_details_with_logs()["STDOUT"] == failed.get_stdout_log()


SLOW = """
import os, time
from azureml.core import Run
os.makedirs("outputs", exist_ok=True)
open("outputs/half.txt", "w").write("so far")
run = Run.get_context()
run.parent.log("slow began", 1)
print("working", flush=True)
time.sleep(600)
"""
HASTY = """
import time
from azureml.core import Run
parent = Run.get_context().parent
while "slow began" not in parent.get_metrics():
    time.sleep(0.02)
raise ValueError("no luck")
"""


@pytest.fixture
def two_ways(ws, script):
    """A step that fails beside one that takes long, and a step that waits for that one."""
    source = script(HASTY, "hasty.py")
    script(SLOW, "slow.py")
    script("pass", "good.py")
    slow = PythonScriptStep("slow.py", source_directory=source)
    good = PythonScriptStep("good.py", source_directory=source)
    good.run_after(slow)
    return Pipeline(ws, [PythonScriptStep("hasty.py", source_directory=source), good])


def ends_of(run):
    with pytest.raises(ActivityFailedException, match="no luck"):
        run.wait_for_completion(show_output=False)
    return {step.name: step.get_status() for step in run.get_children()}


def test_a_failed_step_ends_the_pipeline_unless_others_are_asked_to_go_on(exp, ws, two_ways):
    ended = {"hasty.py": "Failed", "slow.py": "Canceled", "good.py": "NotStarted"}
    run = exp.submit(two_ways)
    assert ends_of(run) == ended
    slow = run.find_step_run("slow.py")[0]
    assert "outputs/half.txt" in slow.get_file_names()
    assert "working" in slow.get_stdout_log()
    assert ends_of(two_ways.publish("two ways").submit(ws, "again")) == ended


def test_a_published_pipeline_keeps_whether_it_goes_on_after_a_failure(ws, script):
    source = script("raise ValueError('no luck')", "bad.py")
    script("pass", "good.py")
    steps = [PythonScriptStep(name, source_directory=source) for name in ("bad.py", "good.py")]
    published = Pipeline(ws, steps).publish("both", continue_on_step_failure=True)
    assert ends_of(published.submit(ws, "again")) == {"bad.py": "Failed", "good.py": "Finished"}


def test_steps_take_datasets_and_notice_when_their_files_change(exp, ws, script, folder):
    Path("d.csv").write_text("a\n1\n2\n")
    store = ws.get_default_datastore()
    store.upload_files(["d.csv"], target_path="in", overwrite=True, show_progress=False)
    source = script("""
import os, sys
from azureml.core import Run
run = Run.get_context()
run.log("rows", len(run.input_datasets["table"].to_pandas_dataframe()))
run.log("files", len(os.listdir(sys.argv[1])))
run.log("reference", os.path.exists(os.path.join(sys.argv[2], "d.csv")))
run.log("variable", os.environ["AML_PARAMETER_depth"])
""")  # fmt: skip

    def rows():
        table = Dataset.Tabular.from_delimited_files((store, "in/d.csv"))
        files = Dataset.File.from_files((store, "in"))
        reference = store.path("in", data_reference_name="place")
        step = PythonScriptStep(
            "train.py", arguments=[files.as_named_input("files").as_mount(), reference], inputs=[table.as_named_input("table"), reference],
            params={"depth": PipelineParameter("depth", 3)}, source_directory=source,
        )  # fmt: skip
        run = exp.submit(Pipeline(ws, [step]))
        run.wait_for_completion(show_output=False)
        (one,) = run.get_children()
        return one.type, one.get_metrics()

    assert rows() == ("azureml.StepRun", {"rows": 2, "files": 1, "reference": True, "variable": "3"})
    assert rows()[0] == "azureml.ReusedStepRun"
    Path("d.csv").write_text("a\n1\n2\n3\n")
    store.upload_files(["d.csv"], target_path="in", overwrite=True, show_progress=False)
    assert rows() == ("azureml.StepRun", {"rows": 3, "files": 1, "reference": True, "variable": "3"})


def test_a_table_flows_as_a_dataset_and_outputs_are_registered(exp, ws, script):
    source = script("import sys, os\nopen(os.path.join(sys.argv[1], 'r.csv'), 'w').write('a\\n5\\n')", "write.py")
    script(
        "from azureml.core import Run\nr = Run.get_context()\nr.log('sum', int(r.input_datasets['t'].to_pandas_dataframe().a.sum()))",
        "read.py",
    )
    made = PipelineData("made", is_directory=True)
    first = PythonScriptStep("write.py", arguments=[made], outputs=[made], source_directory=source)
    second = PythonScriptStep(
        "read.py", inputs=[made.as_dataset().parse_delimited_files().as_named_input("t")], source_directory=source
    )
    kept = OutputFileDatasetConfig(
        "kept", destination=(ws.get_default_datastore(), "kept/{output-name}")
    ).register_on_complete("kept")
    third = PythonScriptStep("write.py", name="keep", arguments=[kept], source_directory=source)
    run = exp.submit(Pipeline(ws, [second, third]))
    run.wait_for_completion(show_output=False)
    assert run.find_step_run("read.py")[0].get_metrics() == {"sum": 5}
    assert Dataset.get_by_name(ws, "kept").to_path() == ["/r.csv"]
    del first


def test_sequences_and_lists_give_the_order(ws, script):
    source = script("pass")
    a, b, c, d = (PythonScriptStep("train.py", name=name, source_directory=source) for name in "abcd")
    pipeline = Pipeline(ws, StepSequence([a, [b, c], d]))
    edges = {(e.source_port.node.name, e.dest_port.node.name) for e in pipeline.graph.edges}
    assert edges == {("a", "b"), ("a", "c"), ("b", "d"), ("c", "d")}
    a.run_after(d)
    with pytest.raises(ValueError, match="circle"):
        Pipeline(ws, [a, b, c, d])


def test_wrong_pipelines_are_refused_in_words(exp, ws, script):
    source = script("pass")
    lost = PipelineData("lost")
    for call, words in (
        (lambda: PipelineData("a b"), "letters, digits and underscores"),
        (
            lambda: PythonScriptStep("train.py", arguments=[lost], source_directory=source),
            "not in the input/output lists",
        ),
        (lambda: Pipeline(ws, [3]), "a pipeline's steps are steps"),
        (lambda: Pipeline(ws, [], nonsense=1), "nonsense"),
        (lambda: PipelineParameter("x", object()), "unsupported type"),
    ):
        with pytest.raises(ValueError, match=words):
            call()
    with pytest.raises(UserErrorException, match="which no step writes"):
        exp.submit(Pipeline(ws, [PythonScriptStep("train.py", inputs=[lost], source_directory=source)]))
    with pytest.raises(UserErrorException, match=r"no script none\.py"):
        exp.submit(Pipeline(ws, [PythonScriptStep("none.py", source_directory=source)]))
    with pytest.raises(ValueError, match="it has: none"):
        exp.submit(Pipeline(ws, [PythonScriptStep("train.py", source_directory=source)]), pipeline_parameters={"x": 1})


def test_commands_estimators_and_modules_are_steps(exp, ws, script):
    text = "import sys, os\nfrom azureml.core import Run\nRun.get_context().log('got', ' '.join(sys.argv[1:3]))\nif len(sys.argv) > 3: open(sys.argv[3], 'w').write('x')"
    source = script(text)
    config = RunConfiguration()
    config.environment.python.user_managed_dependencies = True
    command = CommandStep(
        ["python", "train.py", "by", "command"], name="command", runconfig=config, source_directory=source
    )
    estimator = Estimator(
        source_directory=source, entry_script="train.py", script_params={"by": "", "--estimator": 1}, user_managed=True
    )
    by_estimator = EstimatorStep("estimator", estimator=estimator)
    module = Module.create(ws, "mine", "what it does")
    port, value = OutputPortDef("written"), PipelineParameter("what", "module")
    module.publish_python_script(
        "train.py", "first", outputs=[port], arguments=["by", value, port], source_directory=source
    )
    written = PipelineData("written")
    by_module = ModuleStep(module=Module.get(ws, name="mine"), outputs_map={"written": written})
    run = exp.submit(Pipeline(ws, [command, by_estimator, by_module]))
    run.wait_for_completion(show_output=False)
    assert {s.name: s.get_metrics()["got"] for s in run.get_children()} == {
        "command": "by command",
        "estimator": "by --estimator",
        "mine": "by module",
    }
    with pytest.raises(ValueError, match="it has: written"):
        ModuleStep(module=module, outputs_map={"none": written})
    assert InputPortDef("x").name == "x"
    run = exp.submit(SKLearn(source_directory=source, entry_script="train.py", script_params={"a": "b"}))
    run.wait_for_completion()
    assert run.get_metrics() == {"got": "a b"}


def test_a_published_pipeline_runs_again_by_its_name_with_other_values(exp, ws, three):
    published = three(lr=PipelineParameter("lr", 0.1)).publish(name="mine", description="d", version="1")
    assert PublishedPipeline.get(ws, published.id).name == "mine"
    again = PublishedPipeline.get(ws, "mine")
    run = again.submit(ws, "tests", pipeline_parameters={"lr": 3})
    run.wait_for_completion(show_output=False)
    assert run.find_step_run("train it")[0].get_metrics() == {"loss": 9.0}
    assert [r.id for r in PipelineRun.get_pipeline_runs(ws, published.id)] == [run.id]
    endpoint = PipelineEndpoint.publish(ws, "end", "d", published)
    endpoint.add_default(run.publish_pipeline("second", "d"))
    assert PipelineEndpoint.get(ws, name="end").default_version == "1"
    assert exp.submit(endpoint, pipeline_version="0").wait_for_completion(show_output=False) == "Finished"
    draft = PipelineDraft.create(ws, again, name="draft", experiment_name="tests", pipeline_parameters={"lr": 3})
    assert draft.submit_run().wait_for_completion(show_output=False) == "Finished"
    again.disable()
    with pytest.raises(UserErrorException, match="disabled"):
        exp.submit(again)
    with pytest.warns(UserWarning, match="runs nothing by itself"):
        Schedule.create(ws, "daily", published.id, "tests", ScheduleRecurrence("Day", 1))
    assert [s.name for s in Schedule.list(ws)] == ["daily"]
    with pytest.raises(UserErrorException, match="there are: mine, second"):
        PublishedPipeline.get(ws, "none")


def test_a_run_of_steps_is_repeated_from_the_command_line(exp, ws, three):
    run = exp.submit(three(lr=PipelineParameter("lr", 0.1)), pipeline_parameters={"lr": 4})
    run.wait_for_completion(show_output=False)
    done = python("-m", "designer", "rerun", "--json", run.id)
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["nodes"]["train_it"]["metrics"] == {"loss": 12.0}
    again = Run.get(ws, data["run_id"])
    assert again.find_step_run("train it")[0].type == "azureml.ReusedStepRun"
    assert len(again.get_graph().nodes) == 3


def test_a_canceled_pipeline_stops_its_scripts(exp, ws, script):
    import time

    source = script("import time\nprint('up', flush=True)\ntime.sleep(600)")
    run = exp.submit(Pipeline(ws, [PythonScriptStep("train.py", source_directory=source)]))
    while not any("up" in step.get_logs() for step in run.get_children()):
        time.sleep(0.02)
    run.cancel()
    assert run.wait_for_completion(show_output=False) == "Canceled"


def test_a_pipeline_comes_from_azures_yaml(exp, ws, script, folder):
    script(
        "import sys, os\nfrom azureml.core import Run\nRun.get_context().log('n', int(sys.argv[2]))\nopen(sys.argv[1], 'w').write('x')",
        "a.py",
    )
    script("import sys\nfrom azureml.core import Run\nRun.get_context().log('read', open(sys.argv[1]).read())", "b.py")
    Path("p.yml").write_text("""
pipeline:
  name: from yaml
  parameters:
    n: {type: int, default: 4}
  steps:
    first:
      python_script_step: {name: first, script_name: a.py, source_directory: src}
      outputs:
        out: {destination: made}
      arguments: [{output: out}, {parameter: n}]
    second:
      python_script_step: {name: second, script_name: b.py, source_directory: src}
      inputs:
        in: {source: made}
      arguments: [{input: in}]
""")  # fmt: skip
    run = exp.submit(Pipeline.load_yaml(ws, "p.yml"), pipeline_parameters={"n": 5})
    run.wait_for_completion(show_output=False)
    assert {s.name: s.get_metrics() for s in run.get_children()} == {"first": {"n": 5}, "second": {"read": "x"}}


def test_an_unused_environment_costs_nothing(ws, script):
    step = PythonScriptStep("train.py", source_directory=script("pass"))
    assert step.spec("train", {}, ws.place, None).environment is None
    assert Environment("x").specification() is None


def test_a_dataset_that_a_step_writes_is_its_argument_and_registered(exp, ws, script):
    source = script(
        "import os, sys\nos.makedirs(sys.argv[1], exist_ok=True)\nopen(sys.argv[1] + '/t.csv', 'w').write('a\\n1\\n2\\n')",
        "write.py",
    )
    script(
        "from azureml.core import Run\nr = Run.get_context()\nr.log('rows', len(r.input_datasets['made'].to_pandas_dataframe()))",
        "read.py",
    )
    made = PipelineData("made").as_dataset().register("what was made")
    write = PythonScriptStep("write.py", arguments=[made], outputs=[made], source_directory=source)
    read = PythonScriptStep("read.py", inputs=[made.parse_delimited_files()], source_directory=source)
    run = exp.submit(Pipeline(ws, [write, read]))
    run.wait_for_completion(show_output=False)
    assert run.find_step_run("read.py")[0].get_metrics() == {"rows": 2}
    assert Dataset.get_by_name(ws, "what was made").to_path() == ["/t.csv"]


def test_schedules_are_kept_changed_and_found_again(ws, script):
    step = PythonScriptStep("good.py", source_directory=script("pass", "good.py"))
    published = Pipeline(ws, [step]).publish("scheduled")
    with pytest.warns(UserWarning, match="runs nothing by itself"):
        made = Schedule.create(
            ws,
            "each day",
            published.id,
            "scheduled",
            ScheduleRecurrence("Day", 2, hours=[22]),
            pipeline_parameters={"x": 1},
        )
    made.disable()
    assert (Schedule.list(ws), Schedule.get(ws, made.id).status) == ([], "Disabled")
    made.update(name="each hour", status="Active", recurrence=ScheduleRecurrence("Hour", 2))
    found = Schedule.get(ws, made.id)
    assert (found.name, found.recurrence.frequency, found.recurrence.interval, found.status) == (
        "each hour",
        "Hour",
        2,
        "Active",
    )
    assert (found.pipeline_parameters, found.experiment_name) == ({"x": 1}, "scheduled")
