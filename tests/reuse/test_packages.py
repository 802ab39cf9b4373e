"""Versions of the packages that a module imports."""

from __future__ import annotations

import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

PROJECT = """\
from designer import module, pipeline
import measuring

@module
def measure(*, k: int = 0) -> float:
    return measuring.pi + k

@module
def plain(x: float) -> float:
    return x

@pipeline
def measured():
    plain(measure())
"""


@pytest.mark.slow
def test_a_new_version_of_an_imported_package_reruns_what_imports_it(tmp_path: Path) -> None:
    library = tmp_path / "library"
    library.mkdir()
    (library / "measuring.py").write_text("pi = 3.14\n")
    (tmp_path / "measured.py").write_text(PROJECT)

    def installed(version: str) -> None:
        for old in library.glob("*.dist-info"):
            shutil.rmtree(old)
        info = library / f"measuring_things-{version}.dist-info"
        info.mkdir()
        (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: measuring-things\nVersion: {version}\n")
        (info / "top_level.txt").write_text("measuring\n")
        (info / "RECORD").write_text("measuring.py,,\n")

    def ask(method: str) -> dict[str, dict[str, object]]:
        script = (
            f"import sys, json; sys.path.insert(0, {str(library)!r}); from measured import measured\n"
            f"if {method!r} == 'run': measured.run(executor='serial')\n"
            "print(json.dumps(measured.plan()))"
        )
        done = subprocess.run([sys.executable, "-c", script], cwd=tmp_path, capture_output=True, text=True, check=True)
        found: dict[str, dict[str, object]] = json.loads(done.stdout)
        return found

    installed("1.8")
    assert {one["action"] for one in ask("run").values()} == {"reuse"}
    installed("1.9")
    plan = ask("plan")
    assert plan["measure"]["reason"] == {"kind": "package_changed", "text": "package measuring-things 1.8 -> 1.9"}
    assert plan["plain"]["action"] == "maybe"
