"""`ScriptRunConfig`: which script or command, from which folder, with what. Elsewhere: making it a launch (launch/prepare.py)."""

from __future__ import annotations

import os
import warnings
from typing import TYPE_CHECKING, Any

from designer.azureml.config.run_config import RunConfiguration
from designer.azureml.config.sections import MpiConfiguration, PyTorchConfiguration, TensorflowConfiguration

if TYPE_CHECKING:
    from collections.abc import Sequence

MAX_SECONDS = 2_592_000


class ScriptRunConfig:
    """A script's run, described; `Experiment.submit` runs it in a copy of its folder."""

    MAX_DURATION_SECONDS_DEFAULT = MAX_SECONDS

    def __init__(
        self,
        source_directory: str | os.PathLike[str],
        script: str | None = None,
        arguments: Sequence[Any] | None = None,
        run_config: RunConfiguration | None = None,
        _telemetry_values: Any = None,
        compute_target: Any = None,
        environment: Any = None,
        distributed_job_config: Any = None,
        resume_from: Any = None,
        max_run_duration_seconds: float | None = MAX_SECONDS,
        command: Sequence[Any] | str | None = None,
        docker_runtime_config: Any = None,
    ) -> None:
        self.source_directory = os.path.abspath(os.fspath(source_directory or "."))
        self.source_directory_data_store: str | None = None
        self.resume_from = resume_from
        if run_config is not None:
            given = {
                "compute_target": compute_target, "environment": environment,
                "distributed_job_config": distributed_job_config, "docker_runtime_config": docker_runtime_config,
            }  # fmt: skip
            ignored = [name for name, value in given.items() if value is not None]
            if ignored:
                warnings.warn(f"run_config is given, so {', '.join(ignored)} is ignored", UserWarning, stacklevel=2)
            self.run_config = run_config
        else:
            self.run_config = RunConfiguration()
            self.run_config.target = compute_target or "local"
            if environment is not None:
                self.run_config.environment = environment
            self.run_config.max_run_duration_seconds = max_run_duration_seconds
            if docker_runtime_config is not None:
                self.run_config.docker = docker_runtime_config
            _distribute(self.run_config, distributed_job_config)
        self.script = script if script is not None else self.run_config.script
        self.command = command if command is not None else self.run_config.command
        self.arguments = list(arguments) if arguments is not None else list(self.run_config.arguments)

    def __repr__(self) -> str:
        return f"ScriptRunConfig({self.script or self.command} in {self.source_directory}, arguments {self.arguments})"


def _distribute(run_config: RunConfiguration, chosen: Any) -> None:
    if isinstance(chosen, MpiConfiguration):
        run_config.communicator, run_config.mpi, run_config.node_count = "OpenMpi", chosen, chosen.node_count
    elif isinstance(chosen, PyTorchConfiguration):
        run_config.framework, run_config.communicator, run_config.pytorch = (
            "PyTorch",
            chosen.communication_backend,
            chosen,
        )
    elif isinstance(chosen, TensorflowConfiguration):
        run_config.framework, run_config.communicator, run_config.tensorflow = "TensorFlow", "ParameterServer", chosen


class ScriptRunInfo:
    """Kept for old imports; a submitted script's run is `ScriptRun`."""


def get_run_config_from_script_run(script_run: Any) -> ScriptRunConfig:
    """The configuration that a script's run was submitted with."""
    definition = script_run.get_details()["runDefinition"]
    made = ScriptRunConfig(".", script=definition.get("script"), arguments=definition.get("arguments"))
    made.command = definition.get("command")
    return made
