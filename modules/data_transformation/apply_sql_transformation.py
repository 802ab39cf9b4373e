"""A SQL query over up to three datasets."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import is_type
from modules._shared.errors import BadExpression, DuplicateColumns, TooFewColumns, ValuesError, listed
from modules._shared.frames import distinct, numbered, replaced
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_TRUTH, _SPAN, _TEXT = "designer_truth", "designer_span", "designer_text"
_DATE = re.compile(r"\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(\.\d+)?([+-]\d\d:\d\d)?")
_COMMENT = re.compile(r"--[^\n]*|/\*.*?\*/", re.DOTALL)

sqlite3.register_converter(_TRUTH, lambda raw: raw not in (b"0", b"0.0"))
sqlite3.register_converter(_SPAN, lambda raw: pd.Timedelta(int(raw)))


@module(
    title="Apply SQL Transformation",
    category="Data Transformation",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True), Metric("columns", unit="columns")],
)
def apply_sql_transformation(
    t1: Annotated[pd.DataFrame, PortInfo(title="t1")],
    t2: Annotated[pd.DataFrame | None, PortInfo(title="t2")] = None,
    t3: Annotated[pd.DataFrame | None, PortInfo(title="t3")] = None,
    *,
    query: Annotated[
        str,
        param(
            "SQL query script",
            "The datasets are the tables t1, t2 and t3.",
            extra={"widget": "code", "language": "sql"},
        ),
    ] = "select * from t1",
    engine: Annotated[
        Literal["SQLite", "DuckDB"],
        param("SQL engine", "SQLite speaks the Designer's dialect; DuckDB is for many rows."),
    ] = "SQLite",
) -> Annotated[pd.DataFrame, PortInfo(title="Result_dataset")]:
    """The result of the (last) query. Columns that are passed on keep their type, and t1's their role."""
    tables = {name: table for name, table in (("t1", t1), ("t2", t2), ("t3", t3)) if table is not None}
    result = (_duckdb if engine == "DuckDB" else _sqlite)(tables, query)
    run = Run.get_context()
    run.log("rows", len(result))
    run.log("columns", len(result.columns))
    return carried(t1, result)


def _sqlite(tables: dict[str, pd.DataFrame], query: str) -> pd.DataFrame:
    with closing(sqlite3.connect(":memory:", detect_types=sqlite3.PARSE_DECLTYPES)) as connection:
        for name, table in tables.items():
            _put(connection, name, table)
        connection.set_authorizer(_only_here)
        *before, last = _statements(query) or [query]
        try:
            for statement in before:
                connection.execute(statement)
            cursor = connection.execute(last)
            rows = cursor.fetchall()
        except sqlite3.Error as error:
            raise _unreadable(query, error, tables) from error
        if cursor.description is None:
            raise BadExpression(query, "the last statement gives no rows", "select * from t1")
        return _retyped(pd.DataFrame(rows, columns=numbered(name for name, *_ in cursor.description)), tables)


def _put(connection: sqlite3.Connection, name: str, table: pd.DataFrame) -> None:
    """The frame as a table. Types that SQLite doesn't know are declared, so that they come back as they were."""
    if not len(table.columns):
        raise TooFewColumns(0, 1, f"the table {name}")
    table = table.set_axis([str(column) for column in table.columns], axis=1)
    lower = table.columns.str.lower()
    if not lower.is_unique:
        twice = [column for column in table.columns if (lower == column.lower()).sum() > 1]
        raise DuplicateColumns([f"{' or '.join(twice)} (SQL sees no difference of case)"])
    spans = {n: _nanoseconds(table[n]) for n in table if is_type(table[n], "TimeSpan")}
    kinds = {"TimeSpan": _SPAN, "Boolean": _TRUTH, "DateTime": _TEXT}
    types = {n: declared for n in table for kind, declared in kinds.items() if is_type(table[n], kind)}
    try:
        replaced(table, spans).to_sql(name, connection, index=False, dtype=types or None)
    except (sqlite3.Error, pd.errors.DatabaseError, OverflowError, TypeError, ValueError) as error:
        raise ValuesError(f"SQLite can't hold {name}: {error.__cause__ or error}; see its columns' types") from error


def _nanoseconds(spans: pd.Series) -> pd.Series:
    return (spans // pd.Timedelta(1, "ns")).astype("Int64")


def _only_here(action: int, *_: Any) -> int:
    """Queries stay within the tables that they were given: no other database file is attached."""
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK


def _statements(query: str) -> list[str]:
    """The statements of a script; a semicolon in a text ends none, and a comment is none."""
    statements, current = [], ""
    for part in query.split(";"):
        current += part + ";"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return [text for text in [*statements, current] if _COMMENT.sub("", text).strip(" ;\n\r\t")]


def _retyped(result: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Dates that came through as text, under their own names and whole, become dates again."""
    dates = {str(n): t[n].dt.tz for t in reversed(tables.values()) for n in t if is_type(t[n], "DateTime")}
    for name in result.columns.intersection(list(dates)):
        texts, zone = result[name].dropna(), dates[name]
        if len(texts) and all(isinstance(text, str) and _DATE.fullmatch(text) for text in texts):
            found = pd.to_datetime(result[name], format="ISO8601", utc=zone is not None)
            result[name] = found.dt.tz_convert(zone) if zone is not None else found
    for name in result.columns:
        if result[name].dtype == object and result[name].isin([True, False, None]).all() and result[name].notna().any():
            result[name] = result[name].astype("boolean")
    return result


def _unreadable(query: str, error: Exception, tables: dict[str, pd.DataFrame]) -> BadExpression:
    known = "; ".join(f"{name} has the columns {listed(table.columns)}" for name, table in tables.items())
    return BadExpression(query, f"{error} ({known})", "select * from t1")


def _duckdb(tables: dict[str, pd.DataFrame], query: str) -> pd.DataFrame:
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("duckdb", extra="sql") from error
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        for name, table in tables.items():
            try:
                connection.register(name, distinct(table))
            except duckdb.Error as error:
                raise ValuesError(f"DuckDB can't hold {name}: {error}; see its columns' types") from error
        try:
            return connection.execute(query).df()
        except duckdb.Error as error:
            raise _unreadable(query, error, tables) from error
