"""`HyperDriveRun`: a sweep's run, and its trials ranked. Elsewhere: the loop that runs them (runner.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import HyperDriveNotImplementedException, UserErrorException
from designer.azureml.runs import kinds
from designer.azureml.runs.run import Run, hyperparameters_of
from designer.azureml.sweep.start import PROPERTY
from designer.tracking.metrics import many

if TYPE_CHECKING:
    from designer.model.runs import RunRecord


class HyperDriveRun(Run):
    """A sweep's run; its children are the trials."""

    RUN_TYPE = kinds.SWEEP

    def _settings(self) -> dict[str, Any]:
        text = self._record.properties.get(PROPERTY)
        if text is None:
            raise UserErrorException(f"run {self.id} is not a sweep's")
        return json.loads(text)  # type: ignore[no-any-return]

    @property
    def hyperdrive_config(self) -> dict[str, Any]:
        """Its settings."""
        return self._settings()

    def _trials(self) -> list[RunRecord]:
        return [record for record in self._place.read.tree(self.id) if record.parent == self.id]

    def get_children_sorted_by_primary_metric(
        self, top: int = 0, reverse: bool = False, discard_no_metric: bool = False
    ) -> list[dict[str, Any]]:
        """The trials, the best first: `run_id`, `hyperparameters` (JSON), `best_primary_metric`, `status`."""
        settings, store = self._settings(), self._place.read
        best = max if settings["goal"] == "MAXIMIZE" else min
        ranked, without = [], []
        for record in self._trials():
            values = [v for v in store.values(record.id, settings["metric"]) if isinstance(v, (int, float)) and v == v]
            told = {
                "run_id": record.id, "hyperparameters": hyperparameters_of(record),
                "best_primary_metric": best(values) if values else None, "status": str(record.status),
            }  # fmt: skip
            (ranked if values else without).append(told)
        ranked.sort(key=lambda told: told["best_primary_metric"], reverse=(settings["goal"] == "MAXIMIZE") != reverse)
        found = ranked if discard_no_metric else [*ranked, *without]
        return found[:top] if top else found

    def get_best_run_by_primary_metric(
        self, include_failed: bool = True, include_canceled: bool = True, include_resume_from_runs: bool = True
    ) -> Any:
        """The best trial; None when no trial logged the metric."""
        left_out = {
            status for status, wanted in (("Failed", include_failed), ("Canceled", include_canceled)) if not wanted
        }
        for told in self.get_children_sorted_by_primary_metric(discard_no_metric=True):
            if told["status"] not in left_out:
                return kinds.run_of(self._place, self._place.read.run(told["run_id"]), self._workspace)
        return None

    def get_hyperparameters(self) -> dict[str, str]:
        """Trial -> its values, as JSON."""
        return {record.id: hyperparameters_of(record) for record in self._trials()}

    def get_metrics(  # type: ignore[override]
        self, name: str | None = None, recursive: bool = False, run_type: str | None = None, populate: bool = False
    ) -> dict[str, Any]:
        """Trial -> its metrics."""
        if recursive:
            return super().get_metrics(name, True, run_type, populate)
        return many(self._place.read, [record.id for record in self._trials()], name)

    def get_diagnostics(self, *_: Any, **__: Any) -> Any:
        """Not offered."""
        raise HyperDriveNotImplementedException(
            "get_diagnostics is not offered; get_details_with_logs tells what is known"
        )

    def fail(self, *_: Any, **__: Any) -> None:  # type: ignore[override]
        """Not for a sweep: cancel() stops it."""
        raise HyperDriveNotImplementedException("a sweep can't be failed by hand; cancel() stops it")
