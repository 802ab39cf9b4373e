"""What a submitted script was given: its inputs and outputs, told by environment variables. Elsewhere: making them (../data/bring.py)."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator, Mapping, MutableMapping
from typing import TYPE_CHECKING, Any

from designer.azureml.launch.variables import INPUTS, OUTPUTS

if TYPE_CHECKING:
    from designer.azureml.runs.run import Run


class Given:
    """Inputs and outputs by name."""

    def __init__(self, run: Run) -> None:
        self.inputs = _Inputs(run, json.loads(os.environ.get(INPUTS) or "{}"))
        self.outputs: Mapping[str, str] = json.loads(os.environ.get(OUTPUTS) or "{}")


class _Inputs(MutableMapping[str, Any]):
    """Name -> path, or the dataset, which is made when it is asked for. A script may add what it has found by itself."""

    def __init__(self, run: Run, data: Mapping[str, Mapping[str, Any]]) -> None:
        self._run, self._data = run, dict(data)
        self._added: dict[str, Any] = {}

    def __setitem__(self, name: str, value: Any) -> None:
        self._added[name] = value
        self._data.setdefault(name, {})

    def __delitem__(self, name: str) -> None:
        self._added.pop(name, None)
        del self._data[name]

    def __getitem__(self, name: str) -> Any:
        if name in self._added:
            return self._added[name]
        if name not in self._data:
            there = ", ".join(self._data) or "none"
            raise KeyError(f"{name} is no input of this run; there are: {there}")
        found = self._data[name]
        if "path" in found:
            return found["path"]
        from designer.azureml.data import dataset  # noqa: PLC0415 - only where a dataset comes as an object

        return dataset.by_id(self._run._place, found["id"])

    def __iter__(self) -> Iterator[str]:
        return iter(self._data)

    def __len__(self) -> int:
        return len(self._data)

    def __repr__(self) -> str:
        return repr({name: self[name] for name in self})
