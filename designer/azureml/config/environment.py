"""`Environment`: what a script's interpreter has installed. Elsewhere: building it (launch/venvs.py)."""

from __future__ import annotations

import copy
import json
import re
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.config.conda import CondaDependencies
from designer.azureml.config.sections import ContainerRegistry, DockerSection, PythonSection, RSection, SparkSection
from designer.azureml.exceptions import UserErrorException

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.workspace import Workspace


class Environment:
    """A named environment. With `python.user_managed_dependencies`, and without packages of its own, it is the current interpreter."""

    databricks = None

    def __init__(self, name: str, **kwargs: Any) -> None:
        self.name, self.version = name, None
        self.label: str | None = None
        self.python = PythonSection(conda_dependencies=CondaDependencies())
        self.docker, self.spark, self.r = DockerSection(), SparkSection(), RSection()
        self.environment_variables: dict[str, str] = {"EXAMPLE_ENV_VAR": "EXAMPLE_VALUE"}
        self.inferencing_stack_version: str | None = None
        self.asset_id: str | None = None
        self._asked = False  # packages were asked for by name, so a virtual environment is built

    # Making one

    @staticmethod
    def from_conda_specification(name: str, file_path: str) -> Environment:
        """From a conda YAML file."""
        made = Environment(name)
        made.python.conda_dependencies = CondaDependencies(file_path)
        return made

    @staticmethod
    def from_pip_requirements(name: str, file_path: str, pip_version: str | None = None) -> Environment:
        """From a requirements file."""
        path = Path(file_path)
        if not path.is_file():
            raise UserErrorException(f"there is no requirements file {file_path}")
        lines = [line.split(" #")[0].strip() for line in path.read_text().splitlines()]
        made = Environment(name)
        made.python.conda_dependencies = CondaDependencies.create(pip_packages=[])
        made.python.conda_dependencies._pip().extend(line for line in lines if line and not line.startswith("#"))
        return made

    @staticmethod
    def from_existing_conda_environment(name: str, conda_environment_name: str) -> Environment | None:
        """From a conda environment of this machine: its interpreter is used as it is. None when there is none of that name."""
        try:
            listed = subprocess.run(
                ["conda", "env", "list", "--json"], capture_output=True, text=True, check=True
            ).stdout
        except (OSError, subprocess.CalledProcessError):
            return None
        folder = next((p for p in json.loads(listed)["envs"] if Path(p).name == conda_environment_name), None)
        if folder is None:
            return None
        made = Environment(name)
        made.python.user_managed_dependencies = True
        made.python.interpreter_path = str(Path(folder) / "bin" / "python")
        return made

    @staticmethod
    def from_docker_image(
        name: str,
        image: str,
        container_registry: Any = None,
        conda_specification: str | None = None,
        pip_requirements: str | None = None,
    ) -> Environment:
        """From an image; here only its packages count."""
        made = Environment(name)
        if conda_specification:
            made = Environment.from_conda_specification(name, conda_specification)
        elif pip_requirements:
            made = Environment.from_pip_requirements(name, pip_requirements)
        else:
            made.python.user_managed_dependencies = True
        made.docker.base_image = image
        return made

    @staticmethod
    def from_dockerfile(
        name: str, dockerfile: str, conda_specification: str | None = None, pip_requirements: str | None = None
    ) -> Environment:
        """From a Dockerfile; here only its packages count."""
        made = Environment.from_docker_image(name, "", None, conda_specification, pip_requirements)
        made.docker.base_image, made.docker.base_dockerfile = None, dockerfile
        return made

    @staticmethod
    def from_docker_build_context(name: str, docker_build_context: Any) -> Environment:
        """From a build context; here the current interpreter."""
        return Environment.from_docker_image(name, "")

    # Workspace

    def register(self, workspace: Workspace) -> Environment:
        """Keep it under its name, as the next version."""
        kept = Assets(workspace.place, "environments").add(self.name, {"environment": self.to_data()})
        return Environment._of(kept)

    @staticmethod
    def get(workspace: Workspace, name: str, version: str | None = None, label: str | None = None) -> Environment:
        """One that was registered. Azure's curated ones (`AzureML-…`) are the current interpreter here."""
        kept = Assets(workspace.place, "environments").get(name, version)
        if kept is not None:
            return Environment._of(kept)
        if name.lower().startswith("azureml-"):
            made = Environment(name)
            made.python.user_managed_dependencies = True
            made.version = version or "1"
            return made
        there = ", ".join(Assets(workspace.place, "environments").names()) or "none"
        raise UserErrorException(f"there is no environment {name!r}; there are: {there}")

    @staticmethod
    def list(workspace: Workspace) -> dict[str, Environment]:
        """Name -> newest version."""
        assets = Assets(workspace.place, "environments")
        return {name: Environment._of(kept) for name in assets.names() if (kept := assets.get(name)) is not None}

    @staticmethod
    def _of(kept: Mapping[str, Any]) -> Environment:
        made = Environment.from_data(kept["environment"])
        made.version = str(kept["version"])
        return made

    @staticmethod
    def add_private_pip_wheel(workspace: Workspace, file_path: str, exist_ok: bool = False) -> str:
        """A wheel of your own: its path is what pip takes here."""
        path = Path(file_path).absolute()
        if not path.is_file():
            raise UserErrorException(f"there is no wheel {file_path}")
        return str(path)

    def clone(self, new_name: str) -> Environment:
        """A copy under another name."""
        made = copy.deepcopy(self)
        made.name, made.version = new_name, None
        return made

    def build(self, workspace: Workspace, image_build_compute: str | None = None) -> Any:
        """Build its virtual environment now instead of before the first run."""
        return self.build_local(workspace)

    def build_local(self, workspace: Workspace, platform: Any = None, **kwargs: Any) -> Any:
        """Build its virtual environment now. Returns an object with `wait_for_completion` and `status`."""
        from designer.azureml.launch import venvs  # noqa: PLC0415 - only to build

        specification = self.specification()
        if specification is not None:
            with open("/dev/stdout", "wb", buffering=0) as output:
                venvs.interpreter_for(workspace.place, specification, output.fileno())
        return _Built()

    def get_image_details(self, workspace: Workspace) -> dict[str, Any]:
        """There is no image."""
        return {
            "dockerImage": {"name": None, "registry": None},
            "environment": self.name,
            "imageExistsInRegistry": False,
        }

    def specification(self) -> dict[str, Any] | None:
        """What a virtual environment has to be built from; None where the current interpreter, or one of the user's, runs it."""
        python = self.python
        if python.user_managed_dependencies:
            return None
        wanted = python.conda_dependencies
        if python.conda_dependencies_file:
            wanted = CondaDependencies(python.conda_dependencies_file)
        if wanted is None:
            return None
        pip = [package for package in wanted._pip() if not _is_sdk(package)]
        conda = [package for package in wanted.conda_packages if not package.lower().startswith(("python", "pip"))]
        if not pip and not conda:
            return None
        return {"python": wanted.get_python_version(), "pip": pip, "conda": conda, "name": self.name}

    @property
    def interpreter(self) -> str | None:
        """The user's own interpreter, where one is named."""
        path = self.python.interpreter_path
        return path if self.python.user_managed_dependencies and path and path != "python" else None

    # As data

    def to_data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "name": self.name, "version": self.version, "python": self.python.to_data(), "docker": self.docker.to_data(),
            "environmentVariables": dict(self.environment_variables),
        }  # fmt: skip

    @classmethod
    def from_data(cls, data: Mapping[str, Any]) -> Environment:
        """From plain data."""
        made = cls(data["name"])
        python = _snake(data.get("python") or {})
        for key, value in python.items():
            setattr(made.python, key, value)
        conda = python.get("conda_dependencies")
        made.python.conda_dependencies = CondaDependencies(_underlying_structure=conda) if conda else None
        for key, value in _snake(data.get("docker") or {}).items():
            setattr(made.docker, key, ContainerRegistry(**(value or {})) if key == "base_image_registry" else value)
        made.environment_variables = dict(data.get("environmentVariables", {}))
        made.version = data.get("version")
        return made

    def save_to_directory(self, path: str, overwrite: bool = False) -> None:
        """Write it to `azureml_environment.json` in a folder."""
        folder = Path(path)
        target = folder / "azureml_environment.json"
        if target.exists() and not overwrite:
            raise UserErrorException(f"{target} exists already\n  next: overwrite=True")
        folder.mkdir(parents=True, exist_ok=True)
        target.write_text(json.dumps(self.to_data(), indent=2))
        if self.python.conda_dependencies is not None:
            self.python.conda_dependencies.save_to_file(path)

    @staticmethod
    def load_from_directory(path: str) -> Environment:
        """Read what `save_to_directory` wrote."""
        target = Path(path) / "azureml_environment.json"
        if not target.is_file():
            raise UserErrorException(f"there is no {target}")
        return Environment.from_data(json.loads(target.read_text()))

    def __repr__(self) -> str:
        return json.dumps(self.to_data(), indent=4)


def _snake(section: Mapping[str, Any]) -> dict[str, Any]:
    """A section with our spelling of its names; the SDK's own files have `condaDependencies`."""
    return {re.sub(r"([a-z])([A-Z])", r"\1_\2", key).lower(): value for key, value in section.items()}


class _Built:
    """A build that is done."""

    status = "Succeeded"

    def wait_for_completion(self, show_output: bool = True, *_: Any, **__: Any) -> None:
        """It is done already."""


class DockerBuildContext:
    """A folder to build an image from."""

    @staticmethod
    def from_local_directory(workspace: Any, path: str, dockerfile_path: str = "Dockerfile") -> DockerBuildContext:
        """Taken note of."""
        return DockerBuildContext()


def _is_sdk(package: str) -> bool:
    """Whether a requirement is the SDK itself, which our names replace."""
    return package.lower().replace("_", "-").startswith("azureml")
