"""Which outputs in a pipeline would fit an input that lacks one. Elsewhere: which modules would (connect.py)."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING

from designer.model.pipeline import End
from designer.model.types import Fit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from designer.graph.faces import Slot
    from designer.graph.level import Level

_CHOICES = 20
_LOOK_AT = 500  # of the outputs of one kind; nobody reads more
_STEPS = 1_000_000  # through the graph in all: a huge pipeline that is wrong everywhere gets fewer suggestions


class Suggestions:
    """The outputs of a pipeline, asked for those that fit."""

    def __init__(self, level: Level) -> None:
        self._level = level
        self._steps = _STEPS
        self._outputs: dict[int, tuple[Slot, list[tuple[int, End]]]] = {}
        self._kinds: dict[int, list[tuple[Slot, Fit]]] = {}
        place = 0
        for name, node in level.nodes.items():
            for slot in ({} if node.disabled else level.slots(name, "output") or {}).values():
                _, ends = self._outputs.setdefault(id(slot), (slot, []))  # nodes of one module share its slots
                ends.append((place, End(name, slot.name)))
                place += 1

    def outputs(self, target: End, slot: Slot) -> list[End]:
        """Outputs that fit the input and don't need its node, the likeliest first: sure ones, of the same name."""
        beyond = self._downstream(target.node)
        if beyond is None:
            return []
        found = [
            (fit is not Fit.YES, end.port != target.port, place, end)
            for output, fit in self._fitting(slot)
            for place, end in islice(self._free(output, beyond), _CHOICES)
        ]
        return [end for *_, end in sorted(found)[:_CHOICES]]

    def _free(self, output: Slot, beyond: set[str]) -> Iterator[tuple[int, End]]:
        ends: Iterable[tuple[int, End]] = islice(self._outputs[id(output)][1], _LOOK_AT)
        return ((place, end) for place, end in ends if end.node not in beyond)

    def _fitting(self, target: Slot) -> list[tuple[Slot, Fit]]:
        key = id(target)
        if key not in self._kinds:
            answers = [(slot, self._level.faces.fit(slot, target).fit) for slot, _ in self._outputs.values()]
            self._kinds[key] = [(slot, fit) for slot, fit in answers if fit is not Fit.NO]
        return self._kinds[key]

    def _downstream(self, node: str) -> set[str] | None:
        """The node and all that needs it; None when the steps are used up."""
        found = {node}
        waiting = [node]
        while waiting and self._steps > 0:
            for other in self._level.after.get(waiting.pop(), ()):
                self._steps -= 1
                if other not in found:
                    found.add(other)
                    waiting.append(other)
        return None if waiting else found
