"""Texts to words and n-grams. Elsewhere: weighting them (Extract N-Gram Features), hashing them (Feature Hashing)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.columns import is_type
from modules._shared.errors import AllMissing, WrongColumnType

if TYPE_CHECKING:
    from collections.abc import Iterator

    import numpy as np
    import pandas as pd
else:
    np = lazy_import("numpy")

_WORD = re.compile(r"\w+(?:'\w+)?", re.UNICODE)


def texts_of(frame: pd.DataFrame, column: Any) -> list[str]:
    """The texts of a column; a missing one is empty. Text that is missing everywhere is an error."""
    if not is_type(frame[column], "String"):
        raise WrongColumnType(column, frame[column].dtype, "text")
    if len(frame) and frame[column].isna().all():
        raise AllMissing([column])
    return frame[column].fillna("").astype(str).tolist()


def ngrams(text: str, longest: int, least: int = 1, most: int = 10_000) -> Iterator[str]:
    """All n-grams of 1 to `longest` words of at least `least` and at most `most` letters, words joined by `_`."""
    words = [word for word in _WORD.findall(text.lower()) if least <= len(word) <= most]
    for size in range(1, longest + 1):
        for start in range(len(words) - size + 1):
            yield "_".join(words[start : start + size])


def counts(documents: list[list[str]], vocabulary: dict[str, int]) -> Any:
    """How often each n-gram of the vocabulary is in each document: a scipy CSR matrix of documents × n-grams."""
    rows, columns = [], []
    for number, document in enumerate(documents):
        found = [vocabulary[gram] for gram in document if gram in vocabulary]
        rows.extend([number] * len(found))
        columns.extend(found)
    shape = (len(documents), len(vocabulary))
    cells = (np.ones(len(rows)), (np.array(rows, dtype=int), np.array(columns, dtype=int)))
    return lazy_import("scipy.sparse").coo_matrix(cells, shape=shape).tocsr()
