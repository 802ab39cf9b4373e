"""Which modules there are: those of installed packages (entry points `designer.modules`) and of a project's `modules/` folder.

A package or file whose import fails is listed as broken, with its error; the rest works. Elsewhere: pipelines from files (load.py).
"""

from __future__ import annotations

import difflib
import importlib
import importlib.util
import pkgutil
import sys
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.declare.module import Module
from designer.errors import ModuleLoadError
from designer.model.module import ModuleSpec

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence
    from types import ModuleType

GROUP = "designer.modules"
FOLDER = "modules"


class Registry:
    """Modules by id. `specs()` also holds the broken ones; `get` gives only what can run."""

    def __init__(self, project: Path | None = None) -> None:
        self.project = project or Path.cwd()
        self._modules: dict[str, Module[Any, Any]] = {}
        self._broken: dict[str, ModuleSpec] = {}

    @classmethod
    def for_project(cls, folder: Path, files: Sequence[str] = ()) -> Registry:
        """All modules that a pipeline in a project can use; `files` are further files of the project that define some."""
        registry = cls(folder.absolute())
        mount(folder.absolute())
        for name in files:  # first, because whoever comes first has an id, but for the palette
            registry._add_file(folder, name)
        registry._add_installed()
        registry._add_package(FOLDER, "the project")
        return registry

    @classmethod
    def of(cls, modules: Iterable[Module[Any, Any]]) -> Registry:
        """Just these modules."""
        registry = cls()
        for module in modules:
            registry._modules[module.id] = module
        return registry

    def get(self, id: str) -> Module[Any, Any] | None:
        """The module of that id, if there is one that works."""
        return self._modules.get(id)

    def specs(self) -> Mapping[str, ModuleSpec]:
        """All modules as data, the broken ones with their `error`."""
        return {**self._broken, **{id: module.spec for id, module in self._modules.items()}}

    def validate(self, id: str, parameters: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What is wrong with some parameter values of a module: (path, message)."""
        module = self._modules.get(id)
        return module.validate(parameters) if module is not None else []

    def close_matches(self, id: str) -> list[str]:
        """The ids most like this one."""
        return difflib.get_close_matches(id, self._modules, 3, 0.5)

    def _add_installed(self) -> None:
        for entry in entry_points(group=GROUP):
            if entry.value == FOLDER:
                continue  # the palette that comes with designer, which a project's own folder extends: added last
            self._add_entry(entry)

    def _add_entry(self, entry: EntryPoint) -> None:
        package = entry.value.partition(":")[0]
        try:
            module = importlib.import_module(package)
        except Exception as error:
            self._add_broken(package, entry.dist.name if entry.dist else package, error)
            return
        self._add_tree(module, entry.dist.name if entry.dist else package)

    def _add_package(self, package: str, origin: str) -> None:
        try:
            module = importlib.import_module(package)
        except ModuleNotFoundError as error:
            if error.name == package:
                return
            self._add_broken(package, origin, error)
        except Exception as error:
            self._add_broken(package, origin, error)
        else:
            self._add_tree(module, origin)

    def _add_tree(self, package: ModuleType, origin: str) -> None:
        self._collect(package)
        for name in _walk(package):
            try:
                self._collect(importlib.import_module(name))
            except Exception as error:
                self._add_broken(name, origin, error)

    def _add_file(self, project: Path, name: str) -> None:
        from designer.declare.load import import_file  # noqa: PLC0415 - load.py needs the registry

        path = (project / name).resolve()
        if not path.is_relative_to(project.resolve()) or path.suffix != ".py":
            self._add_broken(name, "the project", ValueError(f"{name} is not a Python file of the project"))
            return
        try:
            self._collect(import_file(path, project))
        except Exception as error:
            self._add_broken(name, "the project", error)

    def _collect(self, module: ModuleType) -> None:
        for value in vars(module).values():
            if isinstance(value, Module):
                known = self._modules.setdefault(value.id, value)
                if known.function is not value.function:
                    self._choose(known, value, module.__name__)

    def _choose(self, known: Module[Any, Any], other: Module[Any, Any], name: str) -> None:
        """Of two modules with one id, a project's own comes before an installed one; of two of its own the first stays."""
        if self._is_own(other) and self._is_own(known):
            told = f"two modules are called {known.id}: {known.spec.source} and {other.spec.source}; give one another id, @module(id=…)"
            self._add_broken(name, "the project", ModuleLoadError(told))
        elif self._is_own(other):
            self._modules[other.id] = other

    def _is_own(self, module: Module[Any, Any]) -> bool:
        return Path(module.function.__code__.co_filename).resolve().is_relative_to(self.project.resolve())

    def _add_broken(self, name: str, origin: str, error: BaseException) -> None:
        text = f"{type(error).__name__}: {error}"
        self._broken[name] = ModuleSpec(id=name, title=name, category="Broken", package=origin, source=name, error=text)


def _walk(package: ModuleType) -> Iterator[str]:
    """The names of all modules below a package; private ones (`_shared`) hold no nodes."""
    for info in pkgutil.iter_modules(getattr(package, "__path__", []), f"{package.__name__}."):
        if info.name.rpartition(".")[2].startswith("_"):
            continue
        yield info.name
        if info.ispkg:
            try:
                inner = importlib.import_module(info.name)
            except Exception:  # told where it is collected
                continue
            yield from _walk(inner)


def mount(project: Path) -> None:
    """Make a project importable, and its `modules/` folder part of the package `modules` that comes with designer.

    So `from modules.mine import clean` works in a project although the palette's package has the same name.
    """
    folder = str(project)
    if folder not in sys.path:
        sys.path.insert(0, folder)
    own = project / FOLDER
    package = sys.modules.get(FOLDER) or _palette()
    if package is not None and own.is_dir() and hasattr(package, "__path__"):
        paths = [Path(path).resolve() for path in package.__path__]
        if own.resolve() not in paths:
            package.__path__.append(str(own))


def _palette() -> ModuleType | None:
    """The palette's package, from beside designer's own, whatever the project calls its folders."""
    place = Path(__file__).resolve().parents[2] / FOLDER / "__init__.py"
    if not place.is_file():
        return None
    spec = importlib.util.spec_from_file_location(FOLDER, place, submodule_search_locations=[str(place.parent)])
    if spec is None or spec.loader is None:
        return None
    package = importlib.util.module_from_spec(spec)
    sys.modules[FOLDER] = package
    spec.loader.exec_module(package)
    return package
