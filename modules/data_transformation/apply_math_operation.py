"""A mathematical function of columns. Elsewhere: the functions (_shared/math_functions.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NOTHING, NUMERIC, Columns, pick_numeric
from modules._shared.encoder import numbers
from modules._shared.errors import WrongColumnCount
from modules._shared.frames import replaced
from modules._shared.math_functions import CHOICES, SHOWN_NAMES, TWO_ARGUMENTS, function
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


@module(
    title="Apply Math Operation",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns_computed", unit="columns", pinned=True), Metric("undefined_values", unit="cells")],
)
def apply_math_operation(
    input: Annotated[pd.DataFrame, PortInfo(title="Input")],
    *,
    category: Annotated[
        Literal["Basic", "Compare", "Operations", "Rounding", "Special", "Trigonometric"], param("Category")
    ] = "Basic",
    basic: Annotated[Literal[CHOICES["Basic"]], param("Basic math function", when={"category": ["Basic"]})] = "Abs",
    compare: Annotated[
        Literal[CHOICES["Compare"]], param("Comparison function", when={"category": ["Compare"]})
    ] = "EqualTo",
    operations: Annotated[
        Literal[CHOICES["Operations"]], param("Arithmetic operation", when={"category": ["Operations"]})
    ] = "Add",
    rounding: Annotated[
        Literal[CHOICES["Rounding"]], param("Rounding function", when={"category": ["Rounding"]})
    ] = "Ceiling",
    special: Annotated[Literal[CHOICES["Special"]], param("Special function", when={"category": ["Special"]})] = "Beta",
    trigonometric: Annotated[
        Literal[CHOICES["Trigonometric"]], param("Trigonometric function", when={"category": ["Trigonometric"]})
    ] = "Acos",
    second_type: Annotated[
        Literal["Constant", "ColumnSet"], param("Second argument type", "For functions of two arguments.")
    ] = "Constant",
    constant: Annotated[float, param("Second argument", when={"second_type": ["Constant"]})] = 0.0,
    second_columns: Annotated[
        Columns,
        param("Second argument columns", "One, or as many as in the column set.", when={"second_type": ["ColumnSet"]}),
    ] = NOTHING,
    columns: Annotated[Columns, param("Column set")] = NUMERIC,
    output: Annotated[Literal["Append", "Inplace", "ResultOnly"], param("Output mode")] = "Append",
) -> Annotated[pd.DataFrame, PortInfo(title="Result_dataset")]:
    """Compute a function of each picked column (and a constant or another column): `Abs(price)`, `Add(price_tax)`, `Add(price_$2)`."""
    chosen = {"Basic": basic, "Compare": compare, "Operations": operations, "Rounding": rounding, "Special": special}
    name = chosen.get(category, trigonometric)
    picked = pick_numeric(input, columns, "Column set", f"compute {name} of")
    shown = SHOWN_NAMES.get(name, name)
    seconds = _seconds(input, picked, second_type, constant, second_columns) if name in TWO_ARGUMENTS else None
    results, labels = {}, {}
    for i, column in enumerate(picked):
        arguments, label = [numbers(input[column])], f"{shown}({column})"
        if seconds:
            value, text = seconds[i]
            arguments.append(value)
            label = f"{shown}({column}_{text})"
        with np.errstate(all="ignore"):
            results[column] = function(name)(*arguments)
        labels[column] = label
    run = Run.get_context()
    run.log("columns_computed", len(results))
    run.log(
        "undefined_values",
        sum(int(np.sum(~np.isfinite(one) & ~np.isnan(numbers(input[n])))) for n, one in results.items()),
    )
    if output == "Inplace":
        return carried(input, replaced(input, results))
    added = pd.DataFrame({labels[n]: one for n, one in results.items()}, index=input.index)
    return added if output == "ResultOnly" else carried(input, pd.concat([input, added], axis=1))


def _seconds(frame: pd.DataFrame, picked: list[Any], kind: str, constant: float, columns: Any) -> list[tuple[Any, str]]:
    """The second argument for each picked column, and how a result's name says it."""
    if kind == "Constant":
        return [(constant, f"${constant:g}")] * len(picked)
    others = pick_numeric(frame, columns, "Second argument columns", "compute with")
    if len(others) not in (1, len(picked)):
        raise WrongColumnCount("Second argument columns", others, f"one column, or {len(picked)} as in the column set")
    others = others * len(picked) if len(others) == 1 else others
    return [(numbers(frame[name]), str(name)) for name in others]
