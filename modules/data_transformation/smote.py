"""More rows of the rare class. Elsewhere: the algorithm (imbalanced-learn)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import LABEL, OneColumn, is_type, pick_one
from modules._shared.encoder import is_numeric, numbers
from modules._shared.errors import OneClassLabel, TooFewColumns, TooFewRows, ValuesError, listed
from modules._shared.frames import LARGEST, finite, single_valued
from modules._shared.parameters import Seed, param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


@module(
    title="SMOTE",
    category="Data Transformation",
    version="1",
    metrics=[
        Metric("rows_added", unit="rows", pinned=True),
        Metric("minority_share_before", bounds=(0, 1)),
        Metric("minority_share_after", bounds=(0, 1)),
    ],
)
def smote(
    samples: Annotated[pd.DataFrame, PortInfo(title="Samples")],
    *,
    label: Annotated[OneColumn, param("Label column", "Empty: the column marked as label.")] = LABEL,
    percentage: Annotated[
        int,
        param("SMOTE percentage", "100: as many new rows of the rare class as there are; 200: twice as many.", ge=0),
    ] = 100,
    neighbors: Annotated[
        int, param("Number of nearest neighbors", "New rows lie between a row and one of these.", ge=1)
    ] = 1,
    seed: Seed = 0,
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Add made-up rows of the rarest class, each between a row of it and one of its nearest neighbours.

    Chawla and others, SMOTE: Synthetic Minority Over-sampling Technique (2002); with text or categorical columns its
    variant SMOTE-NC. The new rows come last.
    """
    column = pick_one(samples, label, "Label column")
    if len(samples.columns) < 2:
        raise TooFewColumns(len(samples.columns), 2, "SMOTE (a label and a feature)")
    counts = single_valued(samples[column]).value_counts()
    counts = counts[counts > 0]  # a category may have no row
    if len(counts) < 2:
        raise OneClassLabel(column, counts.index[0] if len(counts) else None)
    rare = counts.index[-1]
    few, wanted = int(counts.iloc[-1]), round(counts.iloc[-1] * (1 + percentage / 100))
    if few <= neighbors:
        raise TooFewRows(few, neighbors + 1, f"SMOTE with {neighbors} neighbours, counting the rows of {rare!r},")
    incomplete = [name for name in samples.columns if samples[name].isna().any()]
    if incomplete:
        raise ValuesError(f"missing values in {listed(incomplete)}; use Clean Missing Data before SMOTE")
    result = samples
    if wanted > few:
        result = pd.concat([samples, _made_up(samples, column, rare, wanted, neighbors, seed)], ignore_index=True)
    run = Run.get_context()
    run.log("rows_added", len(result) - len(samples))
    run.log("minority_share_before", few / len(samples))
    run.log("minority_share_after", float((result[column] == rare).mean()))
    return carried(samples, result)


def _made_up(samples: pd.DataFrame, label: Any, rare: Any, wanted: int, neighbors: int, seed: int) -> pd.DataFrame:
    """The new rows. The algorithm sees numbers only: measures as they are, everything else as codes of its levels."""
    features = [name for name in samples.columns if name != label]
    codes = {name: _coded(samples[name]) for name in features if not _is_measure(samples[name])}
    seen = pd.DataFrame({str(i): codes[n][0] if n in codes else _measure(samples[n]) for i, n in enumerate(features)})
    categorical = [i for i, name in enumerate(features) if name in codes]
    target = (samples[label] == rare).to_numpy(dtype=int)
    found, _ = _sampler(categorical, len(features), wanted, neighbors, seed).fit_resample(seen, target)
    added = {label: [rare] * (len(found) - len(samples))}
    for i, name in enumerate(features):
        values = found[str(i)].to_numpy()[len(samples) :]
        added[name] = codes[name][1].take(values.astype(int)) if name in codes else _as(samples[name], values)
    return pd.DataFrame(added)[list(samples.columns)].astype(samples.dtypes)


def _is_measure(column: pd.Series) -> bool:
    """Whether there is something between two values."""
    return is_numeric(column) and not is_type(column, "Boolean")


def _measure(column: pd.Series) -> np.ndarray:
    return finite(numbers(column), column.name, "find neighbours by", LARGEST)


def _coded(column: pd.Series) -> tuple[np.ndarray, pd.Index]:
    return single_valued(column).factorize()


def _as(column: pd.Series, values: np.ndarray) -> Any:
    """Numbers, seconds since 1970, or seconds, as values of the column's type; whole numbers are rounded."""
    if is_type(column, "Integer"):
        return np.rint(values)
    if is_type(column, "DateTime") or is_type(column, "TimeSpan"):
        spans = pd.to_timedelta(values, unit="s")
        return spans if is_type(column, "TimeSpan") else pd.Timestamp(0, tz=column.dt.tz) + spans
    return values


def _sampler(categorical: list[int], width: int, wanted: int, neighbors: int, seed: int) -> Any:
    try:
        from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("imbalanced-learn", extra="imbalance") from error
    options = {"sampling_strategy": {1: wanted}, "k_neighbors": neighbors, "random_state": seed}
    if len(categorical) == width:
        return SMOTEN(**options)
    return SMOTENC(categorical, **options) if categorical else SMOTE(**options)
