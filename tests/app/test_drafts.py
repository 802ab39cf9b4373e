"""Drafts on disk: revisions, acknowledgements, conflicts."""

from __future__ import annotations

import tempfile
from pathlib import Path

import pytest
from hypothesis import given

from designer.app.drafts import Acks, Draft, DraftConflictError, Drafts, id_of, new_epoch
from designer.model.pipeline import Pipeline
from tests import shapes
from tests.strategies import documents


@pytest.fixture
def drafts(tmp_path: Path) -> Drafts:
    return Drafts(tmp_path / "drafts")


def draft(pipeline: Pipeline | None = None, id: str = "d") -> Draft:
    return Draft(id=id, epoch=new_epoch(), pipeline=pipeline or shapes.cars())


def test_a_draft_is_read_back_as_it_was_written(drafts: Drafts) -> None:
    written = drafts.write(draft(), "tab")
    assert Drafts(drafts.folder).get("d") == written
    assert written.revision == 1


def test_each_write_is_the_next_revision_and_says_whether_the_file_differs(drafts: Drafts) -> None:
    first = drafts.write(draft(Pipeline()), "tab")
    second = drafts.write(first, "tab", seen=1)
    assert (second.revision, second.changed) == (2, True)


def test_a_tab_that_missed_anothers_write_is_refused_and_nothing_is_overwritten(drafts: Drafts) -> None:
    first = drafts.write(draft(), "a")
    drafts.write(first.model_copy(update={"pipeline": shapes.diamond()}), "b", seen=first.revision)
    with pytest.raises(DraftConflictError):
        drafts.write(first.model_copy(update={"pipeline": shapes.chain()}), "a", seen=first.revision)
    kept = drafts.get("d")
    assert kept is not None
    assert kept.pipeline == shapes.diamond()


def test_a_tab_never_conflicts_with_itself(drafts: Drafts) -> None:
    first = drafts.write(draft(), "a")
    drafts.write(first, "a", seen=first.revision)
    assert drafts.write(first, "a", seen=first.revision).revision == 3


def test_what_was_acknowledged_survives_and_makes_no_revision(drafts: Drafts) -> None:
    drafts.write(draft(), "a")
    drafts.acknowledge("d", "a", Acks(edits=4, commands=2))
    kept = Drafts(drafts.folder).get("d")
    assert kept is not None
    assert (kept.of("a"), kept.revision, kept.of("b")) == (Acks(edits=4, commands=2), 1, Acks())


def test_a_draft_that_cannot_be_read_is_put_aside_not_deleted(drafts: Drafts) -> None:
    drafts.write(draft(), "a")
    (drafts.folder / "d.json").write_text("{ half")
    assert Drafts(drafts.folder).get("d") is None
    assert [path.read_text() for path in drafts.folder.glob("*.unreadable")] == ["{ half"]


def test_paths_have_readable_ids_that_differ(drafts: Drafts) -> None:
    assert id_of("pipelines/cars.yaml").startswith("pipelines-cars-yaml-")
    assert id_of("a/b.yaml") != id_of("a-b.yaml")


@given(documents())
def test_any_pipeline_survives_being_a_draft(pipeline: Pipeline) -> None:
    with tempfile.TemporaryDirectory() as folder:
        drafts = Drafts(Path(folder))
        written = drafts.write(draft(pipeline), "tab")
        read = Drafts(drafts.folder).get("d")
    assert read is not None
    assert read.pipeline == written.pipeline == pipeline
