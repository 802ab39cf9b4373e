"""Python and R scripts as nodes, a user's own model class, the ends of a web service."""

from __future__ import annotations

import json
import os
import shutil
import zipfile

import numpy as np
import pandas as pd
import pytest
from sklearn import linear_model

from modules._shared import errors, formats
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_model import train_model
from modules.python_language.create_python_model import create_python_model
from modules.python_language.execute_python_script import execute_python_script
from modules.r_language import execute_r_script as r_module
from modules.r_language.execute_r_script import execute_r_script
from modules.web_service.web_service_input import web_service_input
from modules.web_service.web_service_output import web_service_output

FRAME = pd.DataFrame({"a": [1, 2, 3]})


def returning(expression: str, arguments: str = "dataframe1") -> str:
    """A script whose function returns this."""
    return f"import numpy as np\nimport pandas as pd\n\ndef azureml_main({arguments}):\n    return {expression}\n"


@pytest.mark.parametrize(
    ("expression", "first", "second"),
    [
        ("dataframe1, dataframe1 * 2", {"a": [1, 2, 3]}, {"a": [2, 4, 6]}),
        ("dataframe1,", {"a": [1, 2, 3]}, {}),
        ("None", {}, {}),
        ("{'x': [1], 'y': ['z']}", {"x": [1], "y": ["z"]}, {}),
        ("np.array([1, 2])", {"column": [1, 2]}, {}),
        ("np.array([[1], [2]])", {"column": [1, 2]}, {}),
        ("np.array([[1, 2], [3, 4]])", {"column_0": [1, 3], "column_1": [2, 4]}, {}),
        ("[1, 2], (3, 4)", {"column": [1, 2]}, {"column": [3, 4]}),
        ("pd.Series([1], name='s'), pd.Series([2])", {"s": [1]}, {"column": [2]}),
        ("7, 'text'", {"column": [7]}, {"column": ["text"]}),
        ("pd.DataFrame([[1, 2]], columns=[0, 0])", {"0": [1], "0 (1)": [2]}, {}),
        ("dataframe1, 1, 2", {"a": [1, 2, 3]}, {"column": [1]}),
    ],
)
def test_what_a_script_returns_becomes_two_datasets(expression, first, second):
    results = execute_python_script(FRAME, script=returning(expression))
    assert [frame.to_dict("list") for frame in results] == [first, second]


@pytest.mark.parametrize(
    ("arguments", "expression", "expected"),
    [
        ("", "5", 5),
        ("x", "len(x)", 3),
        ("dataframe1=None, dataframe2=None", "dataframe2 is None", True),
        ("*frames", "len(frames)", 2),
        ("a, b, c=7", "c", 7),
    ],
)
def test_a_script_gets_as_many_datasets_as_it_takes(arguments, expression, expected):
    result, _ = execute_python_script(FRAME, script=returning(expression, arguments))
    assert result.iloc[0, 0] == expected


def test_a_script_logs_to_its_own_run_and_to_the_pipelines(run):
    script = """
from designer import Run

def azureml_main(frame):
    run = Run.get_context()
    run.log("mine", len(frame))
    run.parent.log("ours", 1)
"""
    execute_python_script(FRAME, script=script)
    assert run.get_metrics()["mine"] == 3
    assert run.parent.get_metrics()["ours"] == 1


def test_a_script_that_changes_its_input_changes_nobody_elses():
    script = "def azureml_main(frame):\n    frame['a'] = 0\n    return frame,"
    assert execute_python_script(FRAME, script=script)[0]["a"].tolist() == [0, 0, 0]
    assert FRAME["a"].tolist() == [1, 2, 3]


def test_a_bundle_can_be_imported_and_read(tmp_path):
    with zipfile.ZipFile(tmp_path / "bundle.zip", "w") as archive:
        archive.writestr("helper_of_test.py", "def double(x): return 2 * x")
        archive.writestr("words.txt", "hello")
    script = """
import helper_of_test

def azureml_main():
    with open("Script Bundle/words.txt") as file:
        return [helper_of_test.double(4)], [file.read()]
"""
    before = os.getcwd()
    first, second = execute_python_script(None, None, tmp_path / "bundle.zip", script=script)
    assert (first.iloc[0, 0], second.iloc[0, 0]) == (8, "hello")
    assert os.getcwd() == before
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "helper_of_test.py").write_text("def double(x): return -x")
    (folder / "words.txt").write_text("bye")
    assert execute_python_script(None, None, folder, script=script)[0].iloc[0, 0] == -4


def test_the_users_line_is_told_when_a_script_fails():
    script = "def azureml_main(frame):\n    total = 0\n    return frame['nothing']\n"
    with pytest.raises(errors.ScriptFailed, match=r"at line 3 in function azureml_main: 'KeyError: 'nothing''"):
        execute_python_script(FRAME, script=script)


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("def f(", "syntax error at line 1"),
        ("x = 1", "must define azureml_main"),
        ("import no_such_library", "no_such_library"),
    ],
)
def test_a_script_that_cannot_be_run_is_told(script, message):
    with pytest.raises(errors.ScriptFailed, match=message):
        execute_python_script(FRAME, script=script)


def test_a_bundle_that_is_no_zip_is_told(tmp_path):
    (tmp_path / "bundle.zip").write_text("no zip")
    with pytest.raises(errors.BadFile, match="no zip file"):
        execute_python_script(None, None, tmp_path / "bundle.zip", script=returning("1", ""))


def test_the_sample_script_passes_its_inputs_on(run):
    first, second = execute_python_script(FRAME)
    assert first.equals(FRAME)
    assert second.empty
    assert run.get_metrics()["rows"] == 3


# Models written in Python

MEAN_MODEL = """
import pandas as pd

class AzureMLModel:
    def __init__(self):
        self.mean = None

    def train(self, df_train, df_label):
        self.mean = float(df_label.iloc[:, 0].mean())
        self.columns = list(df_train.columns)

    def predict(self, df):
        return pd.DataFrame({"Scored Labels": [self.mean] * len(df)})
"""


def test_a_users_model_is_trained_kept_and_scored(cars, tmp_path, run):
    model = train_model(create_python_model(script=MEAN_MODEL), cars, label="price")
    formats.write(model, tmp_path / "model")
    again = formats.read(tmp_path / "model")
    scored = score_model(again, cars)
    assert scored["Scored Labels"].to_numpy() == pytest.approx(cars["price"].mean())
    assert again.learner.attributes_["columns"] == ["power", "weight", "origin"]
    assert evaluate_model(scored).loc[0, "Coefficient_of_Determination"] == pytest.approx(0)


def test_the_sample_model_is_logistic_regression(patients, tmp_path, run):
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import StandardScaler

    model = train_model(create_python_model(), patients, label="state")
    formats.write(model, tmp_path / "model")
    rows = patients[["first", "second", "noise"]]
    expected = make_pipeline(StandardScaler(), linear_model.LogisticRegression()).fit(rows, patients["state"])
    scored = score_model(formats.read(tmp_path / "model"), patients)
    assert scored["Scored Probabilities"].to_numpy() == pytest.approx(expected.predict_proba(rows)[:, 1])
    assert evaluate_model(scored).loc[0, "AUC"] > 0.8


@pytest.mark.parametrize(
    ("script", "message"),
    [
        ("x = 1", "must define AzureMLModel"),
        ("class AzureMLModel:\n    pass", "a method train"),
        ("class AzureMLModel:\n    def train(self, rows, label):\n        return 1 / 0", "at line 3 in function train"),
    ],
)
def test_a_model_class_that_cannot_be_trained_is_told(cars, script, message):
    with pytest.raises(errors.ScriptFailed, match=message):
        train_model(create_python_model(script=script), cars, label="price")


def test_a_model_that_returns_too_few_rows_is_told(cars):
    script = MEAN_MODEL.replace("* len(df)", "")
    with pytest.raises(errors.ScriptFailed, match="a row for each of 60 rows, but returned 1"):
        score_model(train_model(create_python_model(script=script), cars, label="price"), cars)


# R

DOUBLE = """
azureml_main <- function(dataframe1, dataframe2) {
  log_metric_to_run("rows", nrow(dataframe1))
  log_metric_to_run("note", "a, \\"b\\"")
  writeLines("hello", "hello.txt")
  upload_files_to_run("notes/hello.txt", "hello.txt")
  dataframe1$a <- dataframe1$a * 2
  list(dataset1 = dataframe1, dataset2 = data.frame(none = is.null(dataframe2), u = runif(1)))
}
"""


needs_r = pytest.mark.skipif(shutil.which("Rscript") is None, reason="R is not installed on this machine")


@needs_r
def test_an_r_script_gets_and_gives_datasets_and_logs(run):
    first, second = execute_r_script(FRAME, script=DOUBLE, seed=1)
    assert first["a"].tolist() == [2, 4, 6]
    assert second["none"].tolist() == [True]
    logged = run.get_metrics()
    assert (logged["rows"], logged["note"], logged["rows_1"]) == (3, 'a, "b"', 3)
    assert "notes/hello.txt" in run.get_file_names()
    with run.child_run("again"):
        again = execute_r_script(FRAME, script=DOUBLE, seed=1)[1]
    assert again["u"].tolist() == second["u"].tolist()


@needs_r
def test_what_an_r_script_says_when_it_stops_is_told():
    with pytest.raises(errors.ScriptFailed, match=r"in azureml_main.*: 'no good'"):
        execute_r_script(FRAME, script='azureml_main <- function(dataframe1, dataframe2) stop("no good")')


def test_a_machine_without_r_is_told(monkeypatch):
    monkeypatch.setattr(r_module.shutil, "which", lambda name: None)
    with pytest.raises(errors.ProgramMissing, match="Rscript was not found"):
        execute_r_script(FRAME)


# Web service


def test_rows_come_in_and_go_out_as_json(run, tmp_path):
    frame = web_service_input(data='[{"a": 1, "b": "x"}, {"a": 2, "b": "y"}]')
    assert frame.to_dict("list") == {"a": [1, 2], "b": ["x", "y"]}
    web_service_output(frame.assign(c=[0.5, np.nan]), name="answer")
    run.download_file("answer.json", str(tmp_path / "answer.json"))
    rows = json.loads((tmp_path / "answer.json").read_text())
    assert rows == [{"a": 1, "b": "x", "c": 0.5}, {"a": 2, "b": "y", "c": None}]


def test_a_call_without_rows_or_with_a_wrong_name_is_told():
    with pytest.raises(errors.BadFile, match="input1 got no rows"):
        web_service_input()
    with pytest.raises(errors.BadFile, match="no JSON"):
        web_service_input(data="{]")
    with pytest.raises(errors.BadExpression, match="no slash"):
        web_service_output(FRAME, name="a/b")


@needs_r
def test_truths_dates_and_the_text_na_go_through_r_as_they_are():
    frame = pd.DataFrame(
        {
            "a b": [1, 2],
            "true": [True, False],
            "maybe": pd.array([True, None], dtype="boolean"),
            "when": pd.to_datetime(["2020-01-31 10:30:00.5", None]),
            "land": ["NA", None],
            "q'\"x": ['é,"', "l\nx"],
        }
    )
    script = """
    azureml_main <- function(dataframe1) {
      kinds <- vapply(dataframe1, function(one) class(one)[1], "")
      list(dataset1 = dataframe1, dataset2 = kinds)
    }"""
    result, kinds = execute_r_script(frame, script=script)
    assert kinds["column"].tolist() == ["integer", "logical", "logical", "POSIXct", "character", "character"]
    assert list(result.columns) == list(frame.columns)
    assert result["true"].tolist() == [True, False]
    assert result["when"].tolist() == frame["when"].tolist()
    assert result["land"].iloc[0] == "NA"
    assert result["land"].isna().tolist() == [False, True]
    assert result["q'\"x"].tolist() == ['é,"', "l\nx"]


@needs_r
@pytest.mark.parametrize(
    ("script", "told"),
    [
        ("azureml_main <- function(dataframe1) dataframe1", r"must return list\(dataset1 = .*returned a data.frame"),
        ("azureml_main <- function() 5", "returned a numeric"),
        ("x <- 1", "must define azureml_main"),
        ("azureml_main <- functio(", "script.R:2:0: unexpected end of input"),
    ],
)
def test_what_an_r_script_must_be_is_said(script, told):
    with pytest.raises(errors.ScriptFailed, match=told):
        execute_r_script(pd.DataFrame({"a": [1]}), script=script)


@pytest.mark.parametrize(
    ("returned", "columns"),
    [
        ("{'a': 1, 'b': 'x'}", {"a": [1], "b": ["x"]}),
        ("range(2)", {"column": [0, 1]}),
        ("{7}", {"column": [7]}),
        ("pd.Index([1, 2])", {"column": [1, 2]}),
        ("np.array(5)", {"column": [5]}),
    ],
)
def test_rows_and_plain_sequences_become_columns(returned, columns):
    script = f"import numpy as np\nimport pandas as pd\ndef azureml_main():\n    return {returned}"
    assert execute_python_script(script=script).result_dataset.to_dict("list") == columns


@pytest.mark.parametrize(
    ("returned", "told"),
    [
        ("{'a': [1], 'b': [1, 2]}", "same length"),
        ("np.zeros((2, 2, 2))", "3 dimensions"),
        ("[pd.DataFrame(), pd.DataFrame()]", "return them as a tuple"),
        ("(x for x in [1])", "it is a generator"),
        ("sys.exit(3)", "at line 5 in function azureml_main: 'SystemExit: 3'"),
    ],
)
def test_what_is_no_dataset_is_said(returned, told):
    script = f"import sys\nimport numpy as np\nimport pandas as pd\ndef azureml_main():\n    return {returned}"
    with pytest.raises(errors.ScriptFailed, match=told):
        execute_python_script(script=script)
    with pytest.raises(errors.ScriptFailed, match="must define azureml_main"):
        execute_python_script(script="azureml_main = 5")
