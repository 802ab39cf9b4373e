"""Judge scored datasets, one or two to compare. Elsewhere: formulas (_shared/measures.py), what each task logs (_shared/evaluation.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import TasksDiffer
from modules._shared.evaluation import evaluate
from modules._shared.roles import with_role

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

_UNIT = {"goal": "maximize", "bounds": (0, 1)}
_SCORES = [
    Metric("Mean_Absolute_Error", goal="minimize"),
    Metric("Root_Mean_Squared_Error", goal="minimize", pinned=True),
    Metric("Relative_Squared_Error", goal="minimize"),
    Metric("Relative_Absolute_Error", goal="minimize"),
    Metric("Coefficient_of_Determination", goal="maximize", pinned=True),
    Metric("Overall_Accuracy", pinned=True, **_UNIT),
    *(Metric(name, **_UNIT) for name in ("Micro_Precision", "Macro_Precision", "Micro_Recall", "Macro_Recall")),
    Metric("Accuracy", pinned=True, **_UNIT),
    Metric("Precision", **_UNIT),
    Metric("Recall", **_UNIT),
    Metric("F1 Score", **_UNIT),
    Metric("AUC", pinned=True, **_UNIT),
    Metric("F1", **_UNIT),
    *(Metric(name, unit="rows") for name in ("True Negative", "False Positive", "False Negative", "True Positive")),
    Metric("Average Quantile Loss", goal="minimize", pinned=True),
    Metric("ROC curve", description="Table: False positive rate, True positive rate."),
    Metric("Precision-recall curve", description="Table: Recall, Precision."),
    Metric("Lift curve", description="Table: Positive rate, Number of true positive."),
    Metric("Confusion matrix", description="Table: a row per predicted label, a column per actual one."),
    Metric("Scored bins", description="Table: ten bins of probability, with the scores down to each."),
    Metric("confusion_matrix", description="Chart: actual classes against predicted ones."),
    Metric("accuracy_table", description="Chart: hits and misses of each class at 101 thresholds."),
    Metric("residuals", description="Chart: histogram of predicted minus actual value."),
    Metric("predictions", description="Chart: predicted against actual value."),
    Metric("Clustering evaluation", description="Table: a row per cluster, and one for all."),
]
_PORTS = (" (left port)", " (right port)")


@module(
    title="Evaluate Model",
    category="Model Scoring & Evaluation",
    version="1",
    metrics=[
        *_SCORES,
        *(Metric(**{**one.model_dump(), "name": one.name + port}) for port in _PORTS for one in _SCORES),
    ],
)
def evaluate_model(
    scored_dataset: Annotated[pd.DataFrame, PortInfo(title="Scored dataset")],
    scored_dataset_to_compare: Annotated[
        pd.DataFrame | None,
        PortInfo(title="Scored dataset to compare", description="Scored by a model of the same kind."),
    ] = None,
) -> Annotated[pd.DataFrame, PortInfo(title="Evaluation results")]:
    """The usual scores of the task, logged and as a table: a row per scored dataset (clustering: a row per cluster)."""
    run = Run.get_context()
    sides = [evaluate(frame) for frame in (scored_dataset, scored_dataset_to_compare) if frame is not None]
    if len({side.task for side in sides}) > 1:
        raise TasksDiffer(sides[0].task, sides[1].task)
    for side, port in zip(sides, _PORTS if len(sides) > 1 else ("",), strict=False):
        side.log(run, port)
    table = pd.concat([side.table for side in sides], ignore_index=True)
    return with_role(table, table.columns, "score")
