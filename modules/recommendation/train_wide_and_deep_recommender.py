"""Learn ratings from users, items and their features. Elsewhere: the network (modules/_learners/wide_and_deep.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._learners.network import layers_of
from modules._learners.wide_and_deep import Shape, fit
from modules._shared.errors import TooFewColumns
from modules._shared.parameters import param
from modules._shared.recommending import triples
from modules._shared.reporting import reporting
from modules._shared.torch_extra import torch
from modules.types import Recommender

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

Optimizer = Literal["Adagrad", "Adam", "RMSprop", "SGD"]


@module(
    title="Train Wide & Deep Recommender",
    category="Recommendation",
    version="1",
    metrics=[
        Metric("Train loss", goal="minimize", pinned=True, description="Mean squared error of each epoch."),
        Metric("Train RMSE", goal="minimize", pinned=True),
        Metric("ratings", unit="ratings"),
    ],
)
def train_wide_and_deep_recommender(
    training_dataset: Annotated[
        pd.DataFrame,
        PortInfo(title="Training dataset of user-item-rating triples", description="The first three columns."),
    ],
    user_features: Annotated[
        pd.DataFrame | None, PortInfo(title="User features", description="The first column is the user.")
    ] = None,
    item_features: Annotated[
        pd.DataFrame | None, PortInfo(title="Item features", description="The first column is the item.")
    ] = None,
    *,
    epochs: Annotated[int, param("Epochs", ge=1)] = 15,
    batch_size: Annotated[int, param("Batch size", ge=1)] = 64,
    wide_optimizer: Annotated[Optimizer, param("Wide part optimizer")] = "Adagrad",
    wide_rate: Annotated[float, param("Wide optimizer learning rate", gt=0, le=2)] = 0.1,
    crossed_dimension: Annotated[int, param("Crossed feature dimension", "Hashes of user and item.", ge=1)] = 1000,
    deep_optimizer: Annotated[Optimizer, param("Deep part optimizer")] = "Adagrad",
    deep_rate: Annotated[float, param("Deep optimizer learning rate", gt=0, le=2)] = 0.1,
    user_dimension: Annotated[int, param("User embedding dimension", ge=1)] = 16,
    item_dimension: Annotated[int, param("Item embedding dimension", ge=1)] = 16,
    category_dimension: Annotated[int, param("Categorical features embedding dimension", ge=1)] = 4,
    hidden_units: Annotated[str, param("Hidden units", "One number a layer.")] = "256,128",
    activation: Annotated[
        Literal["ReLU", "Sigmoid", "Tanh", "Softplus", "LeakyReLU", "ELU"], param("Activation function")
    ] = "ReLU",
    dropout: Annotated[float, param("Dropout", ge=0, le=1)] = 0.8,
    batch_normalization: Annotated[bool, param("Batch Normalization")] = True,
) -> Annotated[Recommender, PortInfo(title="Trained Wide and Deep recommendation model")]:
    """A linear part that remembers pairs, and a deep part that generalizes over features, trained together."""
    torch()
    ratings = triples(training_dataset, "training a recommender")
    for name, table in (("user", user_features), ("item", item_features)):
        if table is not None and len(table.columns) < 2:
            raise TooFewColumns(len(table.columns), 2, f"{name} features (the {name}, and a feature)")
    shape = Shape(
        epochs, batch_size, wide_optimizer, wide_rate, crossed_dimension, deep_optimizer, deep_rate, user_dimension,
        item_dimension, category_dimension, layers_of(hidden_units), activation, dropout, batch_normalization,
    )  # fmt: skip
    run = Run.get_context()
    model = fit(ratings, user_features, item_features, shape, reporting(run))
    error = model.rate(ratings["user"], ratings["item"]) - ratings["rating"].to_numpy(dtype=float)
    run.log("Train RMSE", float(np.sqrt(np.mean(error**2))))
    run.log("ratings", len(ratings))
    return model
