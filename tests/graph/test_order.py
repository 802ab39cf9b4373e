"""Order of execution: nothing before what it needs, everything once, and what can't run any more is known at once."""

from __future__ import annotations

from itertools import pairwise

import networkx as nx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.graph.flatten import FlatPipeline, flatten
from designer.graph.order import CircleError, NodeNotFoundError, Ready, in_circles, topological, until
from designer.graph.questions import critical_path, cycles, downstream, upstream
from designer.model import edits as e
from designer.model.edits import apply
from designer.model.pipeline import Pipeline
from tests.shapes import MODULES, cars, chain, diamond, fan_out, nested, pipeline
from tests.strategies import dags, grouped

flats = st.one_of(dags(), grouped().map(lambda case: case[1])).map(flatten)


def graph(flat: FlatPipeline) -> nx.DiGraph:
    found = nx.DiGraph()
    found.add_nodes_from(flat.nodes)
    found.add_edges_from((edge.source.node, edge.target.node) for edge in flat.edges)
    return found


@given(flats, st.data())
def test_every_node_runs_once_and_after_what_it_needs(flat: FlatPipeline, data: st.DataObject) -> None:
    loop = Ready(flat.nodes, flat.edges)
    running: list[str] = []
    finished: list[str] = []
    while loop.active:
        new = loop.ready()
        assert not set(new) & {*running, *finished}
        for id in new:
            assert set(flat.before[id]) <= set(finished)
        running += new
        id = data.draw(st.sampled_from(running))
        running.remove(id)
        loop.done(id)
        finished.append(id)
    assert sorted(finished) == sorted(flat.nodes)
    assert loop.ready() == []


@given(flats, st.data())
def test_a_dropped_node_takes_with_it_what_is_downstream_only(flat: FlatPipeline, data: st.DataObject) -> None:
    loop = Ready(flat.nodes, flat.edges)
    done: set[str] = set()
    lost: set[str] = set()
    while loop.active:
        for id in loop.ready():
            assert id not in lost
            if data.draw(st.booleans()):
                dropped = loop.drop(id)
                assert set(dropped) == nx.descendants(graph(flat), id) - lost
                order = topological(flat)
                assert dropped == sorted(dropped, key=order.index)
                lost |= {id, *dropped}
            else:
                loop.done(id)
                done.add(id)
    assert done | lost == set(flat.nodes)
    assert not done & lost


@given(flats)
def test_a_topological_order_has_no_edge_backwards(flat: FlatPipeline) -> None:
    order = topological(flat)
    assert sorted(order) == sorted(flat.nodes)
    assert all(order.index(edge.source.node) < order.index(edge.target.node) for edge in flat.edges)


@given(flats, st.data())
def test_until_keeps_what_is_needed_and_nothing_else(flat: FlatPipeline, data: st.DataObject) -> None:
    wanted = data.draw(st.sets(st.sampled_from(sorted(flat.nodes)), min_size=1))
    kept = until(flat, wanted)
    needed = wanted.union(*(nx.ancestors(graph(flat), id) for id in wanted))
    assert list(kept.nodes) == [path for path in flat.nodes if path in needed]
    assert kept.edges == tuple(edge for edge in flat.edges if edge.target.node in needed)
    assert kept.inputs == {path: flat.inputs[path] for path in kept.nodes}


@given(flats, st.data())
def test_upstream_and_downstream_are_each_others_mirror(flat: FlatPipeline, data: st.DataObject) -> None:
    id = data.draw(st.sampled_from(sorted(flat.nodes)))
    assert all(id in downstream(flat, other) for other in upstream(flat, id))
    assert all(id in upstream(flat, other) for other in downstream(flat, id))


@given(flats, st.data())
def test_no_chain_takes_longer_than_the_critical_path(flat: FlatPipeline, data: st.DataObject) -> None:
    seconds = {path: data.draw(st.integers(0, 9)) / 2 for path in flat.nodes}
    chain = critical_path(flat, seconds)
    assert all(a in flat.before[b] for a, b in pairwise(chain))
    longest: dict[str, float] = {}
    for path in topological(flat):
        longest[path] = seconds[path] + max((longest[other] for other in flat.before[path]), default=0)
    assert sum(seconds[path] for path in chain) == max(longest.values())


def test_a_failed_node_stops_what_is_downstream_only() -> None:
    flat = flatten(diamond())
    loop = Ready(flat.nodes, flat.edges)
    assert loop.ready() == ["load"]
    loop.done("load")
    assert loop.ready() == ["left", "right"]
    assert loop.drop("left") == ["join"]
    assert loop.active
    loop.done("right")
    assert not loop.active


def test_the_longest_way_comes_first() -> None:
    flat = flatten(
        pipeline(
            {"short": "load_cars", "long": "load_cars", "s": "step", "t": "step"}, "long.rows -> s.a", "s.out -> t.a"
        )
    )
    assert Ready(flat.nodes, flat.edges).ready() == ["long", "short"]
    assert Ready(flat.nodes, flat.edges, {"short": 60.0, "s": 1.0}).ready() == ["short", "long"]


def test_equals_come_in_the_documents_order() -> None:
    flat = flatten(fan_out(12))
    loop = Ready(flat.nodes, flat.edges)
    loop.done(*loop.ready())
    assert loop.ready() == [f"leaf_{i}" for i in range(1, 13)]


def test_a_node_is_finished_once_and_only_after_it_was_ready() -> None:
    flat = flatten(chain(3))
    loop = Ready(flat.nodes, flat.edges)
    with pytest.raises(ValueError, match="load can't be done"):
        loop.done("load")
    loop.done(*loop.ready())
    with pytest.raises(ValueError, match="load can't be done"):
        loop.done("load")
    with pytest.raises(ValueError, match="load can't be dropped"):
        loop.drop("load")
    assert loop.drop("step_1") == ["step_2"], "a node that was not handed out yet can be dropped, too"


def test_a_circle_has_no_order() -> None:
    flat = flatten(pipeline({"a": "step", "b": "step"}, "a.out -> b.a", "b.out -> a.a"))
    assert in_circles(flat)
    assert cycles(flat) == [["a", "b"]]
    with pytest.raises(CircleError, match="2 nodes wait for each other, a among them"):
        Ready(flat.nodes, flat.edges)


@given(st.integers(2, 6), st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), max_size=12))
def test_each_circle_is_one(count: int, pairs: list[tuple[int, int]]) -> None:
    names = "abcdef"[:count]
    joined = {(names[x % count], names[y % count]) for x, y in pairs}
    flat = flatten(pipeline(dict.fromkeys(names, "step"), *(f"{a}.out -> {b}.a" for a, b in joined)))
    found = cycles(flat)
    knots = [knot for knot in nx.strongly_connected_components(graph(flat)) if len(knot) > 1]
    loops = [{a} for a, b in joined if a == b]
    assert len(found) == len(knots) + sum(not any(loop <= knot for knot in knots) for loop in loops)
    for circle in found:
        assert all(pair in joined for pair in zip(circle, [*circle[1:], circle[0]], strict=True))
    assert bool(found) == in_circles(flat)


def test_run_up_to_a_group_runs_all_that_is_in_it() -> None:
    kept = until(flatten(nested()), ["outer"])
    assert list(kept.nodes) == ["load", "outer/inner/step", "outer/last"]
    assert [group.path for group in kept.groups] == ["outer", "outer/inner"]
    assert list(until(flatten(nested()), ["load"]).groups) == []


def test_a_node_that_is_not_there_is_named_with_the_close_ones() -> None:
    flat = flatten(cars())
    with pytest.raises(NodeNotFoundError, match=r"there is no node scor; did you mean score\?"):
        until(flat, ["scor"])
    with pytest.raises(NodeNotFoundError, match="nodes: load, split, train, score, evaluate"):
        upstream(flat, "gone")


def test_a_node_that_does_not_run_says_why() -> None:
    off = flatten(apply(cars(), e.ChangeNodes(nodes=("train",), disabled=True)), {}, MODULES)
    with pytest.raises(NodeNotFoundError, match="score doesn't run: it needs train, which is disabled"):
        until(off, ["score"])


def test_an_empty_pipeline_is_finished_from_the_start() -> None:
    flat = flatten(Pipeline())
    assert not Ready(flat.nodes, flat.edges).active
    assert topological(flat) == []
    assert critical_path(flat, {}) == []
