"""Running and watching: live metrics, nothing that resets, commands that act once, and what a run tells afterwards."""

from __future__ import annotations

import re
import subprocess
import sys
import time

import pytest
from playwright.sync_api import expect

from designer.model.runs import RunQuery
from designer.store.open import open_store
from tests.browser.driver import Driver, until

pytestmark = pytest.mark.browser

TWELVE = "format: 1\nname: twelve\nnodes:\n" + "".join(
    f"  t{i:02}: {{module: ticker, parameters: {{seconds: {{seconds}}}}}}\n" for i in range(12)
)
TWELVE += "layout:\n  positions: {" + ", ".join(f"t{i:02}: [{i % 4 * 280}, {i // 4 * 160}]" for i in range(12)) + "}\n"
SLOW = "format: 1\nname: slow\nnodes:\n  t: {module: ticker, parameters: {seconds: 60}}\n"


def runs_of(driver: Driver, name: str) -> list[str]:
    """The statuses of a pipeline's runs."""
    store = open_store(driver.project / ".designer")
    return [record.status for record in store.runs(RunQuery(experiment=name))]


def test_twelve_modules_at_twenty_points_a_second_are_watched_without_a_reset(driver: Driver) -> None:
    page = driver.page
    name = f"twelve_{time.time_ns()}"
    driver.open(TWELVE.replace("{seconds}", "15").replace("name: twelve", f"name: {name}"), f"{name}.yaml")
    store = open_store(driver.project / ".designer")
    command = [sys.executable, "-m", "designer", "run", f"pipelines/{name}.yaml", "--workers", "12"]
    running = subprocess.Popen(command, cwd=driver.project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    run = until(lambda: store.runs(RunQuery(experiment=name)))[0].id
    driver.go("/", pipeline=f"pipelines/{name}.yaml", run=run)
    for node in range(12):
        expect(driver.pin(f"t{node:02}", "tick")).to_be_visible()
    driver.select("t05")
    page.locator(".zoom").click()
    viewport, place = driver.viewport, driver.node("t06").bounding_box()
    assert place is not None

    children = {record.node: record for record in store.tree(run)}
    told = {node: (record.status, record.error) for node, record in children.items() if node is not None}
    assert told == {f"t{node:02}": ("Running", None) for node in range(12)}
    pin, child = driver.pin("t00", "tick"), children["t00"].id
    late = []
    for _ in range(5):  # what was logged is on the node a second later
        logged = int(store.metrics([child])[child]["tick"].last)
        begun = time.monotonic()
        assert until(lambda logged=logged: int(pin.inner_text()) >= logged, 5)
        late.append(time.monotonic() - begun)
    assert sorted(late)[2] <= 1.0, late

    title = driver.node("t06").locator(".card-title")
    box = title.bounding_box()
    assert box is not None
    page.mouse.move(box["x"] + 20, box["y"] + 8)
    page.mouse.down()
    page.mouse.move(box["x"] + 60, box["y"] + 60, steps=40)
    page.mouse.up()
    driver.set("t05", "seconds", "4.5")
    driver.finished()
    assert running.wait() == 0
    assert driver.mounts == "1"
    assert driver.viewport == viewport
    assert driver.selected == ["t05"]
    moved = driver.node("t06").bounding_box()
    assert moved is not None
    assert abs(moved["x"] - place["x"] - 40) < 5  # a drag begins a pixel or two after the press
    assert abs(moved["y"] - place["y"] - 52) < 5
    expect(page.locator('[data-field="seconds"] input')).to_have_value("4.5")
    driver.saved()
    page.reload()
    driver.select("t05")
    expect(page.locator('[data-field="seconds"] input')).to_have_value("4.5")


def test_run_and_stop_pressed_fifty_times_act_once_each(driver: Driver) -> None:
    name = f"fifty_{time.time_ns()}"
    driver.open(SLOW.replace("slow", name), f"{name}.yaml")
    for _ in range(25):
        driver.button("Run").click()
        driver.button("Stop").click()
        expect(driver.button("Run")).to_be_enabled()
    statuses = until(lambda: (found := runs_of(driver, name)) and all(s == "Canceled" for s in found) and found)
    assert len(statuses) == 25


def test_a_failed_node_says_why_and_what_it_needed_was_kept(driver: Driver) -> None:
    driver.open(
        "format: 1\nname: failing\nnodes:\n  numbers: {module: numbers}\n  fails: {module: fails, inputs: {dataset: numbers.output}}\n"
        "  after: {module: double, inputs: {dataset: fails.output}}\n",
        "failing.yaml",
    ).run().finished("Failed")
    expect(driver.node("fails").locator(".card-error")).to_contain_text("the third column is missing")
    expect(driver.node("after").locator(".status")).to_have_attribute("data-status", "Skipped")
    driver.select("fails")
    expect(driver.page.locator(".side .problem.fail")).to_contain_text("ValueError")
    driver.page.get_by_text("Traceback", exact=True).click()
    expect(driver.page.locator(".side details pre")).to_contain_text('raise ValueError("the third column is missing")')
    driver.button("Its log").click()
    expect(
        driver.page.get_by_label("Search the log").or_(driver.page.get_by_text("Nothing was printed"))
    ).to_be_visible()


def test_a_module_that_ends_its_process_and_a_run_that_was_killed_are_told(driver: Driver) -> None:
    import os
    import signal

    import psutil

    driver.open(
        "format: 1\nname: dying\nnodes:\n  numbers: {module: numbers}\n  dies: {module: dies, inputs: {dataset: numbers.output}}\n",
        "dying.yaml",
    ).run().finished("Failed")
    expect(driver.node("dies").locator(".card-error")).to_contain_text(re.compile("7|ended|died"))
    before = {process.pid for process in psutil.process_iter()}
    driver.open(SLOW.replace("slow", "killed"), "killed.yaml").run()
    expect(driver.pin("t", "tick")).to_be_visible()
    for process in psutil.process_iter(["cmdline", "cwd"]):
        words = " ".join(process.info["cmdline"] or [])
        ours = process.pid not in before and process.info["cwd"] == str(driver.project)
        if ours and "designer" in words and "streamlit" not in words and "workshop" not in words:
            os.kill(process.pid, signal.SIGKILL)
    driver.finished("Failed")
    driver.page.keyboard.press("p")
    link = driver.page.locator(".bar a", has_text="Run")
    link.click()
    expect(driver.page.locator(".stage .notice", has_text="The run failed")).to_be_visible()


def test_any_metric_can_be_pinned_to_its_node(driver: Driver) -> None:
    page = driver.page
    driver.add("curves", (200, 200)).saved().run().finished()
    expect(driver.pin("curves", "loss")).to_be_visible()
    driver.select("curves").tab("Metrics")
    expect(page.locator(".side .uplot")).to_be_visible()
    expect(page.locator(".side .matrix")).to_contain_text("dog")
    page.get_by_role("button", name="Unpin loss").click()
    expect(driver.pin("curves", "loss")).to_have_count(0)
    page.get_by_role("button", name="Pin loss to the node").click()
    expect(driver.pin("curves", "loss")).to_have_text("0.02")
    driver.saved()
    page.reload()
    expect(driver.pin("curves", "loss")).to_have_text("0.02")


def test_data_log_and_files_of_a_node_are_looked_into(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (200, 200)).saved().run().finished()
    driver.select("numbers").tab("Data")
    table = page.get_by_role("region", name="First rows")
    expect(table).to_contain_text("int64")
    expect(table.locator("td.null").first).to_have_text("none")
    driver.tab("Log")
    expect(page.locator("pre.log")).to_contain_text("made 10 rows")
    page.get_by_label("Search the log").fill("ROWS")
    expect(page.locator("pre.log mark").first).to_have_text("rows")
    driver.tab("About")
    expect(page.locator(".side")).to_contain_text("small.py")


def test_columns_are_chosen_from_the_table_that_an_earlier_run_made(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (80, 120)).add("Select Columns in Dataset", (380, 120))
    driver.connect("numbers.output", "select_columns_in_dataset.dataset").saved().run().finished()
    driver.select("select_columns_in_dataset")
    page.get_by_label("Rule 1: which columns").select_option("names")
    expect(page.locator("datalist option").first).to_have_attribute("value", "n")
    page.get_by_label("Rule 1: names").fill("half")
    expect(page.locator(".chip", has_text="half")).to_be_visible()
    driver.saved().run().finished()
    driver.tab("Data")
    expect(page.get_by_role("region", name="First rows").locator("th")).to_have_count(1)


def test_runs_are_listed_filtered_and_compared(driver: Driver) -> None:
    page = driver.page
    driver.add("numbers", (80, 120)).add("double", (380, 120)).connect("numbers.output", "double.dataset")
    page.get_by_label("Name of the pipeline").fill("compared")
    page.get_by_label("Name of the pipeline").press("Enter")
    driver.saved().run().finished()
    first = page.locator(".bar a", has_text="Run").get_attribute("href")
    driver.set("double", "times", "5").saved()
    driver.run()
    expect(page.locator(".bar a", has_text="Run")).not_to_have_attribute("href", str(first))
    driver.finished()
    driver.go("/runs")
    page.get_by_label("Filter runs").fill("compared completed")
    expect(page.locator(".grid-row")).to_have_count(2)
    for box in page.locator(".grid-row input").all():
        box.check()
    driver.button("Compare 2").click()
    expect(driver.node("double").locator(".change-mark")).to_have_text("changed")
    page.get_by_role("tab", name="Table").click()
    row = page.locator("tr", has_text="times")
    expect(row.first).to_contain_text("parameter")
    expect(page.locator("tr.differs", has_text="sum")).to_contain_text("225")
    page.reload()
    page.get_by_role("tab", name="Table").click()
    expect(page.locator("tr.differs", has_text="sum")).to_contain_text("90")
    page.get_by_role("link", name="compared").first.click()
    expect(driver.node("double")).to_be_visible()
    page.get_by_role("tab", name="Timeline").click()
    expect(page.locator(".gantt-row")).to_have_count(3)
    assert "run=" in page.url


def test_ctrl_enter_asks_with_which_values_to_run_and_once_more_runs_from_any_field(driver: Driver) -> None:
    driver.add("numbers").saved()
    driver.page.locator(".react-flow__pane").click(position={"x": 300, "y": 60})
    driver.page.keyboard.press("Control+Enter")
    dialog = driver.page.get_by_role("dialog", name="Run with…")
    dialog.get_by_label("Experiment").fill("by keyboard")
    driver.page.keyboard.press("Control+Enter")
    expect(dialog).to_have_count(0)
    driver.finished()
    expect(driver.pin("numbers", "rows")).to_have_text("10")
