"""A project with small modules, its server, and Debian's Chromium to look at it. Elsewhere: what a person does there (driver.py)."""

from __future__ import annotations

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from designer.app.serve import flags
from tests.browser.driver import Driver

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CHROMIUM = shutil.which("chromium") or "/usr/bin/chromium"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-background-networking",
    "--disable-component-update",
    "--no-first-run",
]
ENTRY = Path(__file__).parents[2] / "designer/app/entry.py"

MODULES = '''"""Small modules for the browser's tests."""
import os
import time
from typing import Annotated, NamedTuple

import pandas as pd
from pydantic import Field

from designer import Run, module


@module(category="Test")
def numbers(*, rows: Annotated[int, Field(gt=0, description="How many.")] = 10) -> pd.DataFrame:
    """Numbers from zero on."""
    run = Run.get_context()
    run.log("rows", rows)
    print("made", rows, "rows")
    return pd.DataFrame({"n": range(rows), "half": [n / 2 for n in range(rows)], "word": ["even" if n % 2 == 0 else None for n in range(rows)]})


@module(category="Test")
def double(dataset: pd.DataFrame, *, column: str = "n", times: float = 2.0) -> pd.DataFrame:
    """Multiply a column."""
    run = Run.get_context()
    frame = dataset.copy()
    frame[column] = frame[column] * times
    run.log("sum", float(frame[column].sum()))
    return frame


@module(category="Test")
def ticker(before: pd.DataFrame | None = None, *, seconds: float = 3.0) -> pd.DataFrame:
    """Log twenty points a second."""
    run = Run.get_context()
    end = time.monotonic() + seconds
    step = 0
    while time.monotonic() < end:
        run.log("tick", step, step=step)
        step += 1
        time.sleep(0.05)
    return pd.DataFrame({"ticks": [step]})


@module(category="Test")
def text_of(dataset: pd.DataFrame) -> str:
    """The table as text: no table any more."""
    return dataset.to_csv()


@module(category="Test")
def fails(dataset: pd.DataFrame) -> pd.DataFrame:
    """Raise."""
    raise ValueError("the third column is missing")


@module(category="Test")
def dies(dataset: pd.DataFrame) -> pd.DataFrame:
    """End the process."""
    os._exit(7)


@module(category="Test")
def markup(dataset: pd.DataFrame) -> pd.DataFrame:
    """Log what would be markup."""
    run = Run.get_context()
    run.log("<script>window.hacked = 1</script>", 1)
    run.log("**bold** <img src=x onerror='window.hacked=1'>", 2)
    run.log_table("table", {"<b>column</b>": ["<script>window.hacked = 1</script>", "# title"]})
    run.tag("<i>tag</i>", "<script>window.hacked = 1</script>")
    print("<script>window.hacked = 1</script> **log** :red[line]")
    return pd.DataFrame({"<u>c</u>": ["<script>window.hacked = 1</script>", "[a](javascript:alert(1))"]})


@module(category="Test")
def curves(*, points: int = 50) -> None:
    """Log a series."""
    run = Run.get_context()
    run.log_list("loss", [1 / (i + 1) for i in range(points)])
    run.log_confusion_matrix("confusion", {"schema_type": "confusion_matrix", "schema_version": "1.0.0", "data": {"class_labels": ["cat", "dog"], "matrix": [[8, 2], [1, 9]]}})
'''

BROKEN = "import a_package_that_nobody_has\n"


def any_port() -> int:
    """A port that nobody else, such as another test process, is about to take."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


class Server:
    """One server of the page, on a project of its own."""

    def __init__(self, project: Path, port: int | None = None) -> None:
        self.project = project
        self.port = port or any_port()
        self.log = project / "server.log"
        environment = {**os.environ, "DESIGNER_PROJECT": str(project), "PYTHONUNBUFFERED": "1"}
        environment.pop("DESIGNER_STORE", None)
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", "streamlit", "run", str(ENTRY), *flags(self.port)],
                cwd=project,
                env=environment,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )
        self._wait()

    @property
    def url(self) -> str:
        """Its address."""
        return f"http://localhost:{self.port}"

    def kill(self) -> None:
        """End it at once, as a crash does."""
        os.kill(self.process.pid, signal.SIGKILL)
        self.process.wait()

    def stop(self) -> None:
        """End it."""
        if self.process.poll() is None:
            self.process.terminate()
            self.process.wait()

    def _wait(self) -> None:
        for _ in range(300):
            if self.process.poll() is not None:
                break
            try:
                with urllib.request.urlopen(f"{self.url}/_stcore/health", timeout=1):
                    return
            except OSError:
                time.sleep(0.1)
        raise RuntimeError(self.log.read_text())


def make_project(folder: Path) -> Path:
    """A project with the small modules, one of which can't be imported."""
    (folder / "modules").mkdir(parents=True)
    (folder / "pipelines").mkdir()
    (folder / "modules" / "small.py").write_text(MODULES)
    (folder / "modules" / "broken.py").write_text(BROKEN)
    return folder


@pytest.fixture(scope="session")
def chromium() -> Iterator[Browser]:
    """One browser for all tests."""
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture(scope="session")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Server]:
    """One server for all tests that don't need to end it."""
    server = Server(make_project(tmp_path_factory.mktemp("project") / "demo"))
    yield server
    server.stop()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Tabs with storage of their own; whatever script fails in one fails the test."""
    contexts = []
    errors: list[str] = []

    def new(**options: object) -> Page:
        context = chromium.new_context(viewport={"width": 1440, "height": 900}, **options)  # type: ignore[arg-type]
        contexts.append(context)
        page = context.new_page()
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("dialog", lambda dialog: dialog.accept())
        return page

    yield new
    for context in contexts:
        context.close()
    assert errors == []


@pytest.fixture
def driver(server: Server, new_page: Callable[[], Page]) -> Driver:
    """A person with an empty canvas."""
    return Driver(new_page(), server.url, server.project).new()


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(item: pytest.Item, call: pytest.CallInfo[None]):  # type: ignore[no-untyped-def]
    """Keep a picture of what a failed test saw last."""
    report = yield
    driver = getattr(item, "funcargs", {}).get("driver")
    if report.when == "call" and report.failed and isinstance(driver, Driver):
        folder = Path(os.environ.get("DESIGNER_PICTURES", "build/pictures"))
        folder.mkdir(parents=True, exist_ok=True)
        driver.page.screenshot(path=folder / f"{item.name}.png")
    return report
