"""Train and judge a model on parts of the data in turn. Elsewhere: assigning the parts yourself (Partition and Sample)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, NamedTuple

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.columns import LABEL, OneColumn, pick_one
from modules._shared.evaluation import Evaluation, evaluate
from modules._shared.folds import FOLD, folds_of, without_fold
from modules._shared.parameters import Seed, param
from modules._shared.roles import carried, with_role
from modules._shared.scoring import scored
from modules._shared.training import CLASSIFIES, train
from modules.types import UntrainedModel

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

FOLDS = 10
COUNT = "Number of examples in fold"


class Validated(NamedTuple):
    """Each row scored by a model that didn't see it, and the scores of each fold."""

    scored_results: Annotated[pd.DataFrame, PortInfo(title="Scored results")]
    evaluation_results_by_fold: Annotated[pd.DataFrame, PortInfo(title="Evaluation results by fold")]


@module(
    title="Cross Validate Model",
    category="Model Scoring & Evaluation",
    version="1",
    metrics=[
        Metric("Accuracy (mean)", goal="maximize", bounds=(0, 1), pinned=True),
        Metric("AUC (mean)", goal="maximize", bounds=(0, 1), pinned=True),
        Metric("Overall_Accuracy (mean)", goal="maximize", bounds=(0, 1), pinned=True),
        Metric("Root_Mean_Squared_Error (mean)", goal="minimize", pinned=True),
        Metric("Coefficient_of_Determination (mean)", goal="maximize", pinned=True),
    ],
)
def cross_validate_model(
    untrained_model: Annotated[UntrainedModel, PortInfo(title="Untrained model")],
    dataset: Annotated[pd.DataFrame, PortInfo(title="Dataset")],
    *,
    label: Annotated[OneColumn, param("Label column", "Empty: the column marked as label.")] = LABEL,
    seed: Seed = 0,
) -> Validated:
    """Ten folds, or those of the column Fold Number: each is scored by a model trained on the others.

    A child run per fold; here the mean and standard deviation of each score. Classes are spread evenly over the folds.
    """
    run = Run.get_context()
    column = pick_one(dataset, label, "Label column")
    rows = dataset[dataset[column].notna()]
    fold = folds_of(rows, FOLDS, seed, rows[column] if untrained_model.task in CLASSIFIES else None)
    count = int(fold.max()) + 1
    rows = without_fold(rows)
    parts, results = [], []
    for number in range(count):
        with run.child_run(f"fold {number}") as child:
            model = train(untrained_model, rows[fold != number], column)
            part = scored(model, rows[fold == number])
            found = evaluate(part)
            found.log(child, "")
        parts.append(part)
        results.append(_row(str(number), len(part), found))
        run.report_progress(number + 1, count)
    table = _with_totals(pd.DataFrame(results))
    for name in table.columns[2:]:
        run.log(f"{name} (mean)", table.loc[count, name])
        run.log(f"{name} (standard deviation)", table.loc[count + 1, name])
    together = pd.concat(parts)
    numbers = pd.Series(fold, index=rows.index)[together.index] if rows.index.is_unique else sorted(fold)
    together = carried(parts[0], together.assign(**{FOLD: list(numbers)}).sort_index())
    return Validated(with_role(together, [FOLD], "none"), table)


def _row(fold: str, size: int, found: Evaluation) -> dict[str, Any]:
    return {FOLD: fold, COUNT: size, **found.table.iloc[0]}


def _with_totals(table: pd.DataFrame) -> pd.DataFrame:
    """The rows Mean and Standard Deviation (of a sample) below."""
    numbers = table.drop(columns=FOLD)
    mean = {FOLD: "Mean", **numbers.mean()}
    deviation = {FOLD: "Standard Deviation", **numbers.std()}
    return pd.concat([table, pd.DataFrame([mean, deviation])], ignore_index=True)
