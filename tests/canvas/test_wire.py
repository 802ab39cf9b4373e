"""The page and Python speak of the same messages."""

from __future__ import annotations

from pathlib import Path

import pytest
from pydantic import ValidationError

from designer.canvas.plain import cell, plain
from designer.canvas.typescript import wire_types
from designer.canvas.wire import Outbox, Page, Pin, Settings
from tests.canvas.cases import cases

SOURCE = Path(__file__).parents[2] / "designer/canvas/frontend/src"


def test_the_pages_types_are_those_of_the_messages() -> None:
    assert (SOURCE / "wire.ts").read_text(encoding="utf-8") == wire_types(), "run scripts/wire_types"


def test_the_pages_tests_know_what_edits_give_today() -> None:
    assert (SOURCE / "core/cases.test.json").read_text(encoding="utf-8") == cases(), "run scripts/wire_types"


def test_a_page_says_everything_in_one_message() -> None:
    outbox = Outbox.model_validate(
        {
            "client": "tab",
            "epoch": "e",
            "edits": [{"seq": 1, "edit": {"op": "set_parameter", "node": "split", "name": "fraction", "value": 0.8}}],
            "commands": [{"seq": 1, "after": 1, "action": {"do": "run", "until": None, "experiment": None}}],
            "wants": [{"key": "k", "want": {"of": "log", "run_id": "r"}}],
        }
    )
    assert (outbox.edits[0].edit.op, outbox.commands[0].action.do, outbox.wants[0].want.of) == (
        "set_parameter",
        "run",
        "log",
    )


def test_a_message_of_another_version_is_refused() -> None:
    with pytest.raises(ValidationError):
        Outbox.model_validate({"client": "tab", "edits": [{"seq": 1, "edit": {"op": "explode"}}]})


def test_numbers_that_json_has_not_travel_as_text() -> None:
    page = Page(face="runs", settings=Settings(project="p", folder="/p"))
    assert plain(page)["face"] == "runs"
    values = [
        plain(Pin(name="loss", value=cell(value)))["value"]
        for value in (float("nan"), float("inf"), -float("inf"), 1.5)
    ]
    assert values == [{"number": "NaN"}, {"number": "∞"}, {"number": "−∞"}, 1.5]


def test_a_cell_is_a_number_a_word_or_a_text() -> None:
    assert [cell(value) for value in (1, 1.5, True, None, "<b>", [1, "a"])] == [1, 1.5, True, None, "<b>", '[1, "a"]']
    assert len(cell("x" * 10_000)) < 5_000
