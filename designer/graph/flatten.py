"""A pipeline without its groups: the nodes that run, by path, with resolved parameters and the edges between them.

Elsewhere: their order (order.py), whether the pipeline is right (check.py). A wrong pipeline can be flattened, too: what
leads nowhere is left out.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from designer.graph.faces import first_of_each_id
from designer.model.pipeline import End

if TYPE_CHECKING:
    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Edge, Node, Pipeline


@dataclass(frozen=True, slots=True)
class FlatNode:
    """A module that runs. `path` names it in the whole pipeline (`prepare/split_data`), `group` is the path around it.

    `parameters` holds the values that were set, bindings replaced by what they are bound to; the module knows the rest.
    """

    path: str
    module: str
    title: str
    group: str
    parameters: Mapping[str, Any]
    regenerate: bool = False


@dataclass(frozen=True, slots=True)
class FlatEdge:
    """A value flows from one module to another; the nodes of both ends are paths."""

    source: End
    target: End

    def __str__(self) -> str:
        return f"{self.source} -> {self.target}"


@dataclass(frozen=True, slots=True)
class FlatGroup:
    """A group in which something runs; `parent` is the path of the group around it, empty at the top."""

    path: str
    title: str
    parent: str
    parameters: Mapping[str, Any]


@dataclass(frozen=True)
class FlatPipeline:
    """What runs. `edges` into one port stand in the order in which the module gets their values.

    `groups` has those around before those within. `not_run` says of each node that doesn't run why.
    `parameters` are the pipeline's own, as far as their values are known.
    """

    name: str
    nodes: Mapping[str, FlatNode]
    edges: tuple[FlatEdge, ...] = ()
    groups: tuple[FlatGroup, ...] = ()
    not_run: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)

    @cached_property
    def inputs(self) -> Mapping[str, Mapping[str, tuple[End, ...]]]:
        """Path -> input port -> the outputs that feed it, in order. Ports without an edge are left out."""
        found: dict[str, dict[str, tuple[End, ...]]] = {path: {} for path in self.nodes}
        for edge in self.edges:
            ports = found[edge.target.node]
            ports[edge.target.port] = (*ports.get(edge.target.port, ()), edge.source)
        return found

    @cached_property
    def before(self) -> Mapping[str, tuple[str, ...]]:
        """Path -> the nodes whose outputs it takes, each once."""
        return self._neighbours((edge.target.node, edge.source.node) for edge in self.edges)

    @cached_property
    def after(self) -> Mapping[str, tuple[str, ...]]:
        """Path -> the nodes that take its outputs, each once."""
        return self._neighbours((edge.source.node, edge.target.node) for edge in self.edges)

    def _neighbours(self, pairs: Iterable[tuple[str, str]]) -> Mapping[str, tuple[str, ...]]:
        found: dict[str, dict[str, None]] = {path: {} for path in self.nodes}
        for path, other in pairs:
            found[path][other] = None
        return {path: tuple(others) for path, others in found.items()}


def flatten(
    pipeline: Pipeline,
    values: Mapping[str, Any] | None = None,
    modules: Mapping[str, ModuleSpec] | None = None,
) -> FlatPipeline:
    """What runs when the pipeline is run with `values` for its parameters; the rest get their defaults.

    A disabled node doesn't run, nor does what needs it. `modules` tells which inputs do without: an optional one, and
    one that takes many edges and keeps another. Without `modules` every input counts as needed.
    """
    flat = _Flattening()
    known = known_values(pipeline, values or {})
    flat.nodes_of(pipeline, "", known)
    edges = flat.edges_of(pipeline, "")
    not_run = _not_run(flat.nodes, edges, flat.disabled, modules) if flat.disabled else {}
    if not not_run:
        return FlatPipeline(pipeline.name, flat.nodes, tuple(edges), tuple(flat.groups), {}, known)
    nodes = {path: node for path, node in flat.nodes.items() if path not in not_run}
    kept = tuple(edge for edge in edges if edge.source.node in nodes and edge.target.node in nodes)
    return FlatPipeline(pipeline.name, nodes, kept, groups_around(flat.groups, nodes.values()), not_run, known)


def flat_edges(pipeline: Pipeline) -> list[FlatEdge]:
    """All edges between modules, whether they run or not."""
    return _Flattening().edges_of(pipeline, "")


def modules_joined(pipeline: Pipeline, edge: Edge) -> list[FlatEdge]:
    """The edges between modules that an edge of the pipeline stands for: several when its target is a group."""
    return _Flattening().joined(pipeline, edge)


def known_values(pipeline: Pipeline, values: Mapping[str, Any]) -> dict[str, Any]:
    """The values of the pipeline's parameters: those that are given, then defaults. Required ones may be missing."""
    known = {name: parameter.default for name, parameter in pipeline.parameters.items() if not parameter.required}
    return {**known, **{name: value for name, value in values.items() if name in pipeline.parameters}}


def resolved(node: Node, known: Mapping[str, Any]) -> dict[str, Any]:
    """The values that were set for a node, its bindings replaced by what is known. A binding wins over a value."""
    if not node.bindings:
        return dict(node.parameters)
    bound = {name: known[source] for name, source in node.bindings.items() if source in known}
    return {**{name: value for name, value in node.parameters.items() if name not in node.bindings}, **bound}


def groups_around(groups: Iterable[FlatGroup], nodes: Iterable[FlatNode]) -> tuple[FlatGroup, ...]:
    """Those of the groups that have one of the nodes in them, at any depth."""
    groups = list(groups)
    parent = {group.path: group.parent for group in groups}
    needed: set[str] = set()
    for node in nodes:
        path = node.group
        while path and path not in needed:
            needed.add(path)
            path = parent[path]
    return tuple(group for group in groups if group.path in needed)


class _Flattening:
    """Collects nodes and groups, then edges: an edge may cross any number of borders at either end."""

    def __init__(self) -> None:
        self.nodes: dict[str, FlatNode] = {}
        self.groups: list[FlatGroup] = []
        self.disabled: dict[str, str] = {}  # path -> itself, or the group around it that is disabled
        self._ids: dict[int, dict[str, Node]] = {}

    def nodes_of(
        self, pipeline: Pipeline, group: str, known: Mapping[str, Any], disabled: str = "", regenerate: bool = False
    ) -> None:
        """Collect the nodes and groups of the pipeline of a group, or with an empty `group` of the whole pipeline."""
        prefix = f"{group}/" if group else ""
        for id, node in self._by_id(pipeline).items():
            path = prefix + id
            culprit = disabled or (path if node.disabled else "")
            again = regenerate or node.regenerate
            if node.pipeline is None:
                self.nodes[path] = FlatNode(path, node.module, node.title, group, resolved(node, known), again)
                if culprit:
                    self.disabled[path] = culprit
            else:
                inner = known_values(node.pipeline, resolved(node, known))
                self.groups.append(FlatGroup(path, node.title or id, group, inner))
                self.nodes_of(node.pipeline, path, inner, culprit, again)

    def edges_of(
        self, pipeline: Pipeline, group: str, incoming: Mapping[str, Sequence[End]] | None = None
    ) -> list[FlatEdge]:
        """The edges of a pipeline and of the groups in it; `incoming` are the values that a group's own ports get.

        What comes into a port through ports of the group stands before what comes from within.
        """
        prefix = f"{group}/" if group else ""
        nodes = self._by_id(pipeline)
        feeds: dict[End, list[End]] = {}
        for port, ends in pipeline.inputs.items():
            for end in ends:
                feeds.setdefault(end, []).extend((incoming or {}).get(port, ()))
        for edge in pipeline.edges:
            source = self._source(pipeline, prefix, edge.source)
            if source is not None:
                feeds.setdefault(edge.target, []).append(source)
        flat: list[FlatEdge] = []
        into_groups: dict[str, dict[str, list[End]]] = {}
        for target, sources in feeds.items():
            node = nodes.get(target.node)
            if node is not None and node.pipeline is not None:
                into_groups.setdefault(target.node, {})[target.port] = sources
            elif node is not None:
                end = End(prefix + target.node, target.port)
                flat += [FlatEdge(source, end) for source in sources]
        for id, node in nodes.items():
            if node.pipeline is not None:
                flat += self.edges_of(node.pipeline, prefix + id, into_groups.get(id))
        return flat

    def joined(self, pipeline: Pipeline, edge: Edge) -> list[FlatEdge]:
        """The edges between modules that an edge of the whole pipeline stands for."""
        source = self._source(pipeline, "", edge.source)
        return [FlatEdge(source, target) for target in self._targets(pipeline, "", edge.target)] if source else []

    def _source(self, pipeline: Pipeline, prefix: str, end: End) -> End | None:
        node = self._by_id(pipeline).get(end.node)
        if node is None:
            return None
        if node.pipeline is None:
            return End(prefix + end.node, end.port)
        inner = node.pipeline.outputs.get(end.port)
        return self._source(node.pipeline, f"{prefix}{node.id}/", inner) if inner is not None else None

    def _targets(self, pipeline: Pipeline, prefix: str, end: End) -> list[End]:
        node = self._by_id(pipeline).get(end.node)
        if node is None:
            return []
        if node.pipeline is None:
            return [End(prefix + end.node, end.port)]
        within = f"{prefix}{node.id}/"
        return [
            target
            for inner in node.pipeline.inputs.get(end.port, ())
            for target in self._targets(node.pipeline, within, inner)
        ]

    def _by_id(self, pipeline: Pipeline) -> dict[str, Node]:
        key = id(pipeline)
        if key not in self._ids:
            self._ids[key] = first_of_each_id(pipeline)
        return self._ids[key]


def _not_run(
    nodes: Mapping[str, FlatNode],
    edges: Iterable[FlatEdge],
    disabled: Mapping[str, str],
    modules: Mapping[str, ModuleSpec] | None,
) -> dict[str, str]:
    after: dict[str, list[End]] = {}
    left: Counter[End] = Counter()
    for edge in edges:
        after.setdefault(edge.source.node, []).append(edge.target)
        left[edge.target] += 1
    culprit = dict(disabled)
    reasons = {
        path: "it is disabled" if path == whole else f"its group {whole} is disabled"
        for path, whole in disabled.items()
    }
    waiting = deque(disabled)
    while waiting:
        path = waiting.popleft()
        for target in after.get(path, ()):
            left[target] -= 1
            if target.node in reasons or not _needs(nodes[target.node], target.port, left[target], modules):
                continue
            culprit[target.node] = culprit[path]
            why = "is disabled" if culprit[path] == path else f"doesn't run because {culprit[path]} is disabled"
            reasons[target.node] = f"it needs {path}, which {why}"
            waiting.append(target.node)
    return reasons


def _needs(node: FlatNode, port: str, left: int, modules: Mapping[str, ModuleSpec] | None) -> bool:
    """Whether a node can't do without an edge into a port of which `left` others are left."""
    spec = modules.get(node.module) if modules is not None else None
    known = spec.input(port) if spec is not None else None
    return known is None or not (known.optional or (known.many and left > 0))
