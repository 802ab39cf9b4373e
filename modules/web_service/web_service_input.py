"""Where callers of a pipeline put data in."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import BadFile
from modules._shared.parameters import param
from modules._shared.readers import read

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Web Service Input",
    category="Web Service",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True)],
)
def web_service_input(
    *,
    name: Annotated[str, param("Name", "Unique within the pipeline.", min_length=1)] = "input1",
    data: Annotated[
        str, param("Data", "Rows as JSON: a list of objects. Bind it to a pipeline parameter to pass it with a call.")
    ] = "",
) -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """The rows of this call, from the JSON text in its parameter `data`."""
    if not data.strip():
        raise BadFile(f"{name} got no rows; bind its data to a pipeline parameter and pass a JSON list of objects")
    frame = read(data.encode(), "JSON lines")
    Run.get_context().log("rows", len(frame))
    return frame
