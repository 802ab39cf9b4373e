"""The peers' own virtual environment: made at first use in the user's cache folder, anew when `peers.txt` changes."""

from __future__ import annotations

import hashlib
import os
import shutil
import subprocess
import sys
import venv
from pathlib import Path

LIST = Path(__file__).with_name("peers.txt")


def python() -> Path:
    """The Python that has the peers, at the versions of `peers.txt`."""
    cache = Path(os.environ.get("XDG_CACHE_HOME") or Path.home() / ".cache")
    wanted = hashlib.sha256(LIST.read_bytes() + sys.version.encode()).hexdigest()[:12]
    folder = cache / "designer-benchmarks" / wanted
    path = folder / "bin" / "python"
    if not (folder / "complete").exists():
        print(f"installing the peers into {folder} …", file=sys.stderr, flush=True)
        shutil.rmtree(folder, ignore_errors=True)
        venv.create(folder, with_pip=True)
        subprocess.run(
            [path, "-m", "pip", "install", "-qqq", "--disable-pip-version-check", "-r", LIST],
            check=True,
            stdout=sys.stderr,
        )
        (folder / "complete").touch()
    return path


def versions() -> dict[str, str]:
    """Name -> version of every peer."""
    lines = [line for line in LIST.read_text().splitlines() if line and not line.startswith("#")]
    return dict(line.split("==") for line in lines)
