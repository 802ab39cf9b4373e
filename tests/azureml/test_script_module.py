"""The palette's Execute Python Script with a script that was written for Azure ML's Designer."""

from __future__ import annotations

import json
from pathlib import Path

from designer import Pipeline

SCRIPT = """
import pandas as pd
from azureml.core import Run


def azureml_main(dataframe1=None, dataframe2=None):
    run = Run.get_context()
    parent = run.parent
    run.log("rows here", 3)
    parent.log(name="Mean_Absolute_Error (left port)", value=0.5)
    with run.child_run("part") as part:
        part.log("inner", 1)
    run.upload_file("graphics/a.txt", __import__("io").StringIO("a"))
    assert run.experiment.workspace.name
    return {"a": [1, 2]}, [5]
"""


def test_azureml_main_logs_to_its_node_and_to_the_pipeline_again_when_reused(folder):
    Path("p.json").write_text(
        f'{{"nodes": {{"script": {{"module": "execute_python_script", "parameters": {{"script": {json.dumps(SCRIPT)}}}}}}}}}'
    )
    pipeline = Pipeline.load("p.json", Path(__file__).parents[2])
    for reused in (False, True):
        run = pipeline.run(experiment="script", store=folder / ".designer")
        assert run.get_metrics() == {"Mean_Absolute_Error (left port)": 0.5}
        (node,) = run.get_children()
        metrics = node.get_metrics()
        assert metrics["rows here"] == 3
        assert [c.get_metrics() for c in node.get_children()] == [{"inner": 1}]
        assert node.get_file_names() == ["graphics/a.txt"]
        assert (node._record.reused_from is not None) is reused
