"""Rows of measurements, and the Markdown that they become. Elsewhere: measuring (parts/)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple


class Row(NamedTuple):
    """One measurement: what, how much, what it should be, whether it is, and what the peers reach."""

    what: str
    measured: str
    goal: str = ""
    met: bool | None = None
    peers: str = ""


class Section(NamedTuple):
    """The measurements of one part."""

    name: str
    title: str
    rows: Sequence[Row]
    seconds: float


def goal(what: str, value: float, limit: float, unit: str, peers: str = "", most: bool = True) -> Row:
    """A row whose value should be at most (or at least) a limit."""
    met = value <= limit if most else value >= limit
    return Row(what, amount(value, unit), f"{'≤' if most else '≥'} {amount(limit, unit)}", met, peers)


def amount(value: float, unit: str) -> str:
    """A number for people: three significant digits, thousands apart."""
    if value != value:
        return "–"
    digits = f"{value:,.0f}" if abs(value) >= 100 else f"{value:.3g}"
    return f"{digits} {unit}".strip()


def markdown(sections: Sequence[Section], facts: Sequence[str], skipped: Sequence[str]) -> str:
    """The whole page."""
    missed = [f"{section.title}: {row.what}" for section in sections for row in section.rows if row.met is False]
    lines = [
        "# Benchmarks",
        "",
        "Written by `python -m benchmarks` (how: [benchmarks/README.md](../benchmarks/README.md)). Every ratio comes from one run in "
        "which all programs took turns; absolute times are the least of several where a limit is absolute, else medians.",
        "",
        *(f"* {fact}" for fact in facts),
        "",
    ]
    for section in sections:
        lines += [
            f"## {section.title}",
            "",
            f"`python -m benchmarks --only {section.name}` ({section.seconds:.0f} s)",
            "",
            "| | measured | goal | met | peers, same work |",
            "| --- | --- | --- | --- | --- |",
            *(f"| {' | '.join(_cells(row))} |" for row in section.rows),
            "",
        ]
    if missed:
        lines += ["Goals missed in this run:", "", *(f"* {what}" for what in missed), ""]
    if skipped:
        lines += ["Peers that failed in this run:", "", *(f"* `{what}`" for what in skipped), ""]
    return "\n".join(lines)


def _cells(row: Row) -> list[str]:
    sign = {True: "yes", False: "**no**", None: ""}[row.met]
    return [cell.replace("|", "\\|") for cell in (row.what, row.measured, row.goal, sign, row.peers)]
