"""Text and files to frames, by format. Elsewhere: where the bytes come from (Import Data, Enter Data Manually)."""

from __future__ import annotations

import csv
import io
import re
import warnings
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.errors import BadFile

if TYPE_CHECKING:
    from collections.abc import Callable

    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

SUFFIXES = {
    ".csv": "CSV", ".tsv": "TSV", ".tab": "TSV", ".parquet": "Parquet", ".pq": "Parquet", ".jsonl": "JSON lines",
    ".ndjson": "JSON lines", ".json": "JSON lines", ".arff": "ARFF", ".svm": "SvmLight", ".svmlight": "SvmLight",
    ".libsvm": "SvmLight", ".txt": "CSV",
}  # fmt: skip


def read(data: bytes, kind: str, header: bool = True, delimiter: str = "", encoding: str = "utf-8") -> pd.DataFrame:
    """The frame in these bytes. Columns without a name are called col1, col2 …"""
    try:
        return _READERS[kind](data, header, delimiter, encoding)
    except (ValueError, LookupError, csv.Error) as error:
        hint = "; choose its encoding, such as latin-1 or utf-16" if isinstance(error, UnicodeError) else ""
        raise BadFile(f"this is no {kind} text in {encoding}: {error}{hint}") from error


def _delimited(data: bytes, header: bool, delimiter: str, encoding: str) -> pd.DataFrame:
    sign = {"": ",", "\\t": "\t"}.get(delimiter, delimiter)
    several = {"sep": re.escape(sign), "engine": "python"} if len(sign) > 1 else {"sep": sign}
    options: dict[str, Any] = {"header": 0 if header else None, "encoding": encoding, "index_col": False, **several}
    with warnings.catch_warnings():  # of rows with more values than there are headers pandas would drop some
        warnings.simplefilter("error", pd.errors.ParserWarning)
        try:
            frame = pd.read_csv(io.BytesIO(data), skipinitialspace=True, **options)
        except pd.errors.ParserWarning as error:
            raise ValueError(f"rows have more values than there are column headers ({error})") from error
    return _named(frame) if header else frame.set_axis(_numbered(len(frame.columns)), axis=1)


def _tab(data: bytes, header: bool, delimiter: str, encoding: str) -> pd.DataFrame:
    return _delimited(data, header, delimiter or "\t", encoding)


def _parquet(data: bytes, *_: Any) -> pd.DataFrame:
    frame = pd.read_parquet(io.BytesIO(data))
    named = [name for name in frame.index.names if name is not None]
    return frame.reset_index(drop=not named)  # what named the rows is data too


def _json_lines(data: bytes, header: bool, delimiter: str, encoding: str) -> pd.DataFrame:
    text = data.decode(encoding).removeprefix("\ufeff").strip()
    return pd.read_json(io.StringIO(text), lines=not text.startswith("["))


def _svm_light(data: bytes, *_: Any) -> pd.DataFrame:
    """Label and `col1`, `col2` …, from lines like `1 3:0.5 7:2 # note` (features count from 1)."""
    matrix, labels = lazy_import("sklearn.datasets").load_svmlight_file(io.BytesIO(data), zero_based=False)
    frame = pd.DataFrame(matrix.toarray(), columns=_numbered(matrix.shape[1]))
    frame.insert(0, "Labels", labels)
    return frame


def _arff(data: bytes, header: bool, delimiter: str, encoding: str) -> pd.DataFrame:
    """Weka's format: numeric, string, date and nominal attributes; `?` is missing; sparse rows in braces."""
    names, kinds, lines, reading = [], [], [], False
    for line in data.decode(encoding).splitlines():
        line = line.strip()
        if not line or line.startswith("%"):
            continue
        if reading:
            lines.append(line)
        elif line.lower().startswith("@data"):
            reading = True
        elif line.lower().startswith("@attribute"):
            name, kind = _attribute(line)
            names.append(name)
            kinds.append(kind)
    if not reading:
        raise ValueError("it has no @data line")
    omitted = [_levels(kind)[0] if kind.startswith("{") else "0" for kind in kinds]
    rows = [_sparse(line, omitted) if line.startswith("{") else _row(line, len(names)) for line in lines]
    frame = pd.DataFrame(rows, columns=names).replace({"?": None})
    return frame.assign(**{name: _typed(frame[name], kind) for name, kind in zip(names, kinds, strict=True)})


def _attribute(line: str) -> tuple[str, str]:
    found = re.match(r"@attribute\s+('[^']*'|\"[^\"]*\"|\S+)\s+(.+)", line, re.IGNORECASE)
    if not found:
        raise ValueError(f"can't read {line!r}")
    return found[1].strip("'\""), found[2].strip()


def _row(line: str, width: int) -> list[str]:
    cells = next(csv.reader([line], quotechar="'" if "'" in line else '"', escapechar="\\", skipinitialspace=True))
    if len(cells) != width:
        raise ValueError(f"a row has {len(cells)} values, there are {width} attributes: {line[:60]!r}")
    return [cell.strip() for cell in cells]


def _sparse(line: str, omitted: list[str]) -> list[Any]:
    """A row of positions and values; what it leaves out is 0, or the first of the nominal values."""
    cells: list[Any] = list(omitted)
    for pair in filter(None, (part.strip() for part in line.strip("{}").split(","))):
        position, value = pair.split(None, 1)
        cells[int(position)] = value.strip("'\"")
    return cells


def _levels(kind: str) -> list[str]:
    cells = next(csv.reader([kind.strip("{} ")], quotechar="'", skipinitialspace=True))
    return [cell.strip().strip("'\"") for cell in cells]


def _typed(column: pd.Series, kind: str) -> pd.Series:
    if kind.startswith("{"):
        levels = _levels(kind)
        unknown = column[column.notna() & ~column.isin(levels)]
        if len(unknown):
            raise ValueError(f"{unknown.iloc[0]!r} is none of the values of {column.name}: {', '.join(levels)}")
        return pd.Series(pd.Categorical(column, categories=levels), index=column.index)
    if kind.lower() in ("numeric", "real", "integer"):
        return pd.to_numeric(column)
    return pd.to_datetime(column) if kind.lower().startswith("date") else column


def _named(frame: pd.DataFrame) -> pd.DataFrame:
    names = [
        f"col{i}" if re.fullmatch(r"Unnamed: \d+", str(name)) else str(name).strip()
        for i, name in enumerate(frame.columns, 1)
    ]
    return frame.set_axis(names, axis=1)


def _numbered(count: int) -> list[str]:
    return [f"col{i}" for i in range(1, count + 1)]


_READERS: dict[str, Callable[[bytes, bool, str, str], pd.DataFrame]] = {
    "CSV": _delimited,
    "TSV": _tab,
    "Parquet": _parquet,
    "JSON lines": _json_lines,
    "SvmLight": _svm_light,
    "ARFF": _arff,
}
