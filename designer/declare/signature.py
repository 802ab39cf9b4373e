"""A module's ports and parameters, read off its function's signature. Elsewhere: the decorator (module.py).

Positional parameters are input ports, keyword-only ones parameters; the return annotation gives the outputs. An annotation that
names a type of a lazily imported library is taken by its name, without importing the library.
"""

from __future__ import annotations

import builtins
import inspect
import sys
import types
import typing
from collections.abc import Callable, Container, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, ForwardRef, Literal, TypeVar, Union, get_args, get_origin

from designer.declare.annotations import Pickled, PortInfo
from designer.declare.lazy import LazyModule
from designer.errors import ModuleLoadError
from designer.model.module import Port
from designer.model.types import ANY, NONE, PortType

RETURN = "return"

# Superclasses of well-known types that may not be imported when their name is met.
_KNOWN_BASES = {
    "sklearn.Pipeline": ("sklearn.BaseEstimator",),
    "pandas.Series": (),
    "pandas.DataFrame": (),
}


@dataclass(frozen=True)
class Signature:
    """What a function's signature says."""

    inputs: tuple[Port, ...]
    outputs: tuple[Port, ...]
    parameters: Mapping[
        str, tuple[Any, Any]
    ]  # name -> (annotation, default or ...), as pydantic's create_model takes them
    several: bool  # the function returns a NamedTuple, one field an output
    pickled: frozenset[str]  # outputs kept with pickle
    unpickled: frozenset[str]  # inputs that accept values kept with pickle
    annotations: Mapping[str, Any]  # input -> the type of a value that goes in; of one that takes many edges, of each


def read(function: Callable[..., Any]) -> Signature:
    """Ports and parameters of a function. Raises `ModuleLoadError` naming what can't be a port or parameter."""
    if inspect.iscoroutinefunction(function) or inspect.isasyncgenfunction(function):
        raise ModuleLoadError(
            f"{function.__qualname__} is an async function, and a module is called and done\n"
            "  next: make it a def that calls asyncio.run(…)"
        )
    signature = inspect.signature(function)
    strict = {name for name, one in signature.parameters.items() if one.kind is one.KEYWORD_ONLY}
    hints = _hints(function, strict)
    inputs, parameters, unpickled, annotations = [], {}, set(), {}
    for name, parameter in signature.parameters.items():
        annotation = hints.get(name, Any)
        if parameter.kind in (parameter.VAR_POSITIONAL, parameter.VAR_KEYWORD):
            raise ModuleLoadError(
                f"{function.__qualname__}: *{name} can be neither a port nor a parameter\n"
                "  next: name each input; list[X] takes many edges"
            )
        if parameter.kind is parameter.KEYWORD_ONLY:
            default = ... if parameter.default is parameter.empty else parameter.default
            parameters[name] = (annotation, default)
        else:
            port = _input(name, annotation, parameter)
            inputs.append(port)
            annotations[name] = _of_each(annotation) if port.many else annotation
            if _is_pickled(annotation):
                unpickled.add(name)
    outputs, several, pickled = _outputs(hints.get(RETURN, Any), function)
    return Signature(tuple(inputs), outputs, parameters, several, pickled, frozenset(unpickled), annotations)


def _of_each(annotation: Any) -> Any:
    bare, _ = _unwrapped(annotation)
    return (get_args(bare) or (Any,))[0]


def _input(name: str, annotation: Any, parameter: inspect.Parameter) -> Port:
    annotation, info = _unwrapped(annotation)
    optional = parameter.default is not parameter.empty
    many = get_origin(annotation) is list
    if many:
        annotation, inner = _unwrapped((get_args(annotation) or (Any,))[0])
        info = info if info.title or info.description else inner
    kind = type_of(annotation)
    if optional and kind.alternatives:  # `X | None = None` is a port of X that may stay free
        rest = tuple(one for one in kind.alternatives if one.key != NONE.key)
        kind = rest[0] if len(rest) == 1 else _union(rest)
    return Port(
        name=name,
        title=info.title or title_of(name),
        type=kind,
        optional=optional or many,
        many=many,
        description=info.description,
    )


def _outputs(annotation: Any, function: Callable[..., Any]) -> tuple[tuple[Port, ...], bool, frozenset[str]]:
    if annotation is None or annotation is type(None):
        return (), False, frozenset()
    bare, _ = _unwrapped(annotation)
    if isinstance(bare, type) and issubclass(bare, tuple) and hasattr(bare, "_fields"):
        hints = _hints(bare)
        ports, pickled = [], set()
        for name in bare._fields:
            one, info = _unwrapped(hints.get(name, Any))
            ports.append(
                Port(name=name, title=info.title or title_of(name), type=type_of(one), description=info.description)
            )
            if _is_pickled(hints.get(name, Any)):
                pickled.add(name)
        return tuple(ports), True, frozenset(pickled)
    one, info = _unwrapped(annotation)
    port = Port(name="output", title=info.title or "Output", type=type_of(one), description=info.description)
    return (port,), False, frozenset(["output"] if _is_pickled(annotation) else [])


def title_of(name: str) -> str:
    """`split_data` as a title: `Split Data`."""
    return " ".join(word[:1].upper() + word[1:] for word in name.replace("_", " ").split())


def _unwrapped(annotation: Any) -> tuple[Any, PortInfo]:
    info = PortInfo()
    while get_origin(annotation) is Annotated:
        annotation, *extras = get_args(annotation)
        info = next((extra for extra in extras if isinstance(extra, PortInfo)), info)
    return annotation, info


def _is_pickled(annotation: Any) -> bool:
    return get_origin(annotation) is Annotated and any(
        x is Pickled or isinstance(x, Pickled) for x in get_args(annotation)[1:]
    )


def type_of(annotation: Any) -> PortType:
    """A Python type or annotation as data."""
    annotation, _ = _unwrapped(annotation)
    if annotation is Any or annotation is inspect.Parameter.empty:
        return ANY
    if annotation is None or annotation is type(None):
        return NONE
    if isinstance(annotation, TypeVar):
        return ANY
    origin, args = get_origin(annotation), get_args(annotation)
    if origin in (Union, types.UnionType):
        return _union([type_of(one) for one in args])
    if origin is Literal:
        kinds = {type(value) for value in args}
        return type_of(kinds.pop()) if len(kinds) == 1 else ANY
    if origin is not None and isinstance(origin, type):
        base = type_of(origin)
        inner = tuple(type_of(one) for one in args if one is not Ellipsis and not isinstance(one, list))
        return base.model_copy(update={"args": inner, "name": f"{base.name}[{', '.join(i.name for i in inner)}]"})
    if isinstance(annotation, type):
        key = _key(annotation)
        bases = [_key(base) for base in annotation.__mro__[1:] if base is not object]
        return PortType(
            key=key, name=annotation.__name__, bases=tuple(dict.fromkeys(bases)) or _KNOWN_BASES.get(key, ())
        )
    return ANY


def _union(kinds: Sequence[PortType]) -> PortType:
    return PortType(key="union", name=" | ".join(kind.name for kind in kinds), alternatives=tuple(kinds))


def _key(cls: type) -> str:
    return f"{cls.__module__.partition('.')[0]}.{cls.__qualname__}"


class _Named(type):
    """A class that stands for one that isn't imported; attributes of it are such classes too."""

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(name)
        return _named(f"{cls.__module__}.{cls.__name__}", name)


def _named(module: str, name: str) -> Any:
    return _Named(name, (), {"__module__": module})


class _Namespace:
    """A lazily imported module in an annotation: its attributes are types by name."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __getattr__(self, name: str) -> Any:
        loaded = sys.modules.get(self._module)
        if loaded is not None and hasattr(loaded, name):
            return getattr(loaded, name)
        return _named(self._module, name)


def _hints(owner: Any, strict: Container[str] = ()) -> dict[str, Any]:
    """The annotations of a function or class, evaluated; names of lazy or unimported libraries stay names.

    Those in `strict` are parameters, whose values are to be validated: their types must be there.
    """
    raw = dict(getattr(owner, "__annotations__", {}))
    space = getattr(owner, "__globals__", None) or vars(sys.modules.get(owner.__module__, builtins))
    closure = inspect.getclosurevars(owner).nonlocals if inspect.isfunction(owner) else {}
    return {name: _evaluated(value, space, closure, name in strict) for name, value in raw.items()}


def _evaluated(value: Any, space: Mapping[str, Any], closure: Mapping[str, Any], strict: bool) -> Any:
    if isinstance(value, ForwardRef):
        value = value.__forward_arg__
    if not isinstance(value, str):
        return value
    names = _Names(space, closure, strict)
    try:
        while isinstance(value, str):  # quoted within a file whose annotations are text anyhow
            value = eval(value, {"__builtins__": {}}, names)
    except Exception as error:
        raise ModuleLoadError(f"the annotation {value!r} can't be understood: {error}") from error
    return value


class _Names(dict[str, Any]):
    """The names that an annotation may use: the module's own, builtins, and for unknown ones a type of that name.

    Annotations are code of the module that is being imported anyway; nothing else is ever evaluated here.
    """

    def __init__(self, space: Mapping[str, Any], closure: Mapping[str, Any], strict: bool) -> None:
        super().__init__()
        self._space, self._closure, self._strict = space, closure, strict

    def __missing__(self, name: str) -> Any:
        for place in (self._closure, self._space, vars(builtins), vars(typing)):
            if name in place:
                found = place[name]
                return _Namespace(found.__name__) if isinstance(found, LazyModule) else found
        alias = _ALIASES.get(name)  # imported for type checkers only
        if self._strict and not alias:
            raise NameError(f"there is no {name} where the module runs; import it there, not for type checkers only")
        return _Namespace(alias) if alias else _named("unknown", name)


_ALIASES = {"pd": "pandas", "np": "numpy", "pa": "pyarrow", "pl": "polars", "sklearn": "sklearn"}
