"""Text Analytics: cleaning, n-grams, hashing, topics, word vectors, Vowpal Wabbit."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from gensim.models import Word2Vec
from sklearn.feature_extraction import FeatureHasher
from sklearn.feature_extraction.text import CountVectorizer

from modules._shared import errors, formats
from modules._shared.vowpal_wabbit import VowpalWabbitModel, _read, _write
from modules.model_scoring_evaluation.apply_transformation import apply_transformation
from modules.text_analytics.convert_word_to_vector import convert_word_to_vector
from modules.text_analytics.extract_n_gram_features_from_text import extract_n_gram_features_from_text
from modules.text_analytics.feature_hashing import feature_hashing
from modules.text_analytics.latent_dirichlet_allocation import latent_dirichlet_allocation
from modules.text_analytics.preprocess_text import preprocess_text
from modules.text_analytics.score_vowpal_wabbit_model import score_vowpal_wabbit_model
from modules.text_analytics.train_vowpal_wabbit_model import train_vowpal_wabbit_model

SWITCHES = (
    "remove_stop_words", "lemmatize", "detect_sentences", "lowercase", "remove_numbers", "remove_special",
    "remove_repeats", "remove_emails", "remove_urls", "expand_contractions", "normalize_backslashes", "split_tokens",
)  # fmt: skip


def cleaned(text: str, *switches: str, **settings: str) -> str:
    """The text after these steps only."""
    chosen = {name: name in switches for name in SWITCHES}
    frame = preprocess_text(pd.DataFrame({"t": [text]}), column="t", **chosen, **settings)
    return frame.loc[0, "Preprocessed t"]


@pytest.mark.parametrize(
    ("step", "text", "expected"),
    [
        ("remove_stop_words", "the cat is on the mat", "cat mat"),
        ("lemmatize", "children were running", "child be run"),
        ("detect_sentences", "Mr. Smith left. He ran!  Where?", "Mr. Smith left. ||| He ran! ||| Where?"),
        ("lowercase", "MiXed", "mixed"),
        ("remove_numbers", "covid19 has 4 of 3.14", "covid19 has of"),
        ("remove_special", "a*b #c_d!", "a b c d"),
        ("remove_repeats", "sooooo coool book", "soo cool book"),
        ("remove_emails", "mail bob.x@site.org now", "mail now"),
        ("remove_urls", "see https://a.b/c?d=1 or www.e.f now", "see or now"),
        ("expand_contractions", "don't, can’t, he's, they're", "do not, can not, he is, they are"),
        ("normalize_backslashes", "a\\b", "a/b"),
        ("split_tokens", "MS-WORD x", "MS WORD x"),
    ],
)
def test_each_step_does_what_it_says(step, text, expected):
    assert cleaned(text, step) == expected


def test_a_custom_expression_is_replaced_first():
    assert cleaned("#tag", expression=r"#(\w+)", replacement=r"<\1>") == "<tag>"


def test_all_steps_together_and_missing_texts(run):
    frame = pd.DataFrame({"t": ["I can't wait! Mail me@x.org, see http://a.b. 7 cats ran.", None]})
    result = preprocess_text(frame, column="t")
    assert result["Preprocessed t"].tolist()[0] == "wait ||| mail ||| cat run"
    assert result["Preprocessed t"].isna().tolist() == [False, True]
    assert run.get_metrics()["empty_texts"] == 1


def test_a_list_of_stop_words_replaces_the_built_in_one():
    frame = pd.DataFrame({"t": ["the cat sat"]})
    stops = pd.DataFrame({"word": ["Cat"]})
    options = dict.fromkeys(SWITCHES, False) | {"remove_stop_words": True}
    assert preprocess_text(frame, stops, column="t", **options).loc[0, "Preprocessed t"] == "the sat"


def test_cleaning_numbers_or_with_a_wrong_expression_is_refused(cars):
    with pytest.raises(errors.WrongColumnType, match="text"):
        preprocess_text(cars, column="power")
    with pytest.raises(errors.BadExpression, match="regular expression"):
        preprocess_text(cars, column="origin", expression="(")


TEXTS = pd.DataFrame({"t": ["red cat", "red dog", "big red cat", "cat cat", None]})


@pytest.mark.parametrize(
    ("weighting", "formula"),
    [
        ("Binary Weight", lambda counts, idf: np.sign(counts)),
        ("TF Weight", lambda counts, idf: counts),
        ("IDF Weight", lambda counts, idf: np.sign(counts) * idf),
        ("TF-IDF Weight", lambda counts, idf: counts * idf),
    ],
)
def test_n_gram_weights_follow_their_formulas(weighting, formula, run):
    result, vocabulary = extract_n_gram_features_from_text(TEXTS, column="t", size=2, weighting=weighting, fewest=2)
    counter = CountVectorizer(ngram_range=(1, 2), min_df=2)
    counts = counter.fit_transform(TEXTS["t"].fillna("")).toarray()
    names = [name.replace(" ", "_") for name in counter.get_feature_names_out()]
    assert vocabulary["NGram"].tolist() == names
    assert vocabulary["DF"].tolist() == (counts > 0).sum(axis=0).tolist()
    idf = np.log(len(TEXTS) / vocabulary["DF"].to_numpy())
    assert vocabulary["IDF"].to_numpy() == pytest.approx(idf)
    assert result.iloc[:, 1:].to_numpy() == pytest.approx(formula(counts, idf))
    assert list(result.columns)[1] == f"t.[{names[0]}]"
    assert run.get_metrics()["documents_without_n_grams"] == 1


def test_a_vocabulary_is_used_on_other_texts(run):
    _, vocabulary = extract_n_gram_features_from_text(TEXTS, column="t", fewest=2)
    other = pd.DataFrame({"t": ["blue cat"]})
    result, same = extract_n_gram_features_from_text(other, vocabulary, column="t", mode="ReadOnly", normalize=True)
    assert result.to_dict("list") == {"t": ["blue cat"], "t.[cat]": [1.0], "t.[red]": [0.0]}
    assert same["NGram"].tolist() == ["cat", "red"]


def test_words_and_n_grams_outside_of_the_bounds_are_left_out():
    _, vocabulary = extract_n_gram_features_from_text(TEXTS, column="t", fewest=1, largest_share=0.4, longest=3)
    assert vocabulary["NGram"].tolist() == ["big", "dog"]


def test_no_n_grams_a_missing_vocabulary_and_empty_texts_are_told():
    with pytest.raises(errors.ValuesError, match="lower the minimum"):
        extract_n_gram_features_from_text(TEXTS, column="t", fewest=100)
    with pytest.raises(errors.ValuesError, match="Result vocabulary"):
        extract_n_gram_features_from_text(TEXTS, column="t", mode="ReadOnly")
    with pytest.raises(errors.MismatchedColumns, match="NGram"):
        extract_n_gram_features_from_text(TEXTS, TEXTS, column="t", mode="ReadOnly")
    with pytest.raises(errors.AllMissing, match="t"):
        extract_n_gram_features_from_text(TEXTS.assign(t=pd.Series([None] * 5, dtype="str")), column="t")


def test_hashed_features_are_scikit_learns(run):
    result = feature_hashing(TEXTS, columns="t", bits=4, size=2)
    grams = [
        ["red", "cat", "red_cat"],
        ["red", "dog", "red_dog"],
        ["big", "red", "cat", "big_red", "red_cat"],
        ["cat", "cat", "cat_cat"],
        [],
    ]
    expected = FeatureHasher(16, input_type="string", alternate_sign=False).transform(grams).toarray()
    assert result.iloc[:, 1:].to_numpy() == pytest.approx(expected)
    assert list(result.columns)[1] == "t_HashingFeature.0"
    assert run.get_metrics()["columns_added"] == 16


def test_more_bits_than_a_table_can_hold_are_refused():
    with pytest.raises(errors.TooManyValues):
        feature_hashing(TEXTS, columns="t", bits=31)


@pytest.fixture
def two_topics() -> pd.DataFrame:
    """Texts of two kinds that share no word."""
    return pd.DataFrame(
        {"t": ["sun sea sand beach", "sea beach sun wave", "code test bug build", "bug code build fix"] * 10}
    )


def test_topics_separate_texts_that_share_no_word(two_topics, run):
    result, matrix, transformation = latent_dirichlet_allocation(
        two_topics, columns="t", topics=2, size=1, show_all=True, passes=20, documents=40
    )
    topics = result[["Topic 1", "Topic 2"]].to_numpy()
    assert topics.sum(axis=1) == pytest.approx(1)
    kinds = topics.argmax(axis=1).reshape(-1, 4)
    assert (kinds[:, :2] != kinds[:, 2:]).all()
    assert matrix[["Topic 1", "Topic 2"]].sum().to_numpy() == pytest.approx(1)
    perplexity = run.get_metrics()["Perplexity"]
    assert len(perplexity) == 20
    assert perplexity[-1] < perplexity[0]
    again = apply_transformation(transformation, two_topics)
    assert again["Topic 1"].to_numpy() == pytest.approx(result["Topic 1"].to_numpy())


def test_topics_of_hashed_n_grams_are_kept_and_applied(two_topics, tmp_path, run):
    result, matrix, transformation = latent_dirichlet_allocation(
        two_topics, columns="t", topics=2, dictionary=False, bits=6
    )
    assert len(matrix) == 64
    formats.write(transformation, tmp_path / "model")
    again = formats.read(tmp_path / "model").apply(two_topics)
    assert again["Topic 2"].to_numpy() == pytest.approx(result["Topic 2"].to_numpy())


def test_texts_without_words_have_no_topics():
    with pytest.raises(errors.ValuesError, match="no words"):
        latent_dirichlet_allocation(pd.DataFrame({"t": ["!", "?"]}), columns="t", dictionary=False)


def test_word_vectors_are_gensims(two_topics, run):
    table = convert_word_to_vector(two_topics, column="t", length=10, window=3, epochs=1, fewest=1)
    model = Word2Vec(vector_size=10, window=3, min_count=1, sg=1, workers=1, seed=0, max_final_vocab=10_000)
    sentences = [text.split() for text in two_topics["t"]]
    model.build_vocab(sentences)
    model.train(sentences, total_examples=len(sentences), epochs=1)
    assert table["Word"].tolist() == list(model.wv.index_to_key)
    assert table.iloc[:, 1:].to_numpy() == pytest.approx(model.wv.vectors, abs=1e-5)
    assert run.get_metrics()["vocabulary"] == 10


def test_fasttext_and_glove_vectors(two_topics, tmp_path):
    table = convert_word_to_vector(
        two_topics, column="t", strategy="Gensim FastText model", algorithm="CBOW", length=10
    )
    assert table.shape == (10, 11)
    (tmp_path / "glove.txt").write_text("sun 0.5 1\nmoon 2 3\ncode -1 0\n")
    glove = convert_word_to_vector(
        two_topics, column="t", strategy="GloVe pretrained English model", glove_file=str(tmp_path / "glove.txt")
    )
    assert sorted(glove["Word"]) == ["code", "sun"]
    assert glove.set_index("Word").loc["sun"].tolist() == [0.5, 1.0]


def test_vectors_without_words_or_file_are_told(two_topics):
    with pytest.raises(errors.ValuesError, match="minimum count"):
        convert_word_to_vector(two_topics, column="t", fewest=100)
    with pytest.raises(errors.BadFile, match="GloVe"):
        convert_word_to_vector(two_topics, column="t", strategy="GloVe pretrained English model")
    with pytest.raises(errors.BadFile, match=r"nothing\.txt"):
        convert_word_to_vector(
            two_topics, column="t", strategy="GloVe pretrained English model", glove_file="nothing.txt"
        )


EXAMPLES = pd.DataFrame({"line": ["1 | a:1 b:2", "-1 | c:1", "1 | a:2", "-1 | c:3 b:1"] * 20})


def test_vowpal_wabbit_learns_and_scores_as_its_library_does(run, tmp_path):
    import vowpalwabbit

    model = train_vowpal_wabbit_model(EXAMPLES, arguments="--loss_function logistic", passes=2, readable=True)
    vw = vowpalwabbit.Workspace("--loss_function logistic --quiet")
    for line in [*EXAMPLES["line"]] * 2:
        vw.learn(line)
    expected = [vw.predict(line) for line in EXAMPLES["line"]]
    vw.finish()
    scored = score_vowpal_wabbit_model(model, EXAMPLES, include_raw=True)
    assert scored["Scored Labels"].to_numpy() == pytest.approx(expected, abs=1e-4)
    linked = score_vowpal_wabbit_model(model, EXAMPLES, arguments="--link logistic", include_labels=False)
    assert linked["Scored Labels"].to_numpy() == pytest.approx([1 / (1 + math.exp(-raw)) for raw in expected], abs=1e-4)
    assert scored["Labels"].tolist() == [1, -1, 1, -1] * 20
    losses = run.get_metrics()["Train loss"]
    assert losses[-1] < losses[0]
    assert "readable_model.txt" in run.get_file_names()
    _write(model, tmp_path / "kept")
    assert _read(tmp_path / "kept") == model


def test_vowpal_wabbit_reads_files_and_learns_on(tmp_path):
    (tmp_path / "data.txt").write_text("1 1:1 2:2 # note\n-1 3:1\n")
    model = train_vowpal_wabbit_model(tmp_path, file="data.txt", kind="SVMLight")
    further = train_vowpal_wabbit_model(tmp_path / "data.txt", model, kind="SVMLight", passes=50)
    before, after = (
        score_vowpal_wabbit_model(one, tmp_path / "data.txt", kind="SVMLight")["Scored Labels"]
        for one in (model, further)
    )
    assert abs(after[1] + 1) < abs(before[1] + 1)


def test_vowpal_wabbit_refuses_options_and_data_that_do_not_fit(tmp_path):
    with pytest.raises(errors.BadExpression, match="-f is set by the module"):
        train_vowpal_wabbit_model(EXAMPLES, arguments="-f model")
    with pytest.raises(errors.BadExpression):
        train_vowpal_wabbit_model(EXAMPLES, arguments="--no_such_option")
    with pytest.raises(errors.BadFile, match="no examples"):
        train_vowpal_wabbit_model(EXAMPLES.head(0))
    with pytest.raises(errors.BadFile, match=r"missing\.txt"):
        score_vowpal_wabbit_model(VowpalWabbitModel(b""), tmp_path, file="missing.txt")
