"""Evaluate Model: names, formulas and curves of every task, against scikit-learn or a computation by hand."""

from __future__ import annotations

import json

import numpy as np
import pandas as pd
import pytest
from sklearn import metrics

from modules._shared import measures
from modules._shared.errors import AllMissing, ColumnNotFound, NoLabel, NotScored, TasksDiffer
from modules._shared.roles import with_role
from modules.machine_learning_algorithms.classification.two_class_decision_forest import two_class_decision_forest
from modules.machine_learning_algorithms.classification.two_class_logistic_regression import (
    two_class_logistic_regression,
)
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_model import train_model

REGRESSION = [
    "Mean_Absolute_Error",
    "Root_Mean_Squared_Error",
    "Relative_Squared_Error",
    "Relative_Absolute_Error",
    "Coefficient_of_Determination",
]
BINARY = ["Accuracy", "Precision", "Recall", "F1 Score", "AUC"]
CURVES = ["ROC curve", "Precision-recall curve", "Lift curve", "Confusion matrix", "Scored bins"]
BINARY_TABLE = [
    "AUC", "Accuracy", "Precision", "Recall", "F1", "True Negative", "False Positive", "False Negative", "True Positive",
]  # fmt: skip


def artifact(run, name):
    """A JSON artifact that was logged as a metric."""
    return run.get_metrics(populate=True)[name].convert_to_object()


def labelled(frame, label="label"):
    return with_role(frame, [label], "label")


def test_regression_scores_are_the_textbook_ones(run):
    frame = labelled(pd.DataFrame({"label": [1.0, 2.0, 3.0, 4.0], "Scored Labels": [1.0, 2.0, 3.0, 6.0]}))
    table = evaluate_model(frame)
    # errors 0 0 0 2; spread around the mean 2.5: 1.5 0.5 0.5 1.5
    expected = [0.5, 1.0, 4 / 5, 2 / 4, 1 - 4 / 5]
    assert list(table.columns) == REGRESSION
    assert table.iloc[0].tolist() == pytest.approx(expected)
    logged = run.get_metrics()
    assert [logged[name] for name in REGRESSION] == pytest.approx(expected)


def test_regression_scores_are_scikit_learns(cars, run):
    frame = labelled(cars[["price"]].assign(**{"Scored Labels": cars["power"] * 110}), "price")
    row = evaluate_model(frame).iloc[0]
    actual, predicted = frame["price"], frame["Scored Labels"]
    assert row["Mean_Absolute_Error"] == pytest.approx(metrics.mean_absolute_error(actual, predicted))
    assert row["Root_Mean_Squared_Error"] == pytest.approx(metrics.root_mean_squared_error(actual, predicted))
    assert row["Coefficient_of_Determination"] == pytest.approx(metrics.r2_score(actual, predicted))


def test_a_regression_has_its_residuals_and_predictions_charts(cars, run):
    frame = labelled(cars[["price"]].assign(**{"Scored Labels": cars["power"] * 110}), "price")
    evaluate_model(frame)
    residuals, predictions = artifact(run, "residuals"), artifact(run, "predictions")
    assert residuals["schema_type"] == "residuals"
    assert sum(residuals["data"]["bin_counts"]) == len(frame)
    assert len(residuals["data"]["bin_edges"]) == len(residuals["data"]["bin_counts"]) + 1
    assert sum(predictions["data"]["bin_counts"]) == len(frame)
    assert len(predictions["data"]["bin_averages"]) == len(predictions["data"]["bin_errors"])
    json.dumps([residuals, predictions], allow_nan=False)


@pytest.fixture
def compared(patients, run):
    """Two classifiers compared on the same patients."""
    train, test = patients.iloc[:120], patients.iloc[120:]
    frames = []
    for untrained in (two_class_logistic_regression(), two_class_decision_forest()):
        frames.append(score_model(train_model(untrained, train, label="state"), test))
    return *frames, evaluate_model(*frames)


def test_two_classifiers_log_every_name_with_the_ports_suffix(compared, run):
    logged = run.get_metrics()
    for port in (" (left port)", " (right port)"):
        assert [name for name in [*BINARY, *CURVES] if name + port not in logged] == []
    assert list(compared[2].columns) == BINARY_TABLE
    assert len(compared[2]) == 2


def test_the_points_of_the_curves_are_scikit_learns(compared, run):
    logged = run.get_metrics()
    for frame, port in zip(compared[:2], (" (left port)", " (right port)"), strict=True):
        actual, probability = frame["state"] == "well", frame["Scored Probabilities"]
        false_rate, true_rate, _ = metrics.roc_curve(actual, probability)
        assert logged["ROC curve" + port]["False positive rate"] == false_rate.tolist()
        assert logged["ROC curve" + port]["True positive rate"] == true_rate.tolist()
        precision, recall, _ = metrics.precision_recall_curve(actual, probability)
        assert logged["Precision-recall curve" + port]["Precision"] == precision.tolist()
        assert logged["Precision-recall curve" + port]["Recall"] == recall.tolist()
        assert logged["AUC" + port] == pytest.approx(metrics.roc_auc_score(actual, probability))


def test_binary_scores_are_scikit_learns(compared):
    for i in (0, 1):
        frame, row = compared[i], compared[2].iloc[i]
        actual, predicted = frame["state"] == "well", frame["Scored Labels"] == "well"
        tn, fp, fn, tp = metrics.confusion_matrix(actual, predicted).ravel()
        assert row["True Negative":].tolist() == [tn, fp, fn, tp]
        assert row["Accuracy"] == pytest.approx(metrics.accuracy_score(actual, predicted))
        assert row["Precision"] == pytest.approx(metrics.precision_score(actual, predicted))
        assert row["Recall"] == pytest.approx(metrics.recall_score(actual, predicted))
        assert row["F1"] == pytest.approx(metrics.f1_score(actual, predicted))


def test_scored_bins_and_lift_add_up(compared, run):
    frame, logged = compared[0], run.get_metrics()
    bins = logged["Scored bins (left port)"]
    assert bins["Score bin"][0] == "(0.900,1.000]"
    assert bins["Score bin"][-1] == "[0.000,0.100]"
    assert sum(bins["Positive example"]) == (frame["state"] == "well").sum()
    assert sum(bins["Negative example"]) == (frame["state"] == "ill").sum()
    assert bins["Fraction above threshold"][-1] == 1.0
    assert bins["Cumulative AUC"][-1] == pytest.approx(logged["AUC (left port)"])
    half = bins["Score bin"].index("(0.500,0.600]")
    assert bins["Accuracy"][half] == pytest.approx(logged["Accuracy (left port)"])
    lift = logged["Lift curve (left port)"]
    assert lift["Positive rate"][-1] == 1.0
    assert lift["Number of true positive"][-1] == (frame["state"] == "well").sum()


def test_the_accuracy_table_counts_every_row_at_every_threshold(compared, run):
    frame, table = compared[0], artifact(run, "accuracy_table (left port)")["data"]
    assert table["class_labels"] == ["ill", "well"]
    for kind in ("probability_tables", "percentile_tables"):
        for c, name in enumerate(table["class_labels"]):
            cells = np.array(table[kind][c])
            assert (cells.sum(axis=1) == len(frame)).all()
            assert (cells[:, 0] + cells[:, 3] == (frame["state"] == name).sum()).all()
    place = table["probability_thresholds"].index(0.5)
    called = frame["Scored Probabilities"] >= 0.5
    assert table["probability_tables"][1][place][0] == (called & (frame["state"] == "well")).sum()


def test_the_confusion_matrix_has_a_row_per_predicted_label(compared, run):
    frame, matrix = compared[0], run.get_metrics()["Confusion matrix (left port)"]
    assert matrix["Predicted label"] == ["well", "ill"]
    called = frame["Scored Labels"] == "well"
    assert matrix["Actual_well"] == [
        (called & (frame["state"] == "well")).sum(),
        (~called & (frame["state"] == "well")).sum(),
    ]
    assert artifact(run, "confusion_matrix (left port)")["data"]["class_labels"] == ["ill", "well"]


def test_undefined_scores_are_not_logged(run):
    frame = labelled(
        pd.DataFrame(
            {"label": ["a", "a", "b"], "Scored Labels": ["a", "a", "a"], "Scored Probabilities": [0.1, 0.2, 0.3]}
        )
    )
    row = evaluate_model(frame).iloc[0]
    assert np.isnan(row["Precision"])
    assert "Precision" not in run.get_metrics()
    assert run.get_metrics()["Recall"] == 0.0


def test_multiclass_scores_are_scikit_learns(run):
    actual = ["a", "a", "b", "b", "c", "c", "c"]
    predicted = ["a", "b", "b", "b", "c", "a", "c"]
    frame = labelled(pd.DataFrame({"label": actual, "Multi Class Scored Labels": predicted}))
    row = evaluate_model(frame).iloc[0]
    assert row["Overall_Accuracy"] == pytest.approx(5 / 7)
    for average in ("micro", "macro"):
        for name, measure in (("Precision", metrics.precision_score), ("Recall", metrics.recall_score)):
            expected = measure(actual, predicted, average=average)
            assert row[f"{average.title()}_{name}"] == pytest.approx(expected)
            assert run.get_metrics()[f"{average.title()}_{name}"] == pytest.approx(expected)
    assert artifact(run, "confusion_matrix")["data"]["matrix"] == metrics.confusion_matrix(actual, predicted).tolist()
    assert "left_port_confusion_matrix" in run.get_metrics()


def test_quantile_losses_are_scikit_learns_pinball_losses(run):
    frame = labelled(
        pd.DataFrame(
            {
                "label": [1.0, 2.0, 4.0],
                "Scores for quantile : 0.25": [0.5, 2.5, 3.0],
                "Scores for quantile : 0.75": [2.0, 2.0, 5.0],
            }
        )
    )
    evaluate_model(frame)
    expected = {
        q: metrics.mean_pinball_loss(frame["label"], frame[f"Scores for quantile : {q}"], alpha=q) for q in (0.25, 0.75)
    }
    logged = run.get_metrics()
    assert logged["Quantile Loss:0.250"] == pytest.approx(expected[0.25])
    assert logged["Quantile Loss:0.750"] == pytest.approx(expected[0.75])
    assert logged["Average Quantile Loss"] == pytest.approx(sum(expected.values()) / 2)


def test_clusters_are_described_by_their_distances(run):
    frame = pd.DataFrame(
        {
            "Assignments": [0, 0, 1],
            "DistancesToClusterCenter no.0": [1.0, 2.0, 6.0],
            "DistancesToClusterCenter no.1": [5.0, 4.0, 0.5],
        }
    )
    table = evaluate_model(frame)
    assert table["Result Description"].tolist() == [
        "Evaluation For Cluster No.0", "Evaluation For Cluster No.1", "Combined Evaluation",
    ]  # fmt: skip
    assert table["Average Distance to Cluster Center"].tolist() == pytest.approx([1.5, 0.5, 3.5 / 3])
    assert table["Average Distance to Other Center"].tolist() == pytest.approx([4.5, 6.0, 5.0])
    assert table["Number of Points"].tolist() == [2, 1, 3]
    assert table["Maximal Distance to Cluster Center"].tolist() == [2.0, 0.5, 2.0]
    assert run.get_metrics()["Clustering evaluation"]["Number of Points"] == [2, 1, 3]


def test_an_anomaly_detector_logs_its_tables_columns(run):
    frame = labelled(
        pd.DataFrame(
            {"label": [0, 0, 0, 1], "Scored Labels": [0, 0, 1, 1], "Scored Probabilities": [0.1, 0.2, 0.6, 0.9]}
        )
    )
    frame.attrs["scored"] = {"task": "anomaly", "classes": []}
    evaluate_model(frame)
    logged = run.get_metrics()
    assert {name: logged[name] for name in BINARY_TABLE} == pytest.approx(
        {
            "AUC": 1.0, "Accuracy": 0.75, "Precision": 0.5, "Recall": 1.0, "F1": 2 / 3,
            "True Negative": 2, "False Positive": 1, "False Negative": 0, "True Positive": 1,
        }
    )  # fmt: skip


def test_hand_made_binary_scores_are_understood(run):
    frame = labelled(
        pd.DataFrame(
            {
                "label": [0, 1, 1],
                "Binary Class Scored Labels": [0, 1, 1],
                "Binary Class Scored Probabilities": [0.2, 0.8, 0.7],
            }
        )
    )
    assert evaluate_model(frame).loc[0, "Accuracy"] == 1.0


def test_a_dataset_without_scores_is_told():
    with pytest.raises(NotScored, match="Score Model"):
        evaluate_model(labelled(pd.DataFrame({"label": [1.0]})))


def test_a_dataset_without_a_label_is_told():
    with pytest.raises(NoLabel, match="Edit Metadata"):
        evaluate_model(pd.DataFrame({"Scored Labels": [1.0]}))


def test_a_label_that_is_missing_everywhere_is_told():
    with pytest.raises(AllMissing, match="label"):
        evaluate_model(labelled(pd.DataFrame({"label": [float("nan")], "Scored Labels": [1.0]})))


def test_hand_made_labels_without_probabilities_are_told():
    with pytest.raises(ColumnNotFound, match="Binary Class Scored Probabilities"):
        evaluate_model(labelled(pd.DataFrame({"label": [0, 1], "Binary Class Scored Labels": [0, 1]})))


def test_different_tasks_on_the_two_ports_are_told(patients):
    regression = labelled(pd.DataFrame({"label": [1.0, 2.0], "Scored Labels": [1.0, 2.0]}))
    binary = labelled(pd.DataFrame({"label": [0, 1], "Scored Labels": [0, 1], "Scored Probabilities": [0.1, 0.9]}))
    with pytest.raises(TasksDiffer, match="regression"):
        evaluate_model(regression, binary)


def test_a_constant_label_leaves_relative_errors_undefined():
    found = measures.regression(np.array([1.0, 1.0]), np.array([1.0, 2.0]))
    assert np.isnan(found["Relative_Squared_Error"])
    assert found["Mean_Absolute_Error"] == 0.5
