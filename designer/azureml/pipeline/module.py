"""`Module` and `ModuleVersion`: a script with ports, kept in a workspace, placed in pipelines by `ModuleStep`."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.launch import snapshot

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping, Sequence


class ModuleVersion:
    """One version of a module: the script with its folder, ports, parameters."""

    def __init__(self, workspace: Any, name: str, data: Mapping[str, Any]) -> None:
        self.workspace, self.name, self._data = workspace, name, dict(data)
        self.version, self.status = str(data["version"]), "Active"
        self.module_version_id, self.description = data["id"], data["description"]
        self.snapshot, self.script = data["snapshot"], data["script"]
        self.inputs, self.outputs = list(data["inputs"]), list(data["outputs"])
        self.arguments, self.params = list(data["arguments"]), dict(data["params"])

    def get_default_version(self) -> str:
        """Itself."""
        return self.version


class ModuleVersionDescriptor:
    """A version told."""

    def __init__(self, version: str, module_version_id: str) -> None:
        self.version, self.module_version_id = version, module_version_id


class Module:
    """A module of a workspace."""

    def __init__(self, workspace: Any, data: Mapping[str, Any]) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.id, self.name, self.description, self.status = data["name"], data["title"], data["description"], "Active"

    @staticmethod
    def create(workspace: Any, name: str, description: str = "", **_: Any) -> Module:
        """A new one, without versions."""
        assets = Assets(workspace.place, "modules")
        if any(data["title"] == name for data in assets.all()):
            raise UserErrorException(f"there is a module {name!r} already\n  next: Module.get(ws, name={name!r})")
        return Module(
            workspace,
            assets.add(str(uuid.uuid4()), {"title": name, "description": description, "default": None}, version=1),
        )

    @staticmethod
    def get(workspace: Any, module_id: str | None = None, name: str | None = None, **_: Any) -> Module:
        """One by id or name."""
        for data in Assets(workspace.place, "modules").all():
            if data["name"] == module_id or data["title"] == name:
                return Module(workspace, data)
        raise UserErrorException(f"there is no module {name or module_id!r}")

    def publish_python_script(
        self, script_name: str, description: str, inputs: Sequence[Any] | None = None, outputs: Sequence[Any] | None = None,
        params: Mapping[str, Any] | None = None, create_new_version: bool = True, version: str | None = None, is_default: bool = False,
        source_directory: str | None = None, hash_paths: Any = None, category: str | None = None,
        arguments: Sequence[Any] | None = None, runconfig: Any = None, **_: Any,
    ) -> ModuleVersion:  # fmt: skip
        """Keep a script with its folder as a version."""
        ports = {id(port): port.name for port in (*(inputs or ()), *(outputs or ()))}
        told = [{"port": ports[id(part)]} if id(part) in ports else _plain(part) for part in arguments or ()]
        data = {
            "id": str(uuid.uuid4()), "description": description, "script": script_name, "arguments": told,
            "snapshot": snapshot.take(self.workspace.place, source_directory or "."),
            "inputs": [port.name for port in inputs or ()], "outputs": [port.name for port in outputs or ()],
            "params": {k: _plain(v) for k, v in (params or {}).items()},
        }  # fmt: skip
        kept = self._versions().add(self.id, data, version)
        if is_default or self._data.get("default") is None:
            self.set_default_version(str(kept["version"]))
        return ModuleVersion(self.workspace, self.name, kept)

    def _versions(self) -> Assets:
        return Assets(self.workspace.place, "module_versions")

    @property
    def default_version(self) -> str | None:
        """The version that is placed when none is named."""
        return self._data.get("default")

    def get_default_version(self) -> str | None:
        """The same."""
        return self.default_version

    def get_default(self) -> ModuleVersion:
        """The version that is placed when none is named."""
        return self.resolve(None)

    def set_default_version(self, version: str) -> None:
        """Choose it."""
        self._data["default"] = str(version)
        Assets(self.workspace.place, "modules").update(self._data)

    def resolve(self, version: str | None = None) -> ModuleVersion:
        """A version, by default the default."""
        wanted = version or self.default_version
        data = self._versions().get(self.id, wanted) if wanted else None
        if data is None:
            raise UserErrorException(
                f"module {self.name!r} has no version {wanted}; it has: {', '.join(self._versions().versions(self.id)) or 'none'}"
            )
        return ModuleVersion(self.workspace, self.name, data)

    def module_version_list(self) -> builtins.list[ModuleVersionDescriptor]:
        """All versions."""
        return [ModuleVersionDescriptor(str(data["version"]), data["id"]) for data in self._versions().all_of(self.id)]

    def versions(self) -> dict[str, ModuleVersionDescriptor]:
        """Version -> its description."""
        return {one.version: one for one in self.module_version_list()}


def _plain(value: Any) -> Any:
    """A module's argument or parameter as plain data."""
    return getattr(value, "default_value", value)
