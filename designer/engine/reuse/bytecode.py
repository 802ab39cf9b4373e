"""A function's code where its source isn't there, or isn't what was imported: its bytecode, and that of what it calls.

Also tells whether a source file still says what the process has imported from it. Elsewhere: code from sources (code.py).
"""

from __future__ import annotations

import ast
import os
import sys
import types
from collections.abc import Iterator, Mapping
from typing import TYPE_CHECKING, Any, NamedTuple
from weakref import WeakKeyDictionary

from designer.engine.reuse.syntax import digest_of

if TYPE_CHECKING:
    from designer.engine.reuse.syntax import SourceFile, Stamp

_PLAIN = (int, float, complex, str, bytes, bool, type(None), type(Ellipsis))


class Found(NamedTuple):
    """A function or constant that was reached."""

    file: str
    line: int
    digest: str


def reach(function: types.FunctionType) -> tuple[dict[str, Found], set[str]]:
    """What a function reaches in its own package, by name, and the other packages that it uses."""
    pieces: dict[str, Found] = {}
    packages: set[str] = set()
    _walk(function, pieces, packages)
    return pieces, packages - {*sys.stdlib_module_names, "designer"}


def _walk(function: types.FunctionType, pieces: dict[str, Found], packages: set[str]) -> None:
    name = f"{function.__module__}.{function.__qualname__}"
    if name in pieces:
        return
    code = function.__code__
    text = f"{code_text(code)} {sorted(closure(function).items())} {value_text(function.__defaults__)}"
    pieces[name] = Found(os.path.basename(code.co_filename), code.co_firstlineno, digest_of(text))
    for used in sorted(_names(code)):
        if used in function.__globals__ and not used.startswith("__"):
            _global(used, function.__globals__[used], function, pieces, packages)


def _global(name: str, value: Any, user: types.FunctionType, pieces: dict[str, Found], packages: set[str]) -> None:
    own = user.__module__.partition(".")[0]
    inner = unwrapped(value)
    if isinstance(inner, types.ModuleType):
        packages.add(inner.__name__.partition(".")[0])
    elif isinstance(inner, (types.FunctionType, type)):
        if (inner.__module__ or "").partition(".")[0] != own:
            packages.add((inner.__module__ or "").partition(".")[0])
        elif isinstance(inner, types.FunctionType):
            _walk(inner, pieces, packages)
        else:
            for attribute in vars(inner).values():
                method = getattr(attribute, "__func__", getattr(attribute, "fget", attribute))
                if isinstance(method, types.FunctionType):
                    _walk(method, pieces, packages)
    elif is_plain(inner):
        file = os.path.basename(user.__code__.co_filename)
        pieces[f"{user.__module__}.{name}"] = Found(file, 0, digest_of(value_text(inner)))


def unwrapped(value: Any) -> Any:
    """The function of a module or of a wrapper that names it."""
    value = getattr(value, "function", value)
    return getattr(value, "__wrapped__", value) if not isinstance(value, types.FunctionType) else value


def closure(function: types.FunctionType) -> dict[str, str]:
    """What a nested function has caught from around it, as text."""
    cells = zip(function.__code__.co_freevars, function.__closure__ or (), strict=True)
    return {name: _cell_text(cell) for name, cell in cells}


def _cell_text(cell: types.CellType) -> str:
    try:
        value = cell.cell_contents
    except ValueError:
        return "empty"
    return value_text(value)


def value_text(value: Any) -> str:
    """A value as text that is the same in every process; of what has no such text, its type."""
    inner = unwrapped(value)
    if isinstance(inner, types.FunctionType):
        return code_text(inner.__code__)
    if isinstance(inner, types.CodeType):
        return code_text(inner)
    if isinstance(inner, (tuple, list)):
        return f"{type(inner).__name__}[{', '.join(map(value_text, inner))}]"
    if isinstance(inner, (set, frozenset)):  # their order differs from process to process
        return f"set[{', '.join(sorted(map(value_text, inner)))}]"
    if isinstance(inner, Mapping):
        return f"map[{', '.join(f'{value_text(k)}: {value_text(v)}' for k, v in inner.items())}]"
    if isinstance(inner, _PLAIN):
        return f"{type(inner).__name__} {inner!r}"
    return f"{type(inner).__module__}.{type(inner).__qualname__}"


def is_plain(value: Any) -> bool:
    """Whether a value is data that can be compared as text."""
    if isinstance(value, Mapping):
        return all(is_plain(k) and is_plain(v) for k, v in value.items())
    if isinstance(value, (tuple, list, set, frozenset)):
        return all(map(is_plain, value))
    return isinstance(value, _PLAIN)


def code_text(code: types.CodeType) -> str:
    """Bytecode as text: no file, no lines."""
    parts = [code.co_code.hex(), repr(code.co_names), repr(code.co_varnames), repr(code.co_freevars)]
    return "|".join([*parts, *map(value_text, code.co_consts)])


def _names(code: types.CodeType) -> Iterator[str]:
    yield from code.co_names
    for const in code.co_consts:
        if isinstance(const, types.CodeType):
            yield from _names(const)


def is_as_written(file: SourceFile, state: Stamp, function: types.FunctionType | None = None) -> bool:
    """Whether the file still says what was imported from it; True for one that wasn't imported."""
    try:
        written = file.compiled()
    except (SyntaxError, ValueError):
        return False
    if function is not None:
        code = written.get(function.__qualname__)
        if code is None or code_text(code) != code_text(function.__code__):
            return False
    loaded = loaded_from(file)
    if loaded is None or _found_so.get(loaded) == state:
        return True
    for name, code in written.items():
        value = _resolved(loaded, name)
        if isinstance(value, types.FunctionType) and code_text(value.__code__) != code_text(code):
            return False
    if not all(_constant_as_written(loaded, statement) for statement in file.tree.body):
        return False
    _found_so[loaded] = state
    return True


# Imported modules that were found to be as their files say, in that state: what they count or collect later doesn't matter.
_found_so: WeakKeyDictionary[types.ModuleType, Stamp] = WeakKeyDictionary()


def loaded_from(file: SourceFile) -> types.ModuleType | None:
    """The imported module that a file is the source of."""
    known = sys.modules.get(file.module)
    if known is not None and getattr(known, "__file__", None) == file.path:
        return known
    return next((m for m in list(sys.modules.values()) if getattr(m, "__file__", None) == file.path), None)


def _resolved(module: types.ModuleType, name: str) -> Any:
    value: Any = module
    for part in name.split("."):
        space = getattr(value, "__dict__", {})
        if part not in space:
            return None
        value = unwrapped(space[part])
    value = getattr(value, "__func__", value)
    same_file = isinstance(value, types.FunctionType) and value.__code__.co_filename == module.__file__
    return value if same_file else None


def _constant_as_written(module: types.ModuleType, statement: ast.stmt) -> bool:
    if not isinstance(statement, ast.Assign) or len(statement.targets) != 1:
        return True
    target = statement.targets[0]
    if not isinstance(target, ast.Name) or not hasattr(module, target.id):
        return True
    try:
        written = ast.literal_eval(statement.value)
    except (ValueError, TypeError, SyntaxError, MemoryError, RecursionError):
        return True
    if isinstance(written, (list, dict, set)):  # filled since, as registries and caches are
        return True
    return value_text(written) == value_text(getattr(module, target.id))
