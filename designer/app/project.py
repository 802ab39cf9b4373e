"""A project folder: its pipelines, its store, its modules. Elsewhere: what is opened of it (desk.py)."""

from __future__ import annotations

import ast
import os
import re
from typing import TYPE_CHECKING

from designer.app.drafts import Drafts
from designer.app.workshop import Workshop
from designer.canvas.wire import PipelineFile
from designer.model import document as documents
from designer.store.open import open_store
from designer.store.place import place

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from designer.model.pipeline import Pipeline
    from designer.store.sqlite import SqliteStore

PIPELINES = "pipelines"
DOCUMENTS = (".yaml", ".yml", ".json")
_DECLARED = re.compile(r"^@(?:designer\.)?pipeline\b[^\n]*\n(?:@[^\n]*\n)*def (\w+)", re.MULTILINE)
_LARGEST = 5_000_000


class PathError(ValueError):
    """A path that isn't a pipeline file of the project."""


class Project:
    """A folder with `pipelines/` and `modules/`, and the store of its runs."""

    def __init__(self, folder: Path, store: str | None = None) -> None:
        self.folder = folder.resolve()
        self.place = place(store, self.folder)
        self.drafts = Drafts(self.folder / ".designer" / "drafts")
        self.workshop = Workshop(self.folder)

    @property
    def name(self) -> str:
        """The folder's name."""
        return self.folder.name

    @property
    def store(self) -> SqliteStore:
        """Where its runs are kept."""
        return open_store(self.place.folder)

    def file(self, path: str) -> Path:
        """The file that a path of the project means. Raises `PathError` for one outside, or of another kind."""
        bare = path.partition(".py:")[0] + (".py" if ".py:" in path else "")
        target = (self.folder / bare).resolve()
        if not target.is_relative_to(self.folder) or ".designer" in target.relative_to(self.folder).parts:
            raise PathError(f"{path} lies outside the project")
        if target.suffix not in (*DOCUMENTS, ".py"):
            raise PathError(f"{path} is no pipeline file: those end in .yaml, .json or .py")
        return target

    def pipelines(self) -> list[PipelineFile]:
        """The pipelines that can be opened, the newest first. Reads the files; executes none."""
        found: list[PipelineFile] = []
        for path in self._candidates():
            found += self._described(path)
        drafts = {draft.path: draft for draft in self.drafts.all()}
        found = [
            one.model_copy(update={"draft": True, "modified": max(one.modified, drafts[one.path].saved)})
            if one.path in drafts and drafts[one.path].changed
            else one
            for one in found
        ]
        found += [
            PipelineFile(
                path=f"draft:{draft.id}", name=draft.pipeline.name, kind="draft", modified=draft.saved, draft=True
            )
            for draft in drafts.values()
            if draft.path is None and draft.pipeline is not None and draft.pipeline.nodes
        ]
        return sorted(found, key=lambda one: -one.modified)

    def uses(self) -> dict[str, tuple[str, ...]]:
        """Module -> the pipelines that use it."""
        found: dict[str, list[str]] = {}
        for path in self._candidates():
            relative = path.relative_to(self.folder).as_posix()
            for module in sorted(_modules_of(path)):
                found.setdefault(module, []).append(relative)
        return {module: tuple(paths) for module, paths in found.items()}

    def read(self, path: str) -> Pipeline:
        """The document in a YAML or JSON file. Raises `DocumentError`, `PathError` or `OSError`."""
        return read_document(self.file(path))

    def _candidates(self) -> Iterator[Path]:
        for folder in (self.folder / PIPELINES, self.folder):
            if not folder.is_dir():
                continue
            for path in sorted(folder.iterdir()):
                if path.suffix in (".py", *DOCUMENTS) and path.is_file() and path.stat().st_size < _LARGEST:
                    if folder == self.folder and not _looks_like_one(path):
                        continue
                    yield path

    def _described(self, path: Path) -> list[PipelineFile]:
        relative, modified = path.relative_to(self.folder).as_posix(), path.stat().st_mtime
        if path.suffix == ".py":
            names = _DECLARED.findall(path.read_text(encoding="utf-8", errors="replace"))
            if len(names) == 1:
                return [PipelineFile(path=relative, name=names[0], kind="python", modified=modified)]
            return [
                PipelineFile(path=f"{relative}:{name}", name=name, kind="python", modified=modified) for name in names
            ]
        try:
            return [PipelineFile(path=relative, name=read_document(path).name, kind="yaml", modified=modified)]
        except (documents.DocumentError, OSError, UnicodeDecodeError) as error:
            text = error.problem.message if isinstance(error, documents.DocumentError) else str(error)
            return [PipelineFile(path=relative, name=path.stem, kind="yaml", modified=modified, error=text)]


def read_document(path: Path) -> Pipeline:
    """The pipeline in a file; the file's ending says whether it is YAML or JSON."""
    text = path.read_text(encoding="utf-8")
    return documents.from_json(text) if path.suffix == ".json" else documents.from_yaml(text)


def write_document(path: Path, pipeline: Pipeline) -> str:
    """Write a pipeline's file all at once, and return the text."""
    text = documents.to_json(pipeline) if path.suffix == ".json" else documents.to_yaml(pipeline)
    path.parent.mkdir(parents=True, exist_ok=True)
    scratch = path.with_name(f".{path.name}.{os.getpid()}.new")
    scratch.write_text(text, encoding="utf-8")
    scratch.replace(path)
    return text


def _looks_like_one(path: Path) -> bool:
    if path.name in ("app.py", "hatch_build.py", "setup.py", "conftest.py"):
        return False
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".py":
        return bool(_DECLARED.search(text))
    return bool(re.search(r"^nodes:|\"nodes\":", text, re.MULTILINE)) and bool(re.search(r"\bmodule\b", text))


def _modules_of(path: Path) -> set[str]:
    """The modules that a file names: read, not executed."""
    text = path.read_text(encoding="utf-8", errors="replace")
    if path.suffix == ".py":
        try:
            tree = ast.parse(text)
        except SyntaxError:
            return set()
        return {
            node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            for node in ast.walk(tree)
            if isinstance(node, ast.Call) and isinstance(node.func, (ast.Attribute, ast.Name))
        }
    try:
        return set(_named(read_document(path)))
    except (documents.DocumentError, OSError):
        return set()


def _named(pipeline: Pipeline) -> Iterator[str]:
    for node in pipeline.nodes:
        if node.pipeline is not None:
            yield from _named(node.pipeline)
        elif node.module:
            yield node.module
