"""What `Experiment.submit` does, by the class of what is submitted. Elsewhere: scripts (../launch), pipelines, sweeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.azureml.config.script_config import ScriptRunConfig
from designer.azureml.exceptions import UserErrorException
from designer.azureml.launch import prepare, start
from designer.azureml.runs.run import ScriptRun

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.runs.experiment import Experiment


def submit(experiment: Experiment, config: Any, tags: Mapping[str, Any] | None = None, **kwargs: Any) -> Any:
    """Start it and return its run. Raises `UserErrorException` for what can't be submitted."""
    parent = kwargs.pop("_parent", None)
    if isinstance(config, ScriptRunConfig):
        return submit_script(experiment, config, tags, parent, **kwargs)
    own = getattr(config, "_submit_to", None)  # pipelines, sweeps and estimators bring theirs
    if own is None:
        raise UserErrorException(
            f"a {type(config).__name__} can't be submitted; ScriptRunConfig, Pipeline, PublishedPipeline, HyperDriveConfig "
            "and Estimator can"
        )
    return own(experiment, tags=tags, parent=parent, **kwargs)


def submit_script(
    experiment: Experiment,
    config: ScriptRunConfig,
    tags: Mapping[str, Any] | None = None,
    parent: Any = None,
    run_id: str | None = None,
    credential_passthrough: bool | None = None,
    **unknown: Any,
) -> ScriptRun:
    """Start a script's run."""
    if unknown:
        raise TypeError(f"submit() got an unexpected keyword argument {next(iter(unknown))!r}")
    launches = []

    def make() -> str:
        launch = prepare.launch_of(config, experiment.workspace, experiment.name, run_id, parent, tags)
        launches.append(launch)
        return launch.to_json()

    start.start(make)
    made = launches[0]
    run = ScriptRun(experiment, made.run_id, place=experiment.workspace.place, root=made.top)
    run._workspace = experiment.workspace
    run._parent, run._parent_known = parent, True
    return run
