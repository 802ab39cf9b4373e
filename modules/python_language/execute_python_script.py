"""Your own Python code as a node: a function `azureml_main`."""

from __future__ import annotations

import contextlib
import inspect
import sys
import tempfile
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import BadFile
from modules._shared.parameters import param
from modules._shared.results import as_frame
from modules._shared.scripts import Script

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pandas as pd
else:
    pd = lazy_import("pandas")

SAMPLE = '''\
import pandas as pd
from designer import Run


def azureml_main(dataframe1=None, dataframe2=None):
    """Gets the connected datasets (None where nothing is connected); returns one or two datasets."""
    run = Run.get_context()
    if dataframe1 is not None:
        run.log("rows", len(dataframe1))
    return dataframe1, dataframe2
'''


class Results(NamedTuple):
    """The first two things that the script returned."""

    result_dataset: Annotated[pd.DataFrame, PortInfo(title="Result dataset")]
    result_dataset2: Annotated[pd.DataFrame, PortInfo(title="Result dataset2")]


@module(
    title="Execute Python Script",
    category="Python Language",
    version="1",
    metrics=[Metric("rows_1", unit="rows", pinned=True), Metric("rows_2", unit="rows")],
    fresh=True,  # a script may change whatever it likes in its process
)
def execute_python_script(
    dataset1: Annotated[pd.DataFrame | None, PortInfo(title="Dataset1")] = None,
    dataset2: Annotated[pd.DataFrame | None, PortInfo(title="Dataset2")] = None,
    script_bundle: Annotated[
        Path | None, PortInfo(title="Script bundle", description="A zip or folder of files that the script may import.")
    ] = None,
    *,
    script: Annotated[str, param("Python script", extra={"widget": "code", "language": "python"})] = SAMPLE,
) -> Results:
    """Call the script's `azureml_main` with the datasets, in a temporary folder; `Run.get_context()` there is this node's run.

    It takes none, one or both datasets, and returns nothing, one value or a tuple of two: frames, dicts of columns, arrays,
    series, lists or single values.
    """
    inputs = [frame if frame is None else frame.copy() for frame in (dataset1, dataset2)]
    with _workplace(script_bundle):
        text = Script(script)
        try:
            main = text.get("azureml_main", "def azureml_main(dataframe1=None, dataframe2=None): return dataframe1,")
            returned = text.call(main, *inputs[: _arguments(main)])
        finally:
            text.close()
    values = returned if isinstance(returned, tuple) else (returned,)
    first, second = (as_frame(value) for value in (*values, None, None)[:2])
    run = Run.get_context()
    run.log("rows_1", len(first))
    run.log("rows_2", len(second))
    return Results(first, second)


def _arguments(function: Any) -> int:
    """How many datasets the function takes, by its own signature: none, one or two."""
    kinds = [parameter.kind for parameter in inspect.signature(function).parameters.values()]
    if inspect.Parameter.VAR_POSITIONAL in kinds:
        return 2
    return min(
        2, sum(kind in (inspect.Parameter.POSITIONAL_ONLY, inspect.Parameter.POSITIONAL_OR_KEYWORD) for kind in kinds)
    )


@contextlib.contextmanager
def _workplace(bundle: Path | None) -> Iterator[None]:
    """A temporary working folder, with the bundle in `Script Bundle`, from which the script can import."""
    with tempfile.TemporaryDirectory() as folder, contextlib.chdir(folder):
        place = Path(folder, "Script Bundle")
        if bundle is not None:
            _unpack(bundle, place)
        sys.path.insert(0, str(place))
        before = set(sys.modules)
        try:
            yield
        finally:
            sys.path.remove(str(place))
            for name in set(sys.modules) - before:
                if str(place) in str(getattr(sys.modules[name], "__file__", None)):
                    del sys.modules[name]


def _unpack(bundle: Path, place: Path) -> None:
    if bundle.is_dir():
        place.symlink_to(bundle.absolute(), target_is_directory=True)
        return
    try:
        with zipfile.ZipFile(bundle) as archive:
            archive.extractall(place)
    except (zipfile.BadZipFile, OSError) as error:
        raise BadFile(f"the script bundle {bundle.name} is no zip file: {error}") from error
