"""The contract's example in a new folder: run, read back, saved and run as a document."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from tests.support import Project

CARS = '''
    from typing import Annotated, NamedTuple
    import pandas as pd
    from pydantic import Field
    from designer import Run, module, pipeline

    print("the file prints when it is imported")

    class Split(NamedTuple):
        train: pd.DataFrame
        test: pd.DataFrame

    @module
    def load_cars() -> pd.DataFrame:
        """Twenty cars."""
        Run.get_context().log("rows", 20)
        return pd.DataFrame({"weight": range(20), "price": [float(2 * i) for i in range(20)]})

    @module(category="Data Transformation", version="1")
    def split_data(
        dataset: pd.DataFrame,
        *,
        fraction: Annotated[float, Field(gt=0, lt=1)] = 0.7,
        seed: int = 0,
    ) -> Split:
        """Split rows into a train and a test part."""
        run = Run.get_context()
        train = dataset.sample(frac=fraction, random_state=seed)
        test = dataset.drop(train.index)
        run.log("train_rows", len(train))
        run.log("test_rows", len(test))
        run.parent.log("seen by the parent", len(dataset))
        print("split into", len(train), "and", len(test))
        return Split(train, test)

    @module
    def train_model(dataset: pd.DataFrame, *, label: str) -> dict:
        run = Run.get_context()
        for epoch in range(1500):
            run.log("loss", 1 / (1 + epoch), step=epoch)
        run.log_row("layer", units=3, rate=0.5)
        return {"slope": float(dataset[label].sum() / dataset["weight"].sum())}

    @module
    def score_model(model: dict, dataset: pd.DataFrame) -> pd.DataFrame:
        return dataset.assign(scored=dataset["weight"] * model["slope"])

    @module
    def evaluate_model(scored: pd.DataFrame) -> None:
        run = Run.get_context()
        run.log("mean_absolute_error", float((scored["price"] - scored["scored"]).abs().mean()))
        run.log("broken", float("nan"))

    @pipeline
    def cars(fraction: float = 0.7):
        data = load_cars()
        split = split_data(data, fraction=fraction)
        model = train_model(split.train, label="price")
        evaluate_model(score_model(model, split.test))
'''

NODES = ["load_cars", "split_data", "train_model", "score_model", "evaluate_model"]


@pytest.fixture
def cars(project: Project) -> Project:
    """The contract's example, typed into a new folder."""
    project.write("cars.py", CARS)
    return project


def test_the_example_runs_and_shows_the_metrics_of_every_module(cars: Project) -> None:
    ended = cars.real_designer("run", "cars.py", "-p", "fraction=0.8", "--json")
    assert ended.code == 0, ended.err
    run = ended.json
    assert set(run) >= {"run_id", "status", "metrics", "nodes"}
    assert (run["status"], run["metrics"]) == ("Completed", {"seen by the parent": 20})
    assert set(run["nodes"]) == set(NODES)
    for node in run["nodes"].values():
        assert set(node) >= {"run_id", "status", "metrics", "seconds", "error"}
        assert (node["status"], node["error"]) == ("Completed", None)
        assert node["seconds"] >= 0
    metrics = {name: node["metrics"] for name, node in run["nodes"].items()}
    assert metrics["load_cars"] == {"rows": 20}
    assert metrics["split_data"] == {"train_rows": 16, "test_rows": 4}
    assert metrics["train_model"]["layer"] == {"units": 3, "rate": 0.5}
    assert metrics["train_model"]["loss"] == {"last": 1 / 1500, "min": 1 / 1500, "max": 1.0, "count": 1500}
    assert metrics["evaluate_model"]["mean_absolute_error"] == 0.0
    assert "the file prints" in ended.err  # standard output holds the JSON value and nothing else
    assert "split_data" in ended.err

    shown = cars.designer("show", run["run_id"], "--json")
    assert (shown.code, shown.json) == (0, run)
    tree = cars.designer("show", run["run_id"][:8])
    assert all(word in tree.out for word in [*NODES, "train_rows", "16", "seen by the parent", "1,500 values"])
    logged = cars.designer("logs", "latest", "split_data")
    assert logged.out == "split into 16 and 4\n"
    assert "split into" in cars.designer("logs").out
    (listed,) = cars.designer("runs", "--json").json
    assert (listed["run_id"], listed["experiment"], listed["parameters"]) == (run["run_id"], "cars", {"fraction": 0.8})


def test_without_json_a_person_reads_progress_and_what_to_do_next(cars: Project) -> None:
    ended = cars.designer("run", "cars.py", "--experiment", "mine", "--executor", "threads")
    assert ended.code == 0, ended.err
    assert all(node in ended.out for node in NODES)
    assert "train_rows 14" in ended.out
    assert "Completed" in ended.out
    assert "next:" in ended.out
    (listed,) = cars.designer("runs", "--experiment", "mine", "--json").json
    assert listed["status"] == "Completed"


@pytest.mark.slow
def test_the_example_saved_as_a_document_runs_with_its_own_modules(cars: Project) -> None:
    saved = cars.python("from cars import cars; cars.save('pipelines/cars.yaml'); cars.save('pipelines/cars.json')")
    assert saved.code == 0, saved.err
    results = []
    for path in ("pipelines/cars.yaml", "pipelines/cars.json"):
        ended = cars.designer("run", path, "-p", "fraction=0.5", "--json")
        assert ended.code == 0, ended.err + ended.out
        assert ended.json["nodes"]["split_data"]["metrics"] == {"train_rows": 10, "test_rows": 10}
        results.append({name: node["metrics"] for name, node in ended.json["nodes"].items()})
    assert json.dumps(results[0]) == json.dumps(results[1])
    again = cars.python(
        """
        from designer import Pipeline
        loaded = Pipeline.load("pipelines/cars.yaml")
        print(loaded.check())
        run = loaded.run(fraction=0.75, executor="serial")
        print(run.status)
        for child in reversed(list(run.get_children())):
            print(child.name, child.status, child.get_metrics().get("train_rows"))
        """
    )
    assert again.code == 0, again.err
    assert "[]\nCompleted\n" in again.out.replace("split into 15 and 5\n", "")
    assert "split_data Completed 15" in again.out


@pytest.mark.slow
@pytest.mark.parametrize("way", ["nodes", "until"])
def test_part_of_it_can_be_run(cars: Project, way: str) -> None:
    if way == "until":
        ended = cars.designer("run", "cars.py", "--until", "split_data", "--json")
        assert set(ended.json["nodes"]) == {"load_cars", "split_data"}
    else:
        wrong = cars.designer("run", "cars.py", "--until", "split_dat", "--json")
        assert wrong.code == 2
        assert "split_data" in wrong.err
        assert "Traceback" not in wrong.err


@pytest.mark.slow
@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["run", "nowhere.py"], "there is no file nowhere.py"),
        (["run", "cars.py", "-p", "fraction"], "name=value"),
        (["run", "cars.py", "-p", "fraction=2"], "less than 1"),
        (["run", "cars.py", "-p", "fractoin=0.5"], "did you mean fraction"),
        (["run", "cars.py:trucks"], "it has: cars"),
        (["run", "cars.py", "--executor", "cloud"], "processes, threads, serial"),
        (["run", "text.txt"], "text.txt"),
        (["run", "binary.yaml"], "UTF-8"),
        (["show", "nothing"], "there is no run"),
        (["logs", "nothing"], "there is no run"),
        (["runs", "--sort", "nonsense"], "can't be ordered by"),
        (["runs", "--where", "nonsense"], "is no condition"),
        (["show", "--store", "other"], "newer version"),
        (["run", "cars.py", "--store", "text.txt"], "text.txt"),
        (["run", "cars.py", "--workers", "-1"], "-1 workers can't run anything"),
        (["runs", "--store", "text.txt/store"], "text.txt"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, list) else "",
)
def test_a_wrong_call_is_told_in_words_and_runs_nothing(cars: Project, arguments: list[str], words: str) -> None:
    cars.write("text.txt", "just: [text")
    (cars.folder / "binary.yaml").write_bytes(b"name: \xff\xfe")
    if "other" in arguments:
        cars.python(
            """
            import sqlite3
            from designer import open_store
            store = open_store("other")
            store.place.close()
            connection = sqlite3.connect("other/designer.db")
            connection.execute("PRAGMA user_version = 999")
            connection.commit()
            """
        )
    ended = cars.designer(*arguments)
    assert ended.code == 2
    assert words in ended.err + ended.out
    assert "Traceback" not in ended.err
    assert not (cars.folder / ".designer" / "designer.db").exists() or cars.designer("runs", "--json").json == []


SEVERAL = """
    from designer import module, pipeline, Run

    @module
    def step(*, n: int) -> int:
        Run.get_context().log("n", n)
        return n

    @pipeline
    def inner():
        return step(n=1)

    @pipeline
    def one():
        inner()
        step(n=2)

    @pipeline
    def two(count: int):
        for n in range(count):
            step(n=n)
"""


@pytest.mark.slow
def test_a_run_that_is_not_there_is_told_with_whole_runs_that_are(cars: Project) -> None:
    run_id = cars.designer("run", "cars.py", "--json").json["run_id"]
    told = cars.designer("show", "nothing").err
    assert f"the latest are {run_id}" in told


@pytest.mark.slow
def test_a_file_of_several_pipelines_wants_one_named(project: Project) -> None:
    project.write("several.py", SEVERAL)
    unnamed = project.designer("run", "several.py")
    assert unnamed.code == 2
    assert "several.py:one" in unnamed.err
    named = project.designer("run", "several.py:one", "--json")
    assert named.code == 0, named.err
    assert set(named.json["nodes"]) == {"inner", "inner/step", "step"}
    looped = project.designer("run", "several.py:two", "-p", "count=3", "--json")
    assert looped.code == 0, looped.err
    assert sorted(node["metrics"]["n"] for node in looped.json["nodes"].values()) == [0, 1, 2]
    missing = project.designer("run", "several.py:two", "--json")
    assert missing.code == 2
    assert [p["code"] for p in missing.json["problems"]] == ["missing_parameter"]


@pytest.mark.slow
def test_modules_of_the_projects_folder_are_found_and_win_over_the_palettes(project: Project) -> None:
    project.write("modules/__init__.py", "")
    project.write("modules/mine/__init__.py", "")
    project.write(
        "modules/mine/clean.py",
        """
        from designer import Run, module

        @module(title="My Split", category="Mine", id="split_data")
        def own_split(*, size: int = 3) -> int:
            "Split as we do."
            Run.get_context().log("mine", size)
            return size
        """,
    )
    project.write("modules/broken.py", "import nowhere_to_be_found\n")
    project.write("pipelines/p.yaml", "nodes: {a: {module: split_data, parameters: {size: 5}}}\n")
    project.write(
        "p.py",
        """
        from designer import pipeline
        from modules.mine.clean import own_split
        from modules.data_transformation.add_rows import add_rows

        @pipeline
        def p():
            own_split(size=6)
        """,
    )
    for path, size in (("pipelines/p.yaml", 5), ("p.py", 6)):
        ended = project.designer("run", path, "--json")
        assert ended.code == 0, ended.err + ended.out
        assert [node["metrics"] for node in ended.json["nodes"].values()] == [{"mine": size}]
    listed = project.designer("modules", "--json")
    assert listed.code == 0, listed.err
    found = {spec["id"]: spec for spec in listed.json}
    assert found["split_data"]["title"] == "My Split"
    assert found["split_data"]["parameters"]["properties"]["size"]["default"] == 3
    assert "nowhere_to_be_found" in found["modules.broken"]["error"]
    assert "add_rows" in found
    assert {"name", "title", "type", "optional", "many"} == set(found["add_rows"]["inputs"][0])
    person = project.designer("modules", "my split")
    assert "My Split  [split_data 1]" in person.out
    assert "size=3" in person.out
