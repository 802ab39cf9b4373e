"""Pipelines from Azure ML's own YAML. Elsewhere: designer's documents (designer.model.document)."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from designer.azureml.config.run_config import RunConfiguration
from designer.azureml.data.datastore import Datastore
from designer.azureml.data.reference import DataReference
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline.data import PipelineData
from designer.azureml.pipeline.parameter import PipelineParameter
from designer.azureml.pipeline.pipeline import Pipeline
from designer.azureml.pipeline.steps import PythonScriptStep

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.workspace import Workspace


def load(workspace: Workspace, filename: str) -> Pipeline:
    """Read a file whose `pipeline` holds `parameters`, `data_references` and `steps`."""
    path = Path(filename)
    if not path.is_file():
        raise UserErrorException(f"there is no file {filename}")
    root = (yaml.safe_load(path.read_text()) or {}).get("pipeline")
    if not isinstance(root, dict) or not root.get("steps"):
        raise UserErrorException(f"{filename} holds no pipeline with steps")
    return _File(workspace, root, path.parent).pipeline()


class _File:
    def __init__(self, workspace: Workspace, root: Mapping[str, Any], folder: Path) -> None:
        self.workspace, self.root, self.folder = workspace, root, folder
        self.parameters = {
            name: PipelineParameter(name, one.get("default")) for name, one in (root.get("parameters") or {}).items()
        }
        self.references = {
            name: DataReference(Datastore(workspace, one.get("datastore")), name, one.get("path_on_datastore"))
            for name, one in (root.get("data_references") or {}).items()
        }
        self.written: dict[str, PipelineData] = {}

    def pipeline(self) -> Pipeline:
        """All of it."""
        for step in self.root["steps"].values():
            for name, one in (step.get("outputs") or {}).items():
                self.written[(one or {}).get("destination", name)] = PipelineData((one or {}).get("destination", name))
        steps = [self._step(name, step) for name, step in self.root["steps"].items()]
        return Pipeline(self.workspace, steps, description=self.root.get("description") or self.root.get("name"))

    def _step(self, name: str, step: Mapping[str, Any]) -> PythonScriptStep:
        if "python_script_step" not in step:
            raise UserErrorException(f"step {name}: only python_script_step is read from YAML")
        inner = step["python_script_step"]
        inputs = {
            key: self._source(name, (one or {}).get("source", key)) for key, one in (step.get("inputs") or {}).items()
        }
        outputs = {
            key: self.written[(one or {}).get("destination", key)] for key, one in (step.get("outputs") or {}).items()
        }
        config = RunConfiguration.load(str(self.folder / step["runconfig"])) if step.get("runconfig") else None
        return PythonScriptStep(
            script_name=inner["script_name"],
            name=inner.get("name", name),
            arguments=[
                self._argument(part, inputs, outputs) for part in step.get("arguments") or inner.get("arguments") or ()
            ],
            compute_target=step.get("compute"),
            runconfig=config,
            inputs=list(inputs.values()),
            outputs=list(outputs.values()),
            params={key: self._parameter(value) for key, value in (step.get("parameters") or {}).items()},
            source_directory=str(self.folder / inner.get("source_directory", ".")),
            allow_reuse=inner.get("allow_reuse", True),
            version=inner.get("version"),
        )

    def _source(self, step: str, name: str) -> Any:
        found = self.written.get(name) or self.references.get(name)
        if found is None:
            raise UserErrorException(
                f"step {step} takes {name!r}, which is neither a data reference nor an output of a step"
            )
        return found

    def _parameter(self, value: Any) -> Any:
        name = value.get("source") if isinstance(value, dict) else None
        return self.parameters[name] if name in self.parameters else value

    def _argument(self, part: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
        if isinstance(part, dict):
            kind, name = next(iter(part.items()))
            found = {"input": inputs, "output": outputs, "parameter": self.parameters}.get(kind, {}).get(name)
            if found is None:
                raise UserErrorException(f"an argument names the {kind} {name!r}, which isn't there")
            return found
        return part
