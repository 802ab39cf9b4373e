"""Port types as data, and whether one fits another. Elsewhere: reading them off annotations (declare/signature.py).

A type is kept as names, so that a pipeline can be checked and drawn in a process that never imports pandas.
"""

from __future__ import annotations

from enum import StrEnum
from typing import NamedTuple

from designer.model.base import Frozen


class PortType(Frozen):
    """A Python type as data.

    `key` is the top-level package and the class name (`pandas.DataFrame`, `builtins.int`), so that a class keeps its
    key when its package moves it between files. `bases` are the keys of all its superclasses, nearest first.
    """

    key: str
    name: str
    bases: tuple[str, ...] = ()
    args: tuple[PortType, ...] = ()
    alternatives: tuple[PortType, ...] = ()  # a union; then key is "union"

    def __str__(self) -> str:
        return self.name


ANY = PortType(key="any", name="Any")
NONE = PortType(key="builtins.NoneType", name="None")


class Fit(StrEnum):
    """Whether a value of one type may flow into a port of another."""

    YES = "yes"
    MAYBE = "maybe"  # only the value can tell, at run time
    NO = "no"


class Answer(NamedTuple):
    """A fit with its reason, one sentence without a full stop."""

    fit: Fit
    reason: str


# PEP 484's numeric tower: an int is accepted where a float is expected.
_PROMOTIONS = {
    "builtins.bool": ("builtins.int", "builtins.float", "builtins.complex"),
    "builtins.int": ("builtins.float", "builtins.complex"),
    "builtins.float": ("builtins.complex",),
}


def fits(source: PortType, target: PortType) -> Answer:
    """Whether what `source` gives may go into `target`, and why (not)."""
    if _takes_anything(target):
        return Answer(Fit.YES, "the port takes anything")
    if source.key in _ANYTHING:
        return Answer(Fit.MAYBE, f"only the value can tell whether it is {a(target)}")
    if source.alternatives:
        answers = [fits(one, target) for one in source.alternatives]
        if all(answer.fit is Fit.YES for answer in answers):
            return Answer(Fit.YES, f"every {source} is {a(target)}")
        if any(answer.fit is not Fit.NO for answer in answers):
            return Answer(Fit.MAYBE, f"{a(source)} is not always {a(target)}")
        return Answer(Fit.NO, f"no {source} is {a(target)}")
    if target.alternatives:
        best = max((fits(source, one) for one in target.alternatives), key=lambda answer: _RANK[answer.fit])
        return best if best.fit is not Fit.NO else Answer(Fit.NO, f"{a(source)} is none of {target}")
    if source.key == target.key:
        return _arguments_fit(source, target, f"both are {target.key.rpartition('.')[2]}")
    if target.key in source.bases or target.key in _PROMOTIONS.get(source.key, ()):
        return _arguments_fit(source, target, f"{a(source)} is {a(target)}")
    if source.key in target.bases:
        return Answer(Fit.MAYBE, f"{a(source)} may be {a(target)}; only the value can tell")
    return Answer(Fit.NO, f"{a(source)} is not {a(target)}")


def a(type: PortType) -> str:
    """The type with its article: `a DataFrame`, `an int`."""
    return f"{'an' if type.name[:1].lower() in 'aeiou' else 'a'} {type.name}"


def _takes_anything(type: PortType) -> bool:
    return type.key in _ANYTHING or any(map(_takes_anything, type.alternatives))


_ANYTHING = ("any", "builtins.object")
_RANK = {Fit.NO: 0, Fit.MAYBE: 1, Fit.YES: 2}


def _arguments_fit(source: PortType, target: PortType, reason: str) -> Answer:
    if not target.args:
        return Answer(Fit.YES, reason)
    if not source.args:
        return Answer(Fit.MAYBE, f"what the {source} holds is known only at run time")
    if source.key == target.key == "builtins.tuple" and len(source.args) != len(target.args):
        return _tuples_fit(source, target)
    if len(source.args) != len(target.args):
        if source.key != target.key:  # a dict[str, int] as an Iterable[str]: the classes alone know how
            return Answer(Fit.MAYBE, f"what the {source} holds is known only at run time")
        return Answer(Fit.NO, f"{a(source)} is not {a(target)}")
    return _all_fit(source, target, list(zip(source.args, target.args, strict=True)))


def _tuples_fit(source: PortType, target: PortType) -> Answer:
    """A tuple of one argument may be one of any length (`tuple[int, ...]`), so the lengths say nothing."""
    if len(target.args) == 1:
        return _all_fit(source, target, [(given, target.args[0]) for given in source.args])
    if len(source.args) == 1:
        answer = _all_fit(source, target, [(source.args[0], taken) for taken in target.args])
        return (
            answer if answer.fit is Fit.NO else Answer(Fit.MAYBE, f"only the value can tell how long the {source} is")
        )
    return Answer(Fit.NO, f"{a(source)} is not {a(target)}")


def _all_fit(source: PortType, target: PortType, pairs: list[tuple[PortType, PortType]]) -> Answer:
    worst = min((fits(given, taken) for given, taken in pairs), key=lambda answer: _RANK[answer.fit])
    return worst if worst.fit is not Fit.NO else Answer(Fit.NO, f"{a(source)} is not {a(target)}: {worst.reason}")
