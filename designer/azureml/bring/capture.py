"""A script that builds a pipeline of steps, run up to where it would submit it; the pipeline is taken, nothing is submitted.

The script is the user's own code, which the user asked to have executed. Elsewhere: writing what was taken (generate.py).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.launch.variables import importing
from designer.azureml.pipeline.spec import PipelineSpec
from designer.errors import ModuleLoadError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

VARIABLE = "DESIGNER_AZUREML_CAPTURE"


def pipeline_of_script(path: Path, arguments: Sequence[str] = ()) -> PipelineSpec:
    """The pipeline that a script builds. Raises `ModuleLoadError`."""
    if not path.is_file():
        raise ModuleLoadError(f"there is no file {path}")
    with tempfile.TemporaryDirectory(prefix="designer-capture-") as scratch:
        target = Path(scratch) / "pipeline.json"
        environment = {**os.environ, **importing(os.environ), VARIABLE: str(target)}
        done = subprocess.run(
            [sys.executable, str(path), *arguments], cwd=path.parent, env=environment, stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, errors="replace",
        )  # fmt: skip
        if not target.exists():
            last = "\n    ".join(done.stdout.strip().splitlines()[-5:])
            why = f"it ended with exit code {done.returncode}" if done.returncode else "it built none"
            raise ModuleLoadError(f"{path.name} gave no pipeline of steps: {why}\n    {last}")
        return PipelineSpec.of(json.loads(target.read_text()))


def wanted() -> bool:
    """Whether pipelines are taken instead of submitted."""
    return bool(os.environ.get(VARIABLE))


def keep(make: Callable[[], PipelineSpec]) -> None:
    """Hand over a pipeline that was built and never submitted."""
    target = Path(os.environ[VARIABLE])
    if not target.exists():
        target.write_text(json.dumps(make().data()))


def take(spec: PipelineSpec) -> Any:
    """Hand over a pipeline, and end the script where it would have been submitted."""
    Path(os.environ[VARIABLE]).write_text(json.dumps(spec.data()))
    raise SystemExit(0)
