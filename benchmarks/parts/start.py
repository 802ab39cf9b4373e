"""What starting costs: the import, and the command on a small pipeline."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path

from benchmarks import peers
from benchmarks.bench import ROOT, Bench, timed
from benchmarks.table import Row, amount, goal

PEERS = ("trackio", "tensorboardX", "mlflow", "kedro.pipeline", "hamilton.driver", "distributed")
THREE = """
from designer import module, pipeline

@module
def one() -> float:
    return 1.0

@module
def two(value: float) -> float:
    return value * 2

@module
def three(value: float) -> float:
    return value + 1

@pipeline
def numbers():
    three(two(one()))
"""


def measure(bench: Bench) -> list[Row]:
    """The least of several, with files in the disk cache."""
    ours, bare = _importing(sys.executable, "designer", bench), _importing(sys.executable, "sys", bench)
    told = []
    if bench.with_peers:
        found = {name: _importing(str(peers.python()), name, bench) - bare for name in PEERS}
        told = [f"{name.partition('.')[0]} {amount(seconds, 's')}" for name, seconds in found.items()]
    return [
        goal("`import designer`, over an empty Python", ours - bare, 0.3, "s", ", ".join(told)),
        goal("`designer run` of three trivial modules, the whole process", _command(bench), 1, "s"),
    ]


def _importing(python: str, name: str, bench: Bench) -> float:
    taken: list[float] = []
    for _ in range(bench.rounds + 1):
        with timed(taken):
            _run([python, "-c", f"import {name}"], ROOT)
    return min(taken)


def _command(bench: Bench) -> float:
    taken: list[float] = []
    for _ in range(bench.rounds + 1):
        with tempfile.TemporaryDirectory() as folder:
            Path(folder, "numbers.py").write_text(THREE)
            with timed(taken):
                _run(
                    [sys.executable, "-P", "-c", "from designer.cli import main; main()", "run", "numbers.py"],
                    Path(folder),
                )
    return min(taken)


def _run(command: list[str], folder: Path) -> None:
    environment = {name: value for name, value in os.environ.items() if not name.startswith("DESIGNER_")}
    subprocess.run(
        command, check=True, cwd=folder, env={**environment, "PYTHONPATH": str(ROOT)}, stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL, stdin=subprocess.DEVNULL,
    )  # fmt: skip
