"""Which node of one run is which of another: by id, then by module for those that were renamed or moved."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from designer.model.runs import RunKind, RunRecord

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class Pair(NamedTuple):
    """A node of two runs; None where one of them has no such node."""

    a: RunRecord | None
    b: RunRecord | None

    @property
    def node(self) -> str:
        """Its id: in `b`, else in `a`."""
        record = self.b or self.a
        return (record.node if record is not None else None) or ""


def nodes_of(records: Sequence[RunRecord]) -> dict[str, RunRecord]:
    """The modules' runs of a pipeline's run by node."""
    return {r.node: r for r in records if r.node and r.kind == RunKind.MODULE}


def pairs(a: Mapping[str, RunRecord], b: Mapping[str, RunRecord]) -> list[Pair]:
    """All nodes of both runs, in the order of `b`, those that only `a` has at the end."""
    matched = {node: node for node in b if node in a}
    left = [node for node in a if node not in matched]
    for node in b:
        if node not in matched:
            other = next((one for one in left if a[one].module == b[node].module), None)
            if other is not None:
                matched[node] = other
                left.remove(other)
    both = [Pair(a[matched[node]] if node in matched else None, record) for node, record in b.items()]
    return [*both, *(Pair(a[node], None) for node in left)]
