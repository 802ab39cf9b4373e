"""Names that packages have dropped are there in scripts, in notebooks that install our names, and nowhere else."""

from __future__ import annotations

import json

from tests.azureml.conftest import python

USES = """
import json
import numpy as np
import pandas as pd
{more}
table = pd.DataFrame({{"a": [1, 2], "b": ["x", "y"]}})
table = table.append({{"a": 3, "b": "z"}}, ignore_index=True)
table = table.append(pd.DataFrame({{"a": [4], "b": ["w"]}}), ignore_index=True)
table = table.append([{{"a": 5, "b": "v"}}], ignore_index=True)
from sklearn.externals import joblib
print(json.dumps({{
    "types": [np.float(3), np.int(2.5), bool(np.bool(1)), np.str(7), type(np.object()).__name__],
    "kinds": [np.dtype(np.float).name, np.dtype(np.float_).name],
    "a": table["a"].tolist(), "columns": [name for name, _ in table.iteritems()],
    "series": pd.Series([1]).append(pd.Series([2])).tolist(), "joblib": joblib.__name__,
}}))
"""
FOUND = {
    "types": [3.0, 2, True, "7", "object"],
    "kinds": ["float64", "float64"],
    "a": [1, 2, 3, 4, 5],
    "columns": ["a", "b"],
    "series": [1, 2],
    "joblib": "joblib",
}


def test_a_submitted_script_finds_the_names_of_its_time_wherever_it_imports_ours(exp, script, monkeypatch):
    from azureml.core import ScriptRunConfig

    monkeypatch.setenv("DESIGNER_OLD_NAMES", "on")
    for more in ("", "from azureml.core import Run"):
        run = exp.submit(ScriptRunConfig(script(USES.format(more=more)), script="train.py"))
        run.wait_for_completion()
        log = run.get_details_with_logs()["logFiles"]["user_logs/std_log.txt"]
        assert json.loads(log.strip().splitlines()[-1]) == FOUND


def test_installing_our_names_gives_them_back_in_packages_that_are_imported_already(folder):
    for first in (
        "import designer.azureml.install",
        "import pandas, sklearn.externals; import designer.azureml.install",
    ):
        ended = python("-c", f"{first}\n{USES.format(more='')}", DESIGNER_OLD_NAMES="on")
        assert ended.returncode == 0, ended.stderr
        assert json.loads(ended.stdout) == FOUND


def test_where_they_are_not_wanted_packages_are_as_they_are(folder):
    code = "import {first} json\nimport numpy as np, pandas as pd\nprint(json.dumps([hasattr(np, 'float'), hasattr(pd.DataFrame, 'append')]))"
    asked_off = python("-c", code.format(first="designer.azureml.install,"), DESIGNER_OLD_NAMES="off")
    nobody_asked = python("-c", code.format(first=""), DESIGNER_OLD_NAMES="on")
    assert json.loads(asked_off.stdout) == json.loads(nobody_asked.stdout)


def test_a_name_that_a_package_still_has_is_its_own(folder):
    code = "import numpy, pandas\nprint(numpy.float64 is numpy.dtype(float).type, pandas.Series([1]).items)"
    plain, ours = (python("-c", f"{first}\n{code}") for first in ("", "import designer.azureml.install"))
    assert plain.stdout.split()[0] == ours.stdout.split()[0] == "True"
