"""How much a trained model needs each feature. Elsewhere: the measuring (_shared/permutation.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Literal

from designer import Metric, PortInfo, Run, lazy_import, module
from modules._shared.errors import UntrainedModelGiven
from modules._shared.parameters import Seed, param
from modules._shared.permutation import permutation_importance
from modules.types import TrainedModel

if TYPE_CHECKING:
    import pandas as pd
else:
    pd = lazy_import("pandas")


@module(
    title="Permutation Feature Importance",
    category="Feature Selection",
    version="1",
    metrics=[Metric("features", unit="columns"), Metric("Greatest importance", pinned=True)],
)
def permutation_feature_importance(
    trained_model: Annotated[TrainedModel, PortInfo(title="Trained model")],
    test_data: Annotated[pd.DataFrame, PortInfo(title="Test data")],
    *,
    seed: Seed = 0,
    metric: Annotated[
        Literal[
            "Classification - Accuracy",
            "Classification - Precision",
            "Classification - Recall",
            "Regression - Mean Absolute Error",
            "Regression - Root Mean Squared Error",
            "Regression - Relative Absolute Error",
            "Regression - Relative Squared Error",
            "Regression - Coefficient of Determination",
        ],
        param("Metric for measuring performance"),
    ] = "Classification - Accuracy",
) -> Annotated[pd.DataFrame, PortInfo(title="Feature importance")]:
    """Shuffle one feature at a time and see how much worse the model gets; the most needed features come first."""
    if not isinstance(trained_model, TrainedModel):
        raise UntrainedModelGiven(getattr(trained_model, "title", type(trained_model).__name__))
    run = Run.get_context()
    name = metric.partition(" - ")[2].replace(" ", "_")
    found = permutation_importance(trained_model, test_data, name, seed, run.report_progress)
    table = pd.DataFrame(found, columns=["Feature", "Importance"])
    run.log("features", len(table))
    run.log("Greatest importance", table["Importance"].max())
    run.log_table("Feature importance", table.astype({"Feature": str}).to_dict("list"))
    return table
