"""Ways of logging in, which nothing here asks for: names that scripts construct and pass on."""

from __future__ import annotations

import functools
import secrets
from typing import Any


@functools.cache
def token() -> str:
    """This process's own secret."""
    return secrets.token_urlsafe(24)


class AbstractAuthentication:
    """Takes anything; gives a header that nobody reads."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._given = (args, kwargs)

    def get_authentication_header(self) -> dict[str, str]:
        """A header for requests to the addresses of this process's published pipelines; nobody else has it."""
        return {"Authorization": f"Bearer {token()}"}

    def get_token(self, *_: Any, **__: Any) -> Any:
        """A token for Azure's other libraries; there is none here."""
        raise NotImplementedError("there is no Azure here to get a token from")


class InteractiveLoginAuthentication(AbstractAuthentication):
    """Asks nobody."""


class ServicePrincipalAuthentication(AbstractAuthentication):
    """Needs no principal."""


class MsiAuthentication(AbstractAuthentication):
    """Needs no identity."""


class AzureCliAuthentication(AbstractAuthentication):
    """Needs no CLI."""


class TokenAuthentication(AbstractAuthentication):
    """Needs no token."""


class ArmTokenAuthentication(AbstractAuthentication):
    """Needs no token."""
