"""What code a module consists of: its function, and every function, class and constant of its own package that it reaches.

Found statically, by name, in the syntax trees of the files (syntax.py). What comes from other packages counts by their versions
(packages.py). Where the source isn't there, or isn't what was imported, bytecode stands in (bytecode.py).
"""

from __future__ import annotations

import builtins
import importlib.util
import os
import sys
import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from designer.engine.reuse import bytecode
from designer.engine.reuse.syntax import Stamp, Target, digest_of, source_file, stamp

if TYPE_CHECKING:
    import ast
    import types

    from designer.engine.reuse.syntax import SourceFile

_STARTED = time.time_ns()  # files younger than this may differ from what the process has imported


@dataclass(frozen=True)
class Piece:
    """A function, class or constant that a module reaches."""

    name: str  # dotted: package.file.function
    file: str  # the file's name, for people
    line: int
    digest: str
    source: str = ""

    def data(self) -> dict[str, Any]:
        """The piece as it is kept."""
        return {"digest": self.digest, "file": self.file, "line": self.line, "source": self.source}


@dataclass(frozen=True)
class Code:
    """All code of a module. `pieces` by name; `packages` are the third-party import names that the pieces use."""

    digest: str
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    packages: frozenset[str] = frozenset()

    def data(self) -> dict[str, dict[str, Any]]:
        """The pieces as they are kept."""
        return {name: piece.data() for name, piece in self.pieces.items()}


class Stamps:
    """The state of source files, looked at once each, for as long as one plan is made."""

    def __init__(self) -> None:
        self._seen: dict[str, Stamp] = {}

    def of(self, path: str) -> Stamp:
        """A file's state."""
        found = self._seen.get(path)
        if found is None:
            found = self._seen[path] = stamp(path)
        return found


_known: WeakKeyDictionary[Any, tuple[Code, dict[str, Stamp], dict[str, str]]] = WeakKeyDictionary()


def code_of(function: Callable[..., Any], stamps: Stamps | None = None) -> Code:
    """The code of a module's function. Found once, and again when one of the files that it lies in is another one."""
    inner: Any = bytecode.unwrapped(function)
    stamps = stamps or Stamps()
    known = _known.get(inner)
    caught = bytecode.closure(inner)
    if known is not None and known[2] == caught and all(stamps.of(path) == was for path, was in known[1].items()):
        return known[0]
    code, files = _read(inner, stamps, caught)
    if files:
        _known[inner] = (code, files, caught)
    else:
        _known.pop(inner, None)  # bytecode is read anew each time: what it calls may have been replaced
    return code


def _read(function: types.FunctionType, stamps: Stamps, caught: Mapping[str, str]) -> tuple[Code, dict[str, Stamp]]:
    path = function.__code__.co_filename
    file = source_file(path, stamps.of(path)) if os.path.isfile(path) else None
    node = file.at(function.__code__) if file is not None else None
    if file is None or node is None or not _is_current(file, stamps, function):
        return _from_bytecode(function), {}
    reach = _Reach(stamps)
    reach.node(file, node, f"{file.module}.{function.__qualname__}", caught)
    if any(not _is_current(other, stamps) for other in reach.files.values() if other is not file):
        return _from_bytecode(function), {}
    files = {path: stamps.of(path) for path in reach.files}
    return Code(_digest(reach.pieces.values()), reach.pieces, frozenset(reach.packages)), files


def _is_current(file: SourceFile, stamps: Stamps, function: types.FunctionType | None = None) -> bool:
    state = stamps.of(file.path)
    return state[0] < _STARTED or bytecode.is_as_written(file, state, function)


def _digest(pieces: Iterable[Piece]) -> str:
    return digest_of("\n".join(sorted(f"{piece.name} {piece.digest}" for piece in pieces)))


def _from_bytecode(function: types.FunctionType) -> Code:
    found, packages = bytecode.reach(function)
    pieces = {name: Piece(name, one.file, one.line, one.digest) for name, one in found.items()}
    return Code(_digest(pieces.values()), pieces, frozenset(packages))


class _Reach:
    """Follows names from one definition to all that it reaches."""

    def __init__(self, stamps: Stamps) -> None:
        self.pieces: dict[str, Piece] = {}
        self.packages: set[str] = set()
        self.files: dict[str, SourceFile] = {}
        self._stamps = stamps

    def node(self, file: SourceFile, node: ast.AST, name: str, caught: Mapping[str, str] | None = None) -> None:
        """Take in a definition and what it reaches."""
        if name in self.pieces:
            return
        self.files[file.path] = file
        found = file.definition(node)
        extra = f"\ncaught {sorted(caught.items())}" if caught else ""
        digest = digest_of(found.text + extra)
        self.pieces[name] = Piece(name, os.path.basename(file.path), found.line, digest, found.source)
        self.packages |= {module.partition(".")[0] for module in found.lazy}
        within = {bound for bound, _ in found.imports}
        for _, target in found.imports:
            self._imported(file, target, None)
        for used, attribute in found.uses:
            if used not in within or used in file.defined or used in file.imported:
                self.name(file, used, attribute)

    def name(self, file: SourceFile, used: str, attribute: str | None) -> None:
        """Take in what a name of a file stands for; a local variable of the same name counts, too, rather than be missed."""
        for at, statement in enumerate(file.defined.get(used, ())):
            self.node(file, statement, f"{file.module}.{used}{f'#{at}' if at else ''}")
        for target in file.imported.get(used, ()):
            self._imported(file, target, attribute)
        if used not in file.defined and used not in file.imported and not hasattr(builtins, used):
            for star in file.stars:
                other = self._own(file, star)
                if other is not None and (used in other.defined or used in other.imported):
                    self.name(other, used, attribute)

    def _imported(self, file: SourceFile, target: Target, attribute: str | None) -> None:
        other = self._own(file, target.module)
        if other is None:
            top = target.module.partition(".")[0]
            if top and top not in sys.stdlib_module_names and top != "designer":
                self.packages.add(top)
            return
        self.files.setdefault(other.path, other)
        if target.name is not None and (target.name in other.defined or target.name in other.imported):
            self.name(other, target.name, attribute)
        elif target.name is not None:
            inner = self._own(file, f"{target.module}.{target.name}")
            if inner is not None:
                self._of_module(file, inner, f"{target.module}.{target.name}", attribute)
            elif other.stars:
                self.name(other, target.name, attribute)
        else:
            self._of_module(file, other, target.module, attribute)

    def _of_module(self, file: SourceFile, module: SourceFile, name: str, attribute: str | None) -> None:
        """Take in one attribute of a module, or all that it defines when it isn't known which are used."""
        self.files.setdefault(module.path, module)
        if attribute is None:
            self._whole(module)
        elif attribute in module.defined or attribute in module.imported or module.stars:
            self.name(module, attribute, None)
        else:
            inner = self._own(file, f"{name}.{attribute}")
            self._whole(inner if inner is not None else module)

    def _whole(self, file: SourceFile) -> None:
        self.node(file, file.tree, f"{file.module}.*")

    def _own(self, file: SourceFile, module: str) -> SourceFile | None:
        """The file of a module of the same package or project; None for the standard library and other packages."""
        top = module.partition(".")[0]
        if top == "designer" or top in sys.stdlib_module_names:
            return None
        same = top == file.module.partition(".")[0]
        path = _path_of(module, same)
        return source_file(path, self._stamps.of(path)) if path is not None else None


def _path_of(module: str, same_package: bool) -> str | None:
    """The source of a module, if it belongs to the project. Nothing is imported to find it."""
    path = getattr(sys.modules.get(module), "__file__", None)
    if not isinstance(path, str):
        path = _found(module, same_package, tuple(sys.path))
    if path is None or not path.endswith(".py"):
        return None
    return path if same_package or not _is_installed(path) else None


@lru_cache(maxsize=4096)
def _found(module: str, same_package: bool, path: tuple[str, ...]) -> str | None:
    top, *rest = module.split(".")
    try:
        spec = importlib.util.find_spec(top)
    except (ImportError, ValueError, AttributeError):
        return None
    if spec is None or (not spec.has_location and not spec.submodule_search_locations):
        return None
    places = list(spec.submodule_search_locations or ())
    if not same_package and any(map(_is_installed, [*places, spec.origin or ""])):
        return None
    return _below(places, rest) if rest else spec.origin


def _below(places: list[str], parts: list[str]) -> str | None:
    for place in places:
        at = Path(place, *parts)
        for path in (at / "__init__.py", at.with_name(f"{at.name}.py")):
            if path.is_file():
                return str(path)
    return None


@lru_cache(maxsize=4096)
def _is_installed(path: str) -> bool:
    """Whether a file belongs to an installed distribution, whose version speaks for it, and not to the project."""
    if not path:
        return False
    folder = Path(path).parent
    while (folder / "__init__.py").exists() and folder != folder.parent:
        folder = folder.parent
    return folder.name in ("site-packages", "dist-packages") or _has_distributions(str(folder))


@lru_cache(maxsize=256)
def _has_distributions(folder: str) -> bool:
    try:
        return any(name.endswith(".dist-info") for name in os.listdir(folder))
    except OSError:
        return False
