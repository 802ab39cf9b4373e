"""Files of runs under Azure ML's rules: names, prefixes, what a script has uploaded itself. Elsewhere: contents (designer.store)."""

from __future__ import annotations

import os
import time
import warnings
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import UserErrorException, said_as_theirs
from designer.azureml.launch.variables import UPLOADS
from designer.tracking import files as own_files
from designer.tracking.details import LOG_NAME

if TYPE_CHECKING:
    from collections.abc import Sequence

    from designer.azureml.runs.run import Run

# Names that older scripts look for the log under.
_LOGS = (LOG_NAME, "azureml-logs/70_driver_log.txt", "logs/azureml/70_driver_log.txt")


@said_as_theirs()
def upload_file(run: Run, name: str, path_or_stream: Any) -> None:
    """Keep a file: from a path, or an open stream."""
    if not isinstance(path_or_stream, (str, os.PathLike)) and not hasattr(path_or_stream, "read"):
        raise UserErrorException(f"upload_file takes a path or an open file, not a {type(path_or_stream).__name__}")
    stored = own_files.clean_name(name)
    if run._has_file(stored):
        raise UserErrorException(f"run {run.id} has a file {stored!r} already\n  next: choose another name")
    artifacts = run._place.artifacts
    if isinstance(path_or_stream, (str, os.PathLike)):
        path = Path(path_or_stream)
        if not path.is_file():
            raise UserErrorException(f"there is no file {path} to upload\n  next: upload_folder keeps a whole folder")
        digest, size = artifacts.add(path)
    else:
        data = path_or_stream.read()
        digest, size = artifacts.add_bytes(data.encode() if isinstance(data, str) else data)
    event = {"e": "file", "run": run.id, "name": stored, "digest": digest, "size": size, "t": time.time()}
    run._journal.event(event)
    _remember(run, stored)


def upload_files(run: Run, names: Sequence[str], paths: Sequence[str]) -> None:
    """Keep several files."""
    if len(names) != len(paths):
        raise TypeError(f"upload_files got {len(names)} names and {len(paths)} paths")
    seen: set[str] = set()
    for name, path in zip(names, paths, strict=True):
        if name in seen:
            warnings.warn(f"{name!r} is named twice; the first one is kept", UserWarning, stacklevel=3)
            continue
        seen.add(name)
        upload_file(run, name, path)


def upload_folder(run: Run, name: str, path: str) -> None:
    """Keep all files below a folder, their names below `name`; with or without a slash at the path's end."""
    root = Path(path)
    if not root.is_dir():
        raise UserErrorException(f"there is no folder {path} to upload")
    for file in sorted(p for p in root.rglob("*") if p.is_file()):
        inner = file.relative_to(root).as_posix()
        upload_file(run, f"{name.rstrip('/')}/{inner}" if name else inner, str(file))


def names(run: Run) -> list[str]:
    """All names, the log among them once there is one."""
    found = [record.name for record in run._place.read.files(run.id)]
    if LOG_NAME not in found and run._place.read.log(run.id, limit=1)[0]:
        found.append(LOG_NAME)
    return sorted(found)


def download_file(run: Run, name: str, output_file_path: str | None) -> str:
    """Copy one file out. Raises `UserErrorException` naming what there is."""
    base = PurePosixPath(name).name
    target = Path(output_file_path) if output_file_path else Path(base)
    if target.is_dir() or str(output_file_path or "").endswith("/"):
        target = target / base
    _write(run, name, target)
    return str(target)


def download_files(
    run: Run, prefix: str | None, output_directory: str | None, output_paths: Sequence[str] | None, append_prefix: bool
) -> None:
    """Copy files out, by folder."""
    if not append_prefix and output_directory is None:
        raise UserErrorException("append_prefix=False needs output_directory")
    folder = f"{prefix.rstrip('/')}/" if prefix else ""
    chosen = [name for name in names(run) if name.startswith(folder)]
    if output_paths is not None and len(output_paths) != len(chosen):
        raise UserErrorException(f"{len(chosen)} files match, but output_paths has {len(output_paths)}")
    for at, name in enumerate(chosen):
        target = Path(output_paths[at]) if output_paths is not None else None
        _write(run, name, target or Path(output_directory or ".") / (name if append_prefix else name[len(folder) :]))


def _write(run: Run, name: str, target: Path) -> None:
    try:
        source = run._place.read.file(run.id, name)
    except FileNotFoundError as error:
        if name not in _LOGS:
            there = ", ".join(names(run)[:20]) or "none"
            raise UserErrorException(f"File with path {name} was not found; files of run {run.id}: {there}") from error
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(run._place.read.log(run.id)[0])
        return
    own_files._copy(source, target)


def uploaded_here(run: Run) -> set[str]:
    """What the processes of a submitted script have uploaded themselves: known without opening the database."""
    path = os.environ.get(UPLOADS)
    if path and os.path.exists(path):
        with open(path, encoding="utf-8") as file:
            return set(file.read().splitlines())
    return set()


def _remember(run: Run, name: str) -> None:
    """What was uploaded by hand isn't replaced by what lies in ./outputs at the end."""
    path = os.environ.get(UPLOADS)
    if path and run._managed:
        with open(path, "a", encoding="utf-8") as file:
            file.write(f"{name}\n")
