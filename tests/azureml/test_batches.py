"""`ParallelRunStep`: mini-batches of files and of tables, one line a result, failures counted."""

from __future__ import annotations

from pathlib import Path

import pytest
from azureml.core import Dataset
from azureml.pipeline.core import Pipeline, PipelineData, PipelineParameter
from azureml.pipeline.steps import ParallelRunConfig, ParallelRunStep

from designer.azureml.batch.config import batch_size

ENTRY = """
import argparse, os
import pandas as pd

def init():
    global factor
    parser = argparse.ArgumentParser()
    parser.add_argument("--factor", type=int, default=1)
    factor = parser.parse_known_args()[0].factor

def run(mini_batch):
    if isinstance(mini_batch, pd.DataFrame):
        return mini_batch.assign(twice=mini_batch["a"] * factor)
    rows = []
    for path in mini_batch:
        text = open(path).read()
        if text == "bad":
            raise ValueError("a bad file")
        rows.append(f"{os.path.basename(path)}: {len(text) * factor}")
    return rows
"""


@pytest.fixture
def batch(exp, ws, script):
    source = script(ENTRY, "entry.py")

    def run(data, **settings):
        out = PipelineData("inferences")
        config = ParallelRunConfig(
            source_directory=source, entry_script="entry.py", **{"error_threshold": 0, "node_count": 2, **settings}
        )
        step = ParallelRunStep("batch", config, inputs=[data], output=out, arguments=["--factor", 2], allow_reuse=False)
        made = exp.submit(Pipeline(ws, [step]))
        made.wait_for_completion(show_output=False, raise_on_error=False)
        (one,) = made.get_children()
        if made.status == "Completed":
            one.get_output_data("inferences").download("results")
        return one

    return run


@pytest.fixture
def files(ws, folder):
    Path("data").mkdir()
    for at in range(7):
        Path("data", f"f{at}.txt").write_text("x" * at)
    ws.get_default_datastore().upload("data", "batch", show_progress=False)
    return Dataset.File.from_files((ws.get_default_datastore(), "batch"))


def lines(name="parallel_run_step.txt"):
    (path,) = Path("results").rglob(name)
    return path.read_text().splitlines()


def test_files_come_in_mini_batches_in_order(batch, files):
    run = batch(files.as_named_input("files"), mini_batch_size="3")
    assert "3 mini-batches in 2 processes" in run.get_logs()
    assert lines() == [f"f{at}.txt: {at * 2}" for at in range(7)]


def test_a_table_comes_in_parts_of_rows(batch, ws, folder):
    Path("t.csv").write_text("a,b\n" + "".join(f"{at},x\n" for at in range(10)))
    ws.get_default_datastore().upload_files(["t.csv"], target_path="t", show_progress=False)
    table = Dataset.Tabular.from_delimited_files((ws.get_default_datastore(), "t/t.csv"))
    batch(table.as_named_input("table"), mini_batch_size="1KB", append_row_file_name="rows.txt")
    assert lines("rows.txt") == [f"{at} x {at * 2}" for at in range(10)]


def test_too_many_failures_fail_the_step_and_a_few_do_not(batch, files, ws):
    Path("data", "f3.txt").write_text("bad")
    ws.get_default_datastore().upload("data", "batch", overwrite=True, show_progress=False)
    failed = batch(files.as_named_input("files"), mini_batch_size="1", run_max_try=1)
    assert failed.status == "Failed"
    assert "a bad file" in failed.get_logs()
    run = batch(files.as_named_input("files"), mini_batch_size="1", error_threshold=1, run_max_try=1)
    assert run.status == "Completed"
    assert len(lines()) == 6


@pytest.mark.parametrize(
    ("text", "files", "size"), [("5", True, 5), (None, True, 10), ("10KB", False, 10240), ("1mb", False, 1 << 20)]
)
def test_sizes_are_counts_of_files_or_bytes_of_tables(text, files, size):
    assert batch_size(text, files) == size
    with pytest.raises(ValueError, match="number of files"):
        batch_size("10KB", True)


def test_settings_may_be_parameters_of_the_pipeline(exp, ws, script, files):
    config = ParallelRunConfig(
        source_directory=script(ENTRY, "entry.py"), entry_script="entry.py", node_count=1,
        mini_batch_size=PipelineParameter("size", "4"), process_count_per_node=PipelineParameter("processes", 2),
    )  # fmt: skip
    step = ParallelRunStep("batch", config, inputs=[files.as_named_input("files")], output=PipelineData("out"))
    for given, told in (({}, "2 mini-batches in 2"), ({"size": "7", "processes": 1}, "1 mini-batches in 1")):
        run = exp.submit(Pipeline(ws, [step]), pipeline_parameters=given)
        run.wait_for_completion(show_output=False)
        assert told in run.find_step_run("batch")[0].get_logs()


def test_files_come_by_the_keys_of_their_paths_and_the_script_is_told_them(exp, ws, script, folder):
    for name, text in {"ann/pop/1": "xx", "ann/pop/2": "x", "bob/jazz/1": "xxx"}.items():
        path = Path("music", f"{name}.txt")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    store = ws.get_default_datastore()
    store.upload("music", "music", show_progress=False)
    data = Dataset.File.from_files((store, "music"), partition_format="{user}/{genre}/*.txt")
    entry = """
import os
def run(mini_batch, context):
    assert context.minibatch_index in (0, 1)
    return [f"{context.partition_key_value['user']} {sum(map(os.path.getsize, mini_batch))}"] * len(mini_batch)
"""
    config = ParallelRunConfig(
        source_directory=script(entry, "sizes.py"), entry_script="sizes.py", partition_keys=["user"]
    )
    step = ParallelRunStep("sizes", config, inputs=[data.as_named_input("music")], output=PipelineData("out"))
    run = exp.submit(Pipeline(ws, [step]))
    run.wait_for_completion(show_output=False)
    run.find_step_run("sizes")[0].get_output_data("out").download("results")
    assert lines() == ["ann 3", "ann 3", "bob 3"]
