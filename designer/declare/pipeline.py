"""`@pipeline`, and `Pipeline`: one that can be checked, run, saved and placed in another. Elsewhere: the document (model), running (engine)."""

from __future__ import annotations

import functools
import inspect
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from designer.declare import build
from designer.declare.module import by_name
from designer.errors import ModuleLoadError
from designer.model import document as documents
from designer.model.pipeline import Pipeline as Empty

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from designer.declare.module import Module
    from designer.declare.registry import Registry
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Parameter
    from designer.model.pipeline import Pipeline as Document
    from designer.model.problem import Problem
    from designer.tracking.run import Run

Executor = Literal["processes", "threads", "serial"]


class Pipeline:
    """A pipeline: a document, and the modules that it needs.

    Made by `@pipeline` from a function, or by `Pipeline.load` from a file. Called in another pipeline it becomes a group.
    """

    def __init__(
        self,
        document: Document | None = None,
        *,
        function: Callable[..., Any] | None = None,
        registry: Registry | None = None,
        path: Path | None = None,
    ) -> None:
        self._document, self.function, self._registry, self.path = document, function, registry, path
        self._built: dict[str, Any] = {}
        if function is not None:
            functools.update_wrapper(self, function)

    @property
    def name(self) -> str:
        """Its name."""
        return self.function.__name__ if self.function is not None else self.document.name

    @property
    def document(self) -> Document:
        """The pipeline as data, with the parameters' defaults."""
        return self._document if self._document is not None else self._trace({})[0]

    @property
    def source(self) -> str | None:
        """The Python text that declares it; None for one that was loaded from a document."""
        return inspect.getsource(self.function) if self.function is not None else None

    def with_values(self, values: Mapping[str, Any]) -> Document:
        """The document as it is built with some parameter values: in Python, values can decide which nodes there are."""
        return self._document if self._document is not None else self._trace(values)[0]

    @property
    def parameters(self) -> Mapping[str, Parameter]:
        """Its parameters. Known without building it, which may need their values."""
        return build.parameters_of(self.function) if self.function is not None else self.document.parameters

    def modules(self, values: Mapping[str, Any] | None = None) -> dict[str, Module[Any, Any]]:
        """The modules that it uses with some parameter values, by id, as far as they are known."""
        if self._document is None:
            return dict(self._trace(values or {})[1].modules)
        found: dict[str, Module[Any, Any]] = {}
        for id in module_ids(self._document):
            module = self.registry.get(id)
            if module is not None:
                found[id] = module
        return found

    @property
    def registry(self) -> Registry:
        """Where its modules come from."""
        if self._registry is None:
            from designer.declare.registry import Registry  # noqa: PLC0415 - only a document needs the catalogue

            self._registry = Registry.for_project(Path.cwd())
        return self._registry

    def specs(self, values: Mapping[str, Any] | None = None) -> Mapping[str, ModuleSpec]:
        """The modules that it can use (one in Python: with some parameter values), as data."""
        if self._document is None:
            return {id: module.spec for id, module in self.modules(values).items()}
        return self.registry.specs()

    def check(self, **values: Any) -> list[Problem]:
        """Every problem it has, with some parameter values. An empty list: it can run."""
        from designer.graph.check import check, check_parameters  # noqa: PLC0415 - not needed to declare a pipeline

        given = check_parameters(Empty(name=self.name, parameters=dict(self.parameters)), values)
        try:
            document = self.with_values(values)
        except ModuleLoadError:
            if given:  # most likely the cause
                return given
            raise
        own = [] if self._document is not None else self._trace(values)[1].problems
        modules = self.modules(values) if self._document is None else None

        def validate(module: str, parameters: dict[str, Any]) -> list[tuple[str, str]]:
            known = modules.get(module) if modules is not None else self.registry.get(module)
            return known.validate(parameters) if known is not None else []

        return [*own, *given, *check(document, self.specs(values), validate, values)]

    def run(
        self,
        *,
        executor: Executor = "processes",
        experiment: str | None = None,
        store: str | os.PathLike[str] | None = None,
        until: Sequence[str] = (),
        regenerate: bool | Sequence[str] = False,
        pins: Mapping[str, str] | None = None,
        show_output: bool = False,
        raise_on_error: bool = True,
        fail_fast: bool = False,
        **values: Any,
    ) -> Run:
        """Run it, wait for the end and return the run. Keyword arguments are the pipeline's parameters.

        `executor`: `processes` (warm worker processes), `threads` or `serial` (in this process, for debugging). `until` names nodes:
        only what they need is run. `regenerate` takes no earlier results (True), or none for the nodes named; `pins` gives some
        nodes the outputs that they had in an earlier run: `pins={"split_data": run.id}`. With `fail_fast` the first failure ends the
        run: nodes that run are stopped, others aren't begun; without it, all that doesn't need the failed node goes on.
        Raises `PipelineError` when it has problems (then nothing ran) and `RunFailedError` when a node failed.
        """
        from designer.engine.submit import run_pipeline  # noqa: PLC0415 - declaring needs no engine

        return run_pipeline(
            self,
            values,
            executor=executor,
            experiment=experiment,
            store=store,
            until=until,
            regenerate=regenerate,
            pins=pins or {},
            show_output=show_output,
            raise_on_error=raise_on_error,
            fail_fast=fail_fast,
        )

    def submit(
        self,
        *,
        executor: Executor = "processes",
        experiment: str | None = None,
        store: str | os.PathLike[str] | None = None,
        until: Sequence[str] = (),
        regenerate: bool | Sequence[str] = False,
        pins: Mapping[str, str] | None = None,
        fail_fast: bool = False,
        **values: Any,
    ) -> Run:
        """Start it in a process of its own, which goes on when this one ends, and return the run at once."""
        from designer.engine.submit import submit_pipeline  # noqa: PLC0415

        return submit_pipeline(
            self,
            values,
            executor=executor,
            experiment=experiment,
            store=store,
            until=until,
            regenerate=regenerate,
            pins=pins or {},
            fail_fast=fail_fast,
        )

    def plan(
        self,
        *,
        store: str | os.PathLike[str] | None = None,
        until: Sequence[str] = (),
        regenerate: bool | Sequence[str] = False,
        pins: Mapping[str, str] | None = None,
        **values: Any,
    ) -> dict[str, dict[str, Any]]:
        """What `run` would do now with each node, and why: id -> `action`, `reason` (`kind`, `text`), `from_run`, `seconds`.

        `run`: it runs; `reuse`: its earlier result is taken; `maybe`: it runs only if a rerun upstream changes its input.
        Raises `PipelineError` when the pipeline has problems.
        """
        from designer.engine.submit import plan_pipeline  # noqa: PLC0415

        return plan_pipeline(self, values, store=store, until=until, regenerate=regenerate, pins=pins or {})

    def save(self, path: str | os.PathLike[str]) -> None:
        """Write it as a document, YAML or JSON by the path's ending, all at once."""
        target = Path(path)
        text = documents.to_json(self._saved()) if target.suffix == ".json" else documents.to_yaml(self._saved())
        target.parent.mkdir(parents=True, exist_ok=True)
        scratch = target.with_name(f".{target.name}.{os.getpid()}.new")
        scratch.write_text(text, encoding="utf-8")
        scratch.replace(target)

    def _saved(self) -> Document:
        """The document, with the project's files that define its modules noted."""
        document = self.document
        if self._document is not None:
            return document
        project = Path.cwd().resolve()
        files = set(document.files)
        for module in self.modules().values():
            path = Path(module.function.__code__.co_filename).resolve()
            if path.is_relative_to(project) and "modules" not in path.relative_to(project).parts[:1]:
                files.add(path.relative_to(project).as_posix())
        return document.model_copy(update={"files": tuple(sorted(files))})

    @staticmethod
    def load(path: str | os.PathLike[str], project: str | os.PathLike[str] | None = None) -> Pipeline:
        """A pipeline from a YAML or JSON document, or from a Python file (`file.py`, or `file.py:name`).

        Raises `DocumentError` or `ModuleLoadError` saying what is wrong where. A Python file is executed; a document isn't.
        """
        from designer.declare.load import load  # noqa: PLC0415 - not needed to declare a pipeline

        return load(path, project)

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        builder = build.current()
        if builder is None:
            raise TypeError(f"{self.name} is a pipeline\n  next: {self.name}.run(…), or call it in another pipeline")
        if self.function is not None:
            return builder.place_group(self.function, self.name, None, args, kwargs)
        if args:
            raise TypeError(
                f"{self.name}: pass inputs and parameters by name: {', '.join([*self.document.inputs, *self.document.parameters])}"
            )
        return builder.place_document(self.document, self.modules(), kwargs)

    def named(self, node: str) -> Callable[..., Any]:
        """The pipeline with a node id of your own, to be placed in another."""

        def place(*args: Any, **kwargs: Any) -> Any:
            builder = build.current()
            if builder is None or self.function is None:
                raise TypeError(
                    f"{self.name}.named(…) places a pipeline that is declared in Python in another pipeline"
                )
            return builder.place_group(self.function, self.name, node, args, kwargs)

        return place

    def _trace(self, values: Mapping[str, Any]) -> tuple[Document, build.Builder]:
        if self.function is None:
            raise TypeError("only a pipeline that is declared in Python is built")
        key = repr(sorted(values.items(), key=lambda item: item[0]))
        if key not in self._built:
            try:
                self._built[key] = build.trace(self.function, self.function.__name__, values)
            except Exception as error:
                raise ModuleLoadError(
                    f"pipeline {self.function.__name__} can't be built: {_where(error)}{error}"
                ) from error
        return self._built[key]  # type: ignore[no-any-return]

    def __reduce__(self) -> Any:
        """Travel by name where there is one, as a document with its project otherwise, else by value."""
        if self.function is None:
            folder = self._registry.project if self._registry is not None else Path.cwd()
            return _from_data, (documents.to_data(self.document), str(folder))
        owner = sys.modules.get(self.function.__module__)
        if self.function.__module__ != "__main__" and getattr(owner, self.function.__qualname__, None) is self:
            return by_name, (self.function.__module__, self.function.__qualname__, getattr(owner, "__file__", None))
        return pipeline, (self.function,)

    def __repr__(self) -> str:
        return f"<pipeline {self.name}>"


def _from_data(data: dict[str, Any], project: str) -> Pipeline:
    from designer.declare.registry import Registry  # noqa: PLC0415 - only a document needs the catalogue

    document = documents.from_data(data)
    return Pipeline(document, registry=Registry.for_project(Path(project), document.files))


_PACKAGE = str(Path(__file__).parents[1]) + os.sep


def _where(error: BaseException) -> str:
    trace = error.__traceback__
    place = ""
    while trace is not None:
        file = trace.tb_frame.f_code.co_filename
        if not file.startswith(_PACKAGE):
            place = f"{Path(file).name} line {trace.tb_lineno}: {type(error).__name__}: "
        trace = trace.tb_next
    return place


def module_ids(document: Document) -> list[str]:
    """The ids of all modules that a document names, groups included, each once."""
    found: dict[str, None] = {}
    for node in document.nodes:
        if node.pipeline is not None:
            found.update(dict.fromkeys(module_ids(node.pipeline)))
        elif node.module:
            found[node.module] = None
    return list(found)


def pipeline(function: Callable[..., Any]) -> Pipeline:
    """Make a function a pipeline. Its arguments are the pipeline's parameters; calling modules in it places nodes.

    It is Python: loops, conditions on parameters and helper functions work. What it returns are its outputs, where it is placed
    in another pipeline.
    """
    return Pipeline(function=function)
