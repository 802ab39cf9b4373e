"""Pipelines named by the shape of their graph, and the modules that they are made of. Elsewhere: random ones (strategies.py)."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

from designer.model.module import ModuleSpec, Port
from designer.model.pipeline import Edge, End, Node, Pipeline
from designer.model.types import PortType

FRAME = PortType(key="pandas.DataFrame", name="DataFrame")
ESTIMATOR = PortType(key="sklearn.BaseEstimator", name="BaseEstimator")
MODEL = PortType(key="sklearn.LinearRegression", name="LinearRegression", bases=("sklearn.BaseEstimator",))


def port(name: str, type: PortType = FRAME, *, optional: bool = False, many: bool = False) -> Port:
    """A port of a module."""
    return Port(name=name, title=name.title(), type=type, optional=optional, many=many)


def spec(
    id: str,
    inputs: tuple[Port, ...] = (),
    outputs: tuple[Port, ...] = (),
    parameters: dict[str, Any] | None = None,
    required: tuple[str, ...] = (),
    **fields: Any,
) -> ModuleSpec:
    """A module; `parameters` are the properties of its schema."""
    schema = {"type": "object", "properties": parameters or {}, **({"required": list(required)} if required else {})}
    return ModuleSpec(
        id=id, title=id.replace("_", " ").title(), inputs=inputs, outputs=outputs, parameters=schema, **fields
    )


FRACTION = {"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1, "default": 0.7}

MODULES = {
    module.id: module
    for module in (
        spec("load_cars", outputs=(port("rows"),)),
        spec(
            "split_data",
            inputs=(port("dataset"),),
            outputs=(port("train"), port("test")),
            parameters={"fraction": FRACTION, "seed": {"type": "integer", "default": 0}},
        ),
        spec(
            "train_model",
            inputs=(port("dataset"), port("start", MODEL, optional=True)),
            outputs=(port("model", MODEL),),
            parameters={
                "label": {"type": "string", "minLength": 1},
                "penalty": {"enum": ["l1", "l2"], "type": "string", "default": "l2"},
            },
            required=("label",),
        ),
        spec("score_model", inputs=(port("model", ESTIMATOR), port("dataset")), outputs=(port("scored"),)),
        spec(
            "evaluate_model",
            inputs=(port("scored"),),
            outputs=(port("metrics", PortType(key="builtins.dict", name="dict")),),
        ),
        spec("join_rows", inputs=(port("frames", many=True),), outputs=(port("rows"),)),
        spec("step", inputs=(port("a"), port("b", optional=True)), outputs=(port("out"),)),
        spec("neural_net", error="ModuleNotFoundError: No module named 'torch'", source="modules/neural_net.py:3"),
    )
}


def pipeline(nodes: dict[str, Any], *edges: str, **fields: Any) -> Pipeline:
    """A pipeline of `id="module"` or `id=Node` (`id=Pipeline` for a group) and edges written `a.out -> b.in`."""
    return Pipeline(nodes=tuple(node(id, what) for id, what in nodes.items()), edges=tuple(map(edge, edges)), **fields)


def node(id: str, what: Any, **fields: Any) -> Node:
    """A node of a module's id, or a group of a pipeline."""
    if isinstance(what, Node):
        return what.model_copy(update={"id": id})
    if isinstance(what, Pipeline):
        return Node(id=id, pipeline=what, **fields)
    return Node(id=id, module=what, **fields)


def edge(text: str) -> Edge:
    """`a.out -> b.in`."""
    source, _, target = text.partition(" -> ")
    return Edge(source=End.parse(source), target=End.parse(target))


def chain(length: int = 4) -> Pipeline:
    """load -> step_1 -> step_2 …"""
    names = ["load", *(f"step_{i}" for i in range(1, length))]
    return pipeline(
        {"load": "load_cars", **dict.fromkeys(names[1:], "step")},
        *(f"{a}.{'rows' if a == 'load' else 'out'} -> {b}.a" for a, b in pairwise(names)),
    )


def diamond() -> Pipeline:
    """load -> left, right -> join."""
    return pipeline(
        {"load": "load_cars", "left": "step", "right": "step", "join": "join_rows"},
        "load.rows -> left.a",
        "load.rows -> right.a",
        "left.out -> join.frames",
        "right.out -> join.frames",
    )


def fan_out(width: int = 5) -> Pipeline:
    """load -> leaf_1, leaf_2 …"""
    leaves = [f"leaf_{i}" for i in range(1, width + 1)]
    return pipeline(
        {"load": "load_cars", **dict.fromkeys(leaves, "step")}, *(f"load.rows -> {leaf}.a" for leaf in leaves)
    )


def cars() -> Pipeline:
    """A whole training pipeline, right in every respect."""
    return pipeline(
        {
            "load": "load_cars",
            "split": "split_data",
            "train": Node(id="", module="train_model", parameters={"label": "price"}),
            "score": "score_model",
            "evaluate": "evaluate_model",
        },
        "load.rows -> split.dataset",
        "split.train -> train.dataset",
        "train.model -> score.model",
        "split.test -> score.dataset",
        "score.scored -> evaluate.scored",
        name="cars",
    )


def nested() -> Pipeline:
    """load -> outer(inner(step) -> last) -> end: an edge through two borders at either side of `inner`."""
    inner = pipeline({"step": "step"}, inputs={"rows": (End("step", "a"),)}, outputs={"done": End("step", "out")})
    outer = pipeline(
        {"inner": inner, "last": "step"},
        "inner.done -> last.a",
        inputs={"rows": (End("inner", "rows"), End("last", "b"))},
        outputs={"early": End("inner", "done"), "late": End("last", "out")},
    )
    return pipeline(
        {"load": "load_cars", "outer": outer, "end": "step"},
        "load.rows -> outer.rows",
        "outer.early -> end.a",
        "outer.late -> end.b",
    )
