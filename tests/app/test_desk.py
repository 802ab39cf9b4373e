"""The pipeline that a tab has open, while somebody else writes its file."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from designer.app.desk import Desk
from designer.app.project import Project
from designer.app.session import Session
from designer.canvas.wire import Outbox, SentEdit
from designer.model.edits import Describe

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from designer.model.pipeline import Pipeline

pytestmark = pytest.mark.slow

YAML = "format: 1\nname: {}\nnodes: {{}}\n"
PYTHON = "from designer import pipeline\n\n\n@pipeline\ndef {}():\n    pass\n"


@pytest.fixture
def desk(tmp_path: Path) -> Iterator[Desk]:
    (tmp_path / "pipelines").mkdir()
    project = Project(tmp_path, str(tmp_path / "store"))
    yield Desk(project, Session())
    project.workshop.close()


def write(desk: Desk, path: str, text: str) -> None:
    (desk.project.folder / path).write_text(text)


def told(desk: Desk) -> list[str]:
    return [one.title for one in desk.session.notices]


def test_a_file_that_an_editor_wrote_is_shown_without_opening_it_again(desk: Desk) -> None:
    write(desk, "pipelines/own.yaml", YAML.format("first"))
    desk.seat("pipelines/own.yaml", None)
    before = desk.draft.epoch, desk.stamp
    desk.follow_file("me")
    assert (desk.draft.epoch, desk.stamp) == before
    write(desk, "pipelines/own.yaml", YAML.format("the second"))
    assert desk.stamp != before[1]
    desk.follow_file("me")
    assert (desk.pipeline.name, desk.draft.changed, told(desk)) == ("the second", False, [])
    assert desk.draft.epoch != before[0]


def test_a_draft_is_not_replaced_by_what_an_editor_wrote_and_its_user_is_told_once(desk: Desk) -> None:
    write(desk, "pipelines/own.yaml", YAML.format("first"))
    desk.seat("pipelines/own.yaml", None)
    edit = SentEdit(seq=1, edit=Describe(name="mine"))
    desk.take_edits(Outbox(client="me", epoch=desk.draft.epoch, revision=desk.draft.revision, edits=(edit,)))
    write(desk, "pipelines/own.yaml", YAML.format("theirs"))
    desk.follow_file("me")
    assert (desk.pipeline.name, told(desk)) == ("mine", ["pipelines/own.yaml was changed on disk"])
    desk.session.notices.clear()
    desk.follow_file("me")
    assert told(desk) == []
    desk.revert("me")
    desk.follow_file("me")
    assert (desk.pipeline.name, told(desk)) == ("theirs", [])


@pytest.mark.parametrize(("path", "text"), [("pipelines/own.yaml", YAML), ("pipelines/own.py", PYTHON)])
def test_a_file_that_breaks_while_it_is_open_leaves_what_was_in_it_on_the_page_until_it_is_mended(
    desk: Desk, path: str, text: str
) -> None:
    def shown() -> Pipeline:
        desk.follow_file("me")
        return desk.pipeline

    write(desk, path, text.format("first"))
    desk.seat(path, None)
    write(desk, path, text.format("first") + "]broken")
    assert (shown().name, told(desk)) == ("first", [f"{path} can't be read"])
    desk.session.notices.clear()
    assert (shown().name, told(desk)) == ("first", [])  # told once
    write(desk, path, "]broken otherwise")
    assert (shown().name, told(desk)) == ("first", [f"{path} can't be read"])
    write(desk, path, text.format("second"))
    assert (shown().name, told(desk)) == ("second", [])


def test_a_python_file_that_is_gone_leaves_what_was_in_it_on_the_page(desk: Desk) -> None:
    write(desk, "pipelines/own.py", PYTHON.format("first"))
    desk.seat("pipelines/own.py", None)
    (desk.project.folder / "pipelines/own.py").unlink()
    assert desk.pipeline.name == "first"
    assert told(desk) == ["pipelines/own.py can't be read"]


def test_an_address_with_the_draft_of_a_python_file_that_is_gone_opens_something_else_and_says_why(desk: Desk) -> None:
    write(desk, "pipelines/own.py", PYTHON.format("first"))
    desk.seat("pipelines/own.py", None)
    draft = desk.draft.id
    (desk.project.folder / "pipelines/own.py").unlink()
    again = Desk(desk.project, Session())
    again.seat(None, draft)
    assert again.draft.id != draft
    assert told(again) == ["pipelines/own.py can't be opened"]
