"""How long a table of many runs takes, filtered by one metric and sorted by another."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.table import Row, amount, goal

if TYPE_CHECKING:
    from benchmarks.bench import Bench

LIMITS = {10_000: 50.0, 100_000: 300.0}  # runs -> milliseconds


def measure(bench: Bench) -> list[Row]:
    """Both sizes."""
    rows = []
    for count, limit in LIMITS.items():
        answer = bench.ours("designer_listing", count)
        rows += [
            goal(
                f"{count:,} runs filtered and sorted, a page of 100 with last metrics",
                answer["page"] * 1e3,
                limit,
                "ms",
            ),
            goal("… all of them, 100 shown with last metrics", answer["whole"] * 1e3, limit, "ms"),
            Row("… all of them, the last metrics of all", amount(answer["whole_with_metrics"] * 1e3, "ms")),
            Row("… the newest 100", amount(answer["newest"] * 1e3, "ms")),
            Row("… counted", amount(answer["count"] * 1e3, "ms")),
            Row("… folded into the store", amount(answer["fold"], "s")),
        ]
    return rows
