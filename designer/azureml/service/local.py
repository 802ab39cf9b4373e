"""A deployed model: its process, its address, its log. Elsewhere: Azure ML's names for it (../webservice.py), the process (driver.py)."""

from __future__ import annotations

import atexit
import os
import shutil
import sys
import tempfile
import time
import urllib.error
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import WebserviceException
from designer.azureml.launch import variables, venvs
from designer.azureml.launch.process import ScriptProcess

if TYPE_CHECKING:
    from collections.abc import Sequence

DRIVER = Path(__file__).with_name("driver.py")
_PAUSE = 0.02  # seconds between looks at whether it is ready
running: dict[tuple[str, str], LocalService] = {}  # (store, name) -> service


class LocalService:
    """An entry script with models, served until it is deleted or this program ends."""

    def __init__(self, workspace: Any, name: str, models: Sequence[Any], inference: Any, deployment: Any) -> None:
        self.workspace, self.name, self.models = workspace, name, list(models)
        self.inference, self.deployment, self.error = inference, deployment, ""
        self.created = time.time()
        self.folder = Path(tempfile.mkdtemp(prefix="designer-service-"))
        self.port: int | None = None
        entry = Path(inference.source_directory or ".", inference.entry_script).absolute()
        if not entry.is_file():
            raise WebserviceException(f"there is no entry script {entry}")
        self.log = self.folder / "log.txt"
        with self.log.open("wb") as output:
            environment = getattr(inference, "environment", None)
            specification = environment.specification() if environment is not None else None
            own = getattr(environment, "interpreter", None)
            interpreter = own or (
                venvs.interpreter_for(workspace.place, specification, output.fileno())
                if specification
                else sys.executable
            )
            self.process = ScriptProcess(
                [interpreter, str(DRIVER), str(entry), str(getattr(deployment, "port", None) or 0), str(self.folder / "ready")],
                str(Path(inference.source_directory or ".").absolute()), self._environment(environment), output.fileno(),
            )  # fmt: skip

    def _environment(self, environment: Any) -> dict[str, str]:
        root = self.folder / "azureml-models"
        paths = [Path(model.download(str(root / model.name / str(model.version)))) for model in self.models]
        base = {
            **variables.without_run(os.environ),
            **(environment.environment_variables if environment is not None else {}),
        }
        # With one model the script finds it in its own folder, with several each lies in NAME/VERSION.
        models = str(paths[0].parent if len(paths) == 1 else root)
        return {**base, **variables.importing(base), "AZUREML_MODEL_DIR": models}

    def state(self) -> str:
        """`Transitioning`, `Healthy` or `Failed`."""
        if self.process.process.poll() is not None:
            return "Failed"
        if self.port is None and (self.folder / "ready").exists():
            self.port = int((self.folder / "ready").read_text())
        return "Healthy" if self.port is not None else "Transitioning"

    def wait(self) -> None:
        """Wait until it answers. Raises `WebserviceException`, with its log, when it has ended instead."""
        while (state := self.state()) == "Transitioning":
            time.sleep(_PAUSE)
        if state == "Failed":
            self.error = self.logs()
            raise WebserviceException(f"the service {self.name} could not start:\n{self.error}")

    @property
    def address(self) -> str:
        """Where it is posted to."""
        return f"http://127.0.0.1:{self.port}/score" if self.state() == "Healthy" else ""

    def ask(self, data: Any) -> bytes:
        """Its answer. Raises `WebserviceException` when its script fails."""
        self.wait()
        body = data.encode() if isinstance(data, str) else bytes(data)
        try:
            with urllib.request.urlopen(
                urllib.request.Request(self.address, body, {"Content-Type": "application/json"})
            ) as answer:
                return answer.read()  # type: ignore[no-any-return]
        except urllib.error.HTTPError as error:
            with error:
                raise WebserviceException(
                    f"Received bad response from service {self.name}:\n{error.read().decode(errors='replace')}"
                ) from None

    def logs(self) -> str:
        """What its script has printed."""
        return self.log.read_text(errors="replace") if self.log.exists() else ""

    def end(self) -> None:
        """Stop it."""
        self.process.stop()
        self.process.process.wait()
        shutil.rmtree(self.folder, ignore_errors=True)


def _end_all() -> None:
    for service in running.values():
        service.end()
    running.clear()


atexit.register(_end_all)
