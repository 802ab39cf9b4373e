"""The page of benchmarks says what was measured, and which goals were missed. (Measuring itself is `python -m benchmarks`.)"""

from __future__ import annotations

from benchmarks.parts import PARTS
from benchmarks.table import Row, Section, goal, markdown


def test_a_goal_is_met_on_its_own_side_of_the_limit() -> None:
    assert goal("time", 0.3, 0.5, "s").met
    assert not goal("time", 0.7, 0.5, "s").met
    assert goal("rate", 30, 25, "×", most=False).met
    assert not goal("rate", 20, 25, "×", most=False).met


def test_what_could_not_be_measured_meets_no_goal() -> None:
    row = goal("time", float("nan"), 0.5, "s")
    assert not row.met
    assert row.measured == "–"


def test_the_page_names_each_part_s_command_and_every_goal_that_was_missed() -> None:
    rows = [goal("quick", 0.1, 1, "s"), goal("slow", 1234.5, 1, "s", "others 2 s"), Row("a | b", "7")]
    page = markdown([Section("chain", "A chain", rows, 2.0)], ["2 cores"], ["peer: no such module"])
    assert "* 2 cores" in page
    assert "`python -m benchmarks --only chain`" in page
    assert "| slow | 1,234 s | ≤ 1 s | **no** | others 2 s |" in page
    assert "a \\| b" in page
    assert "* A chain: slow" in page
    assert "A chain: quick" not in page
    assert "* `peer: no such module`" in page


def test_every_part_has_a_title_of_its_own() -> None:
    titles = [title for title, _ in PARTS.values()]
    assert len(set(titles)) == len(titles)
