"""`PublishedPipeline`, `PipelineEndpoint`, `PipelineDraft`: pipelines kept in a workspace, to be run again."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline.spec import PipelineSpec

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping

_ACTIVE, _DISABLED = "Active", "Disabled"


class PublishedPipeline:
    """A pipeline under an id. `submit` runs it again, with other parameters."""

    def __init__(self, workspace: Any, data: Mapping[str, Any]) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.id, self.name, self.version = data["name"], data["title"], data["label"]
        self.description, self.status = data["description"], data["status"]
        self.endpoint = f"designer://pipelines/{self.id}"

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
            "title": name, "label": version, "description": description, "status": _ACTIVE, "spec": spec.data(),
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
        return [one for one in found if one.status == _ACTIVE or not active_only]

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

        if self.status != _ACTIVE:
            raise UserErrorException(f"the pipeline {self.name} is disabled\n  next: enable()")
        kwargs.setdefault("continue_on_step_failure", self._data.get("continue"))
        return start(self.spec, experiment, tags, parent, published=self.id, **kwargs)

    def _change(self, **changes: Any) -> None:
        self._data.update(changes)
        Assets(self.workspace.place, "pipelines").update(self._data)
        self.status = self._data["status"]

    def enable(self) -> None:
        """Let it be run."""
        self._change(status=_ACTIVE)

    def disable(self) -> None:
        """Keep it from being run."""
        self._change(status=_DISABLED)

    archive = disable

    def save(self, path: str | None = None, **_: Any) -> str:
        """Write it as a document. Returns the file's path."""
        from designer.azureml.pipeline.engine import pipeline_of  # noqa: PLC0415

        target = path or f"{self.name}.yaml"
        pipeline_of(self.spec).save(target)
        return target

    def __repr__(self) -> str:
        return f"Pipeline(Name: {self.name},\nId: {self.id},\nStatus: {self.status},\nEndpoint: {self.endpoint})"


class PipelineEndpoint:
    """A name for versions of published pipelines, one of them the default."""

    def __init__(self, workspace: Any, data: Mapping[str, Any]) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.name, self.id, self.description = data["name"], data["id"], data["description"]
        self.endpoint, self.status = f"designer://endpoints/{self.name}", data["status"]

    @staticmethod
    def publish(workspace: Any, name: str, description: str, pipeline: Any, **_: Any) -> PipelineEndpoint:
        """Make one, with a first version."""
        assets = Assets(workspace.place, "endpoints")
        if assets.get(name, 1) is not None:
            raise UserErrorException(f"there is an endpoint {name!r} already\n  next: PipelineEndpoint.get, then add")
        data = {
            "id": str(uuid.uuid4()),
            "description": description,
            "status": _ACTIVE,
            "pipelines": [_id(pipeline)],
            "default": "0",
        }
        return PipelineEndpoint(workspace, assets.add(name, data, version=1))

    @staticmethod
    def get(workspace: Any, id: str | None = None, name: str | None = None, **_: Any) -> PipelineEndpoint:
        """One by name or id."""
        for data in Assets(workspace.place, "endpoints").all():
            if data["name"] == name or data["id"] == id:
                return PipelineEndpoint(workspace, data)
        raise UserErrorException(f"there is no pipeline endpoint {name or id!r}")

    @staticmethod
    def list(workspace: Any, active_only: bool = True, **_: Any) -> builtins.list[PipelineEndpoint]:
        """All of them."""
        return [PipelineEndpoint(workspace, data) for data in Assets(workspace.place, "endpoints").all()]

    @property
    def default_version(self) -> str:
        """The version that runs when none is named."""
        return self._data["default"]

    def _keep(self) -> None:
        Assets(self.workspace.place, "endpoints").update(self._data)

    def add(self, pipeline: Any) -> None:
        """Add a version."""
        self._data["pipelines"].append(_id(pipeline))
        self._keep()

    def add_default(self, pipeline: Any) -> None:
        """Add a version and make it the default."""
        self.add(pipeline)
        self.set_default_version(str(len(self._data["pipelines"]) - 1))

    def set_default(self, pipeline: Any) -> None:
        """Make a version that is there the default."""
        self.set_default_version(str(self._data["pipelines"].index(_id(pipeline))))

    def set_default_version(self, version: str) -> None:
        """Make a version the default."""
        self._data["default"] = str(version)
        self._keep()

    def set_name(self, name: str) -> None:
        """Call it otherwise."""
        assets = Assets(self.workspace.place, "endpoints")
        assets.remove(self.name, 1)
        self._data = assets.add(name, self._data, version=1)
        self.name = name

    def get_default_version(self) -> str:
        """The version that runs when none is named."""
        return self.default_version

    def get_pipeline(self, version: str | None = None) -> PublishedPipeline:
        """The pipeline of a version."""
        return PublishedPipeline.get(self.workspace, self._data["pipelines"][int(version or self.default_version)])

    def list_versions(self) -> builtins.list[str]:
        """All versions."""
        return [str(at) for at in range(len(self._data["pipelines"]))]

    def list_pipelines(self, active_only: bool = True) -> builtins.list[PublishedPipeline]:
        """The pipelines of all versions."""
        return [self.get_pipeline(version) for version in self.list_versions()]

    get_all_versions = list_pipelines

    def submit(
        self, experiment_name: str, pipeline_parameters: Any = None, pipeline_version: str | None = None, **kwargs: Any
    ) -> Any:
        """Run a version."""
        return self.get_pipeline(pipeline_version).submit(
            self.workspace, experiment_name, pipeline_parameters, **kwargs
        )

    def _submit_to(
        self, experiment: Any, tags: Any = None, parent: Any = None, pipeline_version: Any = None, **kwargs: Any
    ) -> Any:
        return self.get_pipeline(pipeline_version)._submit_to(experiment, tags, parent, **kwargs)

    def __repr__(self) -> str:
        return f"PipelineEndpoint(Name: {self.name},\nId: {self.id},\nStatus: {self.status},\nDefault version: {self.default_version})"


class PipelineDraft:
    """A pipeline that is kept to be changed and run."""

    def __init__(self, workspace: Any, data: Mapping[str, Any]) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.id, self.name, self.description = data["name"], data["title"], data["description"]
        self.tags, self.properties = dict(data["tags"]), dict(data["properties"])

    @staticmethod
    def create(
        workspace: Any, pipeline: Any, name: str | None = None, description: str | None = None, experiment_name: str | None = None,
        pipeline_parameters: Any = None, continue_on_step_failure: bool | None = None, tags: Any = None, properties: Any = None, **_: Any,
    ) -> PipelineDraft:  # fmt: skip
        """Keep a pipeline as a draft."""
        spec = (
            pipeline.spec
            if isinstance(pipeline, PublishedPipeline)
            else pipeline._spec()
            if hasattr(pipeline, "_spec")
            else pipeline.spec()
        )
        data = {
            "title": name or spec.name, "description": description, "experiment": experiment_name or "drafts", "spec": spec.data(),
            "continue": bool(continue_on_step_failure), "parameters": dict(pipeline_parameters or {}), "tags": dict(tags or {}), "properties": dict(properties or {}),
        }  # fmt: skip
        return PipelineDraft(workspace, Assets(workspace.place, "drafts").add(str(uuid.uuid4()), data, version=1))

    @staticmethod
    def get(workspace: Any, id: str, **_: Any) -> PipelineDraft:
        """One by its id."""
        data = Assets(workspace.place, "drafts").get(id, 1)
        if data is None:
            raise UserErrorException(f"there is no pipeline draft {id!r}")
        return PipelineDraft(workspace, data)

    @staticmethod
    def list(workspace: Any, tags: Any = None, **_: Any) -> builtins.list[PipelineDraft]:
        """All of them."""
        found = [PipelineDraft(workspace, data) for data in Assets(workspace.place, "drafts").all()]
        return [one for one in found if all(one.tags.get(k) == v for k, v in (tags or {}).items())]

    def submit_run(self) -> Any:
        """Run it."""
        from designer.azureml.pipeline.start import start  # noqa: PLC0415
        from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415

        return start(PipelineSpec.of(self._data["spec"]), Experiment(self.workspace, self._data["experiment"]),
                     pipeline_parameters=self._data["parameters"], tags=self.tags,
                     continue_on_step_failure=self._data.get("continue"))  # fmt: skip

    def publish(self, **_: Any) -> PublishedPipeline:
        """Publish it."""
        return PublishedPipeline._publish(
            self.workspace,
            PipelineSpec.of(self._data["spec"]),
            self.name,
            self.description,
            None,
            self._data.get("continue"),
        )

    def update(
        self,
        name: Any = None,
        description: Any = None,
        experiment_name: Any = None,
        tags: Any = None,
        pipeline_parameters: Any = None,
        **_: Any,
    ) -> None:
        """Change it."""
        changes = {
            "title": name,
            "description": description,
            "experiment": experiment_name,
            "tags": tags,
            "parameters": pipeline_parameters,
        }
        self._data.update({key: value for key, value in changes.items() if value is not None})
        Assets(self.workspace.place, "drafts").update(self._data)
        self.__init__(self.workspace, self._data)  # type: ignore[misc]

    def delete(self) -> None:
        """Forget it."""
        Assets(self.workspace.place, "drafts").remove(self.id, 1)


def _id(pipeline: Any) -> str:
    return pipeline.id if isinstance(pipeline, PublishedPipeline) else pipeline.publish().id
