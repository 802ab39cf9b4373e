"""Splitting ratings so that a recommender is tested on users and items as in use. Elsewhere: other splits (Split Data)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from designer import lazy_import
from modules._shared.errors import TooFewColumns

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np = lazy_import("numpy")


@dataclass(frozen=True)
class RecommenderSplit:
    """Shares of users and items, of the dataset's first two columns.

    Training-only users' ratings all go to training. Of the other (test) users' ratings a share goes to training, the rest
    to test. Cold users and cold items are met in test only; ignored ones in neither part.
    """

    training_only_users: float
    test_ratings_for_training: float
    cold_users: float
    cold_items: float
    ignored_users: float
    ignored_items: float
    remove_cold_items: bool
    seed: int

    def masks(self, ratings: pd.DataFrame) -> tuple[np.ndarray, np.ndarray]:
        """Which rows are training, which are test."""
        if len(ratings.columns) < 2:
            raise TooFewColumns(len(ratings.columns), 2, "a recommender split (users, items)")
        draw = np.random.default_rng(self.seed)
        users, user_count = _codes(ratings.iloc[:, 0])
        items, item_count = _codes(ratings.iloc[:, 1])
        ignored_user, training_user, cold_user = _shares(
            draw, user_count, self.ignored_users, self.training_only_users, self.cold_users
        )
        ignored_item, cold_item = _shares(draw, item_count, self.ignored_items, self.cold_items)

        there = ~ignored_user[users] & ~ignored_item[items]
        test_user = ~training_user[users]
        test = there & test_user & (cold_user[users] | cold_item[items] | ~self._lent(draw, users, user_count))
        training = there & ~test & ~cold_item[items]
        if self.remove_cold_items:
            known = np.bincount(items[training], minlength=item_count) > 0
            test &= known[items] | cold_item[items]
        return training, test

    def _lent(self, draw: np.random.Generator, users: np.ndarray, count: int) -> np.ndarray:
        """The share of each user's ratings that training may see."""
        order = draw.permutation(len(users))
        order = order[np.argsort(users[order], kind="stable")]
        sizes = np.bincount(users, minlength=count)
        place = np.arange(len(users)) - np.repeat(np.cumsum(sizes) - sizes, sizes)
        lent = np.empty(len(users), dtype=bool)
        lent[order] = place < np.round(sizes[users[order]] * self.test_ratings_for_training)
        return lent


def _codes(column: pd.Series) -> tuple[np.ndarray, int]:
    codes, values = column.factorize(use_na_sentinel=False)
    return codes, len(values)


def _shares(draw: np.random.Generator, count: int, *shares: float) -> list[np.ndarray]:
    """Disjoint random parts of 0…count-1; each share but the first is of what the first leaves."""
    order = draw.permutation(count)
    first = round(count * shares[0])
    parts, start = [order[:first]], first
    for share in shares[1:]:
        size = round((count - first) * share)
        parts.append(order[start : start + size])
        start += size
    masks = []
    for part in parts:
        mask = np.zeros(count, dtype=bool)
        mask[part] = True
        masks.append(mask)
    return masks
