"""`RunConfiguration`: in what, and with which settings, a script runs. Elsewhere: which script (script_config.py)."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

from designer.azureml.config.environment import Environment
from designer.azureml.config.sections import (
    AmlComputeConfiguration,
    DockerConfiguration,
    HistoryConfiguration,
    MpiConfiguration,
    PyTorchConfiguration,
    Section,
    SparkConfiguration,
    TensorflowConfiguration,
)
from designer.azureml.exceptions import RunConfigurationException, UserErrorException

_KNOWN = (
    "script",
    "command",
    "arguments",
    "target",
    "framework",
    "communicator",
    "node_count",
    "max_run_duration_seconds",
)
_FRAMEWORKS = ("Python", "PySpark", "TensorFlow", "PyTorch", "CNTK", "R")


class RunConfiguration:
    """All settings of a run. Which of them count here: script, arguments, command, environment, environment_variables,
    max_run_duration_seconds, data, output_data, data_references. A script runs in one process, whatever is distributed."""

    def __init__(
        self,
        script: str | None = None,
        arguments: Any = None,
        framework: str | None = None,
        communicator: str | None = None,
        conda_dependencies: Any = None,
        _history_enabled: Any = None,
        _path: Any = None,
        _name: str | None = None,
        command: Any = None,
    ) -> None:
        self.script, self.command = script, command
        self.arguments = list(arguments) if arguments else []
        self._target = "local"
        self.framework = framework or "Python"
        if self.framework.lower() not in {name.lower() for name in _FRAMEWORKS}:
            raise UserErrorException(f"there is no framework {framework!r}; choose one of {', '.join(_FRAMEWORKS)}")
        self.communicator, self.node_count, self.priority = communicator or "None", 1, None
        self.max_run_duration_seconds: float | None = None
        self.auto_prepare_environment = True
        self.environment = Environment("default-environment")
        if conda_dependencies is not None:
            self.environment.python.conda_dependencies = conda_dependencies
        self.environment_variables: dict[str, str] = {}
        self.history, self.docker = HistoryConfiguration(), DockerConfiguration()
        self.mpi, self.tensorflow, self.pytorch = MpiConfiguration(), TensorflowConfiguration(), PyTorchConfiguration()
        self.spark, self.amlcompute, self.hdi = SparkConfiguration(), AmlComputeConfiguration(), Section()
        self.data: dict[str, Any] = {}
        self.output_data: dict[str, Any] = {}
        self.data_references: dict[str, Any] = {}
        self.datacaches: list[Any] = []
        self.source_directory_data_store: str | None = None
        self.credential_passthrough = False
        self._name = _name

    @property
    def target(self) -> str:
        """The compute target's name."""
        return self._target

    @target.setter
    def target(self, target: Any) -> None:
        self._target = getattr(target, "name", target) or "local"

    def save(self, path: str | None = None, name: str | None = None, separate_environment_yaml: bool = False) -> None:
        """Write it to `.azureml/NAME.runconfig`."""
        target = Path(path or ".")
        target = (
            target
            if target.suffix == ".runconfig"
            else target / ".azureml" / f"{name or self._name or 'default'}.runconfig"
        )
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(yaml.safe_dump(self.to_data(), sort_keys=False))

    @staticmethod
    def load(path: str, name: str | None = None) -> RunConfiguration:
        """Read one that was written."""
        root = Path(path)
        names = [f"{name}.runconfig"] if name else ["default.runconfig"]
        places = [root, *(root / folder / n for folder in (".azureml", "aml_config", ".") for n in names)]
        target = next((p for p in places if p.is_file()), None)
        if target is None:
            raise RunConfigurationException(f"there is no run configuration {name or 'default'} in {path}")
        data = yaml.safe_load(target.read_text()) or {}
        made = RunConfiguration(framework=data.get("framework"), _name=name)
        for key in _KNOWN:
            if key in data:
                setattr(made, key, data[key])
        environment = data.get("environment")
        if environment:
            python = {"conda_dependencies": None, **{_snake(k): v for k, v in environment.get("python", {}).items()}}
            made.environment = Environment.from_data(
                {"name": environment.get("name") or "default-environment", "python": python,
                 "environmentVariables": environment.get("environmentVariables", {})}
            )  # fmt: skip
        made.environment_variables = dict(data.get("environmentVariables") or {})
        return made

    @staticmethod
    def delete(path: str, name: str) -> None:
        """Remove the file."""
        (Path(path) / ".azureml" / f"{name}.runconfig").unlink(missing_ok=True)

    def to_data(self) -> dict[str, Any]:
        """As plain data, as `get_details()['runDefinition']` has it."""
        command = self.command if isinstance(self.command, (str, type(None))) else " ".join(map(str, self.command))
        return {
            "script": self.script,
            "command": command,
            "arguments": [str(a) for a in self.arguments],
            "framework": self.framework,
            "communicator": self.communicator,
            "target": self.target,
            "maxRunDurationSeconds": self.max_run_duration_seconds,
            "nodeCount": self.node_count,
            "environment": self.environment.to_data() if self.environment is not None else None,
            "environmentVariables": dict(self.environment_variables),
            "history": self.history.to_data(),
            "docker": self.docker.to_data(),
            "mpi": {"processCountPerNode": getattr(self.mpi, "process_count_per_node", 1)},
        }

    def __repr__(self) -> str:
        return yaml.safe_dump(self.to_data(), sort_keys=False)


def _snake(name: str) -> str:
    return "".join(f"_{c.lower()}" if c.isupper() else c for c in name)
