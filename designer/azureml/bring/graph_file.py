"""A pipeline graph that was exported from Azure ML, as a document of palette modules.

The shape is that of the service's graphs: `moduleNodes` (or `nodes`) with `id`, `moduleName`, `moduleParameters`
(`[{"name", "value"}]`), and `edges` with `sourceOutputPort` and `destinationInputPort` (`{"nodeId", "portName"}`). Modules are found
by title, ports and parameters by name, title or place. What can't be found is kept and told.
"""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.errors import ModuleLoadError
from designer.model.pipeline import Edge, End, Layout, Node, Pipeline, Position

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from designer.model.module import ModuleSpec


class Brought(NamedTuple):
    """A document, and in words what could not be brought."""

    pipeline: Pipeline
    losses: list[str]


def read(path: Path, modules: Mapping[str, ModuleSpec]) -> Brought:
    """Read a graph's JSON. Raises `ModuleLoadError`."""
    try:
        data = json.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModuleLoadError(f"{path} can't be read as JSON: {error}") from error
    graph = data.get("graph", data) if isinstance(data, dict) else {}
    nodes = [*graph.get("moduleNodes", graph.get("nodes", ())), *graph.get("datasetNodes", ())]
    if not nodes:
        raise ModuleLoadError(f"{path.name} holds no graph: it has neither moduleNodes nor nodes")
    names = {
        str(one.get("id")): one.get("name") or one.get("displayName")
        for one in data.get("modules", graph.get("modules", ()))
    }
    return _Graph(graph, nodes, names, modules, data.get("name") or graph.get("name") or path.stem).brought()


class _Graph:
    def __init__(
        self,
        graph: Mapping[str, Any],
        nodes: Sequence[Mapping[str, Any]],
        names: Mapping[str, Any],
        modules: Mapping[str, ModuleSpec],
        name: str,
    ) -> None:
        self.graph, self.nodes, self.names, self.modules, self.name = graph, nodes, names, modules, name
        self.by_title = {_key(spec.title): spec for spec in modules.values() if spec.error is None}
        self.ids: dict[str, str] = {}
        self.specs: dict[str, ModuleSpec | None] = {}
        self.losses: list[str] = []

    def brought(self) -> Brought:
        """All of it."""
        nodes = tuple(self._node(one) for one in self.nodes)
        edges = tuple(edge for one in self.graph.get("edges", ()) if (edge := self._edge(one)) is not None)
        positions = {self.ids[str(one["id"])]: place for one in self.nodes if (place := _place(one)) is not None}
        return Brought(
            Pipeline(name=self.name, nodes=nodes, edges=edges, layout=Layout(positions=positions)), self.losses
        )

    def _node(self, one: Mapping[str, Any]) -> Node:
        title = str(
            one.get("moduleName")
            or one.get("name")
            or self.names.get(str(one.get("moduleId")))
            or one.get("datasetName")
            or one.get("id")
        )
        spec = self.by_title.get(_key(title)) or self.modules.get(_key(title))
        base = id = spec.id if spec is not None else _key(title) or "node"
        number = 2
        while id in self.ids.values():
            id, number = f"{base}_{number}", number + 1
        self.ids[str(one["id"])], self.specs[id] = id, spec
        if spec is None:
            self.losses.append(f"{title}: there is no module of that name; the node stands for it until you choose one")
        comment = one.get("comment") or ""
        return Node(
            id=id,
            module=spec.id if spec is not None else base,
            title=comment,
            parameters=self._parameters(id, title, spec, one),
        )

    def _parameters(self, id: str, title: str, spec: ModuleSpec | None, one: Mapping[str, Any]) -> dict[str, Any]:
        found: dict[str, Any] = {}
        schema = spec.parameters.get("properties", {}) if spec is not None else {}
        by_key = {_key(name): name for name in schema} | {
            _key(s.get("title", name)): name for name, s in schema.items()
        }
        given = one.get("moduleParameters", one.get("parameters", ()))
        pairs = given.items() if isinstance(given, dict) else ((p.get("name"), p.get("value")) for p in given)
        for name, value in pairs:
            if value is None:
                continue
            known = by_key.get(_key(str(name)))
            if spec is not None and known is None:
                self.losses.append(f"{title}: parameter {name} = {value!r} has no counterpart")
            else:
                found[known or _key(str(name))] = _typed(value, schema.get(known or "", {}))
        return found

    def _edge(self, one: Mapping[str, Any]) -> Edge | None:
        source, target = one["sourceOutputPort"], one["destinationInputPort"]
        start, end = self.ids.get(str(source["nodeId"])), self.ids.get(str(target["nodeId"]))
        if start is None or end is None:
            self.losses.append(f"an edge names a node that isn't there: {source['nodeId']} -> {target['nodeId']}")
            return None
        return Edge(
            source=End(start, self._port(self.specs[start], "outputs", source.get("portName", ""), start)),
            target=End(end, self._port(self.specs[end], "inputs", target.get("portName", ""), end)),
        )

    def _port(self, spec: ModuleSpec | None, way: str, name: str, node: str) -> str:
        ports = getattr(spec, way) if spec is not None else ()
        for port in ports:
            if _key(name) in (_key(port.name), _key(port.title)):
                return port.name
        if len(ports) == 1:
            return ports[0].name
        number = re.search(r"(\d+)$", name)  # Results_dataset1, Dataset2 …
        if number and 0 < int(number[1]) <= len(ports):
            return ports[int(number[1]) - 1].name
        if ports:
            self.losses.append(f"{node}: port {name!r} has no counterpart; it has: {', '.join(p.name for p in ports)}")
        return _key(name) or "output"


def _key(text: str) -> str:
    return re.sub(r"[^a-z0-9]+", "_", text.lower()).strip("_")


def _typed(value: Any, schema: Mapping[str, Any]) -> Any:
    """Azure keeps all values as text."""
    kinds = {schema.get("type"), *(one.get("type") for one in schema.get("anyOf", ()))}
    if not isinstance(value, str):
        return value
    if "boolean" in kinds and value.lower() in ("true", "false"):
        return value.lower() == "true"
    for kind, convert in (("integer", int), ("number", float)):
        if kind in kinds:
            try:
                return convert(value)
            except ValueError:
                continue
    choices = schema.get("enum") or next((one["enum"] for one in schema.get("anyOf", ()) if "enum" in one), [])
    return next((choice for choice in choices if _key(str(choice)) == _key(value)), value)


def _place(one: Mapping[str, Any]) -> Position | None:
    x, y = one.get("x"), one.get("y")
    return Position(float(x), float(y)) if x is not None and y is not None else None
