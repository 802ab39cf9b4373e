"""Train, score, validate, tune, cluster, rank features: the modules around the learners."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn import cluster, metrics, preprocessing

from modules._shared import errors
from modules._shared.evaluation import evaluate
from modules._shared.roles import columns_with, label_of, with_role
from modules.data_transformation.partition_and_sample import partition_and_sample
from modules.feature_selection.filter_based_feature_selection import filter_based_feature_selection
from modules.feature_selection.permutation_feature_importance import permutation_feature_importance
from modules.machine_learning_algorithms.anomaly_detection.pca_based_anomaly_detection import (
    pca_based_anomaly_detection,
)
from modules.machine_learning_algorithms.classification.one_vs_all_multiclass import one_vs_all_multiclass
from modules.machine_learning_algorithms.classification.two_class_logistic_regression import (
    two_class_logistic_regression,
)
from modules.machine_learning_algorithms.clustering.k_means_clustering import k_means_clustering
from modules.machine_learning_algorithms.regression.boosted_decision_tree_regression import (
    boosted_decision_tree_regression,
)
from modules.machine_learning_algorithms.regression.linear_regression import linear_regression
from modules.model_scoring_evaluation.assign_data_to_clusters import assign_data_to_clusters
from modules.model_scoring_evaluation.cross_validate_model import cross_validate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_clustering_model import train_clustering_model
from modules.model_training.train_model import train_model
from modules.model_training.tune_model_hyperparameters import tune_model_hyperparameters
from modules.statistical_functions.summarize_data import summarize_data


def children(run):
    """The metrics of a run's children by name, in their order."""
    return {child.name: child.get_metrics() for child in reversed(list(run.get_children()))}


# Train Model, Score Model


def test_training_leaves_out_rows_without_a_label(cars, run):
    train_model(linear_regression(), cars.assign(price=cars["price"].where(cars.index > 4)), label="price")
    logged = run.get_metrics()
    assert (logged["rows"], logged["rows_without_label"], logged["features"]) == (55, 5, 3)


def test_the_label_is_the_column_marked_as_such(cars):
    assert train_model(linear_regression(), with_role(cars, ["price"], "label")).label == "price"


def test_training_logs_importances_greatest_first(cars, run):
    train_model(boosted_decision_tree_regression(trees=5), cars, label="price")
    table = run.get_metrics()["Feature importance"]
    assert table["Importance"] == sorted(table["Importance"], reverse=True)
    assert table["Feature"][0] == "power"


def test_explanations_are_a_file_of_the_run(cars, run, tmp_path):
    train_model(linear_regression(), cars, label="price", explanations=True)
    run.download_file("explanation.json", str(tmp_path / "explanation.json"))
    told = json.loads((tmp_path / "explanation.json").read_text())
    assert set(told["importance"]) == {"power", "weight", "origin"}
    assert told["importance"]["power"] > told["importance"]["origin"]


def test_a_label_that_is_not_there_or_all_missing_is_told(cars):
    with pytest.raises(errors.ColumnNotFound, match="prize"):
        train_model(linear_regression(), cars, label="prize")
    with pytest.raises(errors.NoColumnsSelected, match="Label column"):
        train_model(linear_regression(), cars)
    with pytest.raises(errors.AllMissing, match="price"):
        train_model(linear_regression(), cars.assign(price=float("nan")), label="price")
    with pytest.raises(errors.TooFewColumns, match="a feature"):
        train_model(linear_regression(), cars[["price"]], label="price")


def test_training_an_anomaly_detector_here_is_refused(cars):
    with pytest.raises(errors.UnfitModel, match="PCA"):
        train_model(pca_based_anomaly_detection(), cars, label="price")


def test_scores_are_appended_or_alone_with_the_label(cars, run):
    model = train_model(linear_regression(), cars, label="price")
    assert list(score_model(model, cars).columns) == [*cars.columns, "Scored Labels"]
    alone = score_model(model, cars, append=False)
    assert list(alone.columns) == ["price", "Scored Labels"]
    assert label_of(alone) == "price"
    assert columns_with(alone, "score") == ["Scored Labels"]
    assert list(score_model(model, cars.drop(columns="price")).columns)[-1] == "Scored Labels"


def test_scoring_twice_replaces_the_scores(cars):
    model = train_model(linear_regression(), cars, label="price")
    assert list(score_model(model, score_model(model, cars)).columns).count("Scored Labels") == 1


def test_scoring_without_a_feature_or_a_trained_model_is_told(cars):
    model = train_model(linear_regression(), cars, label="price")
    with pytest.raises(errors.MismatchedColumns, match="power"):
        score_model(model, cars.drop(columns="power"))
    with pytest.raises(errors.UntrainedModelGiven, match="Train Model first"):
        score_model(linear_regression(), cars)


# Cross validation


def test_each_fold_is_a_child_run_and_is_scored_by_a_model_that_did_not_see_it(patients, run):
    scored, table = cross_validate_model(two_class_logistic_regression(), patients, label="state")
    assert table["Fold Number"].tolist() == [*map(str, range(10)), "Mean", "Standard Deviation"]
    assert len(scored) == len(patients)
    assert scored["first"].tolist() == patients["first"].tolist()
    held_out = scored["Fold Number"] == 3
    model = train_model(two_class_logistic_regression(), patients[~held_out.to_numpy()], label="state")
    expected = score_model(model, patients[held_out.to_numpy()])["Scored Probabilities"]
    assert scored[held_out]["Scored Probabilities"].to_numpy() == pytest.approx(expected.to_numpy())
    folds = children(run)
    assert list(folds) == [f"fold {i}" for i in range(10)]
    assert [folds[f"fold {i}"]["Accuracy"] for i in range(10)] == pytest.approx(table["Accuracy"][:10].tolist())


def test_mean_and_deviation_of_the_folds_are_logged(cars, run):
    _, table = cross_validate_model(linear_regression(), cars, label="price")
    folds, logged = table["Root_Mean_Squared_Error"][:10], run.get_metrics()
    assert logged["Root_Mean_Squared_Error (mean)"] == pytest.approx(folds.mean())
    assert logged["Root_Mean_Squared_Error (standard deviation)"] == pytest.approx(folds.std())
    assert table["Number of examples in fold"][:10].sum() == len(cars)


def test_folds_that_were_assigned_are_used(cars):
    folds = partition_and_sample(cars, mode="Assign to Folds", fold_count=3)
    scored, table = cross_validate_model(linear_regression(), folds, label="price")
    assert len(table) == 5
    assert scored["Fold Number"].tolist() == (folds["Fold Number"] - 1).tolist()


def test_cross_validation_needs_two_rows(cars):
    with pytest.raises(errors.TooFewRows, match="cross validation"):
        cross_validate_model(linear_regression(), cars.head(1), label="price")


# Tuning


def test_every_trial_is_a_child_run_and_the_best_is_trained(patients, run):
    learner = two_class_logistic_regression(mode="Parameter Range", l2_range="0.01; 100000", tolerance_range="0.001")
    table, best = tune_model_hyperparameters(
        learner, patients, label="state", mode="Entire grid", classification_metric="AUC"
    )
    trials = children(run)
    assert list(trials) == ["trial 1", "trial 2"]
    assert sorted(table["l2"]) == [0.01, 100000]
    assert table["AUC"].is_monotonic_decreasing
    assert best.learner.l2 == table.loc[0, "l2"]
    assert {round(one["AUC"], 12) for one in trials.values()} == {round(value, 12) for value in table["AUC"]}
    best_so_far = run.get_metrics()["Best score"]
    assert best_so_far == sorted(best_so_far)
    assert best_so_far[-1] == table["AUC"].max()
    parameters = [child.parameters for child in run.get_children()]
    assert {one["l2"] for one in parameters} == {0.01, 100000}


def test_tuning_with_a_validation_dataset_scores_on_it(cars, run):
    learner = linear_regression(solution_method="Online Gradient Descent", mode="Parameter Range")
    train, test = cars.iloc[:40], cars.iloc[40:]
    table, best = tune_model_hyperparameters(learner, train, test, label="price", most_runs=4, seed=1)
    assert len(table) == 4
    predicted = score_model(best, test)["Scored Labels"]
    assert table.loc[0, "Mean absolute error"] == pytest.approx(metrics.mean_absolute_error(test["price"], predicted))
    assert table["Mean absolute error"].is_monotonic_increasing


def test_a_random_grid_never_repeats_a_point(cars):
    learner = linear_regression(solution_method="Online Gradient Descent", mode="Parameter Range")
    table, _ = tune_model_hyperparameters(learner, cars, label="price", mode="Random grid", most_runs_on_grid=10)
    assert not table.duplicated(["learning_rate", "epochs", "l2"]).any()
    assert len(table) == 10


def test_tuning_reaches_through_a_wrapped_learner(flowers):
    learner = one_vs_all_multiclass(two_class_logistic_regression(mode="Parameter Range", tolerance_range="0.001"))
    table, best = tune_model_hyperparameters(learner, flowers, label="kind", mode="Entire grid")
    assert len(table) == 3
    assert best.learner.base.l2 == table.loc[0, "l2"]


def test_a_learner_without_ranges_is_one_trial(cars):
    table, _ = tune_model_hyperparameters(linear_regression(), cars, label="price")
    assert len(table) == 1


def test_tuning_on_a_label_that_is_not_there_is_told(cars):
    with pytest.raises(errors.ColumnNotFound, match="prize"):
        tune_model_hyperparameters(linear_regression(), cars, label="prize")


# Clustering


def test_k_means_is_scikit_learns(flowers, run):
    model, result = train_clustering_model(
        k_means_clustering(clusters=3, seed=7), flowers, columns={"exclude": ["kind"]}
    )
    rows = preprocessing.minmax_scale(flowers[["length", "width"]])
    expected = cluster.KMeans(3, init="k-means++", n_init=1, max_iter=100, random_state=7).fit(rows)
    assert result["Assignments"].tolist() == expected.labels_.tolist()
    distances = result[[f"DistancesToClusterCenter no.{c}" for c in range(3)]].to_numpy()
    assert distances == pytest.approx(expected.transform(rows))
    logged = run.get_metrics()
    assert logged["Inertia"] == pytest.approx(expected.inertia_)
    assert logged["Silhouette"] == pytest.approx(metrics.silhouette_score(rows, expected.labels_))
    again = assign_data_to_clusters(model, flowers, append=False)
    assert again["Assignments"].tolist() == result["Assignments"].tolist()
    assert "kind" not in again.columns
    assert len(evaluate(result).table) == 4


@pytest.mark.parametrize("start", ["Random", "First N"])
def test_k_means_starts_where_it_is_told(flowers, start):
    model, _ = train_clustering_model(k_means_clustering(clusters=2, initialization=start), flowers)
    assert model.learner.model_.cluster_centers_.shape[0] == 2


def test_labels_can_follow_the_clusters(flowers):
    labelled = with_role(flowers.assign(kind=flowers["kind"].where(flowers.index % 4 > 0)), ["kind"], "label")
    _, ignored = train_clustering_model(k_means_clustering(clusters=3), labelled)
    assert ignored["kind"].isna().sum() == 30
    overwrite = k_means_clustering(clusters=3, label_mode="Overwrite from closest to center")
    _, overwritten = train_clustering_model(overwrite, labelled)
    assert (overwritten["kind"] == flowers["kind"]).mean() > 0.95
    fill = k_means_clustering(clusters=3, label_mode="Fill missing values")
    _, filled = train_clustering_model(fill, labelled)
    assert filled["kind"].notna().all()
    assert (filled["kind"] == flowers["kind"]).mean() > 0.8


def test_clustering_refuses_other_models_and_too_few_rows(flowers):
    with pytest.raises(errors.UnfitModel, match="Linear Regression"):
        train_clustering_model(linear_regression(), flowers)
    with pytest.raises(errors.TooFewRows, match="5 clusters"):
        train_clustering_model(k_means_clustering(clusters=5), flowers.head(3))


def test_assigning_needs_a_trained_clustering_with_its_columns(flowers):
    with pytest.raises(errors.UntrainedModelGiven):
        assign_data_to_clusters(k_means_clustering(), flowers)
    model, _ = train_clustering_model(k_means_clustering(), flowers)
    with pytest.raises(errors.MismatchedColumns, match="length"):
        assign_data_to_clusters(model, flowers.drop(columns="length"))


# Features


def test_shuffling_a_needed_feature_hurts_most(patients, run):
    model = train_model(two_class_logistic_regression(), patients, label="state")
    table = permutation_feature_importance(model, patients)
    assert table["Feature"].tolist()[-1] == "noise"
    assert run.get_metrics()["Greatest importance"] == table["Importance"].max()
    draw, order = np.random.default_rng(0), model.encoder.columns
    shuffled = {name: draw.permutation(len(patients)) for name in order}
    base = (score_model(model, patients)["Scored Labels"] == patients["state"]).mean()
    worse = patients.assign(first=patients["first"].to_numpy()[shuffled["first"]])
    drop = base - (score_model(model, worse)["Scored Labels"] == patients["state"]).mean()
    assert table.set_index("Feature").loc["first", "Importance"] == pytest.approx(drop)


@pytest.mark.parametrize("metric", ["Regression - Mean Absolute Error", "Regression - Coefficient of Determination"])
def test_importances_of_regressions_are_losses_too(cars, metric):
    model = train_model(linear_regression(), cars, label="price")
    table = permutation_feature_importance(model, cars, metric=metric)
    assert table["Feature"][0] == "power"
    assert table["Importance"][0] > 0


def test_importances_need_a_fitting_trained_model_and_its_label(cars):
    model = train_model(linear_regression(), cars, label="price")
    with pytest.raises(errors.UnfitModel, match="Accuracy"):
        permutation_feature_importance(model, cars)
    with pytest.raises(errors.MismatchedColumns, match="price"):
        permutation_feature_importance(model, cars.drop(columns="price"), metric="Regression - Mean Absolute Error")
    with pytest.raises(errors.UntrainedModelGiven):
        permutation_feature_importance(linear_regression(), cars)


def test_features_are_filtered_by_correlation(cars, run):
    result, table = filter_based_feature_selection(cars, target="price", count=1)
    assert list(result.columns) == ["power", "price"]
    expected = cars[["power", "weight"]].corrwith(cars["price"]).abs().sort_values(ascending=False)
    assert dict(zip(table["Feature"], table["Score"], strict=True)) == pytest.approx(expected.to_dict())
    assert run.get_metrics()["features_kept"] == 1


def test_features_are_filtered_by_chi_squared(cars):
    from scipy.stats import chi2_contingency

    frame = pd.DataFrame({"a": list("xxyyxxyy"), "b": list("xyxyxyxy"), "y": list("ppqqppqq")})
    result, table = filter_based_feature_selection(frame, target="y", method="Chi Squared")
    assert list(result.columns) == ["a", "y"]
    assert table["Score"].tolist() == [
        chi2_contingency(pd.crosstab(frame[n], frame["y"]), correction=False).statistic for n in ("a", "b")
    ]


def test_correlating_with_text_is_refused(cars):
    with pytest.raises(errors.NotNumeric, match="origin"):
        filter_based_feature_selection(cars, target="origin")
    with pytest.raises(errors.TooFewColumns, match="suits"):
        filter_based_feature_selection(cars[["origin", "price"]], target="price")


def test_a_summary_is_what_pandas_says(gaps, run):
    table = summarize_data(gaps).set_index("Feature")
    row, column = table.loc["full"], gaps["full"].astype(float)
    assert (row["Count"], row["Unique Value Count"], row["Missing Value Count"]) == (5, 5, 0)
    assert row["Mean Deviation"] == pytest.approx(1.2)
    assert row["Sample Variance"] == column.var()
    assert row["Kurtosis"] == pytest.approx(column.kurt())
    assert row["P0.5"] == pytest.approx(np.percentile(column, 0.5))
    assert np.isnan(table.loc["text", "Mean"])
    assert table.loc["empty", "Missing Value Count"] == 5
    assert run.get_metrics() == {"rows": 5, "columns": 4, "missing_values": 8}


def test_a_summary_needs_rows():
    with pytest.raises(errors.TooFewRows):
        summarize_data(pd.DataFrame({"a": []}))
