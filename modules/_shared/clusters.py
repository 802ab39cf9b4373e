"""Which cluster each row belongs to, under the column names people know. Elsewhere: finding the clusters (modules/_learners/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.errors import UntrainedModelGiven
from modules._shared.frames import replaced
from modules._shared.roles import carried, label_of, with_role
from modules._shared.scoring import predicted
from modules.types import TrainedCluster

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

ASSIGNMENTS, DISTANCE = "Assignments", "DistancesToClusterCenter no."


def assigned(model: TrainedCluster, rows: pd.DataFrame, append: bool = True) -> pd.DataFrame:
    """The cluster of every row and its distance to each center; behind the rows' own columns if `append`."""
    if not isinstance(model, TrainedCluster):
        raise UntrainedModelGiven(getattr(model, "title", type(model).__name__))
    distances = predicted(model, rows)
    columns: dict[str, Any] = {ASSIGNMENTS: distances.argmin(axis=1)}
    columns |= {f"{DISTANCE}{c}": distances[:, c] for c in range(distances.shape[1])}
    found = pd.DataFrame(columns, index=rows.index)
    if append:
        kept = rows[[name for name in rows.columns if name not in found.columns]]
        found = carried(rows, pd.concat([kept, found], axis=1))
    return with_role(found, columns, "score")


def relabelled(rows: pd.DataFrame, result: pd.DataFrame, mode: str) -> pd.DataFrame:
    """The label column after clustering: missing labels filled from the cluster, or all replaced by its nearest row's."""
    label = label_of(rows)
    if mode == "Ignore label column" or label is None or label not in result.columns:
        return result
    labels, clusters = rows[label], result[ASSIGNMENTS].to_numpy()
    if mode == "Fill missing values":
        most = labels.groupby(clusters).agg(lambda some: some.mode().iloc[0] if some.notna().any() else None)
        new = labels.fillna(pd.Series(clusters, index=rows.index).map(most))
    else:
        own = result.filter(like=DISTANCE).min(axis=1).to_numpy()
        labelled = np.flatnonzero(labels.notna())
        nearest = (
            pd.Series(own[labelled], index=labelled).groupby(clusters[labelled]).idxmin()
        )  # places, not names, of rows
        new = pd.Series(clusters, index=rows.index).map(labels.iloc[nearest].set_axis(nearest.index))
    return carried(result, replaced(result, {label: new}))
