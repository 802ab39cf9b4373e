"""Shared cases: what Python's `apply` and `fits` give, for the page's TypeScript to give the same. Written by scripts/wire_types."""

from __future__ import annotations

import json
import random
from typing import TYPE_CHECKING, Any

from designer.model import edits as e
from designer.model.pipeline import Edge, End, Note, Parameter, Pipeline, Position
from designer.model.types import ANY, NONE, PortType, fits
from tests import shapes

if TYPE_CHECKING:
    from collections.abc import Iterator

WALKS = 16
STEPS = 12


def cases() -> str:
    """The text of the cases' file."""
    data = {
        "walks": [_walk(seed) for seed in range(WALKS)],
        "types": [type.model_dump(mode="json") for type in _types()],
        "fits": list(_fits()),
    }
    return json.dumps(data, separators=(",", ":"), ensure_ascii=False) + "\n"


def _walk(seed: int) -> dict[str, Any]:
    """A pipeline, edits that may or may not fit it, and after each the pipeline or the refusal."""
    rng = random.Random(seed)
    pipeline = rng.choice([shapes.chain, shapes.diamond, shapes.cars, shapes.nested, shapes.fan_out, Pipeline])()
    walk: dict[str, Any] = {"start": _data(pipeline), "steps": []}
    for _ in range(STEPS):
        edit = _edit(rng, pipeline)
        try:
            pipeline = e.apply(pipeline, edit)
            result: dict[str, Any] = {"pipeline": _data(pipeline)}
        except e.EditError as error:
            result = {"error": str(error)}
        walk["steps"].append({"edit": edit.model_dump(mode="json", by_alias=True), **result})
    return walk


def _data(pipeline: Pipeline) -> Any:
    return pipeline.model_dump(mode="json", by_alias=True)


def _edit(rng: random.Random, whole: Pipeline) -> e.Edit:
    within: tuple[str, ...] = ()
    pipeline = whole
    groups = [node for node in pipeline.nodes if node.pipeline is not None]
    if groups and rng.random() < 0.3:
        group = rng.choice(groups)
        within, pipeline = (group.id,), group.pipeline
    ids = [node.id for node in pipeline.nodes] or ["nowhere"]
    some = lambda: rng.choice([*ids, *ids, *ids, "nowhere"])  # noqa: E731
    few = lambda: tuple(dict.fromkeys(rng.choice(ids) for _ in range(rng.randint(1, 3))))  # noqa: E731
    place = lambda: Position(rng.randint(-500, 500), rng.randint(-500, 500))  # noqa: E731
    end = lambda: End(some(), rng.choice(["a", "b", "out", "rows", "dataset", "train"]))  # noqa: E731
    name = rng.choice(["a", "b", "label", "fraction"])
    new = f"new_{rng.randint(1, 6)}"
    notes = [note.id for note in pipeline.layout.notes]
    return rng.choice(
        [
            lambda: e.AddNodes(within=within, nodes=(shapes.node(new, "step"),), positions={new: place()}),
            lambda: e.AddNodes(within=within, nodes=(shapes.node(new, "step"), shapes.node(f"{new}b", shapes.chain(2)))),
            lambda: e.RemoveNodes(within=within, nodes=few()),
            lambda: e.Connect(within=within, edge=Edge(source=end(), target=end()), replace=rng.random() < 0.5),
            lambda: e.Disconnect(within=within, edges=(rng.choice(pipeline.edges) if pipeline.edges else Edge(source=end(), target=end()),)),
            lambda: e.SetParameter(within=within, node=some(), name=name, value=rng.choice([1, 0.5, "x", None, [1, 2], {"k": True}])),
            lambda: e.ResetParameter(within=within, node=some(), name=name),
            lambda: e.BindParameter(within=within, node=some(), name=name, to=name),
            lambda: e.RenameNode(within=within, node=some(), to=rng.choice([new, some()])),
            lambda: e.ChangeNodes(within=within, nodes=few(), title=rng.choice([None, "A title"]), disabled=rng.choice([None, True, False])),
            lambda: e.Move(within=within, positions={id: place() for id in (*few(), *notes[:1])}),
            lambda: e.SetNote(within=within, note=Note(id=rng.choice(["n1", "n2"]), text="<b>note</b>", x=1.0, y=2.0)),
            lambda: e.RemoveNotes(within=within, notes=tuple(notes[:1]) or ("n9",)),
            lambda: e.Fold(within=within, node=some(), folded=rng.random() < 0.5),
            lambda: e.PinMetrics(within=within, node=some(), metrics=rng.choice([None, (), ("rows", "loss")])),
            lambda: e.SetPipelineParameter(within=within, name=name, parameter=rng.choice([None, Parameter(default=0.7), Parameter(required=True)])),
            lambda: e.Describe(within=within, name=rng.choice([None, "renamed"]), description=rng.choice([None, "what for"])),
            lambda: e.Group(within=within, nodes=few(), id=rng.choice(["group", *ids]), title="Some"),
            lambda: e.Ungroup(within=within, node=rng.choice([node.id for node in pipeline.nodes if node.pipeline is not None] or [some()])),
            lambda: e.Replace(pipeline=shapes.diamond()),
        ]
    )()  # fmt: skip


def _fits() -> Iterator[tuple[int, int, str, str]]:
    """For each pair of types, by their numbers: fit and reason."""
    types = _types()
    for i, source in enumerate(types):
        for k, target in enumerate(types):
            answer = fits(source, target)
            yield i, k, str(answer.fit), answer.reason


def _types() -> list[PortType]:
    union = PortType(key="union", name="DataFrame | None", alternatives=(shapes.FRAME, NONE))
    return [
        ANY, NONE, shapes.FRAME, shapes.MODEL, shapes.ESTIMATOR, union,
        PortType(key="builtins.object", name="object"),
        PortType(key="builtins.int", name="int"), PortType(key="builtins.float", name="float"), PortType(key="builtins.bool", name="bool"),
        PortType(key="builtins.list", name="list"),
        PortType(key="builtins.list", name="list[int]", args=(PortType(key="builtins.int", name="int"),)),
        PortType(key="builtins.list", name="list[float]", args=(PortType(key="builtins.float", name="float"),)),
        PortType(key="builtins.list", name="list[DataFrame]", args=(shapes.FRAME,)),
        PortType(key="builtins.tuple", name="tuple[int]", args=(PortType(key="builtins.int", name="int"),)),
        PortType(key="builtins.tuple", name="tuple[int, str]", args=(PortType(key="builtins.int", name="int"), PortType(key="builtins.str", name="str"))),
        PortType(key="typing.Iterable", name="Iterable[int]", bases=("builtins.object",), args=(PortType(key="builtins.int", name="int"),)),
        PortType(key="builtins.dict", name="dict[str, int]", bases=("typing.Iterable",), args=(PortType(key="builtins.str", name="str"), PortType(key="builtins.int", name="int"))),
        PortType(key="union", name="int | Any", alternatives=(PortType(key="builtins.int", name="int"), ANY)),
        PortType(key="union", name="int | str", alternatives=(PortType(key="builtins.int", name="int"), PortType(key="builtins.str", name="str"))),
    ]  # fmt: skip
