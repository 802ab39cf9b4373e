"""What a person does on the page, in words: add, connect, set, run, read. Waits for what is seen, never for time to pass."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from playwright.sync_api import Locator, Page, expect

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

PATIENCE = 30_000

EMPTY = "format: 1\nname: {name}\nnodes: {{}}\n"
_count = 0


class Driver:
    """Hands and eyes."""

    def __init__(self, page: Page, url: str, project: Path) -> None:
        self.page, self.url, self.project = page, url, project
        page.set_default_timeout(PATIENCE)
        expect.set_options(timeout=PATIENCE)

    # ---------------------------------------------------------------- going places

    def go(self, path: str = "/", **query: str) -> Driver:
        """Open an address."""
        self.page.goto(self.url + path + ("?" + urlencode(query) if query else ""))
        self.page.locator(".designer .app").wait_for()
        return self

    def new(self) -> Driver:
        """An empty canvas of its own."""
        global _count
        _count += 1
        return self.open(EMPTY.format(name=f"pipeline {_count}"), f"new_{_count}_{time.time_ns()}.yaml")

    def open(self, text: str, name: str) -> Driver:
        """Open a document that is written first."""
        (self.project / "pipelines" / name).write_text(text)
        self.go("/", pipeline=f"pipelines/{name}")
        self.page.locator(".designer .bar").wait_for()
        return self

    @property
    def file(self) -> Path:
        """The file that is open."""
        return self.project / self.page.url.split("pipeline=")[1].split("&")[0].replace("%2F", "/")

    # ---------------------------------------------------------------- building

    def add(self, module: str, at: tuple[int, int] | None = None) -> Driver:
        """Add a module from the palette: dragged to a place, else by keyboard."""
        find = self.page.get_by_label("Find a module")
        find.fill(module)
        before = self.page.locator(".react-flow__node").count()
        if at is None:
            find.press("Enter")
        else:
            entry = self.page.locator(".palette .entry").first
            stage = self.page.locator(".stage")
            entry.drag_to(stage, target_position={"x": at[0], "y": at[1]})
        expect(self.page.locator(".react-flow__node")).to_have_count(before + 1)
        find.fill("")
        return self

    def port(self, node: str, port: str, side: str) -> Locator:
        """A port's handle."""
        return self.node(node).locator(f'.{"outs" if side == "out" else "ins"} [data-port="{port}"]:not(.inner)')

    def connect(self, source: str, target: str) -> Driver:
        """Drag an edge from `node.port` to `node.port`."""
        (a, out), (b, into) = (end.rsplit(".", 1) for end in (source, target))
        self.drag(self.port(a, out, "out"), self.port(b, into, "in"))
        return self

    def drag(self, start: Locator, end: Locator) -> None:
        """Drag from the middle of one thing to the middle of another."""
        a, b = still(start), still(end)
        self.page.mouse.move(*a)
        self.page.mouse.down()
        self.page.mouse.move((a[0] + b[0]) / 2, (a[1] + b[1]) / 2, steps=4)
        self.page.mouse.move(*b, steps=4)
        self.page.mouse.up()

    def set(self, node: str, parameter: str, value: str) -> Driver:
        """Type a value into a field of a node's form."""
        self.select(node)
        self.tab("Parameters")
        field = self.page.locator(f'[data-field="{parameter}"] :is(input, textarea, select)').first
        field.fill(value)
        return self

    def select(self, node: str) -> Driver:
        """Click a node."""
        title = self.node(node).locator(".card-title, .frame-head").first
        still(title)
        title.click()
        expect(self.page.locator(".side")).to_be_visible()
        return self

    def node(self, id: str) -> Locator:
        """A node on the canvas."""
        return self.page.locator(f'.react-flow__node[data-node="{id}"]')

    def tab(self, name: str) -> Driver:
        """Choose a tab of the side panel."""
        self.page.locator(".side").get_by_role("tab", name=name).click()
        return self

    def saved(self) -> Driver:
        """Wait until every change is kept."""
        expect(self.page.locator(".saved")).not_to_contain_text("saving")
        return self

    def settled(self) -> Driver:
        """Wait until page and server have nothing more to say to each other."""
        state = self.page.locator('[data-testid="stApp"]')
        quiet = 0
        for _ in range(300):
            quiet = quiet + 1 if state.get_attribute("data-test-script-state") == "notRunning" else 0
            if quiet >= 10:
                return self
            self.page.wait_for_timeout(100)
        raise AssertionError("the page never came to rest")

    # ---------------------------------------------------------------- running

    def run(self) -> Driver:
        """Press Run and wait until it runs."""
        expect(self.page.get_by_role("dialog")).to_have_count(0)
        self.button("Run").click()
        return self

    def finished(self, status: str = "Completed") -> Driver:
        """Wait for the end of the run."""
        expect(self.button("Run")).to_be_enabled()
        expect(self.page.locator(".bar .status")).to_contain_text(status)
        return self

    def button(self, name: str) -> Locator:
        """A button by its exact name."""
        return self.page.get_by_role("button", name=name, exact=True)

    def pin(self, node: str, metric: str) -> Locator:
        """The value of a metric on a node's face."""
        return self.node(node).locator(".pin", has_text=metric).locator(".pin-value")

    # ---------------------------------------------------------------- looking

    @property
    def mounts(self) -> str | None:
        """How often the canvas was built."""
        return self.page.locator(".designer").get_attribute("data-mounts")

    @property
    def viewport(self) -> str | None:
        """Where the canvas looks at, and how closely."""
        return self.page.locator(".react-flow__viewport").get_attribute("style")

    @property
    def selected(self) -> list[str]:
        """The nodes that are chosen."""
        return sorted(
            str(one.get_attribute("data-node")) for one in self.page.locator(".react-flow__node.selected").all()
        )

    def problem(self, code: str) -> Locator:
        """A problem in the panel."""
        return self.page.locator(f'.problem[data-code="{code}"]')

    @property
    def notice(self) -> Locator:
        """What the page tells."""
        return self.page.locator(".notice")


def still(thing: Locator) -> tuple[float, float]:
    """The middle of a thing once it rests: a node that was just added is still being measured, and its ports move."""
    before = middle(thing)
    for _ in range(100):
        thing.page.wait_for_timeout(100)
        now = middle(thing)
        if now == before:
            return now
        before = now
    return before


def middle(of: Locator) -> tuple[float, float]:
    """The middle of what is seen."""
    box = of.bounding_box()
    assert box is not None
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def until(what: Callable[[], Any], seconds: float = 30) -> Any:
    """Wait until something is true, and return it."""
    end = time.monotonic() + seconds
    while True:
        found = what()
        if found or time.monotonic() > end:
            return found
        time.sleep(0.02)
