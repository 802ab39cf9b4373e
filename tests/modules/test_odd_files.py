"""Odd files, addresses and databases: read as what they hold, or refused in words that name the file."""

from __future__ import annotations

import functools
import gzip
import http.server
import lzma
import sqlite3
import threading
import zipfile
from contextlib import closing

import pandas as pd
import pyarrow as pa
import pytest

from modules._shared import errors
from modules.data_input_output.enter_data_manually import enter_data_manually
from modules.data_input_output.export_data import export_data
from modules.data_input_output.import_data import import_data

TEXT = 'näme,value\nÄpfel,1\n"quo""te, x",2\n"new\nline",3\n'
NAMES = ["Äpfel", 'quo"te, x', "new\nline"]


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "latin-1", "cp1252", "utf-32"])
def test_a_text_is_read_in_its_encoding(tmp_path, encoding):
    (tmp_path / "a.csv").write_bytes(TEXT.encode(encoding))
    frame = import_data(path=str(tmp_path / "a.csv"), encoding=encoding)
    assert frame.to_dict("list") == {"näme": NAMES, "value": [1, 2, 3]}


@pytest.mark.parametrize(("encoding", "told"), [("utf-8", "such as latin-1"), ("klingon", "unknown encoding")])
def test_a_wrong_encoding_is_told_with_the_file_and_what_to_do(tmp_path, encoding, told):
    (tmp_path / "a.csv").write_bytes(TEXT.encode("latin-1"))
    with pytest.raises(errors.BadFile, match=rf"a\.csv.*{told}"):
        import_data(path=str(tmp_path / "a.csv"), encoding=encoding)


def test_json_lines_may_begin_with_a_byte_order_mark(tmp_path):
    (tmp_path / "a.json").write_bytes('[{"a": 1}]'.encode("utf-8-sig"))
    assert import_data(path=str(tmp_path / "a.json"))["a"].tolist() == [1]


@pytest.mark.parametrize("delimiter", [";", "|", "||", "\\t"])
def test_a_delimiter_is_taken_as_it_is_written(tmp_path, delimiter):
    sign = "\t" if delimiter == "\\t" else delimiter
    (tmp_path / "a.csv").write_text(f"a{sign}b\n1{sign}2\n")
    assert import_data(path=str(tmp_path / "a.csv"), delimiter=delimiter).to_dict("list") == {"a": [1], "b": [2]}


def test_rows_longer_than_the_header_are_refused_and_trailing_commas_are_not():
    with pytest.raises(errors.BadFile, match="more values than there are column headers"):
        enter_data_manually(data="a,b\n1,2,3\n4,5,6\n")
    assert enter_data_manually(data="a,b\n1,2,\n3,4,\n").to_dict("list") == {"a": [1, 3], "b": [2, 4]}


def test_packed_files_are_unpacked(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT.encode()))
    (tmp_path / "a.csv.xz").write_bytes(lzma.compress(TEXT.encode()))
    (tmp_path / "a.csv.zst").write_bytes(pa.compress(TEXT.encode(), codec="zstd", asbytes=True))
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", TEXT)
    for ending in ("gz", "xz", "zst", "zip"):
        assert import_data(path=str(tmp_path / f"a.csv.{ending}"))["näme"].tolist() == NAMES


@pytest.mark.parametrize("ending", ["gz", "bz2", "xz", "zip", "zst"])
def test_a_file_that_is_not_packed_as_its_name_says_is_refused(tmp_path, ending):
    (tmp_path / f"a.csv.{ending}").write_text("a\n1\n")
    with pytest.raises(errors.BadFile, match=rf"a\.csv\.{ending}"):
        import_data(path=str(tmp_path / f"a.csv.{ending}"))


def test_a_half_file_and_a_zip_of_two_are_refused(tmp_path):
    (tmp_path / "a.csv.gz").write_bytes(gzip.compress(TEXT.encode() * 100)[:60])
    with pytest.raises(errors.BadFile, match="ended before"):
        import_data(path=str(tmp_path / "a.csv.gz"))
    with zipfile.ZipFile(tmp_path / "a.csv.zip", "w") as archive:
        archive.writestr("a.csv", TEXT)
        archive.writestr("b.csv", TEXT)
    with pytest.raises(errors.BadFile, match=r"holds 2: a\.csv, b\.csv"):
        import_data(path=str(tmp_path / "a.csv.zip"))


def test_what_names_the_rows_of_a_parquet_file_is_a_column(tmp_path):
    pd.DataFrame({"id": [7, 8], "a": [1, 2]}).set_index("id").to_parquet(tmp_path / "a.parquet")
    assert import_data(path=str(tmp_path / "a.parquet")).to_dict("list") == {"id": [7, 8], "a": [1, 2]}


def test_a_file_whose_name_looks_like_a_pattern_is_itself(tmp_path):
    (tmp_path / "sales[1].csv").write_text("a\n1\n")
    (tmp_path / "sales1.csv").write_text("a\n2\n")
    assert import_data(path=str(tmp_path / "sales[1].csv"))["a"].tolist() == [1]
    assert import_data(path=str(tmp_path / "sales[0-9].csv"))["a"].tolist() == [2]


@pytest.fixture
def address(tmp_path):
    """An address at which the files of the test's folder are served."""

    class Silent(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            pass

    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Silent, directory=tmp_path))
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}"
    server.shutdown()
    thread.join()
    server.server_close()


def test_an_address_may_have_a_question_and_brackets(tmp_path, address):
    (tmp_path / "a b[1].csv").write_text("a\n1\n")
    for end in ("a%20b%5B1%5D.csv", "a%20b[1].csv?since=2020&until=[now]"):
        assert import_data(source="URL via HTTP", url=f"{address}/{end}")["a"].tolist() == [1]
    with pytest.raises(errors.BadFile, match="404"):
        import_data(source="URL via HTTP", url=f"{address}/none.csv")


def test_a_query_may_hold_colons_and_give_two_columns_of_one_name(tmp_path):
    with closing(sqlite3.connect(tmp_path / "a.db")) as connection:
        connection.execute("create table t (a)")
        connection.execute("insert into t values (1)")
        connection.commit()
    options = {"source": "SQL database", "connection": f"sqlite:///{tmp_path}/a.db"}
    frame = import_data(**options, query="select ':x' as x, '10:30' as y, a, a from t where 'a%' like 'a%'")
    assert frame.to_dict("list") == {"x": [":x"], "y": ["10:30"], "a": [1], "a (1)": [1]}
    with pytest.raises(errors.BadFile, match="no such table: u"):
        import_data(**options, query="select * from u")


def test_arff_texts_may_hold_quotes():
    text = "@relation x\n@attribute s string\n@attribute t string\n@data\n'it\\'s, so',b\n"
    assert enter_data_manually(format="ARFF", data=text).iloc[0].tolist() == ["it's, so", "b"]


def test_what_a_file_or_table_cannot_hold_is_said(tmp_path):
    mixed = pd.DataFrame({"a": [1, "x"]}, dtype=object)
    with pytest.raises(errors.BadFile, match=r"a\.parquet"):
        export_data(mixed, path=str(tmp_path / "a.parquet"), format="parquet")
    lists = pd.DataFrame({"a": [[1]]})
    with pytest.raises(errors.BadFile, match="the database takes nothing"):
        export_data(lists, destination="SQL database", connection=f"sqlite:///{tmp_path}/a.db", table="t")
