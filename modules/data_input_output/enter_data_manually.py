"""A small dataset typed into the pipeline."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import TooFewRows
from modules._shared.parameters import param
from modules._shared.readers import read

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Enter Data Manually",
    category="Data Input and Output",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True), Metric("columns", unit="columns")],
)
def enter_data_manually(
    *,
    format: Annotated[Literal["ARFF", "CSV", "SvmLight", "TSV"], param("Data format")] = "CSV",
    data: Annotated[str, param("Data", extra={"widget": "code", "language": "text"})] = "",
    header: Annotated[
        bool, param("Has header", "Otherwise the columns are col1, col2 …", when={"format": ["TSV", "CSV"]})
    ] = True,
) -> Annotated[pd.DataFrame, PortInfo(title="Dataset")]:
    """The typed text as a dataset; column types are found out."""
    if not data.strip():
        raise TooFewRows(0, 1, "entering data")
    frame = read(data.strip("\n").encode(), format, header)
    run = Run.get_context()
    run.log("rows", len(frame))
    run.log("columns", len(frame.columns))
    return frame
