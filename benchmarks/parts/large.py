"""Pipelines of 1,000 and 10,000 nodes, declared, checked and run."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.table import Row, amount, goal

if TYPE_CHECKING:
    from benchmarks.bench import Bench

MANY = 10_000


def measure(bench: Bench) -> list[Row]:
    """One run each: they are long enough for the machine's noise to even out."""
    small = min(bench.ours("designer_nodes", "wide", 1_000, "serial")["check"] for _ in range(bench.rounds))
    hamilton, dask = bench.peer("hamilton_nodes", "wide", MANY), bench.peer("dask_nodes", "wide", MANY)
    told = [
        f"{name} {amount(answer['within'], 's')}"
        for name, answer in (("hamilton", hamilton), ("dask", dask))
        if answer is not None
    ]
    rows = [goal("1,000 nodes declared in Python and checked", small, 0.1, "s")]
    for executor in ("serial", "processes"):
        answer = bench.ours("designer_nodes", "wide", MANY, executor)
        if executor == "serial":
            rows.append(goal("10,000 nodes declared in Python and checked", answer["check"], 1, "s"))
        rows.append(
            goal(f"10,000 nodes run, `{executor}`, from call to return", answer["whole"], 15, "s", ", ".join(told))
        )
        told = []
    return rows
