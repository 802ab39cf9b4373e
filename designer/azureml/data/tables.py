"""A tabular dataset's files as a data frame, and the steps that narrow it down. Elsewhere: which files (sources.py)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from designer.azureml.data import expressions
from designer.azureml.exceptions import DatasetExecutionError, UserErrorException
from designer.declare.lazy import lazy_import

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from designer.azureml.data.sources import SourceFile

pd = lazy_import("pandas")

_DATE = re.compile(r"\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?")


def read(files: Sequence[SourceFile], format: str, options: Mapping[str, Any]) -> Any:
    """All files as one frame."""
    frames = []
    for file in files:
        frame = _read_one(file.path, format, options)
        if options.get("partition_format"):
            for name, value in partition_of(file.name, options["partition_format"]).items():
                frame.insert(0, name, value)
        if options.get("include_path"):
            frame.insert(0, "Path", f"/{file.name}")
        frames.append(frame)
    whole = frames[0] if len(frames) == 1 else pd.concat(frames, ignore_index=True)
    return _typed(whole, format, options)


def _read_one(path: Path, format: str, options: Mapping[str, Any]) -> Any:
    try:
        if format == "parquet":
            return pd.read_parquet(path)
        if format == "json":
            return pd.read_json(path, lines=True)
        header = 0 if options.get("header", True) in (True, 1, 2, 3) else None
        frame = pd.read_csv(
            path,
            sep=options.get("separator", ","),
            header=header,
            encoding={"utf8": "utf-8", "iso88591": "latin-1", "windows1252": "cp1252"}.get(
                options.get("encoding", "utf8"), options.get("encoding", "utf8")
            ),
            dtype=None if options.get("infer", True) else str,
            keep_default_na=not options.get("empty_as_string"),
        )
    except (OSError, ValueError) as error:
        raise DatasetExecutionError(f"{path} can't be read as {format}: {error}") from error
    if header is None:
        frame.columns = [f"Column{at + 1}" for at in range(frame.shape[1])]
    return frame


def _typed(frame: Any, format: str, options: Mapping[str, Any]) -> Any:
    chosen = options.get("types") or {}
    for column, kind in chosen.items():
        if column not in frame.columns:
            raise UserErrorException(
                f"set_column_types names {column!r}; columns are: {', '.join(map(str, frame.columns))}"
            )
        frame[column] = _converted(frame[column], kind)
    if format == "delimited" and options.get("infer", True):
        for column in frame.columns:
            if column not in chosen and not pd.api.types.is_numeric_dtype(frame[column]) and _are_dates(frame[column]):
                frame[column] = pd.to_datetime(frame[column])
    return frame


def _are_dates(series: Any) -> bool:
    present = series.dropna()
    return len(present) > 0 and all(isinstance(value, str) and _DATE.fullmatch(value) for value in present)


def _converted(series: Any, kind: Mapping[str, Any]) -> Any:
    name = kind["type"]
    if name == "datetime":
        formats = kind.get("formats") or [None]
        return pd.to_datetime(series, format=formats[0]) if formats[0] else pd.to_datetime(series)
    if name == "bool":
        true = {str(value).lower() for value in kind.get("true_values") or ("true", "1")}
        return series.map(lambda value: str(value).lower() in true)
    if name in ("long", "float"):
        numbers = pd.to_numeric(series, errors="coerce")
        return (
            numbers.astype("Int64" if numbers.isna().any() else "int64")
            if name == "long"
            else numbers.astype("float64")
        )
    return series.astype(str)


_TIME_PARTS = {"yyyy": ("year", r"\d{4}"), "MM": ("month", r"\d{1,2}"), "dd": ("day", r"\d{1,2}"),
               "HH": ("hour", r"\d{1,2}"), "mm": ("minute", r"\d{1,2}"), "ss": ("second", r"\d{1,2}")}  # fmt: skip


def partition_of(name: str, format: str) -> dict[str, Any]:
    """The columns that a file's path gives: `{country}/{day:yyyy/MM/dd}/data.csv`."""
    regex, columns = "", []
    for piece in re.split(r"(\{[^}]*\})", format.lstrip("/")):
        if not piece.startswith("{"):
            regex += re.escape(piece).replace(r"\*", "[^/]*")
            continue
        column, _, pattern = piece[1:-1].partition(":")
        parts = re.findall("yyyy|MM|dd|HH|mm|ss", pattern)
        if parts:
            regex += "".join(
                f"({_TIME_PARTS[bit][1]})" if bit in _TIME_PARTS else re.escape(bit)
                for bit in re.split("(yyyy|MM|dd|HH|mm|ss)", pattern)
            )
        else:
            regex += "([^/]+?)"
        columns.append((column, parts))
    match = re.search(regex + "$", name)
    if match is None:
        return {}
    found: dict[str, Any] = {}
    groups = list(match.groups())
    for column, parts in columns:
        if parts:
            fields = {"month": 1, "day": 1, **{_TIME_PARTS[part][0]: int(groups.pop(0)) for part in parts}}
            found[column] = pd.Timestamp(**fields)
        else:
            found[column] = groups.pop(0)
    return found


def applied(frame: Any, steps: Sequence[Mapping[str, Any]]) -> Any:
    """The frame after a dataset's steps."""
    for step in steps:
        frame = _STEPS[step["do"]](frame, step)
    return frame


def _keep(frame: Any, step: Mapping[str, Any]) -> Any:
    _check(frame, step["columns"])
    return frame[list(step["columns"])]


def _drop(frame: Any, step: Mapping[str, Any]) -> Any:
    _check(frame, step["columns"])
    return frame.drop(columns=list(step["columns"]))


def _check(frame: Any, columns: Sequence[str]) -> None:
    missing = [column for column in columns if column not in frame.columns]
    if missing:
        raise UserErrorException(
            f"there is no column {missing[0]!r}; columns are: {', '.join(map(str, frame.columns))}"
        )


def _sample(frame: Any, step: Mapping[str, Any]) -> Any:
    np = lazy_import("numpy")
    chosen = np.random.default_rng(step["seed"]).random(len(frame)) < step["probability"]
    return frame[chosen != step.get("rest", False)].reset_index(drop=True)


def _between(frame: Any, step: Mapping[str, Any]) -> Any:
    times = pd.to_datetime(frame[step["column"]])
    keep = times.notna()
    if step.get("after") is not None:
        after = pd.Timestamp(step["after"])
        keep &= times >= after if step["inclusive"] else times > after
    if step.get("before") is not None:
        before = pd.Timestamp(step["before"])
        keep &= times <= before if step["inclusive"] else times < before
    return frame[keep].reset_index(drop=True)


def _recent(frame: Any, step: Mapping[str, Any]) -> Any:
    times = pd.to_datetime(frame[step["column"]])
    return frame[times >= pd.Timestamp.now() - pd.Timedelta(seconds=step["seconds"])].reset_index(drop=True)


_STEPS = {
    "keep": _keep,
    "drop": _drop,
    "take": lambda frame, step: frame.head(step["count"]),
    "skip": lambda frame, step: frame.iloc[step["count"] :].reset_index(drop=True),
    "sample": _sample,
    "filter": lambda frame, step: frame[expressions.evaluate(step["expression"], frame)].reset_index(drop=True),
    "between": _between,
    "recent": _recent,
}
