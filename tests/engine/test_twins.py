"""Nodes that need the same result at once: one computes it, the other takes it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support import Project

TWINS = """
    from designer import module, pipeline

    @module
    def rows() -> list:
        return [1, 2, 3]

    @module
    def total(rows: list) -> int:
        return sum(rows)

    @pipeline
    def twins():
        for _ in range(2):
            data = rows()
            for _ in range(2):
                total(data)
"""


@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_nodes_with_equal_code_and_inputs_all_complete(project: Project, executor: str) -> None:
    project.write("twins.py", TWINS)
    ended = project.designer("run", "twins.py", "--executor", executor, "--json")
    assert ended.code == 0, ended.err
    assert {node["status"] for node in ended.json["nodes"].values()} == {"Completed"}
    assert len(ended.json["nodes"]) == 6
