"""The learners: each gives what its library gives for the same data and parameters, and refuses what it can't learn."""

from __future__ import annotations

import lightgbm
import numpy as np
import pandas as pd
import pytest
from sklearn import ensemble, linear_model, neural_network, preprocessing

from modules._shared import errors
from modules._shared.roles import with_role
from modules.machine_learning_algorithms.anomaly_detection.pca_based_anomaly_detection import (
    pca_based_anomaly_detection,
)
from modules.machine_learning_algorithms.anomaly_detection.train_anomaly_detection_model import (
    train_anomaly_detection_model,
)
from modules.machine_learning_algorithms.classification.multiclass_boosted_decision_tree import (
    multiclass_boosted_decision_tree,
)
from modules.machine_learning_algorithms.classification.multiclass_decision_forest import multiclass_decision_forest
from modules.machine_learning_algorithms.classification.multiclass_logistic_regression import (
    multiclass_logistic_regression,
)
from modules.machine_learning_algorithms.classification.multiclass_neural_network import multiclass_neural_network
from modules.machine_learning_algorithms.classification.one_vs_all_multiclass import one_vs_all_multiclass
from modules.machine_learning_algorithms.classification.one_vs_one_multiclass import one_vs_one_multiclass
from modules.machine_learning_algorithms.classification.two_class_averaged_perceptron import (
    two_class_averaged_perceptron,
)
from modules.machine_learning_algorithms.classification.two_class_boosted_decision_tree import (
    two_class_boosted_decision_tree,
)
from modules.machine_learning_algorithms.classification.two_class_decision_forest import two_class_decision_forest
from modules.machine_learning_algorithms.classification.two_class_logistic_regression import (
    two_class_logistic_regression,
)
from modules.machine_learning_algorithms.classification.two_class_neural_network import two_class_neural_network
from modules.machine_learning_algorithms.classification.two_class_support_vector_machine import (
    two_class_support_vector_machine,
)
from modules.machine_learning_algorithms.regression.bayesian_linear_regression import bayesian_linear_regression
from modules.machine_learning_algorithms.regression.boosted_decision_tree_regression import (
    boosted_decision_tree_regression,
)
from modules.machine_learning_algorithms.regression.decision_forest_regression import decision_forest_regression
from modules.machine_learning_algorithms.regression.fast_forest_quantile_regression import (
    fast_forest_quantile_regression,
)
from modules.machine_learning_algorithms.regression.linear_regression import linear_regression
from modules.machine_learning_algorithms.regression.neural_network_regression import neural_network_regression
from modules.machine_learning_algorithms.regression.poisson_regression import poisson_regression
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_model import train_model

TWO_CLASS = [
    two_class_averaged_perceptron,
    two_class_boosted_decision_tree,
    two_class_decision_forest,
    two_class_logistic_regression,
    two_class_neural_network,
    two_class_support_vector_machine,
]
MULTICLASS = [
    multiclass_boosted_decision_tree,
    multiclass_decision_forest,
    multiclass_logistic_regression,
    multiclass_neural_network,
]
REGRESSION = [
    bayesian_linear_regression,
    boosted_decision_tree_regression,
    decision_forest_regression,
    linear_regression,
    neural_network_regression,
    poisson_regression,
]


def scaled(frame: pd.DataFrame) -> np.ndarray:
    """The features as the palette's linear learners see them: each in the range 0 to 1."""
    return preprocessing.minmax_scale(frame.to_numpy())


def probabilities(learner, frame, label, **parameters):
    model = train_model(learner(**parameters), frame, label=label)
    scored = score_model(model, frame)
    return scored.filter(like="Scored Probabilities").to_numpy().squeeze()


def predictions(learner, frame, label, **parameters):
    return score_model(train_model(learner(**parameters), frame, label=label), frame)["Scored Labels"].to_numpy()


# Against the libraries


def test_least_squares_is_ridge_regression(cars):
    rows, target = pd.get_dummies(cars[["power", "weight", "origin"]], dtype=float), cars["price"]
    expected = linear_model.Ridge(alpha=0.5).fit(rows, target).predict(rows)
    assert predictions(linear_regression, cars, "price", l2=0.5) == pytest.approx(expected)


def test_least_squares_without_intercept(cars):
    frame = cars[["power", "weight", "price"]]
    expected = linear_model.Ridge(alpha=0.001, fit_intercept=False).fit(frame[["power", "weight"]], frame["price"])
    found = predictions(linear_regression, frame, "price", intercept=False)
    assert found == pytest.approx(expected.predict(frame[["power", "weight"]]))


def test_online_gradient_descent_is_averaged_sgd(cars, run):
    frame = cars[["power", "weight", "price"]]
    mean, spread = frame["price"].mean(), frame["price"].std(ddof=0)
    rows, target = scaled(frame[["power", "weight"]]), (frame["price"] - mean) / spread
    model = linear_model.SGDRegressor(alpha=0.01, eta0=0.2, learning_rate="constant", average=True, random_state=4)
    for _ in range(6):
        model.partial_fit(rows, target)
    found = predictions(
        linear_regression, frame, "price", solution_method="Online Gradient Descent",
        gradient_l2=0.01, learning_rate=0.2, decrease_rate=False, epochs=6, seed=4,
    )  # fmt: skip
    assert found == pytest.approx(model.predict(rows) * spread + mean)
    losses = run.get_metrics()["Train loss"]
    assert len(losses) == 6
    assert losses[-1] == pytest.approx(np.mean((found - frame["price"]) ** 2))


def test_bayesian_linear_regression_is_scikit_learns(cars):
    frame = cars[["power", "weight", "price"]]
    rows = preprocessing.scale(frame[["power", "weight"]].to_numpy())
    mean, spread = frame["price"].mean(), frame["price"].std(ddof=0)
    model = linear_model.BayesianRidge(lambda_1=2.0, lambda_2=2.0).fit(rows, (frame["price"] - mean) / spread)
    found = predictions(bayesian_linear_regression, frame, "price", weight=2.0)
    assert found == pytest.approx(model.predict(rows) * spread + mean)


def test_poisson_regression_is_scikit_learns_without_an_l1_weight(cars):
    frame = cars[["power", "weight"]].assign(count=np.random.default_rng(0).poisson(cars["power"] / 20))
    rows, n = scaled(frame[["power", "weight"]]), len(frame)
    expected = (
        linear_model.PoissonRegressor(alpha=0.5 / n, tol=1e-9, max_iter=1000).fit(rows, frame["count"]).predict(rows)
    )
    found = predictions(poisson_regression, frame, "count", l1=0, l2=0.5, tolerance=1e-12)
    assert found == pytest.approx(expected, rel=1e-3)


def test_an_l1_weight_takes_features_out_of_a_poisson_regression(cars):
    frame = cars[["power", "weight"]].assign(count=np.random.default_rng(0).poisson(cars["power"] / 20))
    model = train_model(poisson_regression(l1=1e6, l2=0), frame, label="count")
    assert model.learner.coef_.tolist() == [0.0, 0.0]
    assert score_model(model, frame)["Scored Labels"].to_numpy() == pytest.approx(frame["count"].mean(), rel=1e-3)


@pytest.mark.parametrize("l2", [0.0, 0.1, 10.0])
def test_logistic_regression_is_scikit_learns(patients, l2):
    rows = scaled(patients[["first", "second", "noise"]])
    model = linear_model.LogisticRegression(C=1 / l2 if l2 else np.inf, tol=1e-7, max_iter=1000)
    expected = model.fit(rows, patients["state"]).predict_proba(rows)[:, 1]
    assert probabilities(two_class_logistic_regression, patients, "state", l2=l2) == pytest.approx(expected, abs=1e-6)


def test_multiclass_logistic_regression_is_scikit_learns(flowers):
    rows = scaled(flowers[["length", "width"]])
    expected = (
        linear_model.LogisticRegression(C=1.0, tol=1e-7, max_iter=1000).fit(rows, flowers["kind"]).predict_proba(rows)
    )
    assert probabilities(multiclass_logistic_regression, flowers, "kind") == pytest.approx(expected, abs=1e-6)


@pytest.mark.parametrize(
    ("learner", "label", "objective"),
    [
        (boosted_decision_tree_regression, "price", "regression"),
        (two_class_boosted_decision_tree, "state", "binary"),
        (multiclass_boosted_decision_tree, "kind", "multiclass"),
    ],
)
def test_boosted_trees_are_lightgbms(request, run, learner, label, objective):
    frame = request.getfixturevalue({"price": "cars", "state": "patients", "kind": "flowers"}[label])
    frame = frame.drop(columns="origin", errors="ignore")
    rows = frame.drop(columns=label)
    target = frame[label] if label == "price" else frame[label].factorize(sort=True)[0]
    settings = {
        "objective": objective, "num_leaves": 8, "min_data_in_leaf": 5, "learning_rate": 0.1, "seed": 3,
        "deterministic": True, "force_row_wise": True, "verbosity": -1,
        **({"num_class": 3} if objective == "multiclass" else {}),
    }  # fmt: skip
    expected = lightgbm.train(settings, lightgbm.Dataset(rows.to_numpy(), target), 20).predict(rows.to_numpy())
    model = train_model(learner(leaves=8, smallest_leaf=5, learning_rate=0.1, trees=20, seed=3), frame, label=label)
    scored = score_model(model, frame)
    names = ["Scored Labels"] if objective == "regression" else [n for n in scored.columns if "Probabilities" in n]
    assert scored[names].to_numpy().squeeze() == pytest.approx(expected)
    losses = run.get_metrics()["Train loss"]
    assert len(losses) == 20
    assert losses[-1] < losses[0]


@pytest.mark.parametrize(("resampling", "bootstrap"), [("Bagging Resampling", True), ("Replicate Resampling", False)])
def test_decision_forests_are_scikit_learns(patients, cars, resampling, bootstrap):
    options = {"n_estimators": 5, "max_depth": 4, "min_samples_leaf": 2, "bootstrap": bootstrap, "random_state": 0}
    own = {"trees": 5, "depth": 4, "smallest_leaf": 2, "resampling": resampling}
    rows = patients[["first", "second", "noise"]].to_numpy()
    forest = ensemble.RandomForestClassifier(max_features="sqrt", **options).fit(rows, patients["state"])
    found = probabilities(two_class_decision_forest, patients, "state", **own)
    assert found == pytest.approx(forest.predict_proba(rows)[:, 1])
    cars = cars[["power", "weight", "price"]]
    forest = ensemble.RandomForestRegressor(max_features=1 / 3, **options).fit(
        cars[["power", "weight"]].to_numpy(), cars["price"]
    )
    found = predictions(decision_forest_regression, cars, "price", **own)
    assert found == pytest.approx(forest.predict(cars[["power", "weight"]].to_numpy()))


def test_multiclass_decision_forest_is_scikit_learns(flowers):
    rows = flowers[["length", "width"]].to_numpy()
    forest = ensemble.RandomForestClassifier(8, max_depth=32, max_features="sqrt", random_state=0).fit(
        rows, flowers["kind"]
    )
    assert probabilities(multiclass_decision_forest, flowers, "kind") == pytest.approx(forest.predict_proba(rows))


def test_neural_networks_are_scikit_learns(patients, run):
    rows, classes = scaled(patients[["first", "second", "noise"]]), patients["state"].factorize(sort=True)[0]
    network = neural_network.MLPClassifier(
        (6, 4), solver="sgd", batch_size=32, learning_rate_init=0.2, momentum=0.5, random_state=2
    )
    for _ in range(7):
        network.partial_fit(rows, classes, classes=[0, 1])
    found = probabilities(
        two_class_neural_network,
        patients,
        "state",
        hidden_nodes="6, 4",
        learning_rate=0.2,
        momentum=0.5,
        iterations=7,
        seed=2,
    )
    assert found == pytest.approx(network.predict_proba(rows)[:, 1])
    assert run.get_metrics()["Train loss"] == pytest.approx(network.loss_curve_)


def test_network_regression_is_scikit_learns_on_a_standardized_target(cars):
    frame = cars[["power", "weight", "price"]]
    rows, mean, spread = scaled(frame[["power", "weight"]]), frame["price"].mean(), frame["price"].std(ddof=0)
    network = neural_network.MLPRegressor(
        hidden_layer_sizes=(100,), solver="sgd", batch_size=32, learning_rate_init=0.05, momentum=0, random_state=0
    )
    for _ in range(5):
        network.partial_fit(rows, (frame["price"] - mean) / spread)
    found = predictions(neural_network_regression, frame, "price", learning_rate=0.05, iterations=5)
    assert found == pytest.approx(network.predict(rows) * spread + mean)


@pytest.mark.parametrize(
    ("learner", "own", "library"),
    [
        (two_class_averaged_perceptron, {"learning_rate": 0.5}, {"loss": "perceptron", "penalty": None, "learning_rate": "constant", "eta0": 0.5, "average": True}),
        (two_class_support_vector_machine, {"weight": 0.01}, {"loss": "hinge", "alpha": 0.01}),
    ],
)  # fmt: skip
def test_margin_learners_are_scikit_learns_sgd(patients, run, learner, own, library):
    rows, classes = scaled(patients[["first", "second", "noise"]]), patients["state"].factorize(sort=True)[0]
    model = linear_model.SGDClassifier(random_state=1, **library)
    for _ in range(4):
        model.partial_fit(rows, classes, classes=[0, 1])
    trained = train_model(learner(iterations=4, seed=1, **own), patients, label="state")
    assert trained.learner.model_.coef_ == pytest.approx(model.coef_)
    found = score_model(trained, patients)["Scored Probabilities"]
    margin = model.decision_function(rows)
    assert (
        found.sort_values().index == pd.Series(margin).loc[found.sort_values().index].sort_values(kind="stable").index
    ).mean() > 0.9
    assert np.corrcoef(np.log(found / (1 - found)), margin)[0, 1] == pytest.approx(1)
    assert len(run.get_metrics()["Train loss"]) == 4


def test_quantile_forests_hold_about_their_share_of_rows_below(run):
    draw = np.random.default_rng(0)
    x = draw.uniform(0, 1, 2000)
    frame = pd.DataFrame({"x": x, "y": x + draw.normal(0, 1, 2000)})
    model = train_model(fast_forest_quantile_regression(quantiles="0.1; 0.5; 0.9", trees=30), frame, label="y")
    scored = score_model(model, frame)
    for quantile in (0.1, 0.5, 0.9):
        below = (frame["y"] <= scored[f"Scores for quantile : {quantile}"]).mean()
        assert below == pytest.approx(quantile, abs=0.05)
    assert len(run.get_metrics()["Train loss (0.5)"]) == 30


def test_a_quantile_forest_is_lightgbms(cars):
    frame = cars[["power", "weight", "price"]]
    settings = {
        "boosting": "rf", "objective": "quantile", "alpha": 0.5, "num_leaves": 20, "min_data_in_leaf": 10,
        "bagging_fraction": 0.7, "bagging_freq": 1, "feature_fraction_bynode": 0.7, "seed": 0, "deterministic": True,
        "force_row_wise": True, "verbosity": -1,
    }  # fmt: skip
    rows = frame[["power", "weight"]].to_numpy()
    expected = lightgbm.train(settings, lightgbm.Dataset(rows, frame["price"]), 10).predict(rows)
    model = train_model(fast_forest_quantile_regression(quantiles="0.5", trees=10), frame, label="price")
    assert score_model(model, frame)["Scores for quantile : 0.5"].to_numpy() == pytest.approx(expected)


def test_one_vs_all_scales_the_two_class_probabilities(flowers):
    rows = scaled(flowers[["length", "width"]])
    each = [
        linear_model.LogisticRegression(tol=1e-7, max_iter=1000)
        .fit(rows, flowers["kind"] == kind)
        .predict_proba(rows)[:, 1]
        for kind in ("iris", "rose", "tulip")
    ]
    expected = np.column_stack(each) / np.sum(each, axis=0)[:, None]
    model = train_model(one_vs_all_multiclass(two_class_logistic_regression()), flowers, label="kind")
    found = score_model(model, flowers).filter(like="Probabilities").to_numpy()
    assert found == pytest.approx(expected, abs=1e-6)


def test_one_vs_one_votes_over_all_pairs(flowers):
    model = train_model(one_vs_one_multiclass(two_class_logistic_regression()), flowers, label="kind")
    scored = score_model(model, flowers)
    assert len(model.learner.parts_) == 3
    assert scored.filter(like="Probabilities").sum(axis=1).to_numpy() == pytest.approx(1)
    assert (scored["Scored Labels"] == flowers["kind"]).mean() > 0.95


def test_pca_anomaly_scores_are_the_distance_from_what_the_components_explain(run):
    draw = np.random.default_rng(0)
    along = draw.uniform(1, 2, 50)
    usual = pd.DataFrame({"a": along, "b": 2 * along + draw.normal(0, 0.01, 50), "c": draw.normal(0, 0.01, 50)})
    model = train_anomaly_detection_model(pca_based_anomaly_detection(components=1), usual)
    strange = pd.DataFrame({"a": [1.5], "b": [2.0], "c": [0.5]})
    scored = score_model(model, pd.concat([usual, strange], ignore_index=True))
    scaler = preprocessing.MinMaxScaler().fit(usual)
    direction = np.linalg.svd(scaler.transform(usual), full_matrices=False)[2][:1]
    matrix = scaler.transform(pd.concat([usual, strange]))
    distance = np.linalg.norm(matrix - matrix @ direction.T @ direction, axis=1)
    limit = np.quantile(distance[:50], 0.95)
    assert scored["Scored Probabilities"].to_numpy() == pytest.approx(distance / (distance + limit), abs=1e-6)
    assert scored["Scored Labels"].sum() == 4
    assert scored["Scored Labels"].tolist()[-1] == 1
    assert 0 < run.get_metrics()["Explained"] < 1


# What all share


@pytest.mark.parametrize("learner", TWO_CLASS)
def test_two_class_learners_tell_the_classes_apart(learner, patients):
    scored = score_model(train_model(learner(), patients, label="state"), patients)
    assert (scored["Scored Labels"] == patients["state"]).mean() > 0.8
    assert scored["Scored Probabilities"].between(0, 1).all()


@pytest.mark.parametrize("learner", MULTICLASS)
def test_multiclass_learners_tell_the_classes_apart(learner, flowers):
    scored = score_model(train_model(learner(), flowers, label="kind"), flowers)
    assert (scored["Scored Labels"] == flowers["kind"]).mean() > 0.95
    assert list(scored.columns)[-4:] == [f"Scored Probabilities_{k}" for k in ("iris", "rose", "tulip")] + [
        "Scored Labels"
    ]


@pytest.mark.parametrize("learner", REGRESSION)
def test_regression_learners_beat_the_mean(learner, cars):
    found = predictions(learner, cars, "price")
    assert np.mean((found - cars["price"]) ** 2) < cars["price"].var() / 2


@pytest.mark.parametrize("learner", TWO_CLASS)
def test_a_two_class_learner_refuses_three_classes_and_one(learner, flowers):
    with pytest.raises(errors.TooManyClasses, match="One-vs-All"):
        train_model(learner(), flowers, label="kind")
    with pytest.raises(errors.OneClassLabel, match="'iris'"):
        train_model(learner(), flowers[flowers["kind"] == "iris"], label="kind")


@pytest.mark.parametrize("learner", MULTICLASS)
def test_a_multiclass_learner_refuses_one_class(learner, flowers):
    with pytest.raises(errors.OneClassLabel, match="'iris'"):
        train_model(learner(), flowers[flowers["kind"] == "iris"], label="kind")


@pytest.mark.parametrize("learner", [*REGRESSION, fast_forest_quantile_regression])
def test_a_regression_learner_refuses_text(learner, flowers):
    with pytest.raises(errors.NotNumeric, match="kind"):
        train_model(learner(), flowers, label="kind")


@pytest.mark.parametrize("wrap", [one_vs_all_multiclass, one_vs_one_multiclass])
def test_wrapping_anything_but_a_two_class_learner_is_refused(wrap):
    with pytest.raises(errors.UnfitModel, match="two-class"):
        wrap(linear_regression())


@pytest.mark.parametrize("learner", [two_class_neural_network, multiclass_neural_network, neural_network_regression])
def test_hidden_layers_that_are_no_numbers_are_refused(learner):
    with pytest.raises(errors.BadExpression, match="whole numbers"):
        learner(hidden_nodes="many")


def test_quantiles_outside_of_0_and_1_are_refused():
    with pytest.raises(errors.BadExpression, match="between 0 and 1"):
        fast_forest_quantile_regression(quantiles="0.5; 2")


def test_an_anomaly_detector_refuses_other_models_and_no_rows(cars):
    with pytest.raises(errors.UnfitModel, match="Linear Regression"):
        train_anomaly_detection_model(linear_regression(), cars)
    with pytest.raises(errors.TooFewRows):
        train_anomaly_detection_model(pca_based_anomaly_detection(), cars.head(0))


def test_a_learning_rate_that_diverges_is_told(cars):
    with pytest.raises(errors.UnfitModel, match="lower the learning rate"):
        train_model(
            linear_regression(solution_method="Online Gradient Descent", learning_rate=1e6, decrease_rate=False, normalize=False, epochs=100),
            cars,
            label="price",
        )  # fmt: skip


def test_unknown_levels_are_ignored_or_refused(cars):
    other = cars.assign(origin="Mars")
    assert score_model(train_model(linear_regression(), cars, label="price"), other)["Scored Labels"].notna().all()
    strict = train_model(bayesian_linear_regression(allow_unknown=False), cars, label="price")
    with pytest.raises(errors.ValuesError, match="Mars"):
        score_model(strict, other)


def test_many_levels_make_a_sparse_matrix_with_the_same_result():
    draw = np.random.default_rng(0)
    city = draw.integers(0, 600, 3000)
    frame = pd.DataFrame({"city": [f"c{c}" for c in city], "x": draw.normal(size=3000)})
    frame["y"] = city / 100 + frame["x"]
    model = train_model(linear_regression(), frame, label="y")
    assert hasattr(model.encoder.encode(frame), "tocsr")
    rows = pd.get_dummies(frame[["x", "city"]], dtype=float)
    expected = linear_model.Ridge(alpha=0.001, solver="svd").fit(rows, frame["y"]).predict(rows)
    assert score_model(model, frame)["Scored Labels"].to_numpy() == pytest.approx(expected, abs=1e-4)


def test_dates_spans_truths_and_gaps_are_features_too():
    frame = pd.DataFrame(
        {
            "when": pd.date_range("2020-01-01", periods=40),
            "took": pd.to_timedelta(np.arange(40) % 7, unit="h"),
            "ok": [True, False] * 20,
            "gap": [1.0, None] * 20,
            "kind": pd.Categorical(["a", "b", "a", None] * 10),
            "y": np.arange(40.0),
        }
    )
    for learner in (linear_regression, boosted_decision_tree_regression):
        assert score_model(train_model(learner(), frame, label="y"), frame)["Scored Labels"].corr(frame["y"]) > 0.8


def test_a_feature_that_is_missing_everywhere_is_told(cars):
    with pytest.raises(errors.AllMissing, match="nothing"):
        train_model(linear_regression(), cars.assign(nothing=float("nan")), label="price")


def test_only_features_are_learned_from(cars):
    frame = with_role(cars, ["weight"], "none")
    assert train_model(linear_regression(), frame, label="price").encoder.columns == ["power", "origin"]
