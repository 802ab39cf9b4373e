"""Runs the programs in `work/`, in this project's Python or the peers', each in a fresh process. Elsewhere: which ones (parts/)."""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from benchmarks import peers
from benchmarks.memory import PeakMemory

if TYPE_CHECKING:
    from collections.abc import Iterator

WORK = Path(__file__).with_name("work")
ROOT = WORK.parent.parent
PATIENCE = 300  # seconds that one program may take

Answer = dict[str, Any]


class ProgramError(Exception):
    """A program failed; the message ends with what it printed."""


MEASURED_IN_MEMORY = "_frame"  # programs whose peak memory is asked for


@dataclass
class Bench:
    """How often to repeat, and whether peers take part."""

    rounds: int = 3
    with_peers: bool = True
    skipped: list[str] = field(default_factory=list)  # what could not be measured, and why

    def ours(self, program: str, *arguments: object) -> Answer:
        """What a program of this project's answers."""
        return self._answer(Path(sys.executable), program, arguments)

    def peer(self, program: str, *arguments: object) -> Answer | None:
        """What a peer's program answers. None without peers, or when it fails: that is noted and the rest goes on."""
        if not self.with_peers:
            return None
        try:
            return self._answer(peers.python(), program, arguments)
        except (ProgramError, subprocess.TimeoutExpired) as error:
            self.skipped.append(f"{program} {' '.join(map(str, arguments))}: {str(error).strip().splitlines()[-1]}")
            return None

    def alternately(self, programs: dict[str, tuple[object, ...]], folder: bool = False) -> dict[str, list[Answer]]:
        """The answers of several programs, run in turns, so that what else the machine does meets all of them.

        Keys are programs' file names without `.py`; those of this project begin with `designer`. With `folder`, each gets an
        empty folder of its own as its last argument, which is removed afterwards.
        """
        found: dict[str, list[Answer]] = {name: [] for name in programs}
        for _ in range(self.rounds):
            for name, arguments in programs.items():
                with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as place:
                    run = self.ours if name.startswith("designer") else self.peer
                    answer = run(name, *arguments, *([place] if folder else []))
                if answer is not None:
                    found[name].append(answer)
        return found

    def _answer(self, python: Path, program: str, arguments: tuple[object, ...]) -> Answer:
        print(
            f"  {program} {' '.join(str(a) for a in arguments if not str(a).startswith('/'))}",
            file=sys.stderr,
            flush=True,
        )
        command = [str(python), str(WORK / f"{program}.py"), *map(str, arguments)]
        with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as scratch, PeakMemory() as memory:
            process = subprocess.Popen(
                command,
                stdout=subprocess.PIPE,
                stderr=subprocess.PIPE,
                text=True,
                env=_environment(scratch),
                cwd=scratch,
            )
            if program.endswith(
                MEASURED_IN_MEMORY
            ):  # looking costs a share of a core, which the others' times are not to pay
                memory.watch(process.pid)
            try:
                out, err = process.communicate(timeout=PATIENCE)
            except subprocess.TimeoutExpired:
                os.killpg(process.pid, signal.SIGKILL)  # it and all that it has started
                process.communicate()
                raise
        if process.returncode:
            raise ProgramError(f"{program} ended with exit code {process.returncode}\n{out}\n{err}")
        line = next(line for line in reversed(out.splitlines()) if line.startswith("{"))
        return {**json.loads(line), "peak": memory.peak}


def _environment(scratch: str) -> dict[str, str]:
    """Nothing of ours in the way: temporary files in one folder, no store, no telemetry, one thread for linear algebra."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("DESIGNER_", "PYTHON"))}
    quiet = {
        "DO_NOT_TRACK": "1",
        "KEDRO_DISABLE_TELEMETRY": "1",
        "HAMILTON_TELEMETRY_ENABLED": "false",
        "TRACKIO_LOG_LEVEL": "ERROR",
    }
    return {**kept, **quiet, "TMPDIR": scratch, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}


def middle(answers: list[Answer], name: str) -> float:
    """The median of one number in several answers; NaN when there are none."""
    return statistics.median(answer[name] for answer in answers) if answers else float("nan")


def least(answers: list[Answer], name: str) -> float:
    """The smallest of one number in several answers: what else the machine does only ever adds to a time."""
    return min((answer[name] for answer in answers), default=float("nan"))


@contextmanager
def timed(into: list[float]) -> Iterator[None]:
    """Append how long the block took, in seconds."""
    began = time.perf_counter()
    yield
    into.append(time.perf_counter() - began)
