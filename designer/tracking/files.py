"""Files of runs: keeping, listing, fetching. Elsewhere: where contents lie (store/artifacts.py)."""

from __future__ import annotations

import fnmatch
import json
import shutil
import time
import warnings
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from designer.errors import RunStateError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from designer.store.protocol import ReadStore
    from designer.tracking.run import Run


_LONGEST = 180  # bytes of a file's name that is made of a metric's; file systems take 255


def clean_name(name: str) -> str:
    """A file's name in a run: '/'-separated, without a way out. Raises `RunStateError` for `..` and absolute paths."""
    path = PurePosixPath(str(name).replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or "\0" in str(name) or not path.parts:
        raise RunStateError(f"{name!r} can't be the name of a run's file\n  next: a relative path without '..'")
    return str(path)


def safe_name(text: str) -> str:
    """A file's name made of any text, such as a metric's name."""
    parts = [part.replace("\0", "") for part in text.replace("\\", "/").split("/")]
    short = [part.encode("utf-8", "replace")[:_LONGEST].decode(errors="ignore") for part in parts if part.strip(". \0")]
    return "/".join(short) or "unnamed"


def put_bytes(run: Run, name: str, data: bytes) -> str:
    """Keep some bytes as a file of the run, replacing one of that name."""
    _note(run, name, *run._place.artifacts.add_bytes(data))
    return name


def put_file(run: Run, name: str, path: Path) -> str:
    """Keep a copy of a file (or folder, as one content) with the run, replacing one of that name."""
    _note(run, name, *run._place.artifacts.add(path))
    return name


def unused(run: Run, name: str) -> str:
    """The name, or with a number when the run has a file of that name, or a folder."""
    names = {record.name for record in run._place.read.files(run.id)}
    if any(str(parent) in names for parent in PurePosixPath(name).parents):  # what would be its folder is a file
        name = name.replace("/", "_")
    path = PurePosixPath(name)
    number, free = 1, name
    while _in_the_way(names, free):
        number += 1
        free = str(path.with_name(f"{path.stem}_{number}{path.suffix}"))
    return free


def _in_the_way(names: Collection[str], name: str) -> str | None:
    """The file that keeps another from having a name: because of its own, or of its folder's, or its folder itself."""
    if name in names:
        return name
    parents = {str(parent) for parent in PurePosixPath(name).parents}
    return next((other for other in names if other in parents or other.startswith(f"{name}/")), None)


def upload_file(run: Run, name: str, path_or_stream: Any, there: Collection[str] | None = None) -> None:
    """Keep a file: from a path, or an open stream. `there` are the names of the run's files, where they are known."""
    if hasattr(path_or_stream, "read"):
        data = path_or_stream.read()
        put_bytes(run, _free(run, clean_name(name), there), data.encode() if isinstance(data, str) else data)
        return
    if not isinstance(path_or_stream, (str, Path)):
        raise RunStateError(f"upload_file takes a path or an open file, not a {type(path_or_stream).__name__}")
    path = Path(path_or_stream)
    if not path.is_file():
        raise RunStateError(f"there is no file {path}\n  next: upload_folder keeps a whole folder")
    put_file(run, _free(run, clean_name(name), there), path)


def upload_files(run: Run, names: Sequence[str], paths: Sequence[str]) -> None:
    """Keep several files."""
    if len(names) != len(paths):
        raise TypeError(f"upload_files got {len(names)} names and {len(paths)} paths")
    seen = set()
    for name, path in zip(names, paths, strict=True):
        if name in seen:
            warnings.warn(f"{name!r} is named twice; the first one is kept", RuntimeWarning, stacklevel=3)
            continue
        seen.add(name)
        upload_file(run, name, path)


def upload_folder(run: Run, name: str, path: str) -> None:
    """Keep all files below a folder, their names below `name`."""
    root = Path(path)
    if not root.is_dir():
        raise RunStateError(f"there is no folder {path}")
    there = [record.name for record in run._place.read.files(run.id)]
    for file in sorted(p for p in root.rglob("*") if p.is_file()):
        inside = file.relative_to(root).as_posix()
        upload_file(run, f"{name.rstrip('/')}/{inside}" if name else inside, file, there)


def download_file(run: Run, name: str, output_file_path: str | None) -> str:
    """Copy a file out. Raises `FileNotFoundError` naming what there is."""
    source = run._place.read.file(run.id, name)
    base = PurePosixPath(name).name
    target = Path(output_file_path) if output_file_path else Path(base)
    if target.is_dir() or str(output_file_path or "").endswith("/"):
        target = target / base
    _copy(source, target)
    return str(target)


def download_files(
    run: Run, prefix: str | None, output_directory: str | None, output_paths: Sequence[str] | None, append_prefix: bool
) -> None:
    """Copy files out, by folder."""
    store = run._place.read
    folder = f"{prefix.rstrip('/')}/" if prefix else ""
    names = [record.name for record in store.files(run.id) if record.name.startswith(folder)]
    if output_paths is not None and len(output_paths) != len(names):
        raise RunStateError(f"{len(names)} files match, but output_paths has {len(output_paths)}")
    for at, name in enumerate(names):
        if output_paths is not None:
            target = Path(output_paths[at])
        else:
            target = Path(output_directory or ".") / (name if append_prefix else name[len(folder) :])
        _copy(store.file(run.id, name), target)


def collect_outputs(run: Run) -> None:
    """Keep what lies in the run's outputs folder at its end; a file that was uploaded by hand stays as it is."""
    if run._outputs is False:
        return
    root = Path(run._outputs or "outputs")
    if not root.is_dir() or (run._outputs is None and not _is_root(run)):
        return
    there = {record.name for record in run._place.read.files(run.id)}
    for file in sorted(p for p in root.rglob("*") if p.is_file()):
        name = (PurePosixPath(root.name) / file.relative_to(root).as_posix()).as_posix()
        if name not in there:
            put_file(run, name, file)


class Artifact:
    """A logged file: `.filename`, `.data` (bytes), `.path`; JSON ones have `.convert_to_object()`."""

    def __init__(self, filename: str, path: Path) -> None:
        self.filename, self.path = filename, path

    @property
    def data(self) -> bytes:
        """Its content."""
        return self.path.read_bytes()

    def convert_to_object(self) -> Any:
        """Its JSON as Python data."""
        return json.loads(self.data)


def populated(store: ReadStore, run_id: str, found: dict[str, Any]) -> dict[str, Any]:
    """Metrics with their files in place of addresses."""
    summaries = store.metrics([run_id]).get(run_id, {})
    series = ("scalar", "list", "table")
    return {
        name: value if summaries[name].kind in series else _artifact(store, run_id, store.rows(run_id, name)[0]["path"])
        for name, value in found.items()
    }


def _artifact(store: ReadStore, run_id: str, path: str) -> Artifact:
    return Artifact(path, store.file(run_id, path))


def _note(run: Run, name: str, digest: str, size: int) -> None:
    run._journal.event({"e": "file", "run": run.id, "name": name, "digest": digest, "size": size, "t": time.time()})


def _free(run: Run, name: str, there: Collection[str] | None = None) -> str:
    other = _in_the_way([record.name for record in run._place.read.files(run.id)] if there is None else there, name)
    if other is not None:
        raise RunStateError(
            f"run {run.id} has a file {other!r} already\n  next: choose another name; files are kept as they were"
        )
    return name


def _is_root(run: Run) -> bool:
    return run._root_id is None or run._root_id == run.id


def _copy(source: Path, target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    shutil.copytree(source, target, dirs_exist_ok=True) if source.is_dir() else shutil.copyfile(source, target)


def ignored(name: str, patterns: Sequence[str]) -> bool:
    """Whether a path is left out by patterns such as `.amlignore` holds."""
    parts = PurePosixPath(name).parts
    return any(
        fnmatch.fnmatch(name, p) or any(fnmatch.fnmatch(part, p.rstrip("/")) for part in parts) for p in patterns
    )
