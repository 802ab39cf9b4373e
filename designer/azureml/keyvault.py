"""`Keyvault`: secrets in a file of the store that only its owner can read; else the environment's variables."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.azureml.workspace import Workspace


class Keyvault:
    """Secrets by name. One that isn't kept is looked for in the environment: `my-key`, `my_key`, `MY_KEY`."""

    def __init__(self, workspace: Workspace) -> None:
        self._path = workspace.place.folder / "azureml" / "secrets.json"

    def _all(self) -> dict[str, str]:
        return json.loads(self._path.read_text()) if self._path.exists() else {}

    def set_secret(self, name: str, value: Any) -> None:
        """Keep one."""
        self.set_secrets({name: value})

    def set_secrets(self, secrets_batch: Mapping[str, Any]) -> None:
        """Keep several."""
        self._write({**self._all(), **{str(k): str(v) for k, v in secrets_batch.items()}})

    def get_secret(self, name: str) -> str | None:
        """One of them, None when there is none."""
        kept = self._all().get(name)
        names = (name, name.replace("-", "_"), name.replace("-", "_").upper())
        return kept if kept is not None else next((os.environ[n] for n in names if n in os.environ), None)

    def get_secrets(self, secrets: Sequence[str]) -> dict[str, str | None]:
        """Several of them."""
        return {name: self.get_secret(name) for name in secrets}

    def list_secrets(self) -> list[dict[str, str]]:
        """The names of those that are kept."""
        return [{"name": name} for name in self._all()]

    def delete_secret(self, name: str) -> None:
        """Forget one."""
        self.delete_secrets([name])

    def delete_secrets(self, secrets: Sequence[str]) -> None:
        """Forget several."""
        self._write({name: value for name, value in self._all().items() if name not in secrets})

    def _write(self, secrets: Mapping[str, str]) -> None:
        self._path.parent.mkdir(parents=True, exist_ok=True)
        scratch = self._path.with_suffix(".new")
        with os.fdopen(os.open(scratch, os.O_CREAT | os.O_WRONLY | os.O_TRUNC, 0o600), "w") as file:
            json.dump(dict(secrets), file)
        scratch.replace(self._path)
