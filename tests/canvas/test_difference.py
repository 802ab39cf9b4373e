"""Two runs on one graph, as the page gets them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from designer import Experiment, Metric, Run, module, pipeline
from designer.canvas.difference import difference
from designer.canvas.plain import plain
from designer.store.place import Place
from designer.store.protocol import RunNotFoundError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    where = Place(tmp_path / "store")
    yield where
    where.close()


@module
def rows(*, count: int = 4) -> list:
    return list(range(count))


@module(metrics=[Metric("loss", goal="minimize", unit="nats")])
def fit(rows: list) -> float:
    run = Run.get_context()
    for epoch in range(3):
        run.log("loss", 8.0 / len(rows) - epoch)
    run.log("broken", float("nan"))
    run.log("note", f"{len(rows)} rows")
    run.parent.log("final", 8.0 / len(rows))
    return 8.0 / len(rows)


@module
def other() -> int:
    return 1


@pipeline
def study(count: int = 4) -> None:
    fit(rows(count=count))
    other()


def test_a_cause_deltas_and_what_stayed_the_same(place: Place) -> None:
    a, b = (study.run(count=count, executor="serial", store=place).id for count in (4, 8))
    specs = {one.spec.id: one.spec for one in (rows, fit, other)}
    found = difference(place.read, a, b, {**specs, "unused": other.spec})
    assert [(cause.kind, cause.text) for cause in found.nodes["rows"].causes] == [
        ("parameter_changed", "parameter count 4 -> 8")
    ]
    assert {path: (one.differs, len(one.causes)) for path, one in found.nodes.items()} == {
        "rows": (True, 1),
        "fit": (True, 0),
        "other": (False, 0),
    }
    loss, broken, note = found.nodes["fit"].metrics
    assert (loss.a, loss.b, loss.delta, loss.better, loss.goal, loss.unit, loss.series) == (
        0,
        -1,
        -1,
        True,
        "minimize",
        "nats",
        True,
    )
    assert (broken.differs, broken.delta, note.differs, note.better) == (False, None, True, None)
    assert [(one.name, one.delta) for one in found.metrics] == [("final", -1)]
    assert set(found.modules) == {"rows", "fit", "other"}
    assert found.pipeline is not None
    assert ({node.id for node in found.pipeline.nodes}, found.edges) == ({"rows", "fit", "other"}, {})
    assert plain(found)["nodes"]["fit"]["metrics"][1]["a"] == {"number": "NaN"}


def test_runs_without_a_pipeline_have_no_graph(place: Place) -> None:

    ids = []
    for value in (1, 2):
        run = Experiment("hand", store=place.folder).start_logging()
        run.log("loss", value)
        run.complete()
        ids.append(run.id)
    found = difference(place.read, *ids, {})
    assert (found.pipeline, found.nodes) == (None, {})
    assert [(one.name, one.a, one.b, one.better) for one in found.metrics] == [("loss", 1, 2, None)]


def test_a_run_that_is_not_there_is_told(place: Place) -> None:
    run = study.run(executor="serial", store=place)
    with pytest.raises(RunNotFoundError, match="nowhere"):
        difference(place.read, run.id, "nowhere", {})
