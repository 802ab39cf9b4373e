"""The plan of a pipeline as it is being edited: of the nodes that are right so far. Elsewhere: planning itself (engine/reuse/plan.py).

A node's plan depends on what is before it only. So a pipeline with problems is planned without the nodes that have one and
without what needs those.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.declare.pipeline import Pipeline
from designer.engine.submit import planned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from designer.model.pipeline import Pipeline as Document
    from designer.model.problem import Problem
    from designer.store.sqlite import SqliteStore


def plan_so_far(
    pipeline: Pipeline, store: SqliteStore, *, regenerate: bool | Collection[str], pins: Mapping[str, str]
) -> dict[str, dict[str, Any]]:
    """What a run would do with each node that can be planned, by its path. Raises `DesignerError` for an impossible pin."""
    sound = _sound(pipeline)
    if sound is None:
        return {}
    document = sound.with_values({})
    again = regenerate if isinstance(regenerate, bool) else [name for name in regenerate if _is_there(document, name)]
    kept = {name: run for name, run in pins.items() if _is_there(document, name)}
    decisions = planned(sound, {}, store, regenerate=again, pins=kept)
    return {path: decision.data() for path, decision in decisions.items()}


def sound_part(document: Document, problems: Iterable[Problem]) -> Document:
    """The pipeline without the nodes that can't be planned, and without what needs them."""
    unknown = {name for name, parameter in document.parameters.items() if parameter.required}
    left_out = {problem.node.partition("/")[0] for problem in problems if problem.node}
    left_out |= {node.id for node in document.nodes if unknown & set(node.bindings.values())}
    after: dict[str, list[str]] = {}
    for edge in document.edges:
        after.setdefault(edge.source.node, []).append(edge.target.node)
    waiting = list(left_out)
    for node in waiting:  # grows while it is gone through
        new = [one for one in after.get(node, ()) if one not in left_out]
        left_out.update(new)
        waiting += new
    return document.model_copy(
        update={
            "nodes": tuple(node for node in document.nodes if node.id not in left_out),
            "edges": tuple(
                edge for edge in document.edges if edge.source.node not in left_out and edge.target.node not in left_out
            ),
            "parameters": {name: one for name, one in document.parameters.items() if name not in unknown},
        }
    )


def _sound(pipeline: Pipeline) -> Pipeline | None:
    """What of a pipeline can be planned; None: nothing."""
    problems = pipeline.check()
    if not problems:
        return pipeline
    if pipeline.function is not None:  # declared in Python: its code makes the nodes, so none can be left out
        return None
    part = Pipeline(sound_part(pipeline.document, problems), registry=pipeline.registry)
    return part if part.document.nodes and not part.check() else None


def _is_there(document: Document, path: str) -> bool:
    """Whether a path leads to a node or group."""
    here: Document | None = document
    *groups, last = path.split("/")
    for group in groups:
        node = here.node(group) if here is not None else None
        here = node.pipeline if node is not None else None
    return here is not None and here.node(last) is not None
