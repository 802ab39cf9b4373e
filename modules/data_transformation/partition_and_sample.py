"""Folds, samples, the first rows."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import NOTHING, OneColumn, pick_one
from modules._shared.errors import BadExpression, ColumnNotFound, ValuesError, listed
from modules._shared.folds import FOLD
from modules._shared.frames import replaced
from modules._shared.parameters import LARGEST_SEED, numbers_of, param
from modules._shared.roles import carried, with_role
from modules._shared.sampling import chosen, folds

if TYPE_CHECKING:
    import numpy as np
    import pandas as pd
else:
    np, pd = lazy_import("numpy"), lazy_import("pandas")

_ASSIGN, _PICK, _SAMPLE = {"mode": ["Assign to Folds"]}, {"mode": ["Pick Fold"]}, {"mode": ["Sampling"]}
_EVENLY = {**_ASSIGN, "partitioner": ["Partition evenly"]}
_CUSTOM = {**_ASSIGN, "partitioner": ["Partition with customized proportions"]}


@module(
    title="Partition and Sample",
    category="Data Transformation",
    version="1",
    metrics=[Metric("rows", unit="rows", pinned=True), Metric("folds", unit="folds")],
)
def partition_and_sample(
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    mode: Annotated[
        Literal["Assign to Folds", "Pick Fold", "Sampling", "Head"], param("Partition or sample mode")
    ] = "Sampling",
    replacement: Annotated[
        bool, param("Use replacement in the partitioning", "A row may be drawn several times.", when=_ASSIGN)
    ] = False,
    randomized: Annotated[bool, param("Randomized split", when=_ASSIGN)] = True,
    seed: Annotated[int, param("Random seed", ge=0, le=LARGEST_SEED, when=_ASSIGN)] = 0,
    partitioner: Annotated[
        Literal["Partition evenly", "Partition with customized proportions"],
        param("Specify the partitioner method", when=_ASSIGN),
    ] = "Partition evenly",
    fold_count: Annotated[int, param("Specify number of folds to split evenly into", ge=1, when=_EVENLY)] = 5,
    stratified: Annotated[bool, param("Stratified split", when=_EVENLY)] = False,
    stratification_column: Annotated[
        OneColumn, param("Stratification key column", when={**_EVENLY, "stratified": [True]})
    ] = NOTHING,
    proportions: Annotated[
        str, param("List of proportions separated by comma", "What is missing to 1 is a last fold.", when=_CUSTOM)
    ] = "",
    custom_stratified: Annotated[bool, param("Stratified split for customized fold assignment", when=_CUSTOM)] = False,
    custom_stratification_column: Annotated[
        OneColumn,
        param(
            "Stratification key column for customized fold assignment", when={**_CUSTOM, "custom_stratified": [True]}
        ),
    ] = NOTHING,
    fold: Annotated[int, param("Specify which fold to be sampled from", ge=1, when=_PICK)] = 1,
    complement: Annotated[bool, param("Pick complement of the selected fold", "All other folds.", when=_PICK)] = False,
    rate: Annotated[float, param("Rate of sampling", "Share of the rows.", ge=0, le=1, when=_SAMPLE)] = 0.01,
    sampling_seed: Annotated[int, param("Random seed for sampling", ge=0, le=LARGEST_SEED, when=_SAMPLE)] = 0,
    sampling_stratified: Annotated[bool, param("Stratified split for sampling", when=_SAMPLE)] = False,
    sampling_stratification_column: Annotated[
        OneColumn, param("Stratification key column for sampling", when={**_SAMPLE, "sampling_stratified": [True]})
    ] = NOTHING,
    head_rows: Annotated[int, param("Number of rows to select", ge=0, when={"mode": ["Head"]})] = 10,
) -> Annotated[pd.DataFrame, PortInfo(title="Results dataset")]:
    """Assign to Folds adds the column Fold Number (1, 2 …), which Cross Validate and Tune Model read and Pick Fold uses up."""
    run = Run.get_context()
    if mode == "Head":
        result = dataset.head(head_rows)
    elif mode == "Pick Fold":
        result = _picked(dataset, fold, complement)
    elif mode == "Sampling":
        strata = _strata(dataset, sampling_stratified, sampling_stratification_column)
        result = dataset[chosen(len(dataset), rate, sampling_seed, strata)].reset_index(drop=True)
    else:
        evenly = partitioner == "Partition evenly"
        shares = [1 / fold_count] * fold_count if evenly else _shares(proportions)
        column = stratification_column if evenly else custom_stratification_column
        rows = _drawn(dataset, seed) if replacement else dataset
        strata = _strata(rows, stratified if evenly else custom_stratified, column)
        numbers = folds(len(rows), shares, seed if randomized else None, strata) + 1
        result = with_role(carried(dataset, replaced(rows, {FOLD: numbers})), [FOLD], "none")
        run.log("folds", len(shares))
        run.log_table(
            "Folds", {"Fold": [*range(1, len(shares) + 1)], "Rows": np.bincount(numbers, minlength=len(shares) + 1)[1:]}
        )
    run.log("rows", len(result))
    return carried(dataset if FOLD not in result.columns else result, result)


def _picked(dataset: pd.DataFrame, fold: int, complement: bool) -> pd.DataFrame:
    if FOLD not in dataset.columns:
        raise ColumnNotFound(FOLD, list(dataset.columns), "the dataset (assign its rows to folds first)")
    there = sorted(dataset[FOLD].unique())
    if fold not in there:
        raise ValuesError(f"there is no fold {fold}; the folds are: {listed(there)}")
    mask = dataset[FOLD] == fold
    return dataset[~mask if complement else mask].drop(columns=FOLD).reset_index(drop=True)


def _drawn(dataset: pd.DataFrame, seed: int) -> pd.DataFrame:
    places = np.random.default_rng(seed).integers(0, len(dataset), len(dataset))
    return carried(dataset, dataset.take(places).reset_index(drop=True))


def _strata(dataset: pd.DataFrame, wanted: bool, column: object) -> pd.Series | None:
    return dataset[pick_one(dataset, column, "Stratification key column")] if wanted else None


def _shares(text: str) -> list[float]:
    shares = [float(share) for share in numbers_of(text)]
    rest = 1 - sum(shares)
    if not shares or min(shares) <= 0 or rest < -1e-9:
        raise BadExpression(text, "proportions are above 0 and add up to at most 1", "0.5, 0.3, 0.2")
    return [*shares, rest] if rest > 1e-9 else shares
