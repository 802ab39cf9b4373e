"""Stores and projects that end with their test."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import pytest

from designer.store.place import Place
from tests.reuse.kit import Project

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(autouse=True)
def _no_bytecode(monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are edited within a second, which Python's own cache of compiled files can't tell."""
    monkeypatch.setattr(sys, "dont_write_bytecode", True)


@pytest.fixture
def place(tmp_path: Path) -> Iterator[Place]:
    where = Place(tmp_path / "store")
    yield where
    where.close()


@pytest.fixture
def project(tmp_path: Path) -> Iterator[Project]:
    made = Project(tmp_path / "project")
    yield made
    made.close()
