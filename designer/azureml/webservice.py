"""Web services, which designer doesn't offer: configurations can be made and passed on; looking one up finds none, making one is refused."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import UserErrorException, WebserviceException

if TYPE_CHECKING:
    import builtins

_REFUSAL = "designer serves no models as web services\n  next: model.download(…), and serve it yourself"


class Webservice:
    """A service by name: there never is one."""

    def __init__(self, workspace: Any = None, name: str = "", *_: Any, **__: Any) -> None:
        raise WebserviceException(f"WebserviceNotFound: Webservice with name {name} not found; {_REFUSAL}")

    @staticmethod
    def list(workspace: Any, *_: Any, **__: Any) -> builtins.list[Any]:
        """None."""
        return []

    @classmethod
    def deploy_configuration(cls, **settings: Any) -> Any:
        """What it would be like; taken note of."""
        return SimpleNamespace(**settings)

    @staticmethod
    def deploy_from_model(*_: Any, **__: Any) -> Any:
        """Refused."""
        raise UserErrorException(_REFUSAL)

    deploy = deploy_from_image = deploy_local_from_model = deploy_from_model


class AciWebservice(Webservice):
    """A service by name."""


class AksWebservice(Webservice):
    """A service by name."""


class AksEndpoint(Webservice):
    """A service by name."""


class LocalWebservice(Webservice):
    """A service by name."""


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
