"""What a column is for: label, feature, weight, score. Roles travel with a frame in `frame.attrs["roles"]`.

Elsewhere: picking columns by role (columns.py), setting roles by hand (Edit Metadata).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Literal

if TYPE_CHECKING:
    from collections.abc import Hashable, Iterable, Mapping

    import pandas as pd

Role = Literal["feature", "label", "weight", "score", "none"]
_KEY = "roles"


def roles_of(frame: pd.DataFrame) -> dict[str, Role]:
    """Column → role, for the columns that were given one and are still there."""
    roles = frame.attrs.get(_KEY, {})
    return {name: role for name, role in roles.items() if name in frame.columns}


def columns_with(frame: pd.DataFrame, role: Role) -> list[Any]:
    """The columns of that role, in the frame's order. A column without a role is a feature."""
    roles = roles_of(frame)
    return [name for name in frame.columns if roles.get(name, "feature") == role]


def label_of(frame: pd.DataFrame) -> Any | None:
    """The label column, or None."""
    return next(iter(columns_with(frame, "label")), None)


def with_roles(frame: pd.DataFrame, roles: Mapping[Hashable, Role]) -> pd.DataFrame:
    """The same columns with these roles added; shares the values of `frame`."""
    result = frame.copy(deep=False)
    result.attrs = {**frame.attrs, _KEY: {**roles_of(frame), **roles}}
    return result


def with_role(frame: pd.DataFrame, columns: Iterable[Hashable], role: Role) -> pd.DataFrame:
    """The same frame with one role set on these columns."""
    return with_roles(frame, dict.fromkeys(columns, role))


def carried(
    source: pd.DataFrame, result: pd.DataFrame, renamed: Mapping[Hashable, Hashable] | None = None
) -> pd.DataFrame:
    """`result` with the roles and notes of `source`, for the columns that it still has."""
    renamed = renamed or {}
    roles = {renamed.get(name, name): role for name, role in roles_of(source).items()}
    kept = {name: role for name, role in roles.items() if name in result.columns}
    result = result.copy(deep=False)
    result.attrs = {**source.attrs, **({_KEY: kept} if kept or _KEY in source.attrs else {})}
    return result
