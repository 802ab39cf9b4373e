"""What code a module consists of: its function, and every function, class and constant of its own package that it reaches.

Found statically, by name, in the syntax trees of the files; digests are of trees without comments, formatting and docstrings.
What comes from other packages counts by their versions (packages.py).
"""

from __future__ import annotations

import ast
import builtins
import hashlib
import importlib.util
import os
import sys
import time
import types
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import Any

_STARTED = time.time()  # files younger than this may differ from what the process has imported


@dataclass(frozen=True)
class Piece:
    """A function, class or constant that a module reaches."""

    name: str  # dotted: package.file.function
    file: str  # the file's name, for people
    line: int
    digest: str
    source: str = ""


@dataclass(frozen=True)
class Code:
    """All code of a module. `pieces` by name; `packages` are the third-party import names that the pieces use."""

    digest: str
    pieces: Mapping[str, Piece] = field(default_factory=dict)
    packages: frozenset[str] = frozenset()


def code_of(function: Callable[..., Any]) -> Code:
    """The code of a module's function. Where there is no source (a notebook's cell, `exec`), that of its bytecode."""
    inner: Any = (
        getattr(function, "__wrapped__", function) if not isinstance(function, types.FunctionType) else function
    )
    return _code_of(inner)


def _code_of(function: types.FunctionType) -> Code:
    path = function.__code__.co_filename
    tree = _file(path, _stamp(path)) if os.path.isfile(path) else None
    node = tree.at(function.__code__) if tree is not None else None
    if tree is None or node is None or (_is_stale(path) and not _matches(node, function, path)):
        return _from_bytecode(function)
    reach = _Reach()
    reach.node(tree, node, f"{tree.module}.{function.__qualname__}", _closure(function))
    digest = _hash("\n".join(f"{name} {piece.digest}" for name, piece in sorted(reach.pieces.items())))
    return Code(digest, reach.pieces, frozenset(reach.packages))


def _hash(text: str) -> str:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def _stamp(path: str) -> tuple[int, int]:
    try:
        found = os.stat(path)
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _is_stale(path: str) -> bool:
    return os.stat(path).st_mtime > _STARTED


def _matches(node: ast.AST, function: types.FunctionType, path: str) -> bool:
    """Whether the file still holds what was imported from it."""
    try:
        module = compile(ast.Module([_without_decorators(node)], []), path, "exec")
    except (SyntaxError, ValueError):
        return False
    compiled = next((c for c in module.co_consts if isinstance(c, types.CodeType)), None)
    return compiled is not None and compiled.co_code == function.__code__.co_code


def _without_decorators(node: Any) -> Any:
    copy = ast.parse(ast.unparse(node)).body[0]
    if isinstance(copy, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
        copy.decorator_list = []
    return copy


def normalised(node: ast.AST) -> str:
    """A syntax tree as text: no positions, comments, docstrings, nor a function's decorators (they say how, not what)."""
    copy = ast.parse(ast.unparse(node))
    for part in ast.walk(copy):
        if isinstance(part, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef, ast.Module)) and part.body:
            first = part.body[0]
            if (
                isinstance(first, ast.Expr)
                and isinstance(first.value, ast.Constant)
                and isinstance(first.value.value, str)
            ):
                part.body = part.body[1:] or [ast.Pass()]
    if copy.body and isinstance(copy.body[0], (ast.FunctionDef, ast.AsyncFunctionDef)):
        copy.body[0].decorator_list = [d for d in copy.body[0].decorator_list if not _is_module_decorator(d)]
    return ast.dump(copy, annotate_fields=False)


def _is_module_decorator(node: ast.expr) -> bool:
    target = node.func if isinstance(node, ast.Call) else node
    name = target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
    return name == "module"


class _File:
    """The names that a source file defines and imports at its top level."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.text = Path(path).read_text(encoding="utf-8", errors="replace")
        self.tree = ast.parse(self.text)
        self.module, self.package = _module_name(path)
        self.defined: dict[str, list[ast.stmt]] = {}
        self.imported: dict[str, tuple[str, str | None]] = {}  # name -> (module, name in it or None)
        self.stars: list[str] = []
        for statement in _statements(self.tree.body):
            self._take(statement)

    def _take(self, statement: ast.stmt) -> None:
        if isinstance(statement, (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)):
            self.defined.setdefault(statement.name, []).append(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            for name, target in imports(statement, self.package):
                if name == "*":
                    self.stars.append(target[0])
                else:
                    self.imported[name] = target
        elif isinstance(statement, (ast.Assign, ast.AnnAssign, ast.AugAssign)):
            lazy = _lazily_imported(statement)
            targets = statement.targets if isinstance(statement, ast.Assign) else [statement.target]
            for name in (n.id for t in targets for n in ast.walk(t) if isinstance(n, ast.Name)):
                if lazy is not None:
                    self.imported[name] = (lazy, None)
                else:
                    self.defined.setdefault(name, []).append(statement)

    def at(self, code: types.CodeType) -> ast.AST | None:
        """The definition that some code was compiled from."""
        for node in ast.walk(self.tree):
            if isinstance(node, (ast.FunctionDef, ast.AsyncFunctionDef)) and node.name == code.co_name:
                first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                if first == code.co_firstlineno:
                    return node
        named = self.defined.get(code.co_name, [])
        return named[-1] if named and isinstance(named[-1], (ast.FunctionDef, ast.AsyncFunctionDef)) else None


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements at the top level, those under `if` and `try` too."""
    for statement in body:
        yield statement
        for block in ("body", "orelse", "finalbody"):
            if isinstance(statement, (ast.If, ast.Try, ast.With)):
                yield from _statements(getattr(statement, block, []))
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)


def imports(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, tuple[str, str | None]]]:
    """The names that an import binds: name -> (module, name in it)."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            yield (
                (alias.asname, (alias.name, None))
                if alias.asname
                else (
                    alias.name.partition(".")[0],
                    (alias.name.partition(".")[0], None),
                )
            )
        return
    base = statement.module or ""
    if statement.level:
        parts = package.split(".") if package else []
        parts = parts[: len(parts) - statement.level + 1]
        base = ".".join([*parts, *([statement.module] if statement.module else [])])
    for alias in statement.names:
        yield alias.asname or alias.name, (base, alias.name)


def _lazily_imported(statement: ast.stmt) -> str | None:
    value = getattr(statement, "value", None)
    if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Constant):
        name = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
        if name in ("lazy_import", "import_module") and isinstance(value.args[0].value, str):
            return value.args[0].value
    return None


@lru_cache(maxsize=4096)
def _file(path: str, stamp: tuple[int, int]) -> _File | None:
    """A parsed file; `stamp` makes a changed file another one."""
    try:
        return _File(path)
    except (OSError, SyntaxError, ValueError):
        return None


def _module_name(path: str) -> tuple[str, str]:
    """The module's dotted name and its package's, from the folders with an `__init__.py` around it."""
    file = Path(path)
    parts = [] if file.stem == "__init__" else [file.stem]
    folder = file.parent
    while (folder / "__init__.py").exists() and folder != folder.parent:
        parts.insert(0, folder.name)
        folder = folder.parent
    name = ".".join(parts) or file.stem
    return name, name if file.stem == "__init__" else name.rpartition(".")[0]


class _Reach:
    """Follows names from one definition to all that it reaches."""

    def __init__(self) -> None:
        self.pieces: dict[str, Piece] = {}
        self.packages: set[str] = set()

    def node(self, file: _File, node: ast.AST, name: str, closure: Mapping[str, Any] | None = None) -> None:
        """Take in a definition and what it reaches."""
        if name in self.pieces:
            return
        extra = f"\nclosure {sorted(closure.items())}" if closure else ""
        line = getattr(node, "lineno", 0)
        source = ast.get_source_segment(file.text, node) or ""
        self.pieces[name] = Piece(name, os.path.basename(file.path), line, _hash(normalised(node) + extra), source)
        local = _local_names(node)
        inner: dict[str, tuple[str, str | None]] = {}
        for part in ast.walk(node):
            if isinstance(part, (ast.Import, ast.ImportFrom)):
                inner.update(imports(part, file.package))
            elif isinstance(part, (ast.Assign, ast.AnnAssign)) and _lazily_imported(part):
                self.packages.add((_lazily_imported(part) or "").partition(".")[0])
        for target, attribute in inner.values():
            self._imported(file, target, attribute, None)
        for used, attribute in _used(node):
            if used in inner or (used in local and used not in file.defined):
                continue
            self.name(file, used, attribute)

    def name(self, file: _File, used: str, attribute: str | None) -> None:
        """Take in what a name of a file stands for."""
        if used in file.defined:
            for at, statement in enumerate(file.defined[used]):
                suffix = f"#{at}" if at else ""
                self.node(file, statement, f"{file.module}.{used}{suffix}")
        elif used in file.imported:
            self._imported(file, *file.imported[used], attribute)
        elif not hasattr(builtins, used):
            for star in file.stars:
                other = self._own(file, star)
                if other is not None and used in {**other.defined, **other.imported}:
                    self.name(other, used, attribute)

    def _imported(self, file: _File, module: str, name: str | None, attribute: str | None) -> None:
        other = self._own(file, module)
        if other is None:
            top = module.partition(".")[0]
            if top not in sys.stdlib_module_names and top != "designer":
                self.packages.add(top)
            return
        if name is None:
            if attribute is not None:
                sub = self._own(file, f"{module}.{attribute}")
                if attribute in other.defined or attribute in other.imported or sub is None:
                    self.name(other, attribute, None)
                else:
                    self._whole(sub)
            else:
                self._whole(other)
        elif name in other.defined or name in other.imported:
            self.name(other, name, attribute)
        else:
            sub = self._own(file, f"{module}.{name}")
            if sub is not None and attribute is not None:
                self.name(sub, attribute, None)
            elif sub is not None:
                self._whole(sub)

    def _whole(self, file: _File) -> None:
        """A module that is used as a whole: all it defines counts."""
        name = f"{file.module}.*"
        if name not in self.pieces:
            self.pieces[name] = Piece(name, os.path.basename(file.path), 1, _hash(normalised(file.tree)))
            for used, attribute in _used(file.tree):
                self.name(file, used, attribute)

    def _own(self, file: _File, module: str) -> _File | None:
        """The file of a module of the same package or project; None for the standard library and other packages."""
        if module.partition(".")[0] in ("designer", *sys.stdlib_module_names):
            return None
        path = _path_of(module)
        if path is None or path.endswith((".so", ".pyd")):
            return None
        same_top = module.partition(".")[0] == file.module.partition(".")[0]
        if not same_top and _is_installed(path):
            return None
        return _file(path, _stamp(path))


@lru_cache(maxsize=4096)
def _path_of(module: str) -> str | None:
    loaded = sys.modules.get(module)
    if loaded is not None:
        path = getattr(loaded, "__file__", None)
        return path if isinstance(path, str) else None
    try:
        spec = importlib.util.find_spec(module)
    except (ImportError, ValueError, AttributeError):
        return None
    return spec.origin if spec is not None and spec.origin and spec.has_location else None


def _is_installed(path: str) -> bool:
    parts = Path(path).parts
    return "site-packages" in parts or "dist-packages" in parts


def _used(node: ast.AST) -> Iterator[tuple[str, str | None]]:
    """The names that a definition reads; of `a.b`, ("a", "b")."""
    attributes: set[int] = set()
    for part in ast.walk(node):
        if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
            attributes.add(id(part.value))
            yield part.value.id, part.attr
    for part in ast.walk(node):
        if isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and id(part) not in attributes:
            yield part.id, None


def _local_names(node: ast.AST) -> set[str]:
    names = {part.arg for part in ast.walk(node) if isinstance(part, ast.arg)}
    return names | {p.id for p in ast.walk(node) if isinstance(p, ast.Name) and isinstance(p.ctx, ast.Store)}


def _closure(function: types.FunctionType) -> dict[str, str]:
    """What a nested function has caught from around it, as text."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: _text(cell) for name, cell in cells}


def _text(cell: types.CellType) -> str:
    try:
        value = cell.cell_contents
    except ValueError:
        return "empty"
    inner = getattr(value, "function", value)
    if isinstance(inner, types.FunctionType):
        return _bytecode(inner.__code__)
    if isinstance(value, (int, float, str, bytes, bool, type(None), tuple, list, dict)):
        return repr(value)
    return f"{type(value).__module__}.{type(value).__qualname__}"


def _from_bytecode(function: types.FunctionType) -> Code:
    pieces: dict[str, Piece] = {}
    packages: set[str] = set()
    _walk(function, pieces, packages)
    digest = _hash("\n".join(f"{name} {piece.digest}" for name, piece in sorted(pieces.items())))
    return Code(digest, pieces, frozenset(packages))


def _walk(function: types.FunctionType, pieces: dict[str, Piece], packages: set[str]) -> None:
    name = f"{function.__module__}.{function.__qualname__}"
    if name in pieces:
        return
    code = function.__code__
    text = _bytecode(code) + repr(sorted(_closure(function).items())) + repr(function.__defaults__)
    pieces[name] = Piece(name, os.path.basename(code.co_filename), code.co_firstlineno, _hash(text))
    for used in sorted(_code_names(code)):
        value = function.__globals__.get(used)
        inner = getattr(value, "function", value)
        if isinstance(inner, types.FunctionType):
            if inner.__module__.partition(".")[0] == function.__module__.partition(".")[0]:
                _walk(inner, pieces, packages)
            else:
                packages.add(inner.__module__.partition(".")[0])
        elif isinstance(value, types.ModuleType):
            packages.add(value.__name__.partition(".")[0])
        elif isinstance(value, (int, float, str, bytes, bool, tuple)) and not used.startswith("__"):
            key = f"{function.__module__}.{used}"
            pieces[key] = Piece(key, os.path.basename(code.co_filename), 0, _hash(repr(value)))
    packages -= {*sys.stdlib_module_names, "designer"}


def _bytecode(code: types.CodeType) -> str:
    parts = [code.co_code.hex(), repr(code.co_names), repr(code.co_varnames)]
    parts += [_bytecode(const) if isinstance(const, types.CodeType) else repr(const) for const in code.co_consts]
    return "|".join(parts)


def _code_names(code: types.CodeType) -> set[str]:
    names = set(code.co_names)
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            names |= _code_names(const)
    return names
