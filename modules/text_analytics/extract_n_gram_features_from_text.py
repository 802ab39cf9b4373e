"""Words and word sequences as feature columns."""

from __future__ import annotations

import math
from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import STRINGS, OneColumn, pick_one
from modules._shared.errors import MismatchedColumns, TooManyValues, ValuesError
from modules._shared.ngrams import counts, ngrams, texts_of
from modules._shared.parameters import param
from modules._shared.roles import carried

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

MOST_COLUMNS = 20_000


class Extracted(NamedTuple):
    """The dataset with a column per n-gram, and the n-grams with how many documents have them."""

    results_dataset: Annotated[pd.DataFrame, PortInfo(title="Results dataset")]
    result_vocabulary: Annotated[pd.DataFrame, PortInfo(title="Result vocabulary")]


@module(
    title="Extract N-Gram Features from Text",
    category="Text Analytics",
    version="1",
    metrics=[
        Metric("vocabulary", unit="n-grams", pinned=True),
        Metric("documents_without_n_grams", unit="rows", pinned=True),
        Metric("n_grams_per_document"),
    ],
)
def extract_n_gram_features_from_text(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    input_vocabulary: Annotated[pd.DataFrame | None, PortInfo(title="Input vocabulary")] = None,
    *,
    column: Annotated[OneColumn, param("Text column")] = STRINGS,
    mode: Annotated[
        Literal["Create", "ReadOnly"], param("Vocabulary mode", "ReadOnly: the n-grams of the input vocabulary.")
    ] = "Create",
    size: Annotated[int, param("N-grams size", "2: single words and pairs.", ge=1)] = 1,
    weighting: Annotated[
        Literal["Binary Weight", "TF Weight", "IDF Weight", "TF-IDF Weight"], param("Weighting function")
    ] = "Binary Weight",
    shortest: Annotated[int, param("Minimum word length", ge=1)] = 3,
    longest: Annotated[int, param("Maximum word length", ge=2)] = 25,
    fewest: Annotated[
        float, param("Minimum n-gram document absolute frequency", "In at least so many documents.", ge=1)
    ] = 5,
    largest_share: Annotated[
        float, param("Maximum n-gram document ratio", "In at most this share of the documents.", ge=0.0001, le=1)
    ] = 1.0,
    normalize: Annotated[bool, param("Normalize n-gram feature vectors", "To length 1.")] = False,
) -> Extracted:
    """Columns `COLUMN.[n_gram]` behind the others. Binary: 1 if there; TF: how often; IDF: log(documents / documents with it); TF-IDF: their product."""
    name = pick_one(dataset, column, "Text column")
    documents = [list(ngrams(text, size, shortest, longest)) for text in texts_of(dataset, name)]
    if mode == "ReadOnly":
        table = _given(input_vocabulary)
    else:
        table = _created(documents, fewest, largest_share)
    if len(table) > MOST_COLUMNS:
        raise TooManyValues(f"{name} (n-grams)", len(table), MOST_COLUMNS)
    matrix = counts(documents, {gram: i for i, gram in enumerate(table["NGram"])})
    per_document = np.diff(matrix.indptr)
    weights = _weighted(matrix, table["IDF"].to_numpy(dtype=float), weighting)
    if normalize:
        weights = lazy_import("sklearn.preprocessing").normalize(weights)
    run = Run.get_context()
    run.log("vocabulary", len(table))
    run.log("documents_without_n_grams", int((per_document == 0).sum()))
    run.log("n_grams_per_document", float(per_document.mean()) if len(per_document) else 0.0)
    labels = [f"{name}.[{gram}]" for gram in table["NGram"]]
    added = pd.DataFrame(weights.toarray().astype("float32"), columns=labels, index=dataset.index)
    return Extracted(carried(dataset, pd.concat([dataset, added], axis=1)), table)


def _created(documents: list[list[str]], fewest: float, largest_share: float) -> pd.DataFrame:
    found = Counter(gram for document in documents for gram in set(document))
    most = largest_share * len(documents)
    kept = sorted(gram for gram, count in found.items() if fewest <= count <= most)
    if not kept:
        raise ValuesError(
            f"no n-gram is in at least {fewest:g} and at most {most:g} of {len(documents)} documents; "
            "lower the minimum frequency, or raise the maximum ratio"
        )
    rows = [(i, gram, found[gram], math.log(len(documents) / found[gram])) for i, gram in enumerate(kept)]
    return pd.DataFrame(rows, columns=["Id", "NGram", "DF", "IDF"])


def _given(vocabulary: pd.DataFrame | None) -> pd.DataFrame:
    if vocabulary is None:
        raise ValuesError("ReadOnly needs an input vocabulary: connect the Result vocabulary of another node")
    missing = [name for name in ("NGram", "IDF") if name not in vocabulary.columns]
    if missing:
        raise MismatchedColumns(missing, "a vocabulary", list(vocabulary.columns))
    return vocabulary.drop_duplicates("NGram", ignore_index=True)


def _weighted(matrix: Any, idf: np.ndarray, weighting: str) -> Any:
    """The counts, or 1 for there, times the inverse document frequency where it is asked for."""
    if weighting in ("Binary Weight", "IDF Weight"):
        matrix = matrix.sign()
    return matrix.multiply(idf).tocsr() if "IDF" in weighting else matrix
