"""What differs between two states of a module's code: which function, at which line; and as a diff.

Takes the pieces of code as the store keeps them: name -> digest, file, line, source. Elsewhere: finding them (engine/reuse/code.py).
"""

from __future__ import annotations

import difflib
import io
import textwrap
import tokenize
from collections.abc import Mapping
from typing import Any

Pieces = Mapping[str, Mapping[str, Any]]

_LAYOUT = (tokenize.COMMENT, tokenize.NL, tokenize.ENCODING, tokenize.ENDMARKER)
_SHAPE = (tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT)


def code_difference(before: Pieces, now: Pieces, module: str = "") -> str:
    """The first piece that differs, as a sentence: `clean in helpers.py line 12 changed`."""
    changed = [name for name in now if name in before and before[name].get("digest") != now[name].get("digest")]
    if changed:
        piece = now[changed[0]]
        line = int(piece.get("line", 0)) + first_changed_line(
            str(before[changed[0]].get("source", "")), str(piece.get("source", ""))
        )
        return f"{_short(changed[0])} in {piece.get('file', '')} line {line} changed"
    added = [name for name in now if name not in before]
    if added:
        piece = now[added[0]]
        return f"{_short(added[0])} in {piece.get('file', '')} line {piece.get('line', 0)} is used now"
    gone = [name for name in before if name not in now]
    if gone:
        return f"{_short(gone[0])} in {before[gone[0]].get('file', '')} is no longer used"
    return f"the code of {module} changed" if module else "its code changed"


def code_diff(before: Pieces, now: Pieces) -> str:
    """A unified diff of the pieces that differ; empty when none does, or when no sources were kept."""
    parts = []
    for name in dict.fromkeys([*before, *now]):
        old, new = before.get(name, {}), now.get(name, {})
        if old.get("digest") != new.get("digest"):
            lines = difflib.unified_diff(
                textwrap.dedent(str(old.get("source", ""))).splitlines(),
                textwrap.dedent(str(new.get("source", ""))).splitlines(),
                f"a/{old.get('file') or new.get('file', '')}  {name}",
                f"b/{new.get('file') or old.get('file', '')}  {name}",
                lineterm="",
            )
            parts.append("\n".join(lines))
    return "\n".join(part for part in parts if part)


def first_changed_line(before: str, now: str) -> int:
    """How many lines below its first one a piece differs from what it was; comments and layout don't count."""
    old, new = _tokens(before), _tokens(now)
    for (text, _), (other, line) in zip(old, new, strict=False):
        if text != other:
            return line
    if len(old) != len(new) and new:
        return new[min(len(old), len(new) - 1)][1]
    return 0


def _tokens(source: str) -> list[tuple[str, int]]:
    """The tokens that mean something, each with its line, counted from 0."""
    lines = io.StringIO(textwrap.dedent(source) + "\n").readline
    found: list[tuple[int, str, int]] = []
    try:
        for token in tokenize.generate_tokens(lines):
            if token.type not in _LAYOUT:
                text = "" if token.type in _SHAPE else token.string
                found.append((token.type, text, token.start[0] - 1))
    except (tokenize.TokenError, IndentationError):
        return [(line.strip(), at) for at, line in enumerate(source.splitlines())]
    return [(f"{kind} {text}", line) for at, (kind, text, line) in enumerate(found) if not _is_docstring(found, at)]


def _is_docstring(tokens: list[tuple[int, str, int]], at: int) -> bool:
    """Whether a token is text that stands for itself, as docstrings do, or the end of that line."""
    if tokens[at][0] == tokenize.NEWLINE:
        at -= 1
    starts = at > 0 and tokens[at - 1][0] in _SHAPE
    ends = at + 1 < len(tokens) and tokens[at + 1][0] == tokenize.NEWLINE
    return at >= 0 and tokens[at][0] == tokenize.STRING and starts and ends


def _short(name: str) -> str:
    """The function's own name; of a file that is used as a whole, the file's."""
    owner, _, last = name.rpartition(".")
    last = last.partition("#")[0]
    return owner if last == "*" else last
