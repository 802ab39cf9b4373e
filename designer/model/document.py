"""A pipeline as YAML or JSON text and back. The text is stable: the same pipeline always gives the same text.

Layout stands apart from meaning, at the end. Node order has no meaning and is sorted; the order of edges into one port
has, and of a group's ports, and is kept. Loading never executes anything. Elsewhere: YAML as such (yaml_text.py).
"""

from __future__ import annotations

import json
from typing import Any, TypeVar

from pydantic import ValidationError

from designer.model.base import Frozen
from designer.model.pipeline import FORMAT, Edge, End, Layout, Node, Parameter, Pipeline
from designer.model.problem import Code, Problem

_Kind = TypeVar("_Kind", bound=Frozen)


class DocumentError(ValueError):
    """A text that is no pipeline document; `problem` says why and where."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(str(problem))
        self.problem = problem


def to_data(pipeline: Pipeline) -> dict[str, Any]:
    """Plain data (dicts, lists, text, numbers) in the order in which it is written."""
    data: dict[str, Any] = {"format": FORMAT, **_body(pipeline)}
    layout = _layout(pipeline)
    if layout:
        data["layout"] = layout
    return data


def from_data(data: Any) -> Pipeline:
    """The pipeline that plain data describes. Raises `DocumentError`."""
    if not isinstance(data, dict):
        this = "this one is empty" if data is None else f"this is a {type(data).__name__}"
        raise _wrong(f"a pipeline document is a mapping, {this}", "write `nodes:` in it")
    version = data.get("format", FORMAT)
    if not isinstance(version, int) or isinstance(version, bool):
        raise _wrong(f"format is a whole number, not {version!r}", f"write `format: {FORMAT}`")
    if version > FORMAT:
        raise DocumentError(
            Problem(
                code=Code.NEWER_DOCUMENT,
                message=f"the document has format {version}; this version reads formats up to {FORMAT}",
                hint="open it with a newer version of designer",
            )
        )
    body = {key: value for key, value in data.items() if key not in ("format", "layout")}
    pipeline = _pipeline(body, "")
    return _with_layout(pipeline, data.get("layout") or {}, "layout")


def to_yaml(pipeline: Pipeline) -> str:
    """The YAML text."""
    from designer.model import yaml_text  # noqa: PLC0415 - 50 ms that only YAML needs

    return yaml_text.dump(to_data(pipeline))


def from_yaml(text: str) -> Pipeline:
    """The pipeline of a YAML text. Raises `DocumentError` with the line."""
    from designer.model import yaml_text  # noqa: PLC0415

    try:
        data = yaml_text.load(text)
    except yaml_text.YamlError as error:
        if error.key is not None:
            raise _duplicate(error.key, error.where) from error
        raise _wrong(str(error), "put the YAML right there") from error
    return from_data(data)


def to_json(pipeline: Pipeline) -> str:
    """The JSON text, indented by two."""
    return json.dumps(to_data(pipeline), indent=2, ensure_ascii=False) + "\n"


def from_json(text: str) -> Pipeline:
    """The pipeline of a JSON text. Raises `DocumentError` with the line."""

    def pairs(items: list[tuple[str, Any]]) -> dict[str, Any]:
        mapping: dict[str, Any] = {}
        for key, value in items:
            if key in mapping:
                raise _duplicate(key, "")
            mapping[key] = value
        return mapping

    try:
        data = json.loads(text, object_pairs_hook=pairs)
    except json.JSONDecodeError as error:
        raise _wrong(f"line {error.lineno}, column {error.colno}: {error.msg}", "put the JSON right there") from error
    except RecursionError:
        raise _wrong("the document nests too deeply", "flatten the lists and mappings in it") from None
    return from_data(data)


def _body(pipeline: Pipeline) -> dict[str, Any]:
    data: dict[str, Any] = {"name": pipeline.name}
    if pipeline.description:
        data["description"] = pipeline.description
    if pipeline.files:
        data["files"] = list(pipeline.files)
    if pipeline.parameters:
        data["parameters"] = {name: _parameter(p) for name, p in pipeline.parameters.items()}
    if pipeline.inputs:
        data["inputs"] = {port: [str(end) for end in ends] for port, ends in pipeline.inputs.items()}
    incoming: dict[str, dict[str, list[str]]] = {}
    for edge in pipeline.edges:
        incoming.setdefault(edge.target.node, {}).setdefault(edge.target.port, []).append(str(edge.source))
    data["nodes"] = _nodes(pipeline, incoming)
    if incoming:  # edges into nodes that aren't there: kept, so that what is wrong can be saved and mended
        data["edges"] = [
            _loose(source, str(End(node, port)))
            for node, ports in sorted(incoming.items())
            for port, sources in sorted(ports.items())
            for source in sources
        ]
    if pipeline.outputs:
        data["outputs"] = {port: str(end) for port, end in pipeline.outputs.items()}
    return data


def _loose(source: str, target: str) -> str | list[str]:
    text = f"{source} -> {target}"
    return text if _loose_ends(text) == [source, target] else [source, target]  # a name may have an arrow in it


def _loose_ends(edge: Any) -> list[str]:
    ends = edge if isinstance(edge, list) else str(edge).split("->")
    return [str(end) if isinstance(edge, list) else end.strip() for end in ends]


def _nodes(pipeline: Pipeline, incoming: dict[str, dict[str, list[str]]]) -> Any:
    """The nodes as written; takes what it has written out of `incoming`."""
    written = [  # of nodes with one id the first has the edges
        (node.id, _node(node, incoming.pop(node.id, {}))) for node in sorted(pipeline.nodes, key=lambda node: node.id)
    ]
    if len({id for id, _ in written}) == len(written):
        return dict(written)
    return [{"id": id, **node} for id, node in written]  # a list can hold one id twice; `check` says it shouldn't


def _node(node: Node, inputs: dict[str, list[str]]) -> dict[str, Any]:
    data: dict[str, Any] = {"module": node.module} if node.pipeline is None else {}
    if node.title:
        data["title"] = node.title
    if node.disabled:
        data["disabled"] = True
    if node.regenerate:
        data["regenerate"] = True
    if inputs:
        data["inputs"] = {port: s[0] if len(s) == 1 else s for port, s in sorted(inputs.items())}
    if node.parameters:
        data["parameters"] = dict(sorted(node.parameters.items()))
    if node.bindings:
        data["bindings"] = dict(sorted(node.bindings.items()))
    if node.pipeline is not None:
        data["pipeline"] = _body(node.pipeline)
    return data


def _parameter(parameter: Parameter) -> dict[str, Any]:
    data: dict[str, Any] = {"required": True} if parameter.required else {}
    if not parameter.required or parameter.default is not None:
        data["default"] = parameter.default
    if parameter.schema_:
        data["schema"] = parameter.schema_
    if parameter.description:
        data["description"] = parameter.description
    return data


def _layout(pipeline: Pipeline) -> dict[str, Any]:
    layout = pipeline.layout
    data: dict[str, Any] = {}
    if layout.positions:
        data["positions"] = {id: [_short(p.x), _short(p.y)] for id, p in sorted(layout.positions.items())}
    if layout.pins:
        data["pins"] = {id: list(pins) for id, pins in sorted(layout.pins.items())}
    if layout.folded:
        data["folded"] = sorted(layout.folded)
    if layout.notes:
        data["notes"] = [note.model_dump() for note in sorted(layout.notes, key=lambda note: note.id)]
    inner = {n.id: _layout(n.pipeline) for n in sorted(pipeline.nodes, key=lambda n: n.id) if n.pipeline is not None}
    inner = {id: data for id, data in inner.items() if data}
    if inner:
        data["groups"] = inner
    return data


def _short(number: float) -> float:
    return int(number) if float(number).is_integer() else number


def _pipeline(data: Any, path: str) -> Pipeline:
    if not isinstance(data, dict):
        raise _wrong(f"{path or 'the document'} is a mapping, not {type(data).__name__}", "see docs/pipelines.md")
    known = {"name", "description", "files", "parameters", "inputs", "nodes", "edges", "outputs"}
    unknown = [str(key) for key in data if key not in known]
    if unknown:
        raise _wrong(f"{path}unknown field {unknown[0]!r}", f"fields: {', '.join(sorted(known))}")
    nodes: list[Node] = []
    edges: list[Edge] = []
    for id, fields in _node_items(data.get("nodes") or {}, path):
        where = f"{path}nodes.{id}"
        if not isinstance(fields, dict):
            raise _wrong(f"{where} is a mapping, not {type(fields).__name__}", "write `module: NAME` in it")
        fields = dict(fields)
        edges += _incoming(id, fields.pop("inputs", None) or {}, where)
        if "pipeline" in fields:
            fields["pipeline"] = _pipeline(fields["pipeline"], f"{where}.pipeline.")
        nodes.append(_validated(Node, {"id": id, **fields}, where))
    for text in _list(data.get("edges"), f"{path}edges"):
        ends = [_end(end, f"{path}edges") for end in _loose_ends(text)]
        if len(ends) != 2:
            raise _wrong(f"{path}edges: {text!r} is no edge", "write `node.port -> node.port`")
        edges.append(Edge(source=ends[0], target=ends[1]))
    parameters = data.get("parameters") or {}
    if not isinstance(parameters, dict):
        raise _wrong(f"{path}parameters is a mapping", "write `name: {default: value}`")
    fields = {key: data[key] for key in ("name", "description", "files") if key in data}
    fields["parameters"] = {
        str(name): _parameter_of(value, f"{path}parameters.{name}") for name, value in parameters.items()
    }
    fields["inputs"] = {
        str(port): tuple(_end(end, f"{path}inputs.{port}") for end in (ends if isinstance(ends, list) else [ends]))
        for port, ends in _mapping(data.get("inputs"), f"{path}inputs").items()
    }
    outputs = _mapping(data.get("outputs"), f"{path}outputs")
    fields["outputs"] = {str(port): _end(end, f"{path}outputs.{port}") for port, end in outputs.items()}
    return _validated(Pipeline, {**fields, "nodes": tuple(nodes), "edges": tuple(edges)}, path or "the document")


def _parameter_of(value: Any, where: str) -> Parameter:
    return _validated(Parameter, value if isinstance(value, dict) else {"default": value}, where)


def _node_items(nodes: Any, path: str) -> list[tuple[str, Any]]:
    if isinstance(nodes, dict):
        return [(str(id), fields if fields is not None else {}) for id, fields in nodes.items()]
    if not isinstance(nodes, list):
        raise _wrong(f"{path}nodes is a mapping of ids, not {type(nodes).__name__}", "write `ID: {module: NAME}` in it")
    items = []
    for number, fields in enumerate(nodes):
        if not isinstance(fields, dict) or "id" not in fields:
            raise _wrong(f"{path}nodes[{number}] has no id", "write `nodes:` as a mapping of ids")
        items.append((str(fields["id"]), {key: value for key, value in fields.items() if key != "id"}))
    return items


def _incoming(id: str, inputs: Any, where: str) -> list[Edge]:
    return [
        Edge(source=_end(source, f"{where}.inputs.{port}"), target=End(id, str(port)))
        for port, sources in _mapping(inputs, f"{where}.inputs").items()
        for source in (sources if isinstance(sources, list) else [sources])
    ]


def _end(text: Any, where: str) -> End:
    end = End.parse(text) if isinstance(text, str) else End("", "")
    if not end.node:
        raise _wrong(f"{where}: {text!r} names no port", "write `node.port`, for example `split_data.train`")
    return end


def _mapping(data: Any, where: str) -> dict[Any, Any]:
    if data is not None and not isinstance(data, dict):
        raise _wrong(f"{where} is a mapping, not {type(data).__name__}", "write `port: node.port`")
    return data or {}


def _list(data: Any, where: str) -> list[Any]:
    if data is not None and not isinstance(data, list):
        raise _wrong(f"{where} is a list, not {type(data).__name__}", "start each line with `-`")
    return data or []


def _with_layout(pipeline: Pipeline, data: Any, where: str) -> Pipeline:
    data = dict(_mapping(data, where))
    groups = _mapping(data.pop("groups", None), f"{where}.groups")
    layout = _validated(Layout, data, where)
    nodes = tuple(
        node.model_copy(update={"pipeline": _with_layout(node.pipeline, groups[node.id], f"{where}.groups.{node.id}")})
        if node.pipeline is not None and node.id in groups
        else node
        for node in pipeline.nodes
    )
    return pipeline.model_copy(update={"layout": layout, "nodes": nodes})


def _validated(kind: type[_Kind], data: dict[str, Any], where: str) -> _Kind:
    try:
        return kind.model_validate(data)
    except ValidationError as error:
        first = error.errors()[0]
        *path, last = [where, *map(str, first["loc"])]
        if first["type"] == "extra_forbidden":
            message = f"{'.'.join(path)}: unknown field {last!r}"
        else:
            message = f"{'.'.join([*path, last])}: {first['msg']}"
        raise _wrong(message, f"fields: {', '.join(_fields(kind))}") from error


def _fields(kind: type[Frozen]) -> list[str]:
    """The fields of a kind of document as they are written."""
    if kind is Node:
        return ["module", "title", "inputs", "parameters", "bindings", "disabled", "regenerate", "pipeline"]
    return [field.alias or name for name, field in kind.model_fields.items()]


def _wrong(message: str, hint: str) -> DocumentError:
    return DocumentError(Problem(code=Code.INVALID_DOCUMENT, message=message, hint=hint))


def _duplicate(key: str, where: str) -> DocumentError:
    return DocumentError(
        Problem(
            code=Code.DUPLICATE_NODE,
            node=key,
            message=f"{where}{key!r} stands there twice",
            hint="give one of them another name",
        )
    )
