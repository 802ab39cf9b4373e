"""Reading sample data out of installed packages, without running those packages' code."""

from __future__ import annotations

import lzma
import pickle
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer import MissingExtraError
from modules._shared.errors import BadFile

if TYPE_CHECKING:
    import pandas as pd


def packaged(distribution: str, file: str, extra: str = "examples") -> Path:
    """The path of a data file that an installed distribution brought, e.g. `data/flights.csv.zip`."""
    try:
        found = metadata.distribution(distribution)
    except metadata.PackageNotFoundError as error:
        raise MissingExtraError(distribution, extra=extra) from error
    return Path(str(found.locate_file(file)))


_CALLED_NOW = {"numpy.core.numeric": "numpy._core.numeric", "numpy.core.multiarray": "numpy._core.multiarray"}
_FRAME_PARTS = {
    ("builtins", "slice"),
    ("numpy", "dtype"),
    ("numpy", "ndarray"),
    ("numpy._core.numeric", "_frombuffer"),
    ("numpy._core.multiarray", "_reconstruct"),
    ("pandas._libs.internals", "_unpickle_block"),
    ("pandas.core.frame", "DataFrame"),
    ("pandas.core.indexes.base", "Index"),
    ("pandas.core.indexes.base", "_new_Index"),
    ("pandas.core.indexes.range", "RangeIndex"),
    ("pandas.core.internals.managers", "BlockManager"),
}


class _FrameReader(pickle.Unpickler):
    """Reads a pickled frame and nothing else: whatever isn't a part of a frame is refused."""

    def find_class(self, module: str, name: str) -> Any:
        module = _CALLED_NOW.get(module, module)
        if (module, name) not in _FRAME_PARTS:
            raise BadFile(f"the sample holds {module}.{name}, which is no part of a data frame")
        return super().find_class(module, name)


def packaged_frame(distribution: str, file: str, extra: str = "examples") -> pd.DataFrame:
    """A frame that an installed distribution keeps as a compressed pickle; read without running what a pickle may run."""
    with lzma.open(packaged(distribution, file, extra)) as stream:
        frame = _FrameReader(stream).load().drop(columns="rownames", errors="ignore")
    return frame.astype({name: "str" for name in frame.columns if frame[name].dtype == object})
