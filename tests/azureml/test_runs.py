"""Interactive runs: life, children, tags, properties, files, snapshots, secrets."""

from __future__ import annotations

import io
import os
import pickle
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest
from azureml.core import Experiment, Run, Workspace
from azureml.core.run import _OfflineRun, get_run
from azureml.exceptions import (
    ActivityFailedException,
    ModelPathNotFoundException,
    RunEnvironmentException,
    ServiceException,
    SnapshotException,
    UserErrorException,
)

from designer.azureml.launch import variables


def test_an_interactive_run_runs_and_completes(exp):
    run = exp.start_logging()
    assert run.get_status() == "Running"
    assert run.type is None
    assert run.number == 1
    assert run.experiment.name == "tests"
    assert isinstance(run.experiment.workspace, Workspace)
    run.complete()
    assert run.status == "Completed"
    details = run.get_details()
    assert details["runId"] == run.id
    assert details["target"] == "sdk"
    assert details["endTimeUtc"] >= details["startTimeUtc"]
    assert str(run) == f"Run(Experiment: tests,\nId: {run.id},\nType: None,\nStatus: Completed)"


def test_a_with_block_completes_fails_and_lets_the_exception_through(exp):
    with exp.start_logging(snapshot_directory=None) as good:
        good.log("a", 1)
    with pytest.raises(ValueError, match="boom"), exp.start_logging(snapshot_directory=None) as bad:
        raise ValueError("boom")
    with exp.start_logging(snapshot_directory=None) as left:
        raise SystemExit(0)
    assert [good.status, bad.status, left.status] == ["Completed", "Failed", "Completed"]
    error = bad.get_details()["error"]["error"]
    assert error["code"] == "UserError"
    assert error["message"] == "User program failed with ValueError: boom"
    with pytest.raises(ActivityFailedException, match="boom"):
        bad.wait_for_completion()
    assert bad.wait_for_completion(raise_on_error=False)["status"] == "Failed"


def test_fail_takes_text_or_exception_and_nothing_else(exp):
    run = exp.start_logging(snapshot_directory=None)
    with pytest.raises(TypeError):
        run.fail(3)
    run.fail("out of luck", error_code="Luck")
    assert run.get_details()["error"]["error"] == {"code": "Luck", "message": "out of luck"}
    other = exp.start_logging(snapshot_directory=None)
    other.cancel()
    assert other.get_status() == "Canceled"


def test_children_run_at_once_and_are_named_after_their_parent(exp):
    run = exp.start_logging(name="top", snapshot_directory=None)
    child = run.child_run(name="fold")
    assert child.status == "Running"
    assert child.name == "top>fold"
    assert child.display_name == "fold"
    assert child.parent is run
    assert child.child_run(name="inner").name == "top>fold>inner"
    many = run.create_children(count=3)
    assert isinstance(many, list)
    assert [c.tags["azureml.batch_child_number"] for c in many] == ["0", "1", "2"]
    named = run.create_children(tag_key="alpha", tag_values=[0.1, 0.2])
    assert [c.get_tags() for c in named] == [{"alpha": "0.1"}, {"alpha": "0.2"}]
    with pytest.raises(UserErrorException):
        run.create_children()
    with pytest.raises(UserErrorException):
        run.create_children(count=101)
    children = run.get_children()
    assert iter(children) is children
    assert len(list(run.get_children())) == 6
    assert len(list(run.get_children(recursive=True))) == 7
    assert [c.id for c in run.get_children(tags={"alpha": "0.2"})] == [named[1].id]
    assert [r.id for r in exp.get_runs()] == [run.id]
    assert len(list(exp.get_runs(include_children=True))) == 8


def test_tags_change_and_properties_do_not(exp):
    run = exp.start_logging(snapshot_directory=None)
    run.tag("rank", 1)
    run.tag("plain")
    run.set_tags({"a": "b"})
    run.remove_tags(["a"])
    assert run.get_tags() == {"rank": "1", "plain": None}
    run.add_properties({"author": "me"})
    run.add_properties({})
    run.add_properties({"author": "me"})
    with pytest.raises(UserErrorException, match="author"):
        run.add_properties({"author": "you"})
    assert run.properties["author"] == "me"
    assert [r.id for r in Run.list(exp, tags="plain")] == [run.id]
    assert [r.id for r in Run.list(exp, properties={"author": "me"}, status="Running")] == [run.id]
    assert list(Run.list(exp, type="azureml.scriptrun")) == []


def test_display_name_and_description_can_be_set(exp):
    run = exp.start_logging(display_name="first", description="why", snapshot_directory=None)
    assert (run.display_name, run.description) == ("first", "why")
    run.display_name, run.description = "second", "because"
    assert (run.display_name, run.description) == ("second", "because")


def test_files_go_up_and_come_down(exp, folder):
    run = exp.start_logging(outputs=False, snapshot_directory=None)
    (folder / "data" / "in").mkdir(parents=True)
    (folder / "data" / "a.txt").write_text("a")
    (folder / "data" / "in" / "b.txt").write_text("b")
    run.upload_file("one/a.txt", "data/a.txt")
    run.upload_file("stream.bin", io.BytesIO(b"xyz"))
    run.upload_folder("all", "data")
    run.upload_folder("slash", "data/")
    with pytest.warns(UserWarning, match="named twice"):
        run.upload_files(["f1", "f1"], ["data/a.txt", "data/a.txt"])
    assert run.get_file_names() == [
        "all/a.txt",
        "all/in/b.txt",
        "f1",
        "one/a.txt",
        "slash/a.txt",
        "slash/in/b.txt",
        "stream.bin",
    ]
    for call in (
        lambda: run.upload_file("one/a.txt", "data/a.txt"),
        lambda: run.upload_file("x", 3),
        lambda: run.upload_folder("x", "nowhere"),
        lambda: run.download_file("nothing"),
        lambda: run.upload_file("../x", "data/a.txt"),
    ):
        with pytest.raises(UserErrorException):
            call()
    with pytest.raises(TypeError):
        run.upload_files(["a", "b"], ["data/a.txt"])
    run.download_file("one/a.txt")
    assert Path("a.txt").read_text() == "a"
    run.download_file("stream.bin", "down/deep/s.bin")
    assert Path("down/deep/s.bin").read_bytes() == b"xyz"
    run.download_files(prefix="all", output_directory="kept")
    assert Path("kept/all/in/b.txt").read_text() == "b"
    run.download_files(prefix="all", output_directory="flat", append_prefix=False)
    assert Path("flat/in/b.txt").read_text() == "b"


def test_the_outputs_folder_is_kept_at_the_end(exp, folder):
    run = exp.start_logging(snapshot_directory=None)
    assert (folder / "outputs").is_dir()  # notebooks write into it without making it
    (folder / "outputs" / "m.pkl").write_bytes(b"m")
    run.complete()
    assert run.get_file_names() == ["outputs/m.pkl"]


def test_a_snapshot_leaves_out_what_amlignore_names_and_can_be_restored(exp, folder):
    for name, text in {
        "train.py": "1",
        "data.csv": "2",
        "big/x.bin": "3",
        ".amlignore": "big/\n*.csv\n",
        ".gitignore": "*.py",
    }.items():
        Path(name).parent.mkdir(exist_ok=True)
        Path(name).write_text(text)
    run = exp.start_logging()
    assert run.get_snapshot_id() == run.properties["ContentSnapshotId"]
    with zipfile.ZipFile(run.restore_snapshot(path="back")) as archive:
        assert sorted(archive.namelist()) == [".amlignore", ".gitignore", "train.py"]
    with pytest.raises(SnapshotException):
        run.take_snapshot(".")


def test_runs_are_found_again_and_travel(exp, ws):
    run = exp.start_logging(snapshot_directory=None)
    run.log("a", 1)
    for again in (
        Run.get(ws, run.id),
        ws.get_run(run.id),
        get_run(exp, run.id),
        Run(exp, run.id),
        pickle.loads(pickle.dumps(run)),
    ):
        assert again.get_metrics() == {"a": 1}
        assert again.experiment.name == "tests"
    with pytest.raises(ServiceException, match="nothing-like-it"):
        Run.get(ws, "nothing-like-it")
    with pytest.raises(ServiceException):
        Run(exp, "nothing-like-it")


def test_a_model_is_registered_from_a_run(exp, ws, folder):
    run = exp.start_logging(outputs=False, snapshot_directory=None)
    with pytest.raises(ModelPathNotFoundException, match="none"):
        run.register_model("m", "outputs/m.pkl")
    run.upload_file("outputs/m.pkl", io.BytesIO(b"m"))
    model = run.register_model("m", "./outputs/m.pkl", tags={"mse": 0.25})
    assert (model.name, model.version, model.id, model.run_id) == ("m", 1, "m:1", run.id)
    assert float(model.tags["mse"]) == 0.25
    assert model.run.id == run.id
    assert Path(model.download("out")).read_bytes() == b"m"


def test_secrets_are_kept_apart(exp, ws, monkeypatch):
    ws.get_default_keyvault().set_secret("key", "value")
    monkeypatch.setenv("OTHER_KEY", "from outside")
    run = exp.start_logging(snapshot_directory=None)
    assert run.get_secrets(["key", "other-key", "none"]) == {"key": "value", "other-key": "from outside", "none": None}
    path = ws.place.folder / "azureml" / "secrets.json"
    assert path.stat().st_mode & 0o077 == 0


def test_experiments_are_named_listed_tagged_and_archived(ws):
    for bad in ("", "-x", "a b", "a" * 256):
        with pytest.raises(UserErrorException):
            Experiment(ws, bad)
    one = Experiment(ws, "a" * 255)
    one.start_logging(snapshot_directory=None).complete()
    one.set_tags({"team": "x"})
    one.tag("y")
    assert [e.name for e in Experiment.list(ws, tags={"team": "x"})] == [one.name]
    one.archive()
    assert Experiment.list(ws) == []
    assert len(Experiment.list(ws, view_type="All")) == 1
    with pytest.raises(UserErrorException):
        one.reactivate("other")
    one.reactivate()
    assert one.archived_time is None
    assert ws.experiments[one.name].tags == {"team": "x", "y": None}


def test_outside_of_runs_there_is_a_real_run(folder, ws):
    run = Run.get_context()
    assert run.id.startswith("OfflineRun_")
    assert isinstance(run, _OfflineRun)
    assert Run.get_context() is run
    run.log("a", 1)
    run.parent.log("b", 2)
    run.complete()
    run.log("a", 2, step=3)
    assert run.get_metrics() == {"a": [1, 2], "b": 2}
    assert run.parent.parent is None
    assert run.experiment.workspace == ws
    assert dict(run.input_datasets) == {}
    with pytest.raises(RunEnvironmentException):
        Run.get_context(allow_offline=False)


def test_the_print_only_run_is_there_where_it_is_asked_for(folder, monkeypatch, capsys):
    monkeypatch.setenv("DESIGNER_AZUREML_OFFLINE", "print")
    run = Run.get_context()
    assert type(run) is _OfflineRun
    assert not isinstance(run, Run)
    assert Run.get_context() is not run
    run.log("a", [1])
    run.upload_file("n", "p")
    run.tag("k", "v")
    with run:
        pass
    assert capsys.readouterr().out == (
        "Attempted to log scalar metric a:\n[1]\nAttempted to track file n at p\nAttempted to add tag k with value v\n"
        f"[START] Run {run.id} context\n[STOP] Run {run.id} context\n"
    )
    assert run.child_run("c").id == f"{run.id}.c"
    with pytest.raises(TypeError):
        run.log("a", 1, step=2)
    assert not hasattr(run, "parent")


@pytest.mark.slow
def test_what_another_process_logs_to_the_parent_is_there_a_thousand_times_of_a_thousand(exp, folder):
    parent = exp.start_logging(snapshot_directory=None)
    child = parent.child_run("step")
    Path("logger.py").write_text(
        "import sys\nfrom azureml.core import Run\nparent = Run.get_context().parent\n"
        "for line in sys.stdin:\n    parent.log(line.strip(), int(line))\n    print(flush=True)\n"
    )
    environment = {**os.environ, **variables.importing(os.environ)}
    environment |= variables.of_run(child.id, "tests", str(exp._place.folder), parent.id, parent.id)
    command = [sys.executable, "logger.py"]
    with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True, env=environment) as other:
        for number in range(1000):
            other.stdin.write(f"{number}\n")
            other.stdin.flush()
            other.stdout.readline()
            assert parent.get_metrics(str(number)) == {str(number): number}
        other.stdin.close()


def test_a_runs_id_is_there_under_the_name_that_scripts_look_at(exp):
    run = exp.start_logging(snapshot_directory=None)
    assert run._run_id == run.id
