"""`DataReference` and `DataPath`: places in a datastore, passed to a script as a path."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any

from designer.azureml.data.datastore import clean

if TYPE_CHECKING:
    from designer.azureml.data.datastore import Datastore

VARIABLE = "AZUREML_DATAREFERENCE_"


class DataReference:
    """A place in a datastore. As a script's argument it becomes a path of this machine."""

    def __init__(
        self,
        datastore: Datastore,
        data_reference_name: str | None = None,
        path_on_datastore: str | None = None,
        mode: str = "mount",
        path_on_compute: str | None = None,
        overwrite: bool = False,
    ) -> None:
        self.datastore, self.path_on_datastore = datastore, clean(path_on_datastore or "")
        self.data_reference_name = data_reference_name or re.sub(r"\W", "_", f"{datastore.name}_{uuid.uuid4().hex[:8]}")
        self.mode, self.path_on_compute, self.overwrite = mode, path_on_compute, overwrite

    def path(self, path: str | None = None, data_reference_name: str | None = None) -> DataReference:
        """A place below it."""
        inner = "/".join(part for part in (self.path_on_datastore, path) if part)
        return DataReference(self.datastore, data_reference_name, inner)

    def as_mount(self) -> DataReference:
        """The same, as the folder itself."""
        return self._with("mount")

    def as_download(self, path_on_compute: str | None = None, overwrite: bool = False) -> DataReference:
        """The same, as a copy."""
        return self._with("download", path_on_compute, overwrite)

    def as_upload(self, path_on_compute: str | None = None, overwrite: bool = False) -> DataReference:
        """The same, to write to; written files are there at once."""
        return self._with("upload", path_on_compute, overwrite)

    def as_dataset(self) -> Any:
        """A file dataset of what lies there."""
        from designer.azureml.data.factory import FileDatasetFactory  # noqa: PLC0415 - each knows the other

        return FileDatasetFactory.from_files((self.datastore, self.path_on_datastore), validate=False)

    def _with(self, mode: str, path: str | None = None, overwrite: bool = False) -> DataReference:
        return DataReference(
            self.datastore,
            self.data_reference_name,
            self.path_on_datastore,
            mode,
            path or self.path_on_compute,
            overwrite,
        )

    def to_data(self) -> dict[str, Any]:
        """As plain data, for a launch."""
        return {"kind": "folder", "datastore": self.datastore.name, "path": self.path_on_datastore, "mode": self.mode}

    def __str__(self) -> str:
        return f"${VARIABLE}{self.data_reference_name}"

    __repr__ = __str__


class DataPath:
    """A place in a datastore, such as a pipeline's parameter may name."""

    def __init__(
        self, datastore: Datastore | None = None, path_on_datastore: str | None = None, name: str | None = None
    ) -> None:
        self.datastore, self.path_on_datastore, self.name = datastore, clean(path_on_datastore or ""), name

    @property
    def datastore_name(self) -> str:
        """Its datastore's name."""
        return self.datastore.name if self.datastore is not None else ""

    def create_data_reference(
        self, data_reference_name: str | None = None, datapath_compute_binding: Any = None
    ) -> DataReference:
        """A reference to it."""
        assert self.datastore is not None
        mode = getattr(datapath_compute_binding, "mode", "mount")
        return DataReference(self.datastore, data_reference_name, self.path_on_datastore, mode)

    def __repr__(self) -> str:
        return f"DataPath({self.datastore_name}/{self.path_on_datastore})"


class DataPathComputeBinding:
    """How a `DataPath` reaches a script."""

    def __init__(self, mode: str = "mount", path_on_compute: str | None = None, overwrite: bool = False) -> None:
        self.mode, self.path_on_compute, self.overwrite = mode, path_on_compute, overwrite
