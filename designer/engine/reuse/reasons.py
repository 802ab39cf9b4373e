"""Why an earlier result doesn't fit: the first difference, as one sentence. Elsewhere: the sentences (designer/compare/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.compare.code import code_difference
from designer.compare.values import changed_ports, file_differences, package_differences, parameter_differences
from designer.engine.reuse import files
from designer.engine.reuse.decision import Reason

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from designer.engine.reuse.determinants import Determinants
    from designer.model.runs import Handle, Result, RunRecord


def difference(
    last: Result,
    now: Determinants,
    inputs: Mapping[str, Sequence[str]] | None,
    code: Callable[[str], Mapping[str, Any]],
    feeding: Mapping[str, str],
) -> Reason | None:
    """The first difference between an earlier result and what determines the next: code, package, parameter, then input.

    `code` gives the pieces behind a digest, `feeding` the node before each input port. Without `inputs`, they aren't known yet.
    """
    before = last.data
    if before.get("code") != now.code.digest or before.get("version") != now.version:
        return Reason("code_changed", _code_text(before, now, code))
    if before.get("limits", []) != list(now.limits):
        return Reason("code_changed", "the bounds that its metrics must keep changed")
    packages = package_differences(before.get("packages", {}), now.packages)
    if packages:
        return Reason("package_changed", packages[0])
    parameters = parameter_differences(before.get("parameters", {}), now.parameters)
    if parameters:
        return Reason("parameter_changed", parameters[0])
    if before.get("seed", 0) != now.seed:
        return Reason("parameter_changed", f"the run's seed {before.get('seed', 0)} -> {now.seed}")
    declared = file_differences(before.get("declared", {}), now.declared)
    if declared:
        return Reason("input_changed", declared[0])
    if inputs is not None:
        changed = input_change(before.get("inputs", {}), inputs, feeding)
        if changed is not None:
            return changed
    changed_file = changed_files(last)
    return Reason("input_changed", changed_file) if changed_file else None


def input_change(
    before: Mapping[str, Sequence[str]], now: Mapping[str, Sequence[str]], feeding: Mapping[str, str]
) -> Reason | None:
    """The first input into which something else comes than before."""
    ports = changed_ports(before, now)
    if not ports:
        return None
    source = feeding.get(ports[0])
    return Reason("input_changed", f"input {ports[0]} changed" + (f": {source} gives another result" if source else ""))


def _code_text(before: Mapping[str, Any], now: Determinants, code: Callable[[str], Mapping[str, Any]]) -> str:
    version = str(before.get("version", ""))
    if version != now.version:
        return f"version {version} -> {now.version}"
    return code_difference(code(str(before.get("code", ""))), now.code.data())


def changed_files(result: Result) -> str | None:
    """Which of the files that the earlier run read is another one now."""
    read: Mapping[str, str] = result.data.get("files", {})
    found = file_differences(read, {path: files.digest(path) for path in read})
    return found[0] if found else None


def pinned_problem(
    path: str,
    run_id: str,
    records: Sequence[RunRecord],
    result: Result | None,
    outputs: Mapping[str, Handle] | None,
    ports: Sequence[str],
) -> str:
    """Why a node can't be pinned to a run, and what could be done."""
    if result is None:
        names = ", ".join(r.node for r in records if r.node and r.kind == "module") or "none"
        return f"{path} can't be pinned to run {run_id}: that run has no such node\n  next: its nodes are {names}"
    if not result.ok:
        return f"{path} can't be pinned to run {run_id}: it failed there\n  next: choose a run in which it completed"
    if outputs is None:
        return f"{path} can't be pinned to run {run_id}: its outputs were trimmed\n  next: choose a younger run"
    missing = ", ".join(port for port in ports if port not in outputs)
    return (
        f"{path} can't be pinned to run {run_id}: it gave no {missing} there\n  next: choose a run of the same module"
    )
