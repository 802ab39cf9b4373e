"""Runs and experiments: beginnings and ends, statuses, children, tags, properties, details, waiting, the current run."""

from __future__ import annotations

import signal
import threading
from pathlib import Path
from typing import Any

import pytest

from designer import Experiment, Run, module, pipeline
from designer.errors import RunFailedError, RunStateError
from designer.store.place import Place, place
from designer.store.protocol import RunNotFoundError
from designer.tracking import context
from tests.support import Project, eventually


@pytest.fixture
def run(experiment: Experiment) -> Run:
    """A run that is on."""
    return experiment.start_logging()


# Beginnings and ends


def test_a_run_runs_until_it_is_completed(run: Run) -> None:
    assert (run.status, run.get_status(), run.type) == ("Running", "Running", "interactive")
    assert run._record.started is not None
    run.complete()
    assert run.status == "Completed"
    assert run._record.seconds is not None


def test_a_run_fails_with_a_text_or_an_exception(experiment: Experiment) -> None:
    said, raised, bare = (experiment.start_logging() for _ in range(3))
    said.fail("the disk is full", error_code="Disk")
    try:
        raise ValueError("no such column")
    except ValueError as error:
        raised.fail(error)
    bare.fail()
    assert {run.status for run in (said, raised, bare)} == {"Failed"}
    assert dict(said.error) == {"code": "Disk", "message": "the disk is full"}
    assert raised.error["message"] == "User program failed with ValueError: no such column"
    assert (raised.error["code"], raised.error["type"]) == ("UserError", "ValueError")
    assert "test_lifecycle.py" in raised.error["traceback"]
    assert bare.error["code"] == "UserError"
    with pytest.raises(TypeError, match="int"):
        experiment.start_logging().fail(3)


def test_an_end_is_not_undone_by_a_status_that_comes_later(run: Run) -> None:
    run.complete()
    run.start()
    run.report_progress(0.5)
    assert run.status == "Completed"


def test_canceling_a_run_of_this_process_ends_it(run: Run) -> None:
    run.cancel()
    assert run.status == "Canceled"
    run.cancel()
    assert run.status == "Canceled"


def test_a_with_block_completes_fails_or_cancels_its_run(experiment: Experiment) -> None:
    with experiment.start_logging() as well:
        well.log("x", 1)
    assert well.status == "Completed"
    badly = experiment.start_logging()
    with pytest.raises(KeyError, match="missing"), badly:
        {}[badly.log("x", 1) or "missing"]
    assert (badly.status, badly.error["type"], badly.get_metrics()) == ("Failed", "KeyError", {"x": 1})
    stopped = experiment.start_logging()
    with pytest.raises(KeyboardInterrupt), stopped:
        raise KeyboardInterrupt
    assert stopped.status == "Canceled"
    with experiment.start_logging() as own:
        own.fail("by itself")
    assert own.status == "Failed"


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "status"), [(None, "Completed"), (0, "Completed"), (1, "Failed"), ("words", "Failed")]
)
def test_sys_exit_in_a_with_block_ends_the_run_by_its_code(experiment: Experiment, code: Any, status: str) -> None:
    run = experiment.start_logging()
    if status == "Completed":
        with run:
            raise SystemExit(code)
    else:
        with pytest.raises(SystemExit), run:
            raise SystemExit(code)
    assert run.status == status


def test_the_current_run_is_that_of_the_innermost_block(experiment: Experiment) -> None:
    with experiment.start_logging() as outer:
        assert Run.get_context() is outer
        with outer.child_run("inner") as inner:
            assert Run.get_context() is inner
            assert inner.parent is outer
        assert Run.get_context() is outer
        seen: list[str] = []
        thread = threading.Thread(target=lambda: seen.append(Run.get_context().id))
        thread.start()
        thread.join()
        assert seen[0].startswith("OfflineRun_")  # another thread is not in the block


def test_outside_of_all_runs_there_is_one_in_memory() -> None:
    run = Run.get_context()
    assert run.id.startswith("OfflineRun_")
    run.log("x", 1.0)
    run.log_row("t", a=1)
    run.parent.log("y", 2.0)
    run.tag("a", "b")
    with run.child_run("child") as child:
        child.log("z", 3)
    run.upload_file("notes.txt", __import__("io").StringIO("hello"))
    assert run.get_metrics() == {"x": 1.0, "t": {"a": 1}}
    assert run.parent.get_metrics() == {"y": 2.0}
    assert run.get_file_names() == ["notes.txt"]
    run.complete()
    assert run.status == "Completed"
    assert Run.get_context().id != run.id
    with pytest.raises(RunStateError, match="no run is executing here"):
        Run.get_context(allow_offline=False)


# Programs


@pytest.mark.slow
@pytest.mark.parametrize(
    ("end", "status", "words"),
    [
        ("", "Completed", ""),
        ("raise ValueError('bad luck')", "Failed", "ValueError: bad luck"),
        ("import os; os._exit(0)", "Failed", "ended without finishing it"),
        ("import os, signal; os.kill(os.getpid(), signal.SIGTERM)", "Failed", "ended without finishing it"),
        ("run.complete(); raise ValueError('after the end')", "Completed", ""),
        ("run.cancel()", "Canceled", ""),
    ],
)
def test_a_program_that_ends_ends_its_runs(project: Project, end: str, status: str, words: str) -> None:
    project.python(
        f"""
        from designer import Experiment
        run = Experiment("program").start_logging(run_id="one")
        child = run.child_run("child")
        child.log("x", 1.0)
        {end}
        """
    )
    store = place(project.store).read
    record = store.run("one")
    assert record.status == status
    assert words in (record.error or {}).get("message", "")
    child = store.tree("one")[1]
    assert child.has_ended
    assert store.values(child.id, "x") == [1.0]
    store.place.close()


def test_a_run_of_another_process_is_asked_to_stop_and_canceled_when_that_ends(project: Project) -> None:
    with project.start(
        """
        import time
        from designer import Experiment
        run = Experiment("other").start_logging(run_id="other")
        print("on", flush=True)
        time.sleep(600)
        """
    ) as process:
        assert process.stdout is not None
        assert process.stdout.readline() == "on\n"
        found = Run.get("other", store=project.store)
        found.cancel()
        assert found.status == "CancelRequested"
        process.send_signal(signal.SIGKILL)
        process.wait()
        assert eventually(lambda: found.status == "Canceled")
    place(project.store).close()


def test_a_script_that_is_launched_with_a_run_finds_it(project: Project) -> None:
    run = Experiment("script", project.store).start_logging(run_id="script")
    ended = project.python(
        """
        from designer import Run
        run = Run.get_context(allow_offline=False)
        run.log("x", 1.0)
        run.complete()
        run.log("x", 2.0)
        assert Run.get_context() is run
        """,
        env={"DESIGNER_RUN_ID": "script", "DESIGNER_STORE": str(project.store)},
    )
    assert ended.code == 0, ended.err
    assert run.get_metrics() == {"x": [1.0, 2.0]}
    assert run.status == "Running"  # whoever launched it decides its end
    run.complete()
    place(project.store).close()


# Children


def test_children_are_found_newest_first_and_by_filters(run: Run) -> None:
    first = run.child_run("first")
    second = run.child_run("second")
    below = first.child_run("below")
    first.tag("kind", "a")
    second.tag("kind", "b")
    second.add_properties({"fold": 2})
    first.complete()
    assert [child.id for child in run.get_children()] == [second.id, first.id]
    assert [child.id for child in run.get_children(recursive=True)] == [below.id, second.id, first.id]
    assert [child.name for child in run.get_children(tags={"kind": "a"})] == ["first"]
    assert [child.name for child in run.get_children(tags="kind")] == ["second", "first"]
    assert [child.name for child in run.get_children(properties={"fold": 2})] == ["second"]
    assert [child.name for child in run.get_children(status="Completed")] == ["first"]
    assert list(run.get_children(type="pipeline")) == []
    assert (below.parent.id, below.parent.parent.id, run.parent) == (first.id, run.id, None)
    assert (first.type, first.number, first._record.root) == ("child", 0, run.id)


def test_children_can_be_made_in_numbers_or_for_values(run: Run) -> None:
    numbered = run.create_children(3)
    assert [child.tags for child in numbered] == [{"azureml.batch_child_number": str(i)} for i in range(3)]
    named = run.create_children(tag_key="rate", tag_values=[0.1, "high"])
    assert [child.tags for child in named] == [{"rate": "0.1"}, {"rate": "high"}]
    assert {child.status for child in (*numbered, *named)} == {"Running"}
    assert all(child.parent.id == run.id for child in named)
    assert len(run.create_children(200)) == 200
    for wrong in ({}, {"count": 1, "tag_key": "a", "tag_values": [1]}, {"tag_key": "a"}):
        with pytest.raises(RunStateError, match="either count"):
            run.create_children(**wrong)


@pytest.mark.parametrize("id", ["../../escape", "a/b", "", " ", "x" * 300, ".", "..", "a\0b", "a\nb"])
def test_an_id_is_a_plain_word(experiment: Experiment, id: str) -> None:
    run = experiment.start_logging()
    for make in (lambda: experiment.start_logging(run_id=id or " "), lambda: run.child_run(run_id=id or " ")):
        with pytest.raises(RunStateError, match="can't be a run's id"):
            make()


def test_an_id_is_given_once(experiment: Experiment) -> None:
    run = experiment.start_logging(run_id="fold-1_a.b")
    run.log("x", 1.0)
    with pytest.raises(RunStateError, match=r"there is a run fold-1_a\.b already"):
        experiment.start_logging(run_id="fold-1_a.b")
    assert run.get_metrics() == {"x": 1.0}


# Tags, properties, names


def test_tags_can_be_set_changed_and_removed(run: Run) -> None:
    run.tag("owner", "me")
    run.tag("place", 1)
    run.tag("bare")
    run.set_tags({"owner": "you", "more": 2.5})
    assert run.tags == run.get_tags() == {"owner": "you", "place": "1", "bare": None, "more": "2.5"}
    run.remove_tags(["place", "absent"])
    run.remove_tags("bare")
    assert run.tags == {"owner": "you", "more": "2.5"}
    run.tag("place", "again")
    assert run.tags["place"] == "again"


def test_properties_are_set_once(run: Run) -> None:
    run.add_properties({"commit": "abc", "number": 1})
    run.add_properties({"commit": "abc"})
    run.add_properties({})
    with pytest.raises(RunStateError, match=r"'commit'.*'abc' already"):
        run.add_properties({"new": "x", "commit": "def"})
    assert run.properties == run.get_properties() == {"commit": "abc", "number": "1"}


def test_names_and_descriptions_can_be_set(experiment: Experiment) -> None:
    run = experiment.start_logging(
        name="a name", display_name="shown", description="about", parameters={"rate": 0.1}, tags={"a": 1}
    )
    assert (run.name, run.display_name, run.description, run.parameters, run.tags) == (
        "a name",
        "shown",
        "about",
        {"rate": 0.1},
        {"a": "1"},
    )
    run.display_name, run.description = "other", "more"
    assert (run.name, run.display_name, run.description) == ("a name", "other", "more")
    run.log_parameters({"depth": 3, "layers": [1, 2]})
    assert run.parameters == {"rate": 0.1, "depth": 3, "layers": [1, 2]}
    assert experiment.start_logging().name.startswith("run_")


def test_progress_is_a_fraction(run: Run) -> None:
    for done, total, wanted in ((0.25, None, 0.25), (3, 4, 0.75), (9, 3, 1.0), (-1, None, 0.0), (0, 0, 1.0)):
        run.report_progress(done, total)
        assert run._record.progress == wanted


# Experiments


@pytest.mark.parametrize("name", ["", "-a", "a b", "ä", "a" * 256, "a/b", "a\n"])
def test_an_experiments_name_is_a_plain_word(where: Place, name: str) -> None:
    with pytest.raises(RunStateError, match="can't be an experiment's name"):
        Experiment(name, place=where)


def test_an_experiment_counts_and_finds_its_runs(where: Place) -> None:
    one, other = Experiment("one", place=where), Experiment("other-2", place=where)
    runs = [one.start_logging() for _ in range(3)]
    other.start_logging()
    runs[1].tag("best")
    runs[2].complete()
    child = runs[0].child_run("child")
    assert [run.number for run in runs] == [1, 2, 3]
    assert [run.id for run in one.get_runs()] == [run.id for run in reversed(runs)]
    assert [run.id for run in one.get_runs(tags="best")] == [runs[1].id]
    assert [run.id for run in one.get_runs(status="Completed")] == [runs[2].id]
    assert [run.id for run in Run.list(one, status="Completed")] == [runs[2].id]
    assert child.id in {run.id for run in one.get_runs(include_children=True)}
    assert [experiment.name for experiment in Experiment.list(where.folder)] == ["one", "other-2"]
    assert runs[0].experiment is one
    assert next(other.get_runs()).number == 1


def test_a_run_is_found_again_by_its_id(run: Run, where: Place) -> None:
    run.log("x", 1.0)
    again = Run.get(run.id, store=where.folder)
    assert (again.id, again.get_metrics(), again.experiment.name) == (run.id, {"x": 1.0}, "experiment")
    assert run.id in repr(again)
    assert "Running" in repr(again)
    assert run.id in again._repr_html_()
    with pytest.raises(RunNotFoundError, match="there is no run 'nowhere'"):
        Run.get("nowhere", store=where.folder)
    with pytest.raises(RunNotFoundError, match=run.id):
        Run.get(run.id[:8], store=where.folder)


def test_what_is_shown_of_a_run_is_text_and_no_markup(experiment: Experiment) -> None:
    run = experiment.start_logging()
    run.log("<script>alert(1)</script>", 1.0)
    assert "<script>" not in run._repr_html_()


# Details and waiting


def test_details_tell_what_azure_ml_tells(run: Run) -> None:
    run.add_properties({"a": "b"})
    running = run.get_details()
    assert running["runId"] == run.id
    assert (running["status"], running["target"], running["properties"]) == ("Running", "sdk", {"a": "b"})
    assert running["startTimeUtc"].endswith("Z")
    assert "endTimeUtc" not in running
    with pytest.raises(ZeroDivisionError), run:
        _ = 1 / len(print("words") or ())
    ended = run.get_details_with_logs()
    assert ended["error"]["error"]["type"] == "ZeroDivisionError"
    assert ended["logFiles"]["user_logs/std_log.txt"] == "words\n"
    assert ended["endTimeUtc"] >= ended["startTimeUtc"]
    assert run.get_details()["logFiles"]["user_logs/std_log.txt"]


def test_logs_can_be_written_to_a_folder(experiment: Experiment, tmp_path: Path) -> None:
    with experiment.start_logging() as run:
        print("one")
        run.upload_file("logs/more.txt", __import__("io").StringIO("two"))
    paths = run.get_all_logs(str(tmp_path / "logs"))
    assert sorted(Path(path).read_text() for path in paths) == ["one\n", "two"]


def test_what_a_block_prints_is_kept_and_printed(experiment: Experiment, capsys: pytest.CaptureFixture[str]) -> None:
    print("before")
    with experiment.start_logging() as run:
        print("inside")
        print("aside", file=__import__("sys").stderr)
        with run.child_run("child") as child:
            print("within")
        print("again")
    print("after")
    with run:
        print("once more")
    shown = capsys.readouterr()
    assert shown.out == "before\ninside\nwithin\nagain\nafter\nonce more\n"
    assert shown.err == "aside\n"
    assert run.get_logs() == "inside\naside\nagain\nonce more\n"
    assert child.get_logs() == "within\n"


def test_waiting_for_a_failed_run_raises_unless_told_not_to(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    run = experiment.start_logging()
    run.fail("no luck")
    with pytest.raises(RunFailedError, match="no luck"):
        run.wait_for_completion()
    assert run.wait_for_completion(raise_on_error=False)["status"] == "Failed"
    canceled = experiment.start_logging()
    canceled.cancel()
    assert canceled.wait_for_completion(show_output=True)["status"] == "Canceled"
    assert "Status: Canceled" in capsys.readouterr().out


def test_waiting_ends_when_another_thread_ends_the_run(
    experiment: Experiment, capsys: pytest.CaptureFixture[str]
) -> None:
    run = experiment.start_logging()
    child = run.child_run("child")

    def end() -> None:
        with child:
            print("from the child")
        run.complete()

    thread = threading.Timer(0.1, end)
    thread.start()
    details = run.wait_for_completion(show_output=True)
    thread.join()
    assert details["status"] == "Completed"
    out = capsys.readouterr().out
    assert out.startswith(f"RunId: {run.id}")
    assert "from the child" in out
    assert "child: Completed" in out


def test_ended_runs_are_forgotten_by_the_process(experiment: Experiment) -> None:
    for _ in range(50):
        run = experiment.start_logging()
        run.log("x", 1.0)
        run.complete()
    assert run.id not in context.started_here
    assert len(run._journal._keys) <= 1


@pytest.mark.slow
def test_a_store_that_was_deleted_is_made_anew(project: Project) -> None:
    project.write(
        "again.py",
        """
        from designer import Run, module, pipeline

        @module
        def one() -> int:
            Run.get_context().log("x", 1)
            return 1

        @pipeline
        def again():
            one()
        """,
    )
    ended = project.python(
        """
        import shutil
        from designer import Experiment
        from again import again

        experiment = Experiment("e")
        for _ in range(3):
            with experiment.start_logging() as run:
                run.log("x", 1.0)
            print(run.status, run.get_metrics(), run.number)
            for executor in ("processes", "serial"):
                print(again.run(executor=executor).status)
            shutil.rmtree(".designer")
        """
    )
    assert ended.code == 0, ended.err
    assert ended.out.splitlines() == ["Completed {'x': 1.0} 1", "Completed", "Completed"] * 3


@module
def just_one() -> int:
    """A number."""
    return 1


@pipeline
def ones() -> None:
    """One node."""
    just_one()


def test_a_pipelines_runs_have_an_experiment_whatever_it_is_called(where: Place) -> None:
    run = ones.run(executor="serial", store=where.folder, experiment="all cars 🚗")
    assert run.experiment.name == "all cars 🚗"
    assert [one.id for one in run.experiment.get_runs()] == [run.id]
    assert [one.name for one in Experiment.list(where.folder)] == ["all cars 🚗"]
