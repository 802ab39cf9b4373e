"""A workspace in a folder of its own for each test, with Azure ML's names importable."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest

os.environ.setdefault("DESIGNER_OLD_NAMES", "off")  # the packages stay as they are for the tests of other rooms

import designer.azureml.install  # noqa: F401 - makes `azureml` importable
from designer.azureml.launch.variables import SITE
from designer.tracking import context

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    """The working folder; its store is `.designer` within."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("DESIGNER_STORE", str(tmp_path / ".designer"))
    for name in list(os.environ):
        if name.startswith(("DESIGNER_RUN", "AZUREML_")):
            monkeypatch.delenv(name)
    yield tmp_path
    context.started_here.clear()
    from designer.store.place import _places

    for place in list(_places.values()):
        if place.folder.is_relative_to(tmp_path):
            place.close()


@pytest.fixture
def ws(folder: Path) -> Any:
    """The workspace."""
    from azureml.core import Workspace

    return Workspace.from_config()


@pytest.fixture
def exp(ws: Any) -> Any:
    """An experiment."""
    from azureml.core import Experiment

    return Experiment(ws, "tests")


@pytest.fixture
def script(folder: Path) -> Callable[..., str]:
    """Writes a script into the folder `src`; gives that folder."""

    def write(text: str, name: str = "train.py") -> str:
        (folder / "src").mkdir(exist_ok=True)
        (folder / "src" / name).write_text(text)
        return str(folder / "src")

    return write


@pytest.fixture
def submitted(exp: Any, script: Callable[..., str]) -> Callable[..., Any]:
    """Submits a script and waits for its end."""

    def submit(text: str, *arguments: Any, raise_on_error: bool = True, **config: Any) -> Any:
        from azureml.core import ScriptRunConfig

        run = exp.submit(ScriptRunConfig(script(text), script="train.py", arguments=list(arguments), **config))
        run.wait_for_completion(raise_on_error=raise_on_error)
        return run

    return submit


def python(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the working folder."""
    env = {**os.environ, "PYTHONPATH": str(SITE.parents[2]), **environment}
    return subprocess.run([sys.executable, *arguments], capture_output=True, text=True, env=env, check=False)
