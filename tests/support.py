"""What tests of running things share: project folders, programs and commands in processes of their own, waiting.

Elsewhere: pipelines as data (shapes.py), random ones (strategies.py), fixtures (conftest.py).
"""

from __future__ import annotations

import faulthandler
import importlib
import json
import os
import signal
import subprocess
import sys
import tempfile
import textwrap
import time
import traceback
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_COMMAND = ["-P", "-c", "from designer.cli import main; main()"]  # what the console script does
LIMIT = 60.0  # seconds after which something that must happen counts as never happening


@dataclass
class Result:
    """How a command ended."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """The one JSON value on standard output; fails when there is anything else."""
        return json.loads(self.out)


@dataclass(frozen=True)
class Project:
    """A folder with pipelines and modules in it, and a store."""

    folder: Path

    @property
    def store(self) -> Path:
        """Where its runs are kept."""
        return self.folder / ".designer"

    def write(self, name: str, text: str) -> Path:
        """Make a file of it."""
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(text), encoding="utf-8")
        return path

    def designer(self, *arguments: str, **options: Any) -> Result:
        """Call the command line in it, in a process of its own that is forked off this one and so has imported all it needs."""
        return _forked(self.folder, arguments, **options)

    def real_designer(self, *arguments: str, **options: Any) -> Result:
        """Call the command line in it as a shell does."""
        return self._finished([*_COMMAND, *arguments], **options)

    def python(self, program: str, *arguments: str, **options: Any) -> Result:
        """Run a Python program in it."""
        return self._finished(["-c", textwrap.dedent(program), *arguments], **options)

    def start(self, program: str, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start a Python program in it."""
        return self._started(["-c", textwrap.dedent(program), *arguments], **options)

    def start_designer(self, *arguments: str, **options: Any) -> subprocess.Popen[str]:
        """Start the command line in it."""
        return self._started([*_COMMAND, *arguments], **options)

    def end_all(self) -> None:
        """Kill every process that works in it."""
        for process in Path("/proc").glob("[0-9]*"):
            try:
                inside = (process / "cwd").readlink().is_relative_to(self.folder)
            except OSError:  # it has just ended, or is somebody else's
                continue
            if inside and int(process.name) != os.getpid():
                os.kill(int(process.name), signal.SIGKILL)

    def _started(self, arguments: list[str], env: dict[str, str] | None = None) -> subprocess.Popen[str]:
        return subprocess.Popen(
            [sys.executable, *arguments],
            cwd=self.folder, env=environment(env), text=True,
            stdin=subprocess.DEVNULL, stdout=subprocess.PIPE, stderr=subprocess.PIPE, preexec_fn=_hear_ctrl_c,
        )  # fmt: skip

    def _finished(self, arguments: list[str], env: dict[str, str] | None = None) -> Result:
        with self._started(arguments, env) as process:
            out, err = process.communicate(timeout=LIMIT)
        return Result(process.returncode, out, err)


def _forked(folder: Path, arguments: Sequence[str], env: dict[str, str] | None = None) -> Result:
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        pid = os.fork()
        if pid == 0:
            code = 70
            try:
                faulthandler.disable()  # pytest's writes to pytest's own output
                importlib.reload(warnings)  # pytest's way of showing them is not the command's
                warnings.resetwarnings()
                os.chdir(folder)
                os.dup2(os.open(os.devnull, os.O_RDONLY), 0)
                for number, file, name in ((1, out, "stdout"), (2, err, "stderr")):
                    os.dup2(file.fileno(), number)
                    setattr(sys, name, os.fdopen(number, "w", encoding="utf-8", closefd=False))
                os.environ.clear()
                os.environ.update(environment(env))
                code = _call(arguments)
            finally:
                sys.stdout.flush()
                sys.stderr.flush()
                os._exit(code)
        code = _ended(pid)
        texts = []
        for file in (out, err):
            file.seek(0)
            texts.append(file.read().decode("utf-8", "replace"))
    return Result(code, *texts)


def _call(arguments: Sequence[str]) -> int:
    from designer.cli import main

    sys.argv = ["designer", *arguments]
    try:
        main()
    except SystemExit as ended:
        if isinstance(ended.code, str):
            print(ended.code, file=sys.stderr)
            return 1
        return ended.code or 0
    except BaseException:
        traceback.print_exc()
        return 1
    return 0


def _ended(pid: int) -> int:
    end = time.monotonic() + LIMIT
    while time.monotonic() < end:
        found, status = os.waitpid(pid, os.WNOHANG)
        if found:
            return os.waitstatus_to_exitcode(status)
        time.sleep(0.005)
    os.kill(pid, signal.SIGKILL)
    os.waitpid(pid, 0)
    raise AssertionError(f"the command did not end within {LIMIT:g} s")


def environment(more: dict[str, str] | None = None) -> dict[str, str]:
    """The environment of a program: this one's, where designer can be imported, without what points to another store."""
    own = {name: value for name, value in os.environ.items() if not name.startswith("DESIGNER_")}
    package = str(Path(__file__).resolve().parents[1])
    return {**own, "PYTHONPATH": package, "PYTHONUNBUFFERED": "1", "COLUMNS": "200", **(more or {})}


def eventually(what: Callable[[], Any], limit: float = LIMIT) -> Any:
    """What a call gives once it is true; fails when it never is."""
    end = time.monotonic() + limit
    while True:
        value = what()
        if value:
            return value
        if time.monotonic() > end:
            raise AssertionError(f"never became true: {what}")
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether a process is there and is no zombie."""
    try:
        status = Path(f"/proc/{pid}/stat").read_text()
    except (FileNotFoundError, ProcessLookupError):
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def _hear_ctrl_c() -> None:
    """What a shell starts in the background is deaf to it, and so is all that the tests start there."""
    signal.signal(signal.SIGINT, signal.SIG_DFL)
