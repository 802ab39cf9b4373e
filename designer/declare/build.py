"""Building a pipeline by running Python: while a builder is current, calling a module places a node. Elsewhere: pipeline.py.

What the user gets wrong is recorded, as an edge or a parameter that `check` will speak of, or as a problem here; nothing raises
halfway, so that every problem is told at once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Container, Iterator, Mapping, Sequence
from contextvars import ContextVar
from enum import Enum
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from pydantic import BaseModel, TypeAdapter
from pydantic_core import PydanticSerializationError, to_jsonable_python

from designer.errors import ModuleLoadError
from designer.model.pipeline import Edge, End, Node, Parameter, Pipeline
from designer.model.problem import Code, Problem

if TYPE_CHECKING:
    from designer.declare.module import Module

_current: ContextVar[Builder | None] = ContextVar("designer_builder", default=None)


def current() -> Builder | None:
    """The builder of the pipeline function that is executing, if one is."""
    return _current.get()


class Output:
    """What calling a module in a pipeline gives: its output, or its outputs as attributes. Pass it to other modules."""

    __slots__ = ("_node", "_port", "_ports")

    def __init__(self, node: str, ports: Sequence[str], port: str | None = None) -> None:
        self._node, self._ports = node, tuple(ports)
        self._port = ports[0] if port is None and len(ports) == 1 else port

    def __getattr__(self, name: str) -> Output:
        if name.startswith("_"):
            raise AttributeError(name)
        return Output(self._node, self._ports, name)  # an unknown name too: `check` tells what there is

    def __getitem__(self, key: int | str) -> Output:
        if isinstance(key, str):
            return Output(self._node, self._ports, key)
        if not -len(self._ports) <= key < len(self._ports):
            raise IndexError(f"{self._node} has {len(self._ports)} outputs: {', '.join(self._ports)}")
        return Output(self._node, self._ports, self._ports[key])

    def __iter__(self) -> Iterator[Output]:
        if len(self._ports) < 2:
            raise TypeError(f"{self._node} has one output; it can't be unpacked")
        return (Output(self._node, self._ports, port) for port in self._ports)

    def _unknown(self, *_: Any, **__: Any) -> Any:
        raise TypeError(
            f"the value of {self._end} isn't known while the pipeline is built\n  next: use values inside a module"
        )

    __bool__ = __len__ = __call__ = __contains__ = __int__ = __float__ = _unknown
    __add__ = __sub__ = __mul__ = __truediv__ = __radd__ = __rsub__ = __rmul__ = __rtruediv__ = _unknown
    __neg__ = __lt__ = __le__ = __gt__ = __ge__ = _unknown

    @property
    def _end(self) -> End:
        return End(self._node, self._port or "")

    def __repr__(self) -> str:
        return f"<output {self._node}.{self._port or '|'.join(self._ports)}>"


class _Input:
    """An input port of the pipeline that is being built, where it is used as a group."""

    def __init__(self, name: str) -> None:
        self.name = name


class _Open:
    """An argument without a value of the pipeline that is being built: a port or a parameter, as whoever takes it has it."""

    def __init__(self, name: str) -> None:
        self.name = name

    def __bool__(self) -> bool:
        return False


# A pipeline parameter's value while the pipeline is built: an ordinary value that also knows its name, so that it can be bound.
class _BoundFloat(float):
    parameter: str


class _BoundInt(int):
    parameter: str


class _BoundStr(str):
    parameter: str


class _BoundList(list[Any]):
    parameter: str


class _BoundDict(dict[str, Any]):
    parameter: str


class _BoundBool:
    """bool can't be subclassed; this compares and decides as one."""

    def __init__(self, value: bool) -> None:
        self.value = value
        self.parameter = ""

    def __bool__(self) -> bool:
        return self.value

    def __eq__(self, other: object) -> bool:
        return self.value == (other.value if isinstance(other, _BoundBool) else other)

    def __hash__(self) -> int:
        return hash(self.value)


_BOUND: dict[type, Callable[[Any], Any]] = {
    float: _BoundFloat,
    int: _BoundInt,
    str: _BoundStr,
    list: _BoundList,
    dict: _BoundDict,
    bool: _BoundBool,
}


def bound(name: str, value: Any) -> Any:
    """A pipeline parameter's value that remembers its name where the type allows it."""
    kind = _BOUND.get(type(value))
    if kind is None:
        return value
    tagged = kind(value)
    tagged.parameter = name
    return tagged


class Builder:
    """Collects the nodes and edges of one pipeline."""

    def __init__(self, name: str) -> None:
        self.name = name
        self.nodes: list[Node] = []
        self.edges: list[Edge] = []
        self.inputs: dict[str, tuple[End, ...]] = {}
        self.problems: list[Problem] = []
        self.modules: dict[str, Module[Any, Any]] = {}
        self._ids: set[str] = set()
        self._numbers: dict[str, int] = {}  # wanted id -> the number up to which all are taken

    def _fresh_id(self, wanted: str) -> str:
        """What `fresh_id` gives, without looking at every node for every node."""
        number = self._numbers.get(wanted, 1)
        while (id := wanted if number == 1 else f"{wanted}_{number}") in self._ids:
            number += 1
        self._numbers[wanted] = number
        return id

    def _add(self, node: Node) -> None:
        self.nodes.append(node)
        self._ids.add(node.id)

    def place(self, module: Module[Any, Any], id: str | None, args: Sequence[Any], kwargs: Mapping[str, Any]) -> Output:
        """Place a module as a node. `id` may be taken already: then the pipeline has that problem."""
        known = self.modules.setdefault(module.id, module)
        if known is not module and known.function is not module.function:
            raise ModuleLoadError(
                f"two modules are called {module.id}: {known.function.__module__} and {module.function.__module__}\n"
                "  next: give one of them another id, @module(id=…)"
            )
        node = id or self._fresh_id(module.id)
        inputs, names = [port.name for port in module._read.inputs], set(module._read.parameters)
        parameters: dict[str, Any] = {}
        bindings: dict[str, str] = {}
        for at, value in enumerate(args):
            if at < len(inputs):
                self._connect(node, inputs[at], value)
            else:
                self._too_many(node, module, at)
        for name, value in kwargs.items():
            if name in inputs or (name not in names and isinstance(value, (Output, _Input))):
                self._connect(node, name, value)
            else:
                self._set(node, name, value, parameters, bindings)
        self._add(Node(id=node, module=module.id, parameters=parameters, bindings=bindings))
        return Output(node, [port.name for port in module._read.outputs])

    def place_group(
        self, function: Callable[..., Any], name: str, id: str | None, args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """Place another pipeline as a group: outputs that are passed become its inputs, other arguments its parameters."""
        node = id or self._fresh_id(name)
        try:
            arguments = dict(inspect.signature(function).bind(*args, **kwargs).arguments)
        except TypeError as error:
            raise ModuleLoadError(f"{name}: {error}") from None
        given, values, opened = {}, {}, []
        parameters: dict[str, Any] = {}
        bindings: dict[str, str] = {}
        for key, value in arguments.items():
            if _is_port(value):
                given[key] = _Input(key)
                self._connect(node, key, value)
            elif isinstance(value, _Open):
                opened.append(key)
            else:
                self._set(node, key, value, parameters, bindings)
                values[key] = _unbound(value)
        built, inner = trace(function, name, values, given, opened)
        for key in opened:
            if key in built.inputs:
                self._connect(node, key, arguments[key])
            else:
                self._set(node, key, arguments[key], parameters, bindings)
        self.modules.update(inner.modules)
        self.problems += [p.model_copy(update={"node": f"{node}/{p.node}" if p.node else node}) for p in inner.problems]
        self._add(Node(id=node, pipeline=built, parameters=parameters, bindings=bindings))
        return Output(node, list(built.outputs))

    def place_document(
        self, pipeline: Pipeline, modules: Mapping[str, Module[Any, Any]], kwargs: Mapping[str, Any]
    ) -> Output:
        """Place a pipeline that was loaded from a document as a group."""
        node = self._fresh_id(pipeline.name)
        parameters: dict[str, Any] = {}
        bindings: dict[str, str] = {}
        for name, value in kwargs.items():
            if name in pipeline.inputs or isinstance(value, (Output, _Input)):
                self._connect(node, name, value)
            else:
                self._set(node, name, value, parameters, bindings)
        self.modules.update(modules)
        self._add(Node(id=node, pipeline=pipeline, parameters=parameters, bindings=bindings))
        return Output(node, list(pipeline.outputs))

    def _connect(self, node: str, port: str, value: Any) -> None:
        target = End(node, port)
        if value is None:
            return
        if isinstance(value, Output):
            self.edges.append(Edge(source=value._end, target=target))
        elif isinstance(value, (_Input, _Open)):
            self.inputs[value.name] = (*self.inputs.get(value.name, ()), target)
        elif _is_port(value):
            for item in value:
                self._connect(node, port, item)
        else:
            self.problems.append(
                Problem(
                    code=Code.PORT_TYPE_MISMATCH,
                    node=node,
                    port=port,
                    message=f"cannot connect  {_described(value)}  ->  {target}: a port takes another node's output",
                    hint=f"make a module that returns the value, or make {port} a parameter of the module (after *)",
                )
            )

    def _set(self, node: str, name: str, value: Any, parameters: dict[str, Any], bindings: dict[str, str]) -> None:
        parameter = (
            value.name
            if isinstance(value, _Open)
            else getattr(value, "parameter", None)
            if type(value) in _TAGGED
            else None
        )
        if parameter is not None:
            bindings[name] = parameter
            return
        if isinstance(value, (Output, _Input)):
            self._not_a_value(
                node, name, f"{name} is a parameter; it got {value!r}", "make it an input port (before *)"
            )
            return
        try:
            parameters[name] = plain(value)
        except TypeError:
            self._not_a_value(
                node,
                name,
                f"{name}: a {type(value).__name__} can't be kept in a pipeline",
                "use numbers, text, lists, dicts",
            )

    def _not_a_value(self, node: str, name: str, message: str, hint: str) -> None:
        self.problems.append(Problem(code=Code.INVALID_PARAMETER, node=node, port=name, message=message, hint=hint))

    def _too_many(self, node: str, module: Module[Any, Any], at: int) -> None:
        ports = ", ".join(port.name for port in module._read.inputs) or "none"
        names = ", ".join(module._read.parameters)
        self.problems.append(
            Problem(
                code=Code.UNKNOWN_PORT,
                node=node,
                message=f"{node} got {at + 1} positional arguments; input ports of {module.id}: {ports}",
                hint=f"pass parameters by name: {names}" if names else "take the argument away",
                choices=tuple(port.name for port in module._read.inputs),
            )
        )


def _described(value: Any) -> str:
    if type(value) in _TAGGED:
        return f"the pipeline parameter {value.parameter}"
    text = repr(value)
    return f"{text if len(text) <= 40 else text[:37] + '…'} ({type(value).__name__})"


def _is_port(value: Any) -> bool:
    """Whether it is an output or input of the pipeline that is being built, or a list with one in it."""
    if isinstance(value, (list, tuple)):
        return any(_is_port(item) or isinstance(item, _Open) for item in value)
    return isinstance(value, (Output, _Input))


def _unbound(value: Any) -> Any:
    """The value of a pipeline parameter without its name, which means nothing in another pipeline."""
    kind = next((kind for kind, tagged in _BOUND.items() if type(value) is tagged), None)
    return value if kind is None else value.value if kind is bool else kind(value)


_TAGGED = (_BoundFloat, _BoundInt, _BoundStr, _BoundList, _BoundDict, _BoundBool)


def plain(value: Any) -> Any:
    """A parameter's value as plain data for a document. Raises `TypeError` for what has no such form."""
    if isinstance(value, _BoundBool):
        return value.value
    if value is None or type(value) in (bool, int, float, str):
        return value
    for kind in (bool, int, float, str):
        if isinstance(value, kind) and not isinstance(value, Enum):
            return kind(value)
    if isinstance(value, Enum):
        return plain(value.value)
    if isinstance(value, PurePath):
        return value.as_posix()
    if isinstance(value, BaseModel):
        return value.model_dump(mode="json")
    if isinstance(value, Mapping):
        return {str(key): plain(item) for key, item in value.items()}
    if isinstance(value, (list, tuple, set, frozenset, range)):
        items = sorted(value) if isinstance(value, (set, frozenset)) else value
        return [plain(item) for item in items]
    if callable(getattr(value, "tolist", None)):  # numpy
        return plain(value.tolist())
    try:  # dates, decimals, dataclasses and the like: the form in which pydantic reads them back
        return to_jsonable_python(value)
    except (PydanticSerializationError, ValueError):
        raise TypeError(type(value).__name__) from None


def trace(
    function: Callable[..., Any],
    name: str,
    values: Mapping[str, Any],
    given: Mapping[str, _Input] | None = None,
    opened: Container[str] = (),
) -> tuple[Pipeline, Builder]:
    """Run a pipeline function with some parameter values and see what it builds.

    Arguments that have no value, or whose value is left open on purpose, are ports where they go into ports.
    """
    builder = Builder(name)
    parameters = parameters_of(function, given or {})
    arguments: dict[str, Any] = dict(given or {})
    defaults = inspect.signature(function, eval_str=False).parameters
    for key, parameter in parameters.items():
        if key in opened or (parameter.required and key not in values):
            arguments[key] = _Open(key)
        else:
            arguments[key] = bound(key, values[key] if key in values else defaults[key].default)
    token = _current.set(builder)
    try:
        result = function(**arguments)
    finally:
        _current.reset(token)
    built = Pipeline(
        name=name,
        description=inspect.getdoc(function) or "",
        parameters={key: parameter for key, parameter in parameters.items() if key not in builder.inputs},
        nodes=tuple(builder.nodes),
        edges=tuple(builder.edges),
        inputs=builder.inputs,
        outputs=_outputs(result),
    )
    return built, builder


def parameters_of(function: Callable[..., Any], given: Container[str] = ()) -> dict[str, Parameter]:
    """The parameters of a pipeline function: its arguments but those that are `given` another node's output.

    Raises `ModuleLoadError` for an argument that can be no parameter.
    """
    found: dict[str, Parameter] = {}
    for key, parameter in inspect.signature(function, eval_str=False).parameters.items():
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ModuleLoadError(
                f"pipeline {function.__name__}: *{key} can't be a parameter\n  next: name each parameter of the pipeline"
            )
        if key not in given:
            required = parameter.default is parameter.empty
            try:
                default = None if required else plain(parameter.default)
            except TypeError as error:
                raise ModuleLoadError(
                    f"pipeline {function.__name__}: the default of {key}, a {error}, can't be kept in a pipeline\n"
                    "  next: use numbers, text, lists, dicts"
                ) from None
            found[key] = Parameter(default=default, required=required, schema_=_schema(function, key))
    return found


def _outputs(result: Any) -> dict[str, End]:
    if isinstance(result, Output):
        if result._port is not None:
            return {"output": result._end}
        return {port: End(result._node, port) for port in result._ports}
    if isinstance(result, Mapping):
        return {str(name): value._end for name, value in result.items() if isinstance(value, Output)}
    if isinstance(result, tuple):
        names = getattr(result, "_fields", [f"output_{at}" for at in range(1, len(result) + 1)])
        return {name: value._end for name, value in zip(names, result, strict=True) if isinstance(value, Output)}
    return {}


def _schema(function: Callable[..., Any], name: str) -> dict[str, Any]:
    try:
        annotation = inspect.signature(function, eval_str=True).parameters[name].annotation
    except NameError:
        return {}
    if annotation is inspect.Parameter.empty:
        return {}
    try:
        return TypeAdapter(annotation).json_schema()
    except Exception:  # a type that JSON has no schema for is a port's, not a parameter's
        return {}
