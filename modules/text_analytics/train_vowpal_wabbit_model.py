"""Train with Vowpal Wabbit. Elsewhere: its data and models (_shared/vowpal_wabbit.py)."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.parameters import param
from modules._shared.vowpal_wabbit import VowpalWabbitModel, examples, options, workspace

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Train Vowpal Wabbit Model",
    category="Text Analytics",
    version="1",
    metrics=[
        Metric("Train loss", goal="minimize", pinned=True, description="Progressive, after each tenth of a pass."),
        Metric("examples", unit="examples"),
    ],
)
def train_vowpal_wabbit_model(
    training_data: Annotated[
        pd.DataFrame | Path,
        PortInfo(title="Training data", description="Examples in the first column, or a file or folder."),
    ],
    pre_trained_model: Annotated[
        VowpalWabbitModel | None, PortInfo(title="Pre-trained Vowpal Wabbit model", description="Trained further.")
    ] = None,
    *,
    arguments: Annotated[
        str, param("VW arguments", "Options such as --loss_function logistic -l 0.5; files and modes are set here.")
    ] = "",
    passes: Annotated[int, param("Number of passes over the data", ge=1)] = 1,
    file: Annotated[str, param("Name of the training data file", "In the connected folder.")] = "",
    kind: Annotated[Literal["VW", "SVMLight"], param("Specify file type")] = "VW",
    readable: Annotated[bool, param("Output readable model file", "As the run's file readable_model.txt.")] = False,
    inverted: Annotated[bool, param("Output inverted hash file", "As the run's file inverted_hash.txt.")] = False,
) -> Annotated[VowpalWabbitModel, PortInfo(title="Trained Vowpal Wabbit model")]:
    """Learn the examples in their order."""
    lines = examples(training_data, file, kind)
    chosen = options(arguments)
    run = Run.get_context()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        files = {"readable_model.txt": (readable, "--readable_model"), "inverted_hash.txt": (inverted, "--invert_hash")}
        wanted = {file: option for file, (asked, option) in files.items() if asked}
        told = [f"{option} {folder / file}" for file, option in wanted.items()]
        if pre_trained_model is not None:
            (folder / "before.vw").write_bytes(pre_trained_model.data)
            told.append(f"-i {folder / 'before.vw'}")
        vw = workspace(" ".join([chosen, f"-f {folder / 'model.vw'}", "--quiet", *told]))
        _learn(run, vw, lines, passes)
        vw.finish()
        for file in wanted:
            run.upload_file(file, folder / file)
        data = (folder / "model.vw").read_bytes()
    run.log("examples", len(lines))
    return VowpalWabbitModel(data, chosen, {"examples": len(lines)})


def _learn(run: Run, vw: object, lines: list[str], passes: int) -> None:
    total, done = len(lines) * passes, 0
    stride = max(1, len(lines) // 10)
    for _ in range(passes):
        for line in lines:
            vw.learn(line)
            done += 1
            if done % stride == 0 or done == total:
                run.log("Train loss", vw.get_sum_loss() / max(vw.get_weighted_examples(), 1), step=done)
                run.report_progress(done, total)
