"""The widget in a real JupyterLab: the graph and its metrics change while the pipeline runs."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import time
import urllib.request
from pathlib import Path

import pytest

sync_api = pytest.importorskip("playwright.sync_api")
pytest.importorskip("jupyterlab")

CELL = """
import designer.azureml.install
from azureml.core import Experiment, Workspace
from azureml.pipeline.core import Pipeline, StepSequence
from azureml.pipeline.steps import PythonScriptStep
from azureml.widgets import RunDetails

ws = Workspace.from_config()
steps = [PythonScriptStep("step.py", name=name, source_directory="src") for name in ("prepare", "train", "evaluate")]
run = Experiment(ws, "notebook").submit(Pipeline(ws, StepSequence(steps)))
RunDetails(run).show()
"""
STEP = """
import time
from azureml.core import Run
run = Run.get_context()
for step in range(8):
    run.log("loss", 1 / (step + 1))
    run.parent.log("progress", step)
    time.sleep(0.25)
"""


def chromium() -> str | None:
    return shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")


@pytest.fixture
def lab(folder: Path):
    """A JupyterLab in the working folder, with a notebook of one cell; its address."""
    (folder / "src").mkdir()
    (folder / "src" / "step.py").write_text(STEP)
    cell = {"cell_type": "code", "source": CELL, "metadata": {}, "outputs": [], "execution_count": None, "id": "a"}
    kernel = {"kernelspec": {"name": "python3", "display_name": "Python 3"}}
    notebook = {"cells": [cell], "metadata": kernel, "nbformat": 4, "nbformat_minor": 5}
    (folder / "run.ipynb").write_text(json.dumps(notebook))
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        sys.executable, "-m", "jupyterlab", "--no-browser", "--allow-root", f"--port={port}", "--ip=127.0.0.1",
        "--IdentityProvider.token=t", "--LabApp.news_url=None", "--LabApp.check_for_updates_class=jupyterlab.NeverCheckForUpdate",
    ]  # fmt: skip
    root = str(Path(__file__).parents[2])
    env = {
        **os.environ, "JUPYTER_CONFIG_DIR": str(folder / "config"), "JUPYTER_RUNTIME_DIR": str(folder / "runtime"),
        "IPYTHONDIR": str(folder / "ipython"), "PYTHONPATH": root,
    }  # fmt: skip
    with open(folder / "lab.log", "wb") as log, subprocess.Popen(command, stdout=log, stderr=log, env=env) as server:
        address = f"http://127.0.0.1:{port}"
        try:
            for _ in range(600):
                try:
                    urllib.request.urlopen(f"{address}/api?token=t", timeout=1).close()
                    break
                except OSError:
                    assert server.poll() is None, (folder / "lab.log").read_text()
                    time.sleep(0.1)
            yield f"{address}/lab/tree/run.ipynb?token=t"
        finally:
            server.terminate()


@pytest.mark.slow
@pytest.mark.browser
def test_the_graph_and_its_metrics_change_while_the_pipeline_runs(lab, folder):
    with sync_api.sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1000, "height": 1100})
        page.goto(lab)
        page.locator(".jp-Notebook .jp-Cell").first.click(timeout=90_000)
        page.locator(".jp-Notebook-ExecutionIndicator[data-status=idle]").wait_for(timeout=90_000)
        page.keyboard.press("Control+Enter")
        shown = page.locator(".dn[data-run]")
        shown.wait_for(timeout=90_000)
        page.locator('.dn [data-node=train][data-status="Running"]').wait_for(timeout=90_000)
        metric = page.locator(".dn [data-node=train] .dn-metric")
        metric.wait_for(timeout=30_000)
        first = metric.text_content()
        page.wait_for_function(
            "was => document.querySelector('.dn [data-node=train] .dn-metric').textContent != was", arg=first
        )
        assert page.locator('.dn [data-node=prepare][data-status="Completed"]').count() == 1
        shot = os.environ.get("WIDGET_SCREENSHOT")
        if shot:
            if page.get_by_text("Would you like to get notified").count():
                page.get_by_role("button", name="No", exact=True).click()
            shown.scroll_into_view_if_needed()
            page.locator(".jp-Notebook").screenshot(path=shot)
        page.locator('.dn[data-status="Completed"]').wait_for(timeout=90_000)
        assert page.locator('.dn [data-node=evaluate][data-status="Completed"]').count() == 1
        browser.close()
