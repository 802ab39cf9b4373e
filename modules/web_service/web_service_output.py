"""Where callers of a pipeline take results out."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import BadExpression
from modules._shared.frames import distinct
from modules._shared.parameters import param

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Web Service Output",
    category="Web Service",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True)],
)
def web_service_output(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    name: Annotated[str, param("Name", "Unique within the pipeline.", min_length=1)] = "output1",
) -> None:
    """The rows as JSON (a list of objects), as the file `NAME.json` of the run."""
    if "/" in name:
        raise BadExpression(name, "a name holds no slash", "output1")
    run = Run.get_context()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "rows.json")
        distinct(dataset).to_json(path, orient="records", date_format="iso")
        run.upload_file(f"{name}.json", path)
    run.log("rows", len(dataset))
