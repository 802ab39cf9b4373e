"""Split rows in two: by share, by a regular expression, by a comparison, or for recommenders by users and items."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NOTHING, OneColumn, pick_one
from modules._shared.expressions import matching, relation
from modules._shared.parameters import LARGEST_SEED, param
from modules._shared.recommender_split import RecommenderSplit
from modules._shared.roles import carried
from modules._shared.sampling import chosen

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

_ROWS = {"splitting_mode": ["Split Rows"]}
_RECOMMENDER = {"splitting_mode": ["Recommender Split"]}


class Split(NamedTuple):
    """The rows in two parts, each in the order of the dataset."""

    results_dataset1: Annotated[pd.DataFrame, PortInfo(title="Results dataset1")]
    results_dataset2: Annotated[pd.DataFrame, PortInfo(title="Results dataset2")]


@module(
    title="Split Data",
    category="Data Transformation",
    version="1",
    metrics=[Metric("rows_1", unit="rows", pinned=True), Metric("rows_2", unit="rows", pinned=True)],
)
def split_data(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    splitting_mode: Annotated[
        Literal["Split Rows", "Regular Expression", "Relative Expression", "Recommender Split"], param("Splitting mode")
    ] = "Split Rows",
    fraction: Annotated[float, param("Fraction of rows in the first output dataset", ge=0, le=1, when=_ROWS)] = 0.5,
    randomized: Annotated[bool, param("Randomized split", "Otherwise the first rows go first.", when=_ROWS)] = True,
    seed: Annotated[int, param("Random seed", ge=0, le=LARGEST_SEED, when=_ROWS)] = 0,
    stratified: Annotated[
        bool, param("Stratified split", "The same shares of each value of a column in both parts.", when=_ROWS)
    ] = False,
    stratification_column: Annotated[
        OneColumn, param("Stratification key column", when={**_ROWS, "stratified": [True]})
    ] = NOTHING,
    training_only_users: Annotated[
        float, param("Fraction of training-only users", ge=0, le=1, when=_RECOMMENDER)
    ] = 0.5,
    test_ratings_for_training: Annotated[
        float, param("Fraction of test user ratings for training", ge=0, le=1, when=_RECOMMENDER)
    ] = 0.25,
    cold_users: Annotated[float, param("Fraction of cold users", ge=0, le=1, when=_RECOMMENDER)] = 0.0,
    cold_items: Annotated[float, param("Fraction of cold items", ge=0, le=1, when=_RECOMMENDER)] = 0.0,
    ignored_users: Annotated[float, param("Fraction of ignored users", ge=0, le=1, when=_RECOMMENDER)] = 0.0,
    ignored_items: Annotated[float, param("Fraction of ignored items", ge=0, le=1, when=_RECOMMENDER)] = 0.0,
    remove_cold_items: Annotated[
        bool,
        param("Remove occasionally produced cold items", "Items that only the test part has.", when=_RECOMMENDER),
    ] = False,
    recommender_seed: Annotated[
        int, param("Random seed for Recommender", ge=0, le=LARGEST_SEED, when=_RECOMMENDER)
    ] = 0,
    regular_expression: Annotated[
        str,
        param("Regular expression", "Rows that match go first.", when={"splitting_mode": ["Regular Expression"]}),
    ] = '\\"column name" ^start',
    relational_expression: Annotated[
        str,
        param(
            "Relational expression",
            "Rows for which it holds go first.",
            when={"splitting_mode": ["Relative Expression"]},
        ),
    ] = '\\"column name" > 3',
) -> Split:
    """Split the rows in two parts."""
    if splitting_mode == "Recommender Split":
        plan = RecommenderSplit(
            training_only_users, test_ratings_for_training, cold_users, cold_items, ignored_users, ignored_items,
            remove_cold_items, recommender_seed,
        )  # fmt: skip
        first, second = plan.masks(dataset)
    else:
        if splitting_mode == "Regular Expression":
            first = matching(dataset, regular_expression)
        elif splitting_mode == "Relative Expression":
            first = relation(dataset, relational_expression)
        elif randomized or stratified:
            key = dataset[pick_one(dataset, stratification_column, "Stratification key column")] if stratified else None
            first = chosen(len(dataset), fraction, seed, key)
        else:
            first = np.arange(len(dataset)) < round(len(dataset) * fraction)
        second = ~first
    run = Run.get_context()
    run.log("rows_1", int(first.sum()))
    run.log("rows_2", int(second.sum()))
    return Split(*(carried(dataset, dataset[mask].reset_index(drop=True)) for mask in (first, second)))
