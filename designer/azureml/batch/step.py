"""A batch step's node: what its driver needs to know. Elsewhere: the driver, in the script's interpreter (driver.py)."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from designer.azureml.launch.variables import SITE

if TYPE_CHECKING:
    from designer.azureml.launch.spec import Launch
    from designer.azureml.launch.workdir import Workdir
    from designer.azureml.pipeline.spec import StepSpec

DRIVER = SITE.parent / "batch" / "driver.py"


def arguments_of(step: StepSpec, launch: Launch, paths: Any, work: Workdir, interpreter: str) -> list[str]:
    """The driver's command."""
    config = dict(step.extra["config"])
    for key, value in config.items():
        if isinstance(value, dict) and "parameter" in value:
            config[key] = launch.variables.get(value["parameter"], step.parameters[value["parameter"]])
    output = step.extra["output"]
    data = {
        "config": config,
        "split": [{"name": name, **paths.inputs[name]} for name in step.extra["split"]],
        "output": paths.outputs.get(output) if output else None,
        "arguments": [paths.text(part) for part in launch.arguments],
    }
    if data["output"]:
        import os  # noqa: PLC0415

        os.makedirs(data["output"], exist_ok=True)
    path = work.root / "batch.json"
    path.write_text(json.dumps(data))
    return [interpreter, str(DRIVER), str(path)]
