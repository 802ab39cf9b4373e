"""Python's cyclic garbage collector, kept from looking again and again at the many small objects that a store makes at once."""

from __future__ import annotations

import gc
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

_lock = threading.Lock()
_inside = 0
_was_enabled = False


@contextmanager
def without_collections() -> Iterator[None]:
    """Let the block make 100,000 objects without a collection at every 700th: a third of its time otherwise."""
    global _inside, _was_enabled
    with _lock:
        if _inside == 0:
            _was_enabled = gc.isenabled()
            gc.disable()
        _inside += 1
    try:
        yield
    finally:
        with _lock:
            _inside -= 1
            if _inside == 0 and _was_enabled:
                gc.enable()
