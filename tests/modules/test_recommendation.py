"""Recommendation: the factors are Surprise's, predictions and recommendations follow from them, scores by hand."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import surprise

from modules._shared import errors, formats
from modules.data_input_output.sample_datasets import movie_ratings
from modules.data_transformation.split_data import split_data
from modules.machine_learning_algorithms.regression.linear_regression import linear_regression
from modules.recommendation.evaluate_recommender import evaluate_recommender
from modules.recommendation.score_svd_recommender import score_svd_recommender
from modules.recommendation.train_svd_recommender import train_svd_recommender

ALL, RATED, UNRATED = (
    "From all items",
    "From rated items (for model evaluation)",
    "From unrated items (to suggest new items to users)",
)


@pytest.fixture
def ratings() -> pd.DataFrame:
    """Users A and B like items 1 and 2, C and D like 3 and 4."""
    rows = []
    for user in "ABCD":
        for item in (1, 2, 3, 4):
            likes = (user in "AB") == (item < 3)
            if (user, item) not in (("A", 2), ("C", 1)):
                rows.append((user, item, 5.0 if likes else 1.0))
    return pd.DataFrame(rows, columns=["who", "what", "stars"])


def test_predicted_ratings_are_surprises(ratings, run, tmp_path):
    model = train_svd_recommender(ratings, factors=4, iterations=50, learning_rate=0.05)
    data = surprise.Dataset.load_from_df(ratings, surprise.Reader(rating_scale=(1, 5))).build_full_trainset()
    expected = surprise.SVD(n_factors=4, n_epochs=50, lr_all=0.05, random_state=0).fit(data)
    pairs = pd.DataFrame({"who": ["A", "C", "A", "new"], "what": [2, 1, 1, 4]})
    formats.write(model, tmp_path / "model")
    scored = score_svd_recommender(formats.read(tmp_path / "model"), pairs, kind="Rating prediction")
    assert list(scored.columns) == ["User", "Item", "Scored Rating"]
    assert scored["Scored Rating"].tolist() == pytest.approx(
        [expected.predict(who, what).est for who, what in zip(pairs["who"], pairs["what"], strict=True)]
    )
    logged = run.get_metrics()
    assert (logged["ratings"], logged["users"], logged["items"], logged["density"]) == (14, 4, 4, 14 / 16)
    fitted = [expected.predict(*row[:2]).est - row[2] for row in ratings.itertuples(index=False)]
    assert logged["Train RMSE"] == pytest.approx(np.sqrt(np.mean(np.square(fitted))))


def test_items_are_recommended_from_the_chosen_pool(ratings):
    model = train_svd_recommender(ratings, factors=4, iterations=200, learning_rate=0.05)
    users = pd.DataFrame({"who": ["A", "C"]})
    unrated = score_svd_recommender(model, users, ratings, selection=UNRATED, most_items=2)
    assert unrated.loc[0, "Recommended Item 1"] == 2
    assert unrated.loc[1, "Recommended Item 1"] == 1
    assert unrated["Recommended Item 2"].isna().all()
    everything = score_svd_recommender(model, users, selection=ALL, most_items=4, with_ratings=True)
    assert {everything.loc[0, f"Recommended Item {place}"] for place in (1, 2)} == {1, 2}
    predicted = everything.loc[0, [f"Predicted Rating {place}" for place in (1, 2, 3, 4)]].tolist()
    assert predicted == sorted(predicted, reverse=True)
    test = pd.DataFrame({"who": ["A", "A", "B"], "what": [1, 3, 1]})
    rated = score_svd_recommender(model, test, selection=RATED, smallest_pool=2)
    assert rated["User"].tolist() == ["A"]
    assert rated.loc[0, ["Recommended Item 1", "Recommended Item 2"]].tolist() == [1, 3]


def test_ratings_are_judged_by_hand_computed_errors(run):
    truth = pd.DataFrame({"u": [1, 1, 2], "i": [1, 2, 1], "r": [3.0, 4.0, 5.0]})
    scored = pd.DataFrame({"User": [1, 1, 2], "Item": [1, 2, 1], "Scored Rating": [3.0, 2.0, 4.0]})
    table = evaluate_recommender(truth, scored)
    assert table.loc[0].to_dict() == pytest.approx({"MAE": 1.0, "RMSE": np.sqrt(5 / 3)})
    assert run.get_metrics() == pytest.approx({"MAE": 1.0, "RMSE": np.sqrt(5 / 3)})


def test_recommendations_are_judged_by_ndcg(run):
    truth = pd.DataFrame({"u": [1, 1, 1, 2], "i": [1, 2, 3, 1], "r": [3.0, 2.0, 1.0, 4.0]})
    scored = pd.DataFrame({"User": [1, 2], "Recommended Item 1": [2, 1], "Recommended Item 2": [1, 9]})
    first = (2 + 3 / np.log2(3)) / (3 + 2 / np.log2(3))
    assert evaluate_recommender(truth, scored).loc[0, "NDCG"] == pytest.approx((first + 1) / 2)


def test_movie_ratings_are_predicted_better_than_by_the_mean():
    data = movie_ratings()[["userId", "movieId", "rating"]].head(20_000)
    train, test = split_data(data, fraction=0.8)
    model = train_svd_recommender(train, factors=20, iterations=10)
    table = evaluate_recommender(test, score_svd_recommender(model, test, kind="Rating prediction"))
    assert table.loc[0, "RMSE"] < test["rating"].std()


def test_ratings_that_do_not_fit_are_told(ratings):
    with pytest.raises(errors.TooFewColumns, match="user, item, rating"):
        train_svd_recommender(ratings[["who", "what"]])
    with pytest.raises(errors.NotNumeric, match="stars"):
        train_svd_recommender(ratings.assign(stars="good"))
    with pytest.raises(errors.DuplicateKeys, match="A, 1"):
        train_svd_recommender(pd.concat([ratings, ratings]))


def test_scoring_and_judging_without_what_they_need_is_told(ratings):
    model = train_svd_recommender(ratings, factors=2, iterations=2)
    with pytest.raises(errors.UntrainedModelGiven):
        score_svd_recommender(linear_regression(), ratings)
    with pytest.raises(errors.ValuesError, match="training data"):
        score_svd_recommender(model, ratings, selection=UNRATED)
    with pytest.raises(errors.NotScored):
        evaluate_recommender(ratings, ratings)
    with pytest.raises(errors.TooFewRows, match="same users"):
        evaluate_recommender(ratings, pd.DataFrame({"User": ["X"], "Item": [1], "Scored Rating": [1.0]}))
