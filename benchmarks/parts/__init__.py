"""What is measured, a file a subject. Each has `measure(bench)`, which returns rows. Elsewhere: the programs that are timed (work/)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from benchmarks.parts import chain, computing, frame, large, listing, logging, start, writers

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from benchmarks.bench import Bench
    from benchmarks.table import Row

PARTS: dict[str, tuple[str, Callable[[Bench], Sequence[Row]]]] = {
    "logging": ("Logging metrics", logging.measure),
    "listing": ("Listing runs", listing.measure),
    "writers": ("Many writers, one store", writers.measure),
    "chain": ("A chain of trivial modules", chain.measure),
    "large": ("Large pipelines", large.measure),
    "computing": ("Computing on all cores", computing.measure),
    "frame": ("A large frame for isolated readers", frame.measure),
    "start": ("Starting", start.measure),
}
