"""What a notebook shows of a run, as plain data. Reads the store and knows nothing of HTML (page.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from designer.tracking.metrics import many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.model.runs import MetricSummary, RunRecord
    from designer.store.protocol import ReadStore

POINTS = 200  # at most this many of a series are drawn
LOG = 20_000  # characters of the log's end
CHILDREN = 200


def state_of(store: ReadStore, run_id: str) -> dict[str, Any]:
    """The run's facts, metrics, log, children, and its graph where it is a pipeline's."""
    records = store.tree(run_id)
    root, below = records[0], records[1:]
    children = [record for record in below if record.parent == root.id]
    summaries = store.metrics([record.id for record in (root, *children[:CHILDREN])])
    text = _tail(store, run_id)
    return {
        "run": _facts(root),
        "metrics": [_metric(store, root.id, s) for s in summaries.get(root.id, {}).values() if s.count],
        "tables": many(store, [root.id]).get(root.id, {}),
        "children": [{**_facts(c), "metrics": _lasts(summaries.get(c.id, {}))} for c in children[:CHILDREN]],
        "more_children": max(0, len(children) - CHILDREN),
        "graph": _graph(store, root, below, summaries),
        "sweep": _sweep(root, children, summaries),
        "images": [_image(store, run_id, f.name) for f in store.files(run_id) if f.name.lower().endswith((".png", ".jpg", ".jpeg", ".gif"))][:6],
        "log": text,
        "ended": root.has_ended,
    }  # fmt: skip


def _facts(record: RunRecord) -> dict[str, Any]:
    return {
        "id": record.id, "name": record.display_name or record.node or record.name, "status": str(record.status),
        "experiment": record.experiment, "kind": record.kind, "started": record.started, "ended": record.ended,
        "seconds": record.seconds, "tags": dict(record.tags), "parameters": dict(record.parameters),
        "error": dict(record.error) if record.error else None, "reused": record.reused_from is not None,
        "progress": record.progress,
    }  # fmt: skip


def _metric(store: ReadStore, run_id: str, summary: MetricSummary) -> dict[str, Any]:
    found: dict[str, Any] = {
        "name": summary.name,
        "kind": summary.kind,
        "count": summary.count,
        "last": summary.last,
        "points": [],
    }
    if summary.kind in ("scalar", "list") and summary.count > 1 and isinstance(summary.last, (int, float)):
        values = [
            v
            for v in store.values(run_id, summary.name)
            if isinstance(v, (int, float)) and v == v and abs(v) != float("inf")
        ]
        step = max(1, len(values) // POINTS)
        found["points"] = [*values[::step], *values[-1:]] if step > 1 else values
    elif summary.kind == "table":
        found["rows"] = [dict(row) for row in store.rows(run_id, summary.name)[-20:]]
    return found


def _lasts(summaries: Mapping[str, MetricSummary]) -> dict[str, Any]:
    return {s.name: s.last for s in summaries.values() if s.kind in ("scalar", "list") and s.count}


def _graph(
    store: ReadStore, root: RunRecord, below: list[RunRecord], known: Mapping[str, Any]
) -> dict[str, Any] | None:
    """Nodes and edges of a pipeline, groups opened to their outermost level only."""
    document = store.document(root.id).get("pipeline")
    if not document:
        return None
    runs = {record.node: record for record in below if record.node}
    nodes: dict[str, Any] = {}
    edges: list[tuple[str, str]] = []
    for id, node in (document.get("nodes") or {}).items():
        record = runs.get(id)
        nodes[id] = {
            "title": node.get("title") or id,
            "status": str(record.status) if record else "NotStarted",
            "reused": bool(record and record.reused_from),
            "seconds": record.seconds if record else None,
            "run": record.id if record else None,
            "metrics": _lasts(known.get(record.id, {})) if record else {},
        }
        for sources in (node.get("inputs") or {}).values():
            for source in sources if isinstance(sources, list) else [sources]:
                edges.append((str(source).rpartition(".")[0] or str(source), id))
    return {"nodes": nodes, "edges": [list(edge) for edge in dict.fromkeys(edges) if edge[0] in nodes]}


def _sweep(root: RunRecord, children: list[RunRecord], known: Mapping[str, Any]) -> dict[str, Any] | None:
    """The trials with their values and the metric that is looked at."""
    text = root.properties.get("designer.sweep")
    if not text:
        return None
    settings = json.loads(text)
    best = max if settings["goal"] == "MAXIMIZE" else min
    trials = []
    for child in children:
        summary = known.get(child.id, {}).get(settings["metric"])
        ends = [] if summary is None else [v for v in (summary.min, summary.max) if v is not None]
        trials.append(
            {"values": dict(child.parameters), "result": best(ends) if ends else None, "status": str(child.status)}
        )
    return {"metric": settings["metric"], "goal": settings["goal"], "trials": trials}


def _image(store: ReadStore, run_id: str, name: str) -> dict[str, Any]:
    return {"name": name, "path": str(store.file(run_id, name))}


def _tail(store: ReadStore, run_id: str) -> str:
    """The end of what it printed; a long log is read in parts, so that its size is no matter."""
    offset, text = 0, ""
    while True:
        part, after = store.log(run_id, offset, 1 << 20)
        if not part:
            return text
        text, offset = (text + part)[-LOG:], after
