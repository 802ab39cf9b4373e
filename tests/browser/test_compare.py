"""Two runs on one graph: the cause on the node that has it, deltas on what follows, the rest stepping back."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from designer.model.runs import RunQuery
from designer.store.open import open_store
from tests.browser.test_safety import serious

if TYPE_CHECKING:
    from playwright.sync_api import Locator

    from tests.browser.driver import Driver

pytestmark = pytest.mark.browser

MODULES = '''"""Modules whose metrics have goals."""
from designer import Metric, Run, module


@module(category="Learning")
def samples(*, rows: int = 8) -> list:
    Run.get_context().log("rows", rows)
    return list(range(rows))


@module(category="Learning")
def share(rows: list, *, fraction: float = 0.5) -> list:
    Run.get_context().log("kept", int(len(rows) * fraction))
    return rows[: int(len(rows) * fraction)]


@module(category="Learning", metrics=[Metric("loss", goal="minimize"), Metric("accuracy", goal="maximize")])
def learn(rows: list) -> float:
    run = Run.get_context()
    for epoch in range(5):
        run.log("loss", round(10 / len(rows) - epoch, 4), step=epoch)
    run.log("accuracy", 1 - len(rows) / 100)
    run.log("seen", len(rows))
    return 10 / len(rows)


@module(category="Learning")
def count(rows: list) -> int:
    Run.get_context().log("count", len(rows))
    return len(rows)
'''

PIPELINE = """format: 1
name: {name}
files: [{name}.py]
nodes:
  samples: {{module: samples}}
  share: {{module: share, inputs: {{rows: samples.output}}, parameters: {{fraction: 0.5}}}}
  learn: {{module: learn, inputs: {{rows: share.output}}}}
  count: {{module: count, inputs: {{rows: samples.output}}}}
"""


def pipeline(driver: Driver, name: str) -> Driver:
    """Open a pipeline whose modules are in a file of its own, and run it once."""
    (driver.project / f"{name}.py").write_text(MODULES)
    return driver.open(PIPELINE.format(name=name), f"{name}.yaml").run().finished()


def run_again(driver: Driver) -> Driver:
    """Press Run and wait for the end of the new run, not of the one before."""
    link = driver.page.locator(".bar a", has_text="Run")
    before = link.get_attribute("href")
    driver.saved().run()
    expect(link).not_to_have_attribute("href", str(before))
    return driver.finished()


def runs(driver: Driver, name: str) -> list[str]:
    """The runs of a pipeline, the oldest first."""
    store = open_store(driver.project / ".designer")
    return [record.id for record in store.runs(RunQuery(experiment=name))][::-1]


def change(driver: Driver, node: str) -> Locator:
    """What a node's card says of itself."""
    return driver.node(node).locator(".change-mark")


def delta(driver: Driver, node: str, metric: str) -> Locator:
    """By how much a metric on a node's face moved."""
    return driver.node(node).locator(f'.pin[data-metric="{metric}"] .delta')


def test_the_cause_is_on_the_node_that_has_it_and_only_what_follows_has_deltas(driver: Driver) -> None:
    page = driver.page
    pipeline(driver, "caused").set("share", "fraction", "0.75")
    run_again(driver)
    driver.go("/compare", runs=",".join(runs(driver, "caused")))
    expect(change(driver, "share")).to_have_text("changed")
    expect(driver.node("share").locator(".cause")).to_have_text("parameter fraction 0.5 -> 0.75")
    expect(page.locator(".react-flow__node .cause")).to_have_count(1)
    expect(change(driver, "learn")).to_have_text("follows")
    for node in ("samples", "count"):
        expect(change(driver, node)).to_have_text("same")
        expect(driver.node(node).locator(".pin")).to_have_count(0)
        expect(driver.node(node).locator(".card")).to_have_attribute("data-change", "same")
    loss = delta(driver, "learn", "loss")  # 10 / 4 - 4 -> 10 / 6 - 4: it fell
    expect(loss).to_have_text(re.compile("^▼ −0.8333"))
    expect(loss).to_have_attribute("data-verdict", "better")
    expect(delta(driver, "learn", "accuracy")).to_have_attribute("data-verdict", "worse")
    expect(delta(driver, "learn", "seen")).to_have_attribute("data-verdict", "none")
    green, red = (
        page.evaluate("(e) => getComputedStyle(e).color", one.element_handle())
        for one in (loss, delta(driver, "learn", "accuracy"))
    )
    assert green == "rgb(27, 127, 75)"
    assert red == "rgb(196, 48, 43)"

    driver.select("learn")
    panel = page.locator(".side")
    expect(panel).to_contain_text("Nothing differs in the node itself: what comes before it does.")
    row = panel.locator('tr[data-metric="loss"]')
    expect(row).to_have_attribute("data-verdict", "better")
    expect(row.locator("td").nth(1)).to_have_text("-1.5")
    expect(row.locator("td").nth(2)).to_have_text("-2.3333")
    expect(panel.get_by_role("img", name="Chart of A, B")).to_be_visible()
    expect(panel).to_contain_text("10 points")
    expect(panel.locator(".timing-lane")).to_have_count(2)
    driver.select("share")
    expect(panel.locator('.cause-box[data-kind="parameter_changed"]')).to_contain_text("fraction 0.5 -> 0.75")

    assert serious(page) == []

    page.get_by_role("button", name="Swap A and B").click()
    expect(driver.node("share").locator(".cause")).to_have_text("parameter fraction 0.75 -> 0.5")
    expect(loss).to_have_attribute("data-verdict", "worse")
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("tr.differs", has_text="fraction")).to_contain_text("0.75")
    driver.page.set_viewport_size({"width": 760, "height": 900})
    driver.page.reload()
    expect(driver.node("learn")).to_be_visible()
    expect(driver.page.locator(".side")).to_have_count(0)  # it would lie over the graph
    driver.button("What differs").click()
    expect(driver.page.locator(".side")).to_contain_text("fraction")


def test_a_change_of_code_is_shown_as_a_diff_and_a_renamed_node_as_itself(driver: Driver) -> None:
    page = driver.page
    pipeline(driver, "coded")
    (driver.project / "coded.py").write_text(MODULES.replace("return len(rows)\n", "return len(rows) + 1\n"))
    driver.select("learn").tab("About")
    page.get_by_label("Id", exact=True).fill("teach")
    page.get_by_label("Id", exact=True).press("Enter")
    expect(driver.node("teach")).to_be_visible()
    run_again(driver)
    driver.go("/compare", runs=",".join(runs(driver, "coded")))
    expect(driver.node("count").locator(".cause")).to_have_text(re.compile(r"count in coded\.py line \d+ changed"))
    expect(change(driver, "teach")).to_have_text("same")
    expect(driver.node("learn")).to_have_count(0)
    driver.select("count")
    expect(page.locator('.diff [data-line="removed"]')).to_contain_text("return len(rows)")
    expect(page.locator('.diff [data-line="added"]')).to_contain_text("return len(rows) + 1")
    page.keyboard.press("Escape")
    overview = page.get_by_role("complementary", name="Both runs")
    overview.locator(".node-line", has_text="count").click()
    expect(page.locator(".diff")).to_be_visible()


def test_what_only_one_run_has_is_drawn_and_two_of_several_runs_are_chosen(driver: Driver) -> None:
    page = driver.page
    pipeline(driver, "several")
    driver.select("count")
    page.keyboard.press("Delete")
    expect(driver.node("count")).to_have_count(0)
    run_again(driver)
    driver.set("share", "fraction", "0.25")
    run_again(driver)
    first, second, third = runs(driver, "several")
    driver.go("/compare", runs=",".join((first, second, third)))
    expect(page.get_by_role("tab", name="Table")).to_have_attribute("aria-selected", "true")
    page.get_by_role("tab", name="Graph").click()
    expect(change(driver, "count")).to_have_text("only in A")
    expect(page.locator(".wire.only-a")).to_have_count(1)
    expect(change(driver, "share")).to_have_text("same")
    page.get_by_label("Run A").select_option(second)
    page.get_by_label("Run B").select_option(third)
    expect(driver.node("count")).to_have_count(0)
    expect(driver.node("share").locator(".cause")).to_have_text("parameter fraction 0.5 -> 0.25")
