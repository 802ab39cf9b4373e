"""Pins: a node takes the outputs that it had in an earlier run, whatever has changed since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from designer import module, pipeline
from designer.errors import DesignerError
from designer.store.protocol import RunNotFoundError
from tests.reuse.kit import executed, reasons

if TYPE_CHECKING:
    from designer.store.place import Place


@module
def number(*, k: int = 0) -> int:
    return k


@module
def double(x: int) -> int:
    return 2 * x


@module(volatile=True)
def broken(x: int) -> int:
    if x > 100:
        raise ValueError("too much")
    return x


@pipeline
def pinned(k: int = 1) -> None:
    broken(double(number(k=k)))


def given(run: Any, place: Place) -> dict[str, Any]:
    return {r.node: place.read.outputs(r.id)["output"].inline for r in place.read.tree(run.id) if r.kind == "module"}


def test_a_pinned_node_keeps_its_outputs_and_what_follows_takes_them(place: Place) -> None:
    first = pinned.run(executor="serial", store=place)
    pinned.run(executor="serial", store=place, k=5)
    plan = pinned.plan(store=place, k=7, pins={"number": first.id})
    assert plan["number"]["action"] == "reuse"
    assert plan["number"]["reason"] == {"kind": "forced", "text": f"it is pinned to run {first.id}"}
    assert plan["double"]["action"] == "reuse"
    run = pinned.run(executor="serial", store=place, k=7, pins={"number": first.id})
    assert given(run, place) == {"number": "1", "double": "2", "broken": "2"}
    assert reasons(run)["number"] == f"forced: it is pinned to run {first.id}"


def test_a_pin_leaves_no_trace_in_later_runs(place: Place) -> None:
    first = pinned.run(executor="serial", store=place)
    pinned.run(executor="serial", store=place, k=7, pins={"number": first.id})
    assert pinned.plan(store=place, k=7)["number"]["reason"]["kind"] == "parameter_changed"
    run = pinned.run(executor="serial", store=place, k=7)
    assert given(run, place) == {"number": "7", "double": "14", "broken": "14"}
    assert pinned.plan(store=place, k=1)["number"]["action"] == "reuse"


def test_volatile_nodes_can_be_pinned(place: Place) -> None:
    first = pinned.run(executor="serial", store=place)
    assert executed(pinned.run(executor="serial", store=place)) == {"broken"}
    assert executed(pinned.run(executor="serial", store=place, pins={"broken": first.id})) == set()
    assert executed(pinned.run(executor="serial", store=place)) == {"broken"}


def test_a_pin_that_cannot_be_kept_says_why_and_nothing_runs(place: Place) -> None:
    failed = pinned.run(executor="serial", store=place, k=100, raise_on_error=False)
    before = place.read.count()
    with pytest.raises(DesignerError, match=r"broken can.t be pinned to run .*: it failed there"):
        pinned.run(store=place, pins={"broken": failed.id})
    with pytest.raises(DesignerError, match="there is no node brocken; did you mean broken"):
        pinned.plan(store=place, pins={"brocken": failed.id})
    with pytest.raises(RunNotFoundError):
        pinned.run(executor="serial", store=place, pins={"number": "nowhere"})
    with pytest.raises(DesignerError, match="no such node"):
        other.run(executor="serial", store=place, pins={"another": failed.id})
    assert place.read.count() == before


@pipeline
def other() -> None:
    double.named("another")(number())


def test_regenerate_names_are_checked(place: Place) -> None:
    with pytest.raises(DesignerError, match="there is no node numbre; did you mean number"):
        pinned.run(executor="serial", store=place, regenerate=["numbre"])
