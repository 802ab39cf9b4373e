"""Many processes log into one store while another reads it."""

from __future__ import annotations

from benchmarks.bench import Bench, middle
from benchmarks.table import Row, amount

WRITERS, POINTS = 64, 10_000


def measure(bench: Bench) -> list[Row]:
    """One number, and that nothing was lost; the program fails when anything went wrong."""
    answers = [bench.ours("designer_writers", WRITERS, POINTS) for _ in range(bench.rounds)]
    lost = sum(answer["lost"] for answer in answers)
    return [
        Row(
            f"{WRITERS} processes × {POINTS:,} points with a reader polling: lost",
            f"{lost} points",
            "0 points, no error",
            lost == 0,
        ),
        Row(
            "… from the first start to the last point read",
            f"{amount(middle(answers, 'seconds'), 's')}, {amount(WRITERS * POINTS / middle(answers, 'seconds'), 'points/s')}",
        ),
        Row("… looks of the reader meanwhile", amount(middle(answers, "polls"), "")),
    ]
