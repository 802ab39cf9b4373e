"""`PipelineDraft`: a pipeline that is kept to be changed and run. Elsewhere: published ones (published.py)."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

from designer.azureml.assets import Assets
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline.published import PublishedPipeline
from designer.azureml.pipeline.spec import PipelineSpec

if TYPE_CHECKING:
    import builtins
    from collections.abc import Mapping


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
        spec = spec_of(pipeline)
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
        pipeline: Any = None,
        continue_on_step_failure: bool | None = None,
        **_: Any,
    ) -> None:
        """Change it: only what is given."""
        changes = {
            "title": name,
            "description": description,
            "experiment": experiment_name,
            "tags": tags,
            "parameters": pipeline_parameters,
            "continue": continue_on_step_failure,
            "spec": spec_of(pipeline).data() if pipeline is not None else None,
        }
        self._data.update({key: value for key, value in changes.items() if value is not None})
        Assets(self.workspace.place, "drafts").update(self._data)
        self.__init__(self.workspace, self._data)  # type: ignore[misc]

    def delete(self) -> None:
        """Forget it."""
        Assets(self.workspace.place, "drafts").remove(self.id, 1)

    @property
    def graph(self) -> Any:
        """Its graph."""
        from designer.azureml.pipeline.graph import Graph  # noqa: PLC0415 - few look at it

        return Graph(PipelineSpec.of(self._data["spec"]))

    def __repr__(self) -> str:
        return f"PipelineDraft(Name: {self.name},\nId: {self.id},\nExperiment: {self._data['experiment']})"


def spec_of(pipeline: Any) -> PipelineSpec:
    """The steps of a pipeline, a published one, a draft, or a run of one."""
    if isinstance(pipeline, PipelineDraft):
        return PipelineSpec.of(pipeline._data["spec"])
    own = getattr(pipeline, "_spec", None) or pipeline.spec
    return own() if callable(own) else own  # type: ignore[no-any-return]
