"""Handing a run to a supervisor of its own. Elsewhere: what the supervisor does (supervisor.py)."""

from __future__ import annotations

import atexit
import subprocess
import sys
from typing import TYPE_CHECKING

from designer.azureml.exceptions import AzureMLException

if TYPE_CHECKING:
    from collections.abc import Callable

SUPERVISOR = "designer.azureml.launch.supervisor"


def start(make: Callable[[], str], module: str = SUPERVISOR) -> None:
    """Start a supervisor, and give it what `make` returns; both at once, because each takes its time.

    Returns when the run exists. Raises `AzureMLException` when it could not be started.
    """
    # Our own import path instead of the interpreter's start-up files: quicker, and the script's environment stays as it is.
    code = f"import sys; sys.path[:] = {sys.path!r}; from {module} import main; main()"
    process = subprocess.Popen(
        [sys.executable, "-S", "-E", "-c", code],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )
    assert process.stdin is not None
    assert process.stdout is not None
    assert process.stderr is not None
    try:
        text = make()
    except BaseException:
        process.stdin.close()
        process.wait()
        process.stdout.close()
        process.stderr.close()
        raise
    with process.stdin, process.stdout, process.stderr:
        try:
            process.stdin.write(text.encode())
            process.stdin.close()
        except BrokenPipeError:
            pass
        answer = process.stdout.readline()
        if answer != b"ok\n":
            said = process.stderr.read().decode(errors="replace").strip()
            process.wait()
            raise AzureMLException(f"the run could not be started: {said or 'its supervisor ended at once'}")
    _leave_alone(process)


def _leave_alone(process: subprocess.Popen[bytes]) -> None:
    """It outlives us; no warning about that, and no zombie where we outlive it."""
    _started.append(process)
    _started[:] = [one for one in _started if one.poll() is None]


_started: list[subprocess.Popen[bytes]] = []


def _forget() -> None:
    for process in _started:
        process.returncode = 0 if process.returncode is None else process.returncode  # no ResourceWarning at exit


atexit.register(_forget)
