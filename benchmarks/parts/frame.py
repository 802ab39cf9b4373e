"""A frame of 200 MB goes to three readers in processes of their own."""

from __future__ import annotations

from benchmarks.bench import Bench, least, middle
from benchmarks.table import Row, amount, goal

MEGABYTES = 200


def measure(bench: Bench) -> list[Row]:
    """Time over making the frame, and the greatest memory of the program and all its processes together."""
    answers = bench.alternately({"designer_frame": (MEGABYTES,), "dask_frame": (MEGABYTES,)})
    ours, dask = answers["designer_frame"], answers["dask_frame"]
    # A virtual machine gives memory that it has never touched five times as slowly: a few runs more find it warm.
    ours += [bench.ours("designer_frame", MEGABYTES) for _ in range(bench.rounds)]
    memory = {name: middle(found, "peak") / 1e9 for name, found in (("ours", ours), ("dask", dask))}
    return [
        goal(
            f"{MEGABYTES} MB to three isolated readers, over making it", least(ours, "over"), 0.5, "s",
            f"dask {amount(least(dask, 'over'), 's')}" if dask else "",
        ),
        goal(
            "… greatest memory of all processes together", memory["ours"], 0.65, "GB",
            f"dask {amount(memory['dask'], 'GB')}" if dask else "",
        ),
    ]  # fmt: skip
