"""`RunDetails`: a run in a notebook, under Azure ML's name. Elsewhere: how it is shown (designer.notebook)."""

from __future__ import annotations

import os
from typing import Any

from designer.notebook.display import display
from designer.notebook.state import state_of


class RunDetails:
    """Shows a run: a pipeline's graph with metrics on its nodes, a sweep's trials, or a run's metrics, log and children."""

    def __init__(self, run_instance: Any) -> None:
        if not hasattr(run_instance, "_place"):
            raise TypeError(f"RunDetails takes a run, not a {type(run_instance).__name__}")
        self.run_instance = run_instance
        self._shown: Any = None

    def show(self, render_lib: Any = None, widget_settings: Any = None) -> None:
        """Show it here, and keep it up to date until the run ends; the cell doesn't wait, unless AMLWIDGET_SYNC=1."""
        self._shown = display(self.run_instance)
        if os.environ.get("AMLWIDGET_SYNC") == "1":
            self._shown.wait()

    def get_widget_data(self, widget_settings: Any = None) -> dict[str, Any]:
        """What is shown, as plain data."""
        run = self.run_instance
        state = state_of(run._place.read, run.id)
        facts = state["run"]
        definition = run._place.read.document(run.id).get("definition", {})
        return {
            "status": facts["status"],
            "run_properties": {
                "run_id": facts["id"], "status": facts["status"], "created_utc": facts["started"], "start_time": facts["started"],
                "end_time": facts["ended"], "duration": facts["seconds"], "tags": facts["tags"],
                "properties": dict(run._record.properties), "arguments": definition.get("arguments"), "script_name": definition.get("script"),
            },
            "run_metrics": [_series(metric, facts["id"]) for metric in state["metrics"]],
            "run_logs": state["log"],
            "child_runs": state["children"],
            "child_runs_metrics": {child["id"]: child["metrics"] for child in state["children"]},
            "graph": state["graph"],
            "error": facts["error"],
            "is_finished": state["ended"],
        }  # fmt: skip


def _series(metric: Any, run_id: str) -> dict[str, Any]:
    values = metric["points"] or ([metric["last"]] if metric["kind"] in ("scalar", "list") else [])
    return {
        "name": metric["name"],
        "run_id": run_id,
        "categories": list(range(len(values))),
        "series": [{"data": values}],
    }
