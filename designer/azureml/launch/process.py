"""The script's own process: starting it, stopping it, and what its end means. Elsewhere: the run around it (supervisor.py)."""

from __future__ import annotations

import os
import re
import select
import signal
import subprocess
import time
from typing import TYPE_CHECKING, Any

from designer.host import die_with_parent

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_GRACE = 3.0  # seconds that a script gets to end by itself when it is asked to stop
_TAIL = 16_384  # bytes of its output in which a traceback is looked for
_LINES = 20  # last lines that are kept with the error


class ScriptProcess:
    """A running script. Its output goes straight into a file, so that no size of it costs memory here."""

    def __init__(
        self,
        arguments: Sequence[str] | str,
        folder: str,
        environment: Mapping[str, str],
        output: int,
        stdin: int = subprocess.DEVNULL,
        own_group: bool = True,
    ) -> None:
        self.own_group = own_group
        self.process = subprocess.Popen(
            arguments,
            cwd=folder,
            env=dict(environment),
            stdin=stdin,
            stdout=output,
            stderr=subprocess.STDOUT,
            shell=isinstance(arguments, str),
            executable="/bin/bash" if isinstance(arguments, str) and os.path.exists("/bin/bash") else None,
            process_group=0 if own_group else None,
            preexec_fn=die_with_parent,
        )

    def wait(self, pause: float, look: Callable[[], str | None]) -> tuple[int, str | None]:
        """Wait for its end. `look` is called every `pause` seconds; a reason that it gives stops the script.

        Returns the exit code, negative for a signal, and the reason why it was stopped.
        """
        stopped = None
        ends = (
            os.pidfd_open(self.process.pid) if hasattr(os, "pidfd_open") else -1
        )  # readable when the process has ended
        try:
            while not self._ended(ends, pause):
                if stopped is None and (stopped := look()) is not None:
                    self.stop()
        finally:
            if ends >= 0:
                os.close(ends)
        return self.process.wait(), stopped

    def _ended(self, ends: int, pause: float) -> bool:
        """Whether it ends within a time; returns at once when it does."""
        if ends >= 0:
            waiting = select.poll()
            waiting.register(ends, select.POLLIN)
            waiting.poll(pause * 1000)
            return self.process.poll() is not None
        try:
            self.process.wait(pause)
        except subprocess.TimeoutExpired:
            return False
        return True

    def stop(self) -> None:
        """Ask it to end, and end it when it doesn't; with all that it has started."""
        self._signal(signal.SIGTERM)
        until = time.monotonic() + _GRACE
        while time.monotonic() < until:
            if self.process.poll() is not None:
                break
            time.sleep(0.02)
        self._signal(signal.SIGKILL)

    def _signal(self, number: int) -> None:
        try:
            if self.own_group:
                os.killpg(self.process.pid, number)
            elif self.process.poll() is None:
                os.kill(self.process.pid, number)
        except (ProcessLookupError, PermissionError):
            pass


_EXCEPTION = re.compile(r"^(?P<type>[A-Za-z_][\w.]*)(?:: (?P<message>.*))?$")


def error_of(code: int, tail: str) -> dict[str, Any]:
    """Why a script that ended with this code failed, with its last lines, and its exception where the output shows one."""
    lines = [line for line in tail.rstrip().splitlines() if line.strip()]
    error: dict[str, Any] = {"code": "UserError", "exit_code": code, "last_lines": lines[-_LINES:]}
    trace = tail.rfind("Traceback (most recent call last):")
    found = None
    if trace >= 0:
        body = tail[trace:].splitlines()
        end = next((at for at, line in enumerate(body[1:], 1) if line and not line[0].isspace()), None)
        found = _EXCEPTION.match(body[end]) if end is not None else None
        if found is not None:
            error["type"] = found["type"]
            error["traceback"] = "\n".join(body[: (end or 0) + 1])
            places = re.findall(r'File "([^"]+)", line (\d+)', error["traceback"])
            if places:
                error["file"], error["line"] = os.path.basename(places[-1][0]), int(places[-1][1])
    if code < 0:
        name = signal.Signals(-code).name
        hint = ", most often by the kernel for lack of memory" if -code == signal.SIGKILL else ""
        error["code"] = "ScriptKilled" if -code == signal.SIGKILL else "ScriptCrashed"
        error["message"] = f"the script's process was ended by the signal {name}{hint}"
    elif found is not None:
        message = f": {found['message']}" if found["message"] else ""
        error["message"] = f"User program failed with {found['type']}{message}"
    else:
        last = f"; its last line: {lines[-1]}" if lines else ""
        error["message"] = f"the script ended with exit code {code}{last}"
    return error


def tail_of(descriptor: int) -> str:
    """The last part of an output file."""
    size = os.fstat(descriptor).st_size
    return os.pread(descriptor, _TAIL, max(0, size - _TAIL)).decode("utf-8", "replace")
