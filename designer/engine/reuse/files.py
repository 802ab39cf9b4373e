"""Files that modules read: noticed while they run, compared before a result is taken again.

Whoever forgets to declare a file would otherwise get yesterday's result for today's data. Python tells of every `open` in the
module's thread (sys.addaudithook); files of the interpreter, of installed packages, of the store, and what a module wrote itself
don't count.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import lru_cache
from glob import glob, has_magic
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.engine.reuse.syntax import Stamp, stamp
from designer.store.artifacts import digest_of

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

MISSING = "missing"
UNKNOWN = "changed while it was read"
_YOUNG = 2_000_000_000  # nanoseconds: a file changed so lately may change again without its times telling

_here = threading.local()
_installed = False


class Watch:
    """The names of files that were opened in a block."""

    def __init__(self) -> None:
        self.began = time.time_ns()
        self.read: dict[str, None] = {}
        self.written: set[str] = set()


@contextmanager
def noticing() -> Iterator[Watch]:
    """Notice the files that this thread opens in the block. Ask `read_files` for them afterwards."""
    global _installed
    if not _installed:
        sys.addaudithook(_hook)
        _installed = True
    watch = Watch()
    before = getattr(_here, "watch", None)
    _here.watch = watch
    try:
        yield watch
    finally:
        _here.watch = before


def _hook(event: str, arguments: tuple[Any, ...]) -> None:
    if event != "open" and event != "sqlite3.connect":
        return
    watch = getattr(_here, "watch", None)
    if watch is None or not isinstance(arguments[0], (str, bytes)):
        return
    name = os.fsdecode(arguments[0])
    if event == "open":
        _, mode, flags = arguments
        bits = flags if isinstance(flags, int) else 0
        writes = bool(bits & (os.O_WRONLY | os.O_RDWR)) or any(c in (mode or "") for c in "wax+")
        (watch.written.add if writes else watch.read.setdefault)(name)
    else:
        watch.read.setdefault(name.removeprefix("file:").partition("?")[0])


def read_files(watch: Watch, store: Path) -> dict[str, str]:
    """Path -> digest of the files that were read and count."""
    written = {os.path.abspath(name) for name in watch.written}
    ignored = (*_ignored(), f"{store}{os.sep}")
    found: dict[str, str] = {}
    for name in watch.read:
        path = os.path.abspath(name)
        if path in written or path.startswith(ignored) or path.endswith((".py", ".pyc", ".so")):
            continue
        if os.path.isfile(path):
            # Whether it was changed before or after the module read it, nobody knows: it will count as changed.
            found[path] = UNKNOWN if os.stat(path).st_mtime_ns > watch.began else digest(path)
        elif not os.path.exists(path):
            found[path] = MISSING
    return found


@lru_cache(maxsize=1)
def _ignored() -> tuple[str, ...]:
    places = [os.path.join(place, "") for place in (sys.prefix, sys.base_prefix)]
    places += [tempfile.gettempdir() + os.sep + "designer-", "/proc/", "/sys/", "/dev/", "/etc/", "/usr/"]
    places += [os.path.join(path, "") for path in sys.path if "site-packages" in path or "dist-packages" in path]
    return tuple(dict.fromkeys(places))


def digest(path: str | os.PathLike[str]) -> str:
    """The content's digest of a file or folder; `missing` when it isn't there. Unchanged files are read once."""
    if os.path.isdir(path):
        return digest_of(Path(path))[0]
    name = os.path.abspath(path)
    now = stamp(name)
    if now == (0, 0, 0, 0):
        return MISSING
    if time.time_ns() - max(now[0], now[3]) < _YOUNG:
        return digest_of(Path(name))[0]
    return _digest(name, now)


@lru_cache(maxsize=4096)
def _digest(path: str, stamp: Stamp) -> str:
    return digest_of(Path(path))[0]


def declared(names: tuple[str, ...], parameters: Mapping[str, Any]) -> dict[str, str]:
    """Path -> digest for the parameters that a module declares to hold paths, or patterns such as `data/*.csv`."""
    paths: list[str] = []
    for name in names:
        value = parameters.get(name)
        items = value if isinstance(value, (list, tuple)) else [value]
        paths += [str(item) for item in items if item not in (None, "")]
    return {path: digest_of_matches(path) if _is_pattern(path) else digest(path) for path in paths}


def _is_pattern(path: str) -> bool:
    return has_magic(path) and not os.path.exists(path)


def digest_of_matches(pattern: str) -> str:
    """One digest of all that a pattern matches, names and contents, so that a new file is a change too."""
    names = sorted(glob(pattern, recursive=True))
    return hashlib.sha256("".join(f"{name}\0{digest(name)}\n" for name in names).encode()).hexdigest()
