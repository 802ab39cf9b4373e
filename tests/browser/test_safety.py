"""Nothing is lost, nothing foreign runs, nobody gets in: drafts, two tabs, crashes, markup, hosts, sign-in, accessibility."""

from __future__ import annotations

import base64
import os
import socket
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect

from designer.app.serve import ServeError, flags, serve
from tests.browser.conftest import ENTRY, Server, any_port, make_project
from tests.browser.driver import Driver, until

if TYPE_CHECKING:
    from collections.abc import Callable

    from playwright.sync_api import Page

pytestmark = pytest.mark.browser

AXE = Path(__file__).parents[2] / "designer/canvas/frontend/node_modules/axe-core/axe.min.js"


def test_a_second_tab_is_told_not_overwritten(driver: Driver, new_page: Callable[[], Page]) -> None:
    other = Driver(new_page(), driver.url, driver.project)
    driver.add("numbers", (100, 100)).saved()
    other.go("/", pipeline=driver.file.relative_to(driver.project).as_posix())
    expect(other.node("numbers")).to_be_visible()
    other.settled()  # a tab that still talks to the server would be given the newer pipeline, and there were no conflict
    driver.add("double", (400, 100)).saved()
    other.add("curves", (100, 300))
    expect(other.notice).to_contain_text("changed in another tab")
    driver.page.reload()
    expect(driver.node("double")).to_be_visible()
    expect(driver.node("curves")).to_have_count(0)
    expect(other.node("curves")).to_be_visible()
    other.button("Keep mine as a copy").click()
    expect(other.notice).to_have_count(0)
    expect(other.node("curves")).to_be_visible()
    assert "draft=" in other.page.url


def test_taking_the_other_tabs_version_shows_it(driver: Driver, new_page: Callable[[], Page]) -> None:
    other = Driver(new_page(), driver.url, driver.project)
    other.go("/", pipeline=driver.file.relative_to(driver.project).as_posix()).settled()
    driver.add("numbers", (100, 100)).saved()
    other.add("curves", (100, 300))
    other.button("Take the other tab's").click()
    expect(other.node("numbers")).to_be_visible()
    expect(other.node("curves")).to_have_count(0)
    other.add("double", (400, 100)).saved()
    expect(other.notice).to_have_count(0)


def test_edits_survive_a_crash_of_the_server(tmp_path: Path, new_page: Callable[[], Page]) -> None:
    server = Server(make_project(tmp_path / "demo"))
    try:
        driver = Driver(new_page(), server.url, server.project).new()
        driver.add("numbers", (100, 100)).saved()
        server.kill()
        driver.set("numbers", "rows", "77")  # made while nobody listens
        server = Server(server.project, server.port)
        driver.add("double", (400, 100))
        expect(driver.page.locator(".saved")).to_contain_text("draft saved")
        drafts = server.project / ".designer/drafts"
        assert until(
            lambda: any(
                '"rows":77' in path.read_text() and "double" in path.read_text() for path in drafts.glob("*.json")
            )
        )
        driver.page.reload()
        expect(driver.node("double")).to_be_visible()
        driver.select("numbers")
        expect(driver.page.locator('[data-field="rows"] input')).to_have_value("77")
    finally:
        server.stop()


def test_texts_from_users_are_shown_as_texts(driver: Driver) -> None:
    page = driver.page
    script = "<script>window.hacked = 1</script>"
    driver.open(
        f'format: 1\nname: "{script} **bold**"\ndescription: "# title {script}"\nnodes:\n'
        f'  numbers: {{module: numbers, title: "{script}"}}\n  markup: {{module: markup, inputs: {{dataset: numbers.output}}}}\n'
        f'layout:\n  notes: [{{id: n, text: "{script} **x**", x: 0, y: 300}}]\n',
        "markup.yaml",
    )
    expect(page.get_by_label("Name of the pipeline")).to_have_value(f"{script} **bold**")
    expect(driver.node("numbers")).to_contain_text(script)
    expect(page.get_by_label("Note", exact=True)).to_have_value(f"{script} **x**")
    driver.run().finished()
    expect(driver.node("markup").locator(".pin").first).to_contain_text("window.hacked")
    driver.select("markup").tab("Metrics")
    expect(page.locator(".side")).to_contain_text("**bold** <img src=x")
    expect(page.get_by_role("region", name="table")).to_contain_text("<b>column</b>")
    driver.tab("Log")
    expect(page.locator("pre.log")).to_contain_text(f"{script} **log** :red[line]")
    driver.tab("Data")
    expect(page.get_by_role("region", name="First rows")).to_contain_text("[a](javascript:alert(1))")
    driver.tab("About")
    expect(page.locator(".side")).to_contain_text("<i>tag</i>")
    driver.go("/runs")
    expect(page.locator(".grid-row").first).to_contain_text(script)
    assert page.evaluate("window.hacked") is None
    assert page.evaluate("document.title") == "Designer"


def handshake(port: int, host: str, origin: str) -> int:
    """The status with which the server answers an attempt to open the page's websocket."""
    key = base64.b64encode(os.urandom(16)).decode()
    request = (
        f"GET /_stcore/stream HTTP/1.1\r\nHost: {host}\r\nOrigin: {origin}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
        f"Sec-WebSocket-Key: {key}\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Protocol: streamlit\r\n\r\n"
    )
    with socket.create_connection(("127.0.0.1", port), timeout=10) as connection:
        connection.sendall(request.encode())
        return int(connection.recv(64).split(b" ")[1])


def test_a_host_or_origin_from_elsewhere_gets_no_websocket(server: Server) -> None:
    own = f"localhost:{server.port}"
    assert handshake(server.port, own, f"http://{own}") == 101
    assert handshake(server.port, f"evil.example:{server.port}", f"http://evil.example:{server.port}") == 403
    assert handshake(server.port, own, "http://evil.example") == 403


def test_no_page_fetches_anything_from_elsewhere(driver: Driver) -> None:
    foreign: list[str] = []
    own = (driver.url, driver.url.replace("http", "ws"), "data:", "blob:")
    driver.page.on("request", lambda request: None if request.url.startswith(own) else foreign.append(request.url))
    for path in ("/", "/runs", "/modules", "/compare"):
        driver.go(path).settled()
    assert foreign == []


def listens(port: int) -> bool:
    """Whether anything answers at a port."""
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def test_another_address_is_refused_unless_there_is_a_sign_in(tmp_path: Path) -> None:
    with pytest.raises(ServeError, match="sign-in"):
        serve(project=tmp_path, address="0.0.0.0", browser=False)


def test_without_sign_in_the_app_shows_nothing_when_it_listens_everywhere(
    tmp_path: Path, new_page: Callable[[], Page]
) -> None:
    project = make_project(tmp_path / "demo")
    port = any_port()
    options = [flag for flag in flags(port) if not flag.startswith(("--server.address", "--server.allowedHosts"))]
    process = subprocess.Popen(
        [sys.executable, "-m", "streamlit", "run", str(ENTRY), *options], cwd=project, env={**os.environ, "DESIGNER_PROJECT": str(project)},
        stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL,
    )  # fmt: skip
    try:
        assert until(lambda: listens(port))
        page = new_page()
        for path in ("/", "/runs", "/run", "/modules", "/compare", "/design"):
            page.goto(f"http://127.0.0.1:{port}{path}")
            expect(page.get_by_text("Without a sign-in this app serves this machine only")).to_be_visible(
                timeout=30_000
            )
            expect(page.locator(".designer")).to_have_count(0)
    finally:
        process.terminate()
        process.wait()


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_page_has_a_serious_accessibility_finding(driver: Driver, theme: str) -> None:
    page = driver.page
    page.emulate_media(color_scheme=theme)  # type: ignore[arg-type]
    driver.add("numbers", (100, 100)).add("double", (400, 100)).connect(
        "numbers.output", "double.dataset"
    ).saved().run().finished()
    driver.select("double")
    found = {"design": serious(page)}
    for tab in ("Metrics", "Data", "Log", "About"):
        driver.tab(tab)
        found[tab] = serious(page)
    page.locator(".react-flow__pane").click(position={"x": 20, "y": 500})
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_be_visible()
    found["help"] = serious(page)
    page.keyboard.press("Escape")
    page.locator(".bar a", has_text="Run").click()
    expect(page.get_by_role("tab", name="Timeline")).to_be_visible()
    found["run"] = serious(page)
    page.get_by_role("tab", name="Timeline").click()
    found["timeline"] = serious(page)
    for path in ("/runs", "/modules", "/compare"):
        driver.go(path)
        expect(page.locator(".designer h1, .designer strong").first).to_be_visible()
        found[path] = serious(page)
    assert {name: one for name, one in found.items() if one} == {}


def serious(page: Page) -> list[str]:
    """What axe finds serious or critical in what we draw, which lies in a shadow root."""
    if not page.evaluate("'axe' in window"):
        page.add_script_tag(path=AXE)
    result = page.evaluate(
        "() => axe.run({ include: [['[data-testid=\"stBidiComponentIsolated\"], .stBidiComponent']] }, { resultTypes: ['violations'] })"
    )
    return [
        f"{one['id']}: {node['html'][:160]} {node['failureSummary'][:200]}"
        for one in result["violations"]
        if one["impact"] in ("serious", "critical")
        for node in one["nodes"][:3]
    ]
