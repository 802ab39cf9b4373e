"""Odd data: names, types and values that real datasets have; each is worked on, or refused in words that say what to do."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pyarrow as pa
import pytest
from pandas.testing import assert_frame_equal

from modules._shared import errors
from modules._shared.roles import roles_of, with_role
from modules.data_transformation.add_columns import add_columns
from modules.data_transformation.add_rows import add_rows
from modules.data_transformation.apply_math_operation import apply_math_operation
from modules.data_transformation.apply_sql_transformation import apply_sql_transformation
from modules.data_transformation.clip_values import clip_values
from modules.data_transformation.convert_to_dataset import convert_to_dataset
from modules.data_transformation.convert_to_indicator_values import convert_to_indicator_values
from modules.data_transformation.edit_metadata import edit_metadata
from modules.data_transformation.group_data_into_bins import group_data_into_bins
from modules.data_transformation.join_data import join_data
from modules.data_transformation.normalize_data import normalize_data
from modules.data_transformation.partition_and_sample import partition_and_sample
from modules.data_transformation.remove_duplicate_rows import remove_duplicate_rows
from modules.data_transformation.smote import smote
from modules.data_transformation.split_data import split_data
from modules.feature_selection.filter_based_feature_selection import filter_based_feature_selection
from modules.feature_selection.permutation_feature_importance import permutation_feature_importance
from modules.machine_learning_algorithms.anomaly_detection.pca_based_anomaly_detection import (
    pca_based_anomaly_detection,
)
from modules.machine_learning_algorithms.anomaly_detection.train_anomaly_detection_model import (
    train_anomaly_detection_model,
)
from modules.machine_learning_algorithms.classification.multiclass_logistic_regression import (
    multiclass_logistic_regression,
)
from modules.machine_learning_algorithms.classification.two_class_boosted_decision_tree import (
    two_class_boosted_decision_tree,
)
from modules.machine_learning_algorithms.classification.two_class_decision_forest import two_class_decision_forest
from modules.machine_learning_algorithms.classification.two_class_logistic_regression import (
    two_class_logistic_regression,
)
from modules.machine_learning_algorithms.clustering.k_means_clustering import k_means_clustering
from modules.machine_learning_algorithms.regression.fast_forest_quantile_regression import (
    fast_forest_quantile_regression,
)
from modules.machine_learning_algorithms.regression.linear_regression import linear_regression
from modules.machine_learning_algorithms.regression.poisson_regression import poisson_regression
from modules.model_scoring_evaluation.assign_data_to_clusters import assign_data_to_clusters
from modules.model_scoring_evaluation.cross_validate_model import cross_validate_model
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_clustering_model import train_clustering_model
from modules.model_training.train_model import train_model
from modules.model_training.tune_model_hyperparameters import tune_model_hyperparameters
from modules.python_language.create_python_model import create_python_model
from modules.recommendation.evaluate_recommender import evaluate_recommender
from modules.recommendation.score_svd_recommender import score_svd_recommender
from modules.recommendation.train_svd_recommender import train_svd_recommender
from modules.statistical_functions.summarize_data import summarize_data
from modules.text_analytics.feature_hashing import feature_hashing
from modules.text_analytics.latent_dirichlet_allocation import latent_dirichlet_allocation
from modules.text_analytics.preprocess_text import preprocess_text

INF = float("inf")


# Names of columns


def test_columns_whose_names_are_no_texts_are_worked_on_in_their_place():
    frame = pd.DataFrame({0: [1.0, 200.0], ("a", 1): [3.0, 4.0]})
    assert clip_values(frame)[0].tolist() == [1.0, 99.0]
    assert normalize_data(frame, method="MinMax").transformed_dataset[0].tolist() == [0.0, 1.0]
    assert apply_math_operation(frame, basic="Square", output="Inplace")[("a", 1)].tolist() == [9.0, 16.0]
    binned = group_data_into_bins(frame, mode="Custom Edges", edges="100", output="Inplace").quantized_dataset
    assert binned[0].tolist() == [1, 2]
    assert edit_metadata(frame, data_type="Integer").dtypes.tolist() == ["int64", "int64"]
    changed = convert_to_dataset(frame, action="ReplaceValues", replace="Custom", custom_value="200", new_value="7")
    assert changed[0].tolist() == [1.0, 7.0]
    assert all(list(result.columns) == list(frame.columns) for result in (clip_values(frame), binned, changed))


def test_the_importance_of_a_column_whose_name_is_a_number_is_measured(cars):
    frame = cars[["power", "weight", "price"]].rename(columns={"power": 5})
    named = cars[["power", "weight", "price"]]
    metric = "Regression - Mean Absolute Error"
    for one in (frame, named):
        found = permutation_feature_importance(train_model(linear_regression(), one, label="price"), one, metric=metric)
        assert found["Importance"].iloc[0] > 1000
    assert found["Importance"].min() > 100


@pytest.mark.parametrize(
    "call",
    [
        lambda frame: add_rows(frame, frame),
        convert_to_dataset,
        summarize_data,
        lambda frame: split_data(frame, splitting_mode="Relative Expression", relational_expression=r"\1 > 0"),
        lambda frame: apply_sql_transformation(frame, engine="DuckDB"),
        apply_sql_transformation,
    ],
)
def test_two_columns_of_one_name_are_refused_by_name(call):
    frame = pd.DataFrame([[1.0, 2.0, 3.0]], columns=["a", "b", "a"])
    with pytest.raises(errors.DuplicateColumns, match="several columns named a"):
        call(frame)


def test_a_model_refuses_to_score_two_columns_of_one_name(patients):
    model = train_model(two_class_logistic_regression(), patients, label="state")
    with pytest.raises(errors.DuplicateColumns, match="first"):
        score_model(model, pd.concat([patients, patients[["first"]]], axis=1))


def test_many_columns_are_picked_by_name_at_once():
    wide = pd.DataFrame(np.ones((2, 10_000)), columns=[f"c{i}" for i in range(10_000)])
    result = remove_duplicate_rows(wide, columns=list(wide.columns))
    assert result.shape == (1, 10_000)
    both = add_columns(wide, wide)
    assert both.columns[-1] == "c9999 (1)"
    assert both.columns.is_unique


# Values that can't be told apart


@pytest.mark.parametrize("value", [[1, 2], {"a": 1}])
@pytest.mark.parametrize(
    "call",
    [
        lambda frame: remove_duplicate_rows(frame),
        lambda frame: join_data(frame, frame, left_keys="cell", right_keys="cell"),
        lambda frame: edit_metadata(frame, columns="cell", categorical="Make Categorical"),
        lambda frame: convert_to_indicator_values(frame, columns="cell"),
        lambda frame: split_data(frame, stratified=True, stratification_column="cell"),
        lambda frame: filter_based_feature_selection(frame, target="y", method="Chi Squared"),
        lambda frame: smote(frame, label="y"),
        lambda frame: train_model(two_class_logistic_regression(), frame, label="y"),
        summarize_data,
    ],
)
def test_cells_that_hold_lists_or_dicts_are_refused_by_column(call, value):
    frame = pd.DataFrame({"cell": [value] * 6, "y": list("aabbaa")})
    with pytest.raises(errors.WrongColumnType, match="'cell' must be of single values"):
        call(frame)


# Infinite and very large numbers


@pytest.mark.parametrize(
    "call",
    [
        normalize_data,
        group_data_into_bins,
        lambda frame: filter_based_feature_selection(frame, target="r"),
        lambda frame: smote(frame, label="y"),
        lambda frame: train_model(linear_regression(), frame, label="r"),
        lambda frame: train_model(two_class_decision_forest(), frame, label="y"),
        lambda frame: train_clustering_model(k_means_clustering(), frame),
        lambda frame: train_anomaly_detection_model(pca_based_anomaly_detection(), frame),
    ],
)
def test_infinite_numbers_are_refused_by_column_where_nothing_can_be_calculated_with_them(call):
    frame = pd.DataFrame({"a": [1.0, INF, 3.0, -INF, 5.0, 2.0], "y": list("aabbaa"), "r": np.arange(6.0)})
    with pytest.raises(errors.Infinite, match=r"column 'a'.*Clip Values"):
        call(frame)


def test_infinite_numbers_are_clipped_to_the_percentiles_of_the_others():
    frame = pd.DataFrame({"a": [*np.arange(101.0), INF, -INF]})
    result = clip_values(frame, thresholds="ClipPeaksAndSubpeaks", threshold="Percentile")["a"]
    assert (result.min(), result.max()) == (1.0, 99.0)
    mean = clip_values(frame, thresholds="ClipPeaksAndSubpeaks", upper_constant=50.0, upper_substitute="Mean")["a"]
    assert mean.iloc[-2] == np.arange(1.0, 51.0).mean()


def test_boosted_trees_take_infinite_numbers_as_the_largest_ones():
    frame = pd.DataFrame(
        {"a": [*np.arange(40.0), INF, -INF] * 2, "y": [*(["no"] * 20 + ["yes"] * 20), "yes", "no"] * 2}
    )
    scored = score_model(train_model(two_class_boosted_decision_tree(), frame, label="y"), frame)
    assert scored["Scored Labels"].tolist()[40:42] == ["yes", "no"]


def test_a_forest_takes_numbers_that_32_bits_cannot_hold():
    frame = pd.DataFrame({"a": np.linspace(-1e100, 1e100, 40), "y": ["no"] * 20 + ["yes"] * 20})
    scored = score_model(train_model(two_class_decision_forest(), frame, label="y"), frame)
    assert scored["Scored Labels"].tolist() == frame["y"].tolist()


def test_very_large_numbers_are_correlated_all_the_same():
    frame = pd.DataFrame({"a": np.array([1.0, 2.0, 4.0]) * 1e300, "r": [1.0, 2.0, 3.0]})
    found = filter_based_feature_selection(frame, target="r").features
    assert found["Score"].tolist() == pytest.approx([np.corrcoef([1, 2, 4], [1, 2, 3])[0, 1]])


def test_residuals_of_numbers_close_together_and_far_from_zero_have_bins(run):
    frame = pd.DataFrame({"y": 1e18 + np.arange(4) * 128.0, "Scored Labels": np.full(4, 1e18)})
    evaluate_model(with_role(frame, ["y"], "label"))
    assert run.get_metrics()["Mean_Absolute_Error"] == 192.0
    evaluate_model(with_role(pd.DataFrame({"y": [1.0, 1.0], "Scored Labels": [1e19, 1e19]}), ["y"], "label"))


def test_double_factorials_and_the_entire_exponential_integral_are_right_at_odd_places():
    frame = pd.DataFrame({"x": [5.0, 6.0, np.nan]})
    doubled = apply_math_operation(frame, basic="DoubleFactorial", output="ResultOnly").iloc[:, 0]
    assert doubled.iloc[:2].tolist() == [15.0, 48.0]
    assert np.isnan(doubled.iloc[2])
    frame = pd.DataFrame({"x": [0.0, 1.0, -1.0]})
    found = apply_math_operation(frame, category="Special", special="ExponentialIntegralEin", output="ResultOnly")
    terms = [1 / (k * math.factorial(k)) for k in range(1, 20)]  # its series at 1 and -1
    at_one = sum(-term if k % 2 else term for k, term in enumerate(terms))
    assert found.iloc[:, 0].tolist() == pytest.approx([0.0, at_one, -sum(terms)])


# No rows, few rows


@pytest.mark.parametrize("learner", [two_class_logistic_regression, two_class_decision_forest])
def test_scoring_no_rows_gives_no_rows_with_all_columns(learner, patients):
    model = train_model(learner(), patients, label="state")
    scored = score_model(model, patients.iloc[:0])
    assert list(scored.columns) == [*patients.columns, "Scored Labels", "Scored Probabilities"]
    assert len(scored) == 0
    with pytest.raises(errors.TooFewRows, match="evaluating"):
        evaluate_model(scored)


def test_assigning_no_rows_gives_no_rows(flowers):
    model, _ = train_clustering_model(k_means_clustering(), flowers, columns=["length", "width"])
    assert len(assign_data_to_clusters(model, flowers.iloc[:0])) == 0


def test_a_quantile_forest_of_one_row_says_that_it_needs_more():
    with pytest.raises(errors.TooFewRows, match=r"0\.7 of the rows"):
        train_model(fast_forest_quantile_regression(), pd.DataFrame({"a": [1.0], "r": [2.0]}), label="r")


def test_folds_with_replacement_of_no_rows_are_empty():
    frame = pd.DataFrame({"a": [1.0]}).iloc[:0]
    assert len(partition_and_sample(frame, mode="Assign to Folds", replacement=True)) == 0


# Labels


def test_a_class_that_only_the_scored_rows_have_counts_as_wrong_as_in_scikit_learn(flowers, run):
    from sklearn import metrics

    known = flowers[flowers["kind"] != "tulip"]
    model = train_model(multiclass_logistic_regression(), known, label="kind")
    scored = score_model(model, flowers)
    table = evaluate_model(scored)
    actual, predicted = scored["kind"], scored["Scored Labels"]
    options = {"zero_division": 0.0}
    assert table.loc[0, "Overall_Accuracy"] == metrics.accuracy_score(actual, predicted)
    for kind in ("micro", "macro"):
        precision = metrics.precision_score(actual, predicted, average=kind, **options)
        recall = metrics.recall_score(actual, predicted, average=kind, **options)
        assert table.loc[0, f"{kind.title()}_Precision"] == pytest.approx(precision)
        assert table.loc[0, f"{kind.title()}_Recall"] == pytest.approx(recall)


def test_a_label_of_other_values_than_the_models_classes_is_told(patients):
    model = train_model(two_class_logistic_regression(), patients, label="state")
    scored = score_model(model, patients.assign(state=(patients["state"] == "well").astype(int)))
    with pytest.raises(errors.UnknownClasses, match=r"knows \(ill, well\), but 0, 1"):
        evaluate_model(scored)


@pytest.mark.parametrize(
    ("trained", "scored"), [(bool, bool), (bool, int), (int, bool), (float, bool), (bool, "boolean"), ("Int64", bool)]
)
def test_truths_are_zeros_and_ones(trained, scored, patients):
    well = patients["state"] == "well"
    model = train_model(two_class_logistic_regression(), patients.assign(state=well.astype(trained)), label="state")
    table = evaluate_model(score_model(model, patients.assign(state=well.astype(scored))))
    named = train_model(two_class_logistic_regression(), patients, label="state")
    assert table.loc[0, "AUC"] == evaluate_model(score_model(named, patients)).loc[0, "AUC"]


def test_hand_made_truths_are_judged():
    frame = pd.DataFrame({"y": [True, False], "Scored Labels": [True, True], "Scored Probabilities": [0.9, 0.6]})
    assert evaluate_model(with_role(frame, ["y"], "label")).loc[0, "Precision"] == 0.5


def test_rows_without_a_score_do_not_count(run):
    frame = pd.DataFrame({"y": [1.0, 2.0, 3.0], "Regression Scored Labels": [1.0, None, 5.0]})
    evaluate_model(with_role(frame, ["y"], "label"))
    assert run.get_metrics()["Mean_Absolute_Error"] == 1.0


def test_a_regression_is_not_judged_by_a_label_of_text():
    frame = pd.DataFrame({"y": ["a", "b"], "Regression Scored Labels": [1.0, 2.0]})
    with pytest.raises(errors.NotNumeric, match="'y'"):
        evaluate_model(with_role(frame, ["y"], "label"))


@pytest.mark.parametrize("label", [[0, 0, 0], [1, 1, 1]])
def test_hand_made_scores_of_one_class_are_counted_and_have_no_auc(label, run):
    frame = pd.DataFrame(
        {"y": label, "Binary Class Scored Labels": [0, 1, 1], "Binary Class Scored Probabilities": [0.1, 0.8, 0.9]}
    )
    table = evaluate_model(with_role(frame, ["y"], "label"))
    assert table.loc[0, "Accuracy"] == np.mean(np.array(label) == [0, 1, 1])
    assert "AUC" not in run.get_metrics()


def test_a_scored_dataset_without_its_probabilities_says_so(patients):
    scored = score_model(train_model(two_class_logistic_regression(), patients, label="state"), patients)
    with pytest.raises(errors.ColumnNotFound, match="Scored Probabilities"):
        evaluate_model(scored.drop(columns="Scored Probabilities"))


def test_all_rows_are_anomalies_where_the_label_is_one_throughout(run):
    frame = pd.DataFrame({"a": np.arange(30.0), "b": np.arange(30.0) ** 2, "y": 1})
    frame = with_role(frame, ["y"], "label")
    scored = score_model(train_anomaly_detection_model(pca_based_anomaly_detection(), frame), frame)
    table = evaluate_model(scored)
    assert table.loc[0, "True Positive"] + table.loc[0, "False Negative"] == 30


# Models that can't be measured so


def test_what_a_module_cannot_measure_is_said_in_words(cars):
    numbers = cars.drop(columns="origin")
    quantiles = train_model(fast_forest_quantile_regression(trees=2), numbers, label="price", explanations=True)
    with pytest.raises(errors.UnfitModel, match="Fast Forest Quantile Regression gives no scores"):
        permutation_feature_importance(quantiles, numbers, metric="Regression - Mean Absolute Error")
    with pytest.raises(errors.UnfitModel, match="Python model"):
        tune_model_hyperparameters(create_python_model(), numbers, label="price")


def test_rare_classes_are_dealt_to_the_folds_in_turn():
    frame = pd.DataFrame({"a": np.arange(30.0), "y": np.repeat([f"class {i}" for i in range(10)], 3)})
    _, table = cross_validate_model(multiclass_logistic_regression(), frame, label="y")
    assert table["Number of examples in fold"].iloc[:10].tolist() == [3.0] * 10
    folds = partition_and_sample(frame, mode="Assign to Folds", stratified=True, stratification_column="y")
    assert folds["Fold Number"].value_counts().tolist() == [6] * 5
    assert folds.groupby(["y", "Fold Number"]).size().max() == 1


def test_a_sweep_needs_rows_that_can_judge_it(patients):
    learner = two_class_logistic_regression()
    ill = patients[patients["state"] == "ill"]
    with pytest.raises(errors.ValuesError, match="AUC is undefined"):
        tune_model_hyperparameters(learner, patients, ill, label="state", classification_metric="AUC")
    with pytest.raises(errors.TooFewRows, match="judging"):
        tune_model_hyperparameters(learner, patients, ill.iloc[:0], label="state")
    with pytest.raises(errors.MismatchedColumns, match="state"):
        tune_model_hyperparameters(learner, patients, ill.drop(columns="state"), label="state")
    with pytest.raises(errors.UnknownClasses, match="knows"):
        tune_model_hyperparameters(learner, patients, ill.assign(state="dead"), label="state")
    with pytest.raises(errors.TooFewRows, match="measuring"):
        permutation_feature_importance(train_model(learner, patients, label="state"), ill.iloc[:0])


def test_counts_below_zero_are_no_counts():
    with pytest.raises(errors.ValuesError, match="below 0"):
        train_model(poisson_regression(), pd.DataFrame({"a": [1.0, 2.0], "r": [-1, 2]}), label="r")


# Rows whose index is their history


def test_labels_follow_the_nearest_row_whatever_the_rows_are_called(flowers):
    frame = with_role(flowers, ["kind"], "label")
    untrained = k_means_clustering(clusters=3, label_mode="Overwrite from closest to center")
    usual = train_clustering_model(untrained, frame).results_dataset
    called = frame.set_axis([7] * len(frame))
    result = train_clustering_model(untrained, called).results_dataset
    assert result["kind"].tolist() == usual["kind"].tolist()


def test_first_rows_are_centers_of_very_wide_data_too():
    frame = pd.DataFrame({"word": [f"w{i}" for i in range(600)], "n": np.arange(600.0)})
    model, result = train_clustering_model(k_means_clustering(initialization="First N"), frame)
    assert result["Assignments"].nunique() == 2
    assert model.learner.clusters == 2


# SMOTE


def test_smote_keeps_the_types_of_dates_spans_truths_and_whole_numbers():
    frame = pd.DataFrame(
        {
            "when": pd.date_range("2020-01-01", periods=12, tz="Europe/Berlin"),
            "span": pd.to_timedelta(np.arange(12), unit="h"),
            "true": [True, False] * 6,
            "whole": np.arange(12),
            7: np.arange(12.0),
            "y": ["no"] * 7 + ["yes"] * 5,
        }
    )
    result = smote(frame, label="y", seed=3)
    assert_frame_equal(result.head(12), frame)
    assert result.dtypes.equals(frame.dtypes)
    new = result.iloc[12:]
    assert len(new) == 5
    assert new["when"].between(frame["when"][7], frame["when"][11]).all()
    steps = (new["when"] - frame["when"][0]).dt.total_seconds() / 86400  # all measures of a row lie at one place
    assert steps.tolist() == pytest.approx((new["span"] / pd.Timedelta(hours=1)).tolist(), abs=1e-6)
    assert steps.round().tolist() == new["whole"].tolist()


# Joins


def test_roles_of_both_sides_come_through_a_join():
    left = pd.DataFrame({"id": [1, 2], "x": [1.0, 2.0]})
    right = with_role(pd.DataFrame({"id": [1, 2], "y": ["a", "b"]}), ["y"], "label")
    assert roles_of(join_data(left, right, left_keys="id", right_keys="id"))["y"] == "label"


def test_keys_of_several_types_are_compared_without_case():
    frame = pd.DataFrame({"k": ["A", 1, None]}, dtype=object)
    other = pd.DataFrame({"k": ["a", 1, None]}, dtype=object)
    joined = join_data(frame, other, left_keys="k", right_keys="k", match_case=False)
    assert joined["k"].tolist() == ["A", 1]


# SQL


@pytest.fixture
def trips():
    """Trips with dates, time spans, truths, and a name with a space."""
    return pd.DataFrame(
        {
            "start": pd.date_range("2020-01-31 10:30", periods=3),
            "there": pd.date_range("2020-03-28", periods=3, tz="Europe/Berlin"),
            "took": pd.to_timedelta([1, 2, 3], unit="h"),
            "late": [True, False, True],
            "to what": ["sea", None, "o'hill"],
        }
    )


def test_types_that_sqlite_does_not_know_come_back_as_they_were(trips):
    result = apply_sql_transformation(trips)
    assert result["took"].tolist() == trips["took"].tolist()
    assert result["there"].tolist() == trips["there"].tolist()
    assert str(result["there"].dtype).endswith("Europe/Berlin]")
    assert result["late"].tolist() == [True, False, True]
    assert result["start"].tolist() == trips["start"].tolist()


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select strftime('%H:%M', start) as start from t1 limit 1", ["10:30"]),
        ("select date(start) as start from t1 limit 1", ["2020-01-31"]),
        ("select max(start) as start from t1", [pd.Timestamp("2020-02-02 10:30")]),
        ("select sum(late) as late from t1 where late", [2]),
        ("select count(distinct late) as late from t1 where late", [1]),
        ("select GROUP_CONCAT(\"to what\", '|') g from t1; -- the end", ["sea|o'hill"]),
        ("select IFNULL([to what], 'none') || '!' x from T1 where took = (select min(took) from t1)", ["sea!"]),
        ("create temp table few as select * from t1 limit 2; select count(*) c from few;", [2]),
    ],
)
def test_a_column_that_was_calculated_is_what_sqlite_says(trips, query, expected):
    result = apply_sql_transformation(trips, query=query)
    assert result.iloc[:, 0].tolist() == expected
    assert [type(value) for value in result.iloc[:, 0].tolist()] == [type(value) for value in expected]


def test_columns_of_one_name_in_a_result_are_numbered():
    frame = pd.DataFrame({"id": [1], "x": [2]})
    result = apply_sql_transformation(frame, frame, query="select t1.*, t2.* from t1 join t2 on t1.id = t2.id")
    assert list(result.columns) == ["id", "x", "id (1)", "x (1)"]


def test_what_sqlite_cannot_hold_or_find_is_said():
    with pytest.raises(errors.ValuesError, match="can't hold t1"):
        apply_sql_transformation(pd.DataFrame({"a": [[1]]}))
    with pytest.raises(errors.ValuesError, match="too large"):
        apply_sql_transformation(pd.DataFrame({"a": np.array([2**63], dtype="uint64")}))
    with pytest.raises(errors.DuplicateColumns, match="a or A"):
        apply_sql_transformation(pd.DataFrame({"a": [1], "A": [2]}))
    with pytest.raises(errors.TooFewColumns, match="t1"):
        apply_sql_transformation(pd.DataFrame())
    with pytest.raises(errors.BadExpression, match=r"no such column: b \(t1 has the columns a\)"):
        apply_sql_transformation(pd.DataFrame({"a": [1]}), query="select b from t1")


def test_categories_of_numbers_are_compared_as_numbers():
    frame = pd.DataFrame({"a": pd.Categorical([1, 5, 3])})
    first, _ = split_data(frame, splitting_mode="Relative Expression", relational_expression='"a" > 2')
    assert first["a"].tolist() == [5, 3]


# Texts and ratings


def test_texts_of_any_kind_of_column_are_cleaned(run):
    arrow = pd.DataFrame({"t": pd.array(["Running FAST", None], dtype=pd.ArrowDtype(pa.string()))})
    mixed = pd.DataFrame({"t": ["Running FAST", 7, None]}, dtype=object)
    options = {"remove_numbers": False, "lemmatize": False}
    assert preprocess_text(arrow, **options)["Preprocessed t"].iloc[0] == "running fast"
    assert run.get_metrics()["words_before"] == 2
    assert preprocess_text(mixed, **options)["Preprocessed t"].iloc[:2].tolist() == ["running fast", "7"]


def test_text_modules_need_a_row_and_topics_apply_to_none():
    texts = pd.DataFrame({"t": ["one two", "two three"]})
    for call in (feature_hashing, latent_dirichlet_allocation):
        with pytest.raises(errors.TooFewRows):
            call(texts.iloc[:0])
    for dictionary in (True, False):
        found = latent_dirichlet_allocation(texts, topics=2, dictionary=dictionary, passes=1).lda_transformation
        assert list(found.apply(texts.iloc[:0]).columns) == ["t", "Topic 1", "Topic 2"]


def test_users_and_items_may_be_texts_and_numbers_together():
    frame = pd.DataFrame({"u": ["a", 1, "a", 1], "i": ["x", "x", 2, 2], "r": [5.0, 1.0, 4.0, 2.0]})
    model = train_svd_recommender(frame, factors=2)
    found = score_svd_recommender(model, frame, smallest_pool=1)
    assert found["User"].tolist() == ["a", 1]
    assert evaluate_recommender(frame, found).loc[0, "NDCG"] > 0.8
