"""Work that takes a core for a given time: what a module that computes does. Runs in every Python."""

from __future__ import annotations

import time


def burn(seconds: float) -> float:
    """Compute until this thread has had so many seconds of a core."""
    until = time.thread_time() + seconds
    value = 1.0
    while time.thread_time() < until:
        for _ in range(10_000):
            value = value * 1.0000001 + 1e-9
    return value
