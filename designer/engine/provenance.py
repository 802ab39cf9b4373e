"""What it takes to repeat a run, beside its document and code: Python, machine, packages, command, commit and what isn't committed.

Environment variables are never kept: they hold secrets. Elsewhere: repeating a run (repeat.py), comparing two (designer/compare/).
"""

from __future__ import annotations

import os
import platform
import re
import subprocess
import sys
from functools import lru_cache
from typing import TYPE_CHECKING, Any

import designer
from designer.engine.reuse.syntax import stamp

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from designer.declare.module import Module
    from designer.engine.reuse.syntax import Stamp
    from designer.store.artifacts import Artifacts

_DISTRIBUTION = re.compile(r"^([^-]+)-([^-]+)\.(?:dist-info|egg-info)$")
_GIT = ("git", "--no-optional-locks", "-c", "core.fsmonitor=false")
_PATIENCE = 10.0  # seconds after the run's end for which git is waited for
_MOST = 50_000_000  # bytes of a diff that are kept


class Provenance:
    """What a run runs in: known at its start, but for what git answers in the meantime."""

    def __init__(self, command: Sequence[str], folder: Path, artifacts: Artifacts) -> None:
        machine = os.uname()
        self._git = _Git(folder, artifacts)
        self.environment: dict[str, Any] = {
            "python": platform.python_version(),
            "implementation": platform.python_implementation(),
            "platform": f"{machine.sysname} {machine.machine}",
            "kernel": machine.release,
            "designer": designer.__version__,
            "command": list(command),
            "packages": dict(installed()),
        }

    def completed(self) -> dict[str, Any] | None:
        """The environment with what git answered; None when there is nothing to add."""
        state = self._git.state()
        return {**self.environment, "git": state} if state else None


def installed() -> Mapping[str, str]:
    """Distribution -> version of all that is installed, from the names of their folders."""
    return _installed(tuple((path, stamp(path)) for path in dict.fromkeys(sys.path) if os.path.isdir(path)))


@lru_cache(maxsize=4)
def _installed(places: tuple[tuple[str, Stamp], ...]) -> Mapping[str, str]:
    found: dict[str, str] = {}
    for place, _ in places:
        for name in os.listdir(place):
            match = _DISTRIBUTION.match(name)
            if match is not None:
                found.setdefault(
                    match[1].replace("_", "-"), match[2]
                )  # the first on the path is the one that is imported
    return dict(sorted(found.items()))


def sources(modules: Mapping[str, Module[Any, Any]]) -> dict[str, dict[str, str]]:
    """Module -> where it was declared, to find it again: Python module, name in it, file."""
    return {
        id: {
            "module": module.function.__module__,
            "name": module.function.__qualname__,
            "file": os.path.abspath(module.function.__code__.co_filename),
        }
        for id, module in modules.items()
    }


class _Git:
    """The state of the repository around a folder, asked for while the run goes on. Nothing, where there is none."""

    def __init__(self, folder: Path, artifacts: Artifacts) -> None:
        self._artifacts = artifacts
        self._commit: subprocess.Popen[str] | None = None
        self._diff: subprocess.Popen[bytes] | None = None
        top = next((place for place in (folder, *folder.parents) if (place / ".git").exists()), None)
        if top is None:
            return
        self._scratch = artifacts.scratch(".diff")
        variables = {name: value for name, value in os.environ.items() if not name.startswith("GIT_")}
        options: dict[str, Any] = {
            "cwd": top,
            "env": variables,
            "stdin": subprocess.DEVNULL,
            "stderr": subprocess.DEVNULL,
        }
        try:
            self._commit = subprocess.Popen([*_GIT, "rev-parse", "HEAD"], stdout=subprocess.PIPE, text=True, **options)
            with self._scratch.open("wb") as file:
                self._diff = subprocess.Popen(
                    [*_GIT, "diff", "HEAD", "--no-ext-diff", "--no-textconv", "--no-color", "--binary"],
                    stdout=file,
                    **options,
                )
        except FileNotFoundError:  # git isn't installed
            self._scratch.unlink(missing_ok=True)

    def state(self) -> dict[str, Any]:
        """The commit, and the digest of the diff to it when there is one. Waits for git's answer."""
        if self._commit is None or self._diff is None:
            return {}
        try:
            text, _ = self._commit.communicate(timeout=_PATIENCE)
            ended_well = self._diff.wait(timeout=_PATIENCE) == 0
        except subprocess.TimeoutExpired:
            for process in (self._commit, self._diff):
                process.kill()
                process.wait()
            text, ended_well = "", False
        found: dict[str, Any] = {"commit": text.strip()} if text.strip() else {}
        size = self._scratch.stat().st_size
        if ended_well and 0 < size <= _MOST:
            found["diff"], _ = self._artifacts.adopt(self._scratch)
        else:
            self._scratch.unlink(missing_ok=True)
        if size:
            found["dirty"] = True
        return found
