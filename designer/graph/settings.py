"""What is wrong with parameters: those of a node, of a group, of the pipeline, and the values given at run time.

Elsewhere: the rules of one value (schema.py), which problems there are besides (check.py).
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from typing import TYPE_CHECKING, Any

from designer.graph.flatten import known_values, resolved
from designer.graph.names import close, did_you_mean, listed
from designer.graph.schema import choices_of, described, violations, within
from designer.model.problem import Code, Problem

if TYPE_CHECKING:
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Node, Parameter, Pipeline

Validate = Callable[[str, dict[str, Any]], Iterable[tuple[str, str]]]
"""(module's id, parameters) -> (path of the parameter, what pydantic says) of each that is wrong."""


def module_settings(
    node: Node, path: str, spec: ModuleSpec, pipeline: Pipeline, known: Mapping[str, Any], validate: Validate | None
) -> Iterator[Problem]:
    """What is wrong with the parameters of a module in a pipeline whose own parameters have the `known` values."""
    properties: Mapping[str, Any] = spec.parameters.get("properties", {})
    given = {**node.parameters, **node.bindings}
    open_ended = spec.parameters.get("additionalProperties", False) is not False
    if not open_ended:
        yield from _unknown(path, given, properties, f"{path} ({node.module})")
    yield from _bindings(node, path, pipeline)
    for name in spec.parameters.get("required", ()):
        if name not in given:
            yield _missing(path, name, described(_with_definitions(properties.get(name, {}), spec.parameters)))
    values = {name: value for name, value in resolved(node, known).items() if open_ended or name in properties}
    if not values:
        return
    if validate is not None:
        found = validate(node.module, values)
    else:
        found = [
            (within(name, inner), message)
            for name, value in values.items()
            for inner, message in violations(value, _with_definitions(properties.get(name, {}), spec.parameters))
        ]
    for where, message in found:
        name = where.partition(".")[0]
        if name in values or not where:  # what isn't given, or isn't known yet, has been said above or can't be said
            schema = _with_definitions(properties.get(name, {}), spec.parameters)
            yield _invalid(path, where, message, values.get(name), schema, node.bindings.get(name))


def group_settings(node: Node, path: str, pipeline: Pipeline, known: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong with the parameters that a group is given."""
    parameters = node.pipeline.parameters if node.pipeline else {}
    given = {**node.parameters, **node.bindings}
    yield from _unknown(path, given, parameters, path)
    yield from _bindings(node, path, pipeline)
    for name, parameter in parameters.items():
        if parameter.required and name not in given:
            yield _missing(path, name, described(parameter.schema_))
    for name, value in resolved(node, known).items():
        if name in parameters:
            yield from _wrong_value(path, name, value, parameters[name].schema_, node.bindings.get(name))


def defaults(pipeline: Pipeline, path: str) -> Iterator[Problem]:
    """What is wrong with the defaults of a pipeline's parameters."""
    for name, parameter in pipeline.parameters.items():
        if not parameter.required and parameter.default is not None:
            yield from _wrong_value(path or None, name, parameter.default, parameter.schema_, None)


def check_parameters(pipeline: Pipeline, values: Mapping[str, Any]) -> list[Problem]:
    """What is wrong with the values that a run of the pipeline is given for its parameters."""
    problems = [
        _unknown_pipeline_parameter(None, name, pipeline.parameters, f"{pipeline.name} has no parameter {name}")
        for name in values
        if name not in pipeline.parameters
    ]
    for name, parameter in pipeline.parameters.items():
        if name in values:
            problems += _wrong_value(None, name, values[name], parameter.schema_, None)
        elif parameter.required:
            problems.append(_missing(None, name, described(parameter.schema_)))
    return problems


def values_within(node: Node, known: Mapping[str, Any]) -> dict[str, Any]:
    """The known values of the parameters of a group's pipeline."""
    return known_values(node.pipeline, resolved(node, known)) if node.pipeline else {}


def _unknown(path: str, given: Iterable[str], names: Mapping[str, Any], of: str) -> Iterator[Problem]:
    for name in given:
        if name not in names:
            choices = close(name, names)
            yield Problem(
                code=Code.UNKNOWN_PARAMETER,
                node=path,
                parameter=name,
                message=f"{of} has no parameter {name}\n  its parameters: {listed(names)}",
                hint=did_you_mean(choices, f"remove {name}"),
                choices=choices,
            )


def _bindings(node: Node, path: str, pipeline: Pipeline) -> Iterator[Problem]:
    for name, source in node.bindings.items():
        if source not in pipeline.parameters:
            message = f"{path}.{name} is bound to {source}, which is no parameter of the pipeline {pipeline.name}"
            yield _unknown_pipeline_parameter(path, source, pipeline.parameters, message, name)
        if name in node.parameters:
            yield Problem(
                code=Code.INVALID_PARAMETER,
                node=path,
                parameter=name,
                message=f"{path}.{name} has a value ({node.parameters[name]!r}) and is bound to {source} as well",
                hint=f"remove {name} either from `parameters` or from `bindings`",
            )


def _unknown_pipeline_parameter(
    path: str | None, source: str, parameters: Mapping[str, Parameter], message: str, name: str | None = None
) -> Problem:
    choices = close(source, parameters)
    return Problem(
        code=Code.UNKNOWN_PIPELINE_PARAMETER,
        node=path,
        parameter=name or source,
        message=f"{message}\n  its parameters: {listed(parameters)}",
        hint=did_you_mean(choices, f"give the pipeline a parameter {source}" if name else f"leave {source} out"),
        choices=choices,
    )


def _missing(path: str | None, name: str, takes: str) -> Problem:
    where = f"{path}.{name}" if path else f"the pipeline's parameter {name}"
    what = f"\n  it takes {takes}" if takes else ""
    hint = f"set {name}, or bind it to a pipeline parameter" if path else f"give it a value: -p {name}=…"
    return Problem(
        code=Code.MISSING_PARAMETER,
        node=path,
        parameter=name,
        message=f"{where} has no value and no default{what}",
        hint=hint,
    )


def _wrong_value(
    path: str | None, name: str, value: Any, schema: Mapping[str, Any], source: str | None
) -> list[Problem]:
    return [
        _invalid(path, within(name, inner), message, value, schema, source)
        for inner, message in violations(value, schema)
    ]


def _invalid(
    path: str | None, where: str, message: str, value: Any, schema: Mapping[str, Any], source: str | None
) -> Problem:
    name = where.partition(".")[0]
    subject = within(path, where) if path else f"the pipeline's parameter {where}"
    shown = f" is {_short(value)}" if name else ""
    given = f", given by the pipeline parameter {source}" if source else ""
    takes = described(schema)
    hint = f"{name} takes {takes}" if takes else f"change {name or 'the parameters'}"
    return Problem(
        code=Code.INVALID_PARAMETER,
        node=path,
        parameter=where or None,
        message=f"{subject}{shown}{given}: {message}",
        hint=hint + (f"; change the pipeline parameter {source}, or give {name} another value" if source else ""),
        choices=tuple(str(choice) for choice in choices_of(schema)),
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else f"{text[:57]}…"


def _with_definitions(schema: Mapping[str, Any], whole: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**schema, "$defs": whole["$defs"]} if "$defs" in whole else schema
