"""Reading sample data out of installed packages, without running those packages' code."""

from __future__ import annotations

from importlib import metadata
from pathlib import Path

from designer import MissingExtraError


def packaged(distribution: str, file: str, extra: str = "examples") -> Path:
    """The path of a data file that an installed distribution brought, e.g. `data/flights.csv.zip`."""
    try:
        found = metadata.distribution(distribution)
    except metadata.PackageNotFoundError as error:
        raise MissingExtraError(distribution, extra=extra) from error
    return Path(str(found.locate_file(file)))
