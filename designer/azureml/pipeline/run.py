"""`PipelineRun` and `StepRun`: a pipeline's run and those of its steps, from outside."""

from __future__ import annotations

import shutil
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.exceptions import ExperimentExecutionException, UserErrorException
from designer.azureml.runs import kinds, watch
from designer.azureml.runs.run import Run
from designer.model.runs import Status

if TYPE_CHECKING:
    import builtins
    from collections.abc import Iterator

    from designer.model.runs import Handle

_PAUSE = 0.05
_TOLD = {
    Status.COMPLETED: "Finished",
    Status.SKIPPED: "NotStarted",
    Status.PREPARING: "NotStarted",
    Status.STARTING: "NotStarted",
}


def told(status: str) -> str:
    """A status as pipelines and steps tell it: `Finished` instead of `Completed`."""
    return _TOLD.get(Status(status), str(status))


class PipelineRun(Run):
    """A pipeline's run."""

    RUN_TYPE = kinds.PIPELINE

    def __init__(self, experiment: Any, run_id: str, *args: Any, **kwargs: Any) -> None:
        super().__init__(experiment, run_id, *args, **kwargs)

    @staticmethod
    def get(workspace: Any, run_id: str, **_: Any) -> Any:  # type: ignore[override]
        """A pipeline's run by its id."""
        return Run.get(workspace, run_id)

    @staticmethod
    def get_pipeline_runs(workspace: Any, pipeline_id: str, **_: Any) -> builtins.list[Any]:
        """The runs of a published pipeline, newest first."""
        from designer.model.runs import RunQuery  # noqa: PLC0415

        records = workspace.place.read.runs(RunQuery(kind="pipeline"))
        chosen = [r for r in records if r.properties.get("azureml.pipelineid") == pipeline_id]
        return [kinds.run_of(workspace.place, record, workspace) for record in chosen]

    def get_steps(self) -> Iterator[Any]:
        """The steps' runs, newest first."""
        return self.get_children()

    def find_step_run(self, name: str) -> builtins.list[Any]:
        """The runs of the steps of that name."""
        return [run for run in self.get_children() if run.name == name]

    def get_status(self) -> str:
        """NotStarted, Running, Failed, Finished or Canceled."""
        return told(self._record.status)

    def get_graph(self) -> Any:
        """The graph that ran."""
        from designer.azureml.pipeline.graph import Graph  # noqa: PLC0415 - few look at it

        return Graph(self._spec())

    def _spec(self) -> Any:
        from designer.azureml.pipeline.spec import PipelineSpec  # noqa: PLC0415

        data = self._place.read.document(self.id).get("azureml")
        if data is None:
            raise UserErrorException(f"run {self.id} is not of a pipeline of Azure ML steps")
        return PipelineSpec.of(data)

    def get_pipeline_output(self, pipeline_output_name: str) -> PortDataReference:
        """What the pipeline gave under a `pipeline_output_name`."""
        outputs = self._spec().outputs
        if pipeline_output_name not in outputs:
            raise UserErrorException(
                f"the pipeline has no output {pipeline_output_name!r}; it has: {', '.join(outputs) or 'none'}"
            )
        node, port = outputs[pipeline_output_name]
        step = next(run for run in self.get_children() if run.node == node)
        return step.get_output_data(port)

    def get_pipeline_runs_outputs(self) -> dict[str, Any]:
        """All of them."""
        return {name: self.get_pipeline_output(name) for name in self._spec().outputs}

    def publish_pipeline(
        self,
        name: str,
        description: str | None = None,
        version: str | None = None,
        continue_on_step_failure: bool | None = None,
        **_: Any,
    ) -> Any:
        """Keep the pipeline in the workspace, to be run again."""
        from designer.azureml.pipeline.published import PublishedPipeline  # noqa: PLC0415 - each knows the other

        return PublishedPipeline._publish(
            self._its_workspace(), self._spec(), name, description, version, continue_on_step_failure
        )

    def save(self, path: str | None = None) -> str:
        """Write the pipeline as a document. Returns the file's path."""
        from designer.azureml.pipeline.engine import pipeline_of  # noqa: PLC0415

        target = Path(path or f"{self.id}.yaml")
        target = target / f"{self.id}.yaml" if target.is_dir() else target
        pipeline_of(self._spec()).save(target)
        return str(target)

    def wait_for_completion(  # type: ignore[override]
        self, show_output: bool = True, timeout_seconds: float = sys.maxsize, raise_on_error: bool = True
    ) -> str:
        """Wait for the end and return the status; with `show_output`, print what happens to the steps and what they print.

        Raises `ActivityFailedException` when it failed, `TimeoutError` after `timeout_seconds`.
        """
        if show_output:
            print(f"PipelineRunId: {self.id}\nLink to Azure Machine Learning Portal: {self.get_portal_url()}")
        status = _follow(self, _Steps(self) if show_output else None, timeout_seconds)
        if show_output:
            print(
                f"\nPipelineRun Execution Summary\n==============================\nPipelineRun Status: {told(status)}"
            )
            print(
                {
                    key: value
                    for key, value in watch.details(self).items()
                    if key in ("runId", "status", "startTimeUtc", "endTimeUtc")
                }
            )
        if status == Status.FAILED and raise_on_error:
            raise watch.failure(self, watch.details(self))
        return told(status)

    def complete(self, _set_status: bool = True) -> None:
        """Not for a pipeline: its steps decide."""
        raise NotImplementedError("a pipeline's run is completed by its steps")

    def fail(self, error_details: Any = None, error_code: Any = None, _set_status: bool = True) -> None:
        """Not for a pipeline: its steps decide."""
        raise NotImplementedError("a pipeline's run fails by its steps; cancel() stops it")

    def child_run(self, name: Any = None, run_id: Any = None, outputs: Any = None) -> Any:
        """Not for a pipeline: its steps are its children."""
        raise NotImplementedError("a pipeline's children are its steps")


class StepRun(Run):
    """A step's run, from outside."""

    RUN_TYPE = kinds.STEP

    @property
    def name(self) -> str:
        """The step's name."""
        record = self._record
        return record.display_name or record.name

    @property
    def pipeline_run_id(self) -> str:
        """The pipeline's run."""
        return self._root()

    @property
    def properties(self) -> dict[str, str]:
        """Its properties; of a reused one, those that tell where its results are from."""
        record = self._record
        found = {**record.properties, "azureml.nodeid": record.node or "", "azureml.pipelinerunid": record.root}
        if record.reused_from:
            origin = self._place.read.run(record.reused_from)
            found |= {"azureml.isreused": "true", "azureml.reusedrunid": origin.id, "azureml.reusednodeid": origin.node or "",
                      "azureml.reusedpipeline": origin.root, "azureml.reusedpipelinerunid": origin.root}  # fmt: skip
        return found

    @property
    def tags(self) -> dict[str, str | None]:
        """Its tags."""
        record = self._record
        return {"azureml.nodeid": record.node, "azureml.pipeline": record.root, **record.tags}

    def get_status(self) -> str:
        """NotStarted, Queued, Running, Failed, Finished or Canceled."""
        return told(self._record.status)

    def get_outputs(self) -> dict[str, StepRunOutput]:
        """Its outputs by name."""
        handles = self._place.read.outputs(self.id)
        return {name: StepRunOutput(self, name, handle) for name, handle in handles.items() if handle.format == "path"}

    def get_output(self, name: str) -> StepRunOutput:
        """One of its outputs."""
        outputs = self.get_outputs()
        if name not in outputs:
            raise UserErrorException(f"step {self.name} has no output {name!r}; it has: {', '.join(outputs) or 'none'}")
        return outputs[name]

    def get_output_data(self, name: str) -> PortDataReference:
        """What it wrote to an output."""
        return self.get_output(name).get_port_data_reference()

    def get_job_log(self) -> str:
        """There is no job apart from the script."""
        return ""

    def get_stdout_log(self) -> str:
        """What it printed."""
        return self.get_logs()

    def get_stderr_log(self) -> str:
        """What it printed: both outputs are one here."""
        return self.get_logs()

    def get_details_with_logs(self) -> dict[str, Any]:
        """Details, with what it printed."""
        text = self.get_logs()
        return {**watch.details(self, with_logs=True), "STDOUT": text, "STDERR": "", "JOBLOG": ""}

    def wait_for_completion(  # type: ignore[override]
        self, show_output: bool = True, timeout_seconds: float = sys.maxsize, raise_on_error: bool = True
    ) -> str:
        """Wait for the end and return the status; with `show_output`, print its log as it comes."""
        stream = watch._Stream(self) if show_output else None
        status = _follow(self, stream, timeout_seconds)
        if status == Status.FAILED and raise_on_error:
            raise watch.failure(self, watch.details(self))
        return told(status)

    def complete(self, _set_status: bool = True) -> None:
        """Not from outside: the step's script decides."""
        raise NotImplementedError("a step's run is completed by its script")

    def fail(self, error_details: Any = None, error_code: Any = None, _set_status: bool = True) -> None:
        """Not from outside: the step's script decides."""
        raise NotImplementedError("a step's run fails by its script")

    def child_run(self, name: Any = None, run_id: Any = None, outputs: Any = None) -> Any:
        """Not from outside: the step's script makes its children."""
        raise NotImplementedError("a step's children are made by its script")


class StepRunOutput:
    """An output of a step's run."""

    def __init__(self, run: StepRun, name: str, handle: Handle) -> None:
        self.step_run, self.name, self._handle = run, name, handle

    def get_port_data_reference(self) -> PortDataReference:
        """What was written."""
        return PortDataReference(self.step_run, self.name, self._handle)


class PortDataReference:
    """What a step wrote, to be copied out."""

    def __init__(self, run: StepRun, name: str, handle: Handle) -> None:
        self._run, self._handle = run, handle
        self.name = self.data_reference_name = name
        self.pipeline_run_id, self.datastore_name = run.pipeline_run_id, "workspaceblobstore"
        self.path_on_datastore = self._path_on_datastore = f"azureml/{run.id}/{name}"  # notebooks read the second
        self.mode, self.path_on_compute, self.overwrite = "mount", None, False

    def _path(self) -> Path:
        return next(self._run._place.read.value_path(self._handle).iterdir())

    def download(self, local_path: str, overwrite: bool | None = None, show_progress: bool | None = None) -> int:
        """Copy it below a folder, as `azureml/RUN/NAME`. Returns the number of files."""
        target = Path(local_path) / self.path_on_datastore
        source = self._path()
        if source.is_dir():
            shutil.copytree(source, target, dirs_exist_ok=True)
            return sum(1 for p in source.rglob("*") if p.is_file())
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(source, target)
        return 1

    def as_download(self, *_: Any, **__: Any) -> PortDataReference:
        """Itself."""
        return self

    as_mount = as_download

    def __repr__(self) -> str:
        return f"PortDataReference({self.path_on_datastore})"


def _follow(run: Run, watcher: Any, seconds: float) -> str:
    """Wait for the end. Returns the status."""
    until = time.monotonic() + min(seconds, 1e9)
    try:
        while True:
            record = run._record
            if watcher is not None:
                watcher.look()
            if record.has_ended:
                return record.status
            if time.monotonic() > until:
                raise TimeoutError(f"run {run.id} has not ended in {seconds:g} s")
            time.sleep(_PAUSE)
    except KeyboardInterrupt:
        raise ExperimentExecutionException(
            f"The output streaming for the run interrupted. But the run is still executing. Run ID: {run.id}"
        ) from None


class _Steps:
    """Prints what happens to the steps, and what they print."""

    def __init__(self, run: PipelineRun) -> None:
        self.run, self.status = run, ""
        self.steps: dict[str, str] = {}
        self.logs: dict[str, watch.LogStream] = {}

    def look(self) -> None:
        """Print what came new."""
        store = self.run._place.read
        for record in store.tree(self.run.id):
            if record.id == self.run.id:
                if record.has_ended and not self.status:  # it was quicker than the first look
                    print("PipelineRun Status: Running")
                if told(record.status) != self.status:
                    self.status = told(record.status)
                    print(f"PipelineRun Status: {self.status}")
            elif record.kind == "module":
                self._step(record)
        sys.stdout.flush()

    def _step(self, record: Any) -> None:
        name, status = record.display_name or record.name, told(record.status)
        if record.id not in self.steps:
            print(
                f"\n\nStepRunId: {record.id}\nLink to Azure Machine Learning Portal: http://localhost:8501/run?run={record.id}"
            )
        if record.id not in self.logs:
            self.logs[record.id] = watch.LogStream(self.run._place.read, record.id)
        log = self.logs[record.id]
        log.pour()
        if self.steps.get(record.id) != status:
            self.steps[record.id] = status
            log.end_line()
            print(f"StepRun( {name} ) Status: {status}")
            if record.has_ended:
                print(f"\nStepRun({name}) Execution Summary\n{'=' * 40}\nStepRun( {name} ) Status: {status}")
                if record.error:
                    print(record.error.get("message", ""))
