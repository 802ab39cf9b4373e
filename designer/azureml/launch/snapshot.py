"""A folder's files kept by content, and copied out again to work in. Elsewhere: which files count (ignore.py)."""

from __future__ import annotations

import shutil
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING

from designer.azureml.exceptions import SnapshotException
from designer.azureml.launch import ignore

if TYPE_CHECKING:
    import os

    from designer.store.place import Place

PROPERTY = "ContentSnapshotId"
_known: dict[
    tuple[str, str], tuple[tuple[tuple[str, int, int], ...], str]
] = {}  # (store, folder) -> (its state, digest)


def take(place: Place, folder: str | os.PathLike[str]) -> str:
    """Keep a copy of a folder's files. Returns its digest; the same files give the same one. A single file is kept, too."""
    root = Path(folder).absolute()
    if root.is_file():
        scratch = place.artifacts.scratch()
        scratch.mkdir(parents=True)
        shutil.copy2(root, scratch / root.name)
        return place.artifacts.adopt(scratch)[0]
    if not root.is_dir():
        raise SnapshotException(f"there is no folder {folder} to run from or to keep")
    entries = list(ignore.walk(root, place.folder if place.folder.is_dir() else None))
    state = tuple((name, (stat := entry.stat()).st_size, stat.st_mtime_ns) for name, entry in entries)
    known = _known.get((str(place.folder), str(root)))
    if known is not None and known[0] == state and place.artifacts.has(known[1]):
        return known[1]
    scratch = place.artifacts.scratch()
    scratch.mkdir(parents=True)
    made: set[str] = set()
    for name, entry in entries:
        above, _, _ = name.rpartition("/")
        if above and above not in made:
            (scratch / above).mkdir(parents=True, exist_ok=True)
            made.add(above)
        shutil.copy2(entry.path, scratch / name)
    digest, _ = place.artifacts.adopt(scratch)
    _known[str(place.folder), str(root)] = (state, digest)
    return digest


def size_of(place: Place, folder: str | os.PathLike[str], most: int = 2_000) -> tuple[int, int]:
    """How many files a snapshot would hold, and how many bytes; counting ends a little above `most` files."""
    count = size = 0
    for _, entry in ignore.walk(Path(folder), place.folder if place.folder.is_dir() else None):
        count, size = count + 1, size + entry.stat().st_size
        if count > most:
            break
    return count, size


def copy_out(place: Place, digest: str, target: Path) -> None:
    """A copy of a snapshot to work in."""
    shutil.copytree(place.artifacts.path(digest), target, dirs_exist_ok=True)
    target.chmod(0o755)


def zipped(place: Place, digest: str, target: Path) -> Path:
    """A snapshot as a zip file. Returns its path."""
    root = place.artifacts.path(digest)
    path = target if target.suffix == ".zip" else target / f"{digest}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for file in sorted(p for p in root.rglob("*") if p.is_file()):
            archive.write(file, file.relative_to(root).as_posix())
    return path
