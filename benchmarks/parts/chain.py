"""What a module costs beyond its own work: a chain of trivial ones, each tracked, with its output kept."""

from __future__ import annotations

from benchmarks.bench import Bench, least, middle
from benchmarks.table import Row, amount, goal

SHORT, LONG = 100, 300
LIMITS = {"serial": 0.5, "processes": 1.5}  # milliseconds a module


def measure(bench: Bench) -> list[Row]:
    """Both executors, and the peers."""
    peers = bench.alternately(
        {
            "hamilton_nodes": ("chain", SHORT),
            "kedro_nodes": ("chain", SHORT, "sequential"),
            "dask_nodes": ("chain", SHORT),
        }
    )
    parallel = [answer for answer in [bench.peer("kedro_nodes", "chain", SHORT, "parallel")] if answer]
    each = {name: middle(answers, "within") / SHORT * 1e3 for name, answers in peers.items() if answers}
    told = {
        "serial": [f"{name} {amount(each[key], 'ms')}" for key, name in _IN_PROCESS.items() if key in each],
        "processes": [f"dask {amount(each['dask_nodes'], 'ms')}"] if "dask_nodes" in each else [],
    }
    if parallel:
        told["processes"].append(f"kedro {amount(parallel[0]['within'] / SHORT * 1e3, 'ms')}")
    rows = []
    for executor, limit in LIMITS.items():
        short, long = (
            [bench.ours("designer_nodes", "chain", count, executor) for _ in range(bench.rounds)]
            for count in (SHORT, LONG)
        )
        slope = (least(long, "whole") - least(short, "whole")) / (LONG - SHORT)
        rows += [
            goal(
                f"`{executor}`, chain of {SHORT}: a module, from the first's start to the last's end",
                least(short, "within") / SHORT * 1e3,
                limit,
                "ms",
                ", ".join(told[executor]) + " (nothing tracked or kept)" if told[executor] else "",
            ),
            Row(
                f"… a further module, whole runs of {LONG} and {SHORT} compared",
                amount(slope * 1e3, "ms"),
                f"≤ {limit} ms",
                slope * 1e3 <= limit,
            ),
            Row(f"… the whole run of {SHORT}, from call to return", amount(least(short, "whole"), "s")),
        ]
    return rows


_IN_PROCESS = {"hamilton_nodes": "hamilton", "kedro_nodes": "kedro"}
