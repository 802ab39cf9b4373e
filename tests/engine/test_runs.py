"""Runs that go well: order, groups, executors that agree, cancelling, runs that outlive their callers."""

from __future__ import annotations

import os
import shutil
import signal
import tempfile
import time
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer import Run, module, pipeline
from designer.errors import PipelineError, RunFailedError
from designer.store.place import Place, place
from tests.support import Project, alive, eventually


@module
def source(*, value: int) -> int:
    """A number."""
    Run.get_context().log("value", value)
    return value


@module
def mixed(numbers: list[int], *, weight: int = 1) -> int:
    """A number that tells which numbers came in, and in which order."""
    total = weight
    for number in numbers:
        total = (total * 31 + number) % 1_000_003
    run = Run.get_context()
    run.log("total", total)
    run.log_list("numbers", numbers)
    return total


def dag(edges: list[list[int]]) -> Any:
    """A pipeline whose node i takes the nodes of `edges[i]`, all of them before it."""

    @pipeline
    def random_dag() -> None:
        outputs: list[Any] = []
        for at, sources in enumerate(edges):
            if sources:
                outputs.append(mixed.named(f"n{at}")([outputs[s] for s in sources], weight=at + 2))
            else:
                outputs.append(source.named(f"n{at}")(value=at))

    return random_dag


@st.composite
def random_edges(draw: st.DrawFn) -> list[list[int]]:
    """For each node the nodes before it that it takes."""
    count = draw(st.integers(1, 8))
    return [draw(st.lists(st.integers(0, at - 1), max_size=3)) if at else [] for at in range(count)]


def told(run: Run) -> dict[str, Any]:
    """What each node logged, and how it ended."""
    return {child.node: (child.status, child.get_metrics()) for child in run.get_children()}


@pytest.mark.slow
@settings(max_examples=5, suppress_health_check=list(HealthCheck))
@given(random_edges())
def test_all_executors_give_the_same_results(edges: list[list[int]]) -> None:
    folder = tempfile.mkdtemp()
    try:
        dags = dag(edges)
        found = {
            executor: told(dags.run(executor=executor, store=f"{folder}/{executor}"))
            for executor in ("serial", "threads", "processes")
        }
        assert found["serial"] == found["threads"] == found["processes"]
        assert len(found["serial"]) == len(edges)
    finally:
        for executor in ("serial", "threads", "processes"):
            place(f"{folder}/{executor}").close()
        shutil.rmtree(folder)


@settings(max_examples=15, suppress_health_check=list(HealthCheck))
@given(random_edges())
def test_a_node_runs_after_all_that_it_needs(edges: list[list[int]]) -> None:
    folder = Path(tempfile.mkdtemp())
    try:
        run = dag(edges).run(executor="threads", store=folder)
        records = {r.node: r for r in run._place.read.tree(run.id)[1:]}
        for at, sources in enumerate(edges):
            for other in sources:
                assert records[f"n{other}"].ended <= records[f"n{at}"].started + 1e-3
    finally:
        place(folder).close()
        shutil.rmtree(folder)


@module
def failing(number: int) -> int:
    """It raises."""
    raise ValueError(f"no {number}")


@module
def interrupted(number: int) -> int:
    """It is interrupted as by Ctrl-C."""
    raise KeyboardInterrupt


@pipeline
def prepare(number: int, times: int = 2) -> Any:
    """A group."""
    for _ in range(times):
        number = mixed([number])
    return number


@pipeline
def breaking(number: int) -> Any:
    """A group with a node that fails in it."""
    return mixed([failing(mixed([number]))])


def statuses(run: Run) -> dict[str | None, str]:
    return {r.node: str(r.status) for r in run._place.read.tree(run.id)}


def test_a_group_has_a_run_between_its_parent_and_its_modules(where: Place) -> None:
    @pipeline
    def outer(times: int = 3) -> None:
        mixed.named("last")([prepare(source(value=1), times=times)])

    run = outer.run(executor="serial", store=where)
    (group,) = [child for child in run.get_children() if child.type == "group"]
    inner = list(group.get_children())
    assert [child.node for child in reversed(inner)] == ["prepare/mixed", "prepare/mixed_2", "prepare/mixed_3"]
    assert all(child.parent.id == group.id and child.parent.parent.id == run.id for child in inner)
    assert group.parameters == {"times": 3}
    assert statuses(run) == dict.fromkeys(
        [None, "source", "prepare", "prepare/mixed", "prepare/mixed_2", "prepare/mixed_3", "last"], "Completed"
    )
    assert statuses(outer.run(executor="serial", store=where, times=1)) == dict.fromkeys(
        [None, "source", "prepare", "prepare/mixed", "last"], "Completed"
    )


def test_a_pipelines_parameter_reaches_a_groups_under_another_name(where: Place) -> None:
    @pipeline
    def inner(number: int, weight: int = 1, flag: bool = False) -> Any:
        return mixed([number], weight=weight)

    @pipeline
    def outer(heavy: int = 5, yes: bool = True) -> None:
        inner(source(value=1), weight=heavy, flag=yes)

    assert outer.check() == []
    total = (7 * 31 + 1) % 1_000_003
    run = outer.run(executor="serial", store=where, heavy=7)
    assert told(next(c for c in run.get_children() if c.type == "group"))["inner/mixed"][1]["total"] == total
    document = outer.document
    assert document.nodes[-1].bindings == {"weight": "heavy", "flag": "yes"}


def test_a_failure_in_a_group_fails_the_group_and_skips_what_needs_it(where: Place) -> None:
    @pipeline
    def outer() -> None:
        number = source(value=1)
        prepare(breaking(number))
        mixed.named("free")([number])

    run = outer.run(executor="serial", store=where, raise_on_error=False)
    assert statuses(run) == {
        None: "Failed", "source": "Completed", "breaking": "Failed", "breaking/mixed": "Completed", "breaking/failing": "Failed",
        "breaking/mixed_2": "Skipped", "prepare": "Skipped", "prepare/mixed": "Skipped", "prepare/mixed_2": "Skipped", "free": "Completed",
    }  # fmt: skip
    with pytest.raises(RunFailedError, match="node breaking/failing failed: ValueError: no") as failure:
        outer.run(executor="serial", store=where)
    assert failure.value.node == "breaking/failing"
    assert "designer logs" in str(failure.value)


@module
def patient(number: int) -> int:
    """Goes on until it is stopped."""
    run = Run.get_context()
    while True:
        run.log("beat", 1)
        time.sleep(0.005)


@module
def hasty(number: int) -> int:
    """Fails once the other has begun."""
    parent = Run.get_context().parent
    eventually(lambda: any(child.node == "patient" and child.get_metrics() for child in parent.get_children()))
    raise ValueError("no")


def test_asked_to_fail_fast_the_first_failure_stops_what_runs_and_begins_nothing_more(where: Place) -> None:
    @pipeline
    def two_ways() -> None:
        number = source(value=1)
        mixed.named("after")([patient(number)])
        mixed.named("never")([hasty(number)])

    run = two_ways.run(store=where, fail_fast=True, raise_on_error=False)
    assert statuses(run) == {
        None: "Failed", "source": "Completed", "patient": "Canceled", "hasty": "Failed", "after": "Skipped", "never": "Skipped",
    }  # fmt: skip
    nodes = {child.node: child for child in run.get_children()}
    assert nodes["patient"].error["message"] == "stopped, because hasty failed"
    assert nodes["patient"].get_metrics()["beat"]
    assert nodes["after"].error["message"] == "not run, because hasty failed"
    assert run.error["node"] == "hasty"


def test_asked_to_fail_fast_in_this_process_what_was_ready_is_not_begun(where: Place) -> None:
    @pipeline
    def row() -> None:
        failing.named("first")(source(value=1))
        for at in range(3):
            mixed.named(f"later{at}")([source.named(f"other{at}")(value=at)])

    run = row.run(store=where, executor="serial", fail_fast=True, raise_on_error=False)
    found = statuses(run)
    assert (found[None], found["first"]) == ("Failed", "Failed")
    assert "Skipped" in found.values()
    assert found.keys() == statuses(row.run(store=where, executor="serial", raise_on_error=False)).keys()


def test_an_interrupt_cancels_the_run_and_reaches_the_caller(where: Place) -> None:
    @pipeline
    def long() -> None:
        mixed([interrupted(source(value=1))])

    with pytest.raises(KeyboardInterrupt):
        long.run(executor="serial", store=where)
    (record,) = where.read.runs()
    assert record.status == "Canceled"
    assert {r.node: r.status for r in where.read.tree(record.id)[1:]} == {
        "source": "Completed", "interrupted": "Canceled", "mixed": "Skipped"
    }  # fmt: skip


def test_a_wrong_pipeline_does_not_run(where: Place) -> None:
    @pipeline
    def wrong(weight: int = 1) -> None:
        mixed(weight=weight)
        source(value="many")
        source(nonsense=1)

    with pytest.raises(PipelineError) as refused:
        wrong.run(executor="serial", store=where)
    codes = {str(problem.code) for problem in refused.value.problems}
    assert codes >= {"invalid_parameter", "unknown_parameter", "missing_parameter"}
    with pytest.raises(PipelineError, match="no parameter wieght"):
        wrong.run(executor="serial", store=where, wieght=2)
    assert where.read.runs() == []


def test_a_run_keeps_its_parameters_document_and_modules(where: Place) -> None:
    @pipeline
    def kept(weight: int = 1) -> None:
        """What it is for."""
        mixed([source(value=1)], weight=weight)

    run = kept.run(executor="serial", store=where, weight=4, experiment="other")
    assert run.parameters == {"weight": 4}
    assert (run.experiment.name, run.number, run.type, run.name) == ("other", 1, "pipeline", "kept")
    document = where.read.document(run.id)
    assert set(document["modules"]) == {"source", "mixed"}
    assert document["pipeline"]["description"] == "What it is for."
    child = next(child for child in run.get_children() if child.node == "mixed")
    assert child.parameters == {"weight": 4}
    assert (child.type, child.number) == ("module", 0)
    assert {"designer.cpu_seconds", "designer.peak_memory"} <= child.properties.keys()
    assert float(child.properties["designer.cpu_seconds"]) < 1
    record = child._record
    assert record.started <= record.ended
    assert record.seconds is not None


def test_until_runs_only_what_a_node_needs(where: Place) -> None:
    chain = dag([[], [0], [1], [0], []])
    run = chain.run(executor="serial", store=where, until=["n2"])
    assert statuses(run) == dict.fromkeys([None, "n0", "n1", "n2"], "Completed")


def test_modules_are_ordinary_functions_outside_a_pipeline() -> None:
    assert mixed([1, 2], weight=3) == ((3 * 31 + 1) * 31 + 2) % 1_000_003
    with pytest.raises(ValueError, match="no 1"):
        failing(1)


# Processes that come and go

SLOW = """
    import os, sys, time
    from designer import Run, module, pipeline

    @module
    def first() -> int:
        return 1

    @module
    def slow(number: int, *, seconds: float = 0.3) -> int:
        run = Run.get_context()
        run.log("pid", os.getpid())
        end = time.time() + seconds
        while time.time() < end:
            run.log("beat", time.time())
            time.sleep(0.005)
        return number

    @module(retries=5, backoff=100)
    def waiting(number: int) -> int:
        Run.get_context().log("tried", 1)
        raise RuntimeError("again")

    @module
    def last(numbers: list[int]) -> int:
        return sum(numbers)

    @pipeline
    def slowly(seconds: float = 0.3, retry: bool = False):
        number = first()
        numbers = [slow(number, seconds=seconds)]
        if retry:
            numbers.append(waiting(number))
        last(numbers)
"""


@pytest.fixture
def slowly(project: Project) -> Project:
    """A project with a pipeline that takes its time."""
    project.write("slowly.py", SLOW)
    return project


@pytest.mark.slow
def test_a_run_outlives_the_program_that_submitted_it(slowly: Project) -> None:
    ended = slowly.python(
        """
        from slowly import slowly
        run = slowly.submit(seconds=3)
        print(run.id, run.status)
        """
    )
    assert ended.code == 0, ended.err
    run_id, status = ended.out.split()
    assert status in ("Starting", "Running")
    store = place(slowly.store).read
    eventually(lambda: store.run(run_id).has_ended)
    assert {r.node: r.status for r in store.tree(run_id)} == dict.fromkeys([None, "first", "slow", "last"], "Completed")
    store.place.close()


@pytest.mark.slow
@pytest.mark.parametrize("sign", [signal.SIGKILL, signal.SIGHUP])
def test_a_run_outlives_the_command_that_waits_for_it(slowly: Project, sign: int) -> None:
    store = place(slowly.store).read
    with slowly.start_designer("run", "slowly.py", "-p", "seconds=0.7", "--json") as command:
        eventually(
            lambda: any("beat" in store.metrics([r.id]).get(r.id, {}) for q in store.runs() for r in store.tree(q.id))
        )
        command.send_signal(sign)
        command.communicate()
    (run,) = store.runs()
    assert run.status == "Running"
    eventually(lambda: store.run(run.id).has_ended)
    assert store.run(run.id).status == "Completed"
    store.place.close()


@pytest.mark.slow
def test_a_run_can_be_canceled_from_another_process(slowly: Project) -> None:
    store = place(slowly.store).read
    with slowly.start_designer("run", "slowly.py", "-p", "seconds=600", "-p", "retry=true", "--json") as command:
        nodes = eventually(
            lambda: next(
                (n for q in store.runs() if {"slow", "waiting"} <= (n := {r.node: r for r in store.tree(q.id)}).keys()
                 and "beat" in store.metrics([n["slow"].id]).get(n["slow"].id, {})
                 and "designer.attempts" in n["waiting"].tags), None
            )
        )  # fmt: skip
        pid = int(store.metrics([nodes["slow"].id])[nodes["slow"].id]["pid"].last)
        asked = slowly.designer("cancel")
        assert asked.code == 0, asked.err
        out, _ = command.communicate()
    assert command.returncode == 1
    assert '"status": "Canceled"' in out
    run = nodes[None]
    records = {r.node: r for r in store.tree(run.id)}
    assert {node: r.status for node, r in records.items()} == {
        None: "Canceled", "first": "Completed", "slow": "Canceled", "waiting": "Canceled", "last": "Skipped"
    }  # fmt: skip
    assert store.metrics([records["slow"].id])[records["slow"].id]["beat"].count > 0
    assert not alive(pid)
    again = slowly.designer("cancel", run.id)
    assert again.code == 0
    assert "ended already" in again.out
    assert store.run(run.id).status == "Canceled"
    store.place.close()


@pytest.mark.slow
def test_a_runner_that_is_asked_to_end_cancels_its_run(slowly: Project) -> None:
    store = place(slowly.store).read
    with slowly.start_designer("run", "slowly.py", "-p", "seconds=600", "--json") as command:
        slow = eventually(
            lambda: next((r for q in store.runs() for r in store.tree(q.id) if r.node == "slow" and r.metrics), None)
        )
        worker = int(store.metrics([slow.id])[slow.id]["pid"].last)
        runner = int(Path(f"/proc/{worker}/stat").read_text().rpartition(")")[2].split()[1])
        os.kill(runner, signal.SIGTERM)
        out, _ = command.communicate()
    assert command.returncode == 1
    assert '"status": "Canceled"' in out
    records = {r.node: str(r.status) for r in store.tree(slow.root)}
    assert records == {None: "Canceled", "first": "Completed", "slow": "Canceled", "last": "Skipped"}
    assert not alive(worker)
    store.place.close()


@pytest.mark.slow
def test_ctrl_c_stops_the_run_that_a_command_waits_for(slowly: Project) -> None:
    store = place(slowly.store).read
    with slowly.start_designer("run", "slowly.py", "-p", "seconds=600", "--json") as command:
        eventually(
            lambda: any(r.node == "slow" and r.status == "Running" for q in store.runs() for r in store.tree(q.id))
        )
        command.send_signal(signal.SIGINT)
        out, _ = command.communicate()
    assert command.returncode == 1
    assert '"status": "Canceled"' in out
    store.place.close()


@pytest.mark.slow
def test_a_second_run_sees_changes_of_the_modules_file(project: Project) -> None:
    project.write("steps.py", "from designer import module\n@module\ndef step() -> int:\n    return 1\n")
    ended = project.python(
        """
        import pathlib, time
        from designer import pipeline
        from steps import step

        @pipeline
        def changing():
            step()

        def output(run):
            child = next(run.get_children())
            return run._place.read.outputs(child.id)["output"].inline

        print(output(changing.run()))
        path = pathlib.Path("steps.py")
        path.write_text(path.read_text().replace("return 1", "return 234"))
        print(output(changing.run(regenerate=True)))
        """
    )
    assert ended.out.split() == ["1", "234"], ended.err


@pytest.mark.slow
def test_a_pipeline_declared_in_the_program_itself_runs_in_processes(project: Project) -> None:
    ended = project.python(
        """
        import os
        from designer import Run, module, pipeline

        @module
        def step(*, number: int = 3) -> int:
            Run.get_context().log("pid", os.getpid())
            return number

        @pipeline
        def own(number: int = 4):
            step(number=number)

        run = own.run(number=5)
        print(run.status, run.get_metrics(recursive=True) != {}, os.getpid() in [m["pid"] for m in run.get_metrics(recursive=True).values()])
        print(own.run(number=6, executor="threads").status)
        """
    )
    assert ended.out.split() == ["Completed", "True", "False", "Completed"], ended.err


def test_running_while_being_loaded_for_a_run_is_refused_in_words(project: Project) -> None:
    project.write("careless.py", SLOW + "\n    slowly.run()\n")
    ended = project.designer("run", "careless.py", "--json")
    assert ended.code in (0, 1, 2)
    assert "Traceback" not in ended.err


@pytest.mark.slow
def test_no_process_of_a_run_is_left_when_it_has_ended(slowly: Project) -> None:
    assert slowly.designer("run", "slowly.py", "--json").code == 0

    def left() -> list[str]:
        return [p.name for p in Path("/proc").glob("[0-9]*") if _inside(p, slowly.folder)]

    eventually(lambda: not left())


def _inside(process: Path, folder: Path) -> bool:
    try:
        return (process / "cwd").readlink() == folder and int(process.name) != os.getpid()
    except OSError:
        return False
