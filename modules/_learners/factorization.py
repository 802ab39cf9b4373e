"""Matrix factorization of ratings (Surprise's SVD). Elsewhere: recommending with it (_shared/recommending.py)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from designer import MissingExtraError, lazy_import
from modules.types import Recommender

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


@dataclass
class Factors(Recommender):
    """Rating = mean + bias of the user + bias of the item + user's factors · item's factors.

    Funk (2006); Koren, Bell and Volinsky, Matrix Factorization Techniques for Recommender Systems (2009). Of a user or item
    that training never saw, bias and factors are 0.
    """

    users: list[Any]
    items: list[Any]
    mean: float
    lowest: float
    highest: float
    user_bias: np.ndarray
    item_bias: np.ndarray
    user_factors: np.ndarray
    item_factors: np.ndarray

    def rate(self, users: pd.Series, items: pd.Series) -> np.ndarray:
        """The rating of each pair, within the range of the training ratings."""
        u, i = pd.Index(self.users).get_indexer(users), pd.Index(self.items).get_indexer(items)
        known_u, known_i = u >= 0, i >= 0
        rating = np.full(len(u), self.mean)
        rating += np.where(known_u, self.user_bias[u], 0) + np.where(known_i, self.item_bias[i], 0)
        both = known_u & known_i
        rating[both] += np.einsum("nf,nf->n", self.user_factors[u[both]], self.item_factors[i[both]])
        return np.clip(rating, self.lowest, self.highest)


def factorize(
    users: pd.Series, items: pd.Series, ratings: pd.Series, factors: int, epochs: int, rate: float
) -> Factors:
    """Fit by stochastic gradient descent; the same ratings give the same factors."""
    try:
        import surprise  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("scikit-surprise", extra="recommendation") from error
    u, all_users = _numbered(users)
    i, all_items = _numbered(items)
    frame = pd.DataFrame({"user": u, "item": i, "rating": ratings.to_numpy(dtype=float)})
    low, high = float(frame["rating"].min()), float(frame["rating"].max())
    data = surprise.Dataset.load_from_df(frame, surprise.Reader(rating_scale=(low, high))).build_full_trainset()
    model = surprise.SVD(n_factors=factors, n_epochs=epochs, lr_all=rate, random_state=0).fit(data)
    user_order = np.argsort([data.to_raw_uid(n) for n in range(data.n_users)])
    item_order = np.argsort([data.to_raw_iid(n) for n in range(data.n_items)])
    return Factors(
        all_users.tolist(), all_items.tolist(), float(data.global_mean), low, high,
        model.bu[user_order], model.bi[item_order], model.pu[user_order], model.qi[item_order],
    )  # fmt: skip


def _numbered(values: pd.Series) -> tuple[np.ndarray, pd.Index]:
    """A number for each value, in their order where they have one, else as they come."""
    try:
        return values.factorize(sort=True)
    except TypeError:  # texts and numbers in one column
        return values.factorize()
