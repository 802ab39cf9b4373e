"""Many runs at once, and runs that are killed: each result is computed once, none is ever half there."""

from __future__ import annotations

import collections
import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from designer.store.place import Place
from tests.reuse.kit import executed

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """\
import json, os, time
import numpy as np
from designer import Run, module, pipeline

@module
def start(*, k: int = 0) -> np.ndarray:
    return counted("start", np.full(200_000, k))

@module
def step(x: np.ndarray, *, k: int = 0) -> np.ndarray:
    return counted(f"step {k}", x + k)

@module
def join(a: np.ndarray, b: np.ndarray) -> float:
    run = Run.get_context()
    for _ in range(50):
        run.log("many", 1.0)
    return counted("join", float((a + b).sum()))

def counted(name, value):
    fd = os.open(os.environ["COUNTED"], os.O_WRONLY | os.O_APPEND | os.O_CREAT)
    os.write(fd, (name + "\\n").encode())
    os.close(fd)
    time.sleep(0.05)
    return value

@pipeline
def shared():
    x = start()
    join(step(x, k=1), step(step(x, k=2), k=3))

if __name__ == "__main__":
    run = shared.run(executor=os.environ.get("EXECUTOR", "serial"))
    print(json.dumps([run.status, {c.node: c.get_metrics() for c in run.get_children()}]))
"""
RESULT = str(float(200_000 * 6))


class Shared:
    """A project in whose processes each computation is counted."""

    def __init__(self, folder: Path) -> None:
        self.folder, self.counted = folder, folder / "counted.txt"
        (folder / "shared.py").write_text(PROJECT)

    def start(self, executor: str = "serial") -> subprocess.Popen[str]:
        variables = {**os.environ, "COUNTED": str(self.counted), "EXECUTOR": executor}
        command = [sys.executable, "shared.py"]
        return subprocess.Popen(
            command, cwd=self.folder, env=variables, stdout=subprocess.PIPE, text=True, start_new_session=True
        )

    def counts(self) -> dict[str, int]:
        text = self.counted.read_text() if self.counted.exists() else ""
        return dict(collections.Counter(text.splitlines()))


@pytest.fixture
def shared(tmp_path: Path) -> Shared:
    return Shared(tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("executor", ["serial", "processes"])
def test_eight_runs_at_once_compute_each_result_once(shared: Shared, executor: str) -> None:
    processes = [shared.start(executor) for _ in range(8)]
    answers = [json.loads(process.communicate(timeout=120)[0]) for process in processes]
    assert [process.returncode for process in processes] == [0] * 8
    assert {status for status, _ in answers} == {"Completed"}
    assert all(metrics["join"] == {"many": [1.0] * 50} for _, metrics in answers)
    assert shared.counts() == {"start": 1, "step 1": 1, "step 2": 1, "step 3": 1, "join": 1}
    place = Place(shared.folder / ".designer")
    try:
        for run in place.read.runs():
            outputs = {r.node: place.read.outputs(r.id) for r in place.read.tree(run.id) if r.kind == "module"}
            assert outputs["join"]["output"].inline == RESULT
    finally:
        place.close()


@pytest.mark.slow
def test_a_run_killed_at_any_moment_leaves_no_half_result(shared: Shared) -> None:
    """Killed again and again, a little later each time, until a run gets through: what was there is taken, and is right."""
    killed = 0
    for at in range(60):
        process = shared.start("processes" if at % 2 else "serial")
        delay = 0.4 * 1.12**at
        try:
            said, _ = process.communicate(timeout=delay)
            if process.returncode == 0:
                status, metrics = json.loads(said)
                assert (status, metrics["join"]) == ("Completed", {"many": [1.0] * 50})
                break
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGKILL)
            process.wait()
            killed += 1
            if process.stdout is not None:
                process.stdout.close()
            _check_results(shared.folder / ".designer")
    assert killed
    _check_results(shared.folder / ".designer")
    assert set(shared.counts()) == {"start", "step 1", "step 2", "step 3", "join"}


def _check_results(store: Path) -> None:
    """Whatever counts as a result has all its outputs, whole, and all its metrics."""
    place = Place(store)
    try:
        for run in place.read.runs():
            for record in place.read.tree(run.id):
                result = place.read.result(record.id)
                if result is None or not result.ok:
                    continue
                outputs = place.read.outputs(record.id)
                assert {port: f"{h.format}:{h.digest}" for port, h in outputs.items()} == result.data["outputs"]
                for handle in outputs.values():
                    if handle.inline is None:
                        assert _digest(place.artifacts.path(handle.digest)) == handle.digest
                if record.module == "join":
                    assert place.read.values(record.id, "many") == [1.0] * 50
    finally:
        place.close()


def _digest(path: Path) -> str:
    from designer.store.artifacts import digest_of

    return digest_of(path)[0]


def test_a_twin_waits_for_the_result_and_takes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Two runs in one process: the second was planned before the first computed anything."""
    from designer import Run, module, pipeline
    from designer.engine.submit import begin, prepare

    ran: list[int] = []

    @module
    def once(*, k: int = 0) -> int:
        ran.append(k)
        return k

    @pipeline
    def twins() -> None:
        once()

    place = Place(tmp_path / "store")
    try:
        orders = [prepare(twins, {}, executor="serial", store=place)[0] for _ in range(3)]
        runners = [begin(twins, order, place) for order in orders]
        assert [runner.run() for runner in runners] == ["Completed"] * 3
        assert len(ran) == 1
        assert [executed(Run.get(order.run_id, place)) for order in orders] == [{"once"}, set(), set()]
    finally:
        place.close()


def test_a_failed_twin_is_no_result(tmp_path: Path) -> None:
    from designer import module, pipeline
    from designer.engine.submit import begin, prepare

    ran: list[int] = []

    @module
    def shaky() -> int:
        ran.append(1)
        if len(ran) == 1:
            raise ValueError("once")
        return 1

    @pipeline
    def twins() -> None:
        shaky()

    place = Place(tmp_path / "store")
    try:
        runners: list[Any] = []
        for _ in range(3):
            order, _ = prepare(twins, {}, executor="serial", store=place)
            runners.append(begin(twins, order, place))
        assert [runner.run() for runner in runners] == ["Failed", "Completed", "Completed"]
        assert len(ran) == 2
    finally:
        place.close()


ran_same: list[int] = []


def test_two_nodes_that_are_the_same_both_run_as_planned(place: Place) -> None:
    from designer import module, pipeline

    ran_same.clear()

    @module
    def same() -> int:
        ran_same.append(1)
        return 1

    @pipeline
    def doubled() -> None:
        same()
        same()

    doubled.run(executor="serial", store=place)
    assert len(ran_same) == 2
    assert executed(doubled.run(executor="serial", store=place)) == set()
