"""Parameters that all modules that score with a recommender share."""

from __future__ import annotations

from typing import Annotated, Literal

from modules._shared.parameters import param

_ITEMS = {"kind": ["Item recommendation"]}

Kind = Annotated[Literal["Rating prediction", "Item recommendation"], param("Recommender prediction kind")]
Selection = Annotated[
    Literal[
        "From all items",
        "From rated items (for model evaluation)",
        "From unrated items (to suggest new items to users)",
    ],
    param("Recommended item selection", when=_ITEMS),
]
MostItems = Annotated[int, param("Maximum number of items to recommend to a user", ge=1, when=_ITEMS)]
SmallestPool = Annotated[
    int,
    param(
        "Minimum size of the recommendation pool for a single user",
        "Users with fewer items are left out.",
        ge=1,
        when={**_ITEMS, "selection": ["From rated items (for model evaluation)"]},
    ),
]
WithRatings = Annotated[
    bool, param("Whether to return the predicted ratings of the items along with the labels", when=_ITEMS)
]
