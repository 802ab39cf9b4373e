"""`ds["age"] > 30` as data, so that a dataset's filter can be kept and evaluated elsewhere."""

from __future__ import annotations

import operator
from typing import Any

_OPERATIONS = {
    "<": operator.lt, "<=": operator.le, ">": operator.gt, ">=": operator.ge, "==": operator.eq, "!=": operator.ne,
    "&": operator.and_, "|": operator.or_, "+": operator.add, "-": operator.sub, "*": operator.mul, "/": operator.truediv,
}  # fmt: skip


class Expression:
    """A comparison or combination of columns and values."""

    def __init__(self, data: Any) -> None:
        self.data = data

    def _with(self, sign: str, other: Any) -> Expression:
        return Expression([sign, self.data, other.data if isinstance(other, Expression) else {"value": other}])

    def __lt__(self, other: Any) -> Expression:
        return self._with("<", other)

    def __le__(self, other: Any) -> Expression:
        return self._with("<=", other)

    def __gt__(self, other: Any) -> Expression:
        return self._with(">", other)

    def __ge__(self, other: Any) -> Expression:
        return self._with(">=", other)

    def __eq__(self, other: Any) -> Expression:  # type: ignore[override]
        return self._with("==", other)

    def __ne__(self, other: Any) -> Expression:  # type: ignore[override]
        return self._with("!=", other)

    def __and__(self, other: Any) -> Expression:
        return self._with("&", other)

    def __or__(self, other: Any) -> Expression:
        return self._with("|", other)

    def __add__(self, other: Any) -> Expression:
        return self._with("+", other)

    def __sub__(self, other: Any) -> Expression:
        return self._with("-", other)

    def __mul__(self, other: Any) -> Expression:
        return self._with("*", other)

    def __truediv__(self, other: Any) -> Expression:
        return self._with("/", other)

    def __invert__(self) -> Expression:
        return Expression(["~", self.data])

    def is_null(self) -> Expression:
        """Where the value is missing."""
        return Expression(["null", self.data])

    __hash__ = None  # type: ignore[assignment]

    def __bool__(self) -> bool:
        raise TypeError(
            "an expression on a dataset's columns has no truth value\n  next: combine with & and |, not and/or"
        )


def column(name: str) -> Expression:
    """A column by name."""
    return Expression({"column": name})


def evaluate(data: Any, frame: Any) -> Any:
    """The expression's value on a frame."""
    if isinstance(data, dict):
        return frame[data["column"]] if "column" in data else data["value"]
    sign, *operands = data
    values = [evaluate(one, frame) for one in operands]
    if sign == "~":
        return ~values[0]
    return values[0].isna() if sign == "null" else _OPERATIONS[sign](*values)
