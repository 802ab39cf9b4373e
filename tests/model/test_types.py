"""Whether a value of one type may flow into a port of another: yes, no, or only the value can tell; and why."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from designer.model.types import ANY, NONE, Fit, PortType, fits

OBJECT = PortType(key="builtins.object", name="object")
INT = PortType(key="builtins.int", name="int")
FLOAT = PortType(key="builtins.float", name="float")
STR = PortType(key="builtins.str", name="str")
BASE = PortType(key="sklearn.BaseEstimator", name="BaseEstimator")
LINEAR = PortType(key="sklearn.LinearRegression", name="LinearRegression", bases=("sklearn.LinearModel", BASE.key))
FRAME = PortType(key="pandas.DataFrame", name="DataFrame")


def union(*types: PortType) -> PortType:
    return PortType(key="union", name=" | ".join(type.name for type in types), alternatives=types)


def generic(name: str, *args: PortType, bases: tuple[str, ...] = ()) -> PortType:
    label = f"{name}[{', '.join(arg.name for arg in args)}]" if args else name
    return PortType(key=f"builtins.{name}", name=label, args=args, bases=bases)


@pytest.mark.parametrize(
    ("source", "target", "fit", "reason"),
    [
        (FRAME, FRAME, Fit.YES, "both are DataFrame"),
        (FRAME, ANY, Fit.YES, "the port takes anything"),
        (FRAME, OBJECT, Fit.YES, "the port takes anything"),
        (ANY, FRAME, Fit.MAYBE, "only the value can tell whether it is a DataFrame"),
        (OBJECT, FRAME, Fit.MAYBE, "only the value can tell whether it is a DataFrame"),
        (FRAME, BASE, Fit.NO, "a DataFrame is not a BaseEstimator"),
        (LINEAR, BASE, Fit.YES, "a LinearRegression is a BaseEstimator"),
        (BASE, LINEAR, Fit.MAYBE, "a BaseEstimator may be a LinearRegression; only the value can tell"),
        (INT, FLOAT, Fit.YES, "an int is a float"),
        (FLOAT, INT, Fit.NO, "a float is not an int"),
        (union(FRAME, NONE), FRAME, Fit.MAYBE, "a DataFrame | None is not always a DataFrame"),
        (union(INT, FLOAT), FLOAT, Fit.YES, "every int | float is a float"),
        (union(INT, STR), FRAME, Fit.NO, "no int | str is a DataFrame"),
        (FRAME, union(FRAME, NONE), Fit.YES, "both are DataFrame"),
        (FRAME, union(INT, STR), Fit.NO, "a DataFrame is none of int | str"),
        (union(INT, STR), union(STR, INT), Fit.YES, "every int | str is a str | int"),
        (generic("list", INT), generic("list"), Fit.YES, "both are list"),
        (generic("list"), generic("list", INT), Fit.MAYBE, "what the list holds is known only at run time"),
        (generic("list", INT), generic("list", FLOAT), Fit.YES, "an int is a float"),
        (generic("list", STR), generic("list", INT), Fit.NO, "a list[str] is not a list[int]: a str is not an int"),
        (
            generic("tuple", INT),
            generic("tuple", INT, INT),
            Fit.MAYBE,
            "only the value can tell how long the tuple[int] is",
        ),
        (generic("tuple", INT, INT), generic("tuple", FLOAT), Fit.YES, "an int is a float"),
        (
            generic("tuple", *[INT] * 2),
            generic("tuple", *[INT] * 3),
            Fit.NO,
            "a tuple[int, int] is not a tuple[int, int, int]",
        ),
        (generic("dict", STR), generic("dict", STR, INT), Fit.NO, "a dict[str] is not a dict[str, int]"),
        (
            generic("Rows", bases=("builtins.list",)),
            generic("list", INT),
            Fit.MAYBE,
            "what the Rows holds is known only at run time",
        ),
        (
            generic("dict", STR, INT, bases=("builtins.Iterable",)),
            generic("Iterable", STR),
            Fit.MAYBE,
            "what the dict[str, int] holds is known only at run time",
        ),
    ],
    ids=str,
)
def test_a_fit_has_a_reason(source: PortType, target: PortType, fit: Fit, reason: str) -> None:
    assert fits(source, target) == (fit, reason)


leaves = st.sampled_from([INT, FLOAT, STR, FRAME, BASE, LINEAR, ANY, OBJECT, NONE])
types = st.recursive(
    leaves,
    lambda inner: st.one_of(
        inner.map(lambda one: generic("list", one)),
        st.tuples(inner, inner).map(lambda two: generic("dict", *two)),
        st.lists(inner, min_size=2, max_size=3).map(lambda many: union(*many)),
    ),
    max_leaves=4,
)


@given(types)
def test_nothing_is_refused_by_its_own_type(type: PortType) -> None:
    assert fits(type, type).fit is not Fit.NO


@given(types, types)
def test_what_fits_a_type_fits_a_union_with_it(source: PortType, target: PortType) -> None:
    if fits(source, target).fit is Fit.YES:
        assert fits(source, union(target, NONE)).fit is Fit.YES


@given(types, types)
def test_every_answer_has_a_reason_without_a_full_stop(source: PortType, target: PortType) -> None:
    reason = fits(source, target).reason
    assert reason
    assert not reason.endswith(".")


@given(types)
def test_anything_fits_a_port_that_takes_anything(source: PortType) -> None:
    assert fits(source, ANY).fit is Fit.YES
