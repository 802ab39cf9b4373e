"""Predict ratings, or recommend items, with a trained wide & deep recommender. Elsewhere: how (_shared/recommending.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._learners.wide_and_deep import WideAndDeep
from modules._shared.errors import UnfitModel
from modules._shared.recommender_parameters import Kind, MostItems, Selection, SmallestPool, WithRatings
from modules._shared.recommending import RATED_ITEMS, rated, recommended
from modules.types import Recommender

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Score Wide and Deep Recommender",
    category="Recommendation",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True)],
)
def score_wide_and_deep_recommender(
    trained_recommendation: Annotated[Recommender, PortInfo(title="Trained Wide and Deep recommendation model")],
    dataset_to_score: Annotated[
        pd.DataFrame, PortInfo(title="Dataset to score", description="User, item (and rating).")
    ],
    training_data: Annotated[pd.DataFrame | None, PortInfo(title="Training data")] = None,
    user_features: Annotated[
        pd.DataFrame | None, PortInfo(title="User features", description="Instead of those of training.")
    ] = None,
    item_features: Annotated[
        pd.DataFrame | None, PortInfo(title="Item features", description="Instead of those of training.")
    ] = None,
    *,
    kind: Kind = "Item recommendation",
    selection: Selection = RATED_ITEMS,
    most_items: MostItems = 5,
    smallest_pool: SmallestPool = 2,
    with_ratings: WithRatings = False,
) -> Annotated[pd.DataFrame, PortInfo(title="Scored dataset")]:
    """User, Item, Scored Rating; or a row per user with Recommended Item 1, 2 …"""
    if not isinstance(trained_recommendation, WideAndDeep):
        raise UnfitModel(f"needs a trained wide & deep recommender, but got {type(trained_recommendation).__name__}")
    model = trained_recommendation.with_features(user_features, item_features)
    if kind == "Rating prediction":
        result = rated(model, dataset_to_score)
    else:
        result = recommended(model, dataset_to_score, training_data, selection, most_items, smallest_pool, with_ratings)
    Run.get_context().log("rows", len(result))
    return result
