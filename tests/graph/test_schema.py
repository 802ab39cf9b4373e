"""Values against JSON schemas, without importing the module: the same answer as pydantic, in its words."""

from __future__ import annotations

import math
from enum import StrEnum
from typing import Annotated, Any, Literal

import pytest
from hypothesis import given
from pydantic import BaseModel, Field, TypeAdapter, ValidationError

from designer.graph.schema import choices_of, described, violations
from tests.strategies import values


class Colour(StrEnum):
    RED = "red"
    BLUE = "blue"


class Point(BaseModel):
    x: float
    label: str = ""


KINDS: list[Any] = [
    int,
    float,
    bool,
    str,
    None,
    int | None,
    str | int,
    list[int],
    list[str] | None,
    dict[str, int],
    Literal["a", "b"],
    Literal[1],
    Colour,
    Colour | None,
    Point,
    list[Point],
    Annotated[int, Field(ge=0, le=10)],
    Annotated[float, Field(gt=0, lt=1)],
    Annotated[int, Field(multiple_of=3)],
    Annotated[str, Field(min_length=1, max_length=3)],
    Annotated[str, Field(pattern="^[a-z]+$")],
    Annotated[list[int], Field(min_length=1, max_length=2)],
]
VALUES: list[Any] = [
    None, True, False, -1, 0, 1, 2, 3, 4, 10, 11, 10**30, 0.0, 0.5, 1.0, 3.0, -0.5, 1e300, 2.0**63, math.inf, -math.inf,
    "", "a", "b", "abc", "abcd", "red", "a\n", "A", "ü", " ", "5", " 7 ", "+3", "-3", "5.0", "5.5", "1e3", "1_000", "0x10",
    "nan", "inf", "true", "False", "on", "off", "y", "0", "1", "none", "null",
    [], [1], [1, 2], [1, 2, 3], ["1"], ["x"], [None], [[1]], ["a", 1], [{"x": 1}], [{"y": 1}],
    {}, {"x": 1}, {"x": "1.5"}, {"x": "far"}, {"x": 1, "label": 2}, {"k": 1}, {"k": "x"}, {"x": 1, "more": 2},
]  # fmt: skip


@pytest.mark.parametrize("kind", KINDS, ids=str)
def test_what_pydantic_takes_is_right_and_what_it_refuses_is_wrong(kind: Any) -> None:
    adapter: TypeAdapter[Any] = TypeAdapter(kind)
    schema = adapter.json_schema()
    for value in VALUES:
        try:
            adapter.validate_python(value)
        except ValidationError:
            assert violations(value, schema), value
        else:
            assert not violations(value, schema), value


@pytest.mark.parametrize(
    ("kind", "value", "found"),
    [
        (Annotated[float, Field(gt=0)], 0, [("", "Input should be greater than 0")]),
        (int, "x", [("", "Input should be a valid integer")]),
        (Colour, "green", [("", "Input should be 'red' or 'blue'")]),
        (Annotated[int, Field(le=3)] | None, 5, [("", "Input should be less than or equal to 3")]),
        (
            list[int],
            [1, "x", 2, None],
            [("1", "Input should be a valid integer"), ("3", "Input should be a valid integer")],
        ),
        (Point, {"x": "far", "y": 1}, [("x", "Input should be a valid number")]),
        (list[Point], [{}], [("0.x", "Field required")]),
        (Annotated[str, Field(min_length=2)], "x", [("", "String should have at least 2 characters")]),
        (Annotated[str, Field(pattern="^a$")], "b", [("", "String should match pattern '^a$'")]),
        (Annotated[list[int], Field(max_length=1)], [1, 2], [("", "List should have at most 1 item")]),
    ],
)
def test_what_is_wrong_is_said_in_pydantics_words(kind: Any, value: Any, found: list[tuple[str, str]]) -> None:
    assert violations(value, TypeAdapter(kind).json_schema()) == found


@pytest.mark.parametrize(
    ("kind", "words", "choices"),
    [
        (Annotated[float, Field(gt=0, lt=1)], "a number greater than 0 and less than 1", ()),
        (int | None, "a whole number or None", ()),
        (Literal["l1", "l2"], "one of 'l1', 'l2'", ("l1", "l2")),
        (Colour | None, "one of 'red', 'blue'", ("red", "blue")),
        (Any, "", ()),
    ],
)
def test_a_schema_is_described_in_words(kind: Any, words: str, choices: tuple[Any, ...]) -> None:
    schema = TypeAdapter(kind).json_schema()
    assert described(schema) == words
    assert choices_of(schema) == choices


@given(values)
def test_an_empty_schema_takes_anything(value: Any) -> None:
    assert violations(value, {}) == []


def test_a_schema_that_nobody_can_follow_takes_anything() -> None:
    assert violations(1, {"$ref": "https://example.org/schema"}) == []
    assert violations(1, {"$ref": "#/$defs/a", "$defs": {"a": {"$ref": "#/$defs/a"}}}) == []
    assert violations(1, {"type": "frobnicated"}) == []
    assert violations("x", {"type": "string", "pattern": "(?<bad"}) == []
