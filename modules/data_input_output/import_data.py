"""Data from files, folders, addresses and databases. Elsewhere: the formats (_shared/readers.py)."""

from __future__ import annotations

import io
import lzma
import zipfile
import zlib
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import ALL, Columns, pick
from modules._shared.errors import BadFile, MismatchedColumns, listed
from modules._shared.frames import numbered
from modules._shared.parameters import param
from modules._shared.readers import SUFFIXES, read

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_PACKINGS = {".gz": "gzip", ".bz2": "bz2", ".xz": "xz"}
_PACKED_BADLY = (EOFError, lzma.LZMAError, zipfile.BadZipFile, zlib.error)
_FILES = {"source": ["File, folder or glob", "URL via HTTP"]}
_TEXT = {**_FILES, "format": ["Automatic", "CSV", "TSV"]}


@module(
    title="Import Data",
    category="Data Input and Output",
    version="1",
    metrics=[
        Metric("rows", unit="rows", pinned=True),
        Metric("columns", unit="columns"),
        Metric("files", unit="files"),
        Metric("bytes", unit="B"),
    ],
    files=["path"],
    volatile={"source": ["URL via HTTP", "SQL database"]},  # what is there now, only asking can tell
)
def import_data(
    *,
    source: Annotated[
        Literal["File, folder or glob", "URL via HTTP", "SQL database"], param("Data source")
    ] = "File, folder or glob",
    path: Annotated[
        str,
        param(
            "Path",
            "A file, a folder (all its data files) or a pattern such as data/**/*.csv.",
            when={"source": ["File, folder or glob"]},
        ),
    ] = "",
    url: Annotated[
        str,
        param("Data source URL", "http(s)://… or any address that fsspec knows.", when={"source": ["URL via HTTP"]}),
    ] = "",
    connection: Annotated[
        str, param("Connection", "A SQLAlchemy address, such as sqlite:///shop.db.", when={"source": ["SQL database"]})
    ] = "",
    query: Annotated[
        str,
        param("SQL query", when={"source": ["SQL database"]}, extra={"widget": "code", "language": "sql"}),
    ] = "",
    format: Annotated[
        Literal["Automatic", "CSV", "TSV", "Parquet", "JSON lines", "ARFF", "SvmLight"],
        param("File format", "Automatic: by the file's ending.", when=_FILES),
    ] = "Automatic",
    delimiter: Annotated[str, param("Delimiter", "Empty: comma, or tab for TSV.", when=_TEXT)] = "",
    header: Annotated[bool, param("Column headers", "Otherwise the columns are col1, col2 …", when=_TEXT)] = True,
    encoding: Annotated[str, param("Encoding", when=_FILES)] = "utf-8",
    include_path: Annotated[bool, param("Include path", "The file's path as a column Path.", when=_FILES)] = False,
    columns: Annotated[Columns, param("Columns", "The columns to keep.")] = ALL,
) -> Annotated[pd.DataFrame, PortInfo(title="Output data")]:
    """One dataset out of all files that the path names, which must have the same columns."""
    run = Run.get_context()
    if source == "SQL database":
        frame = _queried(connection, query)
    else:
        options = {"header": header, "delimiter": delimiter, "encoding": encoding}
        frame = _read_all(run, path if source == "File, folder or glob" else url, format, include_path, options)
    frame = frame[pick(frame, columns, "Columns")]
    run.log("rows", len(frame))
    run.log("columns", len(frame.columns))
    return frame


def _read_all(run: Run, address: str, format: str, include_path: bool, options: dict[str, Any]) -> pd.DataFrame:
    if not address.strip():
        raise BadFile("no path or address is given")
    parts, size = [], 0
    for place, data in _contents(address):
        kind = _kind(place, format)
        frame = _read(data, place, kind, options)
        if parts:
            missing = [name for name in parts[0].columns if name not in frame.columns and name != "Path"]
            if missing:
                raise MismatchedColumns(missing, f"reading all files as one dataset ({place})", list(frame.columns))
        parts.append(frame.assign(Path=place) if include_path else frame)
        size += len(data)
    run.log("files", len(parts))
    run.log("bytes", size)
    return parts[0] if len(parts) == 1 else pd.concat(parts, ignore_index=True)[list(parts[0].columns)]


def _read(data: bytes, place: str, kind: str, options: dict[str, Any]) -> pd.DataFrame:
    try:
        return read(data, kind, **options)
    except BadFile as error:
        raise BadFile(f"cannot read {place}: {error}") from error


def _contents(address: str) -> list[tuple[str, bytes]]:
    """Path and content of every file that the address names, in the order of their names. Compressed files come unpacked."""
    fsspec = lazy_import("fsspec")
    try:
        system, place = fsspec.core.url_to_fs(address)
        found = _found(system, place)
        if not found:
            raise BadFile(f"no data file at {address}")
        return [(one, _bytes(system, one)) for one in found]
    except ImportError as error:
        if "aiohttp" in str(error):
            raise MissingExtraError("aiohttp", extra="http") from error
        raise BadFile(f"cannot read {address}: {error}") from error
    except (OSError, ValueError, *_PACKED_BADLY) as error:
        told = error.__cause__ if isinstance(error, FileNotFoundError) and error.__cause__ else error
        raise BadFile(f"cannot read {address}: {told if str(told) != address else 'there is nothing'}") from error


def _found(system: Any, place: str) -> list[str]:
    remote = "http" in str(system.protocol)
    if any(sign in place for sign in ("*" if remote else "*?[")) and (remote or not system.exists(place)):
        return sorted(one for one in system.glob(place) if not system.isdir(one))
    if not system.protocol or remote or not system.isdir(place):
        return [place]
    inside = sorted(system.find(place))
    return [one for one in inside if _suffix(one) in SUFFIXES]


def _bytes(system: Any, place: str) -> bytes:
    packing = PurePosixPath(place.partition("?")[0]).suffix
    with system.open(place, "rb", compression=_PACKINGS.get(packing)) as stream:
        data: bytes = stream.read()
    if packing == ".zst":
        arrow = lazy_import("pyarrow")
        return bytes(arrow.CompressedInputStream(arrow.BufferReader(data), "zstd").read())
    return _only_member(data) if packing == ".zip" else data


def _only_member(data: bytes) -> bytes:
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        names = [one.filename for one in archive.infolist() if not one.is_dir()]
        if len(names) != 1:
            raise ValueError(f"the zip must hold one file, but holds {len(names)}: {listed(names)}")
        return archive.read(names[0])


def _suffix(place: str) -> str:
    name = PurePosixPath(place.partition("?")[0])
    return (name.with_suffix("") if name.suffix in (*_PACKINGS, ".zip", ".zst") else name).suffix.lower()


def _kind(place: str, format: str) -> str:
    if format != "Automatic":
        return format
    kind = SUFFIXES.get(_suffix(place))
    if kind is None:
        raise BadFile(f"the ending of {place} tells no format; known are {listed(SUFFIXES)}; choose the file format")
    return kind


def _queried(connection: str, query: str) -> pd.DataFrame:
    if not connection.strip() or not query.strip():
        raise BadFile("a connection and a query are needed to read from a database")
    alchemy = lazy_import("sqlalchemy")
    try:
        engine = alchemy.create_engine(connection)
        try:
            with engine.connect() as link:
                frame = pd.read_sql_query(query, link)  # as a text, so that a colon in it names no parameter
                return frame.set_axis(numbered(frame.columns), axis=1)
        finally:
            engine.dispose()
    except (alchemy.exc.SQLAlchemyError, pd.errors.DatabaseError, ModuleNotFoundError) as error:
        raise BadFile(f"the database gives nothing: {error.__cause__ or error}") from error
