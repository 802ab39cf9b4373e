"""What runs print. A process that runs modules has one file for all it prints; a run's log is the spans of files it wrote to.

So capturing costs a module nothing: the file is there already, and only where the module's part begins and ends is noted.
"""

from __future__ import annotations

import os
import uuid
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


class Logs:
    """The folder of captured output."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def create(self) -> tuple[str, int]:
        """A new file to append to: its name and a file descriptor."""
        self.folder.mkdir(parents=True, exist_ok=True)
        name = f"{os.getpid()}-{uuid.uuid4().hex[:12]}.log"
        return name, os.open(self.folder / name, os.O_CREAT | os.O_RDWR | os.O_APPEND | os.O_CLOEXEC, 0o644)

    def read(self, spans: Sequence[tuple[str, int, int | None]], offset: int, limit: int | None) -> tuple[str, int]:
        """The spans' bytes one after the other, from `offset` on, at most `limit`; and the offset behind what came.

        Ends at a whole character, so that a reader that goes on never sees half of one.
        """
        parts, at, wanted = [], 0, 1 << 62 if limit is None else max(limit, 4)  # a character has up to 4 bytes
        for name, start, end in spans:
            path = self.folder / Path(name).name
            size = path.stat().st_size if path.exists() else start
            stop = size if end is None else min(end, size)
            length = max(0, stop - start)
            if offset < at + length and wanted > 0:
                skip = max(0, offset - at)
                with path.open("rb") as file:
                    file.seek(start + skip)
                    data = file.read(min(length - skip, wanted))
                parts.append(data)
                wanted -= len(data)
            at += length
        data = b"".join(parts)
        whole = _whole_characters(data)
        return data[:whole].decode("utf-8", "replace"), offset + whole


def _whole_characters(data: bytes) -> int:
    """How many bytes of the data end at a character's end."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte < 0x80:
            return len(data)
        if byte >= 0xC0:
            length = 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) if back >= length else len(data) - back
    return len(data)
