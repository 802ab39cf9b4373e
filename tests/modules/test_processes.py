"""Every port's value is kept by one process and read by another: what comes out is what a plain call gives."""

from __future__ import annotations

import pandas as pd
import pytest
from pandas.testing import assert_frame_equal

from designer import pipeline
from modules.data_input_output.enter_data_manually import enter_data_manually
from modules.data_input_output.export_data import export_data
from modules.data_input_output.import_data import import_data
from modules.data_input_output.import_file import import_file
from modules.data_transformation.clean_missing_data import clean_missing_data
from modules.data_transformation.convert_to_indicator_values import convert_to_indicator_values
from modules.data_transformation.edit_metadata import edit_metadata
from modules.data_transformation.group_data_into_bins import group_data_into_bins
from modules.data_transformation.normalize_data import normalize_data
from modules.data_transformation.select_columns_transform import select_columns_transform
from modules.machine_learning_algorithms.anomaly_detection.pca_based_anomaly_detection import (
    pca_based_anomaly_detection,
)
from modules.machine_learning_algorithms.anomaly_detection.train_anomaly_detection_model import (
    train_anomaly_detection_model,
)
from modules.machine_learning_algorithms.classification.one_vs_all_multiclass import one_vs_all_multiclass
from modules.machine_learning_algorithms.classification.two_class_boosted_decision_tree import (
    two_class_boosted_decision_tree,
)
from modules.machine_learning_algorithms.clustering.k_means_clustering import k_means_clustering
from modules.machine_learning_algorithms.regression.fast_forest_quantile_regression import (
    fast_forest_quantile_regression,
)
from modules.model_scoring_evaluation.apply_transformation import apply_transformation
from modules.model_scoring_evaluation.assign_data_to_clusters import assign_data_to_clusters
from modules.model_scoring_evaluation.cross_validate_model import cross_validate_model
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_clustering_model import train_clustering_model
from modules.model_training.train_model import train_model
from modules.model_training.tune_model_hyperparameters import tune_model_hyperparameters
from modules.python_language.create_python_model import create_python_model
from modules.python_language.execute_python_script import execute_python_script
from modules.recommendation.score_svd_recommender import score_svd_recommender
from modules.recommendation.train_svd_recommender import train_svd_recommender
from modules.text_analytics.latent_dirichlet_allocation import latent_dirichlet_allocation
from modules.text_analytics.score_vowpal_wabbit_model import score_vowpal_wabbit_model
from modules.text_analytics.train_vowpal_wabbit_model import train_vowpal_wabbit_model

SCRIPT = """
from helper import doubled

def azureml_main(dataframe1):
    return doubled(dataframe1)
"""
MODEL = """
import pandas as pd

class AzureMLModel:
    def train(self, df_train, df_label):
        self.mean = df_label.iloc[:, 0].mean()

    def predict(self, df):
        return pd.DataFrame({"Scored Labels": [self.mean] * len(df)})
"""


@pytest.fixture
def folder(tmp_path):
    """Flowers with a gap, a date and a size; ratings; examples; a bundle."""
    draw = pd.Series(range(90))
    flowers = pd.DataFrame(
        {
            "length": draw % 30 + (draw // 30) * 40.0,
            "width": (draw * 7 % 30) - (draw // 30) * 9.0,
            "kind": draw.map(lambda i: ["iris", "rose", "tulip"][i // 30]),
            "seen": pd.date_range("2020-01-01", periods=90, tz="Europe/Berlin"),
            "text": draw.map(lambda i: f"a {['red', 'white'][i % 2]} flower number {i % 5}"),
            "size": draw * 0.5,
        }
    )
    flowers.loc[4, "width"] = None
    flowers.to_parquet(tmp_path / "flowers.parquet")
    (tmp_path / "bundle").mkdir()
    (tmp_path / "bundle" / "helper.py").write_text("def doubled(frame):\n    return frame[['size']] * 2\n")
    (tmp_path / "examples.vw").write_text("1 | a b\n-1 | c d\n" * 20)
    return tmp_path


def outcomes(folder):
    """A dataset at the end of each kind of port, by name; in a pipeline as well as in plain calls."""
    flowers = import_data(path=str(folder / "flowers.parquet"))
    labelled = edit_metadata(flowers, columns="kind", fields="Label")
    cleaned, cleaning = clean_missing_data(labelled, columns=["width"], mode="Replace with mean", indicators=True)
    normalized, normalizing = normalize_data(cleaned, columns=["length", "width"])
    topics = latent_dirichlet_allocation(flowers, columns="text", topics=2, passes=2)
    clusters = train_clustering_model(k_means_clustering(clusters=3), normalized, columns=["length", "width"])
    ratings = enter_data_manually(data="u,i,r\na,x,5\na,y,1\nb,x,4\nb,z,2\nc,y,3\n")
    recommender = train_svd_recommender(ratings, factors=3)
    multiclass = one_vs_all_multiclass(two_class_boosted_decision_tree(trees=5, mode="Parameter Range"))
    quantiles = train_model(fast_forest_quantile_regression(trees=5), normalized, label="size")
    anomalies = train_anomaly_detection_model(pca_based_anomaly_detection(), normalized)
    tuned = tune_model_hyperparameters(multiclass, normalized, most_runs=2)
    words = train_vowpal_wabbit_model(import_file.named("examples")(path=str(folder / "examples.vw")))
    own = train_model(create_python_model(script=MODEL), normalized, label="size")
    bundle = import_file.named("bundle")(path=str(folder / "bundle"))
    return {
        "cleaned": apply_transformation(cleaning, labelled),
        "normalized": apply_transformation(normalizing, cleaned),
        "binned": apply_transformation(group_data_into_bins(flowers, columns="size").binning_transformation, flowers),
        "indicated": apply_transformation(
            convert_to_indicator_values(flowers, columns="kind").indicator_values_transformation, flowers
        ),
        "selected": apply_transformation(select_columns_transform(flowers), cleaned),
        "topics": apply_transformation(topics.lda_transformation, flowers),
        "clusters": assign_data_to_clusters(clusters.trained_model, normalized),
        "recommended": score_svd_recommender(recommender, ratings, smallest_pool=1),
        "tuned": evaluate_model(score_model(tuned.trained_best_model, normalized)),
        "folds": cross_validate_model(multiclass, normalized).evaluation_results_by_fold,
        "quantiles": score_model(quantiles, normalized),
        "anomalies": score_model(anomalies, normalized),
        "own": score_model(own, normalized),
        "words": score_vowpal_wabbit_model(words, import_file.named("tests")(path=str(folder / "examples.vw"))),
        "script": execute_python_script(normalized, script_bundle=bundle, script=SCRIPT).result_dataset,
    }


@pytest.mark.slow
def test_what_flows_between_processes_is_what_plain_calls_give(folder):
    expected = outcomes(folder)

    @pipeline
    def everything():
        for name, dataset in outcomes(folder).items():
            export_data.named(f"keep_{name}")(dataset, path=str(folder / f"{name}.parquet"), format="parquet")

    run = everything.run(executor="processes", store=folder / "store")
    assert run.status == "Completed"
    for name, frame in expected.items():
        kept = pd.read_parquet(folder / f"{name}.parquet")
        plain = frame.reset_index(drop=True)
        if name == "binned":  # Parquet keeps categories of texts only
            plain["size_quantized"] = plain["size_quantized"].astype(float)
        assert_frame_equal(kept, plain, check_freq=False)
