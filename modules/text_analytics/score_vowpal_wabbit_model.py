"""Score with a trained Vowpal Wabbit model."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import ValuesError
from modules._shared.parameters import param
from modules._shared.roles import with_roles
from modules._shared.scoring import LABELS
from modules._shared.vowpal_wabbit import VowpalWabbitModel, examples, label_of, options, workspace

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Score Vowpal Wabbit Model",
    category="Text Analytics",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True)],
)
def score_vowpal_wabbit_model(
    trained_model: Annotated[VowpalWabbitModel, PortInfo(title="Trained Vowpal Wabbit model")],
    test_data: Annotated[
        pd.DataFrame | Path,
        PortInfo(title="Test data", description="Examples in the first column, or a file or folder."),
    ],
    *,
    arguments: Annotated[str, param("VW arguments", "Such as --link logistic.")] = "",
    file: Annotated[str, param("Name of the test data file", "In the connected folder.")] = "",
    kind: Annotated[Literal["VW", "SVMLight"], param("Specify file type")] = "VW",
    include_labels: Annotated[bool, param("Include an extra column containing labels")] = True,
    include_raw: Annotated[bool, param("Include an extra column containing raw scores", "Before any link.")] = False,
) -> Annotated[pd.DataFrame, PortInfo(title="Scored dataset")]:
    """A row per example: Scored Labels, and if asked for Labels and Raw Scores."""
    lines = examples(test_data, file, kind)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "model.vw")
        path.write_bytes(trained_model.data)
        columns: dict[str, Any] = {LABELS: _predictions(f"{options(arguments)} -i {path} -t --quiet", lines)}
        if include_raw:
            columns["Raw Scores"] = _predictions(f"-i {path} -t --quiet --link identity", lines)
    if include_labels:
        columns = {"Labels": _labels(lines), **columns}
    Run.get_context().log("rows", len(lines))
    frame = pd.DataFrame(columns)
    return with_roles(frame, {name: "label" if name == "Labels" else "score" for name in frame.columns})


def _labels(lines: list[str]) -> pd.Series:
    """The examples' labels; missing where an example has none."""
    found = pd.Series([label_of(line) or None for line in lines], dtype=object)
    try:
        return pd.to_numeric(found)
    except ValueError as error:
        raise ValuesError(f"a label is no number: {error}; an example looks like 1 | word:2") from error


def _predictions(arguments: str, lines: list[str]) -> list[Any]:
    vw = workspace(arguments)
    found = [vw.predict(line) for line in lines]
    vw.finish()
    return found
