"""What makes an engine strong: predict a car's horsepower, on data that the base installation brings.

designer run pipelines/cars.py
designer run pipelines/cars.py -p fraction=0.8
"""

from designer import pipeline
from modules.data_input_output.sample_datasets import automobile_data
from modules.data_transformation.clean_missing_data import clean_missing_data
from modules.data_transformation.select_columns_in_dataset import select_columns_in_dataset
from modules.data_transformation.split_data import split_data
from modules.machine_learning_algorithms.regression.linear_regression import linear_regression
from modules.model_scoring_evaluation.evaluate_model import evaluate_model
from modules.model_scoring_evaluation.score_model import score_model
from modules.model_training.train_model import train_model


@pipeline
def cars(fraction: float = 0.7):
    """Linear regression of horsepower on consumption, weight, acceleration and origin."""
    data = select_columns_in_dataset(automobile_data(), columns={"exclude": ["Name"]})
    cleaned = clean_missing_data(data, mode="Remove entire row")
    split = split_data(cleaned.cleaned_dataset, fraction=fraction)
    model = train_model(linear_regression(), split.results_dataset1, label="Horsepower")
    evaluate_model(score_model(model, split.results_dataset2))
