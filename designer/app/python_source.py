"""A pipeline as the Python text that declares it. Elsewhere: reading such text (declare)."""

from __future__ import annotations

import keyword
import pprint
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.model.edits import fresh_id

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.model.module import ModuleSpec
    from designer.model.pipeline import End, Node, Pipeline

_WIDTH = 110


class Import(NamedTuple):
    """Where a module's function is imported from."""

    module: str
    name: str


def python_source(pipeline: Pipeline, specs: Mapping[str, ModuleSpec], imports: Mapping[str, Import]) -> str:
    """A Python file that declares the pipeline: run it with `designer run FILE`."""
    writer = _Writer(specs, imports)
    writer.function(pipeline, _identifier(pipeline.name))
    lines = ["from designer import pipeline"]
    for module in sorted(writer.used):
        lines += [f"from {module} import {', '.join(sorted(writer.used[module]))}"]
    return "\n".join([*lines, "", "", "\n\n\n".join(writer.functions), ""])


class _Writer:
    def __init__(self, specs: Mapping[str, ModuleSpec], imports: Mapping[str, Import]) -> None:
        self.specs, self.imports = specs, imports
        self.used: dict[str, set[str]] = {}
        self.functions: list[str] = []
        self.names = {"pipeline"}

    def function(self, pipeline: Pipeline, wanted: str) -> str:
        """Write a pipeline's function, after those of the groups in it; its name."""
        name = fresh_id(wanted, self.names)
        self.names.add(name)
        arguments = [*pipeline.inputs]
        arguments += [p for p in pipeline.parameters if pipeline.parameters[p].required]
        arguments += [
            f"{p}={pipeline.parameters[p].default!r}"
            for p in pipeline.parameters
            if not pipeline.parameters[p].required
        ]
        lines = ["@pipeline", f"def {name}({', '.join(arguments)}):"]
        if pipeline.description:
            lines += _docstring(pipeline.description)
        variables = self._variables(pipeline)
        used = {edge.source.node for edge in pipeline.edges} | {end.node for end in pipeline.outputs.values()}
        for node in in_order(pipeline):
            lines += self._node(pipeline, node, variables, node.id in used)
        if pipeline.outputs:
            values = ", ".join(
                f"{port!r}: {self._value(pipeline, end, variables)}" for port, end in pipeline.outputs.items()
            )
            lines.append(f"    return {{{values}}}")
        if not pipeline.nodes and not pipeline.outputs and not pipeline.description:
            lines.append("    pass")
        self.functions.append("\n".join(lines))
        return name

    def _variables(self, pipeline: Pipeline) -> dict[str, str]:
        taken = {*pipeline.parameters, *pipeline.inputs, *keyword.kwlist, "pipeline"}
        taken |= {_identifier(node.id) for node in pipeline.nodes if node.pipeline is not None}  # its function's name
        taken |= {one.name for node in pipeline.nodes if (one := self.imports.get(node.module))}
        found: dict[str, str] = {}
        for node in pipeline.nodes:
            short = _identifier(node.id)
            found[node.id] = fresh_id(short if short not in taken else f"{short}_1", {*taken, *found.values()})
        return found

    def _node(self, pipeline: Pipeline, node: Node, variables: dict[str, str], assigned: bool) -> list[str]:
        call, default_id = self._callee(node)
        if node.id != default_id or sum(one.module == node.module for one in pipeline.nodes if one.module) > 1:
            call = f"{call}.named({node.id!r})"
        arguments = self._arguments(pipeline, node, variables)
        left = f"{variables[node.id]} = " if assigned else ""
        line = f"    {left}{call}({', '.join(arguments)})"
        marks = [
            word
            for word, on in (("disabled on the canvas", node.disabled), ("always run again", node.regenerate))
            if on
        ]
        note = [f"    # {node.id}: {', '.join(marks)}"] if marks else []
        if len(line) <= _WIDTH and "\n" not in line:
            return [*note, line]
        inner = [f"        {argument},".replace("\n", "\n        ") for argument in arguments]
        return [*note, f"    {left}{call}(", *inner, "    )"]

    def _callee(self, node: Node) -> tuple[str, str]:
        if node.pipeline is not None:
            name = self.function(node.pipeline, _identifier(node.id))
            return name, name
        known = self.imports.get(node.module)
        if known is None:
            return _identifier(node.module), node.module
        self.used.setdefault(known.module, set()).add(known.name)
        return known.name, node.module

    def _arguments(self, pipeline: Pipeline, node: Node, variables: dict[str, str]) -> list[str]:
        spec = self.specs.get(node.module)
        incoming: dict[str, list[str]] = {}
        for port, ends in pipeline.inputs.items():
            for end in ends:
                if end.node == node.id:
                    incoming.setdefault(end.port, []).append(port)
        for edge in pipeline.edges:
            if edge.target.node == node.id:
                incoming.setdefault(edge.target.port, []).append(self._value(pipeline, edge.source, variables))
        ports = [port.name for port in spec.inputs] if spec else sorted(incoming)
        many = {port.name for port in spec.inputs if port.many} if spec else set()
        arguments: list[str] = []
        positional = node.pipeline is None
        for port in [*ports, *(port for port in incoming if port not in ports)]:
            values = incoming.get(port)
            if not values:
                positional = False
                continue
            text = f"[{', '.join(values)}]" if port in many or len(values) > 1 else values[0]
            arguments.append(text if positional else f"{port}={text}")
        arguments += [f"{name}={to}" for name, to in node.bindings.items()]
        return arguments + [f"{name}={_literal(value)}" for name, value in node.parameters.items()]

    def _value(self, pipeline: Pipeline, end: End, variables: dict[str, str]) -> str:
        variable = variables.get(end.node, _identifier(end.node))
        node = pipeline.node(end.node)
        spec = self.specs.get(node.module) if node is not None else None
        outputs = (
            list(node.pipeline.outputs)
            if node is not None and node.pipeline is not None
            else [p.name for p in spec.outputs]
            if spec
            else []
        )
        if len(outputs) == 1:
            return variable
        return f"{variable}.{end.port}" if end.port.isidentifier() else f"{variable}[{end.port!r}]"


def in_order(pipeline: Pipeline) -> list[Node]:
    """The nodes, each after those that it takes values from; those in a circle last."""
    needs = {
        node.id: {edge.source.node for edge in pipeline.edges if edge.target.node == node.id} for node in pipeline.nodes
    }
    known = set(needs)
    done: set[str] = set()
    left = list(pipeline.nodes)
    found: list[Node] = []
    while left:
        ready = [node for node in left if needs[node.id] & known <= done] or left
        found += ready
        done |= {node.id for node in ready}
        left = [node for node in left if node.id not in done]
    return found


def _identifier(text: str) -> str:
    name = re.sub(r"\W+", "_", text).strip("_") or "node"
    name = f"_{name}" if name[0].isdigit() else name
    return f"{name}_" if keyword.iskeyword(name) else name


def _literal(value: Any) -> str:
    text = repr(value)
    if isinstance(value, str) and "\n" in value and '"""' not in value and "\\" not in value:
        return f'"""{value}"""' if not value.endswith('"') else text
    return text if len(text) < 80 else pprint.pformat(value, width=80, sort_dicts=False)


def _docstring(text: str) -> list[str]:
    safe = text.replace("\\", "\\\\").replace('"""', '\\"\\"\\"')
    lines = safe.split("\n")
    if len(lines) == 1:
        return [f'    """{safe}{" " if safe.endswith(chr(34)) else ""}"""']
    return [f'    """{lines[0]}', *(f"    {line}".rstrip() for line in lines[1:]), '    """']
