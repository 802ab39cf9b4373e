"""Reuse: a chain of 100 unchanged nodes again, in process and as a command, and planning; beside hamilton's cache, in one run.

    python benchmarks/reuse.py [--rounds 5] [--out FILE]

Prints one line a figure: the median of the rounds, and the limit where there is one. Exit code 1 when a limit is broken.
`pip install apache-hamilton` for the comparison.
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

LIMITS = {
    "rerun of 100 unchanged nodes, in process": 0.15,
    "the same as a command, a node more": 0.001,
    "plan of 100 nodes": 0.3,
    "plan of 1,000 unchanged nodes": 0.5,
    "plan of 1,000 nodes of which the first has changed": 0.5,
    "plan of 1,000 nodes that never ran": 0.5,
}

CHAIN = """\
from designer import module, pipeline

@module
def start(*, k: int = 0) -> int:
    return k

@module
def step(x: int, *, k: int = 0) -> int:
    return x + k
"""

PIPELINE = """
@pipeline
def chain{length}(k: int = 0):
    x = start(k=k)
    for i in range({length} - 1):
        x = step(x, k=i)
"""

HAMILTON = """\
import importlib, sys, time
from hamilton import driver
import steps

def run():
    dr = driver.Builder().with_modules(steps).with_cache(path="hamilton").build()
    return dr.execute(["step_99"])

for _ in range(2):
    started = time.perf_counter()
    run()
print(time.perf_counter() - started)
"""


def seconds_of(call: object, rounds: int) -> float:
    """The median time of a call."""
    times = []
    for _ in range(rounds):
        started = time.perf_counter()
        call()  # type: ignore[operator]
        times.append(time.perf_counter() - started)
    return statistics.median(times)


def in_process(folder: Path, rounds: int) -> dict[str, float]:
    """What a program that has the modules imported waits."""
    sys.path.insert(0, str(folder))
    import chains  # noqa: PLC0415 - just written

    found = {}
    for length in (100, 1000):
        chain = getattr(chains, f"chain{length}")
        store = folder / f"store{length}"
        if length == 1000:
            title = "plan of 1,000 nodes that never ran"
            found[title] = seconds_of(lambda chain=chain, store=store: chain.plan(store=store), rounds)
        chain.run(executor="serial", store=store)
        if length == 100:
            found["rerun of 100 unchanged nodes, in process"] = seconds_of(
                lambda chain=chain, store=store: chain.run(executor="serial", store=store), rounds
            )
        title = "plan of 100 nodes" if length == 100 else "plan of 1,000 unchanged nodes"
        found[title] = seconds_of(lambda chain=chain, store=store: chain.plan(store=store), rounds)
        if length == 1000:
            title = "plan of 1,000 nodes of which the first has changed"
            found[title] = seconds_of(lambda chain=chain, store=store: chain.plan(store=store, k=1), rounds)
    return found


def commands(folder: Path, rounds: int) -> dict[str, float]:
    """What whoever types the command waits at best: with one node, and with 100, in turn."""
    times: dict[int, list[float]] = {1: [], 100: []}
    for at in range(rounds + 1):
        for length, found in times.items():
            command = [
                sys.executable,
                "-m",
                "designer",
                "run",
                f"chains.py:chain{length}",
                "--store",
                f"command{length}",
            ]
            started = time.perf_counter()
            subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
            if at:  # the first time, all nodes ran
                found.append(time.perf_counter() - started)
    few, many = min(times[1]), min(times[100])
    return {
        "command, 1 reused node": few,
        "command, 100 reused nodes": many,
        "the same as a command, a node more": (many - few) / 99,
    }


def hamilton(folder: Path, rounds: int) -> dict[str, float]:
    """The same chain with hamilton's cache."""
    if importlib.util.find_spec("hamilton") is None:
        return {}
    lines = ["def step_0() -> int:\n    return 0\n"]
    lines += [f"def step_{i}(step_{i - 1}: int) -> int:\n    return step_{i - 1} + {i}\n" for i in range(1, 100)]
    (folder / "steps.py").write_text("\n".join(lines))
    (folder / "run_hamilton.py").write_text(HAMILTON)
    variables = {**os.environ, "HAMILTON_TELEMETRY_ENABLED": "false"}
    inner, outer = [], []
    for _ in range(rounds):
        started = time.perf_counter()
        done = subprocess.run(
            [sys.executable, "run_hamilton.py"], cwd=folder, env=variables, check=True, capture_output=True, text=True
        )
        outer.append(time.perf_counter() - started)
        inner.append(float(done.stdout.split()[-1]))
    return {
        "hamilton's cache: rerun of 100 nodes, in process": statistics.median(inner),
        "hamilton's cache: a process that reruns twice": statistics.median(outer),
    }


def main() -> int:
    """Measure, print, judge."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--out", type=Path, help="a file for the figures, as JSON")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        (folder / "chains.py").write_text(CHAIN + "".join(PIPELINE.format(length=n) for n in (1, 100, 1000)))
        before = Path.cwd()
        os.chdir(folder)
        try:
            figures = in_process(folder, options.rounds)
            figures |= commands(folder, options.rounds)
            figures |= hamilton(folder, options.rounds)
        finally:
            os.chdir(before)
    broken = 0
    for title, value in figures.items():
        limit = LIMITS.get(title)
        broken += limit is not None and value > limit
        verdict = "" if limit is None else f"   limit {limit * 1000:g} ms   {'ok' if value <= limit else 'BROKEN'}"
        print(f"{title:<52} {value * 1000:9.2f} ms{verdict}")
    if options.out is not None:
        options.out.write_text(json.dumps(figures, indent=2) + "\n")
    return 1 if broken else 0


if __name__ == "__main__":
    sys.exit(main())
