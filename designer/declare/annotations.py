"""What an annotation can say of a port beyond its type: `Annotated[DataFrame, PortInfo(title="Dataset")]`."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PortInfo:
    """A port's title and description, where its name doesn't say enough."""

    title: str = ""
    description: str = ""


class Pickled:
    """`Annotated[Model, Pickled]` on an output keeps its value with pickle: any value, but loading it executes code.

    Only say so for modules of your own; a pickle that somebody else wrote can do anything.
    """
