"""The environment variables of a launched script: who it is, where its store lies, and the names that scripts look for."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlparse

from designer.store.place import VARIABLE as STORE
from designer.tracking.context import RUN_VARIABLE

if TYPE_CHECKING:
    from collections.abc import Mapping

PARENT, ROOT, EXPERIMENT = "DESIGNER_RUN_PARENT", "DESIGNER_RUN_ROOT", "DESIGNER_RUN_EXPERIMENT"
NAME, INPUTS, OUTPUTS, UPLOADS = (
    "DESIGNER_RUN_NAME",
    "DESIGNER_RUN_INPUTS",
    "DESIGNER_RUN_OUTPUTS",
    "DESIGNER_RUN_UPLOADS",
)
WORKSPACE, OFFLINE = "DESIGNER_WORKSPACE", "DESIGNER_AZUREML_OFFLINE"
LENT_FROM, STEP = "DESIGNER_LENT_FROM", "DESIGNER_RUN_STEP"
MLFLOW = "DESIGNER_RUN_MLFLOW"  # MLFLOW_TRACKING_URI is ours, and this run's
SITE = Path(__file__).resolve().parents[1] / "site"


def of_run(
    run_id: str, experiment: str, store: str, parent: str | None, root: str, name: str = "", workspace: str = ""
) -> dict[str, str]:
    """The variables by which a script knows its run, in our names and in Azure's."""
    return {
        STORE: store,
        RUN_VARIABLE: run_id,
        PARENT: parent or "",
        ROOT: root,
        EXPERIMENT: experiment,
        NAME: name,
        WORKSPACE: workspace,
        "AZUREML_RUN_ID": run_id,
        "AZUREML_ROOT_RUN_ID": root,
        "AZUREML_ARM_SUBSCRIPTION": "local",
        "AZUREML_ARM_RESOURCEGROUP": "local",
        "AZUREML_ARM_WORKSPACE_NAME": workspace or "local",
        "AZUREML_ARM_PROJECT_NAME": experiment,
        "AZUREML_EXPERIMENT_NAME": experiment,
        "AZUREML_SERVICE_ENDPOINT": "local",
        "AZUREML_RUN_TOKEN": "local",
        "AZUREML_RUN_TOKEN_EXPIRY": "0",
    }


def importing(base: Mapping[str, str]) -> dict[str, str]:
    """The variables that make `azureml` importable in every Python process below, and its prints come at once."""
    paths = [str(SITE), *[path for path in base.get("PYTHONPATH", "").split(os.pathsep) if path and path != str(SITE)]]
    lent = os.pathsep.join(path for path in sys.path if path.endswith("-packages"))
    return {"PYTHONPATH": os.pathsep.join(paths), "PYTHONUNBUFFERED": "1", LENT_FROM: base.get(LENT_FROM) or lent}


def without_run(base: Mapping[str, str]) -> dict[str, str]:
    """An environment that knows of no run: for a script that is started from within another one."""
    ours = {RUN_VARIABLE, PARENT, ROOT, EXPERIMENT, NAME, INPUTS, OUTPUTS, UPLOADS, STEP, MLFLOW}
    if urlparse(base.get("MLFLOW_TRACKING_URI", "")).scheme in ("", "file"):
        ours |= {
            "MLFLOW_TRACKING_URI",
            "MLFLOW_EXPERIMENT_ID",
            "MLFLOW_EXPERIMENT_NAME",
            "MLFLOW_RUN_ID",
        }  # MLflow sets them itself
    return {
        key: value
        for key, value in base.items()
        if key not in ours and not key.startswith(("AZUREML_", "AML_PARAMETER_"))
    }
