"""What a workspace keeps by name and version: models, datasets, environments, published pipelines … as JSON files in the store.

`<store>/azureml/KIND/NAME/VERSION.json`. A version is taken by creating its file exclusively, so two processes never get the same.
"""

from __future__ import annotations

import json
import os
import time
import uuid
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from designer.store.place import Place


class Assets:
    """The assets of one kind."""

    def __init__(self, place: Place, kind: str) -> None:
        self.folder = place.folder / "azureml" / kind

    def add(self, name: str, data: Mapping[str, Any], version: int | str | None = None) -> dict[str, Any]:
        """Keep a new version: the next number, or the one given, which replaces what has it. Returns the data as kept."""
        folder = self._folder(name)
        folder.mkdir(parents=True, exist_ok=True)
        now = time.time()
        if version is not None:
            kept = {**data, "name": name, "version": version, "created": now}
            _write(folder / f"{quote(str(version), safe='')}.json", kept)
            return kept
        number = max((int(v) for v in self.versions(name) if v.isdigit()), default=0) + 1
        while True:
            kept = {**data, "name": name, "version": number, "created": now}
            scratch = folder / f".{uuid.uuid4().hex}"
            scratch.write_text(json.dumps(kept))
            try:
                os.link(scratch, folder / f"{number}.json")
            except FileExistsError:
                number += 1
            else:
                return kept
            finally:
                scratch.unlink()

    def get(self, name: str, version: int | str | None = None) -> dict[str, Any] | None:
        """One version, the newest by default; None when there is none."""
        if version is None:
            found = self.all_of(name)
            return max(found, key=lambda data: (data["created"], _number(data["version"])), default=None)
        return _read(self._folder(name) / f"{quote(str(version), safe='')}.json")

    def update(self, data: Mapping[str, Any]) -> None:
        """Write a version again."""
        _write(self._folder(data["name"]) / f"{quote(str(data['version']), safe='')}.json", dict(data))

    def remove(self, name: str, version: int | str) -> None:
        """Forget a version."""
        (self._folder(name) / f"{quote(str(version), safe='')}.json").unlink(missing_ok=True)

    def names(self) -> list[str]:
        """All names that have a version."""
        if not self.folder.is_dir():
            return []
        return sorted(unquote(p.name) for p in self.folder.iterdir() if any(p.glob("*.json")))

    def versions(self, name: str) -> list[str]:
        """The versions of a name."""
        folder = self._folder(name)
        return [unquote(p.stem) for p in folder.glob("*.json")] if folder.is_dir() else []

    def all_of(self, name: str) -> list[dict[str, Any]]:
        """All versions of a name, oldest first."""
        found = [self.get(name, version) for version in self.versions(name)]
        return sorted((d for d in found if d is not None), key=lambda d: (d["created"], _number(d["version"])))

    def all(self) -> list[dict[str, Any]]:
        """Everything, oldest first."""
        return sorted((data for name in self.names() for data in self.all_of(name)), key=lambda data: data["created"])

    def _folder(self, name: str) -> Path:
        return self.folder / quote(name, safe=" ")


def _number(version: Any) -> int:
    return int(version) if str(version).isdigit() else 0


def _write(path: Path, data: Mapping[str, Any]) -> None:
    scratch = path.with_name(f".{uuid.uuid4().hex}")
    scratch.write_text(json.dumps(data))
    scratch.replace(path)


def _read(path: Path) -> dict[str, Any] | None:
    try:
        return json.loads(path.read_text())  # type: ignore[no-any-return]
    except FileNotFoundError:
        return None
