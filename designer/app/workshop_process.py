"""The process that imports a project's modules on the page's behalf: lists them, checks and plans with them, starts runs. Elsewhere: its caller.

The page itself never imports a user's code: an import that fails, hangs or ends the process harms nobody, and changed files are
seen because this process says that it is stale and another takes its place. One JSON value a line, in and out.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.app.planning import plan_so_far
from designer.app.python_source import Import, python_source
from designer.declare.pipeline import Pipeline
from designer.declare.registry import Registry
from designer.engine.submit import submit
from designer.errors import DesignerError, PipelineError
from designer.graph.check import check
from designer.model import document as documents
from designer.store.place import place

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

_SKIPPED = {".git", ".venv", "node_modules", "__pycache__", ".designer"}


class Workshop:
    """Answers requests about one project."""

    def __init__(self, project: Path) -> None:
        self.project = project
        self._registries: dict[tuple[str, ...], Registry] = {}
        self._specs: dict[tuple[str, ...], tuple[str, dict[str, Any]]] = {}
        self._seen: dict[str, tuple[float, int]] = {}

    def registry(self, files: Sequence[str]) -> Registry:
        """The project's modules, with those of further files."""
        key = tuple(sorted(files))
        if key not in self._registries:
            self._registries[key] = Registry.for_project(self.project, key)
        return self._registries[key]

    def specs(self, files: Sequence[str] = (), known: Sequence[str] = ()) -> dict[str, Any]:
        """All modules as data, with a mark of them; only the mark when it is known."""
        key = tuple(sorted(files))
        if key not in self._specs:
            data = {id: spec.model_dump(mode="json") for id, spec in self.registry(files).specs().items()}
            mark = hashlib.sha256(json.dumps(data, sort_keys=True).encode()).hexdigest()
            self._specs[key] = (mark, data)
        mark, data = self._specs[key]
        return {"mark": mark, "specs": None if mark in known else data}

    def check(self, document: Mapping[str, Any]) -> list[dict[str, Any]]:
        """Every problem of a pipeline."""
        pipeline = documents.from_data(document)
        registry = self.registry(pipeline.files)
        return [problem.model_dump(mode="json") for problem in check(pipeline, registry.specs(), registry.validate)]

    def load(self, path: str) -> dict[str, Any]:
        """A pipeline that a Python file declares, with the modules that only it knows."""
        pipeline = self._declared(path)
        document = pipeline.document
        specs = {id: spec.model_dump(mode="json") for id, spec in pipeline.specs().items()}
        problems = [problem.model_dump(mode="json") for problem in pipeline.check()]
        return {
            "document": documents.to_data(pipeline._saved()),
            "specs": specs,
            "problems": problems,
            "name": document.name,
        }

    def source(self, document: Mapping[str, Any]) -> str:
        """A pipeline as Python text."""
        pipeline = documents.from_data(document)
        registry = self.registry(pipeline.files)
        found = {}
        for id in registry.specs():
            module = registry.get(id)
            if module is not None:
                found[id] = Import(module.function.__module__, module.function.__name__)
        return python_source(pipeline, registry.specs(), found)

    def run(
        self,
        document: Mapping[str, Any] | None,
        path: str | None,
        store: str,
        values: dict[str, Any],
        experiment: str | None,
        executor: str,
        until: Sequence[str],
        regenerate: bool | Sequence[str],
        pins: Mapping[str, str],
    ) -> str:
        """Start a run in a process of its own; its id."""
        where = place(store)
        if path is not None:
            return (
                self._declared(path)
                .submit(
                    executor=executor,  # type: ignore[arg-type]
                    experiment=experiment,
                    store=where,  # type: ignore[arg-type]
                    until=until,
                    regenerate=regenerate,
                    pins=pins,
                    **values,
                )
                .id
            )
        assert document is not None
        return submit(
            documents.from_data(document),
            project=self.project,
            store=where,
            values=values,
            experiment=experiment,
            executor=executor,
            until=until,
            regenerate=regenerate,
            pins=pins,
        )

    def plan(
        self,
        document: Mapping[str, Any] | None,
        path: str | None,
        store: str,
        regenerate: bool | Sequence[str],
        pins: Mapping[str, str],
    ) -> dict[str, dict[str, Any]]:
        """What a run would do with each node, as far as the pipeline is right."""
        if path is not None:
            pipeline = self._declared(path)
        else:
            assert document is not None
            read = documents.from_data(document)
            pipeline = Pipeline(read, registry=self.registry(read.files))
        return plan_so_far(pipeline, place(store).read, regenerate=regenerate, pins=pins)

    def _declared(self, path: str) -> Pipeline:
        return Pipeline.load(self.project / path, self.project)

    def is_stale(self) -> bool:
        """Whether a file that this process has imported, or would import, is another one by now."""
        now = self._state()
        if not self._seen:
            return False
        return any(now.get(path) != state for path, state in self._seen.items()) or any(
            path not in self._seen for path in now if path.startswith(str(self.project / "modules"))
        )

    def note(self) -> None:
        """Remember what has been imported, and what failed to be."""
        self._seen = {**self._state(), **self._seen}

    def _state(self) -> dict[str, tuple[float, int]]:
        outside = tuple({str(Path(folder).resolve()) for folder in (sys.prefix, sys.base_prefix)})
        paths = {getattr(module, "__file__", None) for module in list(sys.modules.values())}
        found = {path for path in paths if isinstance(path, str) and not path.startswith(outside)}
        found |= {str(path) for path in _python_files(self.project / "modules")}
        return {path: state for path in found if (state := _stat(path)) is not None}


def _python_files(folder: Path) -> list[Path]:
    found: list[Path] = []
    for root, folders, files in os.walk(folder):
        folders[:] = [name for name in folders if name not in _SKIPPED]
        found += [Path(root) / name for name in files if name.endswith(".py")]
    return found


def _stat(path: str) -> tuple[float, int] | None:
    try:
        state = os.stat(path)
    except OSError:
        return None
    return (state.st_mtime, state.st_size)


def answer(workshop: Workshop, request: Mapping[str, Any]) -> dict[str, Any]:
    """The answer to one request: `ok` with data, or `error` with its kind and message."""
    calls: dict[str, Callable[..., Any]] = {
        "specs": workshop.specs, "check": workshop.check, "load": workshop.load, "source": workshop.source, "run": workshop.run,
        "plan": workshop.plan,
    }  # fmt: skip
    if workshop.is_stale():
        return {"stale": True}
    try:
        return {"ok": calls[request["do"]](**request["with"])}
    except PipelineError as error:
        problems = [problem.model_dump(mode="json") for problem in error.problems]
        return {"error": "problems", "message": str(error), "problems": problems}
    except documents.DocumentError as error:
        return {"error": "document", "message": error.problem.message, "hint": error.problem.hint}
    except DesignerError as error:
        message, _, hint = str(error).partition("\n  next: ")
        return {"error": "designer", "message": message, "hint": hint}
    except Exception as error:  # a user's code may raise anything; the page tells it
        return {
            "error": "unexpected",
            "message": f"{type(error).__name__}: {error}",
            "traceback": traceback.format_exc(),
        }
    finally:
        workshop.note()


def main() -> None:
    """Answer until the caller is gone. What a user's module prints goes to standard error."""
    project = Path(sys.argv[1])
    out = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)
    sys.stdout = sys.stderr
    os.chdir(project)
    workshop = Workshop(project)
    for line in sys.stdin:
        out.write(json.dumps(answer(workshop, json.loads(line))) + "\n")
        out.flush()


if __name__ == "__main__":
    main()
