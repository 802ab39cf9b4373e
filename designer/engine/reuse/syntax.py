"""Source files as syntax trees: what they define and import, what each definition uses, and its text without layout.

Elsewhere: following what a module reaches through several files (code.py).
"""

from __future__ import annotations

import ast
import hashlib
import os
import types
from dataclasses import dataclass, field
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

Stamp = tuple[int, int, int, int]
_DEFINITIONS = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
_FUNCTIONS = (ast.FunctionDef, ast.AsyncFunctionDef)
_ABSENT: Stamp = (0, 0, 0, 0)


class Target(NamedTuple):
    """What an import binds: a module, or a name in it."""

    module: str
    name: str | None = None


@dataclass(frozen=True)
class Definition:
    """A function, class or top-level statement: its text without layout, and the names that it uses."""

    text: str
    line: int
    source: str
    uses: tuple[tuple[str, str | None], ...]  # of `a.b`: ("a", "b")
    imports: tuple[tuple[str, Target], ...]  # within it
    lazy: tuple[str, ...]  # modules that it imports by a call


@dataclass
class SourceFile:
    """The names that a source file defines and imports at its top level."""

    path: str
    text: str
    tree: ast.Module
    module: str
    package: str
    defined: dict[str, list[ast.stmt]] = field(default_factory=dict)
    imported: dict[str, list[Target]] = field(default_factory=dict)
    stars: list[str] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    _known: dict[int, Definition] = field(default_factory=dict)
    _at: dict[tuple[str, int], ast.AST] | None = None
    _compiled: dict[str, types.CodeType] | None = None

    def __post_init__(self) -> None:
        self.lines = self.text.splitlines()
        for statement in _statements(self.tree.body):
            self._take(statement)

    def _take(self, statement: ast.stmt) -> None:
        if isinstance(statement, _DEFINITIONS):
            self.defined.setdefault(statement.name, []).append(statement)
        elif isinstance(statement, (ast.Import, ast.ImportFrom)):
            for name, target in imports(statement, self.package):
                if name == "*":
                    self.stars.append(target.module)
                else:
                    self.imported.setdefault(name, []).append(target)
        else:
            lazy = _imported_by_call(getattr(statement, "value", None))
            for name in _stored(statement):
                if lazy is not None:
                    self.imported.setdefault(name, []).append(Target(lazy))
                else:
                    self.defined.setdefault(name, []).append(statement)

    def definition(self, node: ast.AST) -> Definition:
        """What a definition in this file says and uses; found once."""
        known = self._known.get(id(node))
        if known is None:
            known = self._known[id(node)] = self._read(node)
        return known

    def _read(self, node: ast.AST) -> Definition:
        uses: dict[tuple[str, str | None], None] = {}
        within: list[tuple[str, Target]] = []
        lazy: list[str] = []
        skipped: set[int] = set()
        for part in ast.walk(node):
            if isinstance(part, ast.Attribute) and isinstance(part.value, ast.Name):
                skipped.add(id(part.value))
                uses[part.value.id, part.attr] = None
            elif isinstance(part, ast.Name) and isinstance(part.ctx, ast.Load) and id(part) not in skipped:
                uses[part.id, None] = None
            elif isinstance(part, (ast.Import, ast.ImportFrom)) and part is not node:
                within += imports(part, self.package)
            elif isinstance(part, ast.Call):
                found = _imported_by_call(part)
                lazy += [found] if found else []
        bound = {
            f"{name}={target.module}:{target.name or ''}" for name, _ in uses for target in self.imported.get(name, ())
        }
        line = getattr(node, "lineno", 1)
        end = getattr(node, "end_lineno", None)
        return Definition(
            "\n".join([text_of(node, top=True), *sorted(bound)]),
            line,
            "\n".join(self.lines[line - 1 : end]) if end is not None else self.text,
            tuple(uses),
            tuple(within),
            tuple(lazy),
        )

    def at(self, code: types.CodeType) -> ast.AST | None:
        """The definition that some code was compiled from; the last of that name when its line is another by now."""
        if self._at is None:
            self._at = {}
            for node in ast.walk(self.tree):
                if isinstance(node, _FUNCTIONS):
                    first = min([node.lineno, *(d.lineno for d in node.decorator_list)])
                    self._at[node.name, first] = node
        found = self._at.get((code.co_name, code.co_firstlineno))
        if found is None:
            named = self.defined.get(code.co_name, [])
            found = named[-1] if named and isinstance(named[-1], _FUNCTIONS) else None
        return found

    def compiled(self) -> dict[str, types.CodeType]:
        """The code of every function as it stands in the file, by qualified name."""
        if self._compiled is None:
            self._compiled = {}
            _collect(compile(self.text, self.path, "exec", dont_inherit=True), self._compiled)
        return self._compiled


def _collect(code: types.CodeType, found: dict[str, types.CodeType]) -> None:
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            found[const.co_qualname] = const
            _collect(const, found)


def stamp(path: str) -> Stamp:
    """What changes when a file does."""
    try:
        found = os.stat(path)
    except OSError:
        return _ABSENT
    return (found.st_mtime_ns, found.st_size, found.st_ino, found.st_ctime_ns)


@lru_cache(maxsize=4096)
def source_file(path: str, stamp: Stamp) -> SourceFile | None:
    """A parsed file; `stamp` makes a changed file another one. None where there is no Python source."""
    if stamp == _ABSENT or path.endswith((".so", ".pyd", ".pyc")):
        return None
    try:
        text = Path(path).read_text(encoding="utf-8", errors="replace")
        tree = ast.parse(text)
    except (OSError, SyntaxError, ValueError):
        return None
    return SourceFile(path, text, tree, *_module_name(path))


def digest_of(text: str) -> str:
    """SHA-256 of a text."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def text_of(node: Any, top: bool = False) -> str:
    """A syntax tree as text: no positions, comments, docstrings; of the `top` definition no `@module` (it says how, not what)."""
    if isinstance(node, ast.AST):
        parts = [type(node).__name__]
        for name in node._fields:
            value: Any = getattr(node, name, None)
            if name == "body" and isinstance(node, (*_DEFINITIONS, ast.Module)) and _is_docstring(value):
                value = value[1:]
            elif name == "decorator_list" and top:
                value = [one for one in value if not _is_module_decorator(one)]
            elif name in ("ctx", "kind", "type_comment"):
                continue
            parts.append(text_of(value))
        return f"({' '.join(parts)})"
    if isinstance(node, list):
        return f"[{' '.join(map(text_of, node))}]"
    return repr(node)


def _is_docstring(body: list[ast.stmt]) -> bool:
    first = body[0] if body else None
    return isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str)


def _is_module_decorator(node: ast.expr) -> bool:
    target = node.func if isinstance(node, ast.Call) else node
    name = target.attr if isinstance(target, ast.Attribute) else target.id if isinstance(target, ast.Name) else ""
    return name == "module"


def _statements(body: list[ast.stmt]) -> Iterator[ast.stmt]:
    """Statements at the top level, those under `if`, `try` and `with` too."""
    for statement in body:
        if not isinstance(statement, (ast.If, ast.Try, ast.With)):
            yield statement
            continue
        for block in ("body", "orelse", "finalbody"):
            yield from _statements(getattr(statement, block, []))
        for handler in getattr(statement, "handlers", []):
            yield from _statements(handler.body)


def _stored(statement: ast.stmt) -> list[str]:
    """The names that a statement gives a value."""
    parts = [part for part in ast.walk(statement) if isinstance(part, ast.Name)]
    if isinstance(statement, ast.AugAssign):
        return [part.id for part in parts if isinstance(part.ctx, ast.Store)]
    return list(dict.fromkeys(part.id for part in parts if isinstance(part.ctx, ast.Store)))


def imports(statement: ast.Import | ast.ImportFrom, package: str) -> Iterator[tuple[str, Target]]:
    """The names that an import binds, relative ones resolved."""
    if isinstance(statement, ast.Import):
        for alias in statement.names:
            top = alias.name.partition(".")[0]
            yield (alias.asname, Target(alias.name)) if alias.asname else (top, Target(top))
            if not alias.asname and alias.name != top:
                yield alias.name, Target(alias.name)  # `import a.b` makes a.b be used, under no name of its own
        return
    base = statement.module or ""
    if statement.level:
        parts = package.split(".") if package else []
        parts = parts[: len(parts) - statement.level + 1]
        base = ".".join([*parts, *([statement.module] if statement.module else [])])
    for alias in statement.names:
        yield alias.asname or alias.name, Target(base, alias.name)


def _imported_by_call(value: ast.AST | None) -> str | None:
    """The module that a call such as `lazy_import("pandas")` imports."""
    if isinstance(value, ast.Call) and value.args and isinstance(value.args[0], ast.Constant):
        name = value.func.id if isinstance(value.func, ast.Name) else getattr(value.func, "attr", "")
        if name in ("lazy_import", "import_module") and isinstance(value.args[0].value, str):
            return value.args[0].value
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
