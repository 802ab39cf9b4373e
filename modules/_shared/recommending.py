"""Ratings in, predictions and recommendations out. Elsewhere: the models that rate (modules/_learners/)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from designer import lazy_import
from modules._shared.columns import is_type
from modules._shared.errors import DuplicateKeys, NotNumeric, TooFewColumns, TooFewRows, ValuesError
from modules._shared.frames import single_valued
from modules._shared.roles import with_role

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

USER, ITEM, RATING = "User", "Item", "Scored Rating"
ALL_ITEMS = "From all items"
RATED_ITEMS = "From rated items (for model evaluation)"
UNRATED_ITEMS = "From unrated items (to suggest new items to users)"


class Rates(Protocol):
    """Something that predicts ratings and knows the items."""

    items: list[Any]

    def rate(self, users: pd.Series, items: pd.Series) -> np.ndarray:
        """The rating of each pair."""


def triples(frame: pd.DataFrame, purpose: str) -> pd.DataFrame:
    """The first three columns as user, item and rating, without missing ones; each pair once."""
    if len(frame.columns) < 3:
        raise TooFewColumns(len(frame.columns), 3, f"{purpose} (user, item, rating)")
    found = frame.iloc[:, :3].dropna().set_axis(["user", "item", "rating"], axis=1)
    if not is_type(found["rating"], "Numeric"):
        raise NotNumeric(frame.columns[2], frame.dtypes.iloc[2], "take as rating")
    if found.empty:
        raise TooFewRows(0, 1, purpose)
    single_valued(found["user"]), single_valued(found["item"])
    twice = found.duplicated(["user", "item"])
    if twice.any():
        first = found[twice].iloc[0]
        raise DuplicateKeys("pairs of user and item", f"{first['user']}, {first['item']}")
    return found.reset_index(drop=True)


def rated(model: Rates, frame: pd.DataFrame) -> pd.DataFrame:
    """User, Item and Scored Rating for the pairs in the first two columns."""
    if len(frame.columns) < 2:
        raise TooFewColumns(len(frame.columns), 2, "predicting ratings (user, item)")
    users, items = frame.iloc[:, 0].reset_index(drop=True), frame.iloc[:, 1].reset_index(drop=True)
    result = pd.DataFrame({USER: users, ITEM: items, RATING: model.rate(users, items)})
    return with_role(result, [RATING], "score")


def recommended(
    model: Rates,
    frame: pd.DataFrame,
    training: pd.DataFrame | None,
    selection: str,
    most: int,
    smallest_pool: int,
    with_ratings: bool,
) -> pd.DataFrame:
    """A row per user with `Recommended Item 1` …, best first; with `Predicted Rating 1` … behind each if asked."""
    if not len(frame.columns):
        raise TooFewColumns(0, 1, "recommending (user)")
    pools = _pools(model, frame, training, selection, smallest_pool)
    rows = [_row(model, user, pool, most, with_ratings) for user, pool in pools.items()]
    names = [USER]
    for place in range(1, most + 1):
        names += [f"Recommended Item {place}", *([f"Predicted Rating {place}"] if with_ratings else [])]
    result = pd.DataFrame(rows, columns=names)
    return with_role(result, names[1:], "score")


def _pools(
    model: Rates, frame: pd.DataFrame, training: pd.DataFrame | None, selection: str, smallest: int
) -> dict[Any, list[Any]]:
    """The items to choose from, for each user."""
    users = frame.iloc[:, 0].dropna().unique().tolist()
    if selection == ALL_ITEMS:
        return dict.fromkeys(users, model.items)
    if selection == RATED_ITEMS:
        if len(frame.columns) < 2:
            raise TooFewColumns(len(frame.columns), 2, "recommending from rated items (user, item)")
        own = frame.iloc[:, 1].groupby(frame.iloc[:, 0], sort=False).agg(lambda some: some.unique().tolist())
        return {user: own[user] for user in users if len(own[user]) >= smallest}
    if training is None:
        raise ValuesError("recommending unrated items needs the training data on its port, to know what is rated")
    seen = training.iloc[:, 1].groupby(training.iloc[:, 0], sort=False).agg(set).to_dict()
    return {user: [item for item in model.items if item not in seen.get(user, ())] for user in users}


def _row(model: Rates, user: Any, pool: list[Any], most: int, with_ratings: bool) -> list[Any]:
    ratings = model.rate(pd.Series([user] * len(pool)), pd.Series(pool)) if pool else np.array([])
    best = np.argsort(-ratings, kind="stable")[:most]
    row: list[Any] = [user]
    for place in range(most):
        there = place < len(best)
        row.append(pool[best[place]] if there else None)
        if with_ratings:
            row.append(float(ratings[best[place]]) if there else float("nan"))
    return row
