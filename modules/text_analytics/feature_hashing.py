"""Texts as a fixed number of columns, without a vocabulary."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import STRINGS, Columns, pick
from modules._shared.errors import TooManyValues
from modules._shared.frames import at_least
from modules._shared.ngrams import ngrams, texts_of
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

MOST_BITS = 15


@module(
    title="Feature Hashing",
    category="Text Analytics",
    version="1",
    metrics=[Metric("columns_added", unit="columns", pinned=True), Metric("columns_used_share", bounds=(0, 1))],
)
def feature_hashing(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Target column")] = STRINGS,
    bits: Annotated[int, param("Hashing bitsize", "2 to this power is the number of columns.", ge=1, le=31)] = 10,
    size: Annotated[int, param("N-grams", "Up to so many words in a row.", ge=0, le=10)] = 2,
) -> Annotated[pd.DataFrame, PortInfo(title="Transformed dataset")]:
    """How many n-grams of each text fall on each hash: columns `COLUMN_HashingFeature.0` … behind the others.

    The hash is MurmurHash3 (Weinberger and others, Feature Hashing for Large Scale Multitask Learning, 2009). More than 15
    bits would be more columns than a table can hold.
    """
    picked = pick(at_least(dataset, 1, "hashing texts"), columns, "Target column")
    if bits > MOST_BITS:
        raise TooManyValues(picked[0], 2**bits, 2**MOST_BITS)
    extraction = lazy_import("sklearn.feature_extraction")
    hasher = extraction.FeatureHasher(2**bits, input_type="string", alternate_sign=False, dtype="float32")
    parts, used = [dataset], 0
    for name in picked:
        found = hasher.transform([list(ngrams(text, max(size, 1))) for text in texts_of(dataset, name)])
        used += int((found.getnnz(axis=0) > 0).sum())
        labels = [f"{name}_HashingFeature.{i}" for i in range(2**bits)]
        parts.append(pd.DataFrame(found.toarray(), columns=labels, index=dataset.index))
    run = Run.get_context()
    run.log("columns_added", len(picked) * 2**bits)
    run.log("columns_used_share", used / (len(picked) * 2**bits))
    return carried(dataset, pd.concat(parts, axis=1))
