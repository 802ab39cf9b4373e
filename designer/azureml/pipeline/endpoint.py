"""`PipelineEndpoint`: a name for versions of published pipelines. Elsewhere: those (published.py), their addresses (rest.py)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline import rest
from designer.azureml.pipeline.published import ACTIVE, DISABLED, PublishedPipeline

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping


class PipelineVersion(NamedTuple):
    """A version of an endpoint, and its pipeline."""

    version: str
    pipeline: PublishedPipeline


class PipelineEndpoint:
    """A name for versions of published pipelines, one of them the default."""

    def __init__(self, workspace: Any, data: Mapping[str, Any]) -> None:
        self.workspace, self._data = workspace, dict(data)
        self.name, self.id, self.description = data["name"], data["id"], data["description"]
        self.status = data["status"]

    @property
    def endpoint(self) -> str:
        """An address of this machine that runs the default version, while this process lives; `/VERSION` behind it, another."""
        return rest.address(self.workspace, f"PipelineEndpointSubmit/Id/{self.id}")

    @staticmethod
    def publish(workspace: Any, name: str, description: str, pipeline: Any, **_: Any) -> PipelineEndpoint:
        """Make one, with a first version."""
        assets = Assets(workspace.place, "endpoints")
        if assets.get(name, 1) is not None:
            raise UserErrorException(f"there is an endpoint {name!r} already\n  next: PipelineEndpoint.get, then add")
        data = {
            "id": str(uuid.uuid4()),
            "description": description,
            "status": ACTIVE,
            "pipelines": [_id(pipeline)],
            "default": "0",
        }
        return PipelineEndpoint(workspace, assets.add(name, data, version=1))

    @staticmethod
    def get(workspace: Any, id: str | None = None, name: str | None = None, **_: Any) -> PipelineEndpoint:
        """One by name or id."""
        every = Assets(workspace.place, "endpoints").all()
        for data in every:
            if data["name"] == name or data["id"] == id:
                return PipelineEndpoint(workspace, data)
        there = ", ".join(data["name"] for data in every) or "none"
        raise UserErrorException(f"there is no pipeline endpoint {name or id!r}; there are: {there}")

    @staticmethod
    def list(workspace: Any, active_only: bool = True, **_: Any) -> builtins.list[PipelineEndpoint]:
        """All of them."""
        found = [PipelineEndpoint(workspace, data) for data in Assets(workspace.place, "endpoints").all()]
        return [one for one in found if one.status == ACTIVE or not active_only]

    get_all = list

    @property
    def default_version(self) -> str:
        """The version that runs when none is named."""
        return self._data["default"]  # type: ignore[no-any-return]

    def _keep(self, **changes: Any) -> None:
        self._data.update(changes)
        Assets(self.workspace.place, "endpoints").update(self._data)
        self.description, self.status = self._data["description"], self._data["status"]

    def add(self, pipeline: Any) -> None:
        """Add a version, unless it is there."""
        id = _id(pipeline)
        if id not in self._data["pipelines"]:
            self._keep(pipelines=[*self._data["pipelines"], id])

    def add_default(self, pipeline: Any) -> None:
        """Add a version and make it the default."""
        id = _id(pipeline)
        self._keep(pipelines=[*(one for one in self._data["pipelines"] if one != id), id])
        self.set_default_version(str(len(self._data["pipelines"]) - 1))

    def set_default(self, pipeline: Any) -> None:
        """Make a pipeline the default; it is added when it isn't there."""
        self.add(pipeline)
        self.set_default_version(str(self._data["pipelines"].index(_id(pipeline))))

    def set_default_version(self, version: str) -> None:
        """Make a version the default."""
        self._keep(default=self._known(version))

    def set_name(self, name: str) -> None:
        """Call it otherwise."""
        assets = Assets(self.workspace.place, "endpoints")
        assets.remove(self.name, 1)
        self._data = assets.add(name, self._data, version=1)
        self.name = name

    def set_description(self, description: str) -> None:
        """Describe it otherwise."""
        self._keep(description=description)

    def enable(self) -> None:
        """Let it be run."""
        self._keep(status=ACTIVE)

    def disable(self) -> None:
        """Keep it from being run."""
        self._keep(status=DISABLED)

    archive, reactivate = disable, enable

    def get_default_version(self) -> str:
        """The version that runs when none is named."""
        return self.default_version

    def get_pipeline(self, version: str | None = None) -> PublishedPipeline:
        """The pipeline of a version."""
        return PublishedPipeline.get(self.workspace, self._data["pipelines"][int(self._known(version))])

    def _known(self, version: str | None) -> str:
        versions = [str(at) for at in range(len(self._data["pipelines"]))]
        if version is not None and str(version) not in versions:
            raise UserErrorException(
                f"the endpoint {self.name} has no version {version!r}; it has: {', '.join(versions)}"
            )
        return self.default_version if version is None else str(version)

    def list_versions(self) -> builtins.list[PipelineVersion]:
        """All versions: each has a `version` and a `pipeline`."""
        return [PipelineVersion(str(at), self.get_pipeline(str(at))) for at in range(len(self._data["pipelines"]))]

    get_all_versions = list_versions

    def list_pipelines(self, active_only: bool = True) -> builtins.list[PublishedPipeline]:
        """The pipelines of all versions."""
        return [one.pipeline for one in self.list_versions() if one.pipeline.status == ACTIVE or not active_only]

    get_all_pipelines = list_pipelines

    def submit(
        self, experiment_name: str, pipeline_parameters: Any = None, pipeline_version: str | None = None, **kwargs: Any
    ) -> Any:
        """Run a version."""
        return self._one(pipeline_version).submit(self.workspace, experiment_name, pipeline_parameters, **kwargs)

    def _submit_to(
        self, experiment: Any, tags: Any = None, parent: Any = None, pipeline_version: Any = None, **kwargs: Any
    ) -> Any:
        return self._one(pipeline_version)._submit_to(experiment, tags, parent, **kwargs)

    def _one(self, version: Any) -> PublishedPipeline:
        if self.status != ACTIVE:
            raise UserErrorException(f"the endpoint {self.name} is disabled\n  next: enable()")
        return self.get_pipeline(version)

    def __repr__(self) -> str:
        return f"PipelineEndpoint(Name: {self.name},\nId: {self.id},\nStatus: {self.status},\nDefault version: {self.default_version})"


def _id(pipeline: Any) -> str:
    return pipeline.id if isinstance(pipeline, PublishedPipeline) else str(pipeline.publish().id)
