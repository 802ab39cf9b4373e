"""What the page shows of a kept value: whole counts, texts as they read, empty tables."""

from __future__ import annotations

from contextlib import closing
from typing import TYPE_CHECKING, Any

import pandas as pd
import pytest

from designer import Pipeline, module
from designer.canvas.preview import COLUMNS, TEXT, preview
from designer.declare.registry import Registry
from designer.model.pipeline import Node
from designer.model.pipeline import Pipeline as Document
from designer.store.place import Place

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from designer.canvas.wire import PreviewAnswer

LINES = "first line\nsecond, “quoted”\n"


@module
def wide() -> pd.DataFrame:
    return pd.DataFrame([range(COLUMNS + 50)], columns=[f"c{i}" for i in range(COLUMNS + 50)])


@module
def bare() -> pd.DataFrame:
    return pd.DataFrame()


@module
def lines() -> str:
    return LINES


@module
def book() -> str:
    return LINES * TEXT


@module
def things() -> dict[str, Any]:
    return {"a": [1]}


@pytest.fixture
def seen(tmp_path: Path) -> Callable[[str], PreviewAnswer]:
    def run_and_look(id: str) -> PreviewAnswer:
        document = Document(nodes=(Node(id="n", module=id),))
        pipeline = Pipeline(document, registry=Registry.of([wide, bare, lines, book, things]))
        run = pipeline.run(executor="serial", store=tmp_path / "store")
        with closing(Place(tmp_path / "store")) as place:
            return preview(place.read, next(iter(run.get_children())).id, "output", "output")

    return run_and_look


def test_a_wide_table_is_shown_in_part_and_counted_whole(seen: Callable[[str], PreviewAnswer]) -> None:
    answer = seen("wide")
    assert (answer.rows_total, answer.columns_total, len(answer.columns)) == (1, COLUMNS + 50, COLUMNS)
    assert answer.note == f"The first {COLUMNS} of {COLUMNS + 50} columns."


def test_a_table_without_columns_has_none(seen: Callable[[str], PreviewAnswer]) -> None:
    answer = seen("bare")
    assert (answer.rows_total, answer.columns_total, answer.rows) == (0, 0, ())


def test_a_text_is_shown_as_it_reads_and_data_laid_out(seen: Callable[[str], PreviewAnswer]) -> None:
    assert seen("lines").text == LINES
    assert seen("things").text == '{\n  "a": [\n    1\n  ]\n}'


def test_a_long_text_is_cut_and_still_reads_as_lines(seen: Callable[[str], PreviewAnswer]) -> None:
    answer = seen("book")
    assert answer.text == (LINES * TEXT)[:TEXT]
    assert answer.note == f"The first {TEXT:,} characters."
