"""Declaring modules and pipelines in Python: what signatures say, what calling modules builds, what loads and saves."""

from __future__ import annotations

import pickle
import sys
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

import pandas as pd
import pytest
from pydantic import BaseModel, Field

from designer import Metric, Pipeline, PortInfo, Run, lazy_import, module, pipeline
from designer.declare.registry import Registry
from designer.errors import ModuleLoadError

if TYPE_CHECKING:
    from tests.support import Project

np = lazy_import("numpy")


class Split(NamedTuple):
    """Two outputs."""

    train: pd.DataFrame
    test: Annotated[pd.DataFrame, PortInfo(title="The rest", description="what wasn't taken")]


class Options(BaseModel):
    """A parameter of several values."""

    depth: int = Field(3, ge=1)
    name: str = "x"


@module(category="Data", version=2, metrics=[Metric("rows", goal="maximize", unit="rows")], title="Split It")
def split(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Rows")],
    weights: np.ndarray | None = None,
    more: list[pd.DataFrame] = [],  # noqa: B006 - as users write it
    *,
    fraction: Annotated[float, Field(gt=0, lt=1, description="How much")] = 0.7,
    mode: Literal["fast", "exact"] = "fast",
    options: Options = Options(),  # noqa: B008
    label: str,
) -> Split:
    """Split rows.

    In two.
    """
    return Split(dataset[: int(len(dataset) * fraction)], dataset)


@module
def source(*, n: int = 1) -> int:
    """A number."""
    return n


@module
def pair() -> tuple[int, str]:
    """One output, which is a tuple."""
    return 1, "a"


@module
def total(numbers: list[int]) -> int:
    """A sum."""
    return sum(numbers)


@module
def nothing(number: int) -> None:
    """No output."""


def test_a_signature_gives_ports_and_parameters() -> None:
    spec = split.spec
    assert (spec.id, spec.title, spec.category, spec.version, spec.description) == (
        "split",
        "Split It",
        "Data",
        "2",
        "Split rows.\n\nIn two.",
    )
    assert [(p.name, p.title, str(p.type), p.optional, p.many) for p in spec.inputs] == [
        ("dataset", "Rows", "DataFrame", False, False), ("weights", "Weights", "ndarray", True, False), ("more", "More", "DataFrame", True, True),
    ]  # fmt: skip
    assert [(p.name, p.title, p.description) for p in spec.outputs] == [
        ("train", "Train", ""),
        ("test", "The rest", "what wasn't taken"),
    ]
    properties = spec.parameters["properties"]
    assert list(properties) == ["fraction", "mode", "options", "label"]
    assert (
        properties["fraction"]["default"],
        properties["fraction"]["exclusiveMaximum"],
        properties["fraction"]["description"],
    ) == (0.7, 1, "How much")
    assert properties["mode"]["enum"] == ["fast", "exact"]
    assert spec.parameters["required"] == ["label"]
    assert spec.metrics[0].name == "rows"
    assert spec.source.startswith("test_declaring.py:")
    assert [str(p.type) for p in pair.spec.outputs] == ["tuple[int, str]"]
    assert nothing.spec.outputs == ()


def test_parameters_are_validated_and_converted_by_pydantic() -> None:
    assert split.validate({"label": "y", "fraction": 0.5, "options": {"depth": 2}}) == []
    problems = dict(split.validate({"fraction": 2, "mode": "slow", "options": {"depth": 0}, "nonsense": 1}))
    assert set(problems) == {"fraction", "mode", "options.depth", "nonsense", "label"}
    assert "less than 1" in problems["fraction"]
    values = split.parameters({"label": "y", "options": {"depth": 2}})
    assert values == {"fraction": 0.7, "mode": "fast", "options": Options(depth=2), "label": "y"}


@pytest.mark.parametrize(
    ("source_text", "words"),
    [
        ("@module\ndef bad(*frames): ...", r"\*frames can be neither a port nor a parameter"),
        ("@module\ndef bad(*, a: int, **more): ...", r"\*more can be neither"),
        ("@module\ndef bad(a: 'not a type ['): ...", "can't be understood"),
        ("@module\ndef bad(*, a: 'flaot' = 1.0): ...", "there is no flaot where the module runs"),
        ("@module\nasync def bad(): ...", "bad is an async function"),
    ],
)
def test_a_signature_that_is_no_modules_is_refused_in_words(source_text: str, words: str) -> None:
    with pytest.raises(ModuleLoadError, match=words):
        exec(f"from designer import module\n{source_text}", {"__name__": "bad"})


class Custom:
    pass


@module
def unusual(
    *,
    copy: bool = False,
    model_fields: int = 1,
    model_config: int = 2,
    _hidden: int = 3,
    custom: Custom | None = None,
    when: date = date(2024, 1, 1),
    price: Decimal = Decimal("1.10"),
    place: Path = Path("."),
) -> None:
    """Parameters whose names pydantic has uses for, and of types that JSON has no form of."""
    Run.get_context().log_list("names", [copy, model_fields, model_config, _hidden])
    Run.get_context().log("rest", repr((custom, when, price, place)))


@pytest.mark.filterwarnings("error")
def test_parameters_have_any_name_and_any_type_that_pydantic_knows(where: Any) -> None:
    @pipeline
    def unusually(day: date = date(2024, 5, 1)) -> None:
        unusual(
            copy=True, model_fields=10, model_config=20, _hidden=30, when=day, price=Decimal("2.50"), place=Path("x")
        )

    assert set(unusual.spec.parameters["properties"]) == set(unusual._read.parameters)
    assert unusually.check() == []
    run = unusually.run(store=where.folder, executor="serial")
    (child,) = run.get_children()
    rest = repr((None, date(2024, 5, 1), Decimal("2.50"), Path("x")))
    assert child.get_metrics() == {"names": [True, 10, 20, 30], "rest": rest}


def test_a_parameter_that_pydantic_cannot_describe_is_a_problem_of_its_node(project: Project) -> None:
    project.write(
        "odd.py",
        """
        from typing import Annotated
        from annotated_types import Gt
        from designer import module, pipeline

        class Unknown:
            @classmethod
            def __get_pydantic_core_schema__(cls, source, handler):
                raise TypeError("it has no schema")

        @module
        def odd(*, fine: int = 1, wrong: Unknown = None) -> int:
            return 1

        @pipeline
        def odds():
            odd()
        """,
    )
    ended = project.designer("check", "odd.py", "--json")
    assert ended.code == 2, ended.err
    (problem,) = ended.json["problems"]
    assert (problem["code"], problem["node"]) == ("broken_module", "odd")
    assert "parameter wrong: TypeError: it has no schema" in problem["message"]


@pytest.mark.parametrize(
    ("signature", "words"),
    [("*more", "*more can't be a parameter"), ("call=print", "the default of call")],
)
def test_what_can_be_no_parameter_of_a_pipeline_is_told(project: Project, signature: str, words: str) -> None:
    project.write(
        "odd.py",
        f"""
        from designer import module, pipeline

        @module
        def one() -> int:
            return 1

        @pipeline
        def odds({signature}):
            one()
        """,
    )
    ended = project.designer("run", "odd.py")
    assert ended.code == 2
    assert words in ended.err
    assert "Traceback" not in ended.err


def test_loops_helpers_and_conditions_build_nodes() -> None:
    def add(numbers: list[Any]) -> Any:  # a helper function, as any
        return total(numbers)

    @pipeline
    def built(times: int = 3, twice: bool = False) -> Any:
        """What it is for."""
        sources = [source(n=n) for n in range(times)]
        found = add(sources)
        if twice:
            found = add([found, *sources])
        nothing.named("end")(found)
        return found

    document = built.document
    assert [node.id for node in document.nodes] == ["source", "source_2", "source_3", "total", "end"]
    assert [str(edge) for edge in document.edges] == [
        "source.output -> total.numbers", "source_2.output -> total.numbers", "source_3.output -> total.numbers", "total.output -> end.number"
    ]  # fmt: skip
    assert document.description == "What it is for."
    assert {name: parameter.default for name, parameter in document.parameters.items()} == {"times": 3, "twice": False}
    assert str(document.outputs["output"]) == "total.output"
    assert len(built.with_values({"times": 1, "twice": True}).nodes) == 4
    assert built.check() == built.check(twice=True) == []


def test_outputs_can_be_taken_by_name_place_or_unpacked() -> None:
    @pipeline
    def built() -> None:
        data = split(source(), label="y")
        train, test = data
        total([train, data.test, data[0], data["test"], test])

    assert [edge.source.port for edge in built.document.edges[1:]] == ["train", "test", "train", "test", "test"]


def test_a_value_that_is_not_known_yet_decides_nothing() -> None:
    @pipeline
    def compared() -> None:
        if source() > 3:
            source()

    with pytest.raises(ModuleLoadError, match=r"can't be built: test_declaring\.py line \d+: TypeError"):
        compared.check()


def test_pipeline_parameters_are_bound_through_groups_and_arithmetic_is_a_value() -> None:
    @pipeline
    def inner(number: int, n: int = 1, flag: bool = False) -> Any:
        return total([number, source(n=n)])

    @pipeline
    def outer(count: int = 2) -> None:
        inner(inner(source(n=count), n=count * 10), n=count, flag=True)

    nodes = {node.id: node for node in outer.document.nodes}
    assert nodes["source"].bindings == {"n": "count"}
    assert nodes["inner"].parameters == {"n": 20}
    assert (nodes["inner_2"].bindings, nodes["inner_2"].parameters) == ({"n": "count"}, {"flag": True})
    assert nodes["inner_2"].pipeline.nodes[0].bindings == {"n": "n"}
    assert outer.check(count=5) == []


def test_a_group_takes_many_edges_and_gives_several_outputs(where: Any) -> None:
    @pipeline
    def inner(numbers: Any, extra: Any = None) -> Any:
        return {"sum": total(numbers), "one": source(n=5)}

    @pipeline
    def outer() -> None:
        group = inner([source(n=1), source(n=2)])
        total.named("end")([group.sum, group.one])

    assert outer.check() == []
    run = outer.run(executor="serial", store=where)
    end = next(child for child in run.get_children() if child.node == "end")
    assert where.read.outputs(end.id)["output"].inline == "8"


def test_a_saved_pipeline_placed_in_another_is_a_group(project: Project) -> None:
    project.write(
        "steps.py",
        """
        from designer import Pipeline, module, pipeline

        @module
        def one() -> int:
            return 1

        @module
        def plus(number: int, *, n: int = 1) -> int:
            return number + n

        @pipeline
        def inner(number, n: int = 1):
            return plus(plus(number, n=n))

        inner.save("inner.yaml")

        @pipeline
        def outer(n: int = 5):
            plus.named("end")(Pipeline.load("inner.yaml")(number=one(), n=n))
        """,
    )
    ended = project.designer("run", "steps.py:outer", "--json")
    assert ended.code == 0, ended.err + ended.out
    assert set(ended.json["nodes"]) == {"one", "inner", "inner/plus", "inner/plus_2", "end"}


def test_calling_a_pipeline_outside_of_another_is_refused_in_words() -> None:
    @pipeline
    def alone() -> None:
        source()

    with pytest.raises(TypeError, match=r"alone is a pipeline\n  next: alone\.run"):
        alone()
    with pytest.raises(TypeError, match="in another pipeline"):
        alone.named("x")()


def test_two_modules_of_one_id_in_a_pipeline_are_refused() -> None:
    def make(n: int) -> Any:
        @module(id="same")
        def made() -> int:
            return n

        return made

    @pipeline
    def both() -> None:
        make(1)()
        make(2)()

    with pytest.raises(ModuleLoadError, match="two modules are called same"):
        both.check()


def test_a_document_round_trips_through_a_file(tmp_path: Path) -> None:
    @pipeline
    def kept(count: int = 2) -> None:
        total([source(n=count), source.named("named")(n=3)])

    for name in ("p.yaml", "p.json", "deep/er/p.yml"):
        kept.save(tmp_path / name)
        loaded = Pipeline.load(tmp_path / name)
        assert loaded.name == "kept"
        assert {n.id: (n.module, n.parameters, n.bindings) for n in loaded.document.nodes} == {
            n.id: (n.module, n.parameters, n.bindings) for n in kept.document.nodes
        }
        loaded.save(tmp_path / "again.yaml")
        assert Pipeline.load(tmp_path / "again.yaml").document == loaded.document
    assert not list(tmp_path.glob(".*"))


def test_an_argument_without_a_default_is_bound_in_the_document_too() -> None:
    @pipeline
    def inner(number: int, n: int) -> Any:
        return total([number, source(n=n)])

    @pipeline
    def outer(first: int, n: int) -> Any:
        return inner(first, n)

    document = outer.document
    assert list(document.parameters) == ["n"]
    assert document.parameters["n"].required
    assert {name: [str(end) for end in ends] for name, ends in document.inputs.items()} == {"first": ["inner.number"]}
    (group,) = document.nodes
    assert group.bindings == {"n": "n"}
    assert list(group.pipeline.parameters) == ["n"]
    assert group.pipeline.nodes[0].bindings == {"n": "n"}
    assert [str(problem.code) for problem in outer.check()] == ["missing_parameter", "missing_parameter"]


def test_modules_and_pipelines_travel_by_name() -> None:
    assert pickle.loads(pickle.dumps(total)) is total
    import cloudpickle

    @module
    def local() -> int:
        return 7

    assert pickle.loads(cloudpickle.dumps(local))() == 7


def test_a_registry_of_just_these_modules() -> None:
    registry = Registry.of([source, total])
    assert registry.get("source") is source
    assert registry.get("other") is None
    assert registry.close_matches("sorce") == ["source"]
    assert registry.validate("source", {"n": "x"})[0][0] == "n"


def test_two_modules_of_one_id_in_a_project_are_told(project: Project) -> None:
    for name in ("one", "two"):
        project.write(
            f"modules/{name}.py", f"from designer import module\n@module\ndef same() -> str:\n    return {name!r}\n"
        )
    listed = {spec["id"]: spec for spec in project.designer("modules", "--json").json}
    assert listed["same"].get("error") is None
    assert "two modules are called same" in listed["modules.two"]["error"]


def test_a_lazily_imported_library_in_an_annotation_is_not_imported(project: Project) -> None:
    project.write(
        "lazy.py",
        """
        from __future__ import annotations
        import sys
        from designer import lazy_import, module
        pd = lazy_import("pandas")

        @module
        def rows(frame: pd.DataFrame, other: pd.DataFrame | None = None) -> pd.DataFrame:
            return frame

        print([str(p.type) for p in (*rows.spec.inputs, *rows.spec.outputs)], [p.type.key for p in rows.spec.inputs], "pandas" in sys.modules)
        """,
    )
    ended = project.python("import lazy")
    assert (
        ended.out.strip() == "['DataFrame', 'DataFrame', 'DataFrame'] ['pandas.DataFrame', 'pandas.DataFrame'] False"
    ), ended.err


def test_files_of_one_name_in_different_folders_are_different_modules(tmp_path: Path) -> None:
    found = []
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        path = tmp_path / name / "same_name_of_a_file.py"
        path.write_text(f"from designer import pipeline\n@pipeline\ndef {name}():\n    pass\n")
        found.append(Pipeline.load(path, tmp_path / name))
        assert Pipeline.load(path, tmp_path / name) is found[-1]
    assert [p.name for p in found] == ["a", "b"]
    sys.path[:] = [p for p in sys.path if not p.startswith(str(tmp_path))]
