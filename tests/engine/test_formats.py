"""Values are kept in formats that never execute code and come back equal; each reader has a copy of its own."""

from __future__ import annotations

import dataclasses
import enum
import json
import re
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel

from designer import Format, Pickled, Run, module, pipeline, register_format
from designer.engine import formats
from designer.errors import FormatError, RunFailedError
from designer.store.artifacts import Artifacts

if TYPE_CHECKING:
    from designer.store.place import Place


@pytest.fixture
def artifacts(tmp_path: Path) -> Artifacts:
    """An empty folder of contents."""
    return Artifacts(tmp_path / "artifacts")


def through(value: Any, artifacts: Artifacts) -> Any:
    """The value as another module gets it."""
    return formats.load(formats.keep(value, artifacts), artifacts)


def noted(data: dict[str, Any], attrs: dict[Any, Any]) -> pd.DataFrame:
    """A frame with notes of its own."""
    frame = pd.DataFrame(data)
    frame.attrs = attrs
    return frame


FRAMES = {
    "numbers": pd.DataFrame({"a": [1, 2, 3], "b": [0.5, float("nan"), float("inf")], "c": [True, False, True]}),
    "small numbers": pd.DataFrame({"a": np.array([1, 2], "int8"), "b": np.array([1, 2], "float32"), "c": np.array([1, 2], "uint64")}),
    "text": pd.DataFrame({"a": ["x", None, "ünï 😀"], "b": ["", "y", "z"]}),
    "categories": pd.DataFrame({"a": pd.Categorical(["x", None, "y"], categories=["z", "y", "x"], ordered=True)}),
    "times": pd.DataFrame({
        "a": pd.to_datetime(["2024-01-01", None, "2024-01-03"]), "b": pd.date_range("2024", periods=3, tz="Europe/Berlin"),
        "c": pd.to_timedelta([1, None, 3], unit="h"),
    }),
    "nullable": pd.DataFrame({"a": pd.array([1, None, 3], "Int64"), "b": pd.array([True, None, False], "boolean"), "c": pd.array([0.5, None, 1], "Float32")}),
    "periods": pd.DataFrame({"a": pd.period_range("2024", periods=3, freq="M"), "b": pd.interval_range(0, 3)}),
    "an index of text": pd.DataFrame({"a": [1, 2]}, index=pd.Index(["x", "y"], name="key")),
    "an index with gaps": pd.DataFrame({"a": range(6)}).iloc[::2],
    "a shuffled index": pd.DataFrame({"a": range(6)}).sample(frac=1, random_state=0),
    "an index of several levels": pd.DataFrame({"a": [1, 2]}, index=pd.MultiIndex.from_tuples([("x", 1), ("y", 2)], names=["k", None])),
    "columns of numbers": pd.DataFrame(np.eye(3)),
    "no rows": pd.DataFrame({"a": np.array([], "int64"), "b": pd.Series([], dtype="str")}),
    "no columns": pd.DataFrame(index=range(3)),
    "nothing": pd.DataFrame(),
    "several columns of one name": pd.DataFrame([[1, "x", 0.5], [2, None, 1.5]], columns=["a", "b", "a"]),
    "many columns": pd.DataFrame({f"c{i}": range(4) for i in range(300)}),
}  # fmt: skip


@pytest.mark.parametrize("name", FRAMES)
def test_frames_come_back_equal(artifacts: Artifacts, name: str) -> None:
    frame = FRAMES[name]
    found = through(frame, artifacts)
    pd.testing.assert_frame_equal(found, frame, check_freq=False, check_column_type=False)
    assert list(found.index) == list(frame.index) or frame.index.hasnans


@pytest.mark.parametrize("name", FRAMES)
def test_a_frame_can_be_changed_without_anybody_else_seeing_it(artifacts: Artifacts, name: str) -> None:
    handle = formats.keep(FRAMES[name], artifacts)
    digest = handle.digest
    first, second = formats.load(handle, artifacts), formats.load(handle, artifacts)
    for column in list(first.columns)[:20]:
        if len(first) and first.columns.is_unique:
            first.loc[first.index[0], column] = first[column].iloc[-1]
    for column in first.select_dtypes("number") if first.columns.is_unique else ():
        values = first[column].to_numpy()
        if values.flags.writeable and values.dtype.kind in "iuf":
            values[:] = 0
    if len(first.columns) < 20:
        first["new"] = 1
    pd.testing.assert_frame_equal(second, FRAMES[name], check_freq=False, check_column_type=False)
    pd.testing.assert_frame_equal(
        formats.load(handle, artifacts), FRAMES[name], check_freq=False, check_column_type=False
    )
    from designer.store.artifacts import digest_of

    assert digest_of(artifacts.path(digest))[0] == digest


def test_a_frames_notes_come_with_it(artifacts: Artifacts) -> None:
    frame = pd.DataFrame({"a": [1]})
    frame.attrs = {"unit": "km", "nested": {"a": [1, None]}, "path": Path("x")}
    found = through(frame, artifacts)
    assert found.attrs == {"unit": "km", "nested": {"a": [1, None]}, "path": "x"}
    assert frame.attrs["path"] == Path("x")


@pytest.mark.parametrize(
    "series",
    [
        pd.Series([1, 2], name="a"),
        pd.Series([0.5, None]),
        pd.Series(["x"], index=["k"], name="b"),
        pd.Series([1], name=5),
    ],
    ids=["named", "nameless", "indexed", "named by a number"],
)
def test_series_come_back_equal(artifacts: Artifacts, series: pd.Series) -> None:
    pd.testing.assert_series_equal(through(series, artifacts), series)


@pytest.mark.parametrize(
    ("frame", "words"),
    [
        (pd.DataFrame({"a": [1, "x"]}), "column 'a' holds several types"),
        (pd.DataFrame({"a": [object()]}), "'a'"),
        (noted({"a": [1]}, {("x", 1): 2}), "the frame's attrs can't be kept"),
    ],
    ids=["mixed", "objects", "attrs"],
)
def test_a_frame_that_can_not_be_kept_is_refused_in_words(
    artifacts: Artifacts, frame: pd.DataFrame, words: str
) -> None:
    with pytest.raises(FormatError, match=words) as refused:
        formats.keep(frame, artifacts)
    assert "next:" in str(refused.value)
    assert not list((artifacts.folder / "new").glob("*"))


def test_facts_tell_rows_and_columns_without_reading(artifacts: Artifacts) -> None:
    handle = formats.keep(FRAMES["text"], artifacts)
    assert (handle.facts["rows"], handle.facts["columns"], handle.facts["type"]) == (3, 2, "pandas.DataFrame")
    assert formats.keep(np.zeros((2, 3)), artifacts).facts["shape"] == [2, 3]


@pytest.mark.parametrize(
    "array",
    [
        np.arange(6).reshape(2, 3), np.asfortranarray(np.eye(3)), np.array(3.5), np.array([]), np.zeros((0, 3)), np.array(["a", "bc"]),
        np.array([True, False]), np.array([1 + 2j]), np.array(["2024-01-01"], "M8[D]"), np.zeros(2, [("a", "i4"), ("b", "f8")]),
        np.arange(10)[::2],
    ],
    ids=lambda array: f"{array.dtype} {array.shape}",
)  # fmt: skip
def test_arrays_come_back_equal_and_writable(artifacts: Artifacts, array: np.ndarray) -> None:
    handle = formats.keep(array, artifacts)
    found = formats.load(handle, artifacts)
    assert found.dtype == array.dtype
    np.testing.assert_array_equal(found, array)
    if array.size and array.dtype.names is None:
        found[...] = found.flat[0]
        np.testing.assert_array_equal(formats.load(handle, artifacts), array)


@pytest.mark.parametrize(
    "array", [np.array([object()]), np.ma.masked_array([1, 2], [True, False])], ids=["objects", "masked"]
)
def test_arrays_that_would_lose_something_are_refused(artifacts: Artifacts, array: Any) -> None:
    with pytest.raises(FormatError, match="next:"):
        formats.keep(array, artifacts)


data = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(allow_nan=False), st.text()),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=20,
)


@settings(max_examples=60)
@given(data)
def test_data_comes_back_equal(value: Any) -> None:
    import tempfile

    with tempfile.TemporaryDirectory() as folder:
        found = through(value, Artifacts(Path(folder)))
        assert found == value
        assert type(found) is type(value)


class Mode(enum.StrEnum):
    FAST = "fast"


@dataclasses.dataclass
class Point:
    x: int
    y: float


class Options(BaseModel):
    depth: int = 3


@pytest.mark.parametrize(
    ("value", "wanted"),
    [
        ((1, "a"), [1, "a"]), (np.float64(0.5), 0.5), (np.int64(3), 3), (np.bool_(True), True), ({"a": (1, np.int32(2))}, {"a": [1, 2]}),
        (Mode.FAST, "fast"), (Point(1, 2.0), {"x": 1, "y": 2.0}), (Options(), {"depth": 3}), ("x" * 5000, "x" * 5000), ("\ud800", "\ud800"),
        (b"bytes\0", b"bytes\0"),
    ],
    ids=lambda value: str(value)[:20].encode("ascii", "replace").decode(),
)  # fmt: skip
def test_what_is_nearly_data_comes_back_as_data(artifacts: Artifacts, value: Any, wanted: Any) -> None:
    found = through(value, artifacts)
    assert found == wanted
    assert type(found) is type(wanted)


@pytest.mark.parametrize(
    "value", [object(), {1, 2}, {1: "a"}, lambda: 1, [object()], 1j, np.random.default_rng(0)],
    ids=lambda value: type(value).__name__,
)  # fmt: skip
def test_a_type_without_a_format_is_refused_with_the_ways_out(artifacts: Artifacts, value: Any) -> None:
    with pytest.raises(FormatError) as refused:
        formats.keep(value, artifacts)
    text = str(refused.value)
    assert f"{type(value).__module__}.{type(value).__qualname__} can't be kept" in text
    assert "register_format" in text
    assert "Pickled" in text


@pytest.mark.parametrize(
    ("value", "words"),
    [
        ({1: "a"}, "it has the key 1, and keys in JSON are text"),
        ({"a": [{}, {2: "b"}]}, "['a'][1] has the key 2"),
        ({"a": {"b": {1, 2}}}, "['a']['b'] is a set, which JSON can't hold"),
        ([0, object()], "[1] is an object, which JSON can't hold"),
    ],
)
def test_what_in_a_list_or_dict_cannot_be_kept_is_named(artifacts: Artifacts, value: Any, words: str) -> None:
    with pytest.raises(FormatError, match=re.escape(words)):
        formats.keep(value, artifacts)


def test_files_and_folders_come_back_with_their_names(artifacts: Artifacts, tmp_path: Path) -> None:
    (tmp_path / "report.txt").write_text("hello")
    (tmp_path / "folder" / "deep").mkdir(parents=True)
    (tmp_path / "folder" / "deep" / "a.bin").write_bytes(b"\0")
    file, folder = (through(tmp_path / name, artifacts) for name in ("report.txt", "folder"))
    assert (file.name, file.read_text()) == ("report.txt", "hello")
    assert (folder.name, (folder / "deep" / "a.bin").read_bytes()) == ("folder", b"\0")
    assert not file.stat().st_mode & 0o222  # whoever writes to it means to change a file of the store
    with pytest.raises(FormatError, match="no such file"):
        formats.keep(tmp_path / "absent", artifacts)


@pytest.mark.slow
def test_models_come_back_and_predict_the_same(artifacts: Artifacts) -> None:
    from sklearn.ensemble import HistGradientBoostingRegressor, RandomForestClassifier
    from sklearn.linear_model import LogisticRegression
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import FunctionTransformer, StandardScaler

    x = np.random.default_rng(0).normal(size=(60, 3))
    y = (x[:, 0] > 0).astype(int)
    for model in (
        make_pipeline(StandardScaler(), LogisticRegression()),
        make_pipeline(FunctionTransformer(np.abs), RandomForestClassifier(3, random_state=0)),
        HistGradientBoostingRegressor(max_iter=3),
    ):
        model.fit(x, y)
        np.testing.assert_array_equal(through(model, artifacts).predict(x), model.predict(x))


@pytest.mark.parametrize(
    "name", ["builtins.eval", "builtins.exec", "os.system", "numpy.f2py.f2py2e.main", "subprocess.Popen"]
)
def test_a_model_that_names_a_dangerous_function_is_refused(artifacts: Artifacts, tmp_path: Path, name: str) -> None:
    from sklearn.preprocessing import FunctionTransformer

    handle = formats.keep(FunctionTransformer(np.abs), artifacts)
    owner, _, function = name.rpartition(".")
    evil = tmp_path / "evil.skops"
    with zipfile.ZipFile(artifacts.path(handle.digest)) as good, zipfile.ZipFile(evil, "w") as bad:
        for item in good.namelist():
            text = good.read(item)
            if item == "schema.json":
                schema = json.loads(text)
                node = schema["content"]["content"]["func"]
                node.update({"__class__": function, "__module__": owner, "__loader__": "FunctionNode"})
                text = json.dumps(schema).encode()
            bad.writestr(item, text)
    digest, size = artifacts.add(evil)
    with pytest.raises(FormatError, match="can't be loaded safely"):
        formats.load(handle._replace(digest=digest, size=size), artifacts)


class Ball:
    """A type that no format takes."""

    def __init__(self, size: int) -> None:
        self.size = size


@module
def make_ball() -> Annotated[Ball, Pickled]:
    """Pickled on purpose."""
    return Ball(3)


@module
def make_ball_unpickled() -> Ball:
    """A mistake."""
    return Ball(3)


@module
def trusting(ball: Annotated[Ball, Pickled]) -> int:
    """Trusts the pickle."""
    return ball.size


@module
def wary(ball: Ball) -> int:
    """Doesn't."""
    return ball.size


def test_pickle_is_used_only_where_both_sides_say_so(where: Place) -> None:
    @pipeline
    def agreed() -> None:
        trusting(make_ball())

    @pipeline
    def not_read() -> None:
        wary(make_ball())

    @pipeline
    def not_written() -> None:
        trusting(make_ball_unpickled())

    run = agreed.run(executor="serial", store=where)
    child = next(child for child in run.get_children() if child.node == "trusting")
    assert where.read.outputs(child.id)["output"].inline == "3"
    with pytest.raises(RunFailedError, match="would execute code"):
        not_read.run(executor="serial", store=where)
    with pytest.raises(RunFailedError, match="can't be kept"):
        not_written.run(executor="serial", store=where)


def test_a_format_of_ones_own_is_used_for_subclasses_too(artifacts: Artifacts, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(formats, "_by_type", dict(formats._by_type))
    monkeypatch.setattr(formats, "_by_name", dict(formats._by_name))
    register_format(
        Format(
            "ball", f"{Ball.__module__.partition('.')[0]}.Ball", ".txt",
            lambda ball, path: path.write_text(str(ball.size)) and {"size": ball.size}, lambda path: Ball(int(path.read_text())),
        )
    )  # fmt: skip

    class RedBall(Ball):
        pass

    handle = formats.keep(RedBall(7), artifacts)
    assert (handle.format, handle.facts["size"]) == ("ball", 7)
    assert formats.load(handle, artifacts).size == 7
    del formats._by_name["ball"]
    with pytest.raises(FormatError, match="no format 'ball' is registered"):
        formats.load(handle, artifacts)


@module
def make_frame() -> pd.DataFrame:
    """A frame."""
    return pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": ["x", "y", "z"]})


@module
def spoil(frame: pd.DataFrame) -> int:
    """Changes what it got."""
    frame["a"] = 0.0
    frame.loc[:, "b"] = "spoilt"
    return len(frame)


@module
def look(frame: pd.DataFrame, spoilt: int) -> float:
    """Looks at what it got, after another has changed its own."""
    Run.get_context().log("sum", float(frame["a"].sum()))
    Run.get_context().log("text", "".join(frame["b"]))
    return float(frame["a"].sum())


@pytest.mark.parametrize("executor", ["serial", "threads", "processes"])
def test_what_a_module_does_to_its_input_never_reaches_a_sibling(where: Place, executor: str) -> None:
    @pipeline
    def siblings() -> None:
        frame = make_frame()
        look(frame, spoil(frame))

    run = siblings.run(executor=executor, store=where)
    child = next(child for child in run.get_children() if child.node == "look")
    assert child.get_metrics() == {"sum": 6.0, "text": "xyz"}


@module
def anything() -> Any:
    """Says nothing of its type."""
    return pd.DataFrame({"a": [1]})


@module
def wants_text(text: np.ndarray) -> int:
    """Says what it takes."""
    return len(text)


def test_a_value_of_the_wrong_type_is_told_at_the_port(where: Place) -> None:
    @pipeline
    def wrong() -> None:
        wants_text(anything())

    with pytest.raises(RunFailedError, match="input text takes a ndarray, but got a DataFrame"):
        wrong.run(executor="serial", store=where)


# Contents


def test_the_same_content_is_kept_once(artifacts: Artifacts) -> None:
    one, two = formats.keep(FRAMES["text"], artifacts), formats.keep(FRAMES["text"].copy(), artifacts)
    assert one.digest == two.digest
    assert len([p for p in artifacts.folder.rglob("*") if p.is_file()]) == 1


@pytest.mark.parametrize("digest", ["../../etc/passwd", "..", "", "a/b", "/etc/passwd", "ab\0cd"])
def test_a_digest_leads_nowhere_but_to_a_content(artifacts: Artifacts, digest: str) -> None:
    for ask in (artifacts.path, artifacts.has):
        with pytest.raises(FileNotFoundError):
            ask(digest)


def test_a_content_that_was_removed_is_told_in_words(artifacts: Artifacts) -> None:
    handle = formats.keep(FRAMES["text"], artifacts)
    artifacts.path(handle.digest).unlink()
    with pytest.raises(FileNotFoundError, match="trimmed or removed"):
        formats.load(handle, artifacts)


def test_contents_are_fetched_from_a_mirror(tmp_path: Path) -> None:
    mirror = f"file://{tmp_path / 'mirror'}"
    handle = formats.keep(FRAMES["text"], Artifacts(tmp_path / "here", mirror))
    (tmp_path / "report").mkdir()
    (tmp_path / "report" / "a.txt").write_text("hello")
    folder = formats.keep(tmp_path / "report", Artifacts(tmp_path / "here", mirror))
    elsewhere = Artifacts(tmp_path / "elsewhere", mirror)
    pd.testing.assert_frame_equal(formats.load(handle, elsewhere), FRAMES["text"])
    assert (formats.load(folder, elsewhere) / "a.txt").read_text() == "hello"
