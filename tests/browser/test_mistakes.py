"""What goes wrong is told: what, where, and what next."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

if TYPE_CHECKING:
    from tests.browser.driver import Driver

pytestmark = pytest.mark.browser


def test_a_wrong_type_in_a_file_is_marked_on_node_and_port_and_mended_by_a_click(driver: Driver) -> None:
    driver.open(
        "format: 1\nname: wrong\nnodes:\n  numbers: {module: numbers}\n  text: {module: text_of, inputs: {dataset: numbers.output}}\n"
        "  double: {module: double, inputs: {dataset: text.output}}\n",
        "wrong_type.yaml",
    )
    expect(driver.node("double").locator('.port[data-problem="true"]')).to_have_count(1)
    driver.select("double")
    problem = driver.problem("port_type_mismatch")
    expect(problem).to_contain_text("text.output")
    problem.get_by_role("button", name="Remove the edge").click()
    expect(problem).to_have_count(0)
    driver.problem("missing_input").get_by_role("button", name="Connect Numbers").click()
    expect(driver.page.locator(".problem")).to_have_count(0)


def test_a_cycle_in_a_file_is_named(driver: Driver) -> None:
    driver.open(
        "format: 1\nname: circle\nnodes:\n  a: {module: double, inputs: {dataset: b.output}}\n  b: {module: double, inputs: {dataset: a.output}}\n",
        "circle.yaml",
    )
    driver.page.get_by_role("button", name=re.compile("problem")).first.click()
    expect(driver.problem("cycle")).to_contain_text(re.compile("a -> b -> a|b -> a -> b"))
    expect(driver.problem("cycle")).to_contain_text("Next: remove one of the edges")


def test_a_missing_input_and_a_bad_parameter_are_told_as_one_types(driver: Driver) -> None:
    driver.add("double", (300, 200))
    driver.select("double")
    expect(driver.problem("missing_input")).to_contain_text("double.dataset has no input")
    driver.add("numbers", (60, 200)).connect("numbers.output", "double.dataset")
    driver.set("numbers", "rows", "-3")
    field = driver.page.locator('[data-field="rows"]')
    expect(field.locator(".wrong").first).to_have_text("more than 0")
    expect(driver.node("numbers").locator(".badge.warn")).to_be_visible()
    driver.button("Run").click()
    expect(driver.notice.filter(has_text="Nothing ran")).to_contain_text("rows")
    field.get_by_role("button", name=re.compile("Reset")).click()
    expect(driver.node("numbers").locator(".badge.warn")).to_have_count(0)


def test_a_module_that_is_not_there_and_one_that_cannot_be_imported(driver: Driver) -> None:
    driver.open(
        "format: 1\nname: unknown\nnodes:\n  a: {module: numberz}\n  b: {module: modules.broken}\n", "unknown.yaml"
    )
    driver.select("a")
    expect(driver.problem("unknown_module")).to_contain_text("there is no module numberz")
    expect(driver.problem("unknown_module")).to_contain_text("numbers")
    driver.select("b")
    expect(driver.problem("broken_module")).to_contain_text("a_package_that_nobody_has")
    driver.go("/modules", module="modules.broken")
    expect(driver.notice.first).to_contain_text("a_package_that_nobody_has")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("nodes:\n  a: {module: numbers\n", "line 3"),
        ("format: 99\nname: later\nnodes: {}\n", "format 99"),
        ("nodes:\n  a: {module: numbers}\n  a: {module: numbers}\n", "stands there twice"),
        ("name: !!python/object/apply:os.system ['echo hacked > /tmp/hacked']\nnodes: {}\n", "is not plain data"),
    ],
    ids=["broken", "newer", "twice", "code"],
)
def test_a_file_that_cannot_be_read_says_where_and_what_next(
    driver: Driver, text: str, says: str, request: pytest.FixtureRequest
) -> None:
    name = f"unreadable_{request.node.callspec.id}.yaml"
    driver.open(text, name)
    notice = driver.notice.filter(has_text=f"pipelines/{name} can't be opened")
    expect(notice).to_contain_text(says)
    expect(notice).to_contain_text("Next:")


def test_an_address_of_a_run_or_file_that_is_not_there(driver: Driver) -> None:
    driver.go("/run", run="nothing")
    expect(driver.notice).to_contain_text("There is no such run")
    driver.go("/", pipeline="pipelines/nowhere.yaml")
    expect(driver.notice.filter(has_text="nowhere")).to_contain_text("can't be opened")
    driver.go("/", pipeline="../../etc/passwd.yaml")
    expect(driver.notice.filter(has_text="passwd")).to_contain_text("outside the project")


def test_saving_over_a_file_that_changed_meanwhile_is_refused(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (100, 100)).saved()
    driver.file.write_text("format: 1\nname: somebody elses\nnodes: {}\n")
    page.locator(".react-flow__pane").click(position={"x": 20, "y": 500})
    page.keyboard.press("Control+s")
    page.get_by_role("dialog").get_by_role("button", name="Save", exact=True).click()
    expect(driver.notice.filter(has_text="was not replaced")).to_contain_text("changed on disk")
    assert "somebody elses" in driver.file.read_text()
