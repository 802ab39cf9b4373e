"""Which files of a folder a snapshot leaves out: `.amlignore`, else `.gitignore`, in git's pattern language (gitignore(5))."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Never of use to a run: version control, caches, our own store, and what an earlier run has left.
ALWAYS = (
    ".git/",
    "__pycache__/",
    ".designer/",
    ".ipynb_checkpoints/",
    ".venv/",
    "node_modules/",
    "/outputs/",
    "/logs/",
)


class Ignored:
    """The patterns of one folder. The last one that matches a path decides; `!pattern` takes it in again."""

    def __init__(self, lines: list[str]) -> None:
        self.rules = [rule for rule in map(_rule, lines) if rule is not None]

    @classmethod
    def of(cls, folder: Path) -> Ignored:
        """What the folder's own file says, and what is always left out."""
        for name in (".amlignore", ".gitignore"):
            path = folder / name
            if path.is_file():
                return cls([*ALWAYS, *path.read_text(encoding="utf-8", errors="replace").splitlines()])
        return cls(list(ALWAYS))

    def __call__(self, path: str, folder: bool) -> bool:
        """Whether a `/`-separated path below the folder is left out."""
        answer = False
        for pattern, keeps, folders_only in self.rules:
            if (folder or not folders_only) and pattern.fullmatch(path):
                answer = not keeps
        return answer


def walk(root: Path, skip: Path | None = None) -> Iterator[tuple[str, os.DirEntry[str]]]:
    """The files below a folder that aren't ignored, by name, with their directory entries. `skip` is a folder to leave out."""
    ignored = Ignored.of(root)
    stack = [("", os.fspath(root))]
    while stack:
        prefix, folder = stack.pop()
        with os.scandir(folder) as entries:
            found = sorted(entries, key=lambda entry: entry.name)
        for entry in found:
            name = f"{prefix}{entry.name}"
            is_folder = entry.is_dir()
            if ignored(name, is_folder) or (skip is not None and is_folder and os.path.samefile(entry.path, skip)):
                continue
            if is_folder:
                if not entry.is_symlink():  # a link to a folder may lead round in a circle
                    stack.append((f"{name}/", entry.path))
            elif entry.is_file():
                yield name, entry


def _rule(line: str) -> tuple[re.Pattern[str], bool, bool] | None:
    line = line.rstrip("\r\n")
    if not line.endswith("\\ "):
        line = line.rstrip(" ")
    if not line or line.startswith("#"):
        return None
    keeps = line.startswith("!")
    line = line[1:] if keeps else line
    line = line.removeprefix("\\")
    folders_only = line.endswith("/")
    line = line.rstrip("/")
    anchored = "/" in line
    line = line.lstrip("/")
    if not line:
        return None
    return re.compile(("" if anchored else "(?:.*/)?") + _regex(line)), keeps, folders_only


def _regex(pattern: str) -> str:
    parts, at = [], 0
    while at < len(pattern):
        character = pattern[at]
        if pattern.startswith("**/", at):
            parts.append("(?:.*/)?")
            at += 3
        elif pattern.startswith("/**", at) and at + 3 == len(pattern):
            parts.append("/.*")
            at += 3
        elif character == "*":
            while pattern.startswith("*", at):
                at += 1
            parts.append("[^/]*")
        elif character == "?":
            parts.append("[^/]")
            at += 1
        elif character == "[" and "]" in pattern[at + 2 :]:
            end = pattern.index("]", at + 2)
            inner = pattern[at + 1 : end]
            parts.append(f"[{'^' + inner[1:] if inner[0] in '!^' else inner}]".replace("\\", "\\\\"))
            at = end + 1
        elif character == "\\" and at + 1 < len(pattern):
            parts.append(re.escape(pattern[at + 1]))
            at += 2
        else:
            parts.append(re.escape(character))
            at += 1
    return "".join(parts)
