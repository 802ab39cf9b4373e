"""`designer run-script`, `designer import` and `designer export`, as they are typed."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.azureml.conftest import python


def designer(*arguments):
    return python("-m", "designer", *arguments)


TRAIN = """
import sys
from azureml.core import Run
run = Run.get_context()
run.log("alpha", float(sys.argv[2]))
run.parent.log("also here", 1)
with run.child_run("fold") as fold:
    fold.log("inner", 2)
print("to standard output")
if len(sys.argv) > 3:
    raise ValueError("no luck")
"""


@pytest.fixture
def train(folder):
    Path("train.py").write_text(TRAIN)
    Path("outputs").mkdir()
    Path("outputs", "old.txt").write_text("from an earlier run")
    import os

    os.utime("outputs/old.txt", (1, 1))


def test_one_json_value_comes_on_standard_output_and_all_else_on_standard_error(train, ws):
    done = designer("run-script", "--json", "train.py", "--alpha", "0.5")
    assert done.returncode == 0, done.stderr
    data = json.loads(done.stdout)
    assert data["status"] == "Completed"
    assert data["metrics"] == {"alpha": 0.5, "also here": 1}
    assert [n["metrics"] for n in data["nodes"].values()] == [{"inner": 2}]
    assert done.stderr == "to standard output\n"
    run = ws.get_run(data["run_id"])
    assert run.experiment.name == "train"
    assert run.get_logs() == "to standard output\n"
    assert run.get_file_names() == ["user_logs/std_log.txt"]


def test_a_script_that_fails_has_exit_code_1_and_a_wrong_call_2(train):
    done = designer("run-script", "--json", "--experiment", "mine", "train.py", "--alpha", "0.5", "fail")
    assert done.returncode == 1
    data = json.loads(done.stdout)
    assert data["status"] == "Failed"
    assert data["error"]["message"] == "User program failed with ValueError: no luck"
    assert data["error"]["line"] == 11
    missing = designer("run-script", "trian.py")
    assert missing.returncode == 2
    assert "there are: train.py" in missing.stderr


def test_a_script_that_submits_others_tells_their_runs(folder):
    Path("control.py").write_text("""
from azureml.core import Experiment, Workspace
ws = Workspace.from_config()
for name in ("one", "two"):
    with Experiment(ws, name).start_logging(snapshot_directory=None) as run:
        run.log("n", len(name))
""")  # fmt: skip
    done = designer("run-script", "--json", "control.py")
    data = json.loads(done.stdout)
    assert data["metrics"] == {}
    assert [(r["experiment"], r["metrics"]) for r in data["runs"]] == [("one", {"n": 3}), ("two", {"n": 3})]


def test_pipelines_are_imported_and_runs_exported_from_the_command_line(folder):
    Path("g.json").write_text(json.dumps({"nodes": [{"id": 1, "moduleName": "Split Data"}], "edges": []}))
    done = designer("import", "azureml-graph", "g.json")
    assert done.returncode == 0, done.stderr
    assert Path("pipelines/g.yaml").exists()
    assert designer("import", "nonsense", "x").returncode == 2
    assert designer("export", "--to", "nowhere").returncode == 2


@pytest.mark.slow
def test_a_notebook_runs_with_its_magics(folder, ws):
    cells = [
        "%%writefile script.py\nfrom azureml.core import Run\nRun.get_context().log('inner', 1)",
        "from azureml.core import Experiment, ScriptRunConfig, Workspace\nws = Workspace.from_config()",
        "run = Experiment(ws, 'from-notebook').submit(ScriptRunConfig('.', 'script.py'))\nrun.wait_for_completion()",
        "from azureml.widgets import RunDetails\nRunDetails(run).show()\n!echo shell",
    ]
    told = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    notebook = {"cells": [{**told, "source": c} for c in cells], "metadata": {}, "nbformat": 4, "nbformat_minor": 4}
    Path("n.ipynb").write_text(json.dumps(notebook))
    done = designer("run-script", "--json", "n.ipynb")
    assert done.returncode == 0, done.stderr
    assert [(r["experiment"], r["metrics"]) for r in json.loads(done.stdout)["runs"]] == [
        ("from-notebook", {"inner": 1})
    ]
    assert "inner  1" in done.stderr
    assert "shell" in done.stderr
    notebook["cells"] = [{**told, "source": "raise ValueError('no luck')"}]
    Path("n.ipynb").write_text(json.dumps(notebook))
    assert python("-m", "designer.azureml", "n.ipynb").returncode == 1


@pytest.mark.parametrize(
    ("cell", "code", "message"),
    [
        ("raise ValueError('no')", 1, "ValueError: no"),
        ("def broken(:", 1, "invalid syntax"),
        ("import sys\nsys.exit(3)", 1, "SystemExit: 3"),
        ("import sys\nsys.exit()", 0, ""),
    ],
)
def test_a_notebook_ends_at_the_first_cell_that_fails(folder, cell, code, message):
    told = {"cell_type": "code", "metadata": {}, "outputs": [], "execution_count": None}
    cells = ["print('before')", cell, "print('after')"]
    Path("n.ipynb").write_text(json.dumps({"cells": [{**told, "source": [c]} for c in cells], "metadata": {}}))
    done = designer("run-script", "n.ipynb")
    assert (done.returncode, "before" in done.stdout, "\nafter" in done.stdout) == (code, True, False)
    assert message in done.stdout + done.stderr


def test_what_is_no_notebook_is_told(folder):
    Path("n.ipynb").write_text("{}")
    done = designer("run-script", "n.ipynb")
    assert done.returncode == 1
    assert "can't be read as a notebook" in done.stdout + done.stderr
