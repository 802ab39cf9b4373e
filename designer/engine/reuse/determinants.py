"""What determines a node's result, and its digests. Elsewhere: the code (code.py), earlier results (plan.py).

`base` is the digest of code, version, packages, parameters and declared files; `key` that of base and the inputs' contents. A node's
id, its place and its title are in neither.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from pydantic import ValidationError
from pydantic_core import to_jsonable_python

from designer.engine.reuse import files
from designer.engine.reuse.code import Code, Stamps, code_of
from designer.engine.reuse.packages import versions

if TYPE_CHECKING:
    from designer.declare.module import Module
    from designer.graph.flatten import FlatNode
    from designer.model.runs import Handle


@dataclass(frozen=True)
class Determinants:
    """All that determines a node's result but its inputs."""

    code: Code
    version: str
    packages: Mapping[str, str]
    parameters: Mapping[str, Any]
    declared: Mapping[str, str]  # path -> digest
    seed: int = 0
    limits: Sequence[Any] = ()  # the bounds that make it fail
    base: str = field(default="")

    def key(self, inputs: Mapping[str, Sequence[str]]) -> str:
        """The digest of everything, given the contents' digests of the inputs, by port."""
        return _hash([self.base, sorted((port, list(digests)) for port, digests in inputs.items() if digests)])

    def data(self) -> dict[str, Any]:
        """The parts, as they are kept with a result."""
        return {
            "code": self.code.digest,
            "version": self.version,
            "packages": dict(self.packages),
            "parameters": dict(self.parameters),
            "declared": dict(self.declared),
            "seed": self.seed,
            "limits": list(self.limits),
        }


class Determining:
    """Finds determinants; what modules share is found once."""

    def __init__(self, modules: Mapping[str, Module[Any, Any]], seed: int = 0) -> None:
        self._modules, self._seed = modules, seed
        self._codes: dict[str, tuple[Code, Mapping[str, str]]] = {}
        self._stamps = Stamps()

    def of(self, node: FlatNode) -> Determinants:
        """The determinants of a node."""
        module = self._modules[node.module]
        code, packages = self.code(node.module)
        parameters = canonical(module, node.parameters)
        declared = files.declared(module.options.files, parameters)
        version = module.version
        limits = _limits(module)
        base = _hash([code.digest, version, packages, parameters, declared, self._seed, limits])
        return Determinants(code, version, packages, parameters, declared, self._seed, limits, base)

    def code(self, module: str) -> tuple[Code, Mapping[str, str]]:
        """A module's code and the versions of the packages that it uses."""
        if module not in self._codes:
            code = code_of(self._modules[module].function, self._stamps)
            self._codes[module] = (code, versions(code.packages))
        return self._codes[module]


def _limits(module: Module[Any, Any]) -> list[Any]:
    """The bounds that make a node fail, which the code doesn't show: the same values may be a failure by now."""
    return [
        [metric.name, list(metric.bounds)] for metric in module.metrics if metric.bounds and metric.on_broken == "fail"
    ]


def canonical(module: Module[Any, Any], values: Mapping[str, Any]) -> dict[str, Any]:
    """Parameter values as the module gets them, defaults included, as JSON data in a fixed order."""
    try:
        found = module.parameters(values)
    except ValidationError:
        found = dict(values)
    return {name: to_jsonable_python(found[name], fallback=repr) for name in sorted(found)}


def digests(inputs: Mapping[str, Sequence[Handle]]) -> dict[str, list[str]]:
    """Port -> the digests of the values that come in; a format is part of what a content means."""
    return {
        port: [f"{handle.format}:{handle.digest}" for handle in handles] for port, handles in sorted(inputs.items())
    }


def _hash(data: Any) -> str:
    return hashlib.sha256(json.dumps(data, sort_keys=True, default=str).encode()).hexdigest()
