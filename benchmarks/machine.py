"""What the numbers depend on: cores, memory, Python, versions, and how busy the machine was."""

from __future__ import annotations

import os
import platform
import sqlite3
from datetime import UTC, datetime
from importlib.metadata import version

import psutil

from benchmarks import peers
from designer.host import cores


def facts(with_peers: bool) -> list[str]:
    """One fact a line."""
    memory = psutil.virtual_memory().total / 2**30
    lines = [
        f"{datetime.now(UTC):%Y-%m-%d %H:%M} UTC, {platform.system()} {platform.machine()}, {cores()} cores, {memory:.0f} GB memory, "
        f"load {os.getloadavg()[1]:.1f} at the end",
        f"Python {platform.python_version()}, SQLite {sqlite3.sqlite_version}, designer {version('designer')}, "
        + ", ".join(f"{name} {version(name)}" for name in ("numpy", "pandas", "pyarrow", "pydantic", "sqlalchemy")),
    ]
    if with_peers:
        lines.append("Peers: " + ", ".join(f"{name} {number}" for name, number in peers.versions().items()))
    return lines
