"""Versions of installed packages, by the name under which they are imported."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
from functools import cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable

_DISTRIBUTIONS = {  # where the import name isn't the distribution's, for the most usual; others are looked up
    "sklearn": "scikit-learn",
    "yaml": "PyYAML",
    "PIL": "pillow",
    "cv2": "opencv-python",
    "skimage": "scikit-image",
    "imblearn": "imbalanced-learn",
    "bs4": "beautifulsoup4",
    "dateutil": "python-dateutil",
}


@cache
def distribution_of(name: str) -> tuple[str, str] | None:
    """The distribution that brings the package imported as `name`, and its version; None when none does."""
    usual = _DISTRIBUTIONS.get(name, name)
    try:
        return usual, importlib.metadata.version(usual)
    except importlib.metadata.PackageNotFoundError:
        if not _is_there(name):
            return None
        brought_by = _by_import_name().get(name)
        return (brought_by[0], importlib.metadata.version(brought_by[0])) if brought_by else None


def _is_there(name: str) -> bool:
    try:
        return importlib.util.find_spec(name) is not None
    except (ImportError, ValueError, AttributeError):
        return False


@cache
def _by_import_name() -> dict[str, list[str]]:
    return dict(importlib.metadata.packages_distributions())  # reads every distribution's file list: some 100 ms


def versions(names: Iterable[str]) -> dict[str, str]:
    """Package -> version, for those that are installed distributions; with Python's own minor version as `python`."""
    found = dict(sorted(found for name in names if (found := distribution_of(name)) is not None))
    return {"python": ".".join(platform.python_version_tuple()[:2]), **found}
