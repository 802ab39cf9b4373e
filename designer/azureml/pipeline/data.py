"""`PipelineData`: what a step writes and another reads. Elsewhere: outputs as datasets (../data/output.py)."""

from __future__ import annotations

import re
from typing import Any

from designer.azureml.data.consumption import DatasetConsumptionConfig
from designer.azureml.data.reference import VARIABLE
from designer.azureml.exceptions import UserErrorException

__all__ = ["DatasetConsumptionConfig", "PipelineData", "PipelineDataset", "TrainingOutput"]


class PipelineData:
    """A file or folder between steps. As an argument it becomes a path."""

    def __init__(
        self,
        name: str,
        datastore: Any = None,
        output_name: str | None = None,
        output_mode: str = "mount",
        output_path_on_compute: str | None = None,
        output_overwrite: bool | None = None,
        data_type: str | None = None,
        is_directory: bool | None = None,
        pipeline_output_name: str | None = None,
        training_output: Any = None,
    ) -> None:
        if not re.fullmatch(r"\w+", name or ""):
            raise ValueError(f"PipelineData name {name!r} is invalid; it takes letters, digits and underscores only")
        if output_mode not in ("mount", "upload"):
            raise ValueError(f"Invalid output mode [{output_mode}]")
        self.name, self.datastore, self.output_name = name, datastore, output_name or name
        self.output_mode, self.data_type, self.is_directory = output_mode, data_type, is_directory
        self.pipeline_output_name, self.training_output = pipeline_output_name, training_output
        self.link: dict[str, Any] = {}  # which step writes it

    @property
    def data_reference_name(self) -> str:
        """Its name."""
        return self.name

    def get_env_variable_name(self) -> str:
        """The environment variable with its path."""
        return f"{VARIABLE}{self.name}"

    def as_dataset(self) -> PipelineDataset:
        """It as a dataset."""
        return PipelineDataset(self)

    def as_mount(self) -> PipelineInput:
        """It as a folder."""
        return PipelineInput(self, self.name)

    def as_download(
        self, input_name: str | None = None, path_on_compute: str | None = None, overwrite: Any = None
    ) -> PipelineInput:
        """It as a folder of copies."""
        return PipelineInput(self, input_name or self.name, "download")

    def as_input(self, input_name: str) -> PipelineInput:
        """It under another name."""
        return PipelineInput(self, input_name)

    def create_input_binding(self, input_name: str | None = None, mode: str = "mount", **_: Any) -> PipelineInput:
        """It as an input."""
        return PipelineInput(self, input_name or self.name, mode or "mount")

    def to_data(self) -> dict[str, Any]:
        """As plain data, for a step."""
        return {"kind": "pipeline", "is_directory": bool(self.is_directory)}

    def __str__(self) -> str:
        return f"${VARIABLE}{self.name}"

    __repr__ = __str__


class PipelineInput:
    """What a step reads of what another writes."""

    def __init__(self, source: Any, name: str, mode: str = "mount", table: Any = None) -> None:
        self.source, self.name, self.mode, self.table = source, name, mode, table

    @property
    def link(self) -> dict[str, Any]:
        """Which step writes it."""
        return self.source.link

    def __str__(self) -> str:
        return f"${VARIABLE}{self.name}"

    __repr__ = __str__


class PipelineDataset:
    """What a step writes, as a dataset for the next."""

    def __init__(self, source: PipelineData, name: str | None = None, mode: str = "mount", table: Any = None) -> None:
        self.source, self.name, self.mode, self.table = source, name or source.name, mode, table
        self.registration: dict[str, Any] | None = None

    @property
    def link(self) -> dict[str, Any]:
        """Which step writes it."""
        return self.source.link

    def _with(self, **changes: Any) -> PipelineDataset:
        made = type(self)(self.source, self.name, self.mode, self.table)
        for name, value in changes.items():
            setattr(made, name, value)
        return made

    def as_named_input(self, name: str) -> PipelineDataset:
        """It as `run.input_datasets[name]`."""
        return self._with(name=name)

    def as_mount(self, path_on_compute: str | None = None) -> PipelineDataset:
        """It as a folder."""
        return self._with(mode="mount")

    def as_download(self, path_on_compute: str | None = None) -> PipelineDataset:
        """It as a folder of copies."""
        return self._with(mode="download")

    def as_direct(self) -> PipelineDataset:
        """It as an object."""
        return self._with(mode="direct")

    def parse_delimited_files(self, include_path: bool = False, separator: str = ",", **_: Any) -> PipelineDataset:
        """Its files are CSV."""
        return self._with(
            mode="direct", table={"format": "delimited", "options": {"separator": separator, "infer": True}}
        )

    def parse_parquet_files(self, include_path: bool = False, **_: Any) -> PipelineDataset:
        """Its files are Parquet."""
        return self._with(mode="direct", table={"format": "parquet", "options": {}})

    def register(self, name: str, create_new_version: bool = True) -> PipelineDataset:
        """Register it when the step has ended well."""
        self.source.link.setdefault("registrations", []).append({"name": name, "description": None, "tags": {}})
        return self

    def keep_columns(self, *_: Any, **__: Any) -> Any:
        """Not offered."""
        raise UserErrorException("choose the columns in the script that reads the dataset")

    drop_columns = keep_columns

    def __str__(self) -> str:
        return f"DatasetConsumptionConfig:{self.name}"


class TrainingOutput:
    """What a sweep or automated training hands on: its metrics or its best model."""

    def __init__(
        self, type: str, iteration: int | None = None, metric: str | None = None, model_file: str | None = None
    ) -> None:
        if type not in ("Model", "Metrics", "Data"):
            raise ValueError(f"a training output is Model, Metrics or Data, not {type!r}")
        self.type, self.iteration, self.metric, self.model_file = type, iteration, metric, model_file
