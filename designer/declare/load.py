"""Pipelines and modules from files. Python files are executed, as code; documents never are. Elsewhere: which modules exist (registry.py)."""

from __future__ import annotations

import hashlib
import importlib
import importlib.util
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING

from designer.declare.pipeline import Pipeline
from designer.declare.registry import Registry, mount
from designer.errors import ModuleLoadError
from designer.model import document as documents

if TYPE_CHECKING:
    from types import ModuleType

    from designer.model.pipeline import Pipeline as Document


def load(path: str | os.PathLike[str], project: str | os.PathLike[str] | None = None) -> Pipeline:
    """A pipeline from a document or a Python file."""
    text = os.fspath(path)
    file, _, name = text.rpartition(":") if ".py:" in text else (text, "", "")
    target = Path(file)
    folder = Path(project or Path.cwd()).absolute()
    if not target.is_file():
        raise ModuleLoadError(f"there is no file {file}{_nearby(target)}")
    if target.suffix == ".py":
        return _from_python(target.absolute(), name, folder)
    document = _document(target)
    registry = Registry.for_project(folder, files=document.files)
    return Pipeline(document, registry=registry, path=target.absolute())


def _document(path: Path) -> Document:
    try:
        text = path.read_text(encoding="utf-8")
    except UnicodeDecodeError as error:
        raise ModuleLoadError(
            f"{path.name} is no text in UTF-8: byte {error.start} is wrong\n  next: save it as UTF-8"
        ) from None
    try:
        return documents.from_json(text) if path.suffix == ".json" else documents.from_yaml(text)
    except documents.DocumentError as error:
        message = f"{path.name}: {error.problem.message}"
        raise documents.DocumentError(error.problem.model_copy(update={"message": message})) from error


def _from_python(path: Path, name: str, project: Path) -> Pipeline:
    module = import_file(path, project)
    found = {key: value for key, value in vars(module).items() if isinstance(value, Pipeline)}
    own = {
        key: value
        for key, value in found.items()
        if value.function is None or value.function.__module__ == module.__name__
    }
    if name:
        if name not in found:
            raise ModuleLoadError(f"{path.name} has no pipeline {name!r}; it has: {', '.join(found) or 'none'}")
        chosen = found[name]
    else:
        candidates = own or found
        if not candidates:
            raise ModuleLoadError(f"{path.name} holds no pipeline\n  next: put @pipeline on a function in it")
        if len(candidates) > 1:
            placed = {id for value in candidates.values() for id in _groups(value)}
            tops = {key: value for key, value in candidates.items() if key not in placed}
            if len(tops) != 1:
                first = next(iter(tops or candidates))
                raise ModuleLoadError(
                    f"{path.name} holds several pipelines: {', '.join(candidates)}\n  next: name one: {path.name}:{first}"
                )
            candidates = tops
        chosen = next(iter(candidates.values()))
    chosen.path = path
    return chosen


def _groups(pipeline: Pipeline) -> set[str]:
    try:
        return {node.pipeline.name for node in pipeline.document.nodes if node.pipeline is not None}
    except ModuleLoadError:
        return set()


def import_file(path: Path, project: Path) -> ModuleType:
    """Import a Python file; its folder and the project are importable. The same file is imported once a process.

    Raises `ModuleLoadError` with the line of the file at which the import failed.
    """
    mount(project)
    if str(path.parent) not in sys.path:
        sys.path.insert(0, str(path.parent))
    for loaded in list(sys.modules.values()):
        origin = getattr(loaded, "__file__", None)
        if origin and loaded.__name__ != "__main__" and Path(origin) == path:
            return loaded
    name = path.stem if path.stem.isidentifier() else f"file_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"
    if name in sys.modules or (importlib.util.find_spec(name) is not None and not _finds(name, path)):
        name = (
            f"{name}_{hashlib.sha256(str(path).encode()).hexdigest()[:8]}"  # never in the way of an installed package
        )
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ModuleLoadError(f"{path} can't be imported as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except (Exception, SystemExit) as error:
        sys.modules.pop(name, None)
        raise ModuleLoadError(f"{path.name} can't be imported: {failed_at(error, path)}") from error
    return module


def failed_at(error: BaseException, path: Path) -> str:
    """Type, message and the line of the file at which an import failed."""
    if isinstance(error, SyntaxError) and error.filename == str(path):
        return f"line {error.lineno}: SyntaxError: {error.msg}"
    lines = [frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(path)]
    where = f"line {lines[-1]}: " if lines else ""
    return f"{where}{type(error).__name__}: {error}"


def _finds(name: str, path: Path) -> bool:
    spec = importlib.util.find_spec(name)
    return spec is not None and spec.origin is not None and Path(spec.origin) == path


def _nearby(path: Path) -> str:
    folder = path.parent
    if not folder.is_dir():
        return f"; there is no folder {folder}" if str(folder) != "." else ""
    names = sorted(p.name for p in folder.iterdir() if p.suffix in (".py", ".yaml", ".yml", ".json"))
    return f"; in {folder}: {', '.join(names[:8])}" if names else ""
