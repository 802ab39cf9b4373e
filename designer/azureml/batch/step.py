"""A batch step's node: what its driver needs to know. Elsewhere: the driver, in the script's interpreter (driver.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from designer.azureml.data import dataset
from designer.azureml.launch.variables import SITE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.launch.spec import Launch
    from designer.azureml.launch.workdir import Workdir
    from designer.azureml.pipeline.spec import StepSpec
    from designer.store.place import Place

DRIVER = SITE.parent / "batch" / "driver.py"


def arguments_of(step: StepSpec, launch: Launch, paths: Any, work: Workdir, interpreter: str) -> list[str]:
    """The driver's command."""
    config = dict(step.extra["config"])
    for key, value in config.items():
        if isinstance(value, dict) and "parameter" in value:
            config[key] = launch.parameters[value["parameter"]]
    output = step.extra["output"]
    data = {
        "config": config,
        "split": [
            {
                "name": name,
                **paths.inputs[name],
                **_groups(work.place, launch.inputs[name], config.get("partition_keys")),
            }
            for name in step.extra["split"]
        ],
        "output": paths.outputs.get(output) if output else None,
        "arguments": [paths.text(part) for part in launch.arguments],
    }
    if data["output"]:
        import os  # noqa: PLC0415

        os.makedirs(data["output"], exist_ok=True)
    path = work.root / "batch.json"
    path.write_text(json.dumps(data))
    return [interpreter, str(DRIVER), str(path)]


def _groups(place: Place, given: Mapping[str, Any], keys: list[str] | None) -> dict[str, Any]:
    """A file dataset's files by the values of some keys: `groups`, each with `values` and `files` below the dataset's path."""
    found = dataset.by_id(place, given["id"]) if keys and given.get("kind") == "dataset" else None
    if found is None or found.kind != "file":
        return {}
    return {
        "groups": [
            {"values": values, "files": [f.name for f in files]} for values, files in found.partitions(list(keys or ()))
        ]
    }
