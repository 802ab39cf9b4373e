"""Published pipelines are started by posting to their addresses, from this process and by nobody else; endpoints; drafts."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import pytest
from azureml.core import Dataset, Experiment
from azureml.core.authentication import InteractiveLoginAuthentication
from azureml.data.datapath import DataPath, DataPathComputeBinding
from azureml.exceptions import UserErrorException
from azureml.pipeline.core import Pipeline, PipelineDraft, PipelineEndpoint, PipelineParameter, PipelineRun
from azureml.pipeline.steps import HyperDriveStep, PythonScriptStep

SCRIPT = """
import os, sys
from azureml.core import Run
run = Run.get_context()
run.parent.log("number", float(sys.argv[1]))
run.parent.log("files", ",".join(sorted(os.listdir(sys.argv[2]))))
"""


@pytest.fixture
def published(ws, script, folder):
    store = ws.get_default_datastore()
    for name in ("one", "two"):
        Path(f"{name}.txt").write_text(name)
        store.upload_files([f"{name}.txt"], target_path=name, show_progress=False)
    place = PipelineParameter("place", DataPath(store, "one"))
    bound = (place, DataPathComputeBinding(mode="mount"))
    step = PythonScriptStep(
        "train.py", arguments=[PipelineParameter("number", 10), bound], inputs=[bound], source_directory=script(SCRIPT)
    )
    return Pipeline(ws, [step]).publish("with parameters", "told")


def post(address, body, header=None):
    request = urllib.request.Request(
        address, json.dumps(body).encode(), header or InteractiveLoginAuthentication().get_authentication_header()
    )
    try:
        with urllib.request.urlopen(request) as answer:
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            return error.code, json.loads(error.read())


def metrics_of(ws, answer, experiment):
    status, told = answer
    assert status == 200, told
    run = PipelineRun(Experiment(ws, experiment), told["Id"])
    run.wait_for_completion(show_output=False)
    return run.get_metrics()


def test_a_post_runs_the_pipeline_with_values_and_places(ws, published):
    assert metrics_of(ws, post(published.endpoint, {"ExperimentName": "plain"}), "plain") == {
        "number": 10.0,
        "files": "one.txt",
    }
    body = {
        "ExperimentName": "by_post",
        "RunSource": "SDK",
        "ParameterAssignments": {"number": 45},
        "DataPathAssignments": {"place": {"DataStoreName": "workspaceblobstore", "RelativePath": "two"}},
    }
    assert metrics_of(ws, post(published.endpoint, body), "by_post") == {"number": 45.0, "files": "two.txt"}


def test_a_dataset_is_chosen_by_its_id(ws, script, folder):
    Path("a.csv").write_text("x\n1\n")
    Path("b.csv").write_text("x\n1\n2\n")
    small, large = (Dataset.Tabular.from_delimited_files(name) for name in ("a.csv", "b.csv"))
    from azureml.data.dataset_consumption_config import DatasetConsumptionConfig

    given = DatasetConsumptionConfig("table", PipelineParameter("data", small))
    source = script(
        "from azureml.core import Run\nrun = Run.get_context()\n"
        "run.parent.log('rows', len(run.input_datasets['table'].to_pandas_dataframe()))"
    )
    step = PythonScriptStep("train.py", arguments=["--data", given], inputs=[given], source_directory=source)
    address = Pipeline(ws, [step]).publish("data").endpoint
    chosen = {"DataSetDefinitionValueAssignments": {"data": {"SavedDataSetReference": {"Id": large.id}}}}
    assert metrics_of(ws, post(address, {"ExperimentName": "e"}), "e") == {"rows": 1}
    assert metrics_of(ws, post(address, {"ExperimentName": "e", **chosen}), "e") == {"rows": 2}


def test_an_endpoint_is_reached_by_id_and_name_and_version(ws, published):
    endpoint = PipelineEndpoint.publish(ws, "endpoint", "described", published)
    by_id = endpoint.endpoint
    by_name = by_id.split("Id", 1)[0] + "Name?name=" + endpoint.name
    for address in (by_id, f"{by_id}/0", by_name, f"{by_name}&pipelineVersion=0"):
        assert metrics_of(ws, post(address, {"ExperimentName": "e"}), "e")["number"] == 10.0
    assert post(f"{by_id}/7", {})[0] == 400
    assert "it has: 0" in post(f"{by_id}/7", {})[1]["error"]["message"]


def test_only_this_process_may_post_and_only_to_what_is_there(ws, published):
    address = published.endpoint
    assert address.startswith("http://127.0.0.1:")
    assert published.endpoint == address
    for header in ({"Authorization": "Bearer local"}, {"X": "1"}):
        assert post(address, {}, header)[0] == 401
    assert list(Experiment(ws, "with-parameters").get_runs()) == []
    assert post(address + "0", {})[0] == 400
    assert post(address.replace("PipelineSubmit", "Elsewhere"), {})[0] == 404
    assert post(address, [])[0] == 400
    assert "experiment's name" in post(address, {"ExperimentName": "no good!"})[1]["error"]["message"]
    published.disable()
    assert "disabled" in post(address, {"ExperimentName": "e"})[1]["error"]["message"]


def test_a_parameter_that_the_pipeline_has_not_is_warned_about(ws, published):
    with pytest.warns(UserWarning, match="no parameter 'model_version'; it has: place, number"):
        run = Experiment(ws, "e").submit(published, pipeline_parameters={"number": 3, "model_version": "1"})
    run.wait_for_completion(show_output=False)
    assert run.get_metrics()["number"] == 3.0


def test_an_endpoints_versions_come_and_go(ws, published):
    endpoint = PipelineEndpoint.publish(ws, "versions", "described", published)
    other = Pipeline(ws, published_steps(ws)).publish("other")
    endpoint.add(published)
    endpoint.set_default(other)
    assert [(one.version, one.pipeline.name) for one in endpoint.get_all_versions()] == [
        ("0", "with parameters"),
        ("1", "other"),
    ]
    assert endpoint.get_default_version() == "1"
    assert [one.name for one in endpoint.get_all_pipelines(active_only=True)] == ["with parameters", "other"]
    endpoint.set_name("renamed")
    endpoint.set_description("again")
    assert PipelineEndpoint.get(ws, name="renamed").description == "again"
    endpoint.disable()
    assert PipelineEndpoint.get_all(ws) == []
    assert [one.name for one in PipelineEndpoint.list(ws, active_only=False)] == ["renamed"]
    with pytest.raises(UserErrorException, match="disabled"):
        endpoint.submit("e")
    with pytest.raises(UserErrorException, match="there are: renamed"):
        PipelineEndpoint.get(ws, name="gone")


def published_steps(ws):
    Path("other").mkdir()
    Path("other", "step.py").write_text("pass")
    return [PythonScriptStep("step.py", name="its step", source_directory="other")]


def test_a_draft_is_changed_run_and_published(ws, published):
    draft = PipelineDraft.create(
        ws, published, "draft", "first", "drafts", tags={"dev": "true"}, continue_on_step_failure=True
    )
    assert [one.id for one in PipelineDraft.list(ws, tags={"dev": "true"})] == [draft.id]
    assert [node.name for node in draft.graph.nodes] == ["train.py"]
    draft = PipelineDraft.get(ws, draft.id)
    draft.update(name="changed", pipeline=Pipeline(ws, published_steps(ws)))
    run = draft.submit_run()
    run.wait_for_completion(show_output=False)
    assert ([step.name for step in run.get_steps()], run.tags) == (["its step"], {"dev": "true"})
    assert draft.publish().name == "changed"
    assert "Name: changed" in repr(draft)


def test_a_sweeps_step_takes_its_configuration_under_the_older_name_too(ws):
    with pytest.raises(ValueError, match="hyperdrive_config is required"):
        HyperDriveStep("sweep")
