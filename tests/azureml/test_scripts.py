"""Submitted scripts: what they get, what is kept of them, and how they may end."""

from __future__ import annotations

import os
import signal
import time
from pathlib import Path

import pytest
from azureml.core import Environment, RunConfiguration, ScriptRunConfig
from azureml.core.conda_dependencies import CondaDependencies
from azureml.core.runconfig import DockerConfiguration, MpiConfiguration
from azureml.exceptions import ActivityFailedException, SnapshotException, UserErrorException

from designer.azureml.launch import venvs
from designer.azureml.launch.ignore import Ignored
from tests.azureml.conftest import python

EVERYTHING = """
import argparse, os, sys
from azureml.core import Run
parser = argparse.ArgumentParser()
parser.add_argument("--alpha", type=float)
parser.add_argument("--name")
args = parser.parse_args()
run = Run.get_context()
assert Run.get_context() is run
assert Run.get_context(allow_offline=False) is run
assert type(run).__name__ == "_SubmittedRun" and run.parent is None
run.log("alpha", args.alpha)
run.complete()
for step in range(3):
    run.log("loss", 1 / (step + 1), step=step)
with run.child_run("fold") as child:
    child.log("inner", 1)
print("cwd", sorted(os.listdir(".")))
print(open("beside.txt").read(), os.environ["MINE"], args.name)
os.makedirs("outputs/deep", exist_ok=True)
open("outputs/deep/model.txt", "w").write("model")
open("logs/extra.log", "w").write("log")
open("outputs/by_hand.txt", "w").write("later")
run.upload_file("outputs/by_hand.txt", "beside.txt")
run.tag("done")
"""


def test_a_script_runs_in_a_copy_with_its_arguments_and_everything_is_kept(exp, script, folder, capfd):
    source = script(EVERYTHING)
    Path(source, "beside.txt").write_text("beside")
    Path(source, "__pycache__").mkdir()
    config = RunConfiguration()
    config.environment.python.user_managed_dependencies = True
    config.environment_variables = {"MINE": "yes"}
    run = exp.submit(
        ScriptRunConfig(source, "train.py", ["--alpha", 0.3, "--name", "a b; $HOME"], config), tags={"first": 1}
    )
    assert run.type == "azureml.scriptrun"
    assert run.id.startswith("tests_")
    details = run.wait_for_completion(show_output=True)
    shown = capfd.readouterr().out
    assert f"RunId: {run.id}" in shown
    assert "Streaming user_logs/std_log.txt" in shown
    assert "beside yes a b; $HOME" in shown
    assert "Execution Summary" in shown
    assert details["status"] == "Completed"
    assert details["runDefinition"]["arguments"] == ["--alpha", "0.3", "--name", "a b; $HOME"]
    assert details["runDefinition"]["script"] == "train.py"
    assert details["target"] == "local"
    assert run.get_metrics() == {"alpha": 0.3, "loss": [1.0, 0.5, 1 / 3]}
    assert [c.get_metrics() for c in run.get_children()] == [{"inner": 1}]
    assert set(run.get_file_names()) == {
        "outputs/deep/model.txt", "logs/extra.log", "outputs/by_hand.txt", "user_logs/std_log.txt"
    }  # fmt: skip
    run.download_file("outputs/by_hand.txt", "got.txt")
    assert Path("got.txt").read_text() == "beside"
    assert run.get_tags() == {"first": "1", "done": None}
    assert "__pycache__" not in shown.split("cwd", 1)[1].splitlines()[0]
    assert not (folder / "outputs").exists()
    assert not list((folder / ".designer" / "work").iterdir())
    assert run.get_details_with_logs()["logFiles"]["user_logs/std_log.txt"].startswith("cwd")
    assert [Path(p).name for p in run.get_all_logs("logs_here")] == ["std_log.txt", "extra.log"]


def test_a_script_that_raises_fails_with_its_exception_and_line_and_keeps_its_outputs(submitted):
    text = "import os\nopen('outputs/a.txt', 'w').write('a')\nprint('before')\nraise ValueError('no luck')\n"
    run = submitted(text, raise_on_error=False)
    error = run.get_details()["error"]["error"]
    assert run.status == "Failed"
    assert error["message"] == "User program failed with ValueError: no luck"
    assert (error["type"], error["file"], error["line"]) == ("ValueError", "train.py", 4)
    assert "before" in error["last_lines"]
    assert "outputs/a.txt" in run.get_file_names()
    with pytest.raises(ActivityFailedException, match="no luck"):
        run.wait_for_completion()


@pytest.mark.parametrize(
    ("text", "status", "message"),
    [
        ("import sys\nprint('bye')\nsys.exit(3)", "Failed", "the script ended with exit code 3; its last line: bye"),
        ("import sys\nsys.exit(0)", "Completed", None),
        ("import os\nos.kill(os.getpid(), 9)", "Failed", "the script's process was ended by the signal SIGKILL"),
        ("from azureml.core import Run\nRun.get_context().fail('really')", "Completed", "really"),
        ("def f(:\n", "Failed", "SyntaxError"),
    ],
    ids=["exit 3", "exit 0", "killed", "fail() alone", "syntax error"],
)
def test_the_exit_decides_the_status(submitted, text, status, message):
    run = submitted(text, raise_on_error=False)
    assert run.status == status
    assert (message in run.error["message"]) if message else run.error is None


def test_a_canceled_script_is_stopped_and_keeps_its_outputs(exp, script):
    text = "import time\nopen('outputs/a.txt', 'w').write('a')\nprint('up', flush=True)\ntime.sleep(600)\n"
    run = exp.submit(ScriptRunConfig(script(text), "train.py"))
    while "up" not in run.get_logs():
        time.sleep(0.02)
    run.cancel()
    run.wait_for_completion()
    assert run.status == "Canceled"
    assert "outputs/a.txt" in run.get_file_names()


def test_a_script_that_runs_too_long_is_stopped(submitted):
    run = submitted("import time\ntime.sleep(600)", max_run_duration_seconds=0.5)
    assert run.status == "Canceled"
    assert "max_run_duration_seconds=0.5" in run.error["message"]


def test_a_killed_supervisor_takes_its_script_along_and_the_run_has_failed(exp, script, folder):
    run = exp.submit(
        ScriptRunConfig(
            script("import os, time\nprint(os.getpid(), os.getppid(), flush=True)\ntime.sleep(600)"), "train.py"
        )
    )
    while not run.get_logs().strip():
        time.sleep(0.02)
    script_id, supervisor = map(int, run.get_logs().split())
    os.kill(supervisor, signal.SIGKILL)
    run.wait_for_completion(raise_on_error=False)
    assert run.status == "Failed"
    assert "ended without finishing" in run.error["message"]
    while os.path.exists(f"/proc/{script_id}") and "Z" not in Path(f"/proc/{script_id}/stat").read_text().split()[2]:
        time.sleep(0.02)


def test_a_command_runs_in_the_shell(exp, script):
    source = script("import sys\nfrom azureml.core import Run\nRun.get_context().log('got', sys.argv[1])\n")
    for command in (["python", "train.py", "one"], "python train.py one && echo done"):
        run = exp.submit(ScriptRunConfig(source, command=command))
        run.wait_for_completion()
        assert run.get_metrics() == {"got": "one"}


def test_subprocesses_of_a_script_log_to_its_run(submitted):
    text = """
import subprocess, sys
code = "from azureml.core import Run; Run.get_context().log('inner', 5)"
subprocess.run([sys.executable, "-c", code], check=True)
"""
    assert submitted(text).get_metrics() == {"inner": 5}


def test_a_script_submits_children(submitted):
    text = """
import sys
from azureml.core import Run, ScriptRunConfig
run = Run.get_context()
if "--child" in sys.argv:
    run.parent.log("from child", 1)
    run.log("own", 2)
else:
    child = run.submit_child(ScriptRunConfig(".", script="train.py", arguments=["--child"]))
    child.wait_for_completion()
    assert child.parent.id == run.id, child.parent
"""
    run = submitted(text)
    assert run.get_metrics() == {"from child": 1}
    assert [c.get_metrics() for c in run.get_children()] == [{"own": 2}]


def test_a_script_registers_what_it_has_just_written(submitted, ws):
    text = """
from azureml.core import Model, Run
run = Run.get_context()
open("outputs/m.txt", "w").write("m")
run.register_model("early", "outputs/m.txt")
Model.register(run.experiment.workspace, "outputs/m.txt", "other", properties={"a": 1})
assert run.experiment.workspace.models["other"].version == 1
"""
    submitted(text)
    assert set(ws.models) == {"early", "other"}


@pytest.mark.parametrize(
    ("arguments", "error", "words"),
    [
        ({"source_directory": "nowhere", "script": "x.py"}, UserErrorException, "no folder"),
        ({"source_directory": "src", "script": "other.py"}, UserErrorException, "there are: train.py"),
        ({"source_directory": "src"}, UserErrorException, "nothing to run"),
        (
            {"source_directory": "src", "script": "train.py", "command": ["x"]},
            UserErrorException,
            "either script or command",
        ),
    ],
)
def test_a_wrong_configuration_is_refused_at_once(exp, script, arguments, error, words):
    script("pass")
    with pytest.raises(error, match=words):
        exp.submit(ScriptRunConfig(**arguments))
    assert list(exp.get_runs()) == []


def test_what_cannot_be_submitted_is_named(exp, script):
    with pytest.raises(UserErrorException, match="a dict can't be submitted"):
        exp.submit({})
    with pytest.raises(TypeError, match="show_output"):
        exp.submit(ScriptRunConfig(script("pass"), "train.py"), show_output=True)


def test_run_config_wins_over_the_other_settings_with_a_warning():
    with pytest.warns(UserWarning, match="environment is ignored"):
        config = ScriptRunConfig(".", "a.py", run_config=RunConfiguration(), environment=Environment("x"))
    assert config.run_config.environment.name == "default-environment"
    assert ScriptRunConfig(".", "a.py", distributed_job_config=MpiConfiguration(4)).run_config.communicator == "OpenMpi"
    assert ScriptRunConfig(".", "a.py", docker_runtime_config=DockerConfiguration(True)).run_config.docker.use_docker


def test_run_configurations_are_saved_and_loaded(folder):
    config = RunConfiguration(script="a.py", arguments=["--x", 1])
    config.target, config.environment_variables = "cluster", {"A": "b"}
    config.environment.python.conda_dependencies.add_pip_package("numpy")
    config.save(name="mine")
    again = RunConfiguration.load(".", "mine")
    assert (again.script, again.arguments, again.target, again.environment_variables) == (
        "a.py",
        ["--x", "1"],
        "cluster",
        {"A": "b"},
    )
    assert "numpy" in again.environment.python.conda_dependencies.pip_packages


def test_environments_are_registered_cloned_and_read_from_files(ws, folder):
    Path("conda.yml").write_text(
        "name: x\ndependencies:\n- python=3.11\n- pandas=1.5\n- pip:\n  - azureml-defaults\n  - tiny==1\n"
    )
    Path("requirements.txt").write_text("# comment\nnumpy>=1\npandas  # why\n")
    env = Environment.from_conda_specification("e", "conda.yml")
    assert env.specification() == {"python": "3.11", "pip": ["tiny==1"], "conda": ["pandas=1.5"], "name": "e"}
    assert venvs.requirements(env.specification()) == ["pandas==1.5.*", "tiny==1"]
    assert Environment.from_pip_requirements("p", "requirements.txt").specification()["pip"] == ["numpy>=1", "pandas"]
    assert Environment("plain").specification() is None
    assert env.register(ws).version == "1"
    assert env.register(ws).version == "2"
    assert Environment.get(ws, "e").clone("f").name == "f"
    assert set(Environment.list(ws)) == {"e"}
    assert Environment.get(ws, "AzureML-Minimal").specification() is None
    with pytest.raises(UserErrorException, match="there are: e"):
        Environment.get(ws, "none")
    env.save_to_directory("saved")
    assert Environment.load_from_directory("saved").specification() == env.specification()


def test_conda_dependencies_are_edited():
    made = CondaDependencies.create(pip_packages=["a==1"], conda_packages=["b"], python_version="3.8")
    made.add_pip_package("A==2")
    made.add_channel("conda-forge")
    made.remove_conda_package("b")
    assert made.pip_packages == ["A==2"]
    assert made.get_python_version() == "3.8"
    assert "A==2" in made.serialize_to_string()


def test_what_is_installed_needs_no_virtual_environment(submitted):
    env = Environment("present")
    env.python.conda_dependencies = CondaDependencies.create(
        pip_packages=["numpy", "azureml-defaults"], conda_packages=["pip"]
    )
    run = submitted(
        "import sys\nfrom azureml.core import Run\nRun.get_context().log('python', sys.executable)", environment=env
    )
    assert run.get_metrics()["python"].startswith(os.path.dirname(venvs.sys.executable))


def test_an_environment_that_cannot_be_built_is_refused_in_words(submitted):
    env = Environment("absent")
    env.python.conda_dependencies = CondaDependencies.create(
        pip_packages=["no-such-package-anywhere==1"], python_version="3.99"
    )
    run = submitted("print('never')", environment=env, raise_on_error=False)
    assert run.status == "Failed"
    assert run.error["code"] == "EnvironmentError"
    assert "the environment absent" in run.error["message"]
    assert "next:" in run.error["message"]


def test_a_folder_that_is_not_there_has_no_snapshot(exp):
    with pytest.raises(SnapshotException):
        exp.start_logging(snapshot_directory="nowhere")


@pytest.mark.parametrize(
    ("pattern", "path", "ignored"),
    [
        ("*.csv", "a/b.csv", True), ("*.csv", "a.csv.txt", False), ("/a.txt", "b/a.txt", False), ("/a.txt", "a.txt", True),
        ("data/", "data", False), ("a/**/b", "a/x/y/b", True), ("a/**", "a/x/y", True), ("**/z", "z", True), ("?.py", "a.py", True),
        ("[ab].py", "a.py", True), ("[!ab].py", "a.py", False), ("a*c", "a/c", False), ("\\#x", "#x", True), ("# x", "x", False),
    ],
)  # fmt: skip
def test_ignore_files_are_read_as_git_reads_them(pattern, path, ignored):
    assert Ignored([pattern])(path, folder=False) is ignored


def test_the_last_pattern_that_matches_decides():
    ignored = Ignored(["*.log", "!keep.log", "data/"])
    assert ignored("a.log", False)
    assert not ignored("keep.log", False)
    assert ignored("data", True)


def test_python_m_runs_a_script_in_this_process(folder):
    Path("s.py").write_text(
        "import sys\nfrom azureml.core import Run\nr = Run.get_context()\nr.log('a', 1)\nprint(r.id, sys.argv, __file__, __name__)\nsys.exit(int(sys.argv[1]))\n"
    )
    for code in (0, 3):
        done = python("-m", "designer.azureml", "s.py", str(code))
        assert done.returncode == code, done.stderr
        run_id, rest = done.stdout.split(" ", 1)
        assert rest == f"['s.py', '{code}'] s.py __main__\n"
        from azureml.core import Run, Workspace

        run = Run.get(Workspace.from_config(), run_id)
        assert run.status == ("Completed" if code == 0 else "Failed")
        assert run.get_metrics() == {"a": 1}


def test_python_m_tells_the_users_line_only(folder):
    Path("s.py").write_text("def f():\n    raise KeyError('x')\n\nf()\n")
    done = python("-m", "designer.azureml", "s.py")
    assert done.returncode == 1
    assert 's.py", line 2' in done.stderr
    assert python("-m", "designer.azureml", "none.py").returncode == 2


def test_a_sitecustomize_of_the_users_own_still_runs(submitted, folder, monkeypatch):
    (folder / "own").mkdir()
    (folder / "own" / "sitecustomize.py").write_text("import os\nos.environ['OWN'] = 'ran'\n")
    monkeypatch.setenv("PYTHONPATH", str(folder / "own"))
    run = submitted("import os\nfrom azureml.core import Run\nRun.get_context().log('own', os.environ['OWN'])")
    assert run.get_metrics() == {"own": "ran"}


def test_a_program_that_ends_before_what_it_has_submitted_says_nothing_about_it(folder, script):
    source = script("import time; time.sleep(0.5)")
    ended = python(
        "-X",
        "dev",
        "-c",
        f"""
import designer.azureml.install
from azureml.core import Experiment, ScriptRunConfig, Workspace
from azureml.pipeline.core import Pipeline
from azureml.pipeline.steps import PythonScriptStep
exp = Experiment(Workspace.from_config(), "left")
exp.submit(ScriptRunConfig({source!r}, "train.py"))
exp.submit(Pipeline(exp.workspace, [PythonScriptStep("train.py", source_directory={source!r})]))
""",
    )
    assert ended.returncode == 0, ended.stderr
    assert "ResourceWarning" not in ended.stderr, ended.stderr


def test_an_environment_is_read_as_the_sdk_wrote_it(folder):
    text = """{"name": "theirs", "environmentVariables": {"A": "1"}, "docker": {"baseImage": "x", "baseImageRegistry": {"address": "r"}},
      "python": {"userManagedDependencies": false, "condaDependencies": {"dependencies": ["python=3.7", {"pip": ["joblib"]}]}}}"""
    Path("azureml_environment.json").write_text(text)
    env = Environment.load_from_directory(".")
    assert env.python.conda_dependencies.pip_packages == ["joblib"]
    assert (env.docker.base_image, env.docker.base_image_registry.address) == ("x", "r")
    assert env.environment_variables == {"A": "1"}
    env.docker.base_image_registry.username = "u"
    assert Environment("another").docker.base_image_registry.username is None
