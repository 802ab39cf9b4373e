"""Libraries that are imported when they are first used, so that a catalogue of modules loads in no time."""

from __future__ import annotations

import importlib
import importlib.util
from types import ModuleType
from typing import Any


class LazyModule(ModuleType):
    """A module that is imported when an attribute of it is asked for."""

    def __getattr__(self, name: str) -> Any:
        if name.startswith("__") and name != "__version__":  # what inspection asks of everything imports nothing
            raise AttributeError(name)
        return getattr(importlib.import_module(self.__name__), name)

    def __repr__(self) -> str:
        return f"<{self.__name__}, imported when first used>"


def lazy_import(name: str) -> Any:
    """A stand-in for a module: `pd = lazy_import("pandas")`. The import happens when an attribute is first asked for.

    In annotations of ports it names types without importing anything, in files with `from __future__ import annotations`.
    """
    return LazyModule(name)
