"""A package of somebody else's: its modules join the palette, a broken one is shown with its error, the rest works."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = Path(__file__).parent / "sample_package"


@pytest.fixture
def site(tmp_path):
    """A site folder in which the sample package is installed, as an installer would leave it."""
    project = tomllib.loads((SOURCE / "pyproject.toml").read_text())["project"]
    shutil.copytree(SOURCE / "shop_modules", tmp_path / "site" / "shop_modules")
    info = tmp_path / "site" / f"{project['name'].replace('-', '_')}-{project['version']}.dist-info"
    info.mkdir()
    (info / "METADATA").write_text(f"Metadata-Version: 2.1\nName: {project['name']}\nVersion: {project['version']}\n")
    entries = "\n".join(f"{name} = {value}" for name, value in project["entry-points"]["designer.modules"].items())
    (info / "entry_points.txt").write_text(f"[designer.modules]\n{entries}\n")
    return tmp_path / "site"


def designer(*arguments, site, folder):
    """The command line, in a folder, with what is installed in `site`."""
    environment = {**os.environ, "PYTHONPATH": f"{site}{os.pathsep}{ROOT}"}
    command = [sys.executable, "-c", "from designer.cli import main; main()", *arguments]
    return subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)


def test_its_modules_are_listed_and_the_broken_one_says_why(site, tmp_path):
    ended = designer("modules", "--json", site=site, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    listed = {one["id"]: one for one in json.loads(ended.stdout)}
    assert listed["add_tax"]["title"] == "Add Tax"
    assert listed["huber_regression"]["category"] == "Shop"
    assert listed["huber_regression"]["parameters"]["properties"]["epsilon"]["default"] == 1.35
    assert "a_library_that_nobody_has" in json.dumps(listed["shop_modules.broken"])
    assert "split_data" in listed


def test_its_modules_run_beside_the_palettes(site, tmp_path):
    (tmp_path / "shop.py").write_text(
        "from designer import pipeline\n"
        "from modules.data_input_output.enter_data_manually import enter_data_manually\n"
        "from shop_modules.prices import add_tax\n\n\n"
        "@pipeline\ndef shop():\n"
        "    add_tax(enter_data_manually(data='price\\n10\\n20\\n'), rate=0.1)\n"
    )
    ended = designer("run", "shop.py", "--json", "--executor", "serial", site=site, folder=tmp_path)
    assert ended.returncode == 0, ended.stderr
    assert json.loads(ended.stdout)["nodes"]["add_tax"]["metrics"]["tax"] == pytest.approx(3.0)
