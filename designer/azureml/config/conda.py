"""`CondaDependencies`: the packages of an environment. Elsewhere: building one from it (launch/venvs.py)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from designer.azureml.exceptions import UserErrorException

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

PYTHON_PREFIX = "python"
DEFAULT_NAME = "project_environment"


class CondaDependencies:
    """Conda and pip packages, as conda's YAML has them."""

    def __init__(
        self, conda_dependencies_file_path: str | None = None, _underlying_structure: Mapping[str, Any] | None = None
    ) -> None:
        if conda_dependencies_file_path is not None:
            path = Path(conda_dependencies_file_path)
            if not path.is_file():
                raise UserErrorException(f"there is no conda file {conda_dependencies_file_path}")
            _underlying_structure = yaml.safe_load(path.read_text()) or {}
        self._data: dict[str, Any] = {
            "name": DEFAULT_NAME,
            "dependencies": [f"python={_version()}", {"pip": ["azureml-defaults"]}],
            "channels": ["anaconda", "conda-forge"],
            **(dict(_underlying_structure) if _underlying_structure else {}),
        }

    @staticmethod
    def create(
        pip_indexurl: str | None = None,
        pip_packages: Sequence[str] | None = None,
        conda_packages: Sequence[str] | None = None,
        python_version: str | None = None,
        pin_sdk_version: bool = True,
    ) -> CondaDependencies:
        """From lists of packages."""
        made = CondaDependencies()
        if python_version:
            made.set_python_version(python_version)
        for package in conda_packages or ():
            made.add_conda_package(package)
        if pip_packages is not None:
            made._pip()[:] = []
        for package in pip_packages or ():
            made.add_pip_package(package)
        if pip_indexurl:
            made.set_pip_index_url(pip_indexurl)
        return made

    def _pip(self) -> list[str]:
        for entry in self._data["dependencies"]:
            if isinstance(entry, dict) and "pip" in entry:
                return entry["pip"]  # type: ignore[no-any-return]
        fresh: list[str] = []
        self._data["dependencies"].append({"pip": fresh})
        return fresh

    @property
    def pip_packages(self) -> list[str]:
        """The pip packages; options left out."""
        return [package for package in self._pip() if not package.startswith("-")]

    @property
    def pip_options(self) -> list[str]:
        """pip's options, such as an index."""
        return [package for package in self._pip() if package.startswith("-")]

    @property
    def conda_packages(self) -> list[str]:
        """The conda packages, Python among them."""
        return [package for package in self._data["dependencies"] if isinstance(package, str)]

    @property
    def conda_channels(self) -> list[str]:
        """Where conda packages would come from."""
        return list(self._data.get("channels", ()))

    def add_pip_package(self, pip_package: str) -> None:
        """Add one; another version of it is replaced."""
        packages = self._pip()
        name = _name(pip_package)
        packages[:] = [p for p in packages if p.startswith("-") or _name(p) != name] + [pip_package]

    def remove_pip_package(self, pip_package: str) -> None:
        """Take one away."""
        packages = self._pip()
        packages[:] = [p for p in packages if _name(p) != _name(pip_package)]

    def add_conda_package(self, conda_package: str) -> None:
        """Add one; another version of it is replaced."""
        entries = self._data["dependencies"]
        entries[:] = [e for e in entries if not isinstance(e, str) or _name(e) != _name(conda_package)]
        entries.insert(len(self.conda_packages), conda_package)

    def remove_conda_package(self, conda_package: str) -> None:
        """Take one away."""
        entries = self._data["dependencies"]
        entries[:] = [e for e in entries if not isinstance(e, str) or _name(e) != _name(conda_package)]

    def add_channel(self, channel: str) -> None:
        """Add a channel."""
        channels = self._data.setdefault("channels", [])
        if channel not in channels:
            channels.append(channel)

    def remove_channel(self, channel: str) -> None:
        """Take a channel away."""
        self._data["channels"] = [c for c in self._data.get("channels", ()) if c != channel]

    def set_python_version(self, version: str) -> None:
        """Which Python."""
        self.add_conda_package(f"{PYTHON_PREFIX}={version}")

    def get_python_version(self) -> str | None:
        """Which Python."""
        found = next((p for p in self.conda_packages if _name(p) == PYTHON_PREFIX), None)
        return found.partition("=")[2].lstrip("=") or None if found else None

    def set_pip_index_url(self, index_url: str) -> None:
        """Where pip packages come from."""
        self.set_pip_option(f"--index-url {index_url}")

    def set_pip_option(self, pip_option: str) -> None:
        """Add an option for pip."""
        self._pip().insert(0, pip_option)

    def add_tensorflow_pip_package(self, core_type: str = "cpu", version: str | None = None) -> None:
        """TensorFlow, from pip."""
        self.add_pip_package(f"tensorflow=={version}" if version else "tensorflow")

    def add_tensorflow_conda_package(self, core_type: str = "cpu", version: str | None = None) -> None:
        """TensorFlow, from conda."""
        self.add_conda_package(f"tensorflow={version}" if version else "tensorflow")

    def as_dict(self) -> dict[str, Any]:
        """As conda's YAML has it."""
        return self._data

    def serialize_to_string(self) -> str:
        """As conda's YAML."""
        return yaml.safe_dump(self._data, sort_keys=False)

    def save_to_file(self, base_directory: str, conda_file_path: str = "conda_dependencies.yml") -> str:
        """Write that YAML below a folder. Returns the file's name."""
        path = Path(base_directory, conda_file_path)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self.serialize_to_string())
        return conda_file_path

    def save(self, path: str | os.PathLike[str] | None = None) -> str:
        """Write that YAML."""
        target = Path(path or "conda_dependencies.yml")
        if target.is_dir():
            target = target / "conda_dependencies.yml"
        target.write_text(self.serialize_to_string())
        return str(target)

    def __repr__(self) -> str:
        return self.serialize_to_string()


def _name(package: str) -> str:
    head = package.strip().split(";")[0]
    for sign in ("[", "=", "<", ">", "!", "~", " ", "@"):
        head = head.split(sign)[0]
    return head.strip().lower().replace("_", "-")


def _version() -> str:
    import sys  # noqa: PLC0415 - once

    return f"{sys.version_info.major}.{sys.version_info.minor}"
