"""What all tests share: how hypothesis searches, places to keep runs in, project folders.

`HYPOTHESIS_PROFILE=thorough` looks longer for an exception to a law.
"""

from __future__ import annotations

import os
import shutil
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings

from designer.store.place import Place, place
from designer.tracking import context
from tests.support import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from designer.tracking.experiment import Experiment

# No deadline and no health check of speed: a busy machine is no reason to fail.
settings.register_profile("quick", max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
settings.register_profile("thorough", settings.get_profile("quick"), max_examples=500)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))


BROWSERS = ("chromium", "chromium-browser", "google-chrome")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Leave the browser's tests out where there is no browser. Not in CI: there they fail without one."""
    if os.environ.get("CI") or any(shutil.which(name) for name in BROWSERS):
        return
    left_out = pytest.mark.skip(reason="no Chromium here: install it, and the page is tested, too")
    for item in items:
        if item.get_closest_marker("browser"):
            item.add_marker(left_out)


@pytest.fixture
def where(tmp_path: Path) -> Iterator[Place]:
    """An empty store's folder, as a process that writes to it sees it."""
    found = place(tmp_path / "store")
    yield found
    for run in list(context.started_here.values()):
        context.started_here.pop(run.id, None)  # runs that a test left open end with the test, not with pytest
    found.close()


@pytest.fixture
def experiment(where: Place, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Experiment:
    """An experiment in an empty store, in a working folder of its own."""
    from designer import Experiment

    monkeypatch.chdir(tmp_path)
    return Experiment("experiment", place=where)


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    """An empty project folder. Whatever a failing test left running in it ends with the test."""
    folder = tmp_path / "project"
    folder.mkdir()
    found = Project(folder)
    yield found
    found.end_all()
