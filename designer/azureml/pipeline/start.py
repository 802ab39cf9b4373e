"""Starting a pipeline of steps on designer's engine. Elsewhere: the pipeline (pipeline.py), its run (run.py)."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.azureml.bring import capture
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline.engine import pipeline_of
from designer.azureml.pipeline.pipeline import values_of
from designer.azureml.pipeline.run import PipelineRun
from designer.errors import PipelineError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.pipeline.spec import PipelineSpec

_IGNORED = ("credential_passthrough", "enable_email_notification", "parent_run_id", "_parent_run_id", "display_name")


def start(
    spec: PipelineSpec,
    experiment: Any,
    tags: Mapping[str, Any] | None = None,
    parent: Any = None,
    pipeline_parameters: Mapping[str, Any] | None = None,
    pipeline_params: Mapping[str, Any] | None = None,
    continue_on_step_failure: bool | None = None,
    regenerate_outputs: bool = False,
    published: str | None = None,
    **others: Any,
) -> PipelineRun:
    """Start it and return its run. Raises `UserErrorException` when it has problems, or for an unknown parameter."""
    unknown = [name for name in others if name not in _IGNORED]
    if unknown:
        raise TypeError(f"submit() got an unexpected keyword argument {unknown[0]!r}")
    if capture.wanted():
        capture.take(spec)
    values = values_of(pipeline_parameters or pipeline_params, spec.parameters, published is not None)
    try:
        own = pipeline_of(spec, values).submit(
            experiment=experiment.name,
            store=experiment.workspace.place,
            regenerate=regenerate_outputs,
            fail_fast=not continue_on_step_failure,
        )
    except PipelineError as error:
        raise UserErrorException(str(error)) from error
    run = PipelineRun(experiment, own.id, place=experiment.workspace.place, root=own.id)
    run._workspace, run._parent_known = experiment.workspace, True
    properties = {"azureml.runsource": "azureml.PipelineRun", "runSource": "SDK", "runType": "SDK"}
    if published:
        properties["azureml.pipelineid"] = published
    if parent is not None:
        properties["azureml.parentrunid"] = parent.id
    if continue_on_step_failure:
        properties["azureml.continue_on_step_failure"] = "True"
    events: list[dict[str, Any]] = [
        {"e": "properties", "run": own.id, "set": properties},
        {"e": "document", "run": own.id, "data": {"azureml": spec.data()}},
    ]
    if spec.description:
        events.append({"e": "update", "run": own.id, "description": spec.description})
    if tags:
        texts = {str(k): v if v is None else str(v) for k, v in tags.items()}
        events.append({"e": "tags", "run": own.id, "set": texts})
    run._journal.events(events)
    print(f"Submitted PipelineRun {own.id}\nLink to Azure Machine Learning Portal: {run.get_portal_url()}")
    return run
