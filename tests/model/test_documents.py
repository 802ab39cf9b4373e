"""A pipeline as YAML or JSON and back: nothing of its meaning is lost, the text is stable, and mistakes are named."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from designer.model import yaml_text
from designer.model.document import DocumentError, from_data, from_json, from_yaml, to_data, to_json, to_yaml
from designer.model.pipeline import Edge, End, Layout, Node, Note, Parameter, Pipeline, Position
from designer.model.problem import Code
from tests.shapes import cars, nested
from tests.strategies import documents, scalars, texts

DOCS = Path(__file__).parents[2] / "docs"


def canonical(pipeline: Pipeline) -> Any:
    """A pipeline as a value in which what has no order (nodes, edges into different ports, looks) has none."""
    incoming: dict[End, list[End]] = {}
    for edge in pipeline.edges:
        incoming.setdefault(edge.target, []).append(edge.source)
    layout = pipeline.layout
    return {
        "fields": pipeline.model_copy(update={"nodes": (), "edges": (), "layout": Layout()}),
        "ports": (list(pipeline.inputs), list(pipeline.outputs)),
        "nodes": {
            node.id: (node.model_copy(update={"pipeline": None}), node.pipeline and canonical(node.pipeline))
            for node in pipeline.nodes
        },
        "incoming": incoming,
        "positions": layout.positions,
        "pins": layout.pins,
        "folded": set(layout.folded),
        "notes": {note.id: note for note in layout.notes},
    }


@given(documents())
def test_yaml_and_json_keep_all_that_a_pipeline_is(pipeline: Pipeline) -> None:
    assert canonical(from_yaml(to_yaml(pipeline))) == canonical(pipeline)
    assert canonical(from_json(to_json(pipeline))) == canonical(pipeline)


@given(documents(unique=False))
def test_a_text_that_was_written_is_written_the_same_again(pipeline: Pipeline) -> None:
    text = to_yaml(pipeline)
    assert to_yaml(from_yaml(text)) == text
    text = to_json(pipeline)
    assert to_json(from_json(text)) == text


@given(documents())
def test_yaml_and_json_hold_the_same_data(pipeline: Pipeline) -> None:
    assert to_data(from_yaml(to_yaml(pipeline))) == to_data(from_json(to_json(pipeline)))


def test_the_order_of_nodes_changes_no_text() -> None:
    pipeline = cars()
    turned = pipeline.model_copy(update={"nodes": pipeline.nodes[::-1], "edges": pipeline.edges[::-1]})
    assert to_yaml(turned) == to_yaml(pipeline)


def test_a_move_changes_nothing_but_the_layout_at_the_end() -> None:
    pipeline = cars()
    moved = pipeline.model_copy(update={"layout": Layout(positions={"load": Position(10, 20.5)})})
    before, after = to_yaml(pipeline), to_yaml(moved)
    assert after.startswith(before)
    assert after[len(before) :] == "layout:\n  positions:\n    load: [10, 20.5]\n"


def test_a_document_reads_like_this() -> None:
    assert to_yaml(cars()) == (
        "format: 1\n"
        "name: cars\n"
        "nodes:\n"
        "  evaluate:\n"
        "    module: evaluate_model\n"
        "    inputs:\n"
        "      scored: score.scored\n"
        "  load:\n"
        "    module: load_cars\n"
        "  score:\n"
        "    module: score_model\n"
        "    inputs:\n"
        "      dataset: split.test\n"
        "      model: train.model\n"
        "  split:\n"
        "    module: split_data\n"
        "    inputs:\n"
        "      dataset: load.rows\n"
        "  train:\n"
        "    module: train_model\n"
        "    inputs:\n"
        "      dataset: split.train\n"
        "    parameters:\n"
        "      label: price\n"
    )


def test_a_group_is_a_pipeline_in_a_node() -> None:
    again = from_yaml(to_yaml(nested()))
    assert canonical(again) == canonical(nested())


def test_code_of_several_lines_stays_readable() -> None:
    code = "def area(row):\n    return row.a * row.b\n"
    text = to_yaml(Pipeline(nodes=(Node(id="python", module="run_python", parameters={"code": code}),)))
    assert "      code: |\n        def area(row):\n            return row.a * row.b\n" in text
    assert from_yaml(text).nodes[0].parameters["code"] == code


def test_the_order_of_edges_into_one_port_is_kept() -> None:
    text = "nodes:\n  join:\n    module: join_rows\n    inputs:\n      frames: [b.rows, a.rows]\n"
    assert [edge.source.node for edge in from_yaml(text).edges] == ["b", "a"]
    assert from_yaml(to_yaml(from_yaml(text))).edges == from_yaml(text).edges


def test_what_is_wrong_can_be_saved_and_mended() -> None:
    pipeline = Pipeline(
        nodes=(Node(id="a", module="x"), Node(id="a", module="y")),
        edges=(
            Edge(source=End("a", "out"), target=End("gone", "in")),
            Edge(source=End("a -> b", "out"), target=End("gone", "in")),
            Edge(source=End("a", ""), target=End("a", "in")),
        ),
    )
    again = from_yaml(to_yaml(pipeline))
    assert again.nodes == pipeline.nodes
    assert set(again.edges) == set(pipeline.edges)


def test_a_date_stays_the_text_that_it_is() -> None:
    text = "nodes:\n  load:\n    module: load\n    parameters:\n      since: 2024-01-01\n      op: =\n"
    assert from_yaml(text).nodes[0].parameters == {"since": "2024-01-01", "op": "="}


def test_an_alias_gives_the_value_again() -> None:
    text = "nodes:\n  a: &x\n    module: load\n    parameters: {n: 1}\n  b:\n    <<: *x\n    title: B\n"
    a, b = from_yaml(text).nodes
    assert (b.module, b.parameters, b.title) == (a.module, a.parameters, "B")


def test_what_stands_there_wins_over_what_is_merged_and_the_earlier_over_the_later() -> None:
    text = "nodes:\n  a: &x {module: x, title: X}\n  b: &y {module: y, title: Y, disabled: true}\n"
    c = from_yaml(text + "  c:\n    <<: [*x, *y]\n    title: C\n").node("c")
    assert c
    assert (c.module, c.title, c.disabled) == ("x", "C", True)


@given(st.recursive(scalars, lambda inner: st.lists(inner) | st.dictionaries(texts, inner), max_leaves=8))
def test_yaml_that_others_wrote_is_read_as_they_meant_it(data: Any) -> None:
    for options in ({}, {"default_flow_style": True}, {"explicit_start": True}):
        assert yaml_text.load(yaml.safe_dump(data, **options)) == data


def test_a_short_parameter_is_its_default() -> None:
    parameters = from_yaml("parameters:\n  fraction: 0.7\n  label: {required: true}\nnodes: {}\n").parameters
    assert parameters == {"fraction": Parameter(default=0.7), "label": Parameter(required=True)}


def test_notes_and_texts_are_kept_literally() -> None:
    note = Note(id="n", text="<script>alert(1)</script> **bold** {{x}}")
    again = from_json(to_json(Pipeline(layout=Layout(notes=(note,)))))
    assert again.layout.notes == (note,)


BOMB = "a: &a [x, x, x, x, x, x, x, x, x]\n" + "".join(
    f"{name}: &{name} [{', '.join(f'*{before}' for _ in range(9))}]\n"
    for before, name in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ("- a\n- b\n", Code.INVALID_DOCUMENT, "is a mapping, this is a list"),
        ("", Code.INVALID_DOCUMENT, "is a mapping, this one is empty"),
        ("format: 2\nnodes: {}\n", Code.NEWER_DOCUMENT, "format 2"),
        ("format: one\n", Code.INVALID_DOCUMENT, "format is a whole number"),
        ("nodes:\n  a: [\n", Code.INVALID_DOCUMENT, "line 3"),
        ("nodes:\n  a: {module: x}\n  a: {module: y}\n", Code.DUPLICATE_NODE, "'a' stands there twice"),
        ("nodes:\n  a: {module: x, colour: red}\n", Code.INVALID_DOCUMENT, "nodes.a: unknown field 'colour'"),
        ("node:\n  a: {module: x}\n", Code.INVALID_DOCUMENT, "unknown field 'node'"),
        ("nodes:\n  a: x\n", Code.INVALID_DOCUMENT, "nodes.a is a mapping"),
        ("nodes:\n  - module: x\n", Code.INVALID_DOCUMENT, "nodes[0] has no id"),
        ("nodes: 3\n", Code.INVALID_DOCUMENT, "nodes is a mapping of ids, not int"),
        ("nodes:\n  a: {module: x, inputs: {in: 3}}\n", Code.INVALID_DOCUMENT, "3 names no port"),
        ("nodes:\n  a: {module: x, inputs: b.out}\n", Code.INVALID_DOCUMENT, "nodes.a.inputs is a mapping"),
        ("edges: [a.out]\n", Code.INVALID_DOCUMENT, "is no edge"),
        ("parameters: [a]\n", Code.INVALID_DOCUMENT, "parameters is a mapping"),
        ("layout: {places: {}}\n", Code.INVALID_DOCUMENT, "layout: unknown field 'places'"),
        ("layout: {positions: {a: [1]}}\n", Code.INVALID_DOCUMENT, "layout.positions.a"),
        ("name: !!python/object/apply:os.system [ls]\n", Code.INVALID_DOCUMENT, "python/object"),
        ("name: !!binary aGk=\n", Code.INVALID_DOCUMENT, "binary"),
        ("name: !!timestamp 2024-01-01\n", Code.INVALID_DOCUMENT, "timestamp"),
        ("nodes: {? [a] : {module: x}}\n", Code.INVALID_DOCUMENT, "a key is text or a number"),
        ("nodes: &n {a: *n}\n", Code.INVALID_DOCUMENT, "recursive"),
        (BOMB, Code.INVALID_DOCUMENT, "aliases stand for too much data"),
        ("[" * 100_000 + "]" * 100_000, Code.INVALID_DOCUMENT, "line 1, column 101: the document nests too deeply"),
        ("name: a\n---\nname: b\n", Code.INVALID_DOCUMENT, "line 2, column 1: another document begins"),
        ("name: *a\n", Code.INVALID_DOCUMENT, "line 1, column 7: no anchor a"),
        ("name: !!int one\n", Code.INVALID_DOCUMENT, "'one' is no int"),
        ("<<: 3\n", Code.INVALID_DOCUMENT, "<< merges mappings only"),
        ("nodes: !!set {a, b}\n", Code.INVALID_DOCUMENT, "set is not plain data"),
        ("name: \x00\n", Code.INVALID_DOCUMENT, "characters are not allowed"),
    ],
)
def test_a_text_that_is_no_pipeline_says_what_is_wrong(text: str, code: Code, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_yaml(text)
    assert caught.value.problem.code == code
    assert says in caught.value.problem.message
    assert caught.value.problem.hint


@pytest.mark.parametrize(
    ("text", "code", "says"),
    [
        ('{"nodes": {', Code.INVALID_DOCUMENT, "line 1, column 12"),
        ('{"nodes": {"a": {"module": "x"}, "a": {"module": "y"}}}', Code.DUPLICATE_NODE, "'a' stands there twice"),
        ("[" * 200_000, Code.INVALID_DOCUMENT, "nests too deeply"),
        ("null", Code.INVALID_DOCUMENT, "is a mapping"),
    ],
)
def test_json_that_is_no_pipeline_says_what_is_wrong(text: str, code: Code, says: str) -> None:
    with pytest.raises(DocumentError) as caught:
        from_json(text)
    assert caught.value.problem.code == code
    assert says in caught.value.problem.message


def test_a_problem_deep_in_a_group_is_found_by_its_path() -> None:
    with pytest.raises(DocumentError, match=r"nodes\.g\.pipeline\.nodes\.a\.disabled: Input should be a valid boolean"):
        from_data({"nodes": {"g": {"pipeline": {"nodes": {"a": {"module": "x", "disabled": "perhaps"}}}}}})


def test_a_nodes_id_is_the_text_that_stands_there() -> None:
    text = "nodes:\n" + "".join(f"  {id}: {{module: x}}\n" for id in ("1", "yes", "off", "null", "~", "true"))
    pipeline = from_yaml(text)
    assert [node.id for node in pipeline.nodes] == ["1", "yes", "off", "null", "~", "true"]
    assert {node.id for node in from_yaml(to_yaml(pipeline)).nodes} == {node.id for node in pipeline.nodes}
