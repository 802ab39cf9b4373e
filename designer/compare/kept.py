"""What a run kept that comparing needs: its pipeline, its modules' metrics, what determined each node, its environment."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from designer.compare.pairs import nodes_of
from designer.graph.flatten import FlatPipeline, flatten
from designer.model import document as documents
from designer.model.module import Metric

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.model.pipeline import Pipeline
    from designer.model.runs import Result, RunRecord
    from designer.store.protocol import ReadStore


class Kept:
    """One run of a pipeline, as the store remembers it. Raises `RunNotFoundError`."""

    def __init__(self, store: ReadStore, run_id: str) -> None:
        self.store = store
        self.run = store.run(run_id)
        self.nodes: dict[str, RunRecord] = nodes_of(store.tree(run_id))
        self.results: Mapping[str, Result] = store.results_of([record.id for record in self.nodes.values()])

    @cached_property
    def document(self) -> Mapping[str, Any]:
        """All that was kept with it."""
        return self.store.document(self.run.id)

    @cached_property
    def pipeline(self) -> Pipeline | None:
        """Its pipeline; None for a run that had none, or whose document can't be read by this version."""
        raw = self.document.get("pipeline")
        try:
            return documents.from_data(raw) if raw else None
        except documents.DocumentError:
            return None

    @cached_property
    def flat(self) -> FlatPipeline | None:
        """What ran; None where there is no pipeline."""
        return flatten(self.pipeline, self.run.parameters) if self.pipeline is not None else None

    @cached_property
    def environment(self) -> Mapping[str, Any]:
        """Python, platform, packages, git."""
        return self.document.get("environment") or {}

    def metrics(self, module: str | None) -> dict[str, Metric]:
        """The metrics that a module declared then, by name."""
        spec = (self.document.get("modules") or {}).get(module or "", {})
        return {raw["name"]: Metric(**raw) for raw in spec.get("metrics", ())}

    def sources(self, node: str) -> dict[str, list[str]]:
        """Input port -> the ends that feed it, written `node.port`."""
        if self.flat is None or node not in self.flat.nodes:
            return {}
        return {port: [str(end) for end in ends] for port, ends in self.flat.inputs[node].items()}
