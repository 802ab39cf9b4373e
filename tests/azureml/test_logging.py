"""What `get_metrics` gives for what was logged: every row of Azure ML's shapes, checked exactly, types too."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import numpy as np
import pytest
from azureml.exceptions import AzureMLException, UserErrorException

if TYPE_CHECKING:
    from azureml.core import Experiment, Run


@pytest.fixture
def run(exp: Experiment) -> Run:
    return exp.start_logging(snapshot_directory=None)


def exactly(run: Run, name: str):
    found = run.get_metrics(name)
    return found[name], json.dumps(found[name])


SHAPES = [
    ("one value", lambda r: r.log("m", 3), 3),
    ("one float", lambda r: r.log("m", 3.0), 3.0),
    ("text", lambda r: r.log("m", "good"), "good"),
    ("true", lambda r: r.log("m", True), True),
    ("none", lambda r: r.log("m", None), None),
    ("several values", lambda r: [r.log("m", v) for v in (1, 2)], [1, 2]),
    ("int then float", lambda r: [r.log("m", v) for v in (1, 2.5)], [1, 2.5]),
    ("float then int", lambda r: [r.log("m", v) for v in (1.5, 2)], [1.5, 2.0]),
    ("list", lambda r: r.log_list("m", [1, 2, 3]), [1, 2, 3]),
    ("list of ints and floats", lambda r: r.log_list("m", [1, 2.5]), [1.0, 2.5]),
    ("list of one", lambda r: r.log_list("m", [7]), 7),
    ("two lists", lambda r: (r.log_list("m", [1, 2]), r.log_list("m", [3])), [1, 2, 3]),
    ("generator", lambda r: r.log_list("m", (i for i in range(3))), [0, 1, 2]),
    ("array", lambda r: r.log_list("m", np.array([1.0, 2.0])), [1.0, 2.0]),
    ("array of int64", lambda r: r.log_list("m", np.array([1, 2])), [1, 2]),
    ("one row", lambda r: r.log_row("m", x=1, y=0.5), {"x": 1, "y": 0.5}),
    ("two rows", lambda r: [r.log_row("m", x=x, y=y) for x, y in ((1, 0.5), (2, 1.5))], {"x": [1, 2], "y": [0.5, 1.5]}),
    ("row with a description", lambda r: r.log_row("m", "what it is", x=1), {"x": 1}),
    ("rows of differing columns", lambda r: (r.log_row("m", x=1), r.log_row("m", y=2)), {"x": [1, None], "y": [None, 2]}),
    ("table", lambda r: r.log_table("m", {"a": [1, 2], "b": ["x", "y"]}), {"a": [1, 2], "b": ["x", "y"]}),
    ("table of one row", lambda r: r.log_table("m", {"a": [1], "b": [2]}), {"a": 1, "b": 2}),
    ("table of scalars", lambda r: r.log_table("m", {"a": 1, "b": 2}), {"a": 1, "b": 2}),
    ("two tables", lambda r: [r.log_table("m", {"a": [v, v]}) for v in (1, 2)], {"a": [1, 1, 2, 2]}),
    ("dict", lambda r: r.log("m", {"x": 1}), "{'x': 1}"),
    ("tuple", lambda r: r.log("m", (1, 2)), "(1, 2)"),
    ("complex", lambda r: r.log("m", 1j), "1j"),
    ("int64", lambda r: r.log("m", np.int64(7)), 7),
    ("float32", lambda r: r.log("m", np.float32(0.5)), 0.5),
    ("numpy bool", lambda r: r.log("m", np.bool_(True)), True),
    ("a large int", lambda r: r.log("m", 2**70), 2**70),
    ("with steps", lambda r: [r.log("m", v, step=s) for s, v in enumerate((3, 4))], [3, 4]),
    ("description by place", lambda r: r.log("m", 1, "what it is"), 1),
]  # fmt: skip


@pytest.mark.parametrize(("log", "expected"), [case[1:] for case in SHAPES], ids=[case[0] for case in SHAPES])
def test_get_metrics_has_azures_shape(run, log, expected):
    log(run)
    value, text = exactly(run, "m")
    assert value == expected
    assert text == json.dumps(expected)


def test_nothing_logged_is_an_empty_dict(run):
    assert run.get_metrics() == {}
    assert run.get_metrics("absent") == {}


def test_an_empty_list_and_an_empty_table_log_nothing_and_raise_nothing(run):
    run.log_list("m", [])
    run.log_table("n", {})
    assert run.get_metrics() == {}


@pytest.mark.parametrize("value", [[1], range(3), (i for i in [1])])
def test_log_refuses_lists_and_names_log_list(run, value):
    with pytest.raises(UserErrorException, match="log_list"):
        run.log("m", value)


@pytest.mark.parametrize(
    ("log", "words"),
    [
        (lambda r: r.log_list("m", [{"a": 1}]), "not supported"),
        (lambda r: r.log_row("m", x=[1]), "Rows cannot contain list values, column x"),
        (lambda r: r.log_table("m", {"x": [1, 2], "y": [1]}), "same length"),
        (lambda r: r.log_table("m", [1]), "dict of columns"),
        (lambda r: r.log_image("m"), "either path or plot"),
        (lambda r: r.log_image("m", path=__file__), "no image"),
        (lambda r: r.log_image("m", plot=3), "no figure"),
    ],
)
def test_what_cannot_be_logged_raises_azures_exception(run, log, words):
    with pytest.raises(AzureMLException, match=f"(?i){words}"):
        log(run)
    assert run.get_metrics() == {}


def test_charts_are_files_with_an_address(run):
    data = {"schema_type": "confusion_matrix", "schema_version": "v1", "data": {"class_labels": ["a"], "matrix": [[1]]}}
    run.log_confusion_matrix("cm", data)
    run.log_accuracy_table("at", json.dumps({"data": {}}))
    run.log_residuals("res", {"data": {}})
    run.log_predictions("pred", {"data": {}})
    assert run.get_metrics("cm") == {"cm": f"aml://artifactId/ExperimentRun/dcid.{run.id}/cm"}
    assert set(run.get_file_names()) == {"cm", "at", "res", "pred"}
    assert run.get_metrics("cm", populate=True)["cm"].convert_to_object() == data
    with pytest.raises(UserErrorException, match="nvalid JSON"):
        run.log_confusion_matrix("bad", "{")


def test_two_images_of_one_name_in_one_second_are_both_kept(run):
    import matplotlib as mpl

    mpl.use("Agg")
    import matplotlib.pyplot as plt

    for _ in range(2):
        plt.plot([1, 2])
        run.log_image("curve", plot=plt)
    plt.close("all")
    files = run.get_file_names()
    assert len(files) == 2
    assert run.get_metrics("curve")["curve"].endswith(tuple(files))


def test_recursive_metrics_leave_out_runs_without_any(run):
    run.log("top", 1)
    with run.child_run("a") as child:
        child.log("m", 2)
    with run.child_run("b"):
        pass
    assert run.get_metrics(recursive=True) == {run.id: {"top": 1}, child.id: {"m": 2}}


def test_more_than_azures_limits_is_kept(run):
    run.log_list("long", list(range(1000)))
    for at in range(120):
        run.log(f"name {at}", at)
    run.log_row("wide", **{f"c{at}": at for at in range(40)})
    metrics = run.get_metrics()
    assert len(metrics) == 122
    assert metrics["long"] == list(range(1000))
    assert len(metrics["wide"]) == 40
