"""Options whose value may be left out, which the parser doesn't know: `--regenerate` alone means all nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

ALL = "*"
_OPTIONAL = ("--regenerate",)
_FILES = (".py", ".yaml", ".yml", ".json")


def expanded(arguments: Sequence[str]) -> list[str]:
    """The arguments with the values filled in that were left out: before another option, a pipeline's path, or the end."""
    found = list(arguments)
    for at, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument in _OPTIONAL:
            following = arguments[at + 1] if at + 1 < len(arguments) else "-"
            if following.startswith("-") or following.partition(":")[0].endswith(_FILES):
                found[at] = f"{argument}={ALL}"
    return found
