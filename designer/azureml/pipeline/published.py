"""`PublishedPipeline`: a pipeline kept in a workspace, to be run again. Elsewhere: names for several (endpoint.py), drafts (draft.py)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline import rest
from designer.azureml.pipeline.spec import PipelineSpec

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping

ACTIVE, DISABLED = "Active", "Disabled"


class PublishedPipeline:
    """A pipeline under an id. `submit` runs it again, with other parameters."""

    def __init__(self, workspace: Any, data: Mapping[str, Any]) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.id, self.name, self.version = data["name"], data["title"], data["label"]
        self.description, self.status = data["description"], data["status"]

    @property
    def endpoint(self) -> str:
        """An address of this machine that runs it when it is posted to, while this process lives."""
        return rest.address(self.workspace, f"PipelineSubmit/{self.id}")

    @staticmethod
    def _publish(
        workspace: Any,
        spec: PipelineSpec,
        name: str,
        description: str | None,
        version: str | None,
        continue_on_step_failure: bool | None = None,
    ) -> PublishedPipeline:
        data = {
            "title": name, "label": version, "description": description, "status": ACTIVE, "spec": spec.data(),
            "continue": bool(continue_on_step_failure),
        }  # fmt: skip
        return PublishedPipeline(
            workspace, Assets(workspace.place, "pipelines").add(str(uuid.uuid4()), data, version=1)
        )

    @staticmethod
    def get(workspace: Any, id: str, **_: Any) -> PublishedPipeline:
        """One by its id, or its name (then the newest)."""
        assets = Assets(workspace.place, "pipelines")
        data = assets.get(id, 1) or next((d for d in reversed(assets.all()) if d["title"] == id), None)
        if data is None:
            there = ", ".join(sorted({d["title"] for d in assets.all()})) or "none"
            raise UserErrorException(f"there is no published pipeline {id!r}; there are: {there}")
        return PublishedPipeline(workspace, data)

    @staticmethod
    def list(workspace: Any, active_only: bool = True, **_: Any) -> builtins.list[PublishedPipeline]:
        """All of them, newest first."""
        found = [PublishedPipeline(workspace, data) for data in reversed(Assets(workspace.place, "pipelines").all())]
        return [one for one in found if one.status == ACTIVE or not active_only]

    get_all = list

    @property
    def spec(self) -> PipelineSpec:
        """It as plain data."""
        return PipelineSpec.of(self._data["spec"])

    @property
    def graph(self) -> Any:
        """Its graph."""
        from designer.azureml.pipeline.graph import Graph  # noqa: PLC0415 - few look at it

        return Graph(self.spec)

    def get_graph(self, **_: Any) -> Any:
        """Its graph."""
        return self.graph

    def submit(
        self, workspace: Any, experiment_name: str, pipeline_parameters: Mapping[str, Any] | None = None, **kwargs: Any
    ) -> Any:
        """Run it in an experiment."""
        from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415

        return self._submit_to(
            Experiment(workspace, experiment_name), pipeline_parameters=pipeline_parameters, **kwargs
        )

    def _submit_to(self, experiment: Any, tags: Any = None, parent: Any = None, **kwargs: Any) -> Any:
        from designer.azureml.pipeline.start import start  # noqa: PLC0415

        if self.status != ACTIVE:
            raise UserErrorException(f"the pipeline {self.name} is disabled\n  next: enable()")
        kwargs.setdefault("continue_on_step_failure", self._data.get("continue"))
        return start(self.spec, experiment, tags, parent, published=self.id, **kwargs)

    def _change(self, **changes: Any) -> None:
        self._data.update(changes)
        Assets(self.workspace.place, "pipelines").update(self._data)
        self.status = self._data["status"]

    def enable(self) -> None:
        """Let it be run."""
        self._change(status=ACTIVE)

    def disable(self) -> None:
        """Keep it from being run."""
        self._change(status=DISABLED)

    archive = disable

    def save(self, path: str | None = None, **_: Any) -> str:
        """Write it as a document. Returns the file's path."""
        from designer.azureml.pipeline.engine import pipeline_of  # noqa: PLC0415

        target = path or f"{self.name}.yaml"
        pipeline_of(self.spec).save(target)
        return target

    def __repr__(self) -> str:
        return f"Pipeline(Name: {self.name},\nId: {self.id},\nStatus: {self.status})"
