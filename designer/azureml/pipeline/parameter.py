"""`PipelineParameter`: a value that is chosen when a pipeline is submitted."""

from __future__ import annotations

from typing import Any

from designer.azureml.data.dataset import AbstractDataset
from designer.azureml.data.reference import DataPath


class PipelineParameter:
    """A named value with a default: text, a number, true or false, a `DataPath` or a dataset."""

    def __init__(self, name: str, default_value: Any) -> None:
        if (
            not isinstance(default_value, (str, int, float, bool, DataPath, AbstractDataset))
            and default_value is not None
        ):
            raise ValueError(f"Default value is of unsupported type: {type(default_value).__name__}")
        self.name, self.default_value = name, default_value
        self.default_data_type = type(default_value).__name__

    def plain(self, value: Any = None) -> Any:
        """A value (by default the default) as plain data."""
        return plain(self.default_value if value is None else value)

    def __repr__(self) -> str:
        return f"PipelineParameter_Name:{self.name}_Default:{self.default_value}"


def plain(value: Any) -> Any:
    """A parameter's value as plain data."""
    if isinstance(value, DataPath):
        return {"kind": "folder", "datastore": value.datastore_name, "path": value.path_on_datastore}
    if isinstance(value, AbstractDataset):
        return {"kind": "dataset", "id": value.id}
    return value
