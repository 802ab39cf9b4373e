"""Which class and which type a run has under Azure ML's names. Elsewhere: the classes (run.py, ../pipeline/run.py, ../sweep/run.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.azureml.loader import resolve
from designer.model.runs import RunKind

if TYPE_CHECKING:
    from collections.abc import Callable

    from designer.model.runs import RunRecord
    from designer.store.place import Place

PROPERTY = "azureml.runtype"
SCRIPT, PIPELINE, STEP, REUSED, SWEEP = (
    "azureml.scriptrun", "azureml.PipelineRun", "azureml.StepRun", "azureml.ReusedStepRun", "hyperdrive"
)  # fmt: skip
_CLASSES = {
    SCRIPT: "runs.run:ScriptRun",
    PIPELINE: "pipeline.run:PipelineRun",
    STEP: "pipeline.run:StepRun",
    REUSED: "pipeline.run:StepRun",
    SWEEP: "sweep.run:HyperDriveRun",
}
factories: dict[str, Callable[..., Any]] = {}  # types that users have added


def type_of(record: RunRecord) -> str | None:
    """Azure's name of what the run is a run of; None for interactive runs and children."""
    if record.reused_from:
        return REUSED
    own = record.properties.get(PROPERTY)
    if own:
        return own
    by_kind = {RunKind.PIPELINE: PIPELINE, RunKind.MODULE: STEP, RunKind.GROUP: STEP, RunKind.SCRIPT: SCRIPT}
    return by_kind.get(record.kind)  # type: ignore[call-overload]


def run_of(place: Place, record: RunRecord, workspace: Any = None) -> Any:
    """The run of a record, as the class that its type has."""
    kind = type_of(record)
    if kind in factories:
        from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415 - each knows the other
        from designer.azureml.workspace import current  # noqa: PLC0415

        experiment = Experiment(workspace or current(), record.experiment)
        return factories[kind](experiment, {"run_id": record.id, "run_type": kind, "status": record.status})
    cls = resolve(_CLASSES.get(kind or "", "runs.run:Run"))
    run = cls(record.experiment, record.id, place=place, root=record.root or record.id)
    run._workspace = workspace
    return run
