"""What this machine is: cores that this process may use, its name, memory."""

from __future__ import annotations

import os


def cores() -> int:
    """The processors that this process may use, at least 1."""
    try:
        return max(1, len(os.sched_getaffinity(0)))
    except AttributeError:  # macOS
        return os.cpu_count() or 1
