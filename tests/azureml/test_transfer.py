"""Runs to MLflow and back, pipelines from scripts of steps and from exported graphs."""

from __future__ import annotations

import io
import json
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer import Experiment, Pipeline
from designer.azureml.bring import capture, generate, graph_file
from designer.azureml.bring.mlflow_export import client_of, export, record_data
from designer.azureml.bring.mlflow_import import import_runs
from designer.declare.registry import Registry
from designer.errors import ModuleLoadError, RunStateError
from designer.store.place import place

pytestmark = pytest.mark.filterwarnings("ignore::Warning:mlflow", "ignore:The ``noload``", "ignore::ResourceWarning")


@pytest.fixture
def uri(folder: Path) -> str:
    return (folder / "mlruns").as_uri()


def logged(folder: Path) -> Any:
    run = Experiment("to-go", store=folder / "a").start_logging(
        outputs=False, tags={"team": "x"}, parameters={"lr": 0.1, "deep": {"a": [1]}}
    )
    for step in range(50):
        run.log("loss", 1 / (step + 1), step=step * 2)
    run.log("count", 3)
    run.log("flag", True)
    run.log("text", "good")
    run.log("large", 2**70)
    run.log("odd", math.inf)
    run.log_list("list", [1, 2, 3])
    run.log_row("row", a=1, b="x")
    run.log_confusion_matrix("cm", {"data": {"class_labels": ["a"], "matrix": [[1]]}})
    run.upload_file("models/m.bin", io.BytesIO(b"\x00m"))
    run.add_properties({"author": "me"})
    with run.child_run("fold 1") as child:
        child.log("acc", 0.5)
        print("printed")
    run.fail("no luck")
    return run


def without_ids(data: dict[str, Any]) -> dict[str, Any]:
    return json.loads(json.dumps(data))


def test_a_run_comes_back_from_mlflow_with_everything(folder, uri):
    run = logged(folder)
    store = place(folder / "a").read
    made = export(store, run.id, uri)
    assert len(made) == 2
    other = place(folder / "b")
    assert set(import_runs(other, uri, "to-go")) == set(made)
    for record in store.tree(run.id):
        assert record_data(other.read, other.read.run(record.id)) == record_data(store, record)
        assert {(f.name, f.digest) for f in other.read.files(record.id)} == {
            (f.name, f.digest) for f in store.files(record.id)
        }
        assert other.read.log(record.id)[0] == store.log(record.id)[0]
    assert import_runs(other, uri) == []
    with pytest.raises(RunStateError, match=r"there are: .*to-go"):
        import_runs(other, uri, "none")
    other.close()


def test_mlflow_s_own_client_sees_what_was_written(folder, uri):
    run = logged(folder)
    made = export(place(folder / "a").read, run.id, uri)
    client = client_of(uri)
    there = client.get_run(made[run.id])
    assert there.info.status == "FAILED"
    assert there.data.params == {"lr": "0.1", "deep": '{"a": [1]}'}
    assert (there.data.tags["team"], there.data.tags["author"]) == ("x", "me")
    assert there.data.metrics["count"] == 3
    points = client.get_metric_history(made[run.id], "loss")
    assert sorted((p.step, p.value) for p in points) == [(s * 2, 1 / (s + 1)) for s in range(50)]
    child = next(one for one in made.values() if one != made[run.id])
    assert client.get_run(child).data.tags["mlflow.parentRunId"] == made[run.id]
    assert client.get_run(child).data.metrics == {"acc": 0.5}
    names = {a.path for a in client.list_artifacts(made[run.id], "models")}
    assert names == {"models/m.bin"}
    assert Path(client.download_artifacts(made[run.id], "models/m.bin", str(folder))).read_bytes() == b"\x00m"


def test_runs_that_mlflow_users_made_are_read(folder, uri):
    client = client_of(uri)
    experiment = client.create_experiment("theirs, too")
    parent = client.create_run(experiment, tags={"mlflow.runName": "outer"})
    child = client.create_run(experiment, tags={"mlflow.parentRunId": parent.info.run_id, "kind": "inner"})
    for step in range(3):
        client.log_metric(child.info.run_id, "auc", step / 10, step=step)
    client.log_param(child.info.run_id, "depth", 3)
    client.set_terminated(child.info.run_id)
    client.set_terminated(parent.info.run_id)
    where = place(folder / "c")
    import_runs(where, uri)
    record = where.read.run(child.info.run_id)
    assert (record.parent, record.root, record.experiment) == (parent.info.run_id, parent.info.run_id, "theirs__too")
    assert dict(record.parameters) == {"depth": "3"}
    assert record.tags["kind"] == "inner"
    series = where.read.series(record.id, "auc")
    assert (list(series.values), list(series.steps)) == ([0.0, 0.1, 0.2], [0, 1, 2])
    assert where.read.run(parent.info.run_id).name == "outer"
    where.close()


VALUES = st.lists(
    st.one_of(st.floats(allow_nan=False), st.integers(-(2**80), 2**80), st.text(max_size=5), st.booleans(), st.none()),
    min_size=1,
    max_size=6,
)


@settings(
    max_examples=5, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], deadline=None
)
@given(values=VALUES)
def test_any_values_survive_the_round_trip(values, tmp_path_factory):
    folder = tmp_path_factory.mktemp("round")
    run = Experiment("any", store=folder / "a").start_logging(outputs=False)
    for value in values:
        run.log("m", value)
    run.complete()
    first, second = place(folder / "a"), place(folder / "b")
    export(first.read, run.id, (folder / "mlruns").as_uri())
    import_runs(second, (folder / "mlruns").as_uri())
    assert repr(second.read.values(run.id, "m")) == repr(first.read.values(run.id, "m"))
    first.close()
    second.close()


STEPS = """
import sys
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import PythonScriptStep
ws = Workspace.from_config()
text = PipelineData("text")
write = PythonScriptStep("write.py", name="write it", arguments=[text, "--n", 3, "--word", PipelineParameter("word", "hi")], outputs=[text], source_directory="steps")
read = PythonScriptStep("read.py", arguments=[text], inputs=[text], params={"depth": 2}, source_directory="steps", allow_reuse=False)
read.run_after(write)
pipeline = Pipeline(ws, [read], description="Bring me")
run = Experiment(ws, "x").submit(pipeline)
raise SystemExit("the script goes no further")
"""


@pytest.fixture
def steps(folder: Path) -> Path:
    (folder / "steps").mkdir()
    (folder / "steps" / "write.py").write_text(
        "import sys\nopen(sys.argv[1], 'w').write(sys.argv[5] * int(sys.argv[3]))\n"
    )
    (folder / "steps" / "read.py").write_text(
        "import os, sys\nfrom azureml.core import Run\nrun = Run.get_context()\nrun.log('read', open(sys.argv[1]).read())\nrun.parent.log('depth', os.environ['AML_PARAMETER_depth'])\n"
    )
    (folder / "build.py").write_text(STEPS)
    return folder / "build.py"


def test_a_script_of_steps_becomes_a_document_and_modules_that_run(steps, folder):
    spec = capture.pipeline_of_script(steps)
    document, code = generate.write(spec, folder)
    assert (document.name, code.name) == ("bring_me.yaml", "bring_me_steps.py")
    pipeline = Pipeline.load(document, folder)
    assert pipeline.check() == []
    run = pipeline.run(word="ab", executor="processes")
    assert {c.node: c.get_metrics() for c in run.get_children()} == {"write_it": {}, "read": {"read": "ababab"}}
    assert run.get_metrics() == {"depth": "2"}
    again = pipeline.run(word="ab", executor="processes")
    assert {c.node: c._record.reused_from is not None for c in again.get_children()} == {
        "write_it": True,
        "read": False,
    }


def test_a_script_that_builds_nothing_or_breaks_is_told(folder):
    Path("none.py").write_text("print('nothing here')")
    Path("bad.py").write_text("raise ValueError('broken')")
    with pytest.raises(ModuleLoadError, match="it built none"):
        capture.pipeline_of_script(folder / "none.py")
    with pytest.raises(ModuleLoadError, match="broken"):
        capture.pipeline_of_script(folder / "bad.py")
    with pytest.raises(ModuleLoadError, match="no file"):
        capture.pipeline_of_script(folder / "absent.py")


def test_an_exported_graph_becomes_a_document_of_palette_modules(folder):
    graph = {
        "name": "exported",
        "moduleNodes": [
            {"id": "1", "moduleName": "Split Data", "comment": "holdout", "x": 10, "y": 20,
             "moduleParameters": [{"name": "Fraction of rows in the first output", "value": "0.7"}, {"name": "Unheard of", "value": "1"}]},
            {"id": "2", "moduleName": "Score Model"},
            {"id": "3", "moduleName": "Vanished Module"},
        ],
        "edges": [
            {"sourceOutputPort": {"nodeId": "1", "portName": "Results_dataset2"}, "destinationInputPort": {"nodeId": "2", "portName": "Dataset"}},
            {"sourceOutputPort": {"nodeId": "9", "portName": "x"}, "destinationInputPort": {"nodeId": "2", "portName": "y"}},
        ],
    }  # fmt: skip
    Path("g.json").write_text(json.dumps(graph))
    specs = Registry.for_project(Path(__file__).parents[2]).specs()
    brought = graph_file.read(folder / "g.json", specs)
    by_id = {node.id: node for node in brought.pipeline.nodes}
    split = next(node for node in by_id.values() if specs.get(node.module) and specs[node.module].title == "Split Data")
    assert split.title == "holdout"
    assert brought.pipeline.layout.positions[split.id] == (10, 20)
    (edge,) = brought.pipeline.edges
    assert edge.source == (split.id, specs[split.module].outputs[1].name)
    assert edge.target.port == "dataset"
    told = "\n".join(brought.losses)
    for words in ("Unheard of", "Vanished Module", "a node that isn't there"):
        assert words in told
    Path("bad.json").write_text("[]")
    for name in ("bad.json", "none.json"):
        with pytest.raises(ModuleLoadError):
            graph_file.read(folder / name, specs)
