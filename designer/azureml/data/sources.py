"""Where a dataset's files lie: addresses, paths and patterns, resolved to files of this machine. Elsewhere: reading tables (tables.py)."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.azureml.data.datastore import clean, folder_of
from designer.azureml.exceptions import DatasetExecutionError, UserErrorException

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from designer.store.place import Place

_WILD = re.compile(r"[*?\[]")


class SourceFile(NamedTuple):
    """A file of a dataset: its name within the dataset, and where it lies."""

    name: str
    path: Path


def sources_of(path: Any) -> list[dict[str, str]]:
    """The `path` of `from_files` and its siblings as plain data. Raises `UserErrorException`."""
    if isinstance(path, (list, tuple)) and not _is_pair(path):
        return [source for one in path for source in sources_of(one)]
    if _is_pair(path):
        return [{"datastore": path[0].name, "path": clean(str(path[1]))}]
    if hasattr(path, "path_on_datastore"):  # DataPath, DataReference
        return [{"datastore": path.datastore.name, "path": path.path_on_datastore}]
    if isinstance(path, (str, os.PathLike)):
        text = os.fspath(path)
        if re.match(r"https?://|abfss?://|wasbs?://|s3://|gs://", text):
            return [{"url": text}]
        return [{"path": os.path.abspath(text.removeprefix("file://"))}]
    raise UserErrorException(
        f"a dataset's path is an address, a path, (datastore, path), or a list of those, not a {type(path).__name__}"
    )


def _is_pair(path: Any) -> bool:
    return isinstance(path, (list, tuple)) and len(path) == 2 and hasattr(path[0], "datastore_type")


def files_of(place: Place, sources: Iterable[Mapping[str, str]]) -> list[SourceFile]:
    """All files of some sources, by name. Raises `DatasetExecutionError` where there are none."""
    found: list[SourceFile] = []
    for source in sources:
        files = _files(place, source)
        if not files:
            raise DatasetExecutionError(f"no file matches {told(source)}; looked at {_absolute(place, source)}")
        found += files
    return found


def told(source: Mapping[str, str]) -> str:
    """A source for a reader."""
    if "url" in source:
        return source["url"]
    return f"{source['path']!r} in the datastore {source['datastore']}" if "datastore" in source else source["path"]


def single_folder(place: Place, sources: Sequence[Mapping[str, str]]) -> Path | None:
    """The folder that a dataset is, where it is just one."""
    if len(sources) == 1 and "url" not in sources[0]:
        text = _absolute(place, sources[0]).rstrip("/")
        text = re.sub(r"/\*\*(/\*)?$", "", text)
        if not _WILD.search(text) and os.path.isdir(text):
            return Path(text)
    return None


def single_file(place: Place, sources: Sequence[Mapping[str, str]]) -> Path | None:
    """The file that a dataset is, where it is just one."""
    if len(sources) == 1:
        if "url" in sources[0]:
            return fetched(place, sources[0]["url"])
        text = _absolute(place, sources[0])
        if not _WILD.search(text) and os.path.isfile(text):
            return Path(text)
    return None


def laid_out(files: Sequence[SourceFile], target: Path, copy: bool) -> Path:
    """A folder with the files under their names: links to them, or copies."""
    target.mkdir(parents=True, exist_ok=True)
    for file in files:
        place = target / file.name
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            continue
        if copy:
            shutil.copyfile(file.path, place)
        else:
            place.symlink_to(file.path)
    return target


def stamp(place: Place, sources: Iterable[Mapping[str, str]]) -> str:
    """A text that changes when the files do: names, sizes and times, hashed. Reads no content."""
    digest = hashlib.sha256()
    for source in sources:
        if "url" in source:
            digest.update(source["url"].encode())
            continue
        for file in _files(place, source):
            stat = file.path.stat()
            digest.update(f"{file.name} {stat.st_size} {stat.st_mtime_ns}\n".encode())
    return digest.hexdigest()


def fetched(place: Place, url: str) -> Path:
    """A file from an address, fetched once."""
    name = url.split("?")[0].rstrip("/").rpartition("/")[2] or "file"
    path = place.folder / "azureml" / "fetched" / hashlib.sha256(url.encode()).hexdigest()[:16] / name
    if not path.exists():
        import fsspec  # noqa: PLC0415 - only for addresses

        path.parent.mkdir(parents=True, exist_ok=True)
        scratch = path.with_name(f".{os.getpid()}.{name}")
        try:
            with fsspec.open(url, "rb") as there, scratch.open("wb") as here:
                shutil.copyfileobj(there, here, 1 << 20)
        except Exception as error:
            scratch.unlink(missing_ok=True)
            raise DatasetExecutionError(
                f"{url} can't be fetched: {type(error).__name__}: {error}\n"
                "  next: download it yourself and name the file's path instead"
            ) from error
        scratch.replace(path)
    return path


def _absolute(place: Place, source: Mapping[str, str]) -> str:
    if "url" in source:
        return source["url"]
    if "datastore" in source:
        return os.path.join(folder_of(place, source["datastore"]), source["path"])
    return source["path"]


def _files(place: Place, source: Mapping[str, str]) -> list[SourceFile]:
    if "url" in source:
        path = fetched(place, source["url"])
        return [SourceFile(path.name, path)]
    text = _absolute(place, source)
    if not _WILD.search(text):
        path = Path(text)
        if path.is_dir():
            return [SourceFile(p.relative_to(path).as_posix(), p) for p in _below(path)]
        return [SourceFile(path.name, path)] if path.is_file() else []
    parts = text.split("/")
    first = next(at for at, part in enumerate(parts) if _WILD.search(part))
    root = Path("/".join(parts[:first]) or "/")
    pattern = _pattern("/".join(parts[first:]))
    return [
        SourceFile(name, path) for path in _below(root) if pattern.fullmatch(name := path.relative_to(root).as_posix())
    ]


def _below(folder: Path) -> list[Path]:
    return sorted(p for p in folder.rglob("*") if p.is_file() and not p.name.startswith(".")) if folder.is_dir() else []


def _pattern(text: str) -> re.Pattern[str]:
    regex = ""
    for piece in re.split(r"(\*\*/|\*\*|\*|\?|\[[^\]]*\])", text):
        regex += {"**/": "(?:.*/)?", "**": ".*", "*": "[^/]*", "?": "[^/]"}.get(
            piece, piece if piece.startswith("[") else re.escape(piece)
        )
    return re.compile(regex)
