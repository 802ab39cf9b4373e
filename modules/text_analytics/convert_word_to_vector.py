"""Words as points: words used alike lie close together."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, Literal

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import STRINGS, OneColumn, pick_one
from modules._shared.errors import BadFile, ValuesError
from modules._shared.ngrams import ngrams, texts_of
from modules._shared.parameters import param

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_TRAINED = {"strategy": ["Gensim Word2Vec model", "Gensim FastText model"]}


@module(
    title="Convert Word to Vector",
    category="Text Analytics",
    version="1",
    metrics=[
        Metric("vocabulary", unit="words", pinned=True),
        Metric("Train loss", goal="minimize", description="Of each epoch (Word2Vec)."),
    ],
)
def convert_word_to_vector(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    column: Annotated[OneColumn, param("Target column")] = STRINGS,
    strategy: Annotated[
        Literal["GloVe pretrained English model", "Gensim Word2Vec model", "Gensim FastText model"],
        param("Word2Vec strategy"),
    ] = "Gensim Word2Vec model",
    algorithm: Annotated[
        Literal["Skip-Gram", "CBOW"], param("Word2Vec Training Algorithm", when=_TRAINED)
    ] = "Skip-Gram",
    glove_file: Annotated[
        str,
        param(
            "GloVe file", "Path of a text file of word vectors.", when={"strategy": ["GloVe pretrained English model"]}
        ),
    ] = "",
    most_words: Annotated[int, param("Maximum number of words in vocabulary", ge=10, le=2147483647)] = 10_000,
    fewest: Annotated[int, param("Minimum count of one word", ge=1, le=100)] = 5,
    length: Annotated[int, param("Length of word embedding", ge=10, le=2000, when=_TRAINED)] = 100,
    window: Annotated[int, param("Context window size", ge=1, le=100, when=_TRAINED)] = 5,
    epochs: Annotated[int, param("Number of epochs", ge=1, le=1024, when=_TRAINED)] = 5,
) -> Annotated[pd.DataFrame, PortInfo(title="Vocabulary with embeddings")]:
    """A row per word: `Word`, `Embedding dim 0` …, most frequent first; trained on the texts, or read from a GloVe file.

    Word2Vec: Mikolov and others (2013); FastText: Bojanowski and others (2017). One thread and a fixed seed, so that the
    same texts give the same vectors.
    """
    name = pick_one(dataset, column, "Target column")
    sentences = [list(ngrams(text, 1)) for text in texts_of(dataset, name)]
    run = Run.get_context()
    if strategy.startswith("GloVe"):
        words, vectors = _from_glove(glove_file, sentences, most_words, fewest)
    else:
        words, vectors = _trained(run, strategy, sentences, algorithm, most_words, fewest, length, window, epochs)
    run.log("vocabulary", len(words))
    table = pd.DataFrame(vectors, columns=[f"Embedding dim {i}" for i in range(len(vectors[0]))])
    table.insert(0, "Word", words)
    return table


def _trained(
    run: Run,
    strategy: str,
    sentences: list[list[str]],
    algorithm: str,
    most: int,
    fewest: int,
    length: int,
    window: int,
    epochs: int,
) -> tuple[list[str], Any]:
    models = _gensim()
    word2vec = strategy == "Gensim Word2Vec model"
    model = (models.Word2Vec if word2vec else models.FastText)(
        vector_size=length, window=window, min_count=fewest, max_final_vocab=most, sg=int(algorithm == "Skip-Gram"),
        workers=1, seed=0,
    )  # fmt: skip
    model.build_vocab(sentences)
    if not len(model.wv):
        raise ValuesError(f"no word comes at least {fewest} times; lower the minimum count")
    for epoch in range(1, epochs + 1):
        step = (model.alpha - model.min_alpha) / epochs  # the learning rate falls evenly over all epochs
        start = model.alpha - step * (epoch - 1)
        options = {"compute_loss": True} if word2vec else {}
        model.train(
            sentences, total_examples=len(sentences), epochs=1, start_alpha=start, end_alpha=start - step, **options
        )
        if word2vec:
            run.log("Train loss", float(model.get_latest_training_loss()), step=epoch)
        run.report_progress(epoch, epochs)
    return list(model.wv.index_to_key), model.wv.vectors


def _from_glove(path: str, sentences: list[list[str]], most: int, fewest: int) -> tuple[list[str], list[list[float]]]:
    """The vectors of the texts' words out of a file with a word and its numbers on each line."""
    if not path.strip():
        raise BadFile("name the file of GloVe vectors (such as glove.6B.100d.txt); none is downloaded by itself")
    counted = pd.Series([word for sentence in sentences for word in sentence]).value_counts()
    wanted = set(counted[counted >= fewest].index[:most])
    vectors: dict[str, list[float]] = {}
    try:
        with open(path, encoding="utf-8") as lines:
            for line in lines:
                word, *numbers = line.rstrip().split(" ")
                if word in wanted:
                    vectors[word] = [float(number) for number in numbers]
    except (OSError, ValueError) as error:
        raise BadFile(f"cannot read {path} as GloVe vectors: {error}") from error
    if not vectors:
        raise ValuesError(f"{path} has no vector for any word of the texts that comes at least {fewest} times")
    words = [word for word in counted.index if word in vectors]
    return words, [vectors[word] for word in words]


def _gensim() -> Any:
    try:
        from gensim import models  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("gensim", extra="text") from error
    return models
