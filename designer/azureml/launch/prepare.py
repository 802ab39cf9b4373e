"""A configuration made a launch: script found, folder kept, arguments and inputs as plain data. Elsewhere: running it (supervisor.py)."""

from __future__ import annotations

import os
import time
import uuid
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.data.consumption import DatasetConsumptionConfig
from designer.azureml.data.dataset import AbstractDataset
from designer.azureml.data.output import OutputDatasetConfig
from designer.azureml.data.reference import DataReference
from designer.azureml.exceptions import UserErrorException
from designer.azureml.launch import snapshot
from designer.azureml.launch.spec import Launch

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from designer.azureml.config.script_config import ScriptRunConfig
    from designer.azureml.workspace import Workspace
    from designer.store.place import Place

_EXAMPLE = ("EXAMPLE_ENV_VAR", "EXAMPLE_VALUE")  # what a new Environment carries


def run_id_for(experiment: str) -> str:
    """An id as Azure makes them for submitted runs."""
    return f"{experiment}_{int(time.time())}_{uuid.uuid4().hex[:8]}"


def launch_of(
    config: ScriptRunConfig,
    workspace: Workspace,
    experiment: str,
    run_id: str | None = None,
    parent: Any = None,
    tags: Mapping[str, Any] | None = None,
    extra_arguments: Iterable[Any] = (),
) -> Launch:
    """The launch of a script's run. Raises `UserErrorException` for what is wrong with the configuration."""
    place: Place = workspace.place
    run_config = config.run_config
    check(config.source_directory, config.script, config.command)
    made = Launch(
        run_id=run_id or run_id_for(experiment),
        experiment=experiment,
        store=str(place.folder),
        script=config.script,
        snapshot=snapshot.take(place, config.source_directory),
        workspace=workspace.name,
        target=run_config.target,
        tags={str(k): v if v is None else str(v) for k, v in (tags or {}).items()},
        interpreter=run_config.environment.interpreter if run_config.environment is not None else None,
        environment=run_config.environment.specification() if run_config.environment is not None else None,
        max_seconds=run_config.max_run_duration_seconds,
        variables=variables_of(run_config),
    )
    if parent is not None:
        made.parent, made.root = parent.id, parent._root()
    made.arguments = arguments_of([*config.arguments, *extra_arguments], made)
    if config.command is not None:
        parts = config.command
        made.command = parts if isinstance(parts, str) else arguments_of(parts, made)
    for name, value in {**run_config.data, **run_config.output_data}.items():
        if isinstance(value, (DatasetConsumptionConfig, OutputDatasetConfig)):
            note(value, made)
        elif isinstance(value, AbstractDataset):
            note(DatasetConsumptionConfig(name, value), made)
    for name, reference in run_config.data_references.items():
        data = reference.to_data() if isinstance(reference, DataReference) else _reference(reference)
        made.inputs[name] = data
    made.properties = {"_azureml.ComputeTargetType": "local", **_git(config.source_directory)}
    made.definition = {
        **run_config.to_data(),
        "script": config.script,
        "command": _told(made.command),
        "arguments": [_told(argument) for argument in made.arguments],
    }
    return made


def check(folder: str, script: str | None, command: Any) -> None:
    """Whether there is something to run."""
    if not os.path.isdir(folder):
        raise UserErrorException(f"there is no folder {folder} to run from")
    if script is not None and command is not None:
        raise UserErrorException("give either script or command, not both")
    if script is None and command is None:
        raise UserErrorException("there is nothing to run\n  next: script='train.py', or command=[…]")
    if script is not None and not (Path(folder) / script).is_file():
        there = ", ".join(sorted(p.name for p in Path(folder).glob("*.py"))[:8]) or "no Python files"
        raise UserErrorException(f"there is no script {script} in {folder}; there are: {there}")


def variables_of(run_config: Any) -> dict[str, str]:
    """The environment variables that were asked for."""
    own = dict(run_config.environment.environment_variables) if run_config.environment is not None else {}
    if own.get(_EXAMPLE[0]) == _EXAMPLE[1]:
        del own[_EXAMPLE[0]]
    return {str(k): str(v) for k, v in {**own, **run_config.environment_variables}.items()}


def arguments_of(arguments: Iterable[Any], launch: Launch) -> list[Any]:
    """Arguments as texts, or as names of inputs and outputs, which are noted in the launch."""
    made: list[Any] = []
    for argument in arguments:
        if isinstance(argument, AbstractDataset):
            raise UserErrorException(
                "a dataset can't be an argument by itself\n  next: as_named_input('name'), as_mount() or as_download()"
            )
        if isinstance(argument, (list, tuple)):
            made += arguments_of(argument, launch)
        elif hasattr(argument, "to_data") and hasattr(argument, "mode"):
            made.append(note(argument, launch))
        elif hasattr(argument, "default_value"):  # a pipeline's parameter outside of a pipeline
            made.append(str(argument.default_value))
        else:
            made.append(str(argument))
    return made


def note(value: Any, launch: Launch) -> dict[str, str]:
    """Note an input or output in the launch; returns what takes its place among the arguments."""
    if isinstance(value, OutputDatasetConfig):
        launch.outputs[value.name] = value.to_data()
        return {"output": value.name}
    name = value.data_reference_name if isinstance(value, DataReference) else value.name
    launch.inputs[name] = value.to_data()
    return {"input": name}


def _reference(section: Any) -> dict[str, Any]:
    return {
        "kind": "folder", "datastore": section.datastore_name, "path": section.path_on_datastore or "", "mode": section.mode
    }  # fmt: skip


def _told(argument: Any) -> Any:
    if isinstance(argument, list):
        return " ".join(str(_told(one)) for one in argument)
    if isinstance(argument, dict):
        return next(iter(argument.values()))
    return argument


def _git(folder: str) -> dict[str, str]:
    """Which commit the folder is at, read from git's own files."""
    for above in [Path(folder), *Path(folder).parents]:
        head = above / ".git" / "HEAD"
        if head.is_file():
            text = head.read_text().strip()
            found = {"azureml.git.branch": text.rpartition("refs/heads/")[2]} if text.startswith("ref:") else {}
            commit = above / ".git" / text[5:] if text.startswith("ref:") else None
            if commit is None:
                found["azureml.git.commit"] = text
            elif commit.is_file():
                found["azureml.git.commit"] = commit.read_text().strip()
            return found
    return {}
