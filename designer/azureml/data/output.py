"""`OutputFileDatasetConfig`: a folder that a script writes, as a dataset for what comes after."""

from __future__ import annotations

import copy
import uuid
from typing import TYPE_CHECKING, Any

from designer.azureml.data.datastore import clean

if TYPE_CHECKING:
    from collections.abc import Mapping


class OutputDatasetConfig:
    """What a script's output is called, where its files go, and what it becomes."""

    def __init__(
        self,
        name: str | None = None,
        destination: Any = None,
        source: str | None = None,
        partition_format: str | None = None,
    ) -> None:
        self.name = name or f"output_{uuid.uuid4().hex[:8]}"
        self.destination = _destination(destination)
        self.source, self.partition_format, self.mode = source, partition_format, "mount"
        self.table: dict[str, Any] | None = None
        self.registration: dict[str, Any] | None = None
        self.link: dict[str, Any] = {}  # shared by all its forms: which step writes it

    def as_mount(self, disable_metadata_cache: bool = False) -> Any:
        """Written in place."""
        return self._with(mode="mount")

    def as_upload(self, overwrite: bool = False, source_globs: Any = None) -> Any:
        """Copied at the script's end."""
        return self._with(mode="upload")

    def as_input(self, name: str | None = None) -> OutputInput:
        """It as an input of a later step."""
        return OutputInput(self, name or self.name)

    def register_on_complete(
        self, name: str, description: str | None = None, tags: Mapping[str, Any] | None = None
    ) -> Any:
        """Register what was written as a dataset, when the script ends well."""
        return self._with(registration={"name": name, "description": description, "tags": dict(tags or {})})

    def read_delimited_files(self, **options: Any) -> Any:
        """What was written is a table in CSV files."""
        chosen = {"infer": options.get("infer_column_types", True), "separator": options.get("separator", ",")}
        return self._with(table={"format": "delimited", "options": {**chosen, "header": options.get("header", True)}})

    def read_parquet_files(self, **_: Any) -> Any:
        """What was written is a table in Parquet files."""
        return self._with(table={"format": "parquet", "options": {}})

    def _with(self, **changes: Any) -> Any:
        other = copy.copy(self)
        for name, value in changes.items():
            setattr(other, name, value)
        return other

    def to_data(self) -> dict[str, Any]:
        """As plain data, for a launch."""
        return {
            "kind": "file", "destination": self.destination, "source": self.source, "table": self.table,
            "registration": self.registration,
        }  # fmt: skip

    def __str__(self) -> str:
        return f"OutputFileDatasetConfig:{self.name}"


class OutputFileDatasetConfig(OutputDatasetConfig):
    """Files that a script writes."""


class HDFSOutputDatasetConfig(OutputDatasetConfig):
    """The same; there is no cluster here."""


class LinkFileOutputDatasetConfig(OutputDatasetConfig):
    """The same."""


class OutputInput:
    """An output, as an input of a later step."""

    def __init__(self, output: OutputDatasetConfig, name: str, mode: str = "mount") -> None:
        self.output, self.name, self.mode = output, name, mode

    def as_mount(self, path_on_compute: str | None = None) -> OutputInput:
        """As a folder."""
        return OutputInput(self.output, self.name, "mount")

    def as_download(self, path_on_compute: str | None = None) -> OutputInput:
        """As a folder of copies."""
        return OutputInput(self.output, self.name, "download")

    def as_direct(self) -> OutputInput:
        """As an object."""
        return OutputInput(self.output, self.name, "direct")


def _destination(destination: Any) -> dict[str, str] | None:
    if destination is None:
        return None
    if isinstance(destination, (list, tuple)):
        return {"datastore": destination[0].name, "path": clean(str(destination[1] or ""))}
    return {"datastore": destination.name, "path": ""}
