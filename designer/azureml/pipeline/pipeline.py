"""`Pipeline` of steps: put together, checked, submitted, published. Elsewhere: running it (engine.py), its runs (run.py)."""

from __future__ import annotations

import atexit
import re
import warnings
from typing import TYPE_CHECKING, Any

from designer.azureml.bring import capture
from designer.azureml.pipeline import engine
from designer.azureml.pipeline.parameter import PipelineParameter, plain
from designer.azureml.pipeline.spec import PipelineSpec
from designer.azureml.pipeline.step import PipelineStep, _identifier, _output_name, all_steps, parameters_in

if TYPE_CHECKING:
    from collections.abc import Mapping

    from designer.azureml.workspace import Workspace

_KNOWN = ("_use_adaptive_graph", "_workflow_provider", "_service_endpoint", "default_source_directory")


class Pipeline:
    """Steps, in the order that their data and `run_after` give."""

    def __init__(
        self,
        workspace: Workspace,
        steps: Any,
        description: str | None = None,
        default_datastore: Any = None,
        default_source_directory: str | None = None,
        resolve_closure: bool = True,
        **kwargs: Any,
    ) -> None:
        unknown = [name for name in kwargs if name not in _KNOWN]
        if unknown:
            raise ValueError(f"parameter {unknown[0]!r} is not recognized for Pipeline")
        self.workspace, self.description = workspace, description
        self._default_source_directory = default_source_directory
        given = all_steps(steps)
        self._steps = _closed(given) if resolve_closure else list(dict.fromkeys(given))
        _refuse_circles(self._steps)
        self._ids = _ids(self._steps)
        self._parameters = parameters_in(self._steps)
        if capture.wanted():  # the script is run to have its pipeline; one that it never submits counts, too
            atexit.register(capture.keep, self.spec)

    @property
    def steps(self) -> list[PipelineStep]:
        """Its steps, those found by `resolve_closure` too."""
        return list(self._steps)

    @property
    def graph(self) -> Any:
        """It as a graph of nodes, ports and edges."""
        from designer.azureml.pipeline.graph import Graph  # noqa: PLC0415 - few look at it

        return Graph(self.spec())

    def spec(self) -> PipelineSpec:
        """It as plain data; keeps the steps' folders (designer's own addition)."""
        place = self.workspace.place
        made = PipelineSpec(
            name=_name(self.description), description=self.description or "", workspace=self.workspace.name
        )
        made.steps = [
            step.spec(self._ids[step], self._ids, place, self._default_source_directory) for step in self._steps
        ]
        awaited = {id for step in made.steps for id in step.after}
        for step in made.steps:
            step.feeds = step.id in awaited
        made.parameters = {name: parameter.plain() for name, parameter in self._parameters.items()}
        for step in self._steps:
            for output in step._all_outputs():
                named = getattr(output, "pipeline_output_name", None)
                if named:
                    made.outputs[named] = [self._ids[step], _output_name(output)]
        return made

    def to_designer(self) -> Any:
        """It as designer's own pipeline, to check, run or look at (designer's own addition)."""
        return engine.pipeline_of(self.spec())

    def validate(self) -> list[str]:
        """What is wrong with it, as texts."""
        return [str(problem) for problem in self.to_designer().check()]

    def submit(
        self,
        experiment_name: str,
        pipeline_parameters: Mapping[str, Any] | None = None,
        continue_on_step_failure: bool = False,
        regenerate_outputs: bool = False,
        parent_run_id: str | None = None,
        credential_passthrough: bool | None = None,
        **kwargs: Any,
    ) -> Any:
        """Run it in an experiment, in a process of its own, and return its run at once."""
        from designer.azureml.runs.experiment import Experiment  # noqa: PLC0415 - each knows the other

        return self._submit_to(
            Experiment(self.workspace, experiment_name), pipeline_parameters=pipeline_parameters,
            continue_on_step_failure=continue_on_step_failure, regenerate_outputs=regenerate_outputs, **kwargs,
        )  # fmt: skip

    def _submit_to(
        self, experiment: Any, tags: Mapping[str, Any] | None = None, parent: Any = None, **kwargs: Any
    ) -> Any:
        from designer.azureml.pipeline.start import start  # noqa: PLC0415 - it needs the runs, which need pipelines

        return start(self.spec(), experiment, tags, parent, **kwargs)

    def publish(
        self,
        name: str | None = None,
        description: str | None = None,
        version: str | None = None,
        continue_on_step_failure: bool | None = None,
    ) -> Any:
        """Keep it in the workspace, to be run again by its id, or its name."""
        from designer.azureml.pipeline.published import PublishedPipeline  # noqa: PLC0415 - each knows the other

        return PublishedPipeline._publish(
            self.workspace,
            self.spec(),
            name or self.description or "pipeline",
            description or self.description,
            version,
            continue_on_step_failure,
        )

    def _set_experiment_name(self, name: str) -> None:
        """Taken note of: an experiment is chosen when it is submitted."""

    def service_endpoint(self) -> str:
        """Where it is kept: a folder."""
        return str(self.workspace.place.folder)

    @staticmethod
    def load_yaml(
        workspace: Workspace, filename: str, _workflow_provider: Any = None, _service_endpoint: Any = None
    ) -> Pipeline:
        """From a pipeline's YAML: `pipeline: {name, parameters, steps}` with `python_script_step`s."""
        from designer.azureml.pipeline.yaml_file import load  # noqa: PLC0415 - few have such files

        return load(workspace, filename)

    def __repr__(self) -> str:
        return f"Pipeline({', '.join(step.name for step in self._steps)})"


def values_of(
    parameters: Mapping[str, Any] | None, known: Mapping[str, Any], published: bool = False
) -> dict[str, Any]:
    """Values for pipeline parameters as plain data. Raises `ValueError` for an unknown name; a published pipeline only warns."""
    given = {
        name: value.default_value if isinstance(value, PipelineParameter) else value
        for name, value in (parameters or {}).items()
    }
    for name in given:
        if name not in known:
            problem = f"the pipeline has no parameter {name!r}; it has: {', '.join(known) or 'none'}"
            if not published:
                raise ValueError(problem)
            warnings.warn(problem, UserWarning, stacklevel=2)  # the service takes such values and uses them for nothing
    return {name: plain(value) for name, value in given.items() if name in known}


def _closed(given: list[PipelineStep]) -> list[PipelineStep]:
    """The steps and all that they need, what is needed first."""
    found: dict[PipelineStep, None] = {}

    def visit(step: PipelineStep, above: tuple[PipelineStep, ...]) -> None:
        if step in found or step in above:
            return
        for before in step.producers():
            visit(before, (*above, step))
        found[step] = None

    for step in given:
        visit(step, ())
    return list(found)


def _refuse_circles(steps: list[PipelineStep]) -> None:
    state: dict[PipelineStep, int] = {}

    def visit(step: PipelineStep, way: list[str]) -> None:
        if state.get(step) == 1:
            raise ValueError(f"the steps wait for each other in a circle: {' -> '.join([*way, step.name])}")
        if step not in state:
            state[step] = 1
            for before in step.producers():
                visit(before, [*way, step.name])
            state[step] = 2

    for step in steps:
        visit(step, [])


def _ids(steps: list[PipelineStep]) -> dict[PipelineStep, str]:
    ids: dict[PipelineStep, str] = {}
    taken: set[str] = set()
    for step in steps:
        base = id = _identifier(re.sub(r"\.py$", "", step.name))
        number = 2
        while id in taken:
            id, number = f"{base}_{number}", number + 1
        taken.add(id)
        ids[step] = id
    return ids


def _name(description: str | None) -> str:
    return _identifier((description or "pipeline").strip().lower())[:60].strip("_") or "pipeline"
