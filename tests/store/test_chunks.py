"""Laws of the chunk format: what goes in comes out, whichever of the two encoders and decoders is used."""

from __future__ import annotations

import math
import struct

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.store.chunks import CODEC, HEADER, Points, count_of, decode, decode_arrays, encode, joined
from designer.store.journal import NO_STEP

seconds = st.floats(0, 4e9)
near_now = st.floats(1_700_000_000, 1_700_000_100)
steps = st.integers(NO_STEP + 1, 2**63 - 1) | st.integers(-5, 5) | st.just(NO_STEP)


@st.composite
def points(draw: st.DrawFn) -> Points:
    """Some points: times close together or far apart, steps none, regular or any, one type or several."""
    count = draw(st.integers(1, 30))

    def column(items: st.SearchStrategy) -> list:
        return draw(st.lists(items, min_size=count, max_size=count))

    first, stride = draw(st.integers(-1000, 1000)), draw(st.integers(-3, 3))
    regular = st.just([first + i * stride for i in range(count)])
    return Points(
        column(st.floats()),
        sorted(column(draw(st.sampled_from([seconds, near_now])))),
        draw(st.one_of(st.just([NO_STEP] * count), regular, st.lists(steps, min_size=count, max_size=count))),
        draw(st.one_of(st.just([0] * count), st.lists(st.sampled_from([0, 1, 2]), min_size=count, max_size=count))),
    )


def as_arrays(some: Points) -> Points:
    return Points(
        np.array(some.values, float),
        np.array(some.times, float),
        np.array(some.steps, np.int64),
        np.array(some.types, np.uint8),
    )


def bits(values: list[float]) -> list[int]:
    """The values as bits, so that NaN equals itself and -0.0 differs from 0.0."""
    return [struct.unpack("<Q", struct.pack("<d", value))[0] for value in values]


def same(found: Points, wanted: Points) -> None:
    assert bits(list(found.values)) == bits(list(wanted.values))
    assert [int(step) for step in found.steps] == list(wanted.steps)
    assert [int(type) for type in found.types] == list(wanted.types)
    assert all(math.isclose(a, b, rel_tol=0, abs_tol=2e-6) for a, b in zip(found.times, wanted.times, strict=True))


@given(points())
def test_points_come_back_as_they_went_in(some: Points) -> None:
    for chunk in (encode(some), encode(as_arrays(some))):
        assert count_of(chunk) == len(some.values)
        same(decode(chunk), some)
        same(decode_arrays([chunk]), some)


@given(points())
def test_both_encoders_write_the_same_bytes(some: Points) -> None:
    assert encode(some) == encode(as_arrays(some))


@given(st.lists(points(), min_size=1, max_size=4))
def test_several_chunks_are_read_as_one_series(parts: list[Points]) -> None:
    whole = joined(parts)
    same(decode_arrays([encode(part) for part in parts]), whole)
    same(joined([as_arrays(part) for part in parts]), whole)


@given(points())
def test_a_chunk_that_is_opened_and_closed_again_stays_the_same(some: Points) -> None:
    chunk = encode(some)
    assert encode(decode(chunk)) == chunk


def test_a_long_series_costs_12_bytes_a_point() -> None:
    count = 10_000
    some = Points(np.arange(count) * 0.1, 1.7e9 + np.arange(count) * 1e-3, np.arange(count), np.zeros(count, np.uint8))
    assert len(encode(some)) <= 12 * count + 64


def test_a_chunk_of_an_unknown_codec_is_refused_in_words() -> None:
    chunk = bytearray(encode(Points([1.0], [0.0], [NO_STEP], [0])))
    HEADER.pack_into(chunk, 0, CODEC + 1, 0, 0, 1, 0.0)
    with pytest.raises(ValueError, match=f"codec {CODEC + 1}"):
        decode(bytes(chunk))
