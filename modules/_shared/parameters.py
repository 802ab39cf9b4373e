"""Parameter types and texts that many modules share. Elsewhere: column pickers (columns.py)."""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from modules._shared.errors import BadExpression

LARGEST_SEED = 2**32 - 1


def shown_when(**conditions: list[Any]) -> dict[str, Any]:
    """The form shows the parameter while each named parameter has one of these values."""
    return {"visible_when": conditions}


def param(title: str, description: str = "", *, when: dict[str, list[Any]] | None = None, **rest: Any) -> Any:
    """A pydantic Field with the title and help text that the form shows."""
    extra = {**rest.pop("extra", {}), **({"visible_when": when} if when else {})}
    if extra:
        rest["json_schema_extra"] = extra
    return Field(title=title, description=description or None, **rest)


def single(title: str, description: str = "", **rest: Any) -> Any:
    """A parameter of a learner in Single Parameter mode."""
    return param(title, description, when={"mode": ["Single Parameter"]}, **rest)


def swept(title: str, **rest: Any) -> Any:
    """The values to try for a parameter, in Parameter Range mode."""
    text = "Values to try, separated by semicolons."
    return param(title, text, when={"mode": ["Parameter Range"]}, extra={"widget": "range"}, **rest)


def numbers_of(text: str) -> list[float]:
    """`"2; 8; 32"` → [2, 8, 32]; whole numbers come as int."""
    parts = [part.strip() for part in text.replace(",", ";").split(";") if part.strip()]
    try:
        return [int(part) if part.lstrip("+-").isdecimal() else float(part) for part in parts]
    except ValueError as error:
        raise BadExpression(text, str(error), "0.1; 0.2; 0.4") from error


def _joined(value: Any) -> Any:
    return "; ".join(f"{one:g}" for one in value) if isinstance(value, list | tuple) else value


def _readable(text: str) -> str:
    try:
        empty = not numbers_of(text)
    except BadExpression as error:
        raise ValueError(str(error)) from error
    if empty:
        raise ValueError("name at least one value, e.g. 0.1; 0.2; 0.4")
    return text


Range = Annotated[str, BeforeValidator(_joined), AfterValidator(_readable)]
"""Numbers separated by semicolons; a list of numbers is accepted too."""

Mode = Literal["Single Parameter", "Parameter Range"]

TrainerMode = Annotated[
    Mode,
    param(
        "Create trainer mode",
        "One value per parameter, or ranges of values that Tune Model Hyperparameters tries.",
    ),
]

RandomSeed = Annotated[
    int | None, param("Random number seed", "Empty: 0, so that a run can be repeated.", ge=0, le=LARGEST_SEED)
]

Seed = Annotated[int, param("Random seed", "The same seed gives the same result.", ge=0, le=LARGEST_SEED)]


def ranged(mode: str, **ranges: str) -> dict[str, list[float]]:
    """The values to try per parameter of the learner; none in Single Parameter mode."""
    return {name: numbers_of(text) for name, text in ranges.items()} if mode == "Parameter Range" else {}
