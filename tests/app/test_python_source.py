"""A pipeline as Python: what is written declares the same pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from designer.app.python_source import Import, in_order, python_source
from designer.declare.pipeline import Pipeline
from designer.model.pipeline import Node, Parameter
from tests import shapes

if TYPE_CHECKING:
    from pathlib import Path

IMPORTS = {id: Import("tests.app.palette", id) for id in shapes.MODULES}


def declared(text: str, folder: Path) -> Pipeline:
    path = folder / f"declared_{abs(hash(text))}.py"
    path.write_text(text)
    return Pipeline.load(path, folder)


def test_a_training_pipeline_reads_as_one_would_write_it() -> None:
    text = python_source(shapes.cars(), shapes.MODULES, IMPORTS)
    assert text.splitlines() == [
        "from designer import pipeline",
        "from tests.app.palette import evaluate_model, load_cars, score_model, split_data, train_model",
        "",
        "",
        "@pipeline",
        "def cars():",
        "    load = load_cars.named('load')()",
        "    split = split_data.named('split')(load)",
        "    train = train_model.named('train')(split.train, label='price')",
        "    score = score_model.named('score')(train, split.test)",
        "    evaluate_model.named('evaluate')(score)",
    ]


@pytest.mark.parametrize("shape", [shapes.cars, shapes.chain, shapes.diamond, shapes.fan_out, shapes.nested])
def test_what_is_written_declares_the_same_nodes_and_edges(shape, tmp_path: Path) -> None:  # type: ignore[no-untyped-def]
    pipeline = shape()
    again = declared(python_source(pipeline, shapes.MODULES, IMPORTS), tmp_path).document
    assert flat(again) == flat(pipeline)


def flat(pipeline, within: str = "") -> set[str]:  # type: ignore[no-untyped-def]
    """Nodes with their settings, and edges, at every level."""
    found = {f"{within}{edge}" for edge in pipeline.edges}
    found |= {f"{within}in {port} {end}" for port, ends in pipeline.inputs.items() for end in ends}
    found |= {f"{within}out {port} {end}" for port, end in pipeline.outputs.items()}
    for node in pipeline.nodes:
        found.add(f"{within}{node.id} {node.module} {sorted(node.parameters.items())} {sorted(node.bindings.items())}")
        if node.pipeline is not None:
            found |= flat(node.pipeline, f"{within}{node.id}/")
    return found


def test_parameters_and_odd_names_become_arguments_and_identifiers(tmp_path: Path) -> None:
    pipeline = shapes.pipeline(
        {
            "2 nd": "load_cars",
            "class": Node(id="", module="split_data", bindings={"fraction": "share"}, parameters={"seed": 3}),
        },
        "2 nd.rows -> class.dataset",
        name="my pipeline!",
        description='Says "hello".',
        parameters={"share": Parameter(default=0.6, schema_={"type": "number"})},
    )
    text = python_source(pipeline, shapes.MODULES, IMPORTS)
    again = declared(text, tmp_path).document
    assert flat(again) == flat(pipeline)
    assert again.parameters["share"].default == 0.6
    assert again.description == 'Says "hello".'


def test_nodes_come_after_what_they_need_and_circles_end() -> None:
    assert next(node.id for node in in_order(shapes.diamond())) == "load"
    circle = shapes.pipeline({"a": "step", "b": "step"}, "a.out -> b.a", "b.out -> a.a")
    assert {node.id for node in in_order(circle)} == {"a", "b"}
