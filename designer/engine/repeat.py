"""Repeating a run from what it kept: its document, its parameters, its modules where they are found today.

Elsewhere: what a run keeps (provenance.py), starting runs (submit.py).
"""

from __future__ import annotations

import platform
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.compare.code import code_difference
from designer.compare.values import package_differences
from designer.declare.module import Module, by_name
from designer.declare.pipeline import Pipeline, module_ids
from designer.declare.registry import Registry
from designer.engine.reuse.determinants import Determining
from designer.engine.submit import flat_of
from designer.errors import DesignerError
from designer.model import document as documents
from designer.model.runs import RunKind

if TYPE_CHECKING:
    from designer.store.protocol import ReadStore


@dataclass(frozen=True)
class Repeat:
    """A run that can be repeated: its pipeline, how it was run, and what is no longer the same."""

    run_id: str
    pipeline: Pipeline
    values: Mapping[str, Any]
    experiment: str
    executor: str
    until: tuple[str, ...]
    seed: int
    fail_fast: bool
    changed: tuple[str, ...]


def repeat(store: ReadStore, run_id: str) -> Repeat:
    """What it takes to repeat a run of a pipeline. Raises `RunNotFoundError`, `DesignerError`, `DocumentError`."""
    record = store.run(run_id)
    kept = store.document(run_id)
    if record.kind != RunKind.PIPELINE or not kept.get("pipeline"):
        root = f"\n  next: designer rerun {record.root}" if record.root not in ("", run_id) else ""
        raise DesignerError(f"run {run_id} is no run of a pipeline, and can't be repeated{root}")
    document = documents.from_data(kept["pipeline"])
    project = Path(kept.get("project") or Path.cwd())
    registry = _registry(document.files, project, kept.get("sources") or {}, module_ids(document))
    pipeline = Pipeline(document, registry=registry)
    order = kept.get("order") or {}
    values = order.get("values") or dict(record.parameters)
    seed = int(order.get("seed", 0))
    return Repeat(
        run_id,
        pipeline,
        values,
        record.experiment,
        str(order.get("executor", "processes")),
        tuple(order.get("until", ())),
        seed,
        bool(order.get("fail_fast", False)),
        tuple(_changes(store, run_id, kept, pipeline, values, seed)),
    )


def _registry(files: Any, project: Path, sources: Mapping[str, Mapping[str, str]], ids: list[str]) -> Registry:
    """The project's modules, with those that the run's own Python file declared in place of others of the same id."""
    known = Registry.for_project(project if project.is_dir() else Path.cwd(), files)
    found = {id: module for id in known.specs() if (module := known.get(id)) is not None}
    for id in ids:
        module = _declared(sources.get(id))
        if module is not None:
            found[id] = module
    made = Registry.of(found.values())
    made.project = known.project
    return made


def _declared(source: Mapping[str, str] | None) -> Module[Any, Any] | None:
    """The module at the place where the run found it; None when it isn't there any more."""
    if source is None or not Path(source["file"]).is_file():
        return None
    name = Path(source["file"]).stem if source["module"] == "__main__" else source["module"]
    try:
        found = by_name(name, source["name"], source["file"])
    except (ImportError, AttributeError, DesignerError):
        return None
    return found if isinstance(found, Module) else None


def _changes(
    store: ReadStore, run_id: str, kept: Mapping[str, Any], pipeline: Pipeline, values: Mapping[str, Any], seed: int
) -> list[str]:
    """What is no longer the same: code and packages of the modules that ran, Python, files."""
    texts: dict[str, None] = {}
    was = str((kept.get("environment") or {}).get("python", ""))
    if was and was != platform.python_version():
        texts[f"Python {was} -> {platform.python_version()}"] = None
    nodes = {r.node: r for r in store.tree(run_id) if r.node and r.kind == RunKind.MODULE}
    results = store.results_of([record.id for record in nodes.values()])
    modules = pipeline.modules()
    determining = Determining(modules, seed)
    for path, node in flat_of(pipeline, values).nodes.items():
        result = results.get(nodes[path].id) if path in nodes else None
        if node.module not in modules:
            texts[f"module {node.module} is no longer there"] = None
        elif result is not None:
            now, before = determining.of(node), result.data
            if before.get("version") != now.version:
                texts[f"module {node.module}: version {before.get('version')} -> {now.version}"] = None
            elif before.get("code") != now.code.digest:
                difference = code_difference(store.code(str(before.get("code"))), now.code.data())
                texts[f"module {node.module}: {difference}"] = None
            packages = package_differences(before.get("packages", {}), now.packages)
            texts.update(dict.fromkeys(text for text in packages if not text.startswith("package python ")))
    return list(texts)
