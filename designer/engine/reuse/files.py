"""Files that modules read: noticed while they run, compared before a result is taken again.

Whoever forgets to declare a file would otherwise get yesterday's result for today's data. Python tells of every `open`
(sys.addaudithook); files of the interpreter, of installed packages, of the store, and what a module wrote itself don't count.
"""

from __future__ import annotations

import os
import sys
import tempfile
import threading
from contextlib import contextmanager
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.store.artifacts import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MISSING = "missing"

_here = threading.local()
_installed = False


class _Watch:
    def __init__(self) -> None:
        self.read: dict[str, None] = {}
        self.written: set[str] = set()


@contextmanager
def noticing() -> Iterator[_Watch]:
    """Notice the files that this thread opens in the block. Ask `read_files` for them afterwards."""
    global _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    watch = _Watch()
    before = getattr(_here, "watch", None)
    _here.watch = watch
    try:
        yield watch
    finally:
        _here.watch = before


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open":
        return
    watch = getattr(_here, "watch", None)
    if watch is None:
        return
    path, mode, flags = arguments
    if not isinstance(path, (str, bytes)):
        return
    name = os.fsdecode(path)
    writes = (
        bool(flags & (os.O_WRONLY | os.O_RDWR)) if isinstance(flags, int) else any(c in (mode or "") for c in "wax+")
    )
    (watch.written.add if writes else watch.read.setdefault)(name)


def read_files(watch: _Watch, store: Path) -> dict[str, str]:
    """Path -> digest of the files that were read and count."""
    written = {os.path.abspath(name) for name in watch.written}
    ignored = (*_ignored(), str(store))
    found: dict[str, str] = {}
    for name in watch.read:
        path = os.path.abspath(name)
        if (
            path in written
            or path.startswith(ignored)
            or path.endswith((".py", ".pyc", ".so"))
            or "__pycache__" in path
        ):
            continue
        if os.path.isfile(path):
            found[path] = digest(path)
    return found


@lru_cache(maxsize=1)
def _ignored() -> tuple[str, ...]:
    places = [
        sys.prefix,
        sys.base_prefix,
        tempfile.gettempdir() + os.sep + "designer-",
        "/proc/",
        "/sys/",
        "/dev/",
        "/etc/",
        "/usr/",
    ]
    places += [path for path in sys.path if "site-packages" in path or "dist-packages" in path]
    return tuple(dict.fromkeys(str(place) for place in places))


def digest(path: str | os.PathLike[str]) -> str:
    """The content's digest of a file or folder; `missing` when it isn't there. Unchanged files are read once."""
    try:
        found = os.stat(path)
    except OSError:
        return MISSING
    if os.path.isdir(path):
        return digest_of(Path(path))[0]
    return _digest(os.path.abspath(path), found.st_mtime_ns, found.st_size)


@lru_cache(maxsize=4096)
def _digest(path: str, modified: int, size: int) -> str:
    return digest_of(Path(path))[0]


def declared(names: tuple[str, ...], parameters: Mapping[str, Any]) -> dict[str, str]:
    """Path -> digest for the parameters that a module declares to hold paths."""
    paths: list[str] = []
    for name in names:
        value = parameters.get(name)
        paths += [
            str(item) for item in (value if isinstance(value, (list, tuple)) else [value]) if item not in (None, "")
        ]
    return {path: digest(path) for path in paths}
