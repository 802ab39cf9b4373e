"""Docs that can't drift: what they show runs, what exists is in them, what they point to is there."""

from __future__ import annotations

import re
import runpy
import subprocess
import sys
from pathlib import Path

import pytest

import designer

ROOT = Path(__file__).parents[2]
DOCS = ROOT / "docs"
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted(DOCS.glob("*.md"))]


def blocks(page: Path, language: str) -> list[str]:
    return re.findall(rf"^```{language}\n(.*?)^```", page.read_text(), re.MULTILINE | re.DOTALL)


def run(code: str, folder: Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-c", code], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


def command(folder: Path, *words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "designer", *words], cwd=folder, capture_output=True, text=True, timeout=120, check=False
    )


@pytest.mark.slow
def test_the_readme_s_module_runs_from_the_command_line_and_from_python(tmp_path: Path) -> None:
    module, call, script = blocks(ROOT / "README.md", "python")
    (tmp_path / "line.py").write_text(module)
    done = command(tmp_path, "run", "line.py")
    assert done.returncode == 0, done.stderr
    assert "slope 2" in done.stdout
    called = run(f"from line import line\n{call}", tmp_path)
    assert called.returncode == 0, called.stderr
    assert "Completed {'slope': 2.0}" in called.stdout
    logged = run(script + "\nprint(len(run.get_metrics()['loss']))", tmp_path)
    assert logged.stdout.strip() == "100", logged.stderr


@pytest.mark.slow
def test_the_start_page_s_pipeline_runs(tmp_path: Path) -> None:
    (tmp_path / "cars.py").write_text(blocks(DOCS / "start.md", "python")[0])
    assert command(tmp_path, "check", "cars.py").returncode == 0
    done = command(tmp_path, "run", "cars.py", "-p", "fraction=0.8")
    assert done.returncode == 0, done.stderr
    assert "test_error" in done.stdout
    assert "train_rows" in command(tmp_path, "show").stdout


def test_the_modules_page_s_module_is_an_ordinary_function(tmp_path: Path) -> None:
    module, call = blocks(DOCS / "modules.md", "python")[:2]
    done = run(module + "\n" + call, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.slow
def test_the_tracking_page_s_calls_work(tmp_path: Path) -> None:
    getting, _reading, series, filed = blocks(DOCS / "tracking.md", "python")[:4]
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.txt").write_text("a")
    (tmp_path / "weights.bin").write_bytes(b"w")
    start = "from designer import Experiment\nrun = Experiment('more').start_logging()\nrun.log('loss', 1.0)\nrun.log('loss', 0.5)\n"
    done = run(getting + "\n" + start + series + "\nassert series.values.tolist() == [1.0, 0.5]\n" + filed, tmp_path)
    assert done.returncode == 0, done.stderr


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_every_link_and_picture_is_there(page: Path) -> None:
    targets = re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", page.read_text())
    missing = [
        t for t in targets if not t.startswith(("http://", "https://", "mailto:")) and not (page.parent / t).exists()
    ]
    assert not missing


def test_every_public_name_is_explained() -> None:
    text = "\n".join(page.read_text() for page in PAGES)
    missing = [name for name in designer.__all__ if not name.startswith("_") and not re.search(rf"\b{name}\b", text)]
    assert not missing


def test_the_reference_is_current() -> None:
    script = runpy.run_path(str(ROOT / "scripts" / "reference"))
    assert (DOCS / "commands.md").read_text() == script["commands"](), "run scripts/reference"
    assert (DOCS / "names.md").read_text() == script["names"](), "run scripts/reference"


def test_docs_name_no_machine() -> None:
    for page in PAGES:
        assert not re.search(r"/(?:home|root|work|tmp)/\w", page.read_text()), page.name
