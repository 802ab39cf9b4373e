"""Workspaces, models, compute targets and what is refused."""

from __future__ import annotations

from pathlib import Path

import pytest
from azureml.core import ComputeTarget, Model, Workspace
from azureml.core.authentication import InteractiveLoginAuthentication
from azureml.core.compute import AmlCompute
from azureml.core.compute_target import ComputeTargetException
from azureml.exceptions import ModelNotFoundException, UserErrorException, WebserviceException


def test_a_workspace_needs_no_file_and_takes_one(folder):
    ws = Workspace.from_config()
    assert "Azure region: " + ws.location + ws.subscription_id + ws.resource_group + ws.name
    Workspace.create("mine", subscription_id="s", resource_group="g", location="here").write_config()
    (folder / "deep" / "er").mkdir(parents=True)
    again = Workspace.from_config("deep/er")
    assert (again.name, again.subscription_id, again.resource_group) == ("mine", "s", "g")
    assert again.place is ws.place
    assert Workspace.get("other", auth=InteractiveLoginAuthentication()).name == "other"
    Path("bad.json").write_text("{}")
    with pytest.raises(UserErrorException, match="subscription_id"):
        Workspace.from_config("bad.json")
    assert ws.get_details()["name"] == "local"
    assert ws.compute_targets == {}
    with pytest.raises(UserErrorException):
        ws.delete()


def test_models_are_registered_found_and_downloaded(ws, folder):
    Path("m.pkl").write_bytes(b"1")
    Path("dir/in").mkdir(parents=True)
    Path("dir/in/w.bin").write_bytes(b"w")
    first = Model.register(
        ws, "m.pkl", "iris", tags={"area": "x", "mse": 0.5}, properties={"AUC": 0.9}, description="d"
    )
    Path("m.pkl").write_bytes(b"2")
    second = Model.register(ws, "m.pkl", "iris", tags={"area": "y"})
    third = Model.register(ws, "dir", "folder", model_framework=Model.Framework.SCIKITLEARN)
    assert [m.id for m in Model.list(ws)] == ["folder:1", "iris:2", "iris:1"]
    assert [m.version for m in Model.list(ws, name="iris", latest=True)] == [2]
    assert [m.id for m in Model.list(ws, tags=["mse"])] == ["iris:1"]
    assert [m.id for m in Model.list(ws, tags=[["area", "y"]])] == ["iris:2"]
    assert Model(ws, "iris").version == 2
    assert Model(ws, "iris", version=1).properties == {"AUC": "0.9"}
    assert Model(ws, id="iris:1").description == "d"
    assert Path(Model(ws, "iris", version=1).download("a")).read_bytes() == b"1"
    with pytest.raises(WebserviceException, match="exist_ok"):
        first.download("a")
    assert Path(third.download("b"), "in/w.bin").read_bytes() == b"w"
    assert Path(Model.get_model_path("iris", _workspace=ws)).read_bytes() == b"2"
    second.add_tags({"n": 1})
    second.update(description="new")
    assert (Model(ws, "iris").tags, Model(ws, "iris").description) == ({"area": "y", "n": "1"}, "new")
    second.delete()
    assert Model(ws, "iris").version == 1
    for call in (
        lambda: Model(ws, "none"), lambda: Model(ws), lambda: Model.register(ws, "none.pkl", "x"), lambda: Model.register(ws, "m.pkl", "bad name"),
    ):  # fmt: skip
        with pytest.raises(WebserviceException):
            call()
    with pytest.raises(ModelNotFoundException):
        Model.get_model_path("none")


def test_compute_targets_are_names_for_this_machine(ws):
    with pytest.raises(ComputeTargetException, match="there are: none"):
        ComputeTarget(workspace=ws, name="cpu")
    made = ComputeTarget.create(
        ws, "cpu", AmlCompute.provisioning_configuration(vm_size="STANDARD_D2", min_nodes=0, max_nodes=4)
    )
    made.wait_for_completion(show_output=True, min_node_count=None, timeout_in_minutes=20)
    assert isinstance(ComputeTarget(ws, "cpu"), AmlCompute)
    assert made.get_status().serialize()["allocationState"] == "Steady"
    assert made.get_status().current_node_count == 1
    assert ws.compute_targets["cpu"].vm_size == "STANDARD_D2"
    made.delete()
    assert "cpu" not in ws.compute_targets
