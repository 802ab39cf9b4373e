"""What is logged and what `get_metrics` gives back: Azure ML's shapes, for any values and names."""

from __future__ import annotations

import datetime
import decimal
import enum
import json
import math
import sys
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer import Experiment, Run
from designer.errors import MetricError
from designer.store.memory import MemoryPlace

NAN, INF = math.nan, math.inf

floats = st.floats()
ints = st.integers() | st.sampled_from([2**53, -(2**53), 2**53 + 1, 2**63, 10**400])
scalars = st.one_of(floats, ints, st.booleans(), st.text(st.characters(exclude_categories=["Cs"])), st.none())
names = st.one_of(
    st.sampled_from(
        [
            "",
            " ",
            "loss ",
            "a/b.c",
            "quo\"te'd",
            "new\nline",
            "../up",
            "/abs",
            "名前",
            "a\0b",
            "select 1; --",
            "x" * 300,
        ]
    ),
    st.text(st.characters(exclude_categories=["Cs"])),
)
OWN_FIXTURES = settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow])


def exact(value: Any) -> Any:
    """A value with its type, so that 1, 1.0 and True differ, and NaN equals itself."""
    if isinstance(value, list):
        return [exact(item) for item in value]
    if isinstance(value, dict):
        return {key: exact(item) for key, item in value.items()}
    return (type(value), "nan" if value != value else value)


def promoted(values: list[Any]) -> list[Any]:
    """A float first makes later ints floats, as far as they fit."""
    if not values or type(values[0]) is not float:
        return values
    return [float(v) if type(v) is int and abs(v) <= sys.float_info.max else v for v in values]


@pytest.fixture
def run(experiment: Experiment) -> Run:
    """A run that is on."""
    return experiment.start_logging()


# One value is a scalar, several are a list


@OWN_FIXTURES
@given(names, scalars)
def test_one_value_comes_back_as_it_is(experiment: Experiment, name: str, value: Any) -> None:
    run = experiment.start_logging()
    run.log(name, value)
    assert exact(run.get_metrics()) == exact({name: value})
    assert exact(run.get_metrics(name)) == exact({name: value})


@OWN_FIXTURES
@given(st.lists(scalars, min_size=2, max_size=6), st.sets(st.integers(1, 5)))
def test_several_values_come_back_as_a_list_in_order(
    experiment: Experiment, values: list[Any], looks: set[int]
) -> None:
    run = experiment.start_logging()
    for at, value in enumerate(values):
        if at in looks:
            run.get_metrics()  # however often somebody looks in between
        run.log("x", value)
    assert exact(run.get_metrics()["x"]) == exact(promoted(values))


@OWN_FIXTURES
@given(st.dictionaries(names, st.lists(floats, min_size=1, max_size=4), max_size=5))
def test_names_do_not_get_in_each_others_way(experiment: Experiment, series: dict[str, list[float]]) -> None:
    run = experiment.start_logging()
    for name, values in series.items():
        for value in values:
            run.log(name, value)
    wanted = {name: values if len(values) > 1 else values[0] for name, values in series.items()}
    assert exact(run.get_metrics()) == exact(wanted)
    assert list(run.get_metrics()) == list(series)  # in the order of first logging


@pytest.mark.parametrize(
    ("values", "wanted"),
    [
        ([1, 2], [1, 2]),
        ([1, 2.5], [1, 2.5]),
        ([1.5, 2], [1.5, 2.0]),
        ([True, False], [True, False]),
        ([NAN, INF, -INF, -0.0], [NAN, INF, -INF, -0.0]),
        (["a", 1, None], ["a", 1, None]),
        ([1.5, 10**400], [1.5, 10**400]),
    ],
)
def test_the_first_value_fixes_the_type(run: Run, values: list[Any], wanted: list[Any]) -> None:
    for value in values:
        run.log("x", value)
    assert exact(run.get_metrics()["x"]) == exact(wanted)


class Color(enum.Enum):
    RED = 1


class Level(enum.IntEnum):
    HIGH = 3


class Mode(enum.StrEnum):
    FAST = "fast"


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        (np.int64(7), 7), (np.int8(-7), -7), (np.uint64(2**63), 2**63), (np.float32(0.5), 0.5), (np.float64(0.1), 0.1),
        (np.float16(0.5), 0.5), (np.longdouble(0.5), 0.5), (np.bool_(True), True), (np.str_("a"), "a"), (np.array(3.0), 3.0),
        (np.float64("nan"), NAN), (Level.HIGH, 3), (Mode.FAST, "fast"),
        ({"x": 1}, "{'x': 1}"), ((1, 2), "(1, 2)"), (np.array([1.0, 2.0]), "array([1., 2.])"), (1j, "1j"),
        (decimal.Decimal("1.5"), "Decimal('1.5')"), (datetime.date(2024, 1, 2), "datetime.date(2024, 1, 2)"), (Color.RED, repr(Color.RED)),
    ],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_other_libraries_numbers_are_numbers_and_anything_else_is_its_text(run: Run, value: Any, wanted: Any) -> None:
    run.log("x", value)
    assert exact(run.get_metrics()) == exact({"x": wanted})


@pytest.mark.parametrize("value", [[1, 2], range(3), (i for i in range(3))], ids=["list", "range", "generator"])
def test_log_refuses_several_values_and_names_log_list(run: Run, value: Any) -> None:
    with pytest.raises(MetricError, match="log_list"):
        run.log("x", value)
    assert run.get_metrics() == {}


@pytest.mark.parametrize("step", [1.5, "1", NAN, None.__class__, 2**70, [1]])
def test_a_step_is_a_whole_number(run: Run, step: Any) -> None:
    for value in (1.0, 2.0, 3):
        with pytest.raises(MetricError, match="step"):
            run.log("x", value, step=step)


def test_what_is_logged_after_a_wrong_step_is_there_at_once(run: Run) -> None:
    run.log("x", 1.0)
    for _ in range(100):
        with pytest.raises(MetricError, match="step"):
            run.log("x", 2.0, step=2**70)
    run.log("x", 3.0, step=2)
    assert run.get_metrics() == {"x": [1.0, 3.0]}


@pytest.mark.parametrize("name", [None, 1, b"x", ("a",)])
def test_a_name_is_text(run: Run, name: Any) -> None:
    with pytest.raises(MetricError, match="name"):
        run.log(name, 1.0)


def test_an_int_too_great_to_be_written_is_refused_in_words(run: Run) -> None:
    for log in (
        lambda: run.log("x", 10**5000),
        lambda: run.log_list("x", [10**5000]),
        lambda: run.log_row("x", a=10**5000),
    ):
        with pytest.raises(MetricError, match="digits"):
            log()
    assert run.get_metrics() == {}


@pytest.mark.parametrize("steps", [[0, 1, 2], [5, 3, 3], [np.int64(1), 2, 3.0], [None, None, 4], [-(2**62), 0, 2**62]])
def test_steps_and_times_are_kept(run: Run, steps: list[Any]) -> None:
    for at, step in enumerate(steps):
        run.log("x", float(at), step=step, description="about x")
    store = run._place.read
    series = store.series(run.id, "x")
    assert series.values.tolist() == [0.0, 1.0, 2.0]
    none = -(2**63)
    assert series.steps.tolist() == [none if step is None else int(step) for step in steps]
    assert sorted(series.times) == list(series.times)
    summary = store.metrics([run.id])[run.id]["x"]
    assert (summary.count, summary.min, summary.max, summary.last, summary.last_step) == (
        3,
        0.0,
        2.0,
        2.0,
        int(steps[-1]),
    )
    assert summary.description == "about x"


def test_least_and_greatest_leave_nan_aside(run: Run) -> None:
    for value in (NAN, 3.0, -1.0, NAN):
        run.log("x", value)
    for _ in range(2):
        summary = run._place.read.metrics([run.id])[run.id]["x"]
        assert (summary.min, summary.max) == (-1.0, 3.0)
        assert math.isnan(summary.last)
    run.log("x", INF)
    assert run._place.read.metrics([run.id])[run.id]["x"].max == INF


def test_the_record_shows_the_last_number_of_each_scalar(run: Run) -> None:
    run.log("x", 1.0)
    run.log("y", 2)
    run.log("ok", True)
    run.log_row("row", a=1)
    assert dict(run._record.metrics) == {"x": 1.0, "y": 2, "ok": True}
    run.log("x", "no number any more")
    assert dict(run._record.metrics) == {"y": 2, "ok": True}


# Lists


@OWN_FIXTURES
@given(st.lists(scalars, min_size=1, max_size=6), st.lists(scalars, max_size=3))
def test_lists_come_back_joined_and_of_one_item_as_the_item(
    experiment: Experiment, first: list[Any], second: list[Any]
) -> None:
    run = experiment.start_logging()
    run.log_list("x", first)
    run.log_list("x", tuple(second))

    def one(values: list[Any]) -> list[Any]:  # ints are floats where one of a list's items is a float
        return [
            float(v) if type(v) is int and abs(v) <= sys.float_info.max and any(type(w) is float for w in values) else v
            for v in values
        ]

    wanted = promoted(one(first) + one(second))
    assert exact(run.get_metrics()["x"]) == exact(wanted if len(wanted) > 1 else wanted[0])


@pytest.mark.parametrize(
    "values",
    [
        [1, 2, 3], (1, 2, 3), range(1, 4), (i for i in (1, 2, 3)), np.array([1, 2, 3]), pd.Series([1, 2, 3]),
        pd.Series([1, 2, 2, 3]).unique(), [np.int64(1), 2, np.int32(3)], {1: 0, 2: 0, 3: 0}.keys(),
    ],
    ids=lambda values: type(values).__name__,
)  # fmt: skip
def test_any_iterable_is_a_list(run: Run, values: Any) -> None:
    run.log_list("x", values)
    assert exact(run.get_metrics()) == exact({"x": [1, 2, 3]})


def test_long_lists_have_no_limit(run: Run) -> None:
    run.log_list("x", np.arange(100_000) / 2)
    assert run.get_metrics()["x"] == (np.arange(100_000) / 2).tolist()


def test_an_empty_list_or_table_logs_nothing(run: Run) -> None:
    run.log_list("x", [])
    run.log_table("t", {})
    run.log_table("u", {"a": []})
    run.log_row("v")
    assert run.get_metrics() == {}


@pytest.mark.parametrize(
    "values", [[[1]], [{"a": 1}], [object()], np.zeros((2, 2)), ["a", b"b"], "text", b"bytes", {"a": 1}, 5, None, np.array(1.0)],
    ids=lambda values: type(values).__name__,
)  # fmt: skip
def test_what_is_no_list_of_single_values_is_refused(run: Run, values: Any) -> None:
    with pytest.raises(MetricError, match="'x'"):
        run.log_list("x", values)
    assert run.get_metrics() == {}


# Rows and tables


@OWN_FIXTURES
@given(
    st.dictionaries(
        st.text(st.characters(exclude_categories=["Cs"])).filter(lambda n: n not in ("name", "description")),
        scalars,
        min_size=1,
    )
)
def test_one_row_is_a_dict_of_values(experiment: Experiment, row: dict[str, Any]) -> None:
    run = experiment.start_logging()
    run.log_row("t", **row)
    assert exact(run.get_metrics()) == exact({"t": row})


@OWN_FIXTURES
@given(st.lists(st.dictionaries(st.sampled_from("abc"), floats | st.booleans(), min_size=1), min_size=2, max_size=5))
def test_several_rows_are_a_dict_of_lists_filled_up_with_none(
    experiment: Experiment, rows: list[dict[str, Any]]
) -> None:
    run = experiment.start_logging()
    for row in rows:
        run.log_row("t", **row)
    names = dict.fromkeys(name for row in rows for name in row)
    assert exact(run.get_metrics()["t"]) == exact({name: [row.get(name) for row in rows] for name in names})


def test_a_row_may_have_a_description_in_the_second_place(run: Run) -> None:
    run.log_row("t", "what it is", x=1, y=0.5)
    assert exact(run.get_metrics()) == exact({"t": {"x": 1, "y": 0.5}})
    assert run._place.read.metrics([run.id])[run.id]["t"].description == "what it is"


def test_a_column_may_have_any_name_but_two(run: Run) -> None:
    run.log_row("t", self=1, key=2, value=3, kwargs=4)
    assert run.get_metrics() == {"t": {"self": 1, "key": 2, "value": 3, "kwargs": 4}}


@pytest.mark.parametrize(
    "cell", [[1], (1,), {"a": 1}, np.zeros(2), object(), b"x"], ids=lambda cell: type(cell).__name__
)
def test_a_cell_is_a_single_value(run: Run, cell: Any) -> None:
    with pytest.raises(MetricError, match="'t'"):
        run.log_row("t", x=cell)
    assert run.get_metrics() == {}


@pytest.mark.parametrize(
    ("table", "wanted"),
    [
        ({"x": [1, 2], "y": [0.5, 1.5]}, {"x": [1, 2], "y": [0.5, 1.5]}),
        ({"x": [1], "y": [2]}, {"x": 1, "y": 2}),
        ({"x": 1, "y": "a"}, {"x": 1, "y": "a"}),
        (
            {"x": np.array([1, 2]), "y": pd.Series([3, 4]), "z": (5, 6), "r": range(2)},
            {"x": [1, 2], "y": [3, 4], "z": [5, 6], "r": [0, 1]},
        ),
        ({"x": [1.5, 2]}, {"x": [1.5, 2.0]}),
        ({1: [1, 2]}, {"1": [1, 2]}),
        (pd.DataFrame({"x": [1, 2], "y": ["a", None]}), {"x": [1, 2], "y": ["a", None]}),
    ],
)
def test_a_table_is_a_dict_of_lists_and_of_one_row_a_dict_of_values(run: Run, table: Any, wanted: Any) -> None:
    run.log_table("t", table)
    found = run.get_metrics()["t"]
    if isinstance(table, pd.DataFrame) and found["y"][1] != found["y"][1]:
        found["y"][1] = None  # how pandas tells a missing text
    assert exact(found) == exact(wanted)


def test_a_table_logged_twice_has_the_rows_of_both(run: Run) -> None:
    run.log_table("t", {"x": [1, 2]})
    run.log_table("t", {"x": [3], "y": [4]})
    assert run.get_metrics() == {"t": {"x": [1, 2, 3], "y": [None, None, 4]}}


def test_tables_have_no_limit_of_rows_or_columns(run: Run) -> None:
    table = {f"column {i}": list(range(1000)) for i in range(60)}
    run.log_table("t", table)
    assert run.get_metrics() == {"t": table}


@pytest.mark.parametrize(
    ("table", "words"),
    [
        ({"x": [1, 2], "y": [1]}, "column x has 2, column y has 1"),
        ({"x": [1, 2], "y": 1}, "same length"),
        ([1, 2], "dict of columns"),
        ({"x": [[1], [2]]}, "not supported"),
        ({"x": np.zeros((2, 2))}, "not supported"),
    ],
)
def test_a_table_that_is_none_is_refused_in_words(run: Run, table: Any, words: str) -> None:
    with pytest.raises(MetricError, match=words):
        run.log_table("t", table)
    assert run.get_metrics() == {}


def test_a_name_holds_one_kind_of_metric_the_first(run: Run) -> None:
    run.log("x", 1.0)
    with pytest.warns(RuntimeWarning, match="'x'"):
        run.log_row("x", a=1)
    with pytest.warns(RuntimeWarning, match="dropped"):
        run.log_table("x", {"a": [1]})
    run.log_list("x", [2.0])
    run.log_table("t", {"a": [1]})
    with pytest.warns(RuntimeWarning, match="table"):
        run.log("t", 1.0)
    assert run.get_metrics() == {"x": [1.0, 2.0], "t": {"a": 1}}


def test_there_is_no_limit_of_names(run: Run) -> None:
    for i in range(500):
        run.log(f"metric {i}", i)
    assert run.get_metrics() == {f"metric {i}": i for i in range(500)}


# Which runs, which names


def test_an_absent_name_or_nothing_logged_is_an_empty_dict(run: Run) -> None:
    assert run.get_metrics() == {}
    run.log("x", 1)
    assert run.get_metrics("y") == {}
    assert run.get_metrics(name="x") == {"x": 1}


def test_recursive_metrics_are_by_run_and_leave_out_runs_without_any(run: Run) -> None:
    child, silent = run.child_run("child"), run.child_run("silent")
    grandchild = silent.child_run("grandchild")
    run.log("x", 1)
    child.log("x", 2)
    grandchild.log("y", 3)
    assert run.get_metrics() == {"x": 1}
    assert run.get_metrics(recursive=True) == {run.id: {"x": 1}, child.id: {"x": 2}, grandchild.id: {"y": 3}}
    assert run.get_metrics("x", recursive=True) == {run.id: {"x": 1}, child.id: {"x": 2}}
    assert silent.get_metrics(recursive=True) == {grandchild.id: {"y": 3}}
    assert child.get_metrics(recursive=True) == {child.id: {"x": 2}}
    assert run.get_metrics(recursive=True, run_type="child") == {child.id: {"x": 2}, grandchild.id: {"y": 3}}


def test_a_parent_sees_what_was_logged_to_it_by_its_child(run: Run) -> None:
    child = run.child_run()
    child.parent.log("x", 1.0)
    assert run.get_metrics() == child.parent.get_metrics() == {"x": 1.0}


def test_metrics_may_be_logged_after_the_end(run: Run) -> None:
    run.log("x", 1.0)
    run.complete()
    run.log("x", 2.0)
    assert run.get_metrics() == {"x": [1.0, 2.0]}
    assert run.status == "Completed"


def test_metrics_are_the_same_in_memory() -> None:
    place = MemoryPlace()
    run = Experiment("e", place=place).start_logging()
    run.log("x", 1)
    run.log("x", 2.5)
    run.log_row("t", a=1)
    run.log_confusion_matrix("cm", {"data": {"class_labels": ["a"], "matrix": [[1]]}})
    found = run.get_metrics()
    assert found == {"x": [1, 2.5], "t": {"a": 1}, "cm": f"aml://artifactId/ExperimentRun/dcid.{run.id}/cm"}
    assert json.loads(place.read.file(run.id, "cm").read_text())["data"]["matrix"] == [[1]]
    run.complete()
    place.close()
