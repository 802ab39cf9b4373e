"""Web services: `Model.deploy` serves a model from a process of this machine. Container images are refused.

Elsewhere: the service itself (service/local.py).
"""

from __future__ import annotations

import json
from datetime import UTC, datetime
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import UserErrorException, WebserviceException
from designer.azureml.service import local

if TYPE_CHECKING:
    import builtins
    from collections.abc import Sequence

_REFUSAL = "designer builds no images\n  next: Model.deploy(…) with an InferenceConfig, which serves the model from this machine"


class Webservice:
    """A service that this program has deployed, by name."""

    compute_type = "Local"

    def __init__(self, workspace: Any = None, name: str = "", **_: Any) -> None:
        key = (str(workspace.place.folder), name)
        if key not in local.running:
            there = ", ".join(one.name for one in Webservice.list(workspace)) or "none"
            raise WebserviceException(f"WebserviceNotFound: Webservice with name {name} not found; there are: {there}")
        self.workspace, self.name, self._key = workspace, name, key

    @property
    def _service(self) -> local.LocalService:
        found = local.running.get(self._key)
        if found is None:
            raise WebserviceException(f"the service {self.name} was deleted")
        return found

    @staticmethod
    def list(workspace: Any, *_: Any, **__: Any) -> builtins.list[Any]:
        """Those that this program has deployed."""
        folder = str(workspace.place.folder)
        return [Webservice(workspace, name) for where, name in local.running if where == folder]

    @classmethod
    def deploy_configuration(cls, **settings: Any) -> Any:
        """What it would be like; of it only `port` counts here."""
        return SimpleNamespace(**settings, _kind=cls)

    @staticmethod
    def deploy_from_model(*_: Any, **__: Any) -> Any:
        """Refused: it makes an image."""
        raise UserErrorException(_REFUSAL)

    deploy = deploy_from_image = deploy_local_from_model = deploy_from_model

    @property
    def state(self) -> str:
        """`Transitioning`, `Healthy` or `Failed`."""
        return self._service.state()

    @property
    def scoring_uri(self) -> str:
        """Where requests are posted to."""
        return self._service.address

    @property
    def created_time(self) -> datetime:
        """Since when."""
        return datetime.fromtimestamp(self._service.created, UTC)

    @property
    def error(self) -> str:
        """Why it failed."""
        return self._service.error

    @property
    def port(self) -> int | None:
        """Of its address."""
        return self._service.port

    @property
    def models(self) -> builtins.list[Any]:
        """What it serves."""
        return list(self._service.models)

    @property
    def tags(self) -> dict[str, Any]:
        """Of its configuration."""
        return dict(getattr(self._service.deployment, "tags", None) or {})

    properties, auth_enabled, swagger_uri = tags, False, None

    def wait_for_deployment(self, show_output: bool = False, *_: Any) -> None:
        """Wait until it answers. Raises `WebserviceException`, with its log, when it can't start."""
        self._service.wait()
        if show_output:
            print(f'Succeeded\n{self.compute_type} service creation operation finished, operation "Succeeded"')

    def run(self, input_data: Any) -> Any:
        """What the script's `run` gives for some data."""
        return json.loads(self._service.ask(input_data))

    def get_logs(self, *_: Any, **__: Any) -> str:
        """What its script has printed."""
        return self._service.logs()

    def update(
        self, models: Sequence[Any] | None = None, inference_config: Any = None, deployment_config: Any = None, **_: Any
    ) -> None:
        """Deploy it again with what is given."""
        old = self._service
        chosen = (models or old.models, inference_config or old.inference, deployment_config or old.deployment)
        deploy(self.workspace, self.name, *chosen, overwrite=True)

    def reload(self, *_: Any, **__: Any) -> None:
        """Deploy it again as it was."""
        self.update()

    def get_keys(self) -> tuple[str, str]:
        """It needs none."""
        return "", ""

    def delete(self, *_: Any, **__: Any) -> None:
        """Stop it."""
        self._service.end()
        local.running.pop(self._key, None)

    def serialize(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "name": self.name,
            "state": self.state,
            "scoringUri": self.scoring_uri,
            "computeType": self.compute_type,
        }

    def __repr__(self) -> str:
        return f"{type(self).__name__}(name={self.name}, state={self.state}, scoring_uri={self.scoring_uri})"


class AciWebservice(Webservice):
    """The same, for scripts that ask for a container."""


class AksWebservice(Webservice):
    """The same, for scripts that ask for a cluster."""


class AksEndpoint(AksWebservice):
    """The same."""


class LocalWebservice(Webservice):
    """The same, under the name that says so."""


def deploy(
    workspace: Any, name: str, models: Sequence[Any], inference_config: Any = None, deployment_config: Any = None, deployment_target: Any = None,
    overwrite: bool = False, show_output: bool = False,
) -> Webservice:  # fmt: skip
    """Serve models from a process of this machine, which ends with this program."""
    if inference_config is None or not inference_config.entry_script:
        raise WebserviceException("a service needs an InferenceConfig with an entry_script")
    key = (str(workspace.place.folder), name)
    if key in local.running:
        if not overwrite and local.running[key].state() != "Failed":
            raise WebserviceException(f"there is a service {name} already\n  next: overwrite=True, or delete it")
        local.running.pop(key).end()
    local.running[key] = local.LocalService(workspace, name, models, inference_config, deployment_config)
    kind = getattr(deployment_config, "_kind", LocalWebservice)
    return kind(workspace, name)  # type: ignore[no-any-return]


class Image(Webservice):
    """An image by name: there never is one."""

    @classmethod
    def image_configuration(cls, **settings: Any) -> Any:
        """What it would be like; taken note of."""
        return SimpleNamespace(**settings)

    create = Webservice.deploy_from_model


class ContainerImage(Image):
    """An image by name."""


class InferenceConfig:
    """How a service would be made; taken note of."""

    def __init__(
        self,
        entry_script: str | None = None,
        source_directory: str | None = None,
        environment: Any = None,
        **settings: Any,
    ) -> None:
        self.entry_script, self.source_directory, self.environment = entry_script, source_directory, environment
        self.settings = settings
