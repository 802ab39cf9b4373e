"""Edits: pure, refused when they name what isn't there, and never leaving anything dangling."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.graph.flatten import flatten
from designer.model import edits as e
from designer.model.document import from_yaml, to_yaml
from designer.model.edits import EDIT, EditError, apply, apply_all, fresh_id
from designer.model.pipeline import Edge, End, Layout, Node, Note, Parameter, Pipeline, Position
from tests.model.test_documents import canonical
from tests.shapes import cars, chain, diamond, edge, nested, pipeline
from tests.strategies import dags, documents, edits, grouped


def tried(pipeline: Pipeline, edit: Any) -> Pipeline:
    """The pipeline after the edit, or unchanged where it is refused."""
    try:
        return apply(pipeline, edit)
    except EditError:
        return pipeline


@st.composite
def edited(draw: st.DrawFn) -> tuple[Pipeline, list[Any]]:
    """A pipeline, and edits that fit it one after the other."""
    now = first = draw(dags(5))
    done = []
    for _ in range(draw(st.integers(1, 4))):
        edit = draw(edits(now))
        after = tried(now, edit)
        if after is not now:
            done.append(edit)
            now = after
    return first, done


def dangling(pipeline: Pipeline) -> list[Any]:
    """What in a pipeline names a node or a port of a group that isn't there."""
    ids = {node.id: node for node in pipeline.nodes}
    ends = [end for edge in pipeline.edges for end in (edge.source, edge.target)]
    ends += [end for ends in pipeline.inputs.values() for end in ends] + list(pipeline.outputs.values())
    layout = pipeline.layout
    named = [*(end.node for end in ends), *layout.positions, *layout.pins, *layout.folded]
    inner = [found for node in pipeline.nodes if node.pipeline for found in dangling(node.pipeline)]
    return [name for name in named if name not in ids] + inner


@given(edited())
def test_an_edit_leaves_the_pipeline_before_as_it_was(case: tuple[Pipeline, list[Any]]) -> None:
    now, done = case
    for edit in done:
        before = now.model_dump_json()
        after = apply(now, edit)
        assert now.model_dump_json() == before
        now = after


@given(edited())
def test_no_edit_leaves_anything_dangling(case: tuple[Pipeline, list[Any]]) -> None:
    first, done = case
    assert dangling(apply_all(first, done)) == []


@given(edited())
def test_what_edits_made_can_be_saved_and_opened(case: tuple[Pipeline, list[Any]]) -> None:
    made = apply_all(*case)
    assert canonical(from_yaml(to_yaml(made))) == canonical(made)


@given(edited())
def test_edits_survive_the_way_to_the_page_and_back(case: tuple[Pipeline, list[Any]]) -> None:
    first, done = case
    again = [EDIT.validate_json(EDIT.dump_json(edit)) for edit in done]
    assert canonical(apply_all(first, again)) == canonical(apply_all(first, done))


@given(dags(), st.data())
def test_removed_nodes_take_their_edges_with_them_and_nothing_else(pipeline: Pipeline, data: st.DataObject) -> None:
    gone = data.draw(st.sets(st.sampled_from([node.id for node in pipeline.nodes])))
    after = apply(pipeline, e.RemoveNodes(nodes=tuple(gone)))
    assert [node.id for node in after.nodes] == [node.id for node in pipeline.nodes if node.id not in gone]
    assert set(after.edges) == {x for x in pipeline.edges if not {x.source.node, x.target.node} & gone}
    assert dangling(after) == []


@given(grouped(), st.data())
def test_a_renamed_node_keeps_its_meaning(case: tuple[Pipeline, Pipeline], data: st.DataObject) -> None:
    _, before = case
    old = data.draw(st.sampled_from([node.id for node in before.nodes]))
    after = apply(before, e.RenameNode(node=old, to="new"))
    assert apply(after, e.RenameNode(node="new", to=old)) == before

    def renamed(path: str) -> str:
        return "/".join(["new" if part == old and place == 0 else part for place, part in enumerate(path.split("/"))])

    flat, again = flatten(before), flatten(after)
    assert [renamed(path) for path in flat.nodes] == list(again.nodes)
    expected = [(renamed(x.source.node), x.source.port, renamed(x.target.node), x.target.port) for x in flat.edges]
    assert [(*x.source, *x.target) for x in again.edges] == expected


@given(dags(), st.data())
def test_grouped_and_ungrouped_is_the_same_as_before(before: Pipeline, data: st.DataObject) -> None:
    ids = [node.id for node in before.nodes]
    chosen = data.draw(st.lists(st.sampled_from(ids), min_size=1, unique=True))
    id = data.draw(st.sampled_from(["g", chosen[0]]))
    after = apply_all(before, [e.Group(nodes=tuple(chosen), id=id), e.Ungroup(node=id)])
    assert {node.id: node for node in after.nodes} == {node.id: node for node in before.nodes}
    assert sorted(map(str, after.edges)) == sorted(map(str, before.edges))
    assert after.layout.positions == before.layout.positions
    assert after.parameters == before.parameters


@given(grouped())
def test_a_group_changes_nothing_of_what_runs(case: tuple[Pipeline, Pipeline]) -> None:
    flat, folded = flatten(case[0]), flatten(case[1])
    name = {path: path.rpartition("/")[2] for path in folded.nodes}
    assert sorted(name.values()) == sorted(flat.nodes)
    assert {name[path]: node.parameters for path, node in folded.nodes.items()} == {
        path: node.parameters for path, node in flat.nodes.items()
    }
    ends = sorted((name[x.source.node], x.source.port, name[x.target.node], x.target.port) for x in folded.edges)
    assert ends == sorted((*x.source, *x.target) for x in flat.edges)


@pytest.mark.slow
@given(documents(), st.data())
def test_even_a_wrong_pipeline_can_be_edited(pipeline: Pipeline, data: st.DataObject) -> None:
    after = tried(pipeline, data.draw(edits(pipeline)))
    assert to_yaml(from_yaml(to_yaml(after))) == to_yaml(after)


def test_an_edit_within_a_group_changes_only_that_group() -> None:
    after = apply(nested(), e.SetParameter(within=("outer", "inner"), node="step", name="x", value=1))
    outer = after.node("outer")
    assert outer
    assert outer.pipeline
    inner = outer.pipeline.node("inner")
    assert inner
    assert inner.pipeline
    step = inner.pipeline.node("step")
    assert step
    assert step.parameters == {"x": 1}
    assert flatten(after).edges == flatten(nested()).edges


def test_a_single_input_is_rewired_by_replace() -> None:
    after = apply(chain(3), e.Connect(edge=edge("load.rows -> step_2.a"), replace=True))
    assert list(map(str, after.edges)) == ["load.rows -> step_1.a", "load.rows -> step_2.a"]


def test_a_value_replaces_a_binding_and_the_other_way_round() -> None:
    bound = apply(cars(), e.BindParameter(node="split", name="fraction", to="share"))
    split = bound.node("split")
    assert split
    assert (split.parameters, split.bindings) == ({}, {"fraction": "share"})
    split = apply(bound, e.SetParameter(node="split", name="fraction", value=0.5)).node("split")
    assert split
    assert (split.parameters, split.bindings) == ({"fraction": 0.5}, {})


def test_a_removed_pipeline_parameter_takes_its_bindings_with_it() -> None:
    before = apply_all(
        cars(),
        [
            e.SetPipelineParameter(name="share", parameter=Parameter(default=0.7)),
            e.BindParameter(node="split", name="fraction", to="share"),
        ],
    )
    after = apply(before, e.SetPipelineParameter(name="share", parameter=None))
    assert after == cars()


def test_a_group_gets_the_parameters_that_its_nodes_are_bound_to() -> None:
    before = apply_all(
        cars(),
        [
            e.SetPipelineParameter(name="share", parameter=Parameter(default=0.7)),
            e.BindParameter(node="split", name="fraction", to="share"),
            e.Group(nodes=("load", "split"), id="prepare"),
        ],
    )
    group = before.node("prepare")
    assert group
    assert group.pipeline
    assert group.bindings == {"share": "share"}
    assert group.pipeline.parameters == {"share": Parameter(default=0.7)}
    assert flatten(before, {"share": 0.2}).nodes["prepare/split"].parameters == {"fraction": 0.2}


def test_grouping_within_a_group_keeps_the_ports_of_the_group_around() -> None:
    before = nested()
    after = apply(before, e.Group(within=("outer",), nodes=("inner", "last"), id="both"))
    paths = {path: path.replace("both/", "") for path in flatten(after).nodes}
    edges = [(paths[x.source.node], x.source.port, paths[x.target.node], x.target.port) for x in flatten(after).edges]
    assert sorted(edges) == sorted((*x.source, *x.target) for x in flatten(before).edges)
    assert apply(after, e.Ungroup(within=("outer",), node="both")) == before


def test_ungrouping_gives_new_ids_to_nodes_whose_ids_are_taken() -> None:
    inner = pipeline({"a": "step", "a_2": "step"}, "a.out -> a_2.a")
    after = apply(pipeline({"a": "load_cars", "g": inner}), e.Ungroup(node="g"))
    assert [node.id for node in after.nodes] == ["a", "a_3", "a_2"]
    assert after.edges == (edge("a_3.out -> a_2.a"),)


def test_ungrouping_a_disabled_group_leaves_its_nodes_disabled() -> None:
    disabled = apply(nested(), e.ChangeNodes(nodes=("outer",), disabled=True))
    after = apply(disabled, e.Ungroup(node="outer"))
    assert {node.id: node.disabled for node in after.nodes} == {
        "load": False, "inner": True, "last": True, "end": False
    }  # fmt: skip


def test_ungrouping_keeps_the_notes_of_both() -> None:
    inner = pipeline({"a": "step"}).model_copy(update={"layout": Layout(notes=(Note(id="n", text="in"),))})
    before = pipeline({"g": inner}).model_copy(update={"layout": Layout(notes=(Note(id="n", text="out"),))})
    notes = apply(before, e.Ungroup(node="g")).layout.notes
    assert [(note.id, note.text) for note in notes] == [("n", "out"), ("n_2", "in")]


def test_of_two_nodes_with_one_id_the_second_is_renamed() -> None:
    twice = Pipeline(
        nodes=(Node(id="a", module="load_cars"), Node(id="a", module="step"), Node(id="b", module="step")),
        edges=(edge("a.rows -> b.a"),),
    )
    after = apply(twice, e.RenameNode(node="a", to="c"))
    assert [(node.id, node.module) for node in after.nodes] == [("a", "load_cars"), ("c", "step"), ("b", "step")]
    assert after.edges == twice.edges


def test_a_note_and_a_node_are_moved_alike() -> None:
    before = apply(diamond(), e.SetNote(note=Note(id="note", text="look")))
    after = apply(before, e.Move(positions={"note": Position(1, 2), "join": Position(3, 4)}))
    assert (after.layout.notes[0].x, after.layout.notes[0].y) == (1, 2)
    assert after.layout.positions == {"join": Position(3, 4)}
    assert after.meaning == diamond()


def test_replace_puts_another_pipeline_in_place() -> None:
    assert apply(cars(), e.Replace(pipeline=diamond())) == diamond()


def test_a_fresh_id_counts_from_two() -> None:
    assert fresh_id("step", ["load"]) == "step"
    assert fresh_id("step", ["step", "step_2"]) == "step_3"


@pytest.mark.parametrize(
    ("edit", "says"),
    [
        (e.RemoveNodes(nodes=("lead",)), "there is no node lead; nodes: load, left, right, join"),
        (e.AddNodes(nodes=(Node(id="load", module="x"),)), "there is already a node load"),
        (e.AddNodes(nodes=(Node(id="a/b", module="x"),)), "can't be a node's id"),
        (e.AddNodes(nodes=(), edges=(edge("load.rows -> gone.a"),)), "there is no node gone"),
        (e.AddNodes(nodes=(), positions={"gone": Position(0, 0)}), "there is no node gone"),
        (e.RenameNode(node="load", to="join"), "there is already a node join"),
        (e.RenameNode(node="load", to=""), "can't be a node's id"),
        (e.Connect(edge=edge("load.rows -> left.a")), "load.rows -> left.a is there already"),
        (e.Connect(edge=edge("load.rows -> gone.a")), "there is no node gone"),
        (e.Disconnect(edges=(edge("load.rows -> join.a"),)), "there is no edge load.rows -> join.a"),
        (e.ChangeNodes(nodes=("gone",), title="x"), "there is no node gone"),
        (e.RemoveNotes(notes=("gone",)), "there is no note gone"),
        (e.SetPipelineParameter(name="gone", parameter=None), "there is no pipeline parameter gone"),
        (e.Group(nodes=(), id="g"), "a group needs at least one node"),
        (e.Group(nodes=("left",), id="right"), "there is already a node right"),
        (e.Ungroup(node="left"), "left is not a group"),
        (e.Fold(node="left", folded=True), "left is not a group"),
        (e.Describe(within=("left",), name="x"), "left is not a group"),
    ],
    ids=lambda value: value.op if isinstance(value, e._Edit) else "",
)
def test_an_edit_of_what_is_not_there_is_refused(edit: Any, says: str) -> None:
    with pytest.raises(EditError, match=says.replace(".", r"\.")):
        apply(diamond(), edit)


def test_an_end_is_read_from_the_last_dot() -> None:
    assert End.parse("a.b.out") == End("a.b", "out")
    assert End.parse("split_data") == End("split_data", "")
    assert str(Edge(source=End("a", "out"), target=End("b", "in"))) == "a.out -> b.in"
