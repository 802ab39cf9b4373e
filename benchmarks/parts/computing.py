"""Modules that compute and don't need each other share the cores."""

from __future__ import annotations

from benchmarks.bench import Bench, least
from benchmarks.table import Row, amount, goal
from designer.host import cores

MODULES, SECONDS = 8, 0.5


def measure(bench: Bench) -> list[Row]:
    """Against the ideal: all cores busy from begin to end."""
    answers = bench.alternately({f"{name}_burning": (MODULES, SECONDS) for name in ("designer", "dask", "kedro")})
    ideal = -(-MODULES // cores()) * SECONDS
    times = {name: least(found, "within") / ideal for name, found in answers.items() if found}
    told = [
        f"{name} {amount(times[f'{name}_burning'], '×')}" for name in ("dask", "kedro") if f"{name}_burning" in times
    ]
    what = f"{MODULES} modules of {SECONDS} s of computing on {cores()} cores, over the ideal"
    return [goal(what, times["designer_burning"], 1.1, "×", ", ".join(told))]
