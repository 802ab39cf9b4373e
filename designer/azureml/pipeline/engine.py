"""Steps become modules, and pipelines of steps become designer's. Elsewhere: what a step's node does (node.py)."""

from __future__ import annotations

import inspect
import json
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from designer import Pipeline as OwnPipeline
from designer.azureml.pipeline.node import run_step
from designer.azureml.pipeline.spec import AFTER, DONE, FILES, PipelineSpec, StepSpec
from designer.declare.module import Module, Options
from designer.declare.registry import Registry
from designer.model.pipeline import Edge, End, Node, Parameter
from designer.model.pipeline import Pipeline as Document

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_CATEGORY = "Azure ML steps"
_SCHEMAS = {bool: "boolean", int: "integer", float: "number", str: "string"}


def pipeline_of(spec: PipelineSpec, values: Mapping[str, Any] | None = None) -> StepPipeline:
    """A pipeline that can be checked, run and drawn."""
    return StepPipeline(spec, dict(values or {}))


def again(data: Mapping[str, Any]) -> StepPipeline:
    """The pipeline that a run has kept."""
    return pipeline_of(PipelineSpec.of(data))


class StepPipeline(OwnPipeline):
    """Designer's pipeline of some steps."""

    def __init__(self, spec: PipelineSpec, values: Mapping[str, Any]) -> None:
        self.spec, self.values = spec, dict(values)
        self.modules_by_id = {step.id: module_of(step) for step in spec.steps}
        super().__init__(document_of(spec, values), registry=Registry.of(self.modules_by_id.values()))

    def modules(self, values: Mapping[str, Any] | None = None) -> dict[str, Module[Any, Any]]:
        """One for each step, whatever the parameters' values."""
        return dict(self.modules_by_id)

    def __reduce__(self) -> Any:
        return _rebuilt, (json.dumps(self.spec.data()), self.values)


def _rebuilt(text: str, values: Mapping[str, Any]) -> StepPipeline:
    return StepPipeline(PipelineSpec.of(json.loads(text)), values)


def document_of(spec: PipelineSpec, values: Mapping[str, Any]) -> Document:
    """The document: a node for each step, an edge for each thing that one takes from another."""
    nodes, edges = [], []
    for step in spec.steps:
        parameters = {**step.parameters, **({FILES: step.files} if step.files else {})}
        nodes.append(
            Node(
                id=step.id,
                module=step.id,
                title=step.title if step.title != step.id else "",
                parameters={name: value for name, value in parameters.items() if name not in step.bindings},
                bindings=step.bindings,
            )
        )
        for name, source in step.inputs.items():
            if source["kind"] == "edge":
                edges.append(Edge(source=End(source["node"], source["port"]), target=End(step.id, name)))
        edges += [Edge(source=End(other, DONE), target=End(step.id, AFTER)) for other in step.after]
    parameters = {
        name: Parameter(default=values.get(name, default), schema=_schema(default))
        for name, default in spec.parameters.items()
    }
    return Document(
        name=spec.name, description=spec.description, parameters=parameters, nodes=tuple(nodes), edges=tuple(edges)
    )


def _schema(value: Any) -> dict[str, Any]:
    kind = _SCHEMAS.get(type(value))
    return {"type": kind} if kind and kind != "integer" else {}  # an int's parameter takes a float as well, as in Azure


def module_of(step: StepSpec) -> Module[Any, Any]:
    """The module of a step: ports for what it takes and gives, parameters for its values."""
    function = _function(step)
    return Module(
        function,
        id=step.id,
        title=step.title,
        category=_CATEGORY,
        version=step.digest,
        metrics=(),
        options=Options(reuse=step.reuse, files=(FILES,) if step.files else ()),
    )


def _function(step: StepSpec) -> Callable[..., Any]:
    data = step.data()

    def run(**values: Any) -> Any:
        return run_step(StepSpec(**data), values)

    kinds = inspect.Parameter
    ports = [
        kinds(name, kinds.POSITIONAL_OR_KEYWORD) for name, source in step.inputs.items() if source["kind"] == "edge"
    ]
    annotations: dict[str, Any] = {port.name: Path for port in ports}
    if step.after:
        ports.append(kinds(AFTER, kinds.POSITIONAL_OR_KEYWORD))
        annotations[AFTER] = list[bool]
    values = {**step.parameters, **({FILES: step.files} if step.files else {})}
    parameters = [kinds(name, kinds.KEYWORD_ONLY, default=value) for name, value in values.items()]
    annotations |= {name: list[str] if name == FILES else Any for name in values}
    outputs = {name: Path for name in step.outputs} | ({DONE: bool} if step.feeds else {})
    annotations["return"] = NamedTuple("Outputs", list(outputs.items())) if outputs else None  # type: ignore[misc]
    run.__signature__ = inspect.Signature([*ports, *parameters])  # type: ignore[attr-defined]
    run.__annotations__ = annotations
    run.__name__ = run.__qualname__ = step.id
    run.__doc__ = _told(step)
    return run


def _told(step: StepSpec) -> str:
    what = {"script": f"Runs {step.script}.", "command": "Runs a command.", "batch": f"Runs {step.script} over mini-batches.",
            "sweep": "Sweeps hyperparameters.", "copy": "Copies data."}  # fmt: skip
    return what[step.kind]
