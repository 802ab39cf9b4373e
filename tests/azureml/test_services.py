"""A deployed model answers, in the program and over HTTP, until it is deleted or the program ends."""

from __future__ import annotations

import json
import urllib.error
import urllib.request
from pathlib import Path

import psutil
import pytest
from azureml.core import Environment, Model, Webservice
from azureml.core.model import InferenceConfig
from azureml.core.webservice import AciWebservice, LocalWebservice
from azureml.exceptions import UserErrorException, WebserviceException

from tests.azureml.conftest import python

ENTRY = """
import json, os
import helper
def init():
    global words
    print("loading", os.environ["GREETING"])
    words = open(os.path.join(os.getenv("AZUREML_MODEL_DIR"), "words.txt")).read()
def run(raw_data):
    data = json.loads(raw_data)["data"]
    return json.dumps([f"{words} {helper.NAME}"] * len(data))
"""


@pytest.fixture
def deploy(ws, folder):
    Path("src").mkdir()
    Path("src/score.py").write_text(ENTRY)
    Path("src/helper.py").write_text("NAME = 'you'\n")
    Path("words.txt").write_text("hello")
    model = Model.register(ws, "words.txt", "words")
    environment = Environment("service")
    environment.python.user_managed_dependencies = True
    environment.environment_variables = {"GREETING": "it"}

    def make(name="greeter", configuration=None, **settings):
        given = InferenceConfig(entry_script="score.py", source_directory="src", environment=environment)
        return Model.deploy(
            ws, name, [model], given, configuration or LocalWebservice.deploy_configuration(), **settings
        )

    yield make
    for service in Webservice.list(ws):
        service.delete()


def test_a_service_answers_in_the_program_and_over_http(ws, deploy, capsys):
    service = deploy(configuration=AciWebservice.deploy_configuration(cpu_cores=1, memory_gb=1, tags={"a": "b"}))
    service.wait_for_deployment(show_output=True)
    assert "Succeeded" in capsys.readouterr().out
    assert (type(service), service.state, service.tags) == (AciWebservice, "Healthy", {"a": "b"})
    data = json.dumps({"data": [1, 2]})
    assert json.loads(service.run(input_data=data)) == ["hello you", "hello you"]
    with urllib.request.urlopen(service.scoring_uri, data.encode()) as answer:
        assert json.loads(json.loads(answer.read())) == ["hello you", "hello you"]
    assert "loading it" in service.get_logs()
    assert list(ws.webservices) == ["greeter"]
    assert AciWebservice(ws, "greeter").scoring_uri == service.scoring_uri


def test_what_the_script_raises_is_told_and_it_goes_on(deploy):
    service = deploy()
    with pytest.raises(WebserviceException, match="JSONDecodeError"):
        service.run("no json")
    assert json.loads(service.run('{"data": [1]}')) == ["hello you"]


def test_a_script_that_can_not_start_is_told_with_its_log(deploy):
    service = deploy()
    Path("src/score.py").write_text("def init():\n    raise RuntimeError('no model')\n")
    service.update()
    with pytest.raises(WebserviceException, match="no model"):
        service.wait_for_deployment()
    assert (service.state, "no model" in service.error) == ("Failed", True)


def test_it_is_there_until_it_is_deleted_and_a_name_is_taken_once(ws, deploy):
    service = deploy()
    service.wait_for_deployment()
    process = psutil.Process(service._service.process.process.pid)
    with pytest.raises(WebserviceException, match="overwrite=True"):
        deploy()
    deploy(overwrite=True).wait_for_deployment()
    assert not process.is_running()
    service.delete()
    with pytest.raises(WebserviceException, match="not found; there are: none"):
        Webservice(ws, "greeter")
    with pytest.raises(WebserviceException, match="was deleted"):
        service.run("{}")


def test_it_answers_to_this_machine_by_its_own_name_only(deploy):
    service = deploy()
    service.wait_for_deployment()
    request = urllib.request.Request(service.scoring_uri, b'{"data": []}', {"Host": "evil.example"})
    with pytest.raises(urllib.error.HTTPError) as refused:
        urllib.request.urlopen(request)
    with refused.value:
        assert refused.value.code == 403


def test_it_ends_with_the_program(folder):
    Path("score.py").write_text("def run(data):\n    return 1\n")
    ended = python(
        "-X", "dev", "-c",
        """
import designer.azureml.install
from azureml.core import Model, Workspace
from azureml.core.model import InferenceConfig
service = Model.deploy(Workspace.from_config(), "one", [], InferenceConfig(entry_script="score.py"))
assert service.run("{}") == 1
print(service._service.process.process.pid)
""",
    )  # fmt: skip
    assert (ended.returncode, ended.stderr) == (0, "")
    assert not psutil.pid_exists(int(ended.stdout))


def test_images_are_refused_and_a_service_needs_a_script(ws, deploy):
    for call in (Webservice.deploy_from_model, Model.package):
        with pytest.raises(UserErrorException, match="builds no images"):
            call()
    with pytest.raises(WebserviceException, match="entry_script"):
        Model.deploy(ws, "x", [])
    with pytest.raises(WebserviceException, match="no entry script"):
        Model.deploy(ws, "x", [], InferenceConfig(entry_script="gone.py"))
