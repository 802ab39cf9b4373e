"""Names in messages: which are close to a wrong one, how a list of them reads. Elsewhere: the messages themselves."""

from __future__ import annotations

from difflib import get_close_matches
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

_MANY = 1_000  # from here on comparing with every name would be felt


def close(name: str, names: Collection[str], limit: int = 3) -> tuple[str, ...]:
    """The names that were probably meant, the likeliest first: the same but for case and punctuation, or nearly so."""
    plain = _plain(name)
    by_plain: dict[str, list[str]] = {}
    for other in names:
        by_plain.setdefault(_plain(other), []).append(other)
    candidates: Collection[str] = by_plain
    if len(by_plain) > _MANY:
        candidates = [other for other in by_plain if other[:1] == plain[:1] and abs(len(other) - len(plain)) < 4]
        candidates = candidates[:_MANY]
    found = [*get_close_matches(plain, candidates, limit, 0.6)]
    found += [other for other in candidates if other.rpartition(".")[2] == plain.rpartition(".")[2]]
    return tuple(dict.fromkeys(other for key in found for other in by_plain[key]))[:limit]


def listed(names: Iterable[str], limit: int = 12, none: str = "none") -> str:
    """`a, b, c and 4 more`."""
    names = list(names)
    if not names:
        return none
    rest = len(names) - limit
    return ", ".join(names[:limit]) + (f" and {rest} more" if rest > 0 else "")


def did_you_mean(choices: Collection[str], otherwise: str) -> str:
    """The next step when a name is wrong: the close ones, or else what `otherwise` says."""
    return f"did you mean {' or '.join(choices)}?" if choices else otherwise


def _plain(name: str) -> str:
    return name.casefold().replace(" ", "_").replace("-", "_")
