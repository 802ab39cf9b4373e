"""Plans on the canvas: what each node would do and why, as one edits; and that Run does what they said."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from designer.model.runs import RunQuery
from designer.store.open import open_store
from tests.browser.driver import still

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.driver import Driver

pytestmark = pytest.mark.browser

# The rows are each test's own: results are shared by all pipelines of a store. So what follows rows that never were may run,
# or perhaps not, as far as the plan can know.
BRANCHES = """format: 1
name: {name}
nodes:
  numbers: {{module: numbers, parameters: {{rows: {rows}}}}}
  twice: {{module: double, inputs: {{dataset: numbers.output}}}}
  words: {{module: text_of, inputs: {{dataset: twice.output}}}}
  thrice: {{module: double, inputs: {{dataset: numbers.output}}, parameters: {{times: 3}}}}
"""
NEW = re.compile("^(run|maybe)$")
NODES = ("numbers", "twice", "words", "thrice")


def badge(driver: Driver, node: str) -> Locator:
    """What a node's badge says."""
    return driver.node(node).locator(".plan-mark")


def expect_plan(driver: Driver, **words: str) -> None:
    """Wait until each of the nodes says its word."""
    for node, word in words.items():
        expect(badge(driver, node)).to_have_text(word)


def reason(driver: Driver, node: str) -> Locator:
    """Why, as it is shown when the pointer is on the badge."""
    still(badge(driver, node))  # the canvas fits what was opened into view
    badge(driver, node).hover()
    tip = driver.node(node).locator(".plan-tip")
    expect(tip).to_be_visible()
    return tip


def happened(driver: Driver, name: str) -> dict[str, str]:
    """What the newest run of a pipeline did: node -> `reuse` or `run`."""
    store = open_store(driver.project / ".designer")
    run = store.runs(RunQuery(experiment=name, limit=1))[0].id
    return {one.node: "reuse" if one.reused_from else "run" for one in store.tree(run) if one.node}


def run_again(driver: Driver) -> None:
    """Press Run and wait for the end of the new run, not of the one before."""
    link = driver.page.locator(".bar a", has_text="Run")
    before = link.get_attribute("href")
    driver.saved().run()
    expect(link).not_to_have_attribute("href", str(before))
    driver.finished()


def test_badges_follow_the_edits_and_run_does_what_they_said(driver: Driver) -> None:
    page = driver.page
    driver.open(BRANCHES.format(name="planned", rows=31), "planned.yaml")
    expect_plan(driver, numbers="run")
    for node in NODES[1:]:
        expect(badge(driver, node)).to_have_text(NEW)
    expect(reason(driver, "numbers")).to_contain_text("it never ran before in this pipeline")
    driver.run().finished()
    expect_plan(driver, **dict.fromkeys(NODES, "reuse"))
    expect(page.locator(".plan-summary")).to_have_attribute("title", re.compile("^0 nodes to run.*4 reused"))

    driver.set("twice", "times", "5")
    expect_plan(driver, numbers="reuse", twice="run", words="maybe", thrice="reuse")
    expect(reason(driver, "twice")).to_contain_text("parameter times 2.0 -> 5")
    expect(reason(driver, "words")).to_contain_text("input dataset may change, because twice reruns")
    expect(reason(driver, "thrice")).to_contain_text("nothing that determines it has changed")
    assert driver.mounts == "1"

    run_again(driver)
    assert happened(driver, "planned") == {"numbers": "reuse", "twice": "run", "words": "run", "thrice": "reuse"}
    expect_plan(driver, **dict.fromkeys(NODES, "reuse"))


def test_a_maybe_whose_input_stays_the_same_is_reused(driver: Driver) -> None:
    driver.open(BRANCHES.format(name="stopped", rows=32), "stopped.yaml").run().finished()
    driver.set("thrice", "column", "half").set("thrice", "times", "0").select("numbers")
    driver.saved()
    driver.page.get_by_role("button", name="Run again anyway").click()
    expect_plan(driver, numbers="forced", twice="maybe", words="maybe", thrice="run")
    expect(reason(driver, "numbers")).to_contain_text("it was asked to run again")
    run_again(driver)
    assert happened(driver, "stopped") == {"numbers": "run", "twice": "reuse", "words": "reuse", "thrice": "run"}
    expect_plan(driver, **dict.fromkeys(NODES, "reuse"))  # what was to run again did so once


def test_the_panel_tells_the_reason_and_leads_to_the_run_that_it_takes_from(driver: Driver) -> None:
    page = driver.page
    driver.open(BRANCHES.format(name="led", rows=33), "led.yaml").run().finished()
    driver.select("twice")
    plan = page.get_by_role("region", name="Plan")
    expect(plan).to_contain_text("nothing that determines it has changed")
    expect(plan).to_contain_text("took")
    link = plan.get_by_role("link")
    store = open_store(driver.project / ".designer")
    run = store.runs(RunQuery(experiment="led", limit=1))[0].id
    twice = next(one.id for one in store.tree(run) if one.node == "twice")
    expect(link).to_have_attribute("href", f"/run?run={twice}")
    link.click()
    expect(page.locator('.app[data-face="run"]')).to_be_visible()
    expect(page.locator(".bar h2")).to_contain_text("twice")


def test_everything_and_a_node_pinned_to_an_earlier_run_are_asked_for_on_the_canvas(driver: Driver) -> None:
    page = driver.page
    driver.open(BRANCHES.format(name="steered", rows=34), "steered.yaml").run().finished()
    driver.set("twice", "times", "7").saved()
    expect_plan(driver, twice="run")
    page.get_by_role("button", name="Pin to an earlier run…").click()
    dialog = page.get_by_role("dialog")
    expect(dialog).to_contain_text("sum 1,122")
    dialog.locator(".choice", has_text="sum 1,122").first.click()
    expect_plan(driver, numbers="reuse", twice="pinned", words="reuse", thrice="reuse")
    page.get_by_role("button", name="Pipeline menu").click()
    page.get_by_role("menuitem", name="Run everything again anyway").click()
    expect_plan(driver, numbers="forced", twice="pinned", words="forced", thrice="forced")
    run_again(driver)
    assert happened(driver, "steered") == {"numbers": "run", "twice": "reuse", "words": "run", "thrice": "run"}
    expect_plan(driver, numbers="reuse", twice="pinned")  # a pin holds
    page.get_by_role("button", name="Unpin").click()
    expect_plan(driver, twice="run")


def test_what_can_not_run_has_no_badge_and_the_rest_keeps_theirs(driver: Driver) -> None:
    text = BRANCHES.format(name="wrong", rows=35).replace(
        "{module: double, inputs: {dataset: numbers.output}}", "{module: double}"
    )
    driver.open(text, "wrong.yaml")
    expect_plan(driver, numbers="run")
    expect(badge(driver, "thrice")).to_have_text(NEW)
    expect(badge(driver, "twice")).to_have_count(0)
    expect(badge(driver, "words")).to_have_count(0)
    driver.connect("numbers.output", "twice.dataset")
    for node in NODES:
        expect(badge(driver, node)).to_have_text(NEW)


def test_a_group_tells_what_is_in_it(driver: Driver) -> None:
    page = driver.page
    driver.open(BRANCHES.format(name="grouped", rows=36), "grouped.yaml").run().finished()
    driver.node("twice").locator(".card-title").click()
    driver.node("words").locator(".card-title").click(modifiers=["Shift"])
    page.keyboard.press("Control+g")
    expect(badge(driver, "group")).to_have_count(0)  # open: its nodes tell for themselves
    expect_plan(driver, **{"group/twice": "reuse", "group/words": "reuse"})
    driver.node("group").locator(".frame-head").click()
    page.keyboard.press("o")
    expect_plan(driver, group="reuse")
    expect(reason(driver, "group")).to_contain_text("all 2: twice: nothing that determines it has changed")
