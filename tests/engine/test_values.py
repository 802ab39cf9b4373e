"""What a port's type says is what its module gets: told while it runs where only the value can tell."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from numbers import Number
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import BaseModel

from designer import Run, module, pipeline

if TYPE_CHECKING:
    from designer.store.place import Place


class Colour(Enum):
    """A choice."""

    RED = "red"


@dataclass
class Size:
    """A value of several parts."""

    width: int
    height: int = 1


class Model(BaseModel):
    """A value that pydantic knows."""

    name: str


VALUES = {
    "size": Size(2),
    "model": Model(name="m"),
    "tuple": (1, 2),
    "int": 3,
    "float": 2.5,
    "text": "red",
    "day": "2024-01-01",
    "list": [1, 2],
    "none": None,
}


@module
def given(*, what: str) -> Any:
    """A value of which the pipeline knows no type."""
    return VALUES[what]


def seen(value: Any) -> None:
    Run.get_context().log("value", f"{type(value).__name__}: {value!r}")


@module
def size(value: Size) -> None:
    """Takes a dataclass."""
    seen(value)


@module
def sizes(value: list[Size]) -> None:
    """Takes several."""
    seen(value[0])


@module
def model(value: Model) -> None:
    """Takes a pydantic model."""
    seen(value)


@module
def pair(value: tuple[int, int]) -> None:
    """Takes a tuple."""
    seen(value)


@module
def colour(value: Colour) -> None:
    """Takes a member of an enum."""
    seen(value)


@module
def day(value: date) -> None:
    """Takes a date."""
    seen(value)


@module
def whole(value: int) -> None:
    """Takes an int."""
    seen(value)


@module
def real(value: float) -> None:
    """Takes a float."""
    seen(value)


@module
def number(value: Number) -> None:
    """Takes any number."""
    seen(value)


@module
def sequence(value: Sequence[int]) -> None:
    """Takes a list, a tuple …"""
    seen(value)


def received(what: str, taker: Any, where: Place) -> Run:
    """The run of a module that gets a value through a pipeline."""

    @pipeline
    def values() -> None:
        taker.named("taker")(given(what=what))

    run = values.run(executor="serial", store=where.folder, raise_on_error=False)
    return next(child for child in run.get_children() if child.node == "taker")


@pytest.mark.parametrize(
    ("what", "taker", "value"),
    [
        ("size", size, "Size: Size(width=2, height=1)"),
        ("size", sizes, "Size: Size(width=2, height=1)"),
        ("model", model, "Model: Model(name='m')"),
        ("tuple", pair, "tuple: (1, 2)"),
        ("text", colour, "Colour: <Colour.RED: 'red'>"),
        ("day", day, "date: datetime.date(2024, 1, 1)"),
        ("int", whole, "int: 3"),
        ("int", real, "int: 3"),
        ("float", whole, "float: 2.5"),
        ("int", number, "int: 3"),
        ("list", sequence, "list: [1, 2]"),
        ("none", whole, "NoneType: None"),
    ],
)
def test_a_module_gets_a_value_of_its_ports_type(what: str, taker: Any, value: str, where: Place) -> None:
    run = received(what, taker, where)
    assert (run.status, run.get_metrics()) == ("Completed", {"value": value}), run.error


@pytest.mark.parametrize(
    ("what", "taker", "words"),
    [
        ("text", whole, "input value takes an int, but got a str"),
        ("int", size, "input value takes a Size, but got an int"),
        ("size", whole, "input value takes an int, but got a dict"),
        ("text", day, "input value takes a date, but got a str"),
        ("list", model, "input value takes a Model, but got a list"),
    ],
)
def test_a_value_of_another_type_fails_the_module_that_gets_it(what: str, taker: Any, words: str, where: Place) -> None:
    run = received(what, taker, where)
    assert run.status == "Failed"
    assert words in run.error["message"]  # type: ignore[index]
