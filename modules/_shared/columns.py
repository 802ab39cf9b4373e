"""Which columns: a picker with the rules people know (names, positions, types, roles; include, exclude).

Accepts short forms: `"price"`, `["price", "year"]`, `{"exclude": ["id"]}`. Elsewhere: roles themselves (roles.py).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, model_validator

from designer import lazy_import
from modules._shared.errors import ColumnNotFound, NoColumnsSelected, NotNumeric, WrongColumnCount
from modules._shared.frames import distinct
from modules._shared.roles import columns_with

if TYPE_CHECKING:
    from collections.abc import Iterable

    import pandas as pd
else:
    pd = lazy_import("pandas")

Select = Literal["all", "names", "indices", "types", "all features", "all labels", "all scores"]
TYPES = ("Numeric", "Integer", "Double", "String", "Boolean", "DateTime", "TimeSpan", "Categorical")


class ColumnRule(BaseModel):
    """One line of a picker: include or exclude the columns it describes."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    action: Literal["include", "exclude"] = "include"
    select: Select = "names"
    values: tuple[str | int, ...] = Field((), description="Names, positions from 1 (also '2-5'), or types.")

    def matches(self, frame: pd.DataFrame) -> list[Any]:
        """The columns that this line describes, in the frame's order."""
        match self.select:
            case "all":
                return list(frame.columns)
            case "names":
                return _by_name(frame, self.values)
            case "indices":
                return _by_position(frame, self.values)
            case "types":
                return [name for name in frame.columns if any(is_type(frame[name], str(t)) for t in self.values)]
            case "all features":
                return columns_with(frame, "feature")
            case "all labels":
                return columns_with(frame, "label")
            case "all scores":
                return columns_with(frame, "score")


class ColumnPicker(BaseModel):
    """Lines read from top to bottom; each adds columns or takes some away."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rules: tuple[ColumnRule, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def _short_forms(cls, value: Any) -> Any:
        if isinstance(value, str | int):
            value = [value]
        if isinstance(value, list | tuple) and all(isinstance(one, str | int) for one in value):
            return {"rules": _rules_of(value, "include")} if value else {}
        if isinstance(value, dict) and value.keys() <= {"include", "exclude"} and value:
            included, excluded = (_as_list(value.get(key, ())) for key in ("include", "exclude"))
            start = _rules_of(included, "include") if "include" in value else [{"select": "all"}]
            return {"rules": [*start, *_rules_of(excluded, "exclude")]}
        return value

    @classmethod
    def of(cls, value: Any) -> ColumnPicker:
        """The picker that a short form stands for."""
        return value if isinstance(value, cls) else cls.model_validate(value)

    def pick(self, frame: pd.DataFrame) -> list[Any]:
        """The picked columns, in the frame's order."""
        distinct(frame)
        picked: set[Any] = set()
        if self.rules and self.rules[0].action == "exclude":
            picked.update(frame.columns)
        for rule in self.rules:
            (picked.update if rule.action == "include" else picked.difference_update)(rule.matches(frame))
        return [name for name in frame.columns if name in picked]


Columns = Annotated[ColumnPicker, Field(json_schema_extra={"widget": "columns"})]
OneColumn = Annotated[ColumnPicker, Field(json_schema_extra={"widget": "columns", "single": True})]

ALL = ColumnPicker(rules=(ColumnRule(select="all"),))
NUMERIC = ColumnPicker(rules=(ColumnRule(select="types", values=("Numeric",)),))
STRINGS = ColumnPicker(rules=(ColumnRule(select="types", values=("String",)),))
FEATURES = ColumnPicker(rules=(ColumnRule(select="all features"),))
LABEL = ColumnPicker(rules=(ColumnRule(select="all labels"),))
NOTHING = ColumnPicker()


def pick(frame: pd.DataFrame, columns: Any, parameter: str) -> list[Any]:
    """The picked columns; at least one."""
    picked = ColumnPicker.of(columns).pick(frame)
    if not picked:
        raise NoColumnsSelected(parameter, list(frame.columns))
    return picked


def pick_in_order(frame: pd.DataFrame, columns: Any, parameter: str) -> list[Any]:
    """The picked columns in the order in which they are named, where they are; else in the frame's order."""
    picked = pick(frame, columns, parameter)
    rules = ColumnPicker.of(columns).rules
    if any(rule.action != "include" or rule.select != "names" for rule in rules):
        return picked
    return list(dict.fromkeys(name for rule in rules for name in rule.values))


def pick_one(frame: pd.DataFrame, columns: Any, parameter: str) -> Any:
    """The one picked column."""
    picked = pick(frame, columns, parameter)
    if len(picked) > 1:
        raise WrongColumnCount(parameter, picked, "one column")
    return picked[0]


def pick_numeric(frame: pd.DataFrame, columns: Any, parameter: str, action: str) -> list[Any]:
    """The picked columns, which must all be numeric. A picker by rules of type skips the others by itself."""
    picked = pick(frame, columns, parameter)
    for name in picked:
        if not is_type(frame[name], "Numeric"):
            raise NotNumeric(name, frame[name].dtype, action)
    return picked


def is_type(column: pd.Series, kind: str) -> bool:
    """Whether a column is of one of `TYPES`. A Boolean is not Numeric; a Categorical has its values' type too."""
    types = pd.api.types
    dtype = column.dtype
    if isinstance(dtype, types.CategoricalDtype):
        return kind == "Categorical" or is_type(column.cat.categories.to_series(), kind)
    match kind:
        case "Numeric":
            return types.is_numeric_dtype(dtype) and not (types.is_bool_dtype(dtype) or types.is_complex_dtype(dtype))
        case "Integer":
            return types.is_integer_dtype(dtype)
        case "Double":
            return types.is_float_dtype(dtype)
        case "Boolean":
            return types.is_bool_dtype(dtype)
        case "DateTime":
            return types.is_datetime64_any_dtype(dtype)
        case "TimeSpan":
            return types.is_timedelta64_dtype(dtype)
        case "String":
            return types.is_string_dtype(dtype) or types.is_object_dtype(dtype)
        case _:
            return False


def _as_list(value: Any) -> list[Any]:
    return [value] if isinstance(value, str | int) else list(value)


def _rules_of(values: Iterable[str | int], action: str) -> list[dict[str, Any]]:
    """Names by name, numbers by position."""
    names = [value for value in values if isinstance(value, str)]
    positions = [value for value in values if not isinstance(value, str)]
    lines = [("names", names), ("indices", positions)]
    return [{"action": action, "select": select, "values": some} for select, some in lines if some]


def _by_name(frame: pd.DataFrame, names: Iterable[str | int]) -> list[Any]:
    wanted = dict.fromkeys(names)
    for name in wanted:
        if name not in frame.columns:
            raise ColumnNotFound(name, list(frame.columns))
    return [name for name in frame.columns if name in wanted]


def _by_position(frame: pd.DataFrame, positions: Iterable[str | int]) -> list[Any]:
    chosen: set[int] = set()
    for part in (piece for position in positions for piece in str(position).split(",")):
        first, _, last = (text.strip() for text in part.partition("-"))
        if not first.isdecimal() or (last and not last.isdecimal()):
            raise ColumnNotFound(part, list(frame.columns), "the dataset (positions look like 1, 3-5)")
        span = range(int(first), int(last or first) + 1)
        if not span or span[0] < 1 or span[-1] > len(frame.columns):
            raise ColumnNotFound(f"position {part}", list(frame.columns))
        chosen.update(span)
    return [frame.columns[position - 1] for position in sorted(chosen)]
