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
    from collections.abc import Sequence

    from designer.store.protocol import ReadStore
    from designer.tracking.run import Run


def clean_name(name: str) -> str:
    """A file's name in a run: '/'-separated, without a way out. Raises `RunStateError` for `..` and absolute paths."""
    path = PurePosixPath(str(name).replace("\\", "/"))
    if path.is_absolute() or ".." in path.parts or not path.parts:
        raise RunStateError(f"{name!r} can't be the name of a run's file\n  next: a relative path without '..'")
    return str(path)


def put_bytes(run: Run, name: str, data: bytes, replace: bool = False) -> str:
    """Keep some bytes as a file of the run."""
    name = name if replace else _free(run, clean_name(name))
    _note(run, name, *run._place.artifacts.add_bytes(data))
    return name


def put_file(run: Run, name: str, path: Path) -> str:
    """Keep a copy of a file (or folder, as one content) with the run, replacing one of that name."""
    _note(run, name, *run._place.artifacts.add(path))
    return name


def unused(run: Run, name: str) -> str:
    """The name, or with a number when the run has a file of that name."""
    taken = {record.name for record in run._place.read.files(run.id)}
    stem, dot, suffix = name.rpartition(".")
    number, free = 1, name
    while free in taken:
        number += 1
        free = f"{stem}_{number}{dot}{suffix}"
    return free


def upload_file(run: Run, name: str, path_or_stream: Any) -> None:
    """Keep a file: from a path, or an open stream."""
    if hasattr(path_or_stream, "read"):
        data = path_or_stream.read()
        put_bytes(run, name, data.encode() if isinstance(data, str) else data)
        return
    if not isinstance(path_or_stream, (str, Path)):
        raise RunStateError(f"upload_file takes a path or an open file, not a {type(path_or_stream).__name__}")
    path = Path(path_or_stream)
    if not path.is_file():
        raise RunStateError(f"there is no file {path}\n  next: upload_folder keeps a whole folder")
    put_file(run, _free(run, clean_name(name)), path)


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
    for file in sorted(p for p in root.rglob("*") if p.is_file()):
        upload_file(
            run,
            f"{name.rstrip('/')}/{file.relative_to(root).as_posix()}" if name else file.relative_to(root).as_posix(),
            file,
        )


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


def _free(run: Run, name: str) -> str:
    if any(record.name == name for record in run._place.read.files(run.id)):
        raise RunStateError(
            f"run {run.id} has a file {name!r} already\n  next: choose another name; files are kept as they were"
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
