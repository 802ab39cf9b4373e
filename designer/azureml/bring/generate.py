"""A pipeline of steps as files of a project: a document for the canvas, and a Python file with a module for each step."""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING, Any

from designer.azureml.pipeline.engine import document_of
from designer.azureml.pipeline.spec import FILES
from designer.errors import ModuleLoadError
from designer.model import document as documents

if TYPE_CHECKING:
    from pathlib import Path

    from designer.azureml.pipeline.spec import PipelineSpec, StepSpec

_HEAD = '''"""The steps of the pipeline {name}, brought from Azure ML. Each runs its script in a copy of the script's folder."""

from __future__ import annotations

from pathlib import Path
from typing import Any, NamedTuple

from designer import module
from designer.azureml.step import Out, script_step
'''


def write(spec: PipelineSpec, project: Path) -> tuple[Path, Path]:
    """Write both files below a project. Returns the document's path and the Python file's. Raises `ModuleLoadError`."""
    unfit = [step.title for step in spec.steps if step.kind not in ("script", "command")]
    if unfit:
        raise ModuleLoadError(
            f"step {unfit[0]!r} is neither a script nor a command, and has no module of its own\n  next: submit the pipeline as it is"
        )
    data = [step.title for step in spec.steps if any(s["kind"] != "edge" for s in step.inputs.values())]
    if data:
        raise ModuleLoadError(
            f"step {data[0]!r} takes a dataset, which a document can't hold\n  next: submit the pipeline as it is, or read the data in a module"
        )
    name = re.sub(r"\W", "_", spec.name)
    code, target = project / f"{name}_steps.py", project / "pipelines" / f"{name}.yaml"
    code.write_text(code_of(spec, project), encoding="utf-8")
    document = document_of(spec, {})
    nodes = tuple(node.model_copy(update={"parameters": _set(node.parameters)}) for node in document.nodes)
    document = document.model_copy(update={"nodes": nodes, "files": (code.name,)})
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(documents.to_yaml(document), encoding="utf-8")
    return target, code


def _set(parameters: Any) -> dict[str, Any]:
    return {name: value for name, value in parameters.items() if name != FILES}


def code_of(spec: PipelineSpec, project: Path) -> str:
    """The Python file."""
    return _HEAD.format(name=spec.name) + "".join(_module(step, project) for step in spec.steps)


def _module(step: StepSpec, project: Path) -> str:
    source = os.path.relpath(step.source, project) if step.source else "."
    outputs = [*step.outputs, *(["done"] if step.feeds else [])]
    ports = [*step.inputs, *(["after"] if step.after else [])]
    inputs = ", ".join(f"{port}: {'list[bool]' if port == 'after' else 'Path'}" for port in ports)
    values = "".join(f"{name}: Any = {value!r}, " for name, value in step.parameters.items())
    result = "None"
    text = ""
    if outputs:
        result = "".join(part.capitalize() for part in step.id.split("_")) + "Outputs"
        fields = "\n".join(f"    {name}: {'bool' if name == 'done' else 'Path'}" for name in outputs)
        text = f'\n\nclass {result}(NamedTuple):\n    """What {step.id} gives."""\n\n{fields}\n'
    options = ", ".join(f"{key}={value!r}" for key, value in _options(step).items())
    call = _call(step)
    body = f"    {'written = ' if outputs else ''}{call}\n"
    if outputs:
        gives = ", ".join("True" if name == "done" else f"written[{name!r}]" for name in outputs)
        body += f"    return {result}({gives})\n"
    what = f"Runs {step.script}" if step.script else "Runs a command"
    head = f"{inputs}{', ' if inputs else ''}*, {values}source: str = {source!r}"
    return (
        f'{text}\n\n@module(category="Azure ML steps", files=["source"], {options})\n'
        f'def {step.id}({head}) -> {result}:\n    """{what} of the folder `source`."""\n{body}'
    )


def _options(step: StepSpec) -> dict[str, Any]:
    found: dict[str, Any] = {"title": step.title}
    if not step.reuse:
        found["reuse"] = False
    if step.version:
        found["version"] = step.version
    return found


def _call(step: StepSpec) -> str:
    arguments = ", ".join(_part(part) for part in step.arguments)
    parts = [f"source, {step.script!r}, [{arguments}]"]
    if step.command is not None:
        command = (
            repr(step.command)
            if isinstance(step.command, str)
            else f"[{', '.join(_part(part) for part in step.command)}]"
        )
        parts.append(f"command={command}")
    outputs = {name: {k: v for k, v in spec.items() if v} for name, spec in step.outputs.items()}
    if outputs:
        parts.append(f"outputs={outputs!r}")
    if step.variables:
        parts.append("variables={" + ", ".join(f"{k!r}: {_part(v)}" for k, v in step.variables.items()) + "}")
    for name in ("interpreter", "environment", "max_seconds"):
        value = getattr(step, name)
        if value is not None and not (name == "max_seconds" and value >= 2_592_000):
            parts.append(f"{name}={value!r}")
    return f"script_step({', '.join(parts)})"


def _part(part: Any) -> str:
    """An argument as Python."""
    if isinstance(part, dict):
        kind, name = next(iter(part.items()))
        return f"Out({name!r})" if kind == "output" else name
    return repr(part)
