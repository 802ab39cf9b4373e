"""Keep a dataset as a CSV file too, for download."""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Convert to CSV",
    category="Data Transformation",
    version="1",
    metrics=[Metric("rows", unit="rows"), Metric("bytes", unit="B", pinned=True)],
)
def convert_to_csv(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """The dataset as it is; the run gets it as the file `dataset.csv` (UTF-8, comma, header)."""
    run = Run.get_context()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "dataset.csv")
        dataset.to_csv(path, index=False)
        run.upload_file("dataset.csv", path)
        run.log("bytes", path.stat().st_size)
    run.log("rows", len(dataset))
    return dataset
