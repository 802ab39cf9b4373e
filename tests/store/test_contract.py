"""The contract of stores: in memory and on disk, the same events give the same answers."""

from __future__ import annotations

import math
import shutil
import tempfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from designer.model.runs import Comparison, RunQuery
from designer.store.journal import BOOL, INT, NO_STEP
from designer.store.memory import MemoryPlace
from designer.store.place import Place
from designer.store.protocol import RunNotFoundError

RUNS = ["a", "b", "c", "d"]
NAMES = ["x", "y", "loss", "tag 1", "", "ünï", "a.b"]
texts = st.sampled_from(["", "one", "1", "1.0", "-2.5", "10", "ünï", 'qu"ote', "true", "null", "nan"])
numbers = st.one_of(st.floats(), st.sampled_from([0.0, 1.0, -1.0, 2.5, math.nan, math.inf]))
scalars = st.one_of(
    numbers, st.integers(-5, 5), st.sampled_from([2**60, -(2**200), 10**400]), st.booleans(), texts, st.none()
)
parameter_values = scalars | st.lists(st.integers(0, 3) | texts, max_size=2)
columns = st.dictionaries(st.sampled_from(["p", "q"]), scalars, min_size=1)
statuses = st.sampled_from(["NotStarted", "Running", "Completed", "Failed", "Canceled", "CancelRequested"])
names = st.sampled_from(NAMES)
runs = st.sampled_from(RUNS)

operations = st.one_of(
    st.tuples(st.just("update"), runs, st.dictionaries(st.just("status"), statuses, min_size=1)),
    st.tuples(st.just("update"), runs, st.fixed_dictionaries({"description": texts})),
    st.tuples(st.just("update"), runs, st.fixed_dictionaries({"started": st.floats(0, 50)})),
    st.tuples(st.just("update"), runs, st.fixed_dictionaries({"ended": st.floats(50, 99)})),
    st.tuples(
        st.just("update"), runs, st.fixed_dictionaries({"progress": st.floats(0, 1), "warnings": st.integers(0, 3)})
    ),
    st.tuples(st.just("update"), runs, st.fixed_dictionaries({"error": st.fixed_dictionaries({"message": texts})})),
    st.tuples(st.just("tags"), runs, st.dictionaries(names, texts | st.none(), min_size=1)),
    st.tuples(st.just("untag"), runs, st.lists(names, min_size=1, max_size=2)),
    st.tuples(st.just("properties"), runs, st.dictionaries(names, texts, min_size=1)),
    st.tuples(st.just("parameters"), runs, st.dictionaries(names, parameter_values, min_size=1)),
    st.tuples(st.just("scalar"), runs, names, scalars, st.none() | st.integers(-3, 9)),
    st.tuples(st.just("scalar"), runs, st.just("loss"), numbers, st.none() | st.integers(-3, 9)),
    st.tuples(st.just("rows"), runs, names, st.lists(columns, min_size=1, max_size=3)),
    st.tuples(st.just("file"), runs, st.sampled_from(["f", "logs/g", "ünï"]), texts),
    st.tuples(st.just("handle"), runs, st.sampled_from(["in", "out"]), st.sampled_from(["p", "q"]), texts),
    st.tuples(st.just("document"), runs, texts),
    st.tuples(st.just("look")),
)


def conditions() -> st.SearchStrategy[Comparison]:
    ops = st.sampled_from(["=", "!=", "<", "<=", ">", ">=", "exists"])
    wanted = st.one_of(st.sampled_from([0, 1, -1.0, 2.5, True, False, None, "1", "one", "ünï"]))
    return st.builds(Comparison, st.sampled_from(["metric", "parameter", "tag", "property"]), names, ops, wanted)


orders = st.sampled_from(
    [
        "created",
        "started",
        "status",
        "description",
        "seconds",
        "number",
        *(f"{s}.{n}" for s in ("metrics", "parameters", "tags", "properties") for n in NAMES if n),
    ]
)
queries = st.builds(
    RunQuery,
    ids=st.none() | st.lists(runs, max_size=3),
    experiment=st.none() | st.sampled_from(["e", "f"]),
    parent=st.none() | runs,
    root=st.none() | runs,
    kind=st.none() | st.sampled_from(["pipeline", "module"]),
    status=st.none() | st.lists(statuses, max_size=2),
    roots_only=st.booleans(),
    text=st.none() | st.sampled_from(["a", "A", "_", "%", "name", "\\"]),
    conditions=st.lists(conditions(), max_size=2),
    order_by=orders,
    descending=st.booleans(),
    limit=st.none() | st.integers(0, 3),
    offset=st.integers(0, 2),
)


class Both:
    """Two stores that get the same events."""

    def __init__(self, folder: Path) -> None:
        self.disk, self.memory = Place(folder), MemoryPlace()
        self.at = 1000.0
        for number, id in enumerate(RUNS):
            parent = {"b": "a", "c": "b"}.get(id)
            self.event(
                {"e": "run", "id": id, "kind": "module" if parent else "pipeline", "parent": parent, "root": "d" if id == "d" else "a",
                 "experiment": "f" if id == "d" else "e", "name": f"name_{id}", "status": "Running", "created": float(number), "owner": "x",
                 "tags": {"from the start": None}}
            )  # fmt: skip

    def event(self, data: dict[str, Any]) -> None:
        for place in (self.disk, self.memory):
            place.journal.event(data)

    def do(self, operation: tuple[Any, ...]) -> None:
        """Carry out one operation on both."""
        self.at += 1.0
        kind, *rest = operation
        if kind == "look":
            self.disk.read.sync()
            self.memory.read.sync()
        elif kind in ("scalar", "rows"):
            for place in (self.disk, self.memory):
                self._log(place, kind, *rest)
        elif kind == "update":
            self.event({"e": "update", "run": rest[0], **rest[1]})
        elif kind == "untag":
            self.event({"e": "tags", "run": rest[0], "remove": rest[1]})
        elif kind in ("tags", "properties", "parameters"):
            self.event({"e": kind, "run": rest[0], "set": rest[1]})
        elif kind == "file":
            self.event({"e": "file", "run": rest[0], "name": rest[1], "digest": rest[2], "size": 3, "t": self.at})
        elif kind == "handle":
            self.event(
                {
                    "e": "handle",
                    "run": rest[0],
                    "way": rest[1],
                    "port": rest[2],
                    "handle": ["json", "d", 1, rest[3], {"length": 1}],
                }
            )
        elif kind == "document":
            self.event({"e": "document", "run": rest[0], "data": {rest[1]: rest[1]}})

    def _log(self, place: Any, kind: str, run: str, name: str, value: Any, step: int | None = None) -> None:
        journal = place.journal
        key = journal.key(run, name, "table" if kind == "rows" else "scalar", "about it")
        if key is None:
            return
        if kind == "rows":
            journal.event({"e": "rows", "k": key, "t": self.at, "rows": value})
        elif type(value) is float or (type(value) in (int, bool) and abs(value) < 2**53):
            code = {float: 0, int: INT, bool: BOOL}[type(value)]
            journal.point(key | code, float(value), NO_STEP if step is None else step, self.at)
        else:
            journal.event({"e": "value", "k": key, "t": self.at, "s": step, "v": value})

    def close(self) -> None:
        self.disk.close()
        self.memory.close()


def plain(value: Any) -> Any:
    """An answer as something that equals itself, NaN or not."""
    if isinstance(value, float) and value != value:
        return "NaN"
    if isinstance(value, np.ndarray):
        return plain(value.tolist())
    if isinstance(value, tuple) and hasattr(value, "_asdict"):
        return {name: plain(part) for name, part in value._asdict().items()}
    if isinstance(value, (list, tuple)):
        return [plain(item) for item in value]
    if isinstance(value, dict) or hasattr(value, "items"):
        return {str(key): plain(item) for key, item in value.items()}
    return (type(value).__name__, value)


def record(one: Any) -> Any:
    """A run's record with its JSON read."""
    fields = {name: value for name, value in one._asdict().items() if not name.endswith("_json")}
    parsed = {name: getattr(one, name) for name in ("error", "tags", "properties", "parameters", "metrics")}
    return plain({**fields, **parsed})


def answers(store: Any) -> Any:
    """All that a store says, whatever is asked."""
    found: dict[str, Any] = {"experiments": store.experiments(), "metrics": plain(store.metrics(RUNS))}
    for run in RUNS:
        found[run] = {
            "record": record(store.run(run)),
            "tree": [record(one) for one in store.tree(run)],
            "files": plain(store.files(run)),
            "outputs": plain(store.outputs(run)),
            "inputs": plain(store.inputs(run)),
            "document": store.document(run),
            "series": {name: plain(store.series(run, name)) for name in NAMES},
            "values": {name: plain(store.values(run, name)) for name in NAMES},
            "rows": {name: plain(store.rows(run, name)) for name in NAMES},
        }
    return found


@pytest.mark.slow
@settings(max_examples=40)
@given(st.lists(operations, max_size=25), st.lists(queries, min_size=1, max_size=4))
@example([("scalar", "a", "loss", 0.0, None), ("scalar", "a", "loss", 2**60, None)], [])
def test_both_stores_give_the_same_answers(todo: list[tuple[Any, ...]], asked: list[RunQuery]) -> None:
    folder = Path(tempfile.mkdtemp())
    both = Both(folder)
    try:
        for operation in todo:
            both.do(operation)
        assert answers(both.disk.read) == answers(both.memory.read)
        for query in asked:
            assert [r.id for r in both.disk.read.runs(query)] == [r.id for r in both.memory.read.runs(query)], query
            assert both.disk.read.count(query) == both.memory.read.count(query)
    finally:
        both.close()
        shutil.rmtree(folder)


@pytest.fixture(params=["disk", "memory"])
def store(request: pytest.FixtureRequest, tmp_path: Path) -> Any:
    """An empty store."""
    place = Place(tmp_path / "store") if request.param == "disk" else MemoryPlace()
    yield place.read
    place.close()


def test_an_unknown_run_is_refused_by_name(store: Any) -> None:
    for ask in (store.run, store.tree):
        with pytest.raises(RunNotFoundError, match="nowhere"):
            ask("nowhere")
    assert store.metrics(["nowhere"]) == {}
    assert store.values("nowhere", "x") == []
    assert store.files("nowhere") == []
    with pytest.raises(FileNotFoundError, match=r"f\.txt"):
        store.file("nowhere", "f.txt")


@pytest.mark.parametrize("order", ["nonsense", "tags_json", "metrics_json", "error_json"])
def test_an_order_that_there_is_not_is_refused_with_the_choices(store: Any, order: str) -> None:
    with pytest.raises(ValueError, match=r"metrics\.NAME"):
        store.runs(RunQuery(order_by=order))


def test_the_revision_grows_with_what_is_new_and_only_then(store: Any) -> None:
    journal = store.place.journal
    journal.event({"e": "run", "id": "r", "kind": "interactive", "owner": journal.token})
    first = store.revision()
    assert store.revision() == first
    journal.event({"e": "tags", "run": "r", "set": {"a": "b"}})
    assert store.revision() > first
