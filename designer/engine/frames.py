"""Data frames as Arrow IPC files (https://arrow.apache.org/docs/format/Columnar.html#ipc-file-format), read memory-mapped.

The mapping is private: whoever changes a frame changes pages of its own, never the file and never another reader's frame.
"""

from __future__ import annotations

import hashlib
import json
import mmap
import os
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

from designer.declare.lazy import lazy_import
from designer.errors import FormatError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

pa = lazy_import("pyarrow")
pd = lazy_import("pandas")
np = lazy_import("numpy")

_ATTRS, _COLUMNS = b"designer.attrs", b"designer.columns"
_LARGE = 1 << 18  # bytes from which on a second thread is worth its start


class _Hashing:
    """A file that hashes what is written to it; large pieces in a thread beside the writing, which takes as long."""

    def __init__(self, path: Path) -> None:
        self._file = path.open("wb", buffering=0)
        self._beside = ThreadPoolExecutor(1, thread_name_prefix="hash")
        self.sha = hashlib.sha256()
        self.closed = False

    def write(self, data: Any) -> int:
        size = memoryview(data).nbytes
        if size < _LARGE:
            self.sha.update(data)
            self._write(data, size)
        else:
            hashed = self._beside.submit(self.sha.update, data)
            try:
                self._write(data, size)
            finally:
                hashed.result()
        return size

    def _write(self, data: Any, size: int) -> None:
        written = self._file.write(data) or 0
        while written < size:
            written += self._file.write(memoryview(data).cast("B")[written:]) or 0

    def flush(self) -> None:
        self._file.flush()

    def tell(self) -> int:
        return self._file.tell()

    def close(self) -> None:
        self._beside.shutdown()
        self._file.close()
        self.closed = True

    def readable(self) -> bool:
        return False

    def writable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return False


def write_table(table: Any, path: Path) -> dict[str, Any]:
    """Write a pyarrow table. Returns rows, columns, column names and types, and the content's digest."""
    file = _Hashing(path)
    try:
        with pa.PythonFile(file, mode="w") as sink, pa.ipc.new_file(sink, table.schema) as writer:
            writer.write_table(table)
    finally:
        file.close()
    return {
        "rows": table.num_rows,
        "columns": table.num_columns,
        "schema": [[field.name, str(field.type)] for field in table.schema][:1000],
        "digest": file.sha.hexdigest(),
    }


def read_table(path: Path) -> Any:
    """A pyarrow table over the mapped file."""
    return _mapped(path)[0]


def write_pandas(frame: Any, path: Path) -> dict[str, Any]:
    """Write a pandas frame with its index and, as JSON, its `attrs`. Several columns may have one name."""
    bare, kept = frame, {}
    if frame.attrs:  # Arrow would write them too, and complain of what JSON can't hold
        bare = frame.copy(deep=False)
        bare.attrs = {}
        kept[_ATTRS] = _json(frame.attrs, "attrs")
    if not frame.columns.is_unique:  # which Arrow refuses
        bare = bare.copy(deep=False)
        bare.columns = _unique(frame.columns)
        kept[_COLUMNS] = _json(frame.columns.tolist(), "column names")
    try:
        table = pa.Table.from_pandas(bare)
    except (pa.ArrowException, ValueError, TypeError) as error:
        raise FormatError(
            f"the frame can't be kept: {_which(frame, error)}\n  next: give the column one type, for example .astype(str)"
        ) from error
    if kept:
        table = table.replace_schema_metadata({**(table.schema.metadata or {}), **kept})
    facts = write_table(table, path)
    facts["columns"] = len(frame.columns)
    return facts


def read_pandas(path: Path) -> Any:
    """A pandas frame over the mapped file: nothing is copied until the reader writes to it."""
    table, mapping = _mapped(path)
    frame = table.to_pandas(split_blocks=True)
    if not _make_writable(frame, mapping):
        frame = frame.copy()
    return _named(frame, table)


def write_series(series: Any, path: Path) -> dict[str, Any]:
    """Write a pandas series as a frame of one column."""
    frame = series.to_frame("value")
    plain = series.name is None or type(series.name) in (str, int, float, bool)
    frame.attrs = {"series": series.name if plain else str(series.name)}
    return write_pandas(frame, path)


def read_series(path: Path) -> Any:
    """The pandas series of such a file."""
    frame = read_pandas(path)
    name = frame.attrs.pop("series", None)
    series = frame.iloc[:, 0].rename(name)
    series.attrs = {}
    return series


def write_polars(frame: Any, path: Path) -> dict[str, Any]:
    """Write a polars frame."""
    return write_table(frame.to_arrow(), path)


def read_polars(path: Path) -> Any:
    """A polars frame over the mapped file."""
    return lazy_import("polars").from_arrow(read_table(path))


def head(path: Path, rows: int) -> Any:
    """The first rows of a kept frame as a pandas frame, whatever its size."""
    table, _ = _mapped(path)
    return _named(table.slice(0, rows).to_pandas(), table)


def _named(frame: Any, table: Any) -> Any:
    """The frame with what Arrow itself doesn't keep: `attrs`, and names that several columns have."""
    kept = table.schema.metadata or {}
    if _COLUMNS in kept:
        names = json.loads(kept[_COLUMNS])
        frame.columns = [tuple(name) if isinstance(name, list) else name for name in names]
    if _ATTRS in kept:
        frame.attrs.update(json.loads(kept[_ATTRS]))
    return frame


def _unique(names: Any) -> list[str]:
    """The names with a number where an earlier one is the same, as pandas numbers those of a CSV file: a, a.1."""
    taken: dict[str, None] = {}
    for name in map(str, names):
        one, number = name, 0
        while one in taken:
            number += 1
            one = f"{name}.{number}"
        taken[one] = None
    return list(taken)


def _json(value: Any, what: str) -> bytes:
    try:
        return json.dumps(value, default=str).encode()
    except TypeError as error:
        raise FormatError(
            f"the frame's {what} can't be kept: {error}\n  next: use texts as the keys of its {what}"
        ) from error


def _mapped(path: Path) -> tuple[Any, mmap.mmap]:
    fd = os.open(path, os.O_RDONLY)
    try:
        mapping = mmap.mmap(fd, 0, access=mmap.ACCESS_COPY)
    finally:
        os.close(fd)
    return pa.ipc.open_file(pa.py_buffer(mapping)).read_all(), mapping


def _make_writable(frame: Any, mapping: mmap.mmap) -> bool:
    """Point the frame's arrays, which Arrow marks as read-only, at the private mapping as writable ones.

    False when pandas keeps its arrays in another way than this knows; then a copy has to be made.
    """
    try:
        whole = np.frombuffer(mapping, np.uint8)
        start, end = whole.ctypes.data, whole.ctypes.data + whole.nbytes
        for block in frame._mgr.blocks:
            holder = block.values
            array = getattr(holder, "_ndarray", holder)
            if not isinstance(array, np.ndarray) or array.flags.writeable:
                continue
            at = array.__array_interface__["data"][0]
            if not start <= at < end or not (array.flags.c_contiguous or array.flags.f_contiguous):
                return False
            order = "C" if array.flags.c_contiguous else "F"
            fresh = np.frombuffer(mapping, array.dtype, array.size, at - start).reshape(array.shape, order=order)
            if holder is array:
                block.values = fresh
            else:
                holder._ndarray = fresh
    except (AttributeError, TypeError, ValueError):
        return False
    return True


def _which(frame: Any, error: BaseException) -> str:
    text = "; ".join(str(part) for part in error.args) if error.args else str(error)
    if not frame.columns.is_unique:
        return text
    for column in frame.columns:
        if f"column {column} " in text:
            kinds: Mapping[str, None] = dict.fromkeys(type(v).__name__ for v in frame[column].head(1000))
            return f"column {column!r} holds several types ({', '.join(kinds)})"
    return text
