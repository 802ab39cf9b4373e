"""`Workspace`: a store under Azure ML's name. Its datastores, datasets, models … lie in the store; everything is on this machine."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.launch import mlflow_folder
from designer.azureml.launch.variables import WORKSPACE
from designer.store.place import Place, place

if TYPE_CHECKING:
    from collections.abc import Callable

_CONFIG = (".azureml/config.json", "aml_config/config.json", "config.json")
_KEYS = ("subscription_id", "resource_group", "workspace_name")


class Workspace:
    """A store, by any name. Every name means the same store of the current project: `DESIGNER_STORE`, else `.designer/`."""

    DEFAULT_BLOB_DATASTORE_NAME, DEFAULT_FILE_DATASTORE_NAME = "workspaceblobstore", "workspacefilestore"

    def __init__(
        self,
        subscription_id: str = "local",
        resource_group: str = "local",
        workspace_name: str = "local",
        auth: Any = None,
        *_: Any,
        **kwargs: Any,
    ) -> None:
        self._name, self._subscription, self._group = str(workspace_name), str(subscription_id), str(resource_group)
        self._tags: dict[str, str] = {}
        self.place: Place = kwargs.get("place") or place()
        self.location, self.sku, self.discovery_url, self.service_context = "local", "Basic", "local", None

    # Getting one

    @staticmethod
    def from_config(
        path: str | None = None, auth: Any = None, _logger: Any = None, _file_name: str | None = None
    ) -> Workspace:
        """The one that a `config.json` here or above names; without such a file, the local one."""
        found = _config(Path(path) if path else Path.cwd(), _file_name)
        if found is None:
            if path is not None:
                raise UserErrorException(f"there is no config.json at {path}")
            return Workspace(workspace_name=_own_name())
        try:
            data = json.loads(found.read_text())
            return Workspace(*(str(data[key]) for key in _KEYS))
        except (ValueError, KeyError) as error:
            raise UserErrorException(f"{found} is no workspace's configuration; it needs {', '.join(_KEYS)}") from error

    @staticmethod
    def create(
        name: str,
        auth: Any = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        location: str | None = None,
        create_resource_group: bool = True,
        sku: str = "basic",
        tags: Mapping[str, str] | None = None,
        **_: Any,
    ) -> Workspace:
        """The local store under this name."""
        made = Workspace(subscription_id or "local", resource_group or "local", name)
        made.location = location or "local"
        made._tags = dict(tags or {})
        return made

    @staticmethod
    def get(
        name: str | None = None,
        auth: Any = None,
        subscription_id: str | None = None,
        resource_group: str | None = None,
        location: str | None = None,
        cloud: str = "AzureCloud",
        id: str | None = None,
    ) -> Workspace:
        """The local store under this name."""
        return Workspace(subscription_id or "local", resource_group or "local", name or _own_name())

    @staticmethod
    def list(subscription_id: str, auth: Any = None, resource_group: str | None = None) -> dict[str, list[Workspace]]:
        """The local one."""
        return {_own_name(): [Workspace(subscription_id, resource_group or "local", _own_name())]}

    @staticmethod
    def setup(**_: Any) -> Workspace:
        """The local one."""
        return Workspace.from_config()

    def write_config(self, path: str | None = None, file_name: str | None = None) -> None:
        """Write `.azureml/config.json`."""
        target = Path(path or ".") / ".azureml" / (file_name or "config.json")
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(
            json.dumps(dict(zip(_KEYS, (self._subscription, self._group, self._name), strict=True)), indent=4)
        )

    # What it is

    @property
    def name(self) -> str:
        """Its name."""
        return self._name

    @property
    def subscription_id(self) -> str:
        """A text without a meaning here."""
        return self._subscription

    @property
    def resource_group(self) -> str:
        """A text without a meaning here."""
        return self._group

    @property
    def tags(self) -> dict[str, str]:
        """The tags given when it was created."""
        return dict(self._tags)

    def get_details(self) -> dict[str, Any]:
        """What it is, as a dict."""
        return {
            "id": f"/subscriptions/{self._subscription}/resourceGroups/{self._group}/workspaces/{self._name}",
            "name": self._name, "location": self.location, "type": "designer", "tags": self.tags, "store": str(self.place.folder),
        }  # fmt: skip

    # What it holds

    @property
    def experiments(self) -> Mapping[str, Any]:
        """Name -> experiment."""
        from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415 - each knows the other

        return _Lazy(lambda: list(self.place.read.experiments()), lambda name: Experiment(self, name))

    @property
    def datastores(self) -> Mapping[str, Any]:
        """Name -> datastore."""
        from designer.azureml.data.datastore import DEFAULT, FILES, Datastore  # noqa: PLC0415

        names = lambda: sorted({DEFAULT, FILES, *Assets(self.place, "datastores").names()})  # noqa: E731
        return _Lazy(names, lambda name: Datastore(self, name))

    @property
    def datasets(self) -> Mapping[str, Any]:
        """Name -> the newest version of a dataset."""
        from designer.azureml.data.factory import Dataset  # noqa: PLC0415

        return _Lazy(Assets(self.place, "datasets").names, lambda name: Dataset.get_by_name(self, name))

    @property
    def environments(self) -> Mapping[str, Any]:
        """Name -> environment."""
        from designer.azureml.config.environment import Environment  # noqa: PLC0415

        return _Lazy(Assets(self.place, "environments").names, lambda name: Environment.get(self, name))

    @property
    def models(self) -> Mapping[str, Any]:
        """Name -> the newest version of a model."""
        from designer.azureml.model import Model  # noqa: PLC0415

        return _Lazy(Assets(self.place, "models").names, lambda name: Model(self, name))

    @property
    def compute_targets(self) -> Mapping[str, Any]:
        """Name -> compute target."""
        from designer.azureml import compute  # noqa: PLC0415

        return _Lazy(Assets(self.place, "compute").names, lambda name: compute.ComputeTarget(self, name))

    @property
    def webservices(self) -> Mapping[str, Any]:
        """Name -> service, of those that this program has deployed."""
        from designer.azureml.webservice import Webservice  # noqa: PLC0415 - few scripts deploy

        return {one.name: one for one in Webservice.list(self)}

    @property
    def images(self) -> Mapping[str, Any]:
        """Images aren't kept here: always empty."""
        return {}

    @property
    def linked_services(self) -> Mapping[str, Any]:
        """There are none."""
        return {}

    def get_default_datastore(self) -> Any:
        """The default datastore."""
        from designer.azureml.data.datastore import Datastore  # noqa: PLC0415

        return Datastore(self, None)

    def set_default_datastore(self, name: str) -> None:
        """Make a datastore the default."""
        from designer.azureml.data.datastore import Datastore  # noqa: PLC0415

        Datastore(self, name)
        Assets(self.place, "settings").add("default_datastore", {"value": name}, version=1)

    def get_default_keyvault(self) -> Any:
        """Its secrets."""
        from designer.azureml.keyvault import Keyvault  # noqa: PLC0415

        return Keyvault(self)

    def get_default_compute_target(self, type: str = "CPU") -> Any:
        """This machine."""
        from designer.azureml import compute  # noqa: PLC0415

        return compute.local(self, f"{type.lower()}-cluster")

    def get_run(self, run_id: str) -> Any:
        """A run by its id."""
        from designer.azureml.runs.run import Run  # noqa: PLC0415

        return Run.get(self, run_id)

    def get_mlflow_tracking_uri(self, with_auth: bool = False) -> str:
        """Where MLflow logs to: in a submitted script the run itself, else a folder of the store, whose runs `get_runs` gives, too."""
        os.environ.setdefault("MLFLOW_ALLOW_FILE_STORE", "true")  # newer MLflow asks for it
        folder = mlflow_folder.of_this_process() or self.place.folder / "mlflow"
        return folder.as_uri()

    def set_connection(
        self, name: str, category: str = "", target: str = "", authType: str = "", value: str = ""
    ) -> None:
        """Nothing: pip and uv have their own settings for packages from elsewhere."""

    def update(
        self, friendly_name: str | None = None, description: str | None = None, tags: Any = None, **_: Any
    ) -> Workspace:
        """Change its tags."""
        self._tags.update(tags or {})
        return self

    def add_tags(self, tags: Mapping[str, str]) -> None:
        """Add tags."""
        self._tags.update(tags)

    def delete(self, *_: Any, **__: Any) -> None:
        """Refused: a store is removed by removing its folder."""
        raise UserErrorException(
            f"a store is not deleted by a script\n  next: remove the folder {self.place.folder} yourself"
        )

    def sync_keys(self) -> None:
        """There are none."""

    def get_portal_url(self) -> str:
        """Where the page lists its runs, once `designer ui` is started."""
        return "http://localhost:8501/runs"

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Workspace) and other.place is self.place

    def __hash__(self) -> int:
        return hash(str(self.place.folder))

    def __reduce__(self) -> Any:
        return _rebuilt, (self._subscription, self._group, self._name, str(self.place.folder))

    def __repr__(self) -> str:
        return f"Workspace.create(name={self._name!r}, subscription_id={self._subscription!r}, resource_group={self._group!r})"


class _Lazy(Mapping[str, Any]):
    """Names at once, objects when they are asked for."""

    def __init__(self, names: Callable[[], list[str]], make: Callable[[str], Any]) -> None:
        self._names, self._make = names, make

    def __getitem__(self, name: str) -> Any:
        if name not in self._names():
            raise KeyError(name)
        return self._make(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return repr({name: self._make(name) for name in self._names()})


def _rebuilt(subscription: str, group: str, name: str, folder: str) -> Workspace:
    return Workspace(subscription, group, name, place=place(folder))


def _own_name() -> str:
    return os.environ.get(WORKSPACE) or "local"


def _config(start: Path, file_name: str | None) -> Path | None:
    if start.is_file():
        return start
    names = [f".azureml/{file_name}", file_name] if file_name else _CONFIG
    for folder in [start.absolute(), *start.absolute().parents]:
        for name in names:
            if (folder / name).is_file():
                return folder / name
    return None


def current() -> Workspace:
    """The workspace of this process: the store that everything here means."""
    return Workspace(workspace_name=_own_name())
