"""Trivial functions, run by hamilton in one process, nothing tracked or kept: shape, number of nodes."""

from __future__ import annotations

import sys
import time

from answer import answer
from hamilton import ad_hoc_utils, driver


def functions(shape: str, count: int) -> list[object]:
    """`step_1` and so on; of a chain each needs the one before it, otherwise all need `step_0`."""
    text = ["def step_0() -> float:\n    return 1.0\n"]
    for number in range(1, count):
        before = f"step_{number - 1 if shape == 'chain' else 0}"
        text.append(f"def step_{number}({before}: float) -> float:\n    return {before} + 1\n")
    names: dict[str, object] = {}
    exec("\n".join(text), names)
    return [names[f"step_{number}"] for number in range(count)]


def main(shape: str, count: int) -> None:
    """Build it, run it to be warm, and run it again."""
    made = functions(shape, count)
    began = time.perf_counter()
    flow = driver.Builder().with_modules(ad_hoc_utils.create_temporary_module(*made)).build()
    wanted = [f"step_{count - 1}"] if shape == "chain" else [f"step_{number}" for number in range(count)]
    built = time.perf_counter()
    flow.execute(wanted[:1])
    warm = time.perf_counter()
    flow.execute(wanted)
    answer(nodes=count, check=built - began, within=time.perf_counter() - warm)


if __name__ == "__main__":
    sys.setrecursionlimit(100_000)
    main(sys.argv[1], int(sys.argv[2]))
