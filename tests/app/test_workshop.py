"""The process that imports a project's modules for the page."""

from __future__ import annotations

import os
import time
from typing import TYPE_CHECKING

import pytest

from designer.app.workshop import Workshop, WorkshopError
from designer.canvas.wire_plan import Steering
from designer.model.pipeline import Node, Pipeline
from designer.model.runs import RunQuery
from designer.store.open import open_store
from tests.support import eventually

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.slow

GOOD = "from designer import module\n\n\n@module(category='Mine')\ndef mine(*, size: int = 1) -> int:\n    '''Mine.'''\n    return size\n"


@pytest.fixture
def workshop(tmp_path: Path) -> Iterator[Workshop]:
    (tmp_path / "modules").mkdir()
    (tmp_path / "modules" / "own.py").write_text(GOOD)
    workshop = Workshop(tmp_path)
    yield workshop
    workshop.close()


def one(module: str, **parameters: object) -> Pipeline:
    return Pipeline(nodes=(Node(id="n", module=module, parameters=parameters),))


def test_modules_are_listed_the_broken_ones_with_their_error(workshop: Workshop) -> None:
    (workshop.project / "modules" / "broken.py").write_text("import nothing_of_that_name\n")
    specs = workshop.catalogue().specs
    assert specs["mine"].category == "Mine"
    assert "nothing_of_that_name" in str(specs["modules.broken"].error)


def test_a_module_that_changes_is_seen_as_it_is_now(workshop: Workshop) -> None:
    before = workshop.catalogue()
    path = workshop.project / "modules" / "own.py"
    path.write_text(GOOD.replace("Mine.", "Changed."))
    os.utime(path, (time.time() + 5, time.time() + 5))
    after = workshop.catalogue()
    assert (after.specs["mine"].description, after.digest == before.digest) == ("Changed.", False)


def test_parameters_are_judged_by_the_module_itself(workshop: Workshop) -> None:
    assert workshop.check(one("mine", size=2)) == ()
    problem = workshop.check(one("mine", size="many"))[0]
    assert (problem.code, problem.node) == ("invalid_parameter", "n")


def test_a_module_that_ends_the_process_on_import_is_told_and_the_page_goes_on(workshop: Workshop) -> None:
    path = workshop.project / "modules" / "leaves.py"
    path.write_text("import os\nos._exit(5)\n")
    with pytest.raises(WorkshopError, match="exit code 5"):
        workshop.catalogue()
    path.unlink()
    assert "mine" in workshop.catalogue().specs


def test_what_a_module_prints_on_import_is_no_answer(workshop: Workshop) -> None:
    (workshop.project / "modules" / "own.py").write_text("print('{\"ok\": 1}')\n" + GOOD)
    assert "mine" in workshop.catalogue().specs


def test_what_is_planned_is_what_a_run_does_also_where_it_is_steered(workshop: Workshop, tmp_path: Path) -> None:
    pipeline, store = one("mine", size=3), str(tmp_path / "store")

    def planned(steering: Steering | None = None) -> str:
        node = workshop.plan(pipeline, store=store, steering=steering)["n"]
        return f"{node.action} {node.kind}"

    def run(steering: Steering | None = None) -> str | None:
        id = workshop.run(pipeline, store=store, values={}, experiment=None, executor="processes", steering=steering)
        opened = open_store(tmp_path / "store")
        eventually(lambda: opened.count(RunQuery(ids=[id])) and opened.run(id).has_ended)
        return next(record.reused_from for record in opened.tree(id) if record.node == "n")

    assert planned() == "run never_ran"
    assert run() is None
    assert planned() == "reuse unchanged"
    first = run()
    assert first is not None
    again, pinned = Steering(again=("n",)), Steering(pins={"n": first})
    assert (planned(again), run(again)) == ("run forced", None)
    assert (planned(Steering(everything=True)), planned(pinned)) == ("run forced", "reuse forced")
    assert run(pinned) == first


def test_a_python_file_gives_its_pipeline_or_the_reason(workshop: Workshop) -> None:
    (workshop.project / "p.py").write_text(
        "from designer import pipeline\nfrom modules.own import mine\n\n@pipeline\ndef p(size: int = 4):\n    mine(size=size)\n"
    )
    pipeline, catalogue, problems = workshop.load("p.py")
    assert (pipeline.nodes[0].bindings, "mine" in catalogue.specs, problems) == ({"size": "size"}, True, ())
    (workshop.project / "wrong.py").write_text("this is not Python")
    with pytest.raises(WorkshopError, match=r"wrong\.py"):
        workshop.load("wrong.py")
