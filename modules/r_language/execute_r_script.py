"""Your own R code as a node: a function `azureml_main`. Elsewhere: what runs inside R (_shared/r_runner.R)."""

from __future__ import annotations

import shutil
import subprocess
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import is_type
from modules._shared.errors import BadFile, ProgramMissing, ScriptFailed
from modules._shared.frames import distinct, replaced
from modules._shared.parameters import param

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

RUNNER = Path(__file__).parents[1] / "_shared" / "r_runner.R"
SAMPLE = """\
azureml_main <- function(dataframe1, dataframe2) {
  # log_metric_to_run("rows", nrow(dataframe1))
  list(dataset1 = dataframe1, dataset2 = dataframe2)
}
"""


class Results(NamedTuple):
    """`dataset1` and `dataset2` of the list that the script returned."""

    result_dataset: Annotated[pd.DataFrame, PortInfo(title="Result dataset")]
    result_dataset2: Annotated[pd.DataFrame, PortInfo(title="Result dataset2")]


@module(
    title="Execute R Script",
    category="R Language",
    version="1",
    metrics=[Metric("rows_1", unit="rows", pinned=True), Metric("rows_2", unit="rows")],
)
def execute_r_script(
    dataset1: Annotated[pd.DataFrame | None, PortInfo(title="Dataset1")] = None,
    dataset2: Annotated[pd.DataFrame | None, PortInfo(title="Dataset2")] = None,
    script_bundle: Annotated[
        Path | None, PortInfo(title="Script bundle", description="A zip or folder; its files lie in ./Script Bundle.")
    ] = None,
    *,
    script: Annotated[str, param("R script", extra={"widget": "code", "language": "r"})] = SAMPLE,
    seed: Annotated[int | None, param("Random seed", ge=0, le=2**31 - 1)] = None,
) -> Results:
    """Call the script's `azureml_main` with the datasets (NULL where nothing is connected), in a temporary folder.

    Datasets go in and out as CSV; dates are POSIXct in UTC. The script can call log_metric_to_run(name, value) and upload_files_to_run(names, paths).
    """
    program = shutil.which("Rscript")
    if program is None:
        raise ProgramMissing("Rscript was not found on this machine; install R (Debian: apt install r-base-core)")
    run = Run.get_context()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        for one, frame in (("dataset1", dataset1), ("dataset2", dataset2)):
            if frame is not None:
                _write(frame, folder / f"{one}.csv")
        (folder / "script.R").write_text(script, encoding="utf-8")
        if script_bundle is not None:
            _unpack(script_bundle, folder / "Script Bundle")
        command = [program, "--vanilla", str(RUNNER), str(folder), "none" if seed is None else str(seed)]
        ended = subprocess.run(command, cwd=folder, check=False)
        _record(run, folder)
        if ended.returncode:
            raise ScriptFailed(_reason(folder, ended.returncode))
        first, second = (_read(folder / f"result_{one}.csv") for one in ("dataset1", "dataset2"))
    run.log("rows_1", len(first))
    run.log("rows_2", len(second))
    return Results(first, second)


def _unpack(bundle: Path, place: Path) -> None:
    if bundle.is_dir():
        shutil.copytree(bundle, place)
        return
    try:
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(place)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"the script bundle {bundle.name} is no zip file: {error}") from error


def _record(run: Run, folder: Path) -> None:
    """What the script logged and uploaded."""
    if (folder / "metrics.csv").exists():
        for row in pd.read_csv(folder / "metrics.csv", dtype=str, keep_default_na=False).itertuples():
            value = {"number": float, "truth": lambda text: text == "TRUE", "text": str}[row.kind](row.value)
            run.log(row.name, value)
    files = folder / "files"
    for path in sorted(files.rglob("*")) if files.exists() else ():
        if path.is_file():
            run.upload_file(path.relative_to(files).as_posix(), path)


def _reason(folder: Path, code: int) -> str:
    told = folder / "error.txt"
    if not told.exists():
        return f"R ended with exit code {code}; its messages are in this node's log"
    call, _, message = told.read_text(encoding="utf-8").rstrip().partition("\n")
    return f"Got exception when invoking script{f' in {call}' if call else ''}: '{message}'"


def _write(frame: pd.DataFrame, path: Path) -> None:
    """The frame as CSV, with R's words for true and false, and beside it the places of its dates."""
    distinct(frame)
    dates = [name for name in frame.columns if is_type(frame[name], "DateTime")]
    truths = [name for name in frame.columns if is_type(frame[name], "Boolean")]
    told = {name: frame[name].astype(object).map({True: "TRUE", False: "FALSE"}) for name in truths}
    told |= {name: frame[name].dt.tz_convert("UTC") if frame[name].dt.tz else frame[name] for name in dates}
    told |= {name: told[name].dt.strftime("%Y-%m-%dT%H:%M:%S.%f") for name in dates}
    replaced(frame, told).to_csv(path, index=False)
    path.with_suffix(".dates").write_text("\n".join(str(list(frame.columns).index(name) + 1) for name in dates))


def _read(path: Path) -> pd.DataFrame:
    """What R wrote: only an empty cell is missing, so that the text NA is a text."""
    if not path.exists() or path.stat().st_size <= 3:
        return pd.DataFrame()
    frame = pd.read_csv(path, keep_default_na=False, na_values=["", "NaN"])
    dates = [frame.columns[int(place) - 1] for place in path.with_suffix(".dates").read_text().split()]
    return replaced(frame, {name: pd.to_datetime(frame[name], format="ISO8601") for name in dates})
