"""How a program tells what it has measured: one JSON object on the last line of its standard output."""

from __future__ import annotations

import json
import sys
from pathlib import Path
from typing import Any


def answer(**measured: Any) -> None:
    """Print what was measured and end at once: what a peer does at its exit is not measured and may print."""
    print("\n" + json.dumps(measured), flush=True)
    sys.stdout.close()


def size_of(folder: str) -> int:
    """The bytes of all files below a folder."""
    return sum(path.stat().st_size for path in Path(folder).rglob("*") if path.is_file())
