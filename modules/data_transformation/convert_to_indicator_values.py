"""One column of 0 and 1 per level of a categorical column."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NOTHING, Columns, is_type, pick
from modules._shared.encoder import levels_of
from modules._shared.errors import TooManyValues, WrongColumnType
from modules._shared.frames import checked
from modules._shared.parameters import param
from modules._shared.roles import carried
from modules.types import Transformation

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

MOST_LEVELS = 1_000


@dataclass
class Indicators(Transformation):
    """The levels of each column as columns `column-level`; a level never seen before is 0 everywhere."""

    levels: dict[str, list[Any]]
    overwrite: bool

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        checked(frame, self.levels, "the indicator values transformation")
        added = {
            f"{name}-{level}": (frame[name] == level).fillna(False).astype("int64")
            for name, levels in self.levels.items()
            for level in levels
        }
        kept = frame.drop(columns=[*self.levels]) if self.overwrite else frame
        return carried(frame, pd.concat([kept, pd.DataFrame(added, index=frame.index)], axis=1))


class Converted(NamedTuple):
    """The dataset with indicator columns, and the way to convert others alike."""

    results_dataset: Annotated[pd.DataFrame, PortInfo(title="Results dataset")]
    indicator_values_transformation: Annotated[Transformation, PortInfo(title="Indicator values transformation")]


@module(
    title="Convert to Indicator Values",
    category="Data Transformation",
    version="1",
    metrics=[Metric("columns_added", unit="columns", pinned=True)],
)
def convert_to_indicator_values(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Categorical columns to convert")] = NOTHING,
    overwrite: Annotated[bool, param("Overwrite categorical columns", "Leave the converted columns out.")] = False,
) -> Converted:
    """A column of 0 and 1 for each level of the picked columns, named `column-level`."""
    levels = {}
    for name in pick(dataset, columns, "Categorical columns to convert"):
        if not any(is_type(dataset[name], kind) for kind in ("Categorical", "String", "Boolean")):
            raise WrongColumnType(name, dataset[name].dtype, "categorical (see Edit Metadata: Make Categorical)")
        levels[name] = levels_of(dataset[name])
        if len(levels[name]) > MOST_LEVELS:
            raise TooManyValues(name, len(levels[name]), MOST_LEVELS)
    indicators = Indicators(levels, overwrite)
    Run.get_context().log("columns_added", sum(len(some) for some in levels.values()))
    return Converted(indicators.apply(dataset), indicators)
