"""Combine two datasets by their keys."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NOTHING, Columns, is_type, pick_in_order
from modules._shared.errors import WrongColumnCount, WrongColumnType
from modules._shared.frames import beside, single_valued
from modules._shared.parameters import param
from modules._shared.roles import carried, roles_of, with_roles

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_HOW = {"Inner Join": "inner", "Left Outer Join": "left", "Full Outer Join": "outer"}
_KEEPS = {"join_type": ["Inner Join", "Left Outer Join", "Full Outer Join"]}


@module(
    title="Join Data",
    category="Data Transformation",
    version="1",
    metrics=[
        Metric("rows", unit="rows", pinned=True),
        Metric("left_rows_matched", unit="rows"),
        Metric("right_rows_matched", unit="rows"),
    ],
)
def join_data(
    left_dataset: Annotated[pd.DataFrame, PortInfo(title="Left dataset")],
    right_dataset: Annotated[pd.DataFrame, PortInfo(title="Right dataset")],
    *,
    left_keys: Annotated[Columns, param("Join key columns for left dataset")] = NOTHING,
    right_keys: Annotated[
        Columns, param("Join key columns for right dataset", "In the same order as on the left.")
    ] = NOTHING,
    match_case: Annotated[bool, param("Match case", "Of keys that are text.")] = True,
    join_type: Annotated[
        Literal["Inner Join", "Left Outer Join", "Full Outer Join", "Left Semi-Join"], param("Join type")
    ] = "Inner Join",
    keep_right_keys: Annotated[bool, param("Keep right key columns in joined table", when=_KEEPS)] = True,
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Rows of both datasets whose keys are equal; missing keys match nothing.

    A name that both have gets a number on the right side: `price (1)`. A semi-join keeps the left rows that have a match.
    """
    left_on = pick_in_order(left_dataset, left_keys, "Join key columns for left dataset")
    right_on = pick_in_order(right_dataset, right_keys, "Join key columns for right dataset")
    if len(left_on) != len(right_on):
        raise WrongColumnCount(
            "Join key columns for right dataset", right_on, f"{len(left_on)} columns, as on the left"
        )
    left = _keys(left_dataset, left_on, match_case)
    right = _keys(right_dataset, right_on, match_case)
    for a, b, left_name, right_name in zip(left, right, left_on, right_on, strict=True):
        _comparable(left[a], right[b], left_name, right_name)
    matched = left.reset_index(names="left").dropna().merge(right.reset_index(names="right").dropna())
    run = Run.get_context()
    run.log("left_rows_matched", matched["left"].nunique())
    run.log("right_rows_matched", matched["right"].nunique())
    if join_type == "Left Semi-Join":
        result = left_dataset.iloc[sorted(matched["left"].unique())].reset_index(drop=True)
        run.log("rows", len(result))
        return carried(left_dataset, result)
    kept = right_dataset if keep_right_keys else right_dataset.drop(columns=right_on)
    renamed = beside(left_dataset, kept)
    result = _joined(left_dataset, kept.rename(columns=renamed), matched, _HOW[join_type])
    run.log("rows", len(result))
    return with_roles(carried(left_dataset, result), {renamed[n]: role for n, role in roles_of(kept).items()})


def _keys(frame: pd.DataFrame, names: list[Any], match_case: bool) -> pd.DataFrame:
    """The keys as columns 0, 1 …, by row position."""
    columns = {}
    for i, name in enumerate(names):
        column = frame[name].reset_index(drop=True)
        if isinstance(column.dtype, pd.CategoricalDtype):
            column = column.astype(column.cat.categories.dtype)
        columns[str(i)] = single_valued(column) if match_case else _without_case(single_valued(column))
    return pd.DataFrame(columns)


def _without_case(column: pd.Series) -> pd.Series:
    if not is_type(column, "String"):
        return column
    return column.map(lambda value: value.casefold() if isinstance(value, str) else value, na_action="ignore")


def _comparable(left: pd.Series, right: pd.Series, left_name: Any, right_name: Any) -> None:
    for kind in ("Numeric", "String", "DateTime", "TimeSpan", "Boolean"):
        if is_type(left, kind) != is_type(right, kind):
            found = f"{right.dtype}, while {left_name!r} on the left is {left.dtype}"
            raise WrongColumnType(right_name, found, "of the same type as the key on the left")


def _joined(left: pd.DataFrame, right: pd.DataFrame, matched: pd.DataFrame, how: str) -> pd.DataFrame:
    """The matched rows side by side, in the order of the left rows, then (outer) of the right ones."""
    pairs = matched[["left", "right"]]
    if how != "inner":
        pairs = pairs.merge(pd.DataFrame({"left": range(len(left))}), how="right", on="left")
    if how == "outer":
        pairs = pairs.merge(pd.DataFrame({"right": range(len(right))}), how="outer", on="right")
    pairs = pairs.sort_values(["left", "right"], kind="stable", na_position="last")
    return pd.concat([_rows(left, pairs["left"]), _rows(right, pairs["right"])], axis=1)


def _rows(frame: pd.DataFrame, positions: pd.Series) -> pd.DataFrame:
    """Rows by position; missing values where the position is missing."""
    plain = frame.reset_index(drop=True)
    if positions.isna().any():
        return plain.reindex(positions.to_numpy()).reset_index(drop=True)
    return plain.take(positions.to_numpy(dtype=int)).reset_index(drop=True)
