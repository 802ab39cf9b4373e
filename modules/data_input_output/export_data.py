"""Data to a file, an address or a database table."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import BadFile
from modules._shared.frames import distinct
from modules._shared.parameters import param

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_FILE, _SQL = {"destination": ["File"]}, {"destination": ["SQL database"]}


@module(
    title="Export Data",
    category="Data Input and Output",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True), Metric("bytes", unit="B")],
    volatile=True,
)
def export_data(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    destination: Annotated[Literal["File", "SQL database"], param("Data destination")] = "File",
    path: Annotated[str, param("Path", "A path, or an address that fsspec can write to.", when=_FILE)] = "",
    format: Annotated[Literal["csv", "tsv", "parquet", "json lines"], param("File format", when=_FILE)] = "csv",
    connection: Annotated[str, param("Connection", "A SQLAlchemy address, such as sqlite:///shop.db.", when=_SQL)] = "",
    table: Annotated[str, param("Table", when=_SQL)] = "",
    if_exists: Annotated[Literal["replace", "append", "fail"], param("If the table exists", when=_SQL)] = "replace",
) -> None:
    """Write the dataset; an existing file is replaced."""
    run = Run.get_context()
    if destination == "File":
        run.log("bytes", _to_file(dataset, path, format))
    else:
        _to_table(dataset, connection, table, if_exists)
    run.log("rows", len(dataset))


def _to_file(dataset: pd.DataFrame, path: str, format: str) -> int:
    if not path.strip():
        raise BadFile("no path is given")
    try:
        data = _bytes(distinct(dataset), format)
        system, place = lazy_import("fsspec").core.url_to_fs(path, auto_mkdir=True)
        with system.open(place, "wb") as stream:
            stream.write(data)
    except (OSError, ImportError, ValueError, TypeError, NotImplementedError) as error:
        raise BadFile(f"cannot write {path}: {error}") from error
    return len(data)


def _bytes(dataset: pd.DataFrame, format: str) -> bytes:
    if format == "parquet":
        buffer = io.BytesIO()
        dataset.to_parquet(buffer, index=False)
        return buffer.getvalue()
    if format == "json lines":
        return dataset.to_json(orient="records", lines=True, date_format="iso").encode()
    return dataset.to_csv(index=False, sep="\t" if format == "tsv" else ",").encode()


def _to_table(dataset: pd.DataFrame, connection: str, table: str, if_exists: Any) -> None:
    if not connection.strip() or not table.strip():
        raise BadFile("a connection and a table are needed to write to a database")
    alchemy = lazy_import("sqlalchemy")
    try:
        engine = alchemy.create_engine(connection)
        try:
            dataset.to_sql(table, engine, index=False, if_exists=if_exists)
        finally:
            engine.dispose()
    except (alchemy.exc.SQLAlchemyError, pd.errors.DatabaseError, ModuleNotFoundError, ValueError, TypeError) as error:
        raise BadFile(f"the database takes nothing: {error.__cause__ or error}") from error
