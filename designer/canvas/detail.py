"""Everything that one run logged, as the side panel lists it. Elsewhere: the points of a series (thin.py), data (preview.py)."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from designer.canvas.pins import pinned, pins_of
from designer.canvas.plain import cell
from designer.canvas.wire import (
    ChildView,
    EnvironmentAnswer,
    ErrorView,
    FileAnswer,
    FileView,
    LogAnswer,
    MetricView,
    NodeDetail,
    RowsAnswer,
    ValueView,
)

if TYPE_CHECKING:
    from designer.model.module import Metric, ModuleSpec
    from designer.model.pipeline import Pipeline
    from designer.model.runs import MetricSummary
    from designer.store.protocol import ReadStore

ROWS = 2000
LOG_BYTES = 400_000
FILE_BYTES = 25_000_000
IMAGE_BYTES = 8_000_000
IMAGES = 12
_IMAGE_KINDS = {b"\x89PNG": "image/png", b"\xff\xd8\xff": "image/jpeg", b"GIF8": "image/gif"}


def node_detail(
    store: ReadStore, run_id: str, pipeline: Pipeline | None, modules: Mapping[str, ModuleSpec]
) -> NodeDetail:
    """A run with all that it logged. Raises `RunNotFoundError`."""
    record = store.run(run_id)
    spec = modules.get(record.module or "")
    declared = {metric.name: metric for metric in spec.metrics} if spec else {}
    logged = store.metrics([run_id]).get(run_id, {})
    pins = set(pinned(pins_of(pipeline, record.node) if record.node else None, spec, logged))
    children = [child for child in store.tree(run_id) if child.parent == run_id]
    values = [(port, "output", handle) for port, handle in store.outputs(run_id).items()]
    values += [
        (port if len(handles) == 1 else f"{port} {number}", "input", handle)
        for port, handles in store.inputs(run_id).items()
        for number, handle in enumerate(handles, 1)
    ]
    return NodeDetail(
        run_id=record.id,
        root=record.root or record.id,
        node=record.node,
        module=record.module,
        name=record.display_name or record.name,
        number=record.number,
        experiment=record.experiment,
        kind=record.kind,
        status=record.status,
        created=record.created,
        started=record.started,
        ended=record.ended,
        progress=record.progress,
        warnings=record.warnings,
        description=record.description,
        reused_from=record.reused_from,
        error=error_view(record.error),
        parameters={name: value for name, value in record.parameters.items()},
        tags=dict(record.tags),
        properties=dict(record.properties),
        metrics=tuple(metric_view(summary, declared.get(name), name in pins) for name, summary in logged.items()),
        files=tuple(FileView(name=file.name, size=file.size, digest=file.digest) for file in store.files(run_id)),
        values=tuple(
            ValueView(
                port=port,
                side=side,
                format=handle.format,
                size=handle.size,
                digest=handle.digest,
                facts=facts_of(handle.facts),
            )
            for port, side, handle in values
        ),
        children=tuple(
            ChildView(
                run_id=child.id,
                name=child.display_name or child.name or child.id,
                node=child.node,
                kind=child.kind,
                status=child.status,
                started=child.started,
                ended=child.ended,
                parameters={name: cell(value) for name, value in child.parameters.items()},
                metrics={name: cell(value) for name, value in child.metrics.items()},
            )
            for child in children
        ),
    )


def metric_view(summary: MetricSummary, declared: Metric | None, is_pinned: bool) -> MetricView:
    """A metric as a table lists it, with what its module declared of it."""
    return MetricView(
        name=summary.name,
        kind=summary.kind,
        count=summary.count,
        last=cell(summary.last),
        min=summary.min,
        max=summary.max,
        last_step=summary.last_step,
        last_time=summary.last_time,
        description=summary.description or (declared.description if declared else ""),
        unit=declared.unit if declared else "",
        goal=declared.goal if declared else None,
        bounds=declared.bounds if declared else None,
        pinned=is_pinned,
    )


def error_view(error: Mapping[str, Any] | None) -> ErrorView | None:
    """An error as it was stored; what is missing stays empty."""
    if error is None:
        return None
    return ErrorView(
        code=str(error.get("code") or ""),
        type=str(error.get("type") or ""),
        message=str(error.get("message") or "no reason was recorded"),
        where=str(error.get("where") or ""),
        traceback=str(error.get("traceback") or ""),
    )


def facts_of(facts: Mapping[str, Any]) -> dict[str, Any]:
    """What a format tells of a value, without the schema, which the preview shows."""
    return {name: value for name, value in facts.items() if name != "schema"}


def rows(store: ReadStore, run_id: str, name: str) -> RowsAnswer:
    """A table metric's rows, an image, or a logged document."""
    summary = store.metrics([run_id]).get(run_id, {}).get(name)
    if summary is None:
        raise LookupError(f"this run logged no metric {name!r}")
    found = store.rows(run_id, name)
    if summary.kind in ("table", "scalar", "list"):
        columns = tuple(dict.fromkeys(column for row in found for column in row))
        cut = found[:ROWS]
        return RowsAnswer(
            kind=summary.kind,
            columns=columns,
            rows=tuple(tuple(cell(row.get(column)) for column in columns) for row in cut),
            total=len(found),
        )
    paths = [str(row["path"]) for row in found if row.get("path")]
    if summary.kind == "image":
        return RowsAnswer(
            kind="image", images=tuple(_image(store, run_id, path) for path in paths[-IMAGES:]), total=len(paths)
        )
    return RowsAnswer(
        kind=summary.kind, document=_document(store, run_id, paths[-1]) if paths else None, total=len(paths)
    )


def _image(store: ReadStore, run_id: str, path: str) -> str:
    content = store.file(run_id, path).read_bytes()
    kind = next((kind for start, kind in _IMAGE_KINDS.items() if content.startswith(start)), None)
    if kind is None:
        raise LookupError(f"{path} is none of the pictures that are shown here: PNG, JPEG or GIF")
    if len(content) > IMAGE_BYTES:
        raise LookupError(f"{path} has {len(content) // 1_000_000} MB, too many to show; download it from the files")
    return f"data:{kind};base64,{base64.b64encode(content).decode()}"


def _document(store: ReadStore, run_id: str, path: str) -> Any:
    text = store.file(run_id, path).read_text(encoding="utf-8", errors="replace")
    try:
        return json.loads(text)
    except json.JSONDecodeError as error:
        raise LookupError(f"{path} is not JSON: line {error.lineno}: {error.msg}") from error


def log(store: ReadStore, run_id: str) -> LogAnswer:
    """The last part of what a run printed."""
    text, size = store.log(run_id)
    if size <= LOG_BYTES:
        return LogAnswer(text=text, size=size)
    tail, _ = store.log(run_id, size - LOG_BYTES)
    first = tail.find("\n") + 1  # from the start of a line on
    return LogAnswer(text=tail[first:], size=size, skipped=size - LOG_BYTES + len(tail[:first].encode()))


def file(store: ReadStore, run_id: str, name: str) -> FileAnswer:
    """A file's content, or where it lies when it is too large to send."""
    path = store.file(run_id, name)
    if path.is_dir() or path.stat().st_size > FILE_BYTES:
        return FileAnswer(name=name, place=str(path))
    return FileAnswer(name=name, base64=base64.b64encode(path.read_bytes()).decode())


def environment(store: ReadStore, run_id: str) -> EnvironmentAnswer:
    """What a run ran in."""
    kept = store.document(run_id).get("environment") or {}
    packages = kept.get("packages")
    facts = {name: value for name, value in kept.items() if name != "packages"}
    return EnvironmentAnswer(facts=facts, packages=dict(packages) if isinstance(packages, Mapping) else {})
