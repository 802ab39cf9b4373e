"""Wide & deep recommender: Cheng and others, Wide & Deep Learning for Recommender Systems (2016). Needs PyTorch.

Elsewhere: recommending with it (_shared/recommending.py).
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from designer import lazy_import
from modules._shared.encoder import Encoder, Encoding
from modules._shared.learner import Report, silent
from modules._shared.torch_extra import torch
from modules.types import Recommender

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")


@dataclass
class Shape:
    """The sizes of the network and how it is trained."""

    epochs: int = 15
    batch: int = 64
    wide_optimizer: str = "Adagrad"
    wide_rate: float = 0.1
    crossed: int = 1000
    deep_optimizer: str = "Adagrad"
    deep_rate: float = 0.1
    user_width: int = 16
    item_width: int = 16
    category_width: int = 4
    hidden: tuple[int, ...] = (256, 128)
    activation: str = "ReLU"
    dropout: float = 0.8
    normalize: bool = True


@dataclass
class Side:
    """Users or items: their ids, and a row of encoded features for each (numbers, and codes of categories)."""

    ids: list[Any]
    encoder: Encoder | None = None
    numbers: Any = None
    codes: Any = None
    levels: list[int] = field(default_factory=list)

    @classmethod
    def of(cls, ids: pd.Series, features: pd.DataFrame | None) -> Side:
        """Learn from the ids that were rated, and a table whose first column is the id."""
        known = sorted(ids.unique().tolist())
        if features is None:
            return cls(known)
        table = features.drop_duplicates(features.columns[0]).set_index(features.columns[0]).reindex(known)
        encoder = Encoder.fitted(table, list(table.columns), Encoding(categories="codes", scale="z-score"))
        levels = [len(encoder.levels[encoder.columns[i]]) + 1 for i in encoder.categorical]  # one more for the unknown
        return cls(known, encoder, levels=levels)._encoded(table)

    def with_features(self, features: pd.DataFrame | None) -> Side:
        """The same ids with features from another table, where one is given."""
        if features is None or self.encoder is None:
            return self
        table = features.drop_duplicates(features.columns[0]).set_index(features.columns[0]).reindex(self.ids)
        return replace(self)._encoded(table)

    def _encoded(self, table: pd.DataFrame) -> Side:
        matrix, coded = self.encoder.encode(table), self.encoder.categorical
        plain = [i for i in range(matrix.shape[1]) if i not in coded]
        self.numbers = np.nan_to_num(matrix[:, plain]).astype("float32")
        self.codes = np.nan_to_num(matrix[:, coded] + 1, nan=0.0).astype(int)
        return self

    def positions(self, ids: pd.Series) -> np.ndarray:
        """The place of each id, from 1; 0 for one that was never rated."""
        return pd.Index(self.ids).get_indexer(ids) + 1

    def padded(self) -> tuple[Any, Any]:
        """Numbers and codes with a row of zeros in front, for the unknown."""
        count = len(self.ids)
        numbers = (
            np.zeros((count + 1, 0), "float32") if self.numbers is None else np.pad(self.numbers, ((1, 0), (0, 0)))
        )
        codes = np.zeros((count + 1, 0), int) if self.codes is None else np.pad(self.codes, ((1, 0), (0, 0)))
        return numbers, codes


@dataclass
class WideAndDeep(Recommender):
    """A trained network: its shape, both sides, the range of the ratings, and the weights by name."""

    shape: Shape
    user_side: Side
    item_side: Side
    lowest: float
    highest: float
    mean: float
    weights: dict[str, Any] = field(default_factory=dict)

    @property
    def items(self) -> list[Any]:
        """The items that can be recommended."""
        return self.item_side.ids

    def with_features(self, users: pd.DataFrame | None, items: pd.DataFrame | None) -> WideAndDeep:
        """The same network with other tables of features, where they are given."""
        sides = self.user_side.with_features(users), self.item_side.with_features(items)
        return replace(self, user_side=sides[0], item_side=sides[1])

    def rate(self, users: pd.Series, items: pd.Series) -> np.ndarray:
        """The rating of each pair, within the range of the training ratings."""
        library = torch()
        network = _network(self)
        network.load_state_dict({name: library.from_numpy(array) for name, array in self.weights.items()})
        network.eval()
        u = library.from_numpy(self.user_side.positions(users))
        i = library.from_numpy(self.item_side.positions(items))
        with library.no_grad():
            found = [network(u[s : s + 65_536], i[s : s + 65_536]) for s in range(0, len(u), 65_536)]
        ratings = library.cat(found).numpy().astype(float) + self.mean if found else np.array([])
        return np.clip(ratings, self.lowest, self.highest)


def fit(
    ratings: pd.DataFrame, users: pd.DataFrame | None, items: pd.DataFrame | None, shape: Shape, report: Report = silent
) -> WideAndDeep:
    """Train on triples (user, item, rating) and tables of features; the same data give the same network."""
    library = torch()
    library.manual_seed(0)
    values = ratings["rating"].to_numpy(dtype=float)
    model = WideAndDeep(
        shape, Side.of(ratings["user"], users), Side.of(ratings["item"], items),
        float(values.min()), float(values.max()), float(values.mean()),
    )  # fmt: skip
    network = _network(model)
    u = library.from_numpy(model.user_side.positions(ratings["user"]))
    i = library.from_numpy(model.item_side.positions(ratings["item"]))
    target = library.from_numpy((values - model.mean).astype("float32"))
    optimizers = [
        getattr(library.optim, shape.wide_optimizer)(network.wide.parameters(), lr=shape.wide_rate),
        getattr(library.optim, shape.deep_optimizer)(network.deep_parameters(), lr=shape.deep_rate),
    ]
    for epoch in range(1, shape.epochs + 1):
        network.train()
        total = 0.0
        for chosen in library.randperm(len(target)).split(shape.batch):
            if shape.normalize and len(chosen) < 2:
                continue  # a batch of one can't be normalized
            loss = library.nn.functional.mse_loss(network(u[chosen], i[chosen]), target[chosen])
            for optimizer in optimizers:
                optimizer.zero_grad()
            loss.backward()
            for optimizer in optimizers:
                optimizer.step()
            total += loss.item() * len(chosen)
        report(epoch, shape.epochs, {"Train loss": total / len(target)})
    model.weights = {name: tensor.numpy() for name, tensor in network.state_dict().items()}
    return model


def _network(model: WideAndDeep) -> Any:
    """The network: a weight per hashed pair of user and item, plus layers over embeddings and features."""
    library = torch()
    nn, shape = library.nn, model.shape
    (user_numbers, user_codes), (item_numbers, item_codes) = model.user_side.padded(), model.item_side.padded()

    class Network(nn.Module):
        def __init__(self) -> None:
            super().__init__()
            self.wide = nn.EmbeddingBag(shape.crossed, 1, mode="sum")
            nn.init.zeros_(self.wide.weight)
            self.user = nn.Embedding(len(model.user_side.ids) + 1, shape.user_width)
            self.item = nn.Embedding(len(model.item_side.ids) + 1, shape.item_width)
            levels = [*model.user_side.levels, *model.item_side.levels]
            self.categories = nn.ModuleList(nn.Embedding(count, shape.category_width) for count in levels)
            width = shape.user_width + shape.item_width + len(levels) * shape.category_width
            width += user_numbers.shape[1] + item_numbers.shape[1]
            layers: list[Any] = []
            for size in shape.hidden:
                layers.append(nn.Linear(width, size))
                layers += [nn.BatchNorm1d(size)] if shape.normalize else []
                layers += [getattr(nn, shape.activation)(), nn.Dropout(shape.dropout)]
                width = size
            self.layers = nn.Sequential(*layers, nn.Linear(width, 1))

        def deep_parameters(self) -> list[Any]:
            return [one for name, one in self.named_parameters() if not name.startswith("wide.")]

        def forward(self, u: Any, i: Any) -> Any:
            crossed = (u * 1_000_003 + i) % shape.crossed
            codes = library.cat([library.from_numpy(user_codes)[u], library.from_numpy(item_codes)[i]], dim=1)
            parts = [self.user(u), self.item(i), *(one(codes[:, n]) for n, one in enumerate(self.categories))]
            parts += [library.from_numpy(user_numbers)[u], library.from_numpy(item_numbers)[i]]
            return self.wide(crossed[:, None])[:, 0] + self.layers(library.cat(parts, dim=1))[:, 0]

    return Network()
