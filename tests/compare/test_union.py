"""Two pipelines as one graph: nothing twice, nothing lost, what only one has said so."""

from __future__ import annotations

from hypothesis import given

from designer.compare.union import union
from designer.model.pipeline import Edge, End, Layout, Node, Pipeline, Position
from tests.strategies import documents


def pipeline(*edges: str, **fields: object) -> Pipeline:
    """A pipeline of `a>b` edges; a name alone is a node without edges."""
    names = list(dict.fromkeys(name for edge in edges for name in edge.split(">")))
    ends = [edge.split(">") for edge in edges if ">" in edge]
    return Pipeline(
        nodes=tuple(Node(id=name, module=name) for name in names),
        edges=tuple(Edge(source=End(a, "out"), target=End(b, "in")) for a, b in ends),
    ).model_copy(update=fields)


def group(id: str, inner: Pipeline) -> Node:
    return Node(id=id, pipeline=inner)


def names(of: Pipeline) -> set[str]:
    return {node.id for node in of.nodes}


def test_what_only_one_has_is_there_and_its_edges_say_whose_they_are() -> None:
    both = union(
        pipeline("load>old", "old>train"), pipeline("load>new", "new>train"), {"load": "load", "train": "train"}
    )
    assert names(both.pipeline) == {"load", "old", "new", "train"}
    assert both.only == {
        "|load.out>old.in": "a",
        "|old.out>train.in": "a",
        "|load.out>new.in": "b",
        "|new.out>train.in": "b",
    }


def test_a_renamed_node_is_there_once_with_the_edges_of_both() -> None:
    both = union(pipeline("load>train", "train>save"), pipeline("load>teach"), {"load": "load", "train": "teach"})
    assert names(both.pipeline) == {"load", "teach", "save"}
    assert both.only == {"|teach.out>save.in": "a"}


def test_groups_are_gone_through_and_drawn_open() -> None:
    a = Pipeline(nodes=(group("g", pipeline("clean>check")),))
    b = Pipeline(nodes=(group("g", pipeline("clean>fill")),), layout=Layout(folded=("g",)))
    both = union(a, b, {"g/clean": "g/clean"})
    inner = both.pipeline.nodes[0].pipeline
    assert inner is not None
    assert names(inner) == {"clean", "check", "fill"}
    assert (both.pipeline.layout.folded, both.only) == ((), {"g|clean.out>check.in": "a", "g|clean.out>fill.in": "b"})


def test_a_group_that_was_dissolved_leaves_only_what_went_nowhere() -> None:
    a = Pipeline(nodes=(group("g", pipeline("clean>check")),))
    assert names(union(a, pipeline("clean>check"), {"g/clean": "clean", "g/check": "check"}).pipeline) == {
        "clean",
        "check",
    }
    both = union(a, pipeline("clean"), {"g/clean": "clean"})
    left = next(node for node in both.pipeline.nodes if node.id == "g").pipeline
    assert left is not None
    assert (names(left), left.edges) == ({"check"}, ())


def test_places_are_kept_unless_what_was_replaced_would_lie_over_its_successor() -> None:
    placed = Layout(positions={"load": Position(1, 2)})
    assert union(pipeline("load"), pipeline("load", layout=placed), {"load": "load"}).pipeline.layout == placed
    assert union(pipeline("load", "old"), pipeline("load", layout=placed), {"load": "load"}).pipeline.layout == Layout()


@given(documents())
def test_a_pipeline_and_itself_are_itself(document: Pipeline) -> None:
    both = union(document, document, {})
    assert both.only == {}
    assert [node.id for node in both.pipeline.nodes] == [node.id for node in document.nodes]
    assert both.pipeline.edges == document.edges
