"""Learn from ratings how users and items go together. Elsewhere: the algorithm (modules/_learners/factorization.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._learners.factorization import factorize
from modules._shared.parameters import param
from modules._shared.recommending import triples
from modules.types import Recommender

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


@module(
    title="Train SVD Recommender",
    category="Recommendation",
    version="1",
    metrics=[
        Metric("Train RMSE", goal="minimize", pinned=True),
        Metric("ratings", unit="ratings", pinned=True),
        Metric("users", unit="users"),
        Metric("items", unit="items"),
        Metric("density", bounds=(0, 1), description="Share of all pairs of user and item that are rated."),
    ],
)
def train_svd_recommender(
    training_dataset: Annotated[
        pd.DataFrame,
        PortInfo(title="Training dataset of user-item-rating triples", description="The first three columns."),
    ],
    *,
    factors: Annotated[int, param("Number of factors", ge=1)] = 200,
    iterations: Annotated[int, param("Number of recommendation algorithm iterations", ge=1)] = 30,
    learning_rate: Annotated[float, param("Learning rate", gt=0, le=2)] = 0.005,
) -> Annotated[Recommender, PortInfo(title="Trained SVD recommendation")]:
    """Factorize the matrix of ratings."""
    ratings = triples(training_dataset, "training a recommender")
    model = factorize(ratings["user"], ratings["item"], ratings["rating"], factors, iterations, learning_rate)
    error = model.rate(ratings["user"], ratings["item"]) - ratings["rating"].to_numpy(dtype=float)
    run = Run.get_context()
    run.log("Train RMSE", float(np.sqrt(np.mean(error**2))))
    run.log("ratings", len(ratings))
    run.log("users", len(model.users))
    run.log("items", len(model.items))
    run.log("density", len(ratings) / (len(model.users) * len(model.items)))
    return model
