"""What went through a port: first rows, types, gaps, distributions. Reads Arrow and text; never loads anything that could run code."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from designer.canvas.detail import facts_of
from designer.canvas.wire import ColumnPreview, PreviewAnswer

if TYPE_CHECKING:
    from pathlib import Path

    from designer.model.runs import Handle
    from designer.store.protocol import ReadStore

ROWS = 50
COLUMNS = 200
SAMPLE = 100_000  # rows that a distribution is made of
BINS = 12
TOP = 8
TEXT = 20_000
_PARSED = 4_000_000  # bytes of a text that is laid out before it is cut
_WIDEST = 300  # characters of a cell


def preview(store: ReadStore, run_id: str, port: str, side: str) -> PreviewAnswer:
    """The first rows of a kept value."""
    handle = _handle(store, run_id, port, side)
    facts = facts_of(handle.facts)
    if handle.inline is not None:
        return _text(handle, handle.inline)
    path = store.value_path(handle)
    if not path.exists():
        raise LookupError("the value is no longer kept: the store was trimmed")
    if path.is_file() and _is_arrow(path):
        return _table(handle, path)
    if handle.format == "json":
        with path.open(encoding="utf-8") as file:
            return _text(handle, file.read(_PARSED if path.stat().st_size <= _PARSED else TEXT + 1))
    if handle.format == "npy":
        return _array(handle, path)
    return PreviewAnswer(
        kind="facts",
        format=handle.format,
        size=handle.size,
        facts=facts,
        note="Only tables, arrays and data can be looked into here.",
    )


def columns(store: ReadStore, run_id: str) -> dict[str, tuple[str, ...]]:
    """The columns of the tables that flowed into a node."""
    found: dict[str, tuple[str, ...]] = {}
    for port, handles in store.inputs(run_id).items():
        for handle in handles:
            names = _names(store, handle)
            if names:
                found[port] = tuple(dict.fromkeys((*found.get(port, ()), *names)))
    return found


def _names(store: ReadStore, handle: Handle) -> list[str]:
    schema = handle.facts.get("schema")
    if schema:
        return [str(name) for name, _ in schema if not str(name).startswith("__index_level_")]
    if handle.inline is not None:
        return []
    path = store.value_path(handle)
    return [field.name for field in _shown(_open(path))] if path.is_file() and _is_arrow(path) else []


def _handle(store: ReadStore, run_id: str, port: str, side: str) -> Handle:
    if side == "output":
        outputs = store.outputs(run_id)
        if port in outputs:
            return outputs[port]
        raise LookupError(f"no output {port!r} was kept; kept: {', '.join(outputs) or 'none'}")
    inputs = store.inputs(run_id)
    if inputs.get(port):
        return inputs[port][0]
    name, _, number = port.rpartition(" ")  # "dataset 2": the second of several edges into one port
    handles = inputs.get(name, [])
    if number.isdigit() and 0 < int(number) <= len(handles):
        return handles[int(number) - 1]
    raise LookupError(f"no input {port!r} was kept; kept: {', '.join(inputs) or 'none'}")


def _is_arrow(path: Path) -> bool:
    with path.open("rb") as file:
        return file.read(6) == b"ARROW1"


def _open(path: Path) -> pa.Table:
    with pa.memory_map(str(path)) as source:
        return pa.ipc.open_file(source).read_all()


def _shown(table: pa.Table) -> list[pa.Field]:
    return [field for field in table.schema if not field.name.startswith("__index_level_")]


def _table(handle: Handle, path: Path) -> PreviewAnswer:
    table = _open(path)
    shown = _shown(table)
    head = table.slice(0, ROWS)
    fields = shown[:COLUMNS]
    texts = [
        [_cell(value) for value in head.column(table.schema.get_field_index(field.name)).to_pylist()]
        for field in fields
    ]
    note = f"The first {COLUMNS} of {len(shown)} columns." if len(shown) > COLUMNS else ""
    return PreviewAnswer(
        kind="table",
        format=handle.format,
        size=handle.size,
        rows_total=table.num_rows,
        columns_total=len(shown),
        columns=tuple(_column(field, table.column(table.schema.get_field_index(field.name))) for field in fields),
        rows=tuple(zip(*texts, strict=True)) if texts else (),
        facts=facts_of(handle.facts),
        note=note,
    )


def _cell(value: Any) -> str | None:
    if value is None:
        return None
    if isinstance(value, float):
        return "NaN" if np.isnan(value) else f"{value:.6g}"
    text = str(value)
    return text if len(text) <= _WIDEST else text[:_WIDEST] + "…"


def _column(field: pa.Field, whole: pa.ChunkedArray) -> ColumnPreview:
    kind = field.type
    nulls = whole.null_count
    sample = whole.slice(0, SAMPLE)
    if pa.types.is_dictionary(kind):
        sample = pc.cast(sample, kind.value_type)
    name, shown = field.name, str(kind).removesuffix("[pyarrow]")
    if pa.types.is_boolean(kind) or pa.types.is_string(sample.type) or pa.types.is_large_string(sample.type):
        counts = pc.value_counts(sample.drop_null()).to_pylist() if len(sample) else []
        counts.sort(key=lambda one: -one["counts"])
        return ColumnPreview(
            name=name,
            type="category" if pa.types.is_dictionary(kind) else shown.replace("large_", ""),
            nulls=nulls,
            distinct=len(counts),
            bars=tuple(one["counts"] for one in counts[:TOP]),
            labels=tuple(str(_cell(one["values"])) for one in counts[:TOP]),
        )
    if (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or (pa.types.is_temporal(kind) and not pa.types.is_duration(kind))
    ):
        return _numeric(name, shown, nulls, sample)
    return ColumnPreview(name=name, type=shown, nulls=nulls)


def _numeric(name: str, kind: str, nulls: int, sample: pa.ChunkedArray) -> ColumnPreview:
    temporal = pa.types.is_temporal(sample.type)
    values = sample.drop_null()
    if temporal:
        unit = values.type
        low, high = (pc.min(values).as_py(), pc.max(values).as_py()) if len(values) else (None, None)
        numbers = np.array(
            pc.cast(values, pa.int64())
            if pa.types.is_timestamp(unit) or pa.types.is_date64(unit) or pa.types.is_time64(unit)
            else pc.cast(pc.cast(values, pa.int32()), pa.int64()),
            dtype=np.float64,
        )
    else:
        numbers = np.array(values, dtype=np.float64)
        missing = int(np.isnan(numbers).sum())
        nulls += missing
        numbers = numbers[np.isfinite(numbers)]
        low, high = (numbers.min(), numbers.max()) if len(numbers) else (None, None)
    if not len(numbers):
        return ColumnPreview(name=name, type=kind, nulls=nulls, numeric=not temporal)
    bars, edges = np.histogram(numbers, bins=BINS)
    labels = tuple(f"{edges[i]:.4g} … {edges[i + 1]:.4g}" for i in range(len(bars))) if not temporal else ()
    return ColumnPreview(
        name=name,
        type=kind.replace("double", "float64"),
        nulls=nulls,
        minimum=str(low) if temporal else f"{low:.6g}",
        maximum=str(high) if temporal else f"{high:.6g}",
        mean=None if temporal else float(numbers.mean()),
        bars=tuple(int(bar) for bar in bars),
        labels=labels,
        numeric=not temporal,
    )


def _array(handle: Handle, path: Path) -> PreviewAnswer:
    array = np.load(path, mmap_mode="r", allow_pickle=False)
    with np.printoptions(threshold=400, edgeitems=8):
        text = str(np.asarray(array[:200] if array.ndim else array))
    return PreviewAnswer(
        kind="text", format=handle.format, size=handle.size, text=text[:TEXT], facts=facts_of(handle.facts)
    )


def _text(handle: Handle, text: str) -> PreviewAnswer:
    try:
        value = json.loads(text)
        text = value if isinstance(value, str) else json.dumps(value, indent=2, ensure_ascii=False)
    except json.JSONDecodeError:
        pass  # cut off in the middle, or not JSON: shown as it is
    note = f"The first {TEXT:,} characters." if len(text) > TEXT else ""
    return PreviewAnswer(
        kind="text", format=handle.format, size=handle.size, text=text[:TEXT], facts=facts_of(handle.facts), note=note
    )
