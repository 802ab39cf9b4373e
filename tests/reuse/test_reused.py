"""A reused node shows everything that the original showed."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

from designer import Run, module, pipeline
from tests.reuse.kit import executed

if TYPE_CHECKING:
    from pathlib import Path

    from designer.store.place import Place

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d4948445200000001000000010806000000"
    "1f15c4890000000d49444154789c6360606060000000050001a5f645400000000049454e44ae426082"
)


@module
def everything(*, rows: int = 3) -> dict:
    run = Run.get_context()
    for epoch in range(5):
        run.log("loss", 1.0 / (epoch + 1), step=epoch)
        run.parent.log("all losses", 1.0 / (epoch + 1))
    run.log("text", "fine")
    run.log("whole", 7, description="a number")
    run.log_list("list", [1, 2.5, None])
    run.log_row("table", a=1, b="x")
    run.log_row("table", a=2)
    run.log_confusion_matrix(
        "matrix",
        {"schema_type": "confusion_matrix", "schema_version": "v1", "data": {"class_labels": ["a"], "matrix": [[1]]}},
    )
    run.log_table("frame", {"x": [1, 2], "y": [3, 4]})
    with open("pixel.png", "wb") as file:
        file.write(PIXEL)
    run.log_image("image", path="pixel.png")
    run.upload_file("notes/a.txt", "pixel.png")
    run.parent.log_row("parents", rows=rows)
    run.parent.log_image("parents image", path="pixel.png")
    run.tag("kind", "demo")
    run.add_properties({"fact": "1"})
    for fold in range(2):
        with run.child_run(f"fold {fold}") as child:
            child.log("score", fold / 2)
            child.log_row("folds", at=fold)
            child.tag("fold", str(fold))
            with child.child_run("inner") as inner:
                inner.log("deep", fold)
    print("what it printed")
    return {"rows": rows}


@module
def later(x: dict, *, k: int = 0) -> dict:
    run = Run.get_context()
    run.parent.log("all losses", float(k))
    run.parent.log("kind", "text")
    print("later")
    return {"k": k}


@pipeline
def shown(k: int = 1) -> None:
    later.named("second")(later.named("first")(everything(), k=k), k=5)


@pipeline
def another() -> None:
    everything.named("renamed")()


@pytest.fixture(autouse=True)
def _there(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def tree(run: Run) -> list[dict[str, Any]]:
    """All that can be seen of a run and those below it, but for ids and times."""
    store = run._place.read
    records = store.tree(run.id)
    names = {r.id: r.node or r.name for r in records} | {
        r.reused_from: r.node or r.name for r in records if r.reused_from
    }
    found = []
    for r in records:
        one = Run.get(r.id, run._place)
        found.append(
            {
                "name": r.node or r.name,
                "parent": names.get(r.parent),
                "kind": r.kind,
                "status": r.status,
                "metrics": _plain(one.get_metrics()),
                "summaries": {n: s._replace(last_time=0.0) for n, s in store.metrics([r.id]).get(r.id, {}).items() if s.kind != "image"},
                "steps": _steps(store, r.id),
                "log": one.get_logs(),
                "files": [(f.name, f.digest) for f in store.files(r.id) if "_" not in f.name],
                "outputs": {port: h.digest for port, h in store.outputs(r.id).items()},
                "inputs": {port: [h.digest for h in many] for port, many in store.inputs(r.id).items()},
                "tags": dict(r.tags),
                "properties": {n: v for n, v in r.properties.items() if not n.startswith("designer.")},
                "parameters": dict(r.parameters),
            }
        )  # fmt: skip
    return sorted(found, key=lambda one: (str(one["parent"]), one["name"]))


def _plain(metrics: dict[str, Any]) -> str:
    """Metrics as text, without the run's id that addresses of files hold."""
    return "".join(part for part in json.dumps(metrics, default=str).split("dcid.")[0:1]) + json.dumps(sorted(metrics))


def _steps(store: Any, run_id: str) -> Any:
    series = store.series(run_id, "loss")
    return [list(series.values), None if series.steps is None else list(series.steps)]


@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_every_metric_file_log_output_and_child_is_shown(executor: Any, place: Place) -> None:
    first = shown.run(executor=executor, store=place)
    again = shown.run(executor=executor, store=place)
    third = shown.run(executor=executor, store=place)
    assert executed(first) == {"everything", "first", "second"}
    assert executed(again) == executed(third) == set()
    assert tree(again) == tree(first)
    assert tree(third) == tree(first)


def test_recursive_metrics_are_equal_but_for_run_ids(place: Place) -> None:
    first = shown.run(executor="serial", store=place)
    again = shown.run(executor="serial", store=place)
    was, now = first.get_metrics(recursive=True), again.get_metrics(recursive=True)
    assert len(was) == len(now) == 6
    images = ("image", "matrix", "parents image")
    strip = [{n: v for n, v in one.items() if n not in images} for one in was.values()]
    assert [{n: v for n, v in one.items() if n not in images} for one in now.values()] == strip
    assert again.get_metrics()["all losses"] == [1.0, 0.5, 1 / 3, 0.25, 0.2, 1.0, 5.0]


def test_the_original_is_named(place: Place) -> None:
    first = shown.run(executor="serial", store=place)
    again = shown.run(executor="serial", store=place)
    third = shown.run(executor="serial", store=place)
    ids = {r.node: r.id for r in place.read.tree(first.id) if r.kind == "module"}
    for run in (again, third):
        assert {r.node: r.reused_from for r in place.read.tree(run.id) if r.kind == "module"} == ids


def test_only_what_ran_again_is_logged_anew(place: Place) -> None:
    shown.run(executor="serial", store=place)
    changed = shown.run(executor="serial", store=place, k=3)
    assert executed(changed) == {"first", "second"}
    assert changed.get_metrics()["all losses"] == [1.0, 0.5, 1 / 3, 0.25, 0.2, 3.0, 5.0]


def test_pipelines_of_a_store_share_results(place: Place) -> None:
    first = shown.run(executor="serial", store=place)
    other = another.run(executor="serial", store=place)
    assert executed(other) == set()
    mine = next(one for one in tree(first) if one["name"] == "everything")
    theirs = next(one for one in tree(other) if one["name"] == "renamed")
    assert theirs["metrics"] == mine["metrics"]
    assert theirs["log"] == mine["log"] == "what it printed\n"
    assert other.get_metrics()["all losses"] == [1.0, 0.5, 1 / 3, 0.25, 0.2]


@pytest.mark.slow
def test_results_survive_restarts(tmp_path: Path) -> None:
    script = tmp_path / "restarted.py"
    script.write_text(
        "from designer import module, pipeline, Run\n"
        "@module\ndef one() -> int:\n    Run.get_context().log('m', 1.5)\n    return 1\n"
        "@pipeline\ndef restarted():\n    one()\n"
        "if __name__ == '__main__':\n"
        "    run = restarted.run(executor='serial')\n"
        "    child = next(run.get_children())\n"
        "    print(bool(child._record.reused_from), child.get_metrics())\n"
    )
    said = [
        subprocess.run(
            [sys.executable, "restarted.py"], cwd=tmp_path, capture_output=True, text=True, check=True
        ).stdout
        for _ in range(2)
    ]
    assert said == ["False {'m': 1.5}\n", "True {'m': 1.5}\n"]


@pytest.mark.slow
def test_the_command_tells_what_was_reused(tmp_path: Path) -> None:
    (tmp_path / "told.py").write_text(
        "from designer import module, pipeline\n@module\ndef one() -> int:\n    return 1\n@pipeline\ndef told():\n    one()\n"
    )

    def run() -> dict[str, Any]:
        command = [sys.executable, "-m", "designer", "run", "told.py", "--json", "--executor", "serial"]
        done = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=True)
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    first, again = run(), run()
    assert first["nodes"]["one"]["reused_from"] is None
    assert again["nodes"]["one"]["reused_from"] == first["nodes"]["one"]["run_id"]
