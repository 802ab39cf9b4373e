"""Topics of texts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import STRINGS, Columns, pick
from modules._shared.errors import ValuesError
from modules._shared.frames import at_least, checked
from modules._shared.ngrams import counts, ngrams, texts_of
from modules._shared.parameters import param
from modules._shared.roles import carried
from modules.types import Transformation

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

_LARGEST = 2147483647
_ALL, _FEW = {"show_all": [True]}, {"show_all": [False]}


@dataclass
class Topics(Transformation):
    """A fitted topic model, with its vocabulary or its number of hash bits."""

    columns: list[Any]
    size: int
    vocabulary: list[str]  # empty: hashed
    bits: int
    normalize: bool
    model: Any

    def matrix(self, frame: pd.DataFrame) -> Any:
        """Counts of n-grams per row, over all text columns."""
        texts = [" ".join(parts) for parts in zip(*(texts_of(frame, name) for name in self.columns), strict=True)]
        documents = [list(ngrams(text, self.size)) for text in texts]
        if self.vocabulary or not documents:
            return counts(documents, {gram: i for i, gram in enumerate(self.vocabulary)})
        extraction = lazy_import("sklearn.feature_extraction")
        return extraction.FeatureHasher(2**self.bits, input_type="string", alternate_sign=False).transform(documents)

    def weights(self, matrix: Any) -> np.ndarray:
        """Topics of each row; normalized, they add up to 1."""
        if not matrix.shape[0]:
            return np.empty((0, self.model.n_components))
        found = self.model.transform(matrix)
        return found if self.normalize else found * np.asarray(matrix.sum(axis=1)).reshape(-1, 1)

    def apply(self, frame: pd.DataFrame) -> pd.DataFrame:
        checked(frame, self.columns, "the topic model")
        found = self.weights(self.matrix(frame))
        labels = [f"Topic {i}" for i in range(1, found.shape[1] + 1)]
        return carried(frame, pd.concat([frame, pd.DataFrame(found, columns=labels, index=frame.index)], axis=1))


class Allocated(NamedTuple):
    """The dataset with topic columns, each n-gram's part in each topic, and the way to find topics in other texts."""

    transformed_dataset: Annotated[pd.DataFrame, PortInfo(title="Transformed dataset")]
    feature_topic_matrix: Annotated[pd.DataFrame, PortInfo(title="Feature topic matrix")]
    lda_transformation: Annotated[Transformation, PortInfo(title="LDA transformation")]


@module(
    title="Latent Dirichlet Allocation",
    category="Text Analytics",
    version="1",
    metrics=[
        Metric("Perplexity", goal="minimize", pinned=True, description="After each pass over the texts."),
        Metric("n_grams", unit="n-grams"),
    ],
)
def latent_dirichlet_allocation(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    columns: Annotated[Columns, param("Target column(s)")] = STRINGS,
    topics: Annotated[int, param("Number of topics to model", ge=1, le=1000)] = 5,
    size: Annotated[int, param("N-grams", ge=1, le=10)] = 2,
    normalize: Annotated[bool, param("Normalize", "The topics of a text add up to 1.")] = True,
    show_all: Annotated[bool, param("Show all options")] = False,
    rho: Annotated[float, param("Rho parameter", "Prior of an n-gram in a topic.", gt=0, le=1, when=_ALL)] = 0.01,
    alpha: Annotated[float, param("Alpha parameter", "Prior of a topic in a text.", gt=0, le=1, when=_ALL)] = 0.01,
    documents: Annotated[int, param("Estimated number of documents", ge=1, le=_LARGEST, when=_ALL)] = 1000,
    batch: Annotated[int, param("Size of the batch", ge=1, le=1024, when=_ALL)] = 32,
    offset: Annotated[
        int,
        param("Initial value of iteration used in learning rate update schedule", ge=1, le=_LARGEST, when=_ALL),
    ] = 10,
    power: Annotated[float, param("Power applied to the iteration during updates", ge=0.5, le=1, when=_ALL)] = 0.5,
    passes: Annotated[int, param("Number of training iterations", ge=1, le=1024, when=_ALL)] = 25,
    dictionary: Annotated[bool, param("Build dictionary of ngrams", when=_FEW)] = True,
    dictionary_size: Annotated[
        int, param("Maximum size of ngram dictionary", ge=1, le=_LARGEST, when={**_FEW, "dictionary": [True]})
    ] = 20_000,
    bits: Annotated[
        int, param("Number of bits to use for feature hashing", ge=1, le=31, when={**_FEW, "dictionary": [False]})
    ] = 12,
    dictionary_before: Annotated[bool, param("Build dictionary of ngrams prior to LDA", when=_ALL)] = True,
    dictionary_size_before: Annotated[
        int,
        param("Maximum number of ngrams in dictionary", ge=1, le=_LARGEST, when={**_ALL, "dictionary_before": [True]}),
    ] = 20_000,
    bits_before: Annotated[
        int, param("Number of hash bits", ge=1, le=31, when={**_ALL, "dictionary_before": [False]})
    ] = 12,
) -> Allocated:
    """Topic columns `Topic 1` … behind the others, by online variational Bayes (Hoffman, Blei and Bach, 2010)."""
    picked = pick(dataset, columns, "Target column(s)")
    if show_all:
        dictionary, dictionary_size, bits = dictionary_before, dictionary_size_before, bits_before
    decomposition = lazy_import("sklearn.decomposition")
    model = decomposition.LatentDirichletAllocation(
        topics,
        doc_topic_prior=alpha,
        topic_word_prior=rho,
        learning_method="online",
        learning_offset=offset,
        learning_decay=power,
        batch_size=batch,
        total_samples=documents,
        random_state=0,
    )
    vocabulary = _vocabulary(dataset, picked, size, dictionary_size) if dictionary else []
    found = Topics(picked, size, vocabulary, bits, normalize, model)
    run = Run.get_context()
    matrix = found.matrix(at_least(dataset, 1, "finding topics"))
    if matrix.nnz == 0:
        raise ValuesError("the texts hold no words")
    for one in range(1, passes + 1):
        for start in range(0, matrix.shape[0], batch):
            model.partial_fit(matrix[start : start + batch])
        with np.errstate(over="ignore"):  # few words among many hashes: beyond all numbers
            run.log("Perplexity", float(model.perplexity(matrix)), step=one)
        run.report_progress(one, passes)
    run.log("n_grams", matrix.shape[1])
    return Allocated(found.apply(dataset), _parts(model, vocabulary or [f"hash {i}" for i in range(2**bits)]), found)


def _vocabulary(frame: pd.DataFrame, columns: list[Any], size: int, most: int) -> list[str]:
    """The most frequent n-grams, in alphabetical order."""
    totals: Counter[str] = Counter()
    for name in columns:
        for text in texts_of(frame, name):
            totals.update(ngrams(text, size))
    ranked = sorted(totals, key=lambda gram: (-totals[gram], gram))
    return sorted(ranked[:most])


def _parts(model: Any, names: list[str]) -> pd.DataFrame:
    """Each n-gram's share of each topic."""
    shares = model.components_ / model.components_.sum(axis=1, keepdims=True)
    columns = {f"Topic {i}": row for i, row in enumerate(shares, 1)}
    return pd.DataFrame({"Feature": names, **columns})
