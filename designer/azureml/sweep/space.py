"""The values that a hyperparameter may take, and drawing one from a number between 0 and 1."""

from __future__ import annotations

import math
from statistics import NormalDist
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

Expression = list[Any]  # ["uniform", [0, 1]]


def choice(*options: Any) -> Expression:
    """One of some values, or of a list or range."""
    if len(options) == 1 and isinstance(options[0], (list, range, tuple)):
        options = tuple(options[0])
    if not options:
        raise ValueError("choice needs at least one value")
    return ["choice", [list(options)]]


def randint(upper: int) -> Expression:
    """A whole number from 0 to upper - 1."""
    if not isinstance(upper, int) or upper < 1:
        raise ValueError("randint's upper is a whole number above 0")
    return ["randint", [upper]]


def uniform(min_value: float, max_value: float) -> Expression:
    """A number between two others."""
    return ["uniform", _ordered(min_value, max_value)]


def quniform(min_value: float, max_value: float, q: int) -> Expression:
    """A number between two others, rounded to multiples of q."""
    return ["quniform", [*_ordered(min_value, max_value), _q(q)]]


def loguniform(min_value: float, max_value: float) -> Expression:
    """exp of a number between two others."""
    return ["loguniform", _ordered(min_value, max_value)]


def qloguniform(min_value: float, max_value: float, q: int) -> Expression:
    """The same, rounded to multiples of q."""
    return ["qloguniform", [*_ordered(min_value, max_value), _q(q)]]


def normal(mu: float, sigma: float) -> Expression:
    """A number from a normal distribution."""
    return ["normal", [mu, sigma]]


def qnormal(mu: float, sigma: float, q: int) -> Expression:
    """The same, rounded to multiples of q."""
    return ["qnormal", [mu, sigma, _q(q)]]


def lognormal(mu: float, sigma: float) -> Expression:
    """exp of a number from a normal distribution."""
    return ["lognormal", [mu, sigma]]


def qlognormal(mu: float, sigma: float, q: int) -> Expression:
    """The same, rounded to multiples of q."""
    return ["qlognormal", [mu, sigma, _q(q)]]


def _ordered(low: float, high: float) -> list[float]:
    if not low <= high:
        raise ValueError(f"the first value has to be the smaller one: {low} > {high}")
    return [low, high]


def _q(q: int) -> int:
    if not isinstance(q, int) or isinstance(q, bool):
        raise ValueError(f"q is a whole number, not {q!r}")
    return q


def checked(space: dict[str, Any], kinds: Iterable[str] | None = None, sampling: str = "") -> dict[str, Any]:
    """A parameter space, if it is one that a sampling takes. Raises `ValueError`."""
    if not space:
        raise ValueError("the parameter space is empty")
    for name, expression in space.items():
        if not (isinstance(expression, list) and len(expression) == 2 and isinstance(expression[0], str)):
            raise ValueError(f"parameter {name!r}: use choice, uniform, …, not {expression!r}")
        if kinds is not None and expression[0] not in kinds:
            raise ValueError(f"parameter {name!r}: {sampling} takes {', '.join(kinds)}, not {expression[0]}")
    return dict(space)


def drawn(expression: Expression, u: float) -> Any:
    """The value at `u`, a number from 0 (included) to 1 (not included)."""
    kind, arguments = expression
    if kind == "choice":
        options: Sequence[Any] = arguments[0]
        return options[min(int(u * len(options)), len(options) - 1)]
    if kind == "randint":
        return min(int(u * arguments[0]), arguments[0] - 1)
    a, b = arguments[0], arguments[1]
    base = a + u * (b - a) if "uniform" in kind else NormalDist(a, b).inv_cdf(min(max(u, 1e-12), 1 - 1e-12)) if b else a
    return rounded(kind, math.exp(base) if "log" in kind else base, arguments)


def rounded(kind: str, value: float, arguments: Sequence[Any]) -> float:
    """A value rounded where its kind asks for it."""
    return round(value / arguments[2]) * arguments[2] if kind.startswith("q") else value
