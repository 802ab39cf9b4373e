"""Files, images and charts of runs: kept, listed and fetched; no name leads out of a folder."""

from __future__ import annotations

import io
import json
import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from designer.errors import MetricError, RunStateError

if TYPE_CHECKING:
    from designer import Experiment, Run

PNG = b"\x89PNG\r\n\x1a\n rest"


@pytest.fixture
def run(experiment: Experiment) -> Run:
    """A run that is on, in a working folder of its own."""
    return experiment.start_logging()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder with some files in it."""
    folder = tmp_path / "data"
    (folder / "deep").mkdir(parents=True)
    (folder / "a.txt").write_text("a")
    (folder / "deep" / "b.bin").write_bytes(b"\0b")
    return folder


# Files


def test_files_come_back_as_they_were(run: Run, folder: Path, tmp_path: Path) -> None:
    run.upload_file("one.txt", str(folder / "a.txt"))
    run.upload_file("models/two.txt", folder / "a.txt")
    run.upload_file("text", io.StringIO("ünï"))
    run.upload_file("bytes", io.BytesIO(b"\0"))
    run.upload_files(["x/1", "x/2"], [str(folder / "a.txt"), str(folder / "deep" / "b.bin")])
    run.upload_folder("all", str(folder))
    names = ["all/a.txt", "all/deep/b.bin", "bytes", "models/two.txt", "one.txt", "text", "x/1", "x/2"]
    assert run.get_file_names() == names
    (folder / "a.txt").write_text("changed since")
    assert Path(run.download_file("one.txt")).read_text() == "a"
    assert Path(run.download_file("models/two.txt", str(tmp_path / "new" / "name"))).read_text() == "a"
    into = Path(run.download_file("models/two.txt", f"{tmp_path}/into/"))
    assert (into.name, into.parent.name) == ("two.txt", "into")
    assert Path(run.download_file("text")).read_text() == "ünï"
    assert run.download_file("x/2", str(tmp_path)) == str(tmp_path / "2")
    assert (tmp_path / "2").read_bytes() == b"\0b"
    (tmp_path / "2").write_bytes(b"mine")  # a copy is the caller's to change
    assert Path(run.download_file("x/2", str(tmp_path / "again"))).read_bytes() == b"\0b"


def test_folders_are_fetched_by_prefix(run: Run, folder: Path, tmp_path: Path) -> None:
    run.upload_folder("all", str(folder))
    run.upload_folder("allmost", str(folder))
    run.upload_folder("", str(folder))
    run.download_files(prefix="all", output_directory=str(tmp_path / "one"))
    assert sorted(p.relative_to(tmp_path / "one").as_posix() for p in (tmp_path / "one").rglob("*") if p.is_file()) == [
        "all/a.txt",
        "all/deep/b.bin",
    ]
    run.download_files(prefix="all/", output_directory=str(tmp_path / "two"), append_prefix=False)
    assert (tmp_path / "two" / "deep" / "b.bin").read_bytes() == b"\0b"
    run.download_files(prefix="all", output_paths=[str(tmp_path / "x"), str(tmp_path / "y")])
    assert (tmp_path / "x").read_text() == "a"
    run.download_files(output_directory=str(tmp_path / "three"))
    assert len([p for p in (tmp_path / "three").rglob("*") if p.is_file()]) == 6
    with pytest.raises(RunStateError, match="2 files match"):
        run.download_files(prefix="all", output_paths=["x"])


def test_a_name_is_given_once_and_what_is_missing_is_told(run: Run, folder: Path) -> None:
    run.upload_file("a.txt", str(folder / "a.txt"))
    with pytest.raises(RunStateError, match=r"has a file 'a\.txt' already"):
        run.upload_file("a.txt", io.StringIO("other"))
    with pytest.raises(FileNotFoundError, match=r"no file 'b.txt'; it has a\.txt"):
        run.download_file("b.txt")
    with pytest.raises(RunStateError, match="no file"):
        run.upload_file("c", str(folder / "absent"))
    with pytest.raises(RunStateError, match="upload_folder"):
        run.upload_file("c", str(folder))
    with pytest.raises(RunStateError, match="no folder"):
        run.upload_folder("c", str(folder / "a.txt"))
    with pytest.raises(RunStateError, match="int"):
        run.upload_file("c", 5)
    with pytest.raises(TypeError, match="2 names and 1 paths"):
        run.upload_files(["a", "b"], [str(folder / "a.txt")])
    with pytest.warns(RuntimeWarning, match="named twice"):
        run.upload_files(["d", "d"], [str(folder / "a.txt"), str(folder / "deep" / "b.bin")])
    assert Path(run.download_file("d")).read_text() == "a"


@pytest.mark.parametrize("name", ["../x", "a/../../x", "/etc/x", "", ".", "a/..", "\\..\\x", "a\0b", "..\\..\\x"])
def test_no_name_leads_out(run: Run, name: str) -> None:
    with pytest.raises(RunStateError, match="can't be the name of a run's file"):
        run.upload_file(name, io.StringIO("x"))
    assert run.get_file_names() == []


@settings(max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.text(st.sampled_from("./\\a ~:\0\n") | st.characters(exclude_categories=["Cs"]), max_size=12))
def test_no_metrics_name_leads_out_either(experiment: Experiment, name: str) -> None:
    run = experiment.start_logging()
    run.log_confusion_matrix(name, {"data": {}})
    run.log_image(name + "!", plot=Figure())
    target = Path.cwd() / run.id / "inside" / "of" / "it"
    run.download_files(output_directory=str(target))
    found = [p for p in (Path.cwd() / run.id).rglob("*") if p.is_file()]
    assert len(found) == 2
    assert all(p.resolve().is_relative_to(target) for p in found)
    assert set(run.get_metrics()) == {name, name + "!"}


def test_folders_of_outputs_are_kept_at_the_end(experiment: Experiment, tmp_path: Path) -> None:
    assert Path.cwd() == tmp_path
    (tmp_path / "outputs").mkdir()
    (tmp_path / "outputs" / "model.txt").write_text("model")
    run = experiment.start_logging()
    run.upload_file("outputs/by_hand.txt", io.StringIO("mine"))
    (tmp_path / "outputs" / "by_hand.txt").write_text("other")
    run.complete()
    assert run.get_file_names() == ["outputs/by_hand.txt", "outputs/model.txt"]
    assert Path(run.download_file("outputs/by_hand.txt", str(tmp_path / "x"))).read_text() == "mine"
    without = experiment.start_logging(outputs=False)
    without.complete()
    assert without.get_file_names() == []
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "a").write_text("a")
    other = experiment.start_logging(outputs=str(tmp_path / "elsewhere"))
    other.fail("but its outputs are kept")
    assert other.get_file_names() == ["elsewhere/a"]


def test_many_files_are_kept_in_no_time(run: Run, tmp_path: Path) -> None:
    many = tmp_path / "many"
    many.mkdir()
    for i in range(300):
        (many / f"{i:03}.txt").write_text(str(i))
    before = run._place.read.revision()
    run.upload_folder("many", str(many))
    assert len(run.get_file_names()) == 300
    assert run._place.read.revision() - before < 10  # one look for all, not one a file


def test_a_snapshot_is_kept_without_what_is_ignored(experiment: Experiment, tmp_path: Path) -> None:
    source = tmp_path / "source"
    (source / "data").mkdir(parents=True)
    (source / "train.py").write_text("print()")
    (source / "data" / "big.csv").write_text("1")
    (source / ".amlignore").write_text("# comment\ndata/\n")
    run = experiment.start_logging(snapshot_directory=str(source))
    digest = run.properties["ContentSnapshotId"]
    kept = run._place.artifacts.path(digest)
    assert sorted(p.relative_to(kept).as_posix() for p in kept.rglob("*") if p.is_file()) == [".amlignore", "train.py"]
    with pytest.raises(RunStateError, match="no folder"):
        experiment.start_logging(snapshot_directory=str(tmp_path / "absent"))


# Images


class Figure:
    """What matplotlib's figures have in common with it."""

    def savefig(self, stream: Any, format: str) -> None:
        stream.write(PNG)


def address(run: Run, path: str) -> str:
    return f"aml://artifactId/ExperimentRun/dcid.{run.id}/{path}"


def test_a_figure_is_an_image_two_in_a_second_are_two(run: Run) -> None:
    for _ in range(3):
        run.log_image("loss curve", plot=Figure())
    names = run.get_file_names()
    assert len(names) == 3
    assert all(name.startswith("loss curve_") and name.endswith(".png") for name in names)
    assert len(run._place.read.rows(run.id, "loss curve")) == 3
    found = run.get_metrics(populate=True)["loss curve"]
    assert found.data == PNG
    assert run.get_metrics()["loss curve"] == address(run, found.filename)


@pytest.mark.slow
def test_matplotlib_can_be_logged(run: Run) -> None:
    matplotlib = pytest.importorskip("matplotlib")
    matplotlib.use("Agg")
    from matplotlib import pyplot

    figure, axes = pyplot.subplots()
    axes.plot([1, 2])
    run.log_image("figure", plot=figure)
    run.log_image("current", plot=pyplot)
    pyplot.close(figure)
    for artifact in run.get_metrics(populate=True).values():
        assert artifact.data.startswith(b"\x89PNG")


@pytest.mark.parametrize(
    "data",
    [PNG, b"\xff\xd8\xff\xe0", b"GIF89a", b"RIFF0000WEBP", b"<svg xmlns=''></svg>", b"<?xml version='1.0'?>\n<svg/>"],
    ids=["png", "jpeg", "gif", "webp", "svg", "svg with a head"],
)
def test_a_file_is_an_image_by_its_content(run: Run, tmp_path: Path, data: bytes) -> None:
    (tmp_path / "plots").mkdir()
    (tmp_path / "plots" / "one.img").write_bytes(data)
    run.log_image("relative", path="plots/one.img")
    run.log_image("absolute", path=str(tmp_path / "plots" / "one.img"))
    run.log_image("out of the folder", path=os.path.join("plots", "..", "plots", "one.img"))
    metrics = run.get_metrics(populate=True)
    assert metrics["relative"].filename == "plots/one.img"
    assert [artifact.data for artifact in metrics.values()] == [data] * 3
    assert all(".." not in name for name in run.get_file_names())


def test_a_file_that_is_logged_again_with_other_content_is_a_second_image(run: Run, tmp_path: Path) -> None:
    for text in (b"one", b"two"):
        (tmp_path / "curve.png").write_bytes(PNG + text)
        run.log_image("curve", path="curve.png")
    rows = run._place.read.rows(run.id, "curve")
    assert [run._place.read.file(run.id, row["path"]).read_bytes() for row in rows] == [PNG + b"one", PNG + b"two"]


def test_what_is_no_image_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    (tmp_path / "text.png").write_text("no image")
    for arguments, words in (
        ({}, "either path or plot"), ({"path": "a", "plot": Figure()}, "either path or plot"), ({"path": "absent.png"}, "there is no file"),
        ({"path": "text.png"}, "is no image"), ({"plot": object()}, "is no figure"),
    ):  # fmt: skip
        with pytest.raises(MetricError, match=words):
            run.log_image("x", **arguments)
    assert run.get_metrics() == {}


# Charts


@pytest.mark.parametrize("kind", ["confusion_matrix", "accuracy_table", "residuals", "predictions"])
def test_charts_are_kept_as_their_json(run: Run, kind: str) -> None:
    import numpy as np

    value = {
        "schema_type": kind,
        "schema_version": "v1",
        "data": {"class_labels": np.array(["a", "b"]), "matrix": np.eye(2), "n": np.int64(1)},
    }
    wanted = {
        "schema_type": kind,
        "schema_version": "v1",
        "data": {"class_labels": ["a", "b"], "matrix": [[1.0, 0.0], [0.0, 1.0]], "n": 1},
    }
    log = getattr(run, f"log_{kind}")
    log("chart", value)
    log("folder/chart.json", json.dumps(wanted))
    metrics = run.get_metrics()
    assert metrics == {"chart": address(run, "chart"), "folder/chart.json": address(run, "folder/chart.json")}
    for artifact in run.get_metrics(populate=True).values():
        assert artifact.convert_to_object() == wanted
    assert run._place.read.metrics([run.id])[run.id]["chart"].kind == kind
    log("chart", {"data": "of the second epoch"})
    assert run.get_metrics()["chart"] == metrics["chart"]  # the first one's address
    assert run.get_metrics(populate=True)["chart"].convert_to_object() == wanted
    assert [json.loads(run._place.read.file(run.id, row["path"]).read_text()) for row in run._place.read.rows(run.id, "chart")] == [
        wanted, {"data": "of the second epoch"}
    ]  # fmt: skip
    for wrong, words in (
        ("{not json", "invalid JSON"),
        ([1], "takes a dict"),
        ({"a": object()}, "JSON"),
        ({(1, 2): 3}, "JSON"),
    ):
        with pytest.raises(MetricError, match=words):
            log("wrong", wrong)
