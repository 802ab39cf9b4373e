"""How fast points and short runs are logged, what a call costs, how soon others see it, what a point takes on disk."""

from __future__ import annotations

import tempfile
from pathlib import Path

from benchmarks.bench import Bench, least, middle
from benchmarks.table import Row, amount, goal

POINTS = {"designer": 1_000_000, "trackio": 100_000, "tensorboardx": 50_000, "mlflow": 500}
RUNS = {"designer": 5_000, "trackio": 50, "tensorboardx": 200, "mlflow": 30}
TIMES_FASTER = 25


def measure(bench: Bench) -> list[Row]:
    """All of it."""
    points, runs = _rates(bench, "points", POINTS), _rates(bench, "runs", RUNS)
    rows = [
        Row(
            "points of one metric, one a call, to the closed store",
            amount(points["designer"], "points/s"),
            peers=_told(points),
        )
    ]
    for peer in ("trackio", "tensorboardx"):
        if peer in points:
            rows.append(goal(f"… against {peer}'s", points["designer"] / points[peer], TIMES_FASTER, "×", most=False))
    calls = [bench.ours("designer_calls", 300_000) for _ in range(bench.rounds)]
    rows += [
        goal("one `run.log(name, x)`, median", least(calls, "median"), 1, "µs"),
        goal("one `run.log(name, x)`, 99th percentile", least(calls, "p99"), 10, "µs"),
        *_kept(bench),
    ]
    visible = [bench.ours("designer_visible", 500) for _ in range(bench.rounds)]
    rows += [
        goal("until another process that polls sees a point, 99th percentile", least(visible, "p99"), 50, "ms"),
        goal(
            "short runs (10 metrics, 2 parameters), to the folded store",
            runs["designer"],
            1_000,
            "runs/s",
            _told(runs),
            most=False,
        ),
    ]
    return rows


def _rates(bench: Bench, what: str, counts: dict[str, int]) -> dict[str, float]:
    programs = {f"{name}_logging": (what, count) for name, count in counts.items()}
    answers = bench.alternately(programs, folder=True)
    return {
        name: count / middle(answers[f"{name}_logging"], "seconds")
        for name, count in counts.items()
        if answers[f"{name}_logging"]
    }


def _told(rates: dict[str, float]) -> str:
    return ", ".join(f"{name} {amount(rate, '/s')}" for name, rate in rates.items() if name != "designer")


def _kept(bench: Bench) -> list[Row]:
    count = POINTS["designer"]
    with tempfile.TemporaryDirectory() as folder:
        run = bench.ours("designer_logging", "points", count, folder)["run"]
        size = sum(path.stat().st_size for path in Path(folder).rglob("*"))
        reads = [bench.ours("designer_series", folder, run, count) for _ in range(bench.rounds)]
    return [
        goal("a series of 1,000,000 points read into numpy", least(reads, "best"), 0.06, "s"),
        Row("… the first time in a process", amount(least(reads, "first"), "s")),
        goal("bytes a point on disk, when nobody has read the store", size / count, 16, "bytes"),
    ]
