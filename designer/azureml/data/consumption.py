"""`DatasetConsumptionConfig`: how a dataset reaches a script: as an object, as a folder, or as copies."""

from __future__ import annotations

import re
from typing import Any

from designer.azureml.exceptions import UserErrorException


class DatasetConsumptionConfig:
    """A named input: in a script's arguments it becomes an id or a path, and `run.input_datasets[name]` is there."""

    def __init__(self, name: str, dataset: Any, mode: str = "direct", path_on_compute: str | None = None) -> None:
        if not re.fullmatch(r"[A-Za-z]\w*", name or ""):
            raise UserErrorException(f"{name!r} can't name an input: letters, digits and _, a letter first")
        self.name, self.dataset, self.mode, self.path_on_compute = name, dataset, mode, path_on_compute

    def as_mount(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """As a folder."""
        return self._as("mount", path_on_compute)

    def as_download(self, path_on_compute: str | None = None) -> DatasetConsumptionConfig:
        """As a folder of copies."""
        return self._as("download", path_on_compute)

    def as_direct(self) -> DatasetConsumptionConfig:
        """As an object."""
        return self._as("direct", None)

    def as_hdfs(self) -> Any:
        """Not offered here."""
        raise UserErrorException("as_hdfs is for Spark clusters; here use as_mount or as_download")

    def _as(self, mode: str, path: str | None) -> DatasetConsumptionConfig:
        kind = getattr(self.dataset, "kind", getattr(getattr(self.dataset, "default_value", None), "kind", ""))
        if mode in ("mount", "download") and kind == "tabular":
            raise UserErrorException(
                f"{self.name}: a tabular dataset can't be mounted or downloaded\n"
                "  next: pass it as_named_input, or to_csv_files() first"
            )
        return DatasetConsumptionConfig(self.name, self.dataset, mode, path)

    def to_data(self) -> dict[str, Any]:
        """As plain data, for a launch."""
        return {"kind": "dataset", "id": self.dataset.id, "mode": self.mode, "path_on_compute": self.path_on_compute}

    def __str__(self) -> str:
        return f"DatasetConsumptionConfig:{self.name}"
