"""`designer check`: every problem of a pipeline, nothing run."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.cli.output import WRONG, console, print_json, print_problems, problems_data, stop
from designer.declare.pipeline import Pipeline
from designer.errors import ModuleLoadError
from designer.model.document import DocumentError
from designer.model.problem import Code, Problem

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.model.pipeline import Parameter


def check(path: str, parameters: Sequence[str], as_json: bool) -> None:
    """Print the problems; exit code 2 when there are any."""
    pipeline, problems = loaded(path, parameters)
    if as_json:
        print_json(problems_data(problems))
    elif problems:
        print_problems(problems)
    elif pipeline is not None:
        count = len(pipeline.with_values(parsed(parameters, pipeline.parameters)).nodes)
        console().print(f"{pipeline.name}: {count} node{'s' * (count != 1)}, no problems")
    if problems:
        stop(WRONG)


def loaded(path: str, parameters: Sequence[str]) -> tuple[Pipeline | None, list[Problem]]:
    """The pipeline of a path and everything that is wrong with it and with the values given for it."""
    try:
        pipeline = Pipeline.load(path, Path.cwd())
        values = parsed(parameters, pipeline.parameters)
        return pipeline, pipeline.check(**values)
    except DocumentError as error:
        return None, [error.problem]
    except ModuleLoadError as error:
        message, _, hint = str(error).partition("\n  next: ")
        return None, [Problem(code=Code.INVALID_DOCUMENT, message=message, hint=hint)]


def parsed(parameters: Sequence[str], known: Mapping[str, Parameter]) -> dict[str, Any]:
    """`-p name=value` as values: text where the parameter takes text, else JSON, else text."""
    values: dict[str, Any] = {}
    for text in parameters:
        name, equals, value = text.partition("=")
        if not equals:
            raise ModuleLoadError(f"-p {text}: a parameter is given as name=value")
        values[name] = _value(value, known[name].schema_.get("type") if name in known else None)
    return values


def _value(text: str, kind: Any) -> Any:
    if kind == "string":
        return text
    if kind == "boolean" and text.lower() in ("true", "false", "yes", "no", "on", "off"):
        return text.lower() in ("true", "yes", "on")
    try:
        return json.loads(text)
    except ValueError:
        return text
