"""Files that an editor writes while the page shows them, and notes that take what is typed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.driver import Driver

pytestmark = pytest.mark.browser

MODULE = "from designer import module\n\n\n@module(category='Test')\ndef edited(*, {name}: int = 1) -> int:\n    return {name}\n"


def test_what_an_editor_writes_comes_onto_the_canvas_by_itself(driver: Driver) -> None:
    module = driver.project / "modules/edited.py"
    module.write_text(MODULE.format(name="size"))
    driver.open("format: 1\nname: mine\nnodes:\n  a: {module: edited}\n", "edited.yaml")
    driver.select("a")
    expect(driver.page.locator('[data-field="size"]')).to_be_visible()
    mounts = driver.mounts
    driver.file.write_text("format: 1\nname: mine\nnodes:\n  a: {module: edited}\n  b: {module: numbers}\n")
    expect(driver.node("b")).to_be_visible()
    module.write_text(MODULE.format(name="height"))
    driver.page.evaluate("window.dispatchEvent(new Event('focus'))")
    expect(driver.page.locator('[data-field="height"]')).to_be_visible()
    assert (driver.mounts, driver.selected) == (mounts, ["a"])


def test_a_new_note_takes_what_is_typed_until_escape(driver: Driver) -> None:
    driver.page.locator(".react-flow__pane").click(position={"x": 300, "y": 60})
    driver.page.keyboard.press("n")
    note = driver.page.get_by_label("Note", exact=True)
    expect(note).to_be_focused()
    driver.page.keyboard.type("a first note")
    expect(note).to_have_value("a first note")
    driver.page.keyboard.press("Escape")
    driver.page.keyboard.press("Delete")
    expect(note).to_have_count(0)
