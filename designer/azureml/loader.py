"""The import of `azureml.…` from our files: a finder, and modules whose names are loaded when they are first used.

Elsewhere: which names there are (names.py), the hook of launched scripts (site/sitecustomize.py).
"""

from __future__ import annotations

import difflib
import importlib
import sys
from importlib.machinery import ModuleSpec
from types import ModuleType
from typing import TYPE_CHECKING, Any

from designer.azureml import names, old_names

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT = "azureml"


class NameNotHereError(ImportError):
    """A name of Azure ML's SDK that designer doesn't offer; the message names it and says what there is."""


def install() -> None:
    """Make `azureml.…` mean ours in this process, even where the real SDK is installed. Calling it again changes nothing."""
    if any(isinstance(finder, Finder) for finder in sys.meta_path):
        return
    foreign = [name for name in sys.modules if (name == ROOT or name.startswith(f"{ROOT}.")) and name in names.MODULES]
    if foreign:
        raise ImportError(
            f"{foreign[0]} was imported already, from the real SDK\n  next: put import designer.azureml.install before it"
        )
    sys.meta_path.insert(0, Finder())
    old_names.give_back()


def use_azureml_names() -> None:
    """Make `from azureml.core import Run` and its like mean designer's in this process. Calling it again changes nothing."""
    install()


class Finder:
    """Finds `azureml` and everything below it; nothing else."""

    def find_spec(self, name: str, path: Any = None, target: Any = None) -> ModuleSpec | None:
        """How a module is made; raises `NameNotHereError` for one that we don't have."""
        if name != ROOT and not name.startswith(f"{ROOT}."):
            return None
        if name in names.MODULES:
            return ModuleSpec(name, self, is_package=True, origin="designer.azureml")
        parent, _, own = name.rpartition(".")
        if own.startswith("__") or own in names.MODULES.get(parent, {}):
            return None  # `from azureml.core import Run` looks for a submodule only when the name is missing
        raise missing(parent, own)

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        """An empty one whose names come when they are asked for."""
        return LazyNames(spec.name)

    def exec_module(self, module: ModuleType) -> None:
        """Everything is in `create_module`."""


class LazyNames(ModuleType):
    """A module of `azureml`: names lead to our files, which are imported at first use."""

    def __init__(self, name: str) -> None:
        super().__init__(name, f"Azure ML SDK v1's {name}, over designer.")
        self.__path__: Sequence[str] = []
        self.__all__ = sorted(name for name in names.MODULES[name] if not name.startswith("_"))

    def __getattr__(self, name: str) -> Any:
        where = names.MODULES[self.__name__].get(name)
        if where is not None:
            value = resolve(where)
            setattr(self, name, value)
            return value
        if f"{self.__name__}.{name}" in names.MODULES:
            return importlib.import_module(f"{self.__name__}.{name}")
        raise AttributeError(str(missing(self.__name__, name)))

    def __dir__(self) -> list[str]:
        return sorted({*self.__all__, *super().__dir__()})


def resolve(where: str) -> Any:
    """The object at `module:attribute`, below designer.azureml."""
    module, _, attribute = where.partition(":")
    return getattr(importlib.import_module(f"designer.azureml.{module}"), attribute)


def missing(module: str, name: str) -> NameNotHereError:
    """The error for a name that isn't here."""
    full = f"{module}.{name}"
    reason = names.refusal(full)
    if reason is None:
        near = difflib.get_close_matches(name, [*names.MODULES.get(module, {}), *_submodules(module)], 3, 0.6)
        reason = f"near it: {', '.join(near)}" if near else "docs/azureml.md lists what there is"
    return NameNotHereError(f"{full} is not offered by designer ({reason})", name=full)


def _submodules(module: str) -> list[str]:
    return [name.rpartition(".")[2] for name in names.MODULES if name.rpartition(".")[0] == module]
