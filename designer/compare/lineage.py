"""What made an output: node, code, parameters and inputs, back to the sources. Reads what each node's run was determined by."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from designer.compare.kept import Kept

if TYPE_CHECKING:
    from designer.model.runs import Result, RunRecord
    from designer.store.protocol import ReadStore


@dataclass(frozen=True)
class Origin:
    """Where an input came from: a node's port, with the content's digest."""

    node: str
    port: str
    digest: str


@dataclass(frozen=True)
class Step:
    """One node on the way to an output. `computed_by` is the run that computed it: its own, or where it was taken from."""

    node: str
    run_id: str
    computed_by: str
    module: str
    status: str
    version: str = ""
    code: tuple[str, ...] = ()  # `function in file line n`
    packages: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    seed: int = 0
    files: Mapping[str, str] = field(default_factory=dict)
    inputs: Mapping[str, Sequence[Origin]] = field(default_factory=dict)
    outputs: Mapping[str, str] = field(default_factory=dict)

    def data(self) -> dict[str, Any]:
        """As JSON."""
        inputs = {port: [vars(origin) for origin in origins] for port, origins in self.inputs.items()}
        return {**vars(self), "code": list(self.code), "inputs": inputs}


class NoSuchOutputError(LookupError):
    """A run has no such node or port; the message names those that it has."""


def lineage(store: ReadStore, run_id: str, node: str, port: str | None = None) -> list[Step]:
    """The steps that made a node's output, the node first, the sources last. With `port`, only what that output has.

    Raises `RunNotFoundError` and `NoSuchOutputError`.
    """
    with store.at_once():
        kept = Kept(store, run_id)
        if node not in kept.nodes:
            names = ", ".join(kept.nodes) or "none"
            raise NoSuchOutputError(f"run {run_id} has no node {node}; its nodes: {names}")
        steps, waiting = {}, [node]
        for name in waiting:  # grows while it is gone through
            if name not in steps:
                steps[name] = _step(kept, kept.nodes[name])
                waiting += [one.node for origins in steps[name].inputs.values() for one in origins]
        first = steps[node]
        if port is not None and port not in first.outputs:
            names = ", ".join(first.outputs) or "none"
            raise NoSuchOutputError(f"node {node} of run {run_id} has no output {port}; it has: {names}")
        return list(steps.values())


def _step(kept: Kept, record: RunRecord) -> Step:
    node, result = record.node or "", kept.results.get(record.id)
    if result is None:
        return Step(node, record.id, record.reused_from or record.id, record.module or "", record.status)
    data = result.data
    pieces = kept.store.code(str(data.get("code", "")))
    return Step(
        node,
        record.id,
        result.origin,
        result.module,
        record.status,
        str(data.get("version", "")),
        tuple(f"{name} in {piece.get('file')} line {piece.get('line')}" for name, piece in pieces.items()),
        dict(data.get("packages", {})),
        dict(data.get("parameters", {})),
        int(data.get("seed", 0)),
        {**data.get("declared", {}), **data.get("files", {})},
        _origins(kept, node, result),
        {port: digest.rpartition(":")[2] for port, digest in data.get("outputs", {}).items()},
    )


def _origins(kept: Kept, node: str, result: Result) -> dict[str, list[Origin]]:
    """The nodes before a node, with what came from them."""
    came: Mapping[str, Sequence[str]] = result.data.get("inputs", {})
    found: dict[str, list[Origin]] = {}
    if kept.flat is None or node not in kept.flat.nodes:
        return found
    for port, ends in kept.flat.inputs[node].items():
        there = [end for end in ends if end.node in kept.nodes]
        digests = [digest.rpartition(":")[2] for digest in came.get(port, ())]
        digests += [""] * (len(there) - len(digests))
        found[port] = [Origin(end.node, end.port, digest) for end, digest in zip(there, digests, strict=False)]
    return found
