"""More rows of the rare class. Elsewhere: the algorithm (imbalanced-learn)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import LABEL, OneColumn, pick_one
from modules._shared.encoder import is_numeric
from modules._shared.errors import OneClassLabel, TooFewRows, ValuesError, listed
from modules._shared.parameters import Seed, param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


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
    counts = samples[column].value_counts()
    if len(counts) < 2:
        raise OneClassLabel(column, counts.index[0] if len(counts) else None)
    rare = counts.index[-1]
    few, wanted = int(counts.iloc[-1]), round(counts.iloc[-1] * (1 + percentage / 100))
    if few <= neighbors:
        raise TooFewRows(few, neighbors + 1, f"SMOTE with {neighbors} neighbours, counting the rows of {rare!r},")
    incomplete = [name for name in samples.columns if samples[name].isna().any()]
    if incomplete:
        raise ValuesError(f"missing values in {listed(incomplete)}; use Clean Missing Data before SMOTE")
    features = samples.drop(columns=column)
    result = samples
    if wanted > few:
        rows, labels = _sampler(features, {rare: wanted}, neighbors, seed).fit_resample(features, samples[column])
        result = rows.assign(**{str(column): labels})[list(samples.columns)].astype(samples.dtypes)
    run = Run.get_context()
    run.log("rows_added", len(result) - len(samples))
    run.log("minority_share_before", few / len(samples))
    run.log("minority_share_after", float((result[column] == rare).mean()))
    return carried(samples, result)


def _sampler(features: pd.DataFrame, goal: dict[Any, int], neighbors: int, seed: int) -> Any:
    try:
        from imblearn.over_sampling import SMOTE, SMOTEN, SMOTENC  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("imbalanced-learn", extra="imbalance") from error
    options = {"sampling_strategy": goal, "k_neighbors": neighbors, "random_state": seed}
    categorical = [name for name in features.columns if not is_numeric(features[name])]
    if len(categorical) == len(features.columns):
        return SMOTEN(**options)
    return SMOTENC(categorical, **options) if categorical else SMOTE(**options)
