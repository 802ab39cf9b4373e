"""Which features a trained model listens to: as a metric table, or as a file. Elsewhere: Permutation Feature Importance."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from modules._shared.permutation import permutation_importance

if TYPE_CHECKING:
    import pandas as pd

    from designer import Run
    from modules.types import TrainedModel

_MOST_ROWS = 5_000


def log_importances(run: Run, model: TrainedModel) -> None:
    """The table "Feature importance", greatest first, where the algorithm tells."""
    values = model.learner.importances()
    if values is None:
        return
    ranked = sorted(model.encoder.per_column(values).items(), key=lambda item: -item[1])
    columns = {"Feature": [str(name) for name, _ in ranked], "Importance": [value for _, value in ranked]}
    run.log_table("Feature importance", columns)


def upload_explanation(run: Run, model: TrainedModel, rows: pd.DataFrame) -> None:
    """explanation.json: how much worse the model gets on its training rows when a feature is shuffled."""
    if model.task in ("quantile", "script"):
        print(f"no explanation: how much {model.title} needs a feature can't be measured by one score")
        return
    some = rows.sample(_MOST_ROWS, random_state=0) if len(rows) > _MOST_ROWS else rows
    metric = "Accuracy" if model.classes else "Root_Mean_Squared_Error"
    found = permutation_importance(model, some, metric, seed=0)
    content = {"model": model.title, "metric": metric, "rows": len(some), "importance": dict(found)}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "explanation.json")
        path.write_text(json.dumps(content, indent=2))
        run.upload_file("explanation.json", path)
