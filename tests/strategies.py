"""Random pipelines for property tests: right ones (acyclic, typed, of `shapes.MODULES`), any documents, and edits."""

from __future__ import annotations

from typing import Any

from hypothesis import strategies as st

from designer.model import edits as e
from designer.model.pipeline import Edge, End, Layout, Node, Note, Parameter, Pipeline, Position

ODD_TEXTS = [
    "yes", "no", "null", "~", "1.0", "1e3", "0x10", "0o7", "1_000", "12:30:45", "2024-01-01", "2024-01-01T00:00:00Z",
    "=", "<<", "&a", "*a", "!tag", "%x", "@x", "`x`", "- x", "? x", ": x", "a: b", "a #b", "#b", "'", '"', "", " ",
    " x", "x ", "\n", "\n\n", " \n", "\tx", "a\n  b\n", "\n  a", "def f(x):\n    return x\n", "a\r\nb", "a\\b", "{", "[x",
    "|", ">", "ünï", "名前", "😀", "\u2028", "\u0085", "\x00", "\x7f", "\ufeffx", "-", "...", "---", "<script>", "x" * 200,
]  # fmt: skip

texts = st.one_of(
    st.sampled_from(ODD_TEXTS),
    st.text(st.characters(exclude_categories=["Cs"]), max_size=12),
    st.text("ab\n \t:#-", max_size=12),
)
names = st.one_of(st.sampled_from(["a", "b", "split_data", "yes", "1", "名前", "null", "x y", "a->b"]), st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="/"), min_size=1, max_size=6
))  # fmt: skip
port_names = st.one_of(st.sampled_from(["rows", "model", "yes", "1"]), st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="."), min_size=1, max_size=5
))  # fmt: skip
scalars = st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), texts)
values = st.recursive(
    scalars,
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(texts, inner, max_size=3)),
    max_leaves=5,
)
numbers = st.floats(-1e6, 1e6) | st.integers(-1000, 1000).map(float)
positions = st.builds(Position, numbers, numbers)


def _ends(ids: list[str]) -> st.SearchStrategy[End]:
    """Ends at nodes that are there, mostly."""
    return st.builds(End, st.sampled_from([*ids, *ids, "nowhere"]), port_names | st.just(""))


@st.composite
def documents(draw: st.DrawFn, depth: int = 2, unique: bool = True) -> Pipeline:
    """Any pipeline that a document can hold, right or wrong, with groups in it; unless `unique`, ids may be there twice."""
    ids = draw(st.lists(names, max_size=4, unique=unique))
    nodes = tuple(draw(_nodes(id, depth, unique)) for id in ids)
    ends = _ends(ids)
    layout = draw(_layouts(ids))
    return Pipeline(
        name=draw(texts),
        description=draw(texts),
        files=tuple(draw(st.lists(texts, max_size=2))),
        parameters=draw(st.dictionaries(names, _parameters, max_size=2)),
        nodes=nodes,
        edges=tuple(draw(st.lists(st.builds(Edge, source=ends, target=ends), max_size=5))),
        inputs=draw(st.dictionaries(port_names, st.lists(ends, max_size=3).map(tuple), max_size=2)),
        outputs=draw(st.dictionaries(port_names, ends, max_size=2)),
        layout=layout,
    )


@st.composite
def _nodes(draw: st.DrawFn, id: str, depth: int, unique: bool) -> Node:
    group = depth > 0 and draw(st.integers(0, 3)) == 0
    return Node(
        id=id,
        module="" if group else draw(names),
        pipeline=draw(documents(depth - 1, unique)) if group else None,
        title=draw(texts),
        parameters=draw(st.dictionaries(texts, values, max_size=3)),
        bindings=draw(st.dictionaries(texts, texts, max_size=2)),
        disabled=draw(st.booleans()),
        regenerate=draw(st.booleans()),
    )


_parameters = st.builds(
    Parameter,
    default=values,
    required=st.booleans(),
    schema_=st.dictionaries(texts, values, max_size=2),
    description=texts,
)


def _layouts(ids: list[str]) -> st.SearchStrategy[Layout]:
    some = st.sampled_from(ids) if ids else st.nothing()
    notes = st.builds(Note, id=names, text=texts, x=numbers, y=numbers)
    return st.builds(
        Layout,
        positions=st.dictionaries(some, positions, max_size=3) if ids else st.just({}),
        notes=st.lists(notes, max_size=2, unique_by=lambda note: note.id).map(tuple),
        folded=st.lists(some, max_size=2, unique=True).map(tuple) if ids else st.just(()),
        pins=st.dictionaries(some, st.lists(texts, max_size=2).map(tuple), max_size=2) if ids else st.just({}),
    )


@st.composite
def dags(draw: st.DrawFn, max_nodes: int = 8) -> Pipeline:
    """A right pipeline: loads, steps, splits and joins of `shapes.MODULES`, in any order."""
    count = draw(st.integers(1, max_nodes))
    nodes: list[Node] = []
    edges: list[Edge] = []
    outputs: list[End] = []
    for number in range(count):
        module = draw(st.sampled_from(["step", "split_data", "join_rows", "load_cars"])) if outputs else "load_cars"
        id = f"n{number}"
        parameters: dict[str, Any] = {}
        bindings: dict[str, str] = {}
        if module == "split_data":
            parameters = draw(st.sampled_from([{}, {"seed": 1}, {"fraction": 0.5}]))
            bindings = draw(st.sampled_from([{}, {"seed": "seed"}])) if "seed" not in parameters else {}
        nodes.append(Node(id=id, module=module, parameters=parameters, bindings=bindings))
        some = st.sampled_from(outputs) if outputs else st.nothing()
        if module in ("step", "split_data"):
            edges.append(Edge(source=draw(some), target=End(id, "a" if module == "step" else "dataset")))
        if module == "step" and draw(st.booleans()):
            edges.append(Edge(source=draw(some), target=End(id, "b")))
        if module == "join_rows":
            sources = draw(st.lists(some, min_size=1, max_size=3, unique=True))
            edges += [Edge(source=source, target=End(id, "frames")) for source in sources]
        given = {"step": ["out"], "split_data": ["train", "test"], "join_rows": ["rows"], "load_cars": ["rows"]}
        outputs += [End(id, name) for name in given[module]]
    places = {node.id: Position(float(i), 0.0) for i, node in enumerate(nodes)}
    return Pipeline(
        name="random",
        nodes=tuple(draw(st.permutations(nodes))),
        edges=tuple(edges),
        parameters={"seed": Parameter(default=3, schema={"type": "integer"})},
        layout=Layout(positions=places),
    )


@st.composite
def grouped(draw: st.DrawFn, max_nodes: int = 8) -> tuple[Pipeline, Pipeline]:
    """A right pipeline, and the same with some of its nodes in groups, which may lie in groups."""
    flat = draw(dags(max_nodes))
    folded = flat
    for number in range(draw(st.integers(1, 3))):
        ids = [node.id for node in folded.nodes]
        chosen = draw(st.lists(st.sampled_from(ids), min_size=1, max_size=4, unique=True))
        folded = e.apply(folded, e.Group(nodes=tuple(chosen), id=f"g{number}"))
    return flat, folded


def edits(pipeline: Pipeline) -> st.SearchStrategy[Any]:
    """Edits that fit a pipeline, mostly: some name what isn't there."""
    ids = st.sampled_from([*(node.id for node in pipeline.nodes), "nowhere"])
    some = st.lists(ids, min_size=1, max_size=3, unique=True).map(tuple)
    ends = st.builds(End, ids, st.sampled_from(["rows", "a", "b", "out", "frames"]))
    edges = st.builds(Edge, source=ends, target=ends)
    there = st.sampled_from(pipeline.edges) if pipeline.edges else edges
    new_id = st.sampled_from(["x", "y", "z"])
    key = st.sampled_from(["seed", "fraction"])
    added = st.lists(st.builds(Node, id=new_id, module=st.just("step")), max_size=2).map(tuple)
    notes = st.builds(Note, id=new_id, text=texts)
    return st.one_of(
        st.builds(e.AddNodes, nodes=added, edges=st.lists(edges, max_size=1).map(tuple)),
        st.builds(e.RemoveNodes, nodes=some),
        st.builds(e.Connect, edge=edges, replace=st.booleans()),
        st.builds(e.Disconnect, edges=there.map(lambda edge: (edge,))),
        st.builds(e.SetParameter, node=ids, name=key, value=values),
        st.builds(e.ResetParameter, node=ids, name=key),
        st.builds(e.BindParameter, node=ids, name=key, to=key),
        st.builds(e.RenameNode, node=ids, to=new_id),
        st.builds(e.ChangeNodes, nodes=some, title=st.none() | texts, disabled=st.none() | st.booleans()),
        st.builds(e.Move, positions=st.dictionaries(ids, positions, max_size=2)),
        st.builds(e.SetNote, note=notes),
        st.builds(e.RemoveNotes, notes=new_id.map(lambda id: (id,))),
        st.builds(e.PinMetrics, node=ids, metrics=st.none() | st.just(("r2", "rows"))),
        st.builds(e.SetPipelineParameter, name=key, parameter=st.none() | _parameters),
        st.builds(e.Describe, name=st.none() | texts, description=st.none() | texts),
        st.builds(e.Group, nodes=some, id=new_id, title=texts),
        st.builds(e.Ungroup, node=ids),
        st.builds(e.Fold, node=ids, folded=st.booleans()),
    )
