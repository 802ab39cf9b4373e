"""Try parameters of a learner and keep the best. Elsewhere: the scores (_shared/objectives.py)."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Annotated, Any, Literal, NamedTuple

from designer import Metric, MissingExtraError, PortInfo, Run, lazy_import, module
from modules._shared.columns import LABEL, OneColumn, pick_one
from modules._shared.errors import UnfitModel, ValuesError
from modules._shared.folds import folds_of, without_fold
from modules._shared.frames import checked
from modules._shared.objectives import GREATER_IS_BETTER, scores_of
from modules._shared.parameters import LARGEST_SEED, param
from modules._shared.training import CLASSIFIES, train
from modules.types import TrainedModel, UntrainedModel

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")

FOLDS = 5
_RANDOM, _GRID = {"mode": ["Random sweep"]}, {"mode": ["Random grid"]}


class Tuned(NamedTuple):
    """Every trial, best first, and a model trained on all rows with the best parameters."""

    sweep_results: Annotated[pd.DataFrame, PortInfo(title="Sweep results")]
    trained_best_model: Annotated[TrainedModel, PortInfo(title="Trained best model")]


@module(
    title="Tune Model Hyperparameters",
    category="Model Training",
    version="1",
    metrics=[
        Metric("Best score", pinned=True, description="Of the chosen metric, after each trial."),
        Metric("trials", unit="trials"),
    ],
)
def tune_model_hyperparameters(
    untrained_model: Annotated[UntrainedModel, PortInfo(title="Untrained model")],
    training_dataset: Annotated[pd.DataFrame, PortInfo(title="Training dataset")],
    validation_dataset: Annotated[pd.DataFrame | None, PortInfo(title="Optional validation dataset")] = None,
    *,
    mode: Annotated[
        Literal["Entire grid", "Random sweep", "Random grid"],
        param(
            "Specify parameter sweeping mode", "Random: some points, drawn with (sweep) or without (grid) repetition."
        ),
    ] = "Random sweep",
    most_runs: Annotated[int, param("Maximum number of runs on random sweep", ge=1, le=10_000, when=_RANDOM)] = 5,
    seed: Annotated[int, param("Random seed", ge=0, le=LARGEST_SEED, when=_RANDOM)] = 0,
    most_runs_on_grid: Annotated[int, param("Maximum number of runs on random grid", ge=1, le=10_000, when=_GRID)] = 5,
    grid_seed: Annotated[int, param("Random seed", ge=0, le=LARGEST_SEED, when=_GRID)] = 0,
    label: Annotated[OneColumn, param("Label column", "Empty: the column marked as label.")] = LABEL,
    classification_metric: Annotated[
        Literal["Accuracy", "Precision", "Recall", "F-score", "AUC", "Average Log Loss"],
        param("Metric for measuring performance for classification"),
    ] = "Accuracy",
    regression_metric: Annotated[
        Literal[
            "Mean absolute error",
            "Root of mean squared error",
            "Relative absolute error",
            "Relative squared error",
            "Coefficient of determination",
        ],
        param("Metric for measuring performance for regression"),
    ] = "Mean absolute error",
) -> Tuned:
    """Try combinations of the learner's parameter ranges; a child run per trial.

    A trial is judged on the validation dataset, or without one by cross validation: five folds, or those of the column
    Fold Number. Without ranges (Single Parameter) the one trial has the learner's own parameters.
    """
    if not isinstance(untrained_model, UntrainedModel) or untrained_model.task not in (
        *CLASSIFIES,
        "regression",
        "quantile",
    ):
        found = getattr(untrained_model, "title", type(untrained_model).__name__)
        raise UnfitModel(
            f"needs an untrained classifier or regressor of the palette, but got {found}: it has no ranges to try"
        )
    run = Run.get_context()
    column = pick_one(training_dataset, label, "Label column")
    metric = classification_metric if untrained_model.task in CLASSIFIES else regression_metric
    judge = _Judge(untrained_model, training_dataset, validation_dataset, column, seed)
    limit = {"Random sweep": most_runs, "Random grid": most_runs_on_grid}.get(mode)
    table = _swept(run, judge, metric, mode, limit, seed if mode == "Random sweep" else grid_seed)
    names = list(untrained_model.ranges)
    best = judge.with_parameters({name: _plain(table.loc[0, name]) for name in names})
    return Tuned(table, train(best, without_fold(training_dataset), column))


class _Judge:
    """Scores parameters; the same parameters are trained once."""

    def __init__(
        self, model: UntrainedModel, rows: pd.DataFrame, validation: pd.DataFrame | None, label: Any, seed: int
    ) -> None:
        self.model, self.label = model, label
        self.known: dict[tuple[Any, ...], dict[str, float]] = {}
        rows = rows[rows[label].notna()]
        if validation is not None:
            checked(validation, [label], "judging the trials (its label)")
            self.parts = [(without_fold(rows), validation)]
            return
        fold = folds_of(rows, FOLDS, seed, rows[label] if model.task in CLASSIFIES else None)
        rows = without_fold(rows)
        self.parts = [(rows[fold != number], rows[fold == number]) for number in range(int(fold.max()) + 1)]

    def with_parameters(self, parameters: dict[str, Any]) -> UntrainedModel:
        return UntrainedModel(self.model.task, self.model.learner.fresh(parameters), self.model.title)

    def scores(self, parameters: dict[str, Any]) -> dict[str, float]:
        key = tuple(parameters.values())
        if key not in self.known:
            model = self.with_parameters(parameters)
            each = [scores_of(train(model, rows, self.label), rest) for rows, rest in self.parts]
            self.known[key] = {name: _mean([one[name] for one in each]) for name in each[0]}
        return self.known[key]


def _swept(run: Run, judge: _Judge, metric: str, mode: str, limit: int | None, seed: int) -> pd.DataFrame:
    """Run the trials and return their table, best first."""
    optuna = _optuna()
    ranges = {name: list(dict.fromkeys(values)) for name, values in judge.model.ranges.items()}
    size = math.prod(len(values) for values in ranges.values())
    count = size if limit is None else limit if mode == "Random sweep" and ranges else min(limit, size)
    better = max if metric in GREATER_IS_BETTER else min
    samplers = optuna.samplers
    grid = samplers.GridSampler(ranges, seed=seed) if ranges and mode != "Random sweep" else None
    study = optuna.create_study(
        direction="maximize" if better is max else "minimize", sampler=grid or samplers.RandomSampler(seed=seed)
    )
    rows: list[dict[str, Any]] = []

    def trial(one: Any) -> float:
        parameters = {name: one.suggest_categorical(name, values) for name, values in ranges.items()}
        with run.child_run(f"trial {len(rows) + 1}") as child:
            child.log_parameters(parameters or judge.model.learner.parameters())
            found = judge.scores(parameters)
            for name, value in found.items():
                if not math.isnan(value):
                    child.log(name, value)
            if math.isnan(found[metric]):
                raise ValuesError(
                    f"{metric} is undefined on the rows that the trials are judged by, whose label has one value only; "
                    "judge by another metric, by fewer folds, or on a larger validation dataset"
                )
        rows.append({**parameters, **found})
        run.log("Best score", better(row[metric] for row in rows), step=len(rows))
        run.report_progress(len(rows), count)
        return found[metric]

    study.optimize(trial, n_trials=count)
    run.log("trials", len(rows))
    run.log_table("Trials", {name: [row[name] for row in rows] for name in rows[0]})
    table = pd.DataFrame(rows)
    return table.sort_values(metric, ascending=better is min, kind="stable").reset_index(drop=True)


def _optuna() -> Any:
    try:
        import optuna  # noqa: PLC0415 - an extra
    except ImportError as error:
        raise MissingExtraError("optuna", extra="tuning") from error
    optuna.logging.set_verbosity(optuna.logging.ERROR)  # what a trial raises is told once, by the node
    return optuna


def _mean(values: list[float]) -> float:
    """Of the folds in which the score is defined."""
    defined = [value for value in values if not math.isnan(value)]
    return sum(defined) / len(defined) if defined else math.nan


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") else value
