"""What will happen to a node, with the one reason. Elsewhere: deciding it (plan.py), carrying it out (taking.py)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from designer.engine.reuse.determinants import Determinants, digests
from designer.model.runs import Handle, Result

Action = Literal["run", "reuse", "maybe"]
Kind = Literal[
    "forced",
    "volatile",
    "never_ran",
    "earlier_failed",
    "code_changed",
    "package_changed",
    "parameter_changed",
    "input_changed",
    "unchanged",
]


@dataclass(frozen=True)
class Reason:
    """The one deciding reason. Of several that hold, the first in the order of `Kind`."""

    kind: Kind
    text: str

    def __str__(self) -> str:
        return f"{self.kind}: {self.text}"


@dataclass(frozen=True)
class Decision:
    """What will happen to a node. `candidate` is the result that it takes, or would take; `seconds` how long it took last time."""

    action: Action
    reason: Reason
    determinants: Determinants
    candidate: Result | None = None
    outputs: Mapping[str, Handle] = field(default_factory=dict)
    seconds: float | None = None
    reusable: bool = True

    @property
    def from_run(self) -> str | None:
        """The run whose outputs it takes, or would take."""
        return self.candidate.origin if self.candidate is not None and self.action != "run" else None

    def unchanged(self, inputs: Mapping[str, Sequence[Handle]]) -> bool:
        """Of a `maybe`: whether the inputs that came are those of the earlier result."""
        return self.candidate is not None and self.candidate.data.get("inputs") == digests(inputs)

    def data(self) -> dict[str, Any]:
        """The decision as JSON."""
        return {
            "action": self.action,
            "reason": {"kind": self.reason.kind, "text": self.reason.text},
            "from_run": self.from_run,
            "seconds": self.seconds,
        }
