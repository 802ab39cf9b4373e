"""Datasets and datastores: files and folders of this machine, passed to scripts."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pandas as pd
import pytest
from azureml.core import Dataset, Datastore, ScriptRunConfig
from azureml.data import OutputFileDatasetConfig
from azureml.data.datapath import DataPath
from azureml.data.dataset_error_handling import DatasetValidationError
from azureml.data.dataset_factory import DataType
from azureml.exceptions import DatasetTimestampMissingError, UserErrorException


@pytest.fixture
def store(ws, folder):
    Path("local/sub").mkdir(parents=True)
    pd.DataFrame({"age": [1, 2, 3], "name": ["a", "b", "c"], "day": ["2020-01-01", "2020-01-02", "2020-01-03"]}).to_csv(
        "local/one.csv", index=False
    )
    pd.DataFrame({"age": [4], "name": ["d"], "day": ["2020-01-04"]}).to_csv("local/sub/two.csv", index=False)
    found = ws.get_default_datastore()
    found.upload("local", target_path="data", overwrite=True, show_progress=False)
    return found


def test_datastores_take_and_give_files(ws, store, folder):
    assert store.name == "workspaceblobstore"
    assert set(ws.datastores) == {"workspaceblobstore", "workspacefilestore"}
    assert store.download("down", prefix="data/sub", show_progress=False) == 1
    assert Path("down/data/sub/two.csv").exists()
    store.upload_files(["local/one.csv"], target_path="flat", show_progress=False)
    assert (store.folder / "flat" / "one.csv").exists()
    own = Datastore.register_folder(ws, "mine", "local")
    own.set_as_default()
    assert ws.get_default_datastore().folder == folder / "local"
    for call in (lambda: Datastore(ws, "none"), lambda: store.upload("nowhere"), lambda: store.path("../out")):
        with pytest.raises(UserErrorException):
            call()


def test_tables_are_read_narrowed_and_converted(store):
    ds = Dataset.Tabular.from_delimited_files((store, "data/**/*.csv"))
    frame = ds.to_pandas_dataframe()
    assert list(frame.columns) == ["age", "name", "day"]
    assert frame["age"].sum() == 10
    assert str(frame["day"].dtype).startswith("datetime64")
    assert ds.take(2).to_pandas_dataframe()["name"].tolist() == ["a", "b"]
    assert ds.skip(3).to_pandas_dataframe()["name"].tolist() == ["d"]
    assert ds.keep_columns("age").to_pandas_dataframe().columns.tolist() == ["age"]
    assert ds.drop_columns(["age"]).to_pandas_dataframe().columns.tolist() == ["name", "day"]
    assert ds.filter((ds["age"] > 1) & ~(ds["name"] == "c")).to_pandas_dataframe()["age"].tolist() == [2, 4]
    first, second = ds.random_split(0.5, seed=1)
    both = [*first.to_pandas_dataframe()["age"], *second.to_pandas_dataframe()["age"]]
    assert sorted(both) == [1, 2, 3, 4]
    timed = ds.with_timestamp_columns("day")
    assert timed.time_after(datetime(2020, 1, 3)).to_pandas_dataframe()["age"].tolist() == [3, 4]
    with pytest.raises(DatasetTimestampMissingError):
        ds.time_before(datetime(2020, 1, 1))
    with pytest.raises(UserErrorException, match="columns are: age, name, day"):
        ds.keep_columns("none").to_pandas_dataframe()
    typed = Dataset.Tabular.from_delimited_files(
        (store, "data/one.csv"), set_column_types={"age": DataType.to_string()}, include_path=True
    )
    assert typed.to_pandas_dataframe()["age"].tolist() == ["1", "2", "3"]
    assert typed.to_pandas_dataframe()["Path"].iloc[0] == "/one.csv"
    assert Dataset.Tabular.from_parquet_files((store, "none"), validate=False) is not None
    with pytest.raises(DatasetValidationError, match="no file matches"):
        Dataset.Tabular.from_delimited_files((store, "none.csv"))


def test_datasets_are_registered_in_versions(ws, store):
    ds = Dataset.Tabular.from_delimited_files((store, "data/one.csv")).register(ws, "people", tags={"n": 1})
    assert (ds.name, ds.version, ds.tags) == ("people", 1, {"n": "1"})
    other = Dataset.Tabular.from_delimited_files((store, "data/sub/two.csv"))
    with pytest.raises(UserErrorException, match="create_new_version"):
        other.register(ws, "people")
    assert other.register(ws, "people", create_new_version=True).version == 2
    assert Dataset.Tabular.from_delimited_files((store, "data/sub/two.csv")).register(ws, "people").version == 2
    assert len(Dataset.get_by_name(ws, "people").to_pandas_dataframe()) == 1
    assert len(Dataset.get_by_name(ws, "people", version=1).to_pandas_dataframe()) == 3
    assert len(Dataset.get_by_id(ws, ds.id).to_pandas_dataframe()) == 3
    assert set(ws.datasets) == set(Dataset.get_all(ws)) == {"people"}
    frame = Dataset.Tabular.register_pandas_dataframe(pd.DataFrame({"x": [1]}), store, "frame", show_progress=False)
    assert frame.to_pandas_dataframe()["x"].tolist() == [1]
    with pytest.raises(UserErrorException, match="there are: frame, people"):
        Dataset.get_by_name(ws, "none")


def test_files_have_paths_are_mounted_and_downloaded(store, folder):
    ds = Dataset.File.from_files((store, "data"))
    assert ds.to_path() == ["/one.csv", "/sub/two.csv"]
    assert len(ds.download("got")) == 2
    with ds.mount() as mounted:
        assert Path(mounted.mount_point, "sub/two.csv").read_text().startswith("age")
    assert Dataset.File.upload_directory("local", (store, "up"), show_progress=False).to_path() == ds.to_path()
    assert ds.take(1).to_path() == ["/one.csv"]


def test_a_script_gets_its_inputs_and_writes_its_outputs(submitted, ws, store):
    table = Dataset.Tabular.from_delimited_files((store, "data/one.csv"))
    files = Dataset.File.from_files((store, "data"))
    single = Dataset.File.from_files((store, "data/one.csv"))
    text = """
import argparse, os
from azureml.core import Dataset, Run
parser = argparse.ArgumentParser()
for name in ("table", "files", "copy", "single", "reference", "out"):
    parser.add_argument(f"--{name}")
args = parser.parse_args()
run = Run.get_context()
run.log("rows", len(run.input_datasets["table"].to_pandas_dataframe()))
run.log("by id", len(Dataset.get_by_id(run.experiment.workspace, args.table).to_pandas_dataframe()))
assert run.input_datasets["files"] == args.files
run.input_datasets["found"] = "by the script"
assert run.input_datasets["found"] == "by the script"
del run.input_datasets["found"]
assert "found" not in run.input_datasets
run.log("files", ",".join(sorted(os.listdir(args.files))))
open(os.path.join(args.copy, "new.txt"), "w").write("mine alone")
run.log("single", os.path.basename(args.single))
run.log("reference", os.path.exists(os.path.join(args.reference, "two.csv")))
os.makedirs(args.out, exist_ok=True)
open(os.path.join(args.out, "r.csv"), "w").write("a,b\\n1,2\\n")
assert run.output_datasets["result"] == args.out
try:
    run.input_datasets["nothing"]
except KeyError as error:
    run.log("missing", str(error))
"""
    out = (
        OutputFileDatasetConfig("result", destination=(store, "results/{run-id}"))
        .read_delimited_files()
        .register_on_complete("results")
    )
    run = submitted(
        text, "--table", table.as_named_input("table"), "--files", files.as_named_input("files").as_mount(), "--copy", files.as_download(),
        "--single", single.as_mount(), "--reference", store.path("data/sub").as_mount(), "--out", out,
    )  # fmt: skip
    metrics = run.get_metrics()
    assert metrics.pop("missing").startswith("'nothing is no input of this run; there are: table, files")
    assert metrics == {"rows": 3, "by id": 3, "files": "one.csv,sub", "single": "one.csv", "reference": True}
    assert not (store.folder / "data" / "new.txt").exists()
    assert (store.folder / "results" / run.id / "r.csv").exists()
    assert Dataset.get_by_name(ws, "results").to_pandas_dataframe().to_dict("list") == {"a": [1], "b": [2]}


def test_a_bare_dataset_is_no_argument_and_a_table_cannot_be_mounted(exp, script, store):
    table = Dataset.Tabular.from_delimited_files((store, "data/one.csv"))
    with pytest.raises(UserErrorException, match="as_named_input"):
        exp.submit(ScriptRunConfig(script("pass"), "train.py", [table]))
    with pytest.raises(UserErrorException, match="can't be mounted"):
        table.as_named_input("x").as_mount()


def test_partitions_in_paths_become_columns(store):
    for country, day in (("de", "2020/01/02"), ("at", "2021/03/04")):
        path = store.folder / "parts" / country / day / "d.csv"
        path.parent.mkdir(parents=True)
        path.write_text("v\n1\n")
    ds = Dataset.Tabular.from_delimited_files(
        (store, "parts/**/*.csv"), partition_format="/{country}/{day:yyyy/MM/dd}/d.csv"
    )
    frame = ds.to_pandas_dataframe().sort_values("country")
    assert frame["country"].tolist() == ["at", "de"]
    assert frame["day"].dt.year.tolist() == [2021, 2020]


def test_a_table_is_partitioned_by_columns(ws, store):
    table = Dataset.Tabular.from_delimited_files((store, "data/**/*.csv"))
    parts = table.partition_by(["name"], target=DataPath(store, "parts"), name="in parts")
    assert parts.partition_keys == ["name"]
    assert sorted(one["name"] for one in parts.get_partition_key_values()) == ["a", "b", "c", "d"]
    assert (store.folder / "parts" / "a" / "data.parquet").exists()
    assert len(Dataset.get_by_name(ws, "in parts").to_pandas_dataframe()) == 4
    with pytest.raises(UserErrorException, match="no column 'none'; there are: age, name, day"):
        table.partition_by(["none"], target=(store, "x"))


def test_files_have_the_keys_of_their_paths(ws, store):
    files = Dataset.File.from_files((store, "data"), partition_format="{kind}/{stem}.csv")
    assert files.partition_keys == ["kind", "stem"]
    assert {"kind": "sub", "stem": "two"} in files.get_partition_key_values()
    with pytest.raises(UserErrorException, match="no partition key 'x'; there are: kind, stem"):
        files.partitions(["x"])


def test_storage_of_azure_is_a_folder_whichever_way_it_is_registered(ws, folder):
    for register in (Datastore.register_azure_file_share, Datastore.register_azure_blob_container):
        assert register(ws, "remote", "container", "account", account_key="k").name == "remote"
    assert str(Datastore.get(ws, "remote").as_upload()).startswith("$AZUREML_DATAREFERENCE_")
