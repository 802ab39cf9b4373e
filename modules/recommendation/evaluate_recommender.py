"""Judge predicted ratings, or recommended items, against the ratings that were given."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import NotScored, TooFewRows
from modules._shared.recommending import ITEM, RATING, USER, triples
from modules._shared.roles import with_role

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

RECOMMENDED = "Recommended Item "


@module(
    title="Evaluate Recommender",
    category="Recommendation",
    version="1",
    metrics=[
        Metric("MAE", goal="minimize", pinned=True),
        Metric("RMSE", goal="minimize", pinned=True),
        Metric("NDCG", goal="maximize", bounds=(0, 1), pinned=True),
    ],
)
def evaluate_recommender(
    test_dataset: Annotated[pd.DataFrame, PortInfo(title="Test dataset", description="User, item, rating.")],
    scored_dataset: Annotated[pd.DataFrame, PortInfo(title="Scored dataset")],
) -> Annotated[pd.DataFrame, PortInfo(title="Metric")]:
    """MAE and RMSE of predicted ratings, or NDCG of recommended items, by what Score … Recommender gave.

    NDCG: normalized discounted cumulative gain, with the ratings as gains and 0 for unrated items, mean over the users
    (Järvelin and Kekäläinen, 2002).
    """
    truth = triples(test_dataset, "evaluating a recommender")
    if RATING in scored_dataset.columns:
        found = _ratings(truth, scored_dataset)
    elif f"{RECOMMENDED}1" in scored_dataset.columns:
        found = {"NDCG": _ndcg(truth, scored_dataset)}
    else:
        raise NotScored(list(scored_dataset.columns))
    run = Run.get_context()
    for name, value in found.items():
        run.log(name, value)
    table = pd.DataFrame([found])
    return with_role(table, table.columns, "score")


def _ratings(truth: pd.DataFrame, scored: pd.DataFrame) -> dict[str, float]:
    both = truth.merge(scored, left_on=["user", "item"], right_on=[USER, ITEM])
    if both.empty:
        raise TooFewRows(0, 1, "comparing ratings of the same users and items")
    error = (both[RATING] - both["rating"]).to_numpy(dtype=float)
    return {"MAE": float(np.abs(error).mean()), "RMSE": float(np.sqrt(np.mean(error**2)))}


def _ndcg(truth: pd.DataFrame, scored: pd.DataFrame) -> float:
    places = [name for name in scored.columns if str(name).startswith(RECOMMENDED)]
    given = {
        user: dict(zip(rows["item"], rows["rating"], strict=True)) for user, rows in truth.groupby("user", sort=False)
    }
    each = []
    for row in scored.to_dict("records"):
        ratings = given.get(row[USER])
        if ratings:
            gains = [ratings.get(row[place], 0.0) for place in places]
            ideal = sorted(ratings.values(), reverse=True)[: len(places)]
            each.append(_discounted(gains) / _discounted(ideal) if any(ideal) else 0.0)
    if not each:
        raise TooFewRows(0, 1, "comparing recommendations for users in the test dataset")
    return float(np.mean(each))


def _discounted(gains: list[float]) -> float:
    return float(sum(gain / np.log2(place + 1) for place, gain in enumerate(gains, 1)))
