"""`TabularDataset` and `FileDataset`: definitions of data, read when asked for. Elsewhere: making them (factory.py).

A definition is plain data: sources, how to read them, and steps. Registered or passed to a script, it is kept under its id.
"""

from __future__ import annotations

import re
import shutil
import tempfile
import uuid
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.data import expressions, sources, tables
from designer.azureml.data.consumption import DatasetConsumptionConfig
from designer.azureml.exceptions import DatasetTimestampMissingError, UserErrorException
from designer.declare.lazy import lazy_import
from designer.store.place import place as default_place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.azureml.workspace import Workspace
    from designer.store.place import Place


class AbstractDataset:
    """What both kinds of datasets have."""

    kind = ""

    def __init__(self, definition: Mapping[str, Any], place: Place | None = None, registered: Any = None) -> None:
        self._definition = {"id": str(uuid.uuid4()), **definition, "kind": self.kind}
        self._place = place or default_place()
        self._registered: dict[str, Any] = dict(registered or {})

    # Who it is

    @property
    def id(self) -> str:
        """Its id, by which it can be had again."""
        self._keep()
        return self._definition["id"]

    @property
    def name(self) -> str | None:
        """The name it is registered under."""
        return self._registered.get("name")

    @property
    def version(self) -> int | None:
        """Its version under that name."""
        return self._registered.get("version")

    @property
    def description(self) -> str | None:
        """The text given when it was registered."""
        return self._registered.get("description")

    @property
    def tags(self) -> dict[str, str]:
        """The tags given when it was registered."""
        return dict(self._registered.get("tags") or {})

    @property
    def data_changed_time(self) -> datetime | None:
        """When its newest file was changed."""
        files = sources.files_of(self._place, self._definition["sources"])
        return datetime.fromtimestamp(max(file.path.stat().st_mtime for file in files))

    def add_tags(self, tags: Mapping[str, Any]) -> None:
        """Add tags to what is registered."""
        self._registered["tags"] = {**self.tags, **{k: str(v) for k, v in tags.items()}}
        if self.name:
            Assets(self._place, "datasets").update(self._registered)

    def remove_tags(self, tags: Sequence[str]) -> None:
        """Take tags away from what is registered."""
        self._registered["tags"] = {k: v for k, v in self.tags.items() if k not in tags}
        if self.name:
            Assets(self._place, "datasets").update(self._registered)

    def register(
        self,
        workspace: Workspace,
        name: str,
        description: str | None = None,
        tags: Mapping[str, Any] | None = None,
        create_new_version: bool = False,
    ) -> Any:
        """Keep it under a name. An existing name needs `create_new_version`, unless the definition is the same."""
        self._place = workspace.place
        assets = Assets(workspace.place, "datasets")
        latest = assets.get(name)
        if latest is not None:
            same = _meaning(latest["definition"]) == _meaning(self._definition)
            if same:
                self._registered = latest
                return type(self)(latest["definition"], workspace.place, latest)
            if not create_new_version:
                raise UserErrorException(
                    f"there is a dataset {name!r} already\n  next: create_new_version=True, or another name"
                )
        self._keep()
        data = {
            "definition": self._definition,
            "description": description,
            "tags": {k: str(v) for k, v in (tags or {}).items()},
        }
        kept = assets.add(name, data)
        self._registered = kept
        return type(self)(self._definition, workspace.place, kept)

    def unregister_all_versions(self) -> None:
        """Forget the name; ids go on to work."""
        if self.name:
            for version in Assets(self._place, "datasets").versions(self.name):
                Assets(self._place, "datasets").remove(self.name, version)
            self._registered = {}

    def as_named_input(self, name: str) -> DatasetConsumptionConfig:
        """It as an input of a script: `run.input_datasets[name]`."""
        return DatasetConsumptionConfig(name, self)

    def _keep(self) -> None:
        assets = Assets(self._place, "definitions")
        if assets.get(self._definition["id"], 1) is None:
            assets.add(self._definition["id"], {"definition": self._definition}, version=1)

    def _and(self, **step: Any) -> Any:
        """It with one more step."""
        definition = {k: v for k, v in self._definition.items() if k != "id"}
        return type(self)({**definition, "steps": [*self._definition.get("steps", ()), step]}, self._place)

    def take(self, count: int) -> Any:
        """Its first rows, or files."""
        return self._and(do="take", count=count)

    def skip(self, count: int) -> Any:
        """It without its first rows, or files."""
        return self._and(do="skip", count=count)

    def take_sample(self, probability: float, seed: int | None = None) -> Any:
        """A random part."""
        return self._and(do="sample", probability=probability, seed=_seed(seed))

    def random_split(self, percentage: float, seed: int | None = None) -> tuple[Any, Any]:
        """Two random parts, the first with about `percentage` (0 to 1) of it."""
        number = _seed(seed)
        first = self._and(do="sample", probability=percentage, seed=number)
        return first, self._and(do="sample", probability=percentage, seed=number, rest=True)

    def __repr__(self) -> str:
        places = ", ".join(sources.told(source) for source in self._definition["sources"])
        return f"{type(self).__name__}({self.name or self._definition['id']}: {places})"


class TabularDataset(AbstractDataset):
    """A table in files."""

    kind = "tabular"

    def to_pandas_dataframe(self, on_error: str = "null", out_of_range_datetime: str = "null") -> Any:
        """All of it as a pandas frame."""
        files = sources.files_of(self._place, self._definition["sources"])
        frame = tables.read(files, self._definition["format"], self._definition.get("options", {}))
        return tables.applied(frame, self._definition.get("steps", ()))

    def to_dask_dataframe(self, *_: Any, **__: Any) -> Any:
        """All of it as a Dask frame."""
        return lazy_import("dask.dataframe").from_pandas(self.to_pandas_dataframe(), npartitions=1)

    def to_csv_files(self, separator: str = ",") -> FileDataset:
        """The same as a CSV file."""
        return self._written("part-00000.csv", lambda frame, path: frame.to_csv(path, sep=separator, index=False))

    def to_parquet_files(self) -> FileDataset:
        """The same as a Parquet file."""
        return self._written("part-00000.parquet", lambda frame, path: frame.to_parquet(path, index=False))

    def _written(self, name: str, write: Any) -> FileDataset:
        folder = self._place.folder / "azureml" / "written" / uuid.uuid4().hex
        folder.mkdir(parents=True)
        write(self.to_pandas_dataframe(), folder / name)
        return FileDataset({"sources": [{"path": str(folder)}]}, self._place)

    def keep_columns(self, columns: Any, validate: bool = False) -> TabularDataset:
        """Only these columns."""
        return self._and(do="keep", columns=[columns] if isinstance(columns, str) else list(columns))

    def drop_columns(self, columns: Any) -> TabularDataset:
        """Without these columns."""
        return self._and(do="drop", columns=[columns] if isinstance(columns, str) else list(columns))

    def filter(self, expression: expressions.Expression) -> TabularDataset:
        """The rows where an expression such as `ds["age"] > 30` holds."""
        return self._and(do="filter", expression=expression.data)

    def __getitem__(self, key: Any) -> Any:
        return expressions.column(key) if isinstance(key, str) else self.keep_columns(list(key))

    def with_timestamp_columns(
        self, timestamp: str | None = None, partition_timestamp: str | None = None, validate: bool = False, **old: Any
    ) -> TabularDataset:
        """The same, knowing which column tells the time."""
        column = (
            timestamp or old.get("fine_grain_timestamp") or partition_timestamp or old.get("coarse_grain_timestamp")
        )
        definition = {k: v for k, v in self._definition.items() if k != "id"}
        return TabularDataset({**definition, "timestamp": column}, self._place, self._registered)

    @property
    def timestamp_columns(self) -> tuple[str | None, None]:
        """The column that tells the time."""
        return self._definition.get("timestamp"), None

    def time_before(self, end_time: datetime, include_boundary: bool = True, validate: bool = True) -> TabularDataset:
        """The rows before a time."""
        return self._and(do="between", column=self._time(), before=end_time.isoformat(), inclusive=include_boundary)

    def time_after(self, start_time: datetime, include_boundary: bool = True, validate: bool = True) -> TabularDataset:
        """The rows after a time."""
        return self._and(do="between", column=self._time(), after=start_time.isoformat(), inclusive=include_boundary)

    def time_between(
        self, start_time: datetime, end_time: datetime, include_boundary: bool = True, validate: bool = True
    ) -> TabularDataset:
        """The rows between two times."""
        after, before = start_time.isoformat(), end_time.isoformat()
        return self._and(do="between", column=self._time(), after=after, before=before, inclusive=include_boundary)

    def time_recent(
        self, time_delta: timedelta, include_boundary: bool = True, validate: bool = True
    ) -> TabularDataset:
        """The rows of the last time."""
        return self._and(do="recent", column=self._time(), seconds=time_delta.total_seconds())

    def _time(self) -> str:
        column = self._definition.get("timestamp")
        if column is None:
            raise DatasetTimestampMissingError(
                "the dataset knows no column with times\n  next: with_timestamp_columns(…)"
            )
        return column

    @property
    def partition_keys(self) -> list[str]:
        """The columns by which it is partitioned."""
        return list(self._definition.get("partition_keys", ()))

    def partition_by(
        self, partition_keys: list[str], target: Any, name: str | None = None, show_progress: bool = True, **_: Any
    ) -> Any:
        """Write it to a datastore, a file for each combination of some columns' values. Returns the dataset of those files."""
        datastore, inner = target if isinstance(target, (list, tuple)) else (target.datastore, target.path_on_datastore)
        frame = self.to_pandas_dataframe()
        missing = [key for key in partition_keys if key not in frame.columns]
        if missing:
            raise UserErrorException(
                f"there is no column {missing[0]!r}; there are: {', '.join(map(str, frame.columns))}"
            )
        for values, part in frame.groupby(partition_keys, sort=False):
            folders = [
                re.sub(r"[^\w.=-]", "_", str(value)) or "_"
                for value in (values if isinstance(values, tuple) else (values,))
            ]
            path = datastore.folder.joinpath(inner, *folders, "data.parquet")
            path.parent.mkdir(parents=True, exist_ok=True)
            part.to_parquet(path, index=False)
        source = {"datastore": datastore.name, "path": f"{inner}/**/data.parquet"}
        data = {
            "sources": [source],
            "kind": "tabular",
            "format": "parquet",
            "options": {},
            "partition_keys": list(partition_keys),
        }
        made = of_definition(data, datastore.workspace.place)
        return made if name is None else made.register(datastore.workspace, name, create_new_version=True)

    def get_partition_key_values(self, partition_keys: list[str] | None = None) -> list[dict[str, Any]]:
        """The combinations of values that there are."""
        keys = list(partition_keys or self.partition_keys)
        return self.to_pandas_dataframe()[keys].drop_duplicates().to_dict("records")

    def get_profile(self, *_: Any, **__: Any) -> Any:
        """Statistics of the columns, as pandas' `describe` gives them."""
        return self.to_pandas_dataframe().describe(include="all")


class FileDataset(AbstractDataset):
    """Files."""

    kind = "file"

    def files(self) -> list[sources.SourceFile]:
        """Its files after its steps (designer's own addition)."""
        found = sources.files_of(self._place, self._definition["sources"])
        for step in self._definition.get("steps", ()):
            if step["do"] == "take":
                found = found[: step["count"]]
            elif step["do"] == "skip":
                found = found[step["count"] :]
            elif step["do"] == "sample":
                draws = lazy_import("random").Random(step["seed"])
                found = [f for f in found if (draws.random() < step["probability"]) != step.get("rest", False)]
        return found

    @property
    def partition_keys(self) -> list[str]:
        """The names in its `partition_format`."""
        return [
            piece.partition(":")[0]
            for piece in re.findall(r"\{([^}]*)\}", self._definition.get("partition_format") or "")
        ]

    def partitions(self, keys: list[str]) -> list[tuple[dict[str, Any], list[sources.SourceFile]]]:
        """Its files by the values that their paths have for some keys (designer's own addition). Raises `UserErrorException`."""
        unknown = [key for key in keys if key not in self.partition_keys]
        if unknown:
            there = ", ".join(self.partition_keys) or "none, as it has no partition_format"
            raise UserErrorException(f"there is no partition key {unknown[0]!r}; there are: {there}")
        found: dict[tuple[Any, ...], list[sources.SourceFile]] = {}
        for file in self.files():
            values = tables.partition_of(file.name, self._definition["partition_format"])
            found.setdefault(tuple(values.get(key) for key in keys), []).append(file)
        return [(dict(zip(keys, values, strict=True)), files) for values, files in found.items()]

    def get_partition_key_values(self, partition_keys: list[str] | None = None) -> list[dict[str, Any]]:
        """The combinations of values that there are."""
        return [values for values, _ in self.partitions(list(partition_keys or self.partition_keys))]

    def to_path(self) -> list[str]:
        """The files' names, each beginning with `/`."""
        return [f"/{file.name}" for file in self.files()]

    def download(
        self, target_path: str | None = None, overwrite: bool = False, ignore_not_found: bool = False
    ) -> list[str]:
        """Copy the files to a folder (by default a temporary one). Returns their paths."""
        folder = Path(target_path or tempfile.mkdtemp(prefix="designer-"))
        paths = []
        for file in self.files():
            place = folder / file.name
            if place.exists() and not overwrite:
                raise UserErrorException(f"{place} exists already\n  next: overwrite=True, or another folder")
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(file.path, place)
            paths.append(str(place))
        return paths

    def mount(self, mount_point: str | None = None, **_: Any) -> MountContext:
        """The files in a folder, for a `with` block or between `start()` and `stop()`."""
        return MountContext(self, mount_point)

    def as_mount(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """It as a folder for a script."""
        return DatasetConsumptionConfig(f"input_{self._definition['id'][:8]}", self).as_mount(path_on_compute)

    def as_download(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """It as a folder of copies for a script."""
        return DatasetConsumptionConfig(f"input_{self._definition['id'][:8]}", self).as_download(path_on_compute)

    def as_hdfs(self) -> Any:
        """Not offered here."""
        raise UserErrorException("as_hdfs is for Spark clusters; here use as_mount or as_download")

    def file_metadata(self, col: str) -> Any:
        """Not offered here."""
        raise UserErrorException("file_metadata is not offered; files() gives paths, whose stat() tells")


class MountContext:
    """A folder with a file dataset's files, while it is used."""

    def __init__(self, dataset: FileDataset, mount_point: str | None) -> None:
        self._dataset = dataset
        self._own = mount_point is None
        self.mount_point = mount_point or tempfile.mkdtemp(prefix="designer-mount-")

    def start(self) -> None:
        """Lay the files out."""
        sources.laid_out(self._dataset.files(), Path(self.mount_point), copy=False)

    def stop(self) -> None:
        """Take them away."""
        if self._own:
            shutil.rmtree(self.mount_point, ignore_errors=True)

    def __enter__(self) -> MountContext:
        self.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.stop()


def of_definition(definition: Mapping[str, Any], place: Place, registered: Any = None) -> Any:
    """The dataset of a kept definition."""
    return (TabularDataset if definition["kind"] == "tabular" else FileDataset)(definition, place, registered)


def by_id(place: Place, id: str) -> Any:
    """The dataset of an id. Raises `UserErrorException`."""
    kept = Assets(place, "definitions").get(id, 1)
    if kept is None:
        raise UserErrorException(f"there is no dataset with the id {id}")
    return of_definition(kept["definition"], place)


def _meaning(definition: Mapping[str, Any]) -> dict[str, Any]:
    return {key: value for key, value in definition.items() if key != "id" and value}


def _seed(seed: int | None) -> int:
    return uuid.uuid4().int & 0xFFFFFFFF if seed is None else seed
