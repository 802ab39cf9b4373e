"""`@module`: a function becomes a module. Elsewhere: reading its signature (signature.py), building pipelines with it (build.py)."""

from __future__ import annotations

import functools
import importlib
import inspect
import sys
import warnings
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Generic, ParamSpec, TypeVar, overload

from pydantic import ValidationError
from pydantic.json_schema import PydanticJsonSchemaWarning

from designer.declare import build, signature
from designer.declare.parameters import AnySchema, cause, field_of, model_of
from designer.model.module import Metric, ModuleSpec, Port

if TYPE_CHECKING:
    from collections.abc import Callable

    from pydantic import BaseModel

P = ParamSpec("P")
R = TypeVar("R")


@dataclass(frozen=True)
class Options:
    """How a module wants to be run."""

    timeout: float | None = None  # seconds; a module that takes longer is stopped and fails
    retries: int = 0
    backoff: float = 1.0  # seconds before the first retry; doubles each time
    fresh: bool = False  # a process of its own for each run
    reuse: bool = True
    volatile: bool | Mapping[str, Sequence[Any]] = False  # its result depends on more than code, parameters and inputs
    files: tuple[str, ...] = ()  # parameters that name files whose content counts

    def is_volatile(self, parameters: Mapping[str, Any]) -> bool:
        """Whether the result depends on more than code, parameters and inputs where the parameters have these values."""
        if isinstance(self.volatile, bool):
            return self.volatile
        return any(parameters.get(name) in values for name, values in self.volatile.items())


class Module(Generic[P, R]):
    """A function that can be a node. Called in a pipeline it places a node; called anywhere else it is the function."""

    def __init__(
        self,
        function: Callable[P, R],
        *,
        id: str,
        title: str,
        category: str,
        version: str,
        metrics: Sequence[Metric],
        options: Options,
    ) -> None:
        functools.update_wrapper(self, function)
        self.function, self.options = function, options
        self._read = signature.read(function)
        self._title, self._category, self._version, self._metrics = title, category, version, tuple(metrics)
        self.id = id

    @functools.cached_property
    def spec(self) -> ModuleSpec:
        """The module as data; with an `error` where its parameters can't be described."""
        code = self.function.__code__
        parameters, error = self._described()
        return ModuleSpec(
            id=self.id,
            title=self._title,
            category=self._category,
            version=self._version,
            description=inspect.getdoc(self.function) or "",
            inputs=self._read.inputs,
            outputs=self._read.outputs,
            parameters=parameters,
            error=error,
            metrics=self._metrics,
            source=f"{Path(code.co_filename).name}:{code.co_firstlineno}",
            package=self.function.__module__.partition(".")[0],
        )

    @property
    def version(self) -> str:
        """Its version."""
        return self._version

    @property
    def metrics(self) -> tuple[Metric, ...]:
        """The metrics that it declares."""
        return self._metrics

    @property
    def inputs(self) -> tuple[Port, ...]:
        """Its input ports."""
        return self._read.inputs

    @property
    def outputs(self) -> tuple[Port, ...]:
        """Its output ports."""
        return self._read.outputs

    @functools.cached_property
    def parameters_model(self) -> type[BaseModel]:
        """The pydantic model of the parameters; unknown ones are refused."""
        return model_of(f"{self.id}_parameters", self._read.parameters)

    def validate(self, values: Mapping[str, Any]) -> list[tuple[str, str]]:
        """What is wrong with some parameter values: (path, message)."""
        try:
            self.parameters_model.model_validate(dict(values))
        except ValidationError as error:
            return [(".".join(map(str, e["loc"])), e["msg"]) for e in error.errors()]
        return []

    def parameters(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """The values that the function gets: validated, converted, defaults filled in."""
        model = self.parameters_model.model_validate(dict(values))
        return {name: getattr(model, field_of(name)) for name in self._read.parameters}

    @property
    def several(self) -> bool:
        """Whether it returns a NamedTuple, one field an output."""
        return self._read.several

    @property
    def pickled(self) -> frozenset[str]:
        """The outputs that are kept with pickle, by the module's own choice."""
        return self._read.pickled

    @property
    def unpickled(self) -> frozenset[str]:
        """The inputs that accept a value kept with pickle."""
        return self._read.unpickled

    def annotation(self, port: str) -> Any:
        """The Python type of a value that goes into an input port; of one that takes many edges, of each value."""
        return self._read.annotations.get(port, Any)

    def named(self, node: str) -> Callable[..., Any]:
        """The module with a node id of your own: `split_data.named("holdout")(data)`."""
        return functools.partial(self._call, node)

    def __call__(self, *args: P.args, **kwargs: P.kwargs) -> R:
        result: R = self._call(None, *args, **kwargs)
        return result

    def _call(self, node: str | None, /, *args: Any, **kwargs: Any) -> Any:
        builder = build.current()
        if builder is None:
            return self.function(*args, **kwargs)
        return builder.place(self, node, args, kwargs)

    def _described(self) -> tuple[dict[str, Any], str | None]:
        """The JSON schema of its parameters, and what is wrong with them."""
        if not self._read.parameters:
            return {"type": "object", "properties": {}}, None
        try:
            return self._schema(), None
        except Exception as error:  # types have code of their own that describes them
            return {"type": "object", "properties": {}}, cause(self._read.parameters, error)

    def _schema(self) -> dict[str, Any]:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", PydanticJsonSchemaWarning)  # a default that JSON can't hold is left out
            schema = self.parameters_model.model_json_schema(schema_generator=AnySchema)
        schema.pop("title", None)
        for name, field in schema.get("properties", {}).items():
            annotated = self.parameters_model.model_fields[field_of(name)].title
            field["title"] = annotated or signature.title_of(name)
        return schema

    def __reduce__(self) -> Any:
        """Travel by name wherever the name leads back here, so that another process imports the module instead."""
        owner = sys.modules.get(self.function.__module__)
        if self.function.__module__ != "__main__" and getattr(owner, self.function.__qualname__, None) is self:
            return by_name, (self.function.__module__, self.function.__qualname__, getattr(owner, "__file__", None))
        return _rebuilt, (
            self.function, self.id, self._title, self._category, self._version, self._metrics, self.options
        )  # fmt: skip

    def __repr__(self) -> str:
        return f"<module {self.id} ({self._category})>"


def by_name(module: str, name: str, file: str | None) -> Any:
    """What a name in a module stands for; the module is imported, from its file where it can't be found by name."""
    try:
        owner = sys.modules.get(module) or importlib.import_module(module)
    except ImportError:
        if file is None:
            raise
        from designer.declare.load import import_file  # noqa: PLC0415 - load.py needs this file

        owner = import_file(Path(file), Path.cwd())
    return getattr(owner, name)


def _rebuilt(
    function: Any, id: str, title: str, category: str, version: str, metrics: Sequence[Metric], options: Options
) -> Module[Any, Any]:
    return Module(function, id=id, title=title, category=category, version=version, metrics=metrics, options=options)


@overload
def module(function: Callable[P, R], /) -> Module[P, R]: ...
@overload
def module(
    *,
    id: str | None = None,
    title: str | None = None,
    category: str = "Custom",
    version: str = "1",
    metrics: Sequence[Metric] = (),
    timeout: float | None = None,
    retries: int = 0,
    backoff: float = 1.0,
    fresh: bool = False,
    reuse: bool = True,
    volatile: bool | Mapping[str, Sequence[Any]] = False,
    files: Sequence[str] = (),
) -> Callable[[Callable[P, R]], Module[P, R]]: ...
def module(
    function: Callable[..., Any] | None = None,
    /,
    *,
    id: str | None = None,
    title: str | None = None,
    category: str = "Custom",
    version: str = "1",
    metrics: Sequence[Metric] = (),
    timeout: float | None = None,
    retries: int = 0,
    backoff: float = 1.0,
    fresh: bool = False,
    reuse: bool = True,
    volatile: bool | Mapping[str, Sequence[Any]] = False,
    files: Sequence[str] = (),
) -> Any:
    """Make a function a module: positional parameters are input ports, keyword-only ones parameters, the result the outputs.

    `timeout` is in seconds; `retries` more attempts follow a failure, `backoff` seconds apart and doubling; `fresh` gives each run
    a process of its own; `reuse=False` never takes an earlier result, `volatile` says that the result isn't determined by code,
    parameters and inputs, `volatile={"source": ["URL"]}` only where the parameter has one of the values; `files` names parameters that hold paths whose content counts for reuse.
    """

    def decorate(function: Callable[..., Any]) -> Module[..., Any]:
        name = id or function.__name__
        return Module(
            function,
            id=name,
            title=title or signature.title_of(function.__name__),
            category=category,
            version=str(version),
            metrics=metrics,
            options=Options(timeout, retries, backoff, fresh, reuse, volatile, tuple(files)),
        )

    return decorate if function is None else decorate(function)
