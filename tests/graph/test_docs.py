"""The documentation of problems and documents can't drift: every code, field and example in it is true."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from designer.graph.check import check
from designer.model.document import DocumentError, from_json, from_yaml, to_json, to_yaml
from designer.model.pipeline import Layout, Node, Note, Parameter, Pipeline
from designer.model.problem import Code, Problem
from tests.shapes import MODULES

DOCS = Path(__file__).parents[2] / "docs"
PROBLEMS = (DOCS / "problems.md").read_text(encoding="utf-8")
PIPELINES = (DOCS / "pipelines.md").read_text(encoding="utf-8")
SECTIONS = {
    found[1]: found[0] for found in re.finditer(r"^### `(\w+)`\n.*?(?=^##|\Z)", PROBLEMS, re.MULTILINE | re.DOTALL)
}
EXAMPLES = re.findall(r"^```yaml\n(.*?)^```", PIPELINES, re.MULTILINE | re.DOTALL)


def problems_of(text: str) -> list[Problem]:
    try:
        return check(from_yaml(text), MODULES)
    except DocumentError as error:
        return [error.problem]


def test_every_code_is_explained_and_no_other() -> None:
    assert sorted(SECTIONS) == sorted(Code)


@pytest.mark.parametrize("code", list(Code))
def test_the_example_of_a_problem_has_that_problem_as_printed(code: Code) -> None:
    example, printed = re.findall(r"^```(?:yaml|text)\n(.*?)^```", SECTIONS[code], re.MULTILINE | re.DOTALL)
    found = problems_of(example)
    assert [problem.code for problem in found] == [code]
    assert str(found[0]) == printed.rstrip("\n")


@pytest.mark.parametrize("example", EXAMPLES[1:], ids=lambda text: text.split("\n")[1])
def test_an_example_of_a_document_is_written_as_shown(example: str) -> None:
    assert to_yaml(from_yaml(example)) == example
    assert from_json(to_json(from_yaml(example))) == from_yaml(example)


def test_the_smallest_document_is_saved_as_shown() -> None:
    assert to_yaml(from_yaml(EXAMPLES[0])) == EXAMPLES[1]


@pytest.mark.parametrize("kind", [Pipeline, Node, Parameter, Layout, Note], ids=lambda kind: kind.__name__)
def test_every_field_occurs_in_the_examples(kind: Any) -> None:
    names = {field.alias or name for name, field in kind.model_fields.items()}
    assert [name for name in names if not re.search(rf"\b{name}:", "".join(EXAMPLES))] == []
