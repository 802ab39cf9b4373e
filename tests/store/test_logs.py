"""Reading what runs printed: in pieces of any length, from any byte on, never half a character."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from designer.store.logs import Logs

texts = st.text(st.sampled_from("aü名😀\n") | st.characters(exclude_categories=["Cs"]), max_size=30)


@given(st.lists(texts, min_size=1, max_size=4), st.integers(1, 9))
def test_a_log_read_in_pieces_is_the_log(parts: list[str], limit: int) -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = Logs(Path(folder))
        spans = []
        for part in parts:  # each from the middle of a file of its own
            name, fd = logs.create()
            os.write(fd, "before ü".encode() + part.encode() + b"after")
            os.close(fd)
            start = len("before ü".encode())
            spans.append((name, start, start + len(part.encode())))
        whole, end = logs.read(spans, 0, None)
        assert whole == "".join(parts)
        assert end == len(whole.encode())
        pieces, offset = [], 0
        while True:
            piece, after = logs.read(spans, offset, limit)
            assert after - offset == len(piece.encode())
            if not piece:
                break
            pieces.append(piece)
            offset = after
        assert "".join(pieces) == whole


@given(st.binary(max_size=40))
def test_bytes_that_are_no_text_are_shown_as_far_as_they_can_be(data: bytes) -> None:
    with tempfile.TemporaryDirectory() as folder:
        logs = Logs(Path(folder))
        name, fd = logs.create()
        os.write(fd, data + b"\nend of it\n")
        os.close(fd)
        text, end = logs.read([(name, 0, None)], 0, None)
        assert text.endswith("\nend of it\n")
        assert end == len(data) + len(b"\nend of it\n")


def test_a_log_whose_file_was_removed_is_empty(tmp_path: Path) -> None:
    logs = Logs(tmp_path)
    assert logs.read([("gone.log", 0, 10)], 0, None) == ("", 0)
    assert logs.read([("../../etc/passwd", 0, None)], 0, None) == ("", 0)
