"""A SQL query over up to three datasets."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import is_type
from modules._shared.errors import BadExpression
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


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
    """The result of the (last) query. Columns that keep their name keep their type, and t1's their role."""
    tables = {name: table for name, table in (("t1", t1), ("t2", t2), ("t3", t3)) if table is not None}
    result = (_duckdb if engine == "DuckDB" else _sqlite)(tables, query)
    run = Run.get_context()
    run.log("rows", len(result))
    run.log("columns", len(result.columns))
    return carried(t1, result)


def _sqlite(tables: dict[str, pd.DataFrame], query: str) -> pd.DataFrame:
    with closing(sqlite3.connect(":memory:")) as connection:
        for name, table in tables.items():
            table.to_sql(name, connection, index=False)
        connection.set_authorizer(_only_here)
        *before, last = [part for part in _statements(query) if part.strip()] or [query]
        try:
            for statement in before:
                connection.execute(statement)
            cursor = connection.execute(last)
        except sqlite3.Error as error:
            raise BadExpression(query, str(error), "select * from t1") from error
        if cursor.description is None:
            raise BadExpression(query, "the last statement gives no rows", "select * from t1")
        result = pd.DataFrame(cursor.fetchall(), columns=[name for name, *_ in cursor.description])
    return _retyped(result, tables)


def _only_here(action: int, *_: Any) -> int:
    """Queries stay within the tables that they were given: no other database file is attached."""
    return sqlite3.SQLITE_DENY if action in (sqlite3.SQLITE_ATTACH, sqlite3.SQLITE_DETACH) else sqlite3.SQLITE_OK


def _statements(query: str) -> list[str]:
    """The statements of a script; a semicolon in a text ends none."""
    statements, current = [], ""
    for part in query.split(";"):
        current += part + ";"
        if sqlite3.complete_statement(current):
            statements.append(current)
            current = ""
    return [*(text for text in statements if text.strip(" ;\n\t")), *([current] if current.strip(" ;\n\t") else [])]


def _retyped(result: pd.DataFrame, tables: dict[str, pd.DataFrame]) -> pd.DataFrame:
    """Dates and Booleans that came through as text and numbers, under their own names, become what they were."""
    for table in tables.values():
        for name in table.columns.intersection(result.columns):
            if is_type(table[name], "DateTime"):
                result[name] = pd.to_datetime(result[name])
            elif is_type(table[name], "Boolean") and result[name].dropna().isin([0, 1]).all():
                result[name] = result[name].astype(table[name].dtype if result[name].notna().all() else "boolean")
    return result


def _duckdb(tables: dict[str, pd.DataFrame], query: str) -> pd.DataFrame:
    try:
        import duckdb  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("duckdb", extra="sql") from error
    with duckdb.connect(":memory:", config={"enable_external_access": "false"}) as connection:
        for name, table in tables.items():
            connection.register(name, table)
        try:
            return connection.execute(query).df()
        except duckdb.Error as error:
            raise BadExpression(query, str(error), "select * from t1") from error
