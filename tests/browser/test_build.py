"""Building a pipeline by hand: with the mouse, with the keyboard, with mistakes, and without losing anything."""

from __future__ import annotations

import re

import pytest
import yaml
from playwright.sync_api import expect

from tests.browser.driver import Driver, until

pytestmark = pytest.mark.browser


def test_the_regression_example_is_built_from_nothing_run_and_read(driver: Driver) -> None:
    page = driver.page
    driver.add("Automobile Data", (220, 120)).add("Clean Missing Data", (220, 280)).add("Split Data", (220, 440))
    driver.add("Linear Regression", (540, 60)).add("Train Model", (540, 200)).add("Score Model", (540, 360)).add(
        "Evaluate Model", (540, 520)
    )
    driver.connect("automobile_data.output", "clean_missing_data.dataset")
    driver.connect("clean_missing_data.cleaned_dataset", "split_data.dataset")
    driver.connect("linear_regression.output", "train_model.untrained_model")
    driver.connect("split_data.results_dataset1", "train_model.dataset")
    driver.connect("train_model.output", "score_model.trained_model")
    driver.connect("split_data.results_dataset2", "score_model.dataset")
    driver.connect("score_model.output", "evaluate_model.scored_dataset")
    driver.select("clean_missing_data")
    page.locator('[data-field="mode"] select').select_option(label="Remove entire row")
    driver.set("split_data", "fraction", "0.7")
    driver.select("train_model")
    rule = page.locator('[data-field="label"]')
    rule.get_by_label("which columns").select_option("names")
    rule.get_by_label("Rule 1: names").fill("Horsepower")
    rule.get_by_label("Rule 1: names").press("Enter")
    expect(page.get_by_text("problem", exact=False).filter(has_text=re.compile(r"^\d+ problem"))).to_have_count(0)
    driver.saved().run().finished()
    r2 = float(driver.pin("evaluate_model", "Coefficient_of_Determination").inner_text())
    assert 0.5 < r2 <= 1
    driver.select("evaluate_model").tab("Metrics")
    expect(page.get_by_role("img", name="Residuals: histogram of")).to_be_visible()
    page.reload()
    expect(driver.pin("evaluate_model", "Coefficient_of_Determination")).to_have_text(str(r2))
    expect(page.locator(".react-flow__node")).to_have_count(7)
    expect(page.locator(".react-flow__edge")).to_have_count(7)
    driver.select("split_data")
    expect(page.locator('[data-field="fraction"] input')).to_have_value("0.7")


def test_a_pipeline_is_built_with_the_keyboard_alone(driver: Driver) -> None:
    page, keys = driver.page, driver.page.keyboard
    keys.press("/")
    keys.type("numbers")
    keys.press("Enter")
    expect(driver.node("numbers")).to_be_visible()
    keys.press("Escape")
    keys.press("a")
    keys.press("Escape")
    driver.node("numbers").focus()
    keys.press("Enter")
    assert driver.selected == ["numbers"]
    keys.press("c")
    expect(page.locator(".picker")).to_be_visible()
    keys.type("double")
    keys.press("Enter")
    expect(driver.node("double")).to_be_visible()
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    keys.press("Control+Enter")
    expect(page.get_by_role("dialog", name="Run with…")).to_be_visible()
    page.get_by_role("dialog").get_by_role("button", name="Run", exact=True).press("Enter")
    driver.finished()
    expect(driver.pin("double", "sum")).to_have_text("90")


def test_an_edge_dropped_on_empty_space_offers_only_what_fits_the_best_first(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (150, 200))
    x, y = (page.locator(".stage").bounding_box() or {})["x"], (page.locator(".stage").bounding_box() or {})["y"]
    box = driver.port("numbers", "output", "out").bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 5, box["y"] + 5)
    page.mouse.down()
    page.mouse.move(x + 600, y + 300, steps=6)
    page.mouse.up()
    offered = page.locator(".picker .menu-item")
    expect(offered.first).to_be_visible()
    texts = offered.all_inner_texts()
    assert any("Double" in text for text in texts)
    assert not any("Linear Regression" in text for text in texts)
    offered.filter(has_text="Double").click()
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    expect(driver.node("double")).to_be_visible()


def test_ports_light_up_and_refuse_with_the_reason(driver: Driver) -> None:
    page = driver.page
    # away from the edge, where the canvas moves under whoever drags an edge there
    driver.add("numbers", (260, 100)).add("Text Of", (260, 300)).add("double", (640, 200))
    driver.connect("text_of.output", "double.dataset")
    expect(page.locator(".toast")).to_contain_text("a str is not a DataFrame")
    expect(page.locator(".react-flow__edge")).to_have_count(0)
    driver.connect("numbers.output", "text_of.dataset").connect("numbers.output", "double.dataset")
    expect(page.locator(".react-flow__edge")).to_have_count(2)


def test_a_cycle_is_refused_and_an_input_holds_one_edge(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (80, 80)).add("double", (400, 80)).add("double", (400, 320))
    driver.connect("double.output", "double_2.dataset")
    driver.connect("double_2.output", "double.dataset")
    expect(page.locator(".toast")).to_contain_text("cycle")
    driver.connect("numbers.output", "double_2.dataset")
    expect(page.locator(".react-flow__edge")).to_have_count(1)
    assert until(lambda: "numbers.output" in draft_text(driver))


def test_undo_redo_copy_paste_duplicate_and_delete(driver: Driver) -> None:
    page, keys = driver.page, driver.page.keyboard
    driver.add("numbers", (80, 80)).add("double", (400, 80)).connect("numbers.output", "double.dataset")
    nodes, edges = page.locator(".react-flow__node"), page.locator(".react-flow__edge")
    page.locator(".react-flow__pane").click(position={"x": 20, "y": 500})
    keys.press("Control+a")
    expect(page.locator(".react-flow__node.selected")).to_have_count(2)
    keys.press("Control+c")
    keys.press("Control+v")
    expect(nodes).to_have_count(4)
    expect(edges).to_have_count(2)
    keys.press("Control+d")
    expect(nodes).to_have_count(6)
    keys.press("Delete")
    expect(nodes).to_have_count(4)
    for _ in range(3):
        keys.press("Control+z")
    expect(nodes).to_have_count(2)
    keys.press("Control+Shift+z")
    expect(nodes).to_have_count(4)


def test_nodes_are_grouped_folded_opened_and_ungrouped(driver: Driver) -> None:
    page, keys = driver.page, driver.page.keyboard
    driver.add("numbers", (60, 80)).add("double", (300, 80)).add("double", (560, 80))
    driver.connect("numbers.output", "double.dataset").connect("double.output", "double_2.dataset")
    driver.node("double").locator(".card-title").click()
    driver.node("double_2").locator(".card-title").click(modifiers=["Shift"])
    keys.press("Control+g")
    expect(driver.node("group/double")).to_be_visible()
    page.get_by_role("button", name="Fold Group").click()
    expect(driver.node("group/double")).to_have_count(0)
    expect(driver.node("group")).to_contain_text("group of 2")
    driver.saved().run().finished()
    driver.select("group")
    keys.press("o")
    expect(driver.pin("group/double_2", "sum")).to_have_text("180")
    driver.node("group").locator(".frame-head").click()
    keys.press("Control+Shift+g")
    expect(driver.node("group")).to_have_count(0)
    expect(driver.node("double")).to_be_visible()


def test_notes_align_layout_and_disable(driver: Driver) -> None:
    page, keys = driver.page, driver.page.keyboard
    driver.add("numbers", (60, 80)).add("double", (300, 240))
    driver.connect("numbers.output", "double.dataset")
    page.locator(".react-flow__pane").click(position={"x": 20, "y": 560})
    keys.press("n")
    note = page.get_by_label("Note", exact=True)
    note.fill("remember <b>this</b>")
    page.locator(".react-flow__pane").click(position={"x": 20, "y": 560})
    keys.press("l")
    places = [node.bounding_box() for node in (driver.node("numbers"), driver.node("double"))]
    assert until(
        lambda: (
            (driver.node("double").bounding_box() or {})["x"] > (driver.node("numbers").bounding_box() or {})["x"] + 100
        )
    ), places
    driver.select("double")
    keys.press("d")
    expect(driver.node("double").locator(".card")).to_have_attribute("data-off", "true")
    driver.saved()
    page.reload()
    expect(page.get_by_label("Note", exact=True)).to_have_value("remember <b>this</b>")
    expect(driver.node("double").locator(".card")).to_have_attribute("data-off", "true")


def test_saving_writes_the_file_and_back_to_the_file_reads_it(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (60, 80)).set("numbers", "rows", "25").saved()
    assert "numbers" not in driver.file.read_text()
    page.keyboard.press("Escape")
    page.locator(".react-flow__pane").click(position={"x": 20, "y": 500})
    page.keyboard.press("Control+s")
    page.get_by_role("dialog", name="Save").get_by_role("button", name="Save", exact=True).click()
    saved = until(lambda: "numbers" in driver.file.read_text() and driver.file.read_text())
    assert yaml.safe_load(saved)["nodes"]["numbers"]["parameters"] == {"rows": 25}
    driver.set("numbers", "rows", "99").saved()
    page.get_by_role("button", name="Pipeline menu").click()
    page.get_by_role("menuitem", name="Back to the file").click()
    driver.select("numbers")
    expect(page.locator('[data-field="rows"] input')).to_have_value("25")


def test_a_pipeline_declared_in_python_is_read_only_and_can_be_copied(driver: Driver) -> None:
    page = driver.page
    source = "from designer import pipeline\nfrom modules.small import double, numbers\n\n\n@pipeline\ndef declared(rows: int = 5):\n    double(numbers(rows=rows))\n"
    driver.open(source, "declared.py")
    expect(driver.node("double")).to_be_visible()
    page.locator(".strip").get_by_role("button", name="Source").click()
    expect(page.get_by_role("dialog")).to_contain_text("def declared(rows: int = 5)")
    page.keyboard.press("Escape")
    driver.run().finished()
    expect(driver.pin("double", "sum")).to_have_text("20")
    page.get_by_role("button", name="Edit a copy").click()
    expect(page.locator(".palette")).to_be_visible()
    expect(driver.node("double")).to_be_visible()
    driver.set("double", "times", "3").saved().run().finished()
    expect(driver.pin("double", "sum")).to_have_text("30")


def draft_text(driver: Driver) -> str:
    """What is kept of what is open."""
    return "\n".join(path.read_text() for path in (driver.project / ".designer/drafts").glob("*.json")).replace(
        '","', "."
    )
