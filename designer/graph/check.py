"""Is a pipeline right? `check` finds every problem at once, in the pipeline and in the groups in it.

Elsewhere: what is wrong with edges (wiring.py) and with parameters (settings.py), a single new edge (connect.py).
"""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from designer.graph.faces import Faces
from designer.graph.flatten import FlatPipeline, flatten, known_values
from designer.graph.level import Level
from designer.graph.names import close, did_you_mean, listed
from designer.graph.order import in_circles
from designer.graph.settings import (
    Validate,
    check_parameters,
    defaults,
    group_settings,
    module_settings,
    values_within,
)
from designer.graph.wiring import wiring
from designer.model.change import fresh_id
from designer.model.problem import Code, Problem

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from designer.model.module import ModuleSpec
    from designer.model.pipeline import Node, Pipeline

__all__ = ["check", "check_parameters"]


def check(
    pipeline: Pipeline,
    modules: Mapping[str, ModuleSpec],
    validate: Validate | None = None,
    values: Mapping[str, Any] | None = None,
) -> list[Problem]:
    """Every problem of the pipeline. Nodes that don't run, because they are disabled or need one that is, have none.

    `validate` checks the parameters of a module with its own model; without it the module's JSON schema has to do, so
    that a process that never imports modules can check, too. `values` are those of the pipeline's parameters in a run
    (`check_parameters` checks them by themselves); parameters bound to one without a known value aren't checked.
    """
    flat = flatten(pipeline, values, modules)
    checking = _Checking(modules, validate, flat.not_run)
    problems = [*_empty(pipeline, flat), *checking.level(pipeline, "", known_values(pipeline, values or {}))]
    if in_circles(flat):
        problems += _circles(flat)
    return problems


class _Checking:
    """What stays the same on the way through the groups."""

    def __init__(self, modules: Mapping[str, ModuleSpec], validate: Validate | None, idle: Collection[str]) -> None:
        self._modules = modules
        self._validate = validate
        self._idle = idle
        self._faces = Faces(modules)
        self._close: dict[str, tuple[str, ...]] = {}

    def level(self, pipeline: Pipeline, group: str, known: Mapping[str, Any]) -> Iterator[Problem]:
        """The problems of a pipeline in a group, and of the groups in it."""
        level = Level(pipeline, self._faces, group)
        yield from _names(level)
        yield from defaults(pipeline, group)
        for id, node in level.nodes.items():
            path = level.path(id)
            if node.pipeline is None and path not in self._idle:
                yield from self._module(node, path, pipeline, known)
            elif node.pipeline is not None and not node.disabled:
                yield from group_settings(node, path, pipeline, known)
        yield from wiring(level, self._idle)
        for id, node in level.nodes.items():
            if node.pipeline is not None and not node.disabled:
                if not node.pipeline.nodes:
                    yield _empty_group(level.path(id))
                yield from self.level(node.pipeline, level.path(id), values_within(node, known))

    def _module(self, node: Node, path: str, pipeline: Pipeline, known: Mapping[str, Any]) -> Iterator[Problem]:
        spec = self._modules.get(node.module)
        if spec is None:
            yield self._unknown_module(node, path)
        elif spec.error is not None:
            yield _broken_module(node, path, spec)
        elif node.parameters or node.bindings or "required" in spec.parameters:
            yield from module_settings(node, path, spec, pipeline, known, self._validate)

    def _unknown_module(self, node: Node, path: str) -> Problem:
        name = node.module
        there = {id: spec for id, spec in self._modules.items() if spec.error is None}
        if name not in self._close:
            self._close[name] = close(name, there)
        choices = self._close[name]
        what = f"there is no module {name}" if name else "it names no module"
        known = f"{len(there) or 'no'} modules are known"
        if choices:
            known += f", of which {listed(choices)} {'comes' if len(choices) == 1 else 'come'} close"
        elif there:
            known += f": {listed(there, 8)}"
        broken = [f"{spec.source or id} ({spec.error})" for id, spec in self._modules.items() if spec.error is not None]
        if broken:  # the module may well be in there
            known += f"\n  these could not be imported: {listed(broken, 3)}"
        return Problem(
            code=Code.UNKNOWN_MODULE,
            node=path,
            message=f"{path}: {what}\n  {known}",
            hint=did_you_mean(choices, "put it into the project's modules/ folder, or install the package that has it"),
            choices=choices,
        )


def _broken_module(node: Node, path: str, spec: ModuleSpec) -> Problem:
    where = spec.source or spec.package
    return Problem(
        code=Code.BROKEN_MODULE,
        node=path,
        message=f"{path}: the module {node.module} can't be used: {spec.error}",
        hint=f"mend {where or 'it'}, then check again",
    )


def _names(level: Level) -> Iterator[Problem]:
    """Ids that are there twice or can't be written in a path, and port names that can't be written in an edge."""
    counts = Counter(node.id for node in level.pipeline.nodes)
    for id, count in counts.items():
        if count > 1:
            kinds = [node.module or "a group" for node in level.pipeline.nodes if node.id == id]
            free = fresh_id(id, counts)
            yield Problem(
                code=Code.DUPLICATE_NODE,
                node=level.path(id),
                message=f"{count} nodes have the id {id}: {listed(kinds)}",
                hint=f"rename one of them, for example to {free}",
                choices=(free,),
            )
        if not id or "/" in id:
            yield Problem(
                code=Code.INVALID_NAME,
                node=level.path(id),
                message=f"{id!r} can't be a node's id: it is some text without a slash, which parts groups from nodes",
                hint=f"rename it, for example to {fresh_id(id.replace('/', '_') or 'node', counts)}",
            )
    for port in (*level.pipeline.inputs, *level.pipeline.outputs):
        if not port or "." in port:
            yield Problem(
                code=Code.INVALID_NAME,
                node=level.group or None,
                port=port,
                message=f"{port!r} can't be a port's name: it is some text without a dot, which parts nodes from ports",
                hint=f"rename it, for example to {port.replace('.', '_') or 'value'}",
            )


def _empty(pipeline: Pipeline, flat: FlatPipeline) -> Iterator[Problem]:
    if not pipeline.nodes:
        yield Problem(
            code=Code.EMPTY_PIPELINE,
            message=f"the pipeline {pipeline.name} has no nodes, so nothing would run",
            hint="add a module",
        )
    elif not flat.nodes and flat.not_run:
        yield Problem(
            code=Code.EMPTY_PIPELINE,
            message=f"nothing of the pipeline {pipeline.name} would run: {listed(_reasons(flat), 3)}",
            hint="enable a node",
        )


def _reasons(flat: FlatPipeline) -> list[str]:
    return [f"{path} doesn't ({reason})" for path, reason in flat.not_run.items()]


def _empty_group(path: str) -> Problem:
    return Problem(
        code=Code.EMPTY_PIPELINE,
        node=path,
        message=f"the group {path} has no nodes",
        hint="add a module to it, or remove it",
    )


def _circles(flat: FlatPipeline) -> Iterator[Problem]:
    from designer.graph.questions import cycles  # noqa: PLC0415 - networkx, which a right pipeline never waits for

    for circle in cycles(flat):
        following = dict(zip(circle, [*circle[1:], circle[0]], strict=True))
        edges = [str(edge) for edge in flat.edges if following.get(edge.source.node) == edge.target.node]
        yield Problem(
            code=Code.CYCLE,
            node=circle[0],
            message=f"these nodes need each other in a circle: {' -> '.join([*circle, circle[0]])}",
            hint=f"remove one of the edges: {listed(edges)}",
            choices=tuple(edges),
        )
