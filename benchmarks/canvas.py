"""How fast the page draws, drags and lays out, and opens a long table of runs and a long series.

    python -m benchmarks.canvas [--out FILE]

Starts a server on a project that it makes, and Debian's Chromium without a graphics card. Prints one line a figure.
"""

from __future__ import annotations

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from pathlib import Path
from typing import Any

from playwright.sync_api import Page, sync_playwright

from designer import Experiment, open_store
from designer.app.serve import flags, free_port
from designer.store.place import place
from tests.browser.conftest import ARGUMENTS, CHROMIUM, ENTRY, MODULES

RUNS = 10_000
POINTS = 1_000_000

# The time from one frame to the next while a node is dragged over the screen.
DRAG = """async ([x, y, target]) => {
  const times = []; let last = performance.now(); let going = true;
  const tick = (now) => { times.push(now - last); last = now; if (going) requestAnimationFrame(tick); };
  requestAnimationFrame(tick);
  const send = (kind, px, py) => target.dispatchEvent(new MouseEvent(kind, { bubbles: true, composed: true, clientX: px, clientY: py, button: 0, buttons: 1, view: window }));
  send('mousedown', x, y);
  for (let i = 1; i <= 90; i++) { send('mousemove', x + i * 2, y + i); await new Promise((done) => requestAnimationFrame(done)); }
  send('mouseup', x + 180, y + 90); going = false;
  return times.slice(3).sort((a, b) => a - b);
}"""

# The time from typing a value to the badge that says what it changes.
PLAN = """([input, node, value, action]) => new Promise((done) => {
  const begun = performance.now();
  Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value').set.call(input, value);
  input.dispatchEvent(new Event('input', { bubbles: true, composed: true }));
  const look = () => node.querySelector('.plan')?.dataset.action === action ? done(performance.now() - begun) : requestAnimationFrame(look);
  look();
})"""


def document(nodes: int) -> str:
    """A random-looking DAG, the same each time."""
    lines = ["format: 1", f"name: nodes {nodes}", "nodes:"]
    for i in range(nodes):
        lines += [f"  n{i:04}:", "    module: double" if i else "    module: numbers"]
        if i:
            lines += ["    inputs:", f"      dataset: n{(i * 7919) % max(1, min(i, 40)) + max(0, i - 40):04}.output"]
    return "\n".join(lines) + "\n"


def make_runs(project: Path) -> str:
    """Many runs with a few metrics, and one with a long series. Returns that one's id."""
    where = place(project / ".designer")
    experiment = Experiment("many")  # in the current folder, which is the project
    run = experiment.start_logging(name="long")
    for _ in range(POINTS // 100_000):
        run.log_list("loss", [((i * 7919) % 1000) / 1000 for i in range(100_000)])
    run.complete()
    now = time.time()
    journal = where.journal
    for start in range(0, RUNS, 500):
        events: list[dict[str, Any]] = []
        for i in range(start, min(RUNS, start + 500)):
            id = f"bench-{i:05}"
            events.append(
                {
                    "e": "run", "id": id, "kind": "interactive", "parent": None, "root": id, "experiment": "many", "name": f"run {i}",
                    "status": "Completed", "created": now - i * 60, "parameters": {"lr": (i % 10) / 100, "depth": i % 7},
                }
            )  # fmt: skip
        journal.events(events)
    open_store(where.folder).runs()
    return str(run.id)


def measure(page: Page, url: str, nodes: int, say: Any) -> None:
    """Draw, drag, fit and lay out a pipeline."""
    page.goto(f"{url}/?pipeline=pipelines/n{nodes}.yaml")
    page.wait_for_function("performance.getEntriesByName('designer:drawn').length > 0", timeout=60_000)
    marks = page.evaluate(
        "['designer:data', 'designer:drawn'].map((name) => performance.getEntriesByName(name)[0].startTime)"
    )
    say(f"{nodes} nodes: drawn after data arrived", marks[1] - marks[0], "ms")
    page.wait_for_timeout(1500)
    page.keyboard.press("p")
    stage = page.locator(".stage").bounding_box()
    assert stage is not None
    middle = (stage["x"] + stage["width"] / 2, stage["y"] + stage["height"] / 2)
    places = page.locator(".react-flow__node").evaluate_all(
        "(all) => all.map((one) => { const b = one.getBoundingClientRect(); return [one.dataset.node, b.x, b.y, b.width, b.height]; })"
    )
    id, x, y, width, height = min(places, key=lambda one: abs(one[1] - middle[0]) + abs(one[2] - middle[1]))
    node = page.locator(f'.react-flow__node[data-node="{id}"]')
    box = {"x": x, "y": y, "width": width, "height": height}
    page.mouse.move(box["x"] + box["width"] / 2, box["y"] + box["height"] / 4)
    page.keyboard.down("Control")
    for _ in range(60):
        if int(page.locator(".zoom").inner_text().rstrip("%")) >= 95:
            break
        page.mouse.wheel(0, -60)
        page.wait_for_timeout(60)
    page.keyboard.up("Control")
    page.wait_for_timeout(600)
    box = node.bounding_box()
    assert box is not None
    frames = page.evaluate(DRAG, [box["x"] + 60, box["y"] + 15, node.element_handle()])
    after = node.bounding_box()
    assert after is not None
    assert abs(after["x"] - box["x"]) > 100, "the node did not move"
    say(f"{nodes} nodes: drag, median frame", statistics.median(frames), "ms")
    say(f"{nodes} nodes: drag, 95th percentile", frames[int(len(frames) * 0.95)], "ms")
    page.keyboard.press("Escape")
    begun = time.perf_counter()
    page.keyboard.press("l")
    page.locator('.saved[data-saved="draft saved"]').wait_for()
    say(f"{nodes} nodes: laid out, drawn and kept", (time.perf_counter() - begun) * 1000, "ms")


def measure_plan(page: Page, url: str, say: Any) -> None:
    """How long after an edit the badges of a hundred nodes that ran before say what it changes."""
    page.goto(f"{url}/?pipeline=pipelines/n100.yaml")
    page.locator(".plan").first.wait_for()
    page.get_by_role("button", name="Run", exact=True).click()
    page.locator('.bar .status[data-status="Completed"]').wait_for(timeout=120_000)
    node = page.locator('.react-flow__node[data-node="n0050"]')
    node.locator('.plan[data-action="reuse"]').wait_for()
    node.locator(".card-title").click()
    field = page.locator('[data-field="times"] input')
    field.wait_for()
    times = []
    for attempt in range(21):
        page.wait_for_timeout(700)
        changed = attempt % 2 == 0
        handles = [
            field.element_handle(),
            node.element_handle(),
            "5" if changed else "2",
            "run" if changed else "reuse",
        ]
        times.append(page.evaluate(PLAN, handles))
    times = sorted(times[1:])
    say("100 nodes: badges after an edit, median", statistics.median(times), "ms")
    say("100 nodes: badges after an edit, slowest of 20", times[-1], "ms")


def measure_lists(page: Page, url: str, long: str, say: Any) -> None:
    """How fast the table of many runs opens, and a long series draws."""
    page.goto(url)
    page.locator(".designer .app").wait_for()
    for attempt in ("first", "again"):
        page.get_by_role("link", name="Design").first.click()
        page.locator('.app[data-face="design"]').wait_for()
        begun = time.perf_counter()
        page.get_by_role("link", name="Runs").first.click()
        page.locator(".grid-row").first.wait_for()
        say(f"{RUNS} runs: table opens, {attempt}", (time.perf_counter() - begun) * 1000, "ms")
    page.goto(f"{url}/run?run={long}")
    page.get_by_role("tab", name="Metrics").wait_for()
    page.locator(".u-over").wait_for()
    page.get_by_text("1,000,000 points").wait_for()
    page.get_by_role("tab", name="About").click()
    begun = time.perf_counter()
    page.get_by_role("tab", name="Metrics").click()
    page.get_by_text("1,000,000 points").wait_for()
    say(f"{POINTS} points: chart draws", (time.perf_counter() - begun) * 1000, "ms")


def main() -> None:
    """Measure everything."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--out", type=Path)
    parser.add_argument("--only-plan", action="store_true", help="measure the badges only")
    arguments = parser.parse_args()
    figures: dict[str, float] = {}

    def say(what: str, value: float, unit: str) -> None:
        figures[what] = round(value, 1)
        print(f"{what:45} {value:9.1f} {unit}", flush=True)

    with tempfile.TemporaryDirectory() as folder:
        project = Path(folder)
        (project / "modules").mkdir()
        (project / "modules" / "small.py").write_text(MODULES)
        (project / "pipelines").mkdir()
        for nodes in (12, 100, 300, 1000):
            (project / "pipelines" / f"n{nodes}.yaml").write_text(document(nodes))
        os.environ.pop("DESIGNER_STORE", None)
        os.chdir(project)
        long = "" if arguments.only_plan else make_runs(project)
        port = free_port("localhost", None)
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", str(ENTRY), *flags(port)],
            cwd=project,
            env={**os.environ, "DESIGNER_PROJECT": str(project)},
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        url = f"http://localhost:{port}"
        try:
            for _ in range(300):
                try:
                    urllib.request.urlopen(f"{url}/_stcore/health", timeout=1).close()
                    break
                except OSError:
                    time.sleep(0.1)
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
                page = browser.new_page(viewport={"width": 1440, "height": 900})
                page.goto(url)
                page.locator(".designer .app").wait_for()
                measure_plan(page, url, say)
                if not arguments.only_plan:
                    for nodes in (12, 300, 1000):
                        measure(page, url, nodes, say)
                    measure_lists(page, url, long, say)
                browser.close()
        finally:
            server.terminate()
            server.wait()
    if arguments.out:
        arguments.out.write_text(json.dumps(figures, indent=2) + "\n")


if __name__ == "__main__":
    main()
