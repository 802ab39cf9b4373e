"""The numbers of a metric as bytes: the chunk format. Elsewhere: where chunks lie (sqlite.py).

A chunk, little-endian: codec u8 (1), flags u8, type u8, unused u8, count u32, base time f64, then
times (u32 microseconds after the base; f64 seconds with WIDE_TIMES), steps (none; `first, stride` i64 with REGULAR_STEPS; one
i64 each with STEPS), values (f64), and with TYPES one u8 type code a value. 12 bytes a point in the usual case.
"""

from __future__ import annotations

import struct
from array import array
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.store.journal import NO_STEP

if TYPE_CHECKING:
    from collections.abc import Sequence

HEADER = struct.Struct("<BBBxId")
CODEC = 1
WIDE_TIMES, STEPS, REGULAR_STEPS, TYPES = 1, 2, 4, 8
FLOAT, INT, BOOL, OTHER = 0, 1, 2, 3
_MICROS = 1_000_000
_SMALL = 512  # below this numpy's import and call overhead cost more than they save


class Points(NamedTuple):
    """Columns of equal length: values and times f64, steps i64 (NO_STEP for none), types u8. Lists, arrays or numpy arrays."""

    values: Any
    times: Any
    steps: Any
    types: Any

    def __len__(self) -> int:
        raise TypeError("take len() of a column")


def encode(points: Points) -> bytes:
    """The chunk of some points, at least one and at most 2**32 - 1."""
    values = points.values
    return _encode_small(points) if isinstance(values, list) and len(values) <= _SMALL else _encode_numpy(points)


def _encode_small(points: Points) -> bytes:
    count, base, flags = len(points.values), points.times[0], 0
    micros = [round((at - base) * _MICROS) for at in points.times]
    if min(micros) >= 0 and max(micros) < 2**32:
        times = struct.pack(f"<{count}I", *micros)
    else:
        flags |= WIDE_TIMES
        times = struct.pack(f"<{count}d", *points.times)
    steps = b""
    if any(step != NO_STEP for step in points.steps):
        stride = points.steps[1] - points.steps[0] if count > 1 else 1
        regular = -(2**62) < stride < 2**62 and all(
            s == points.steps[0] + i * stride for i, s in enumerate(points.steps)
        )
        flags |= REGULAR_STEPS if regular else STEPS
        steps = struct.pack("<qq", points.steps[0], stride) if regular else struct.pack(f"<{count}q", *points.steps)
    kind, types = points.types[0], b""
    if any(type != kind for type in points.types):
        flags |= TYPES
        types = bytes(points.types)
    head = HEADER.pack(CODEC, flags, kind, count, base)
    return b"".join([head, times, steps, struct.pack(f"<{count}d", *points.values), types])


def _encode_numpy(points: Points) -> bytes:
    import numpy as np  # noqa: PLC0415 - 0.17 s that small series never need

    values = np.asarray(points.values, "<f8")
    times, steps, types = (
        np.asarray(points.times, "<f8"),
        np.asarray(points.steps, "<i8"),
        np.asarray(points.types, "u1"),
    )
    flags, base = 0, float(times[0])
    micros = np.rint((times - base) * _MICROS)
    if micros.min() >= 0 and micros.max() < 2**32:
        time_bytes = micros.astype("<u4").tobytes()
    else:
        flags |= WIDE_TIMES
        time_bytes = times.tobytes()
    step_bytes = b""
    if (steps != NO_STEP).any():
        stride = int(steps[1]) - int(steps[0]) if len(steps) > 1 else 1
        regular = -(2**62) < stride < 2**62 and bool((np.diff(steps) == stride).all()) and not (steps == NO_STEP).any()
        flags |= REGULAR_STEPS if regular else STEPS
        step_bytes = struct.pack("<qq", int(steps[0]), stride) if regular else steps.tobytes()
    kind, type_bytes = int(types[0]), b""
    if (types != kind).any():
        flags |= TYPES
        type_bytes = types.tobytes()
    head = HEADER.pack(CODEC, flags, kind, len(values), base)
    return b"".join([head, time_bytes, step_bytes, values.tobytes(), type_bytes])


def count_of(chunk: bytes) -> int:
    """How many points a chunk holds."""
    return int(HEADER.unpack_from(chunk)[3])


def _spans(chunk: bytes) -> tuple[int, int, int, float, int, int, int, int]:
    codec, flags, kind, count, base = HEADER.unpack_from(chunk)
    if codec != CODEC:
        raise ValueError(f"a chunk of codec {codec}; this version reads {CODEC}")
    times = HEADER.size
    steps = times + count * (8 if flags & WIDE_TIMES else 4)
    values = steps + (16 if flags & REGULAR_STEPS else 8 * count if flags & STEPS else 0)
    return flags, kind, count, base, times, steps, values, values + 8 * count


def decode(chunk: bytes) -> Points:
    """The points of a chunk as lists, without numpy."""
    flags, kind, count, base, times, steps, values, types = _spans(chunk)
    if flags & WIDE_TIMES:
        at: Sequence[float] = struct.unpack_from(f"<{count}d", chunk, times)
    else:
        at = [base + micros / _MICROS for micros in struct.unpack_from(f"<{count}I", chunk, times)]
    if flags & REGULAR_STEPS:
        first, stride = struct.unpack_from("<qq", chunk, steps)
        step: Sequence[int] = [first + i * stride for i in range(count)]
    else:
        step = struct.unpack_from(f"<{count}q", chunk, steps) if flags & STEPS else [NO_STEP] * count
    kinds = list(chunk[types : types + count]) if flags & TYPES else [kind] * count
    numbers = array("d")
    numbers.frombytes(chunk[values:types])
    return Points(numbers.tolist(), list(at), list(step), kinds)


def decode_arrays(chunks: Sequence[bytes]) -> Points:
    """The points of many chunks as numpy arrays: values, times, steps, types."""
    import numpy as np  # noqa: PLC0415

    spans = [_spans(chunk) for chunk in chunks]
    total = sum(span[2] for span in spans)
    values, times = np.empty(total), np.empty(total)
    steps, types = np.full(total, NO_STEP, np.int64), np.zeros(total, np.uint8)
    start = 0
    for chunk, (flags, kind, count, base, at_times, at_steps, at_values, at_types) in zip(chunks, spans, strict=True):
        end = start + count
        values[start:end] = np.frombuffer(chunk, "<f8", count, at_values)
        if flags & WIDE_TIMES:
            times[start:end] = np.frombuffer(chunk, "<f8", count, at_times)
        else:
            np.multiply(np.frombuffer(chunk, "<u4", count, at_times), 1 / _MICROS, out=times[start:end])
            times[start:end] += base
        if flags & REGULAR_STEPS:
            first, stride = struct.unpack_from("<qq", chunk, at_steps)
            steps[start:end] = np.arange(count, dtype=np.int64) * stride + first
        elif flags & STEPS:
            steps[start:end] = np.frombuffer(chunk, "<i8", count, at_steps)
        types[start:end] = np.frombuffer(chunk, "u1", count, at_types) if flags & TYPES else kind
        start = end
    return Points(values, times, steps, types)


def in_time(parts: list[Points]) -> Points:
    """Several processes' points as one series: by time where they overlap, each process's in its own order."""
    whole = joined(parts)
    if all(before.times[-1] <= after.times[0] for before, after in pairwise(parts)):
        return whole
    order = sorted(range(len(whole.times)), key=whole.times.__getitem__)
    if isinstance(whole.values, list):
        return Points(*([column[at] for at in order] for column in whole[:4]))
    return Points(*(column[order] for column in whole[:4]))


def joined(parts: list[Points]) -> Points:
    """Several points' columns as one: lists stay lists when all are lists."""
    if len(parts) == 1:
        return parts[0]
    if all(isinstance(part.values, list) for part in parts):
        return Points(*([x for part in parts for x in part[i]] for i in range(4)))
    import numpy as np  # noqa: PLC0415

    return Points(*(np.concatenate([np.asarray(part[i]) for part in parts]) for i in range(4)))
