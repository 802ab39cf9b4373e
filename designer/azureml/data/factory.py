"""`Dataset` and its factories `Dataset.Tabular`, `Dataset.File`. Elsewhere: the datasets (dataset.py)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.data import dataset, sources
from designer.azureml.data.dataset import AbstractDataset, FileDataset, TabularDataset
from designer.azureml.data.datastore import clean
from designer.azureml.exceptions import DatasetValidationError, UserErrorException
from designer.declare.lazy import lazy_import
from designer.store.place import place as default_place

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.workspace import Workspace
    from designer.store.place import Place


def place_of(path: Any) -> Place:
    """The store that a path belongs to: its datastore's workspace, else this process's."""
    for one in path if isinstance(path, (list, tuple)) else [path]:
        if isinstance(one, (list, tuple)):
            return place_of(one)
        store = getattr(one, "datastore", one)
        if hasattr(store, "workspace"):
            return store.workspace.place
    return default_place()


class TabularDatasetFactory:
    """Tables from files."""

    @staticmethod
    def from_delimited_files(
        path: Any,
        validate: bool = True,
        include_path: bool = False,
        infer_column_types: bool = True,
        set_column_types: Mapping[str, Any] | None = None,
        separator: str = ",",
        header: Any = True,
        partition_format: str | None = None,
        support_multi_line: bool = False,
        empty_as_string: bool = False,
        encoding: str = "utf8",
    ) -> TabularDataset:
        """CSV and the like."""
        options = {
            "include_path": include_path, "infer": infer_column_types, "types": _types(set_column_types), "separator": separator,
            "header": getattr(header, "value", header), "partition_format": partition_format,
            "empty_as_string": empty_as_string, "encoding": getattr(encoding, "value", encoding),
        }  # fmt: skip
        return _tabular(path, "delimited", options, validate)

    @staticmethod
    def from_parquet_files(
        path: Any,
        validate: bool = True,
        include_path: bool = False,
        set_column_types: Mapping[str, Any] | None = None,
        partition_format: str | None = None,
    ) -> TabularDataset:
        """Parquet."""
        options = {
            "include_path": include_path,
            "types": _types(set_column_types),
            "partition_format": partition_format,
        }
        return _tabular(path, "parquet", options, validate)

    @staticmethod
    def from_json_lines_files(
        path: Any,
        validate: bool = True,
        include_path: bool = False,
        set_column_types: Mapping[str, Any] | None = None,
        partition_format: str | None = None,
        invalid_lines: str = "error",
        encoding: str = "utf8",
    ) -> TabularDataset:
        """One JSON object a line."""
        options = {
            "include_path": include_path,
            "types": _types(set_column_types),
            "partition_format": partition_format,
        }
        return _tabular(path, "json", options, validate)

    @staticmethod
    def from_sql_query(query: Any, *_: Any, **__: Any) -> TabularDataset:
        """Not offered: a dataset here is files."""
        raise UserErrorException(
            "from_sql_query is not offered by designer: datasets here are files\n"
            "  next: pandas.read_sql, then Dataset.Tabular.register_pandas_dataframe"
        )

    @staticmethod
    def register_pandas_dataframe(
        dataframe: Any,
        target: Any,
        name: str,
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        show_progress: bool = True,
        row_group_size: int | None = None,
        make_target_path_unique: bool = True,
    ) -> TabularDataset:
        """Write a frame to a datastore as Parquet and register it. `target` is a datastore or `(datastore, path)`."""
        datastore, folder = target if isinstance(target, (list, tuple)) else (target, "managed-dataset")
        if hasattr(target, "path_on_datastore"):
            datastore, folder = target.datastore, target.path_on_datastore
        inner = clean(str(folder or "managed-dataset"))
        if make_target_path_unique:
            inner = f"{inner}/{lazy_import('uuid').uuid4()}"
        path = Path(datastore.folder) / inner / "part-00000.parquet"
        path.parent.mkdir(parents=True, exist_ok=True)
        dataframe.to_parquet(path, index=False)
        made = TabularDatasetFactory.from_parquet_files((datastore, f"{inner}/"))
        return made.register(datastore.workspace, name, description, tags, create_new_version=True)


class FileDatasetFactory:
    """Files."""

    @staticmethod
    def from_files(
        path: Any, validate: bool = True, partition_format: str | None = None, is_file: bool = False
    ) -> FileDataset:
        """Files at paths or addresses."""
        found = sources.sources_of(path)
        place = place_of(path)
        if validate:
            _validate(place, found)
        return FileDataset(
            {"sources": found, **({"partition_format": partition_format} if partition_format else {})}, place
        )

    @staticmethod
    def upload_directory(
        src_dir: str, target: Any, pattern: str | None = None, overwrite: bool = False, show_progress: bool = True
    ) -> FileDataset:
        """Copy a folder into a datastore and make it a dataset."""
        datastore, inner = target if isinstance(target, (list, tuple)) else (target.datastore, target.path_on_datastore)
        root = Path(src_dir)
        if not root.is_dir():
            raise UserErrorException(f"there is no folder {src_dir} to upload")
        files = sorted(p for p in (root.glob(pattern) if pattern else root.rglob("*")) if p.is_file())
        datastore.upload_files([str(p) for p in files], str(root), inner, overwrite, show_progress)
        return FileDatasetFactory.from_files((datastore, f"{clean(str(inner))}/"))


def _tabular(path: Any, format: str, options: Mapping[str, Any], validate: bool) -> TabularDataset:
    found = sources.sources_of(path)
    place = place_of(path)
    if validate:
        _validate(place, found)
    kept = {name: value for name, value in options.items() if value not in (None, {})}
    return TabularDataset({"sources": found, "format": format, "options": kept}, place)


def _validate(place: Place, found: list[dict[str, str]]) -> None:
    try:
        sources.files_of(place, found)
    except Exception as error:
        raise DatasetValidationError(
            f"{error.args[0] if error.args else error}\n  next: upload the data, or validate=False"
        ) from error


def _types(chosen: Mapping[str, Any] | None) -> dict[str, Any]:
    return {name: kind if isinstance(kind, dict) else kind.data for name, kind in (chosen or {}).items()}


class DataType:
    """A column's type, for `set_column_types`."""

    def __init__(self, data: dict[str, Any]) -> None:
        self.data = data

    @staticmethod
    def to_bool(true_values: Any = None, false_values: Any = None, mismatch_as: Any = None) -> DataType:
        """True or False."""
        return DataType({"type": "bool", "true_values": list(true_values) if true_values else None})

    @staticmethod
    def to_datetime(formats: Any = None) -> DataType:
        """Times."""
        return DataType({"type": "datetime", "formats": [formats] if isinstance(formats, str) else formats})

    @staticmethod
    def to_float(decimal_mark: str = ".") -> DataType:
        """Numbers."""
        return DataType({"type": "float"})

    @staticmethod
    def to_long() -> DataType:
        """Whole numbers."""
        return DataType({"type": "long"})

    @staticmethod
    def to_string() -> DataType:
        """Text."""
        return DataType({"type": "string"})

    @staticmethod
    def to_stream(workspace: Any = None, escaped: bool = False) -> DataType:
        """Not offered: kept as text."""
        return DataType({"type": "string"})


class Dataset(AbstractDataset):
    """Datasets of a workspace, and the factories that make new ones."""

    Tabular = TabularDatasetFactory
    File = FileDatasetFactory

    @staticmethod
    def get_by_name(workspace: Workspace, name: str, version: Any = "latest") -> Any:
        """A registered dataset. Raises `UserErrorException` naming those there are."""
        assets = Assets(workspace.place, "datasets")
        kept = assets.get(name, None if version in ("latest", None) else version)
        if kept is None:
            raise UserErrorException(
                f"there is no dataset {name!r} in version {version}; there are: {', '.join(assets.names()) or 'none'}"
            )
        return dataset.of_definition(kept["definition"], workspace.place, kept)

    @staticmethod
    def get_by_id(workspace: Workspace, id: str, **_: Any) -> Any:
        """A dataset by its id, registered or not."""
        return dataset.by_id(workspace.place, id)

    @staticmethod
    def get_all(workspace: Workspace) -> dict[str, Any]:
        """Name -> newest version."""
        names = Assets(workspace.place, "datasets").names()
        return {name: Dataset.get_by_name(workspace, name) for name in names}

    @staticmethod
    def get(workspace: Workspace, name: str | None = None, id: str | None = None) -> Any:
        """A dataset by name or id."""
        return Dataset.get_by_id(workspace, id) if id else Dataset.get_by_name(workspace, name or "")
