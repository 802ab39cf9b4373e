"""How late will it arrive? All 336,776 flights from New York City in 2013, by boosted trees.

Needs two extras: pip install 'designer[examples,boosting]'

    designer run pipelines/flight_delay.py
"""

from designer import pipeline
from modules.data_input_output.sample_datasets import flights
from modules.data_transformation.clean_missing_data import clean_missing_data
from modules.data_transformation.select_columns_in_dataset import select_columns_in_dataset
from modules.data_transformation.split_data import split_data
from modules.machine_learning_algorithms.regression.boosted_decision_tree_regression import (
    boosted_decision_tree_regression,
)
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_model import train_model

KNOWN_AT_TAKE_OFF = [
    "month",
    "day",
    "sched_dep_time",
    "dep_delay",
    "sched_arr_time",
    "carrier",
    "origin",
    "dest",
    "distance",
]


@pipeline
def flight_delay(trees: int = 100, fraction: float = 0.7):
    """Predict the arrival delay in minutes from what is known at take-off."""
    chosen = select_columns_in_dataset(flights(), columns=[*KNOWN_AT_TAKE_OFF, "arr_delay"])
    landed = clean_missing_data(chosen, columns=["arr_delay"], mode="Remove entire row")
    split = split_data(landed.cleaned_dataset, fraction=fraction)
    model = train_model(boosted_decision_tree_regression(trees=trees), split.results_dataset1, label="arr_delay")
    evaluate_model(score_model(model, split.results_dataset2))
