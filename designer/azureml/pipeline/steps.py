"""The kinds of steps. Elsewhere: what they share (step.py), what their nodes do (node.py)."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

from designer.azureml.batch.config import ParallelRunConfig
from designer.azureml.config.run_config import RunConfiguration
from designer.azureml.exceptions import UserErrorException
from designer.azureml.pipeline.step import PipelineStep

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from designer.azureml.pipeline.spec import StepSpec
    from designer.store.place import Place

__all__ = [
    "CommandStep", "DataTransferStep", "EstimatorStep", "HyperDriveStep", "HyperDriveStepRun", "ModuleStep", "MpiStep",
    "ParallelRunConfig", "ParallelRunStep", "PythonScriptStep", "RScriptStep",
]  # fmt: skip


class PythonScriptStep(PipelineStep):
    """A Python script."""

    def __init__(
        self,
        script_name: str,
        name: str | None = None,
        arguments: Sequence[Any] | None = None,
        compute_target: Any = None,
        runconfig: Any = None,
        runconfig_pipeline_params: Mapping[str, Any] | None = None,
        inputs: Iterable[Any] | None = None,
        outputs: Iterable[Any] | None = None,
        params: Mapping[str, Any] | None = None,
        source_directory: str | None = None,
        allow_reuse: bool = True,
        version: str | None = None,
        hash_paths: Sequence[str] | None = None,
    ) -> None:
        if not script_name:
            raise ValueError("script_name is required")
        super().__init__(name or script_name, inputs, outputs, arguments)
        self.script_name, self.source_directory = script_name, source_directory
        self.run_config, self.target = runconfig, compute_target
        self.params, self.allow_reuse, self.version = dict(params or {}), allow_reuse, version
        self.hash_paths = list(hash_paths or ())
        _with_pipeline_parameters(self, runconfig_pipeline_params)


class RScriptStep(PipelineStep):
    """An R script, run by `Rscript`."""

    def __init__(self, script_name: str, name: str | None = None, arguments: Any = None, compute_target: Any = None, runconfig: Any = None,
                 runconfig_pipeline_params: Any = None, inputs: Any = None, outputs: Any = None, params: Any = None,
                 source_directory: str | None = None, use_gpu: bool = False, custom_docker_image: Any = None, cran_packages: Any = None,
                 github_packages: Any = None, custom_url_packages: Any = None, allow_reuse: bool = True, version: str | None = None) -> None:  # fmt: skip
        super().__init__(name or script_name, inputs, outputs, ["Rscript", script_name, *(arguments or ())])
        self.kind = "command"
        self.command, self.arguments = self.arguments, []
        self.source_directory, self.run_config, self.target = source_directory, runconfig, compute_target
        self.params, self.allow_reuse, self.version = dict(params or {}), allow_reuse, version


class CommandStep(PipelineStep):
    """A command, run by the shell."""

    kind = "command"

    def __init__(
        self,
        command: Any = None,
        name: str | None = None,
        compute_target: Any = None,
        runconfig: Any = None,
        runconfig_pipeline_params: Mapping[str, Any] | None = None,
        inputs: Iterable[Any] | None = None,
        outputs: Iterable[Any] | None = None,
        params: Mapping[str, Any] | None = None,
        source_directory: str | None = None,
        allow_reuse: bool = True,
        version: str | None = None,
    ) -> None:
        config = getattr(runconfig, "run_config", runconfig)  # a ScriptRunConfig is taken, too
        chosen = command if command is not None else getattr(runconfig, "command", None)
        if chosen is None:
            raise ValueError("command is required")
        self.command = chosen
        super().__init__(name or "command", inputs, outputs, chosen if isinstance(chosen, (list, tuple)) else ())
        self.command, self.arguments = chosen, []
        self.source_directory = source_directory or getattr(runconfig, "source_directory", None)
        self.run_config, self.target = config, compute_target
        self.params, self.allow_reuse, self.version = dict(params or {}), allow_reuse, version
        _with_pipeline_parameters(self, runconfig_pipeline_params)


class MpiStep(PythonScriptStep):
    """A Python script in several processes; here in one."""

    def __init__(self, name: str | None = None, source_directory: str | None = None, script_name: str | None = None, arguments: Any = None,
                 compute_target: Any = None, node_count: Any = None, process_count_per_node: Any = None, inputs: Any = None,
                 outputs: Any = None, params: Any = None, allow_reuse: bool = True, version: str | None = None, hash_paths: Any = None,
                 **environment: Any) -> None:  # fmt: skip
        super().__init__(
            script_name or "", name, arguments, compute_target, None, None, inputs, outputs, params, source_directory,
            allow_reuse, version, hash_paths,
        )  # fmt: skip


class EstimatorStep(PythonScriptStep):
    """What an estimator describes."""

    def __init__(
        self,
        name: str | None = None,
        estimator: Any = None,
        estimator_entry_script_arguments: Sequence[Any] | None = None,
        runconfig_pipeline_params: Mapping[str, Any] | None = None,
        inputs: Iterable[Any] | None = None,
        outputs: Iterable[Any] | None = None,
        compute_target: Any = None,
        allow_reuse: bool = True,
        version: str | None = None,
    ) -> None:
        if estimator is None:
            raise ValueError("estimator is required")
        config = estimator.config
        arguments = (
            estimator_entry_script_arguments if estimator_entry_script_arguments is not None else config.arguments
        )
        super().__init__(
            config.script, name, arguments, compute_target, config.run_config, runconfig_pipeline_params, inputs, outputs,
            None, config.source_directory, allow_reuse, version,
        )  # fmt: skip


class DataTransferStep(PipelineStep):
    """A copy from one place to another."""

    kind = "copy"

    def __init__(self, name: str, source_data_reference: Any = None, destination_data_reference: Any = None, compute_target: Any = None,
                 source_reference_type: str | None = None, destination_reference_type: str | None = None, allow_reuse: bool = True) -> None:  # fmt: skip
        target = destination_data_reference
        if not hasattr(target, "link"):
            from designer.azureml.data.output import OutputFileDatasetConfig  # noqa: PLC0415 - only this step makes one itself

            target = OutputFileDatasetConfig("copied", destination=(target.datastore, target.path_on_datastore))
        super().__init__(name, [source_data_reference], [target])
        self.allow_reuse, self.target = allow_reuse, compute_target

    def _place_code(self, made: StepSpec, place: Place, folder: str | None) -> None:
        """It has none."""
        made.snapshot = place.artifacts.adopt(_empty(place))[0]


class ModuleStep(PipelineStep):
    """A published module, with its ports connected."""

    def __init__(
        self,
        module: Any = None,
        version: str | None = None,
        module_version: Any = None,
        inputs_map: Mapping[str, Any] | None = None,
        outputs_map: Mapping[str, Any] | None = None,
        compute_target: Any = None,
        runconfig: Any = None,
        runconfig_pipeline_params: Mapping[str, Any] | None = None,
        arguments: Sequence[Any] | None = None,
        params: Mapping[str, Any] | None = None,
        name: str | None = None,
        _workflow_provider: Any = None,
    ) -> None:
        chosen = (
            module_version if module_version is not None else module.resolve(version) if module is not None else None
        )
        if chosen is None:
            raise ValueError("module or module_version is required")
        given, taken = dict(inputs_map or {}), dict(outputs_map or {})
        for ports, names, what in ((given, chosen.inputs, "input"), (taken, chosen.outputs, "output")):
            unknown = [key for key in ports if key not in names]
            if unknown:
                raise ValueError(
                    f"module {chosen.name} has no {what} {unknown[0]!r}; it has: {', '.join(names) or 'none'}"
                )
        filled = [_connected(part, given, taken) for part in (chosen.arguments if arguments is None else arguments)]
        super().__init__(name or chosen.name, given.values(), taken.values(), filled)
        self.script_name, self.source_directory = chosen.script, None
        self.run_config, self.target, self._version = runconfig, compute_target, chosen
        self.params = {**chosen.params, **dict(params or {})}
        _with_pipeline_parameters(self, runconfig_pipeline_params)

    def _place_code(self, made: StepSpec, place: Place, folder: str | None) -> None:
        made.snapshot, made.script = self._version.snapshot, self.script_name


class ParallelRunStep(PipelineStep):
    """A script's `run(mini_batch)` over all mini-batches of its inputs."""

    kind = "batch"

    def __init__(
        self,
        name: str,
        parallel_run_config: ParallelRunConfig,
        inputs: Iterable[Any],
        output: Any = None,
        side_inputs: Iterable[Any] | None = None,
        arguments: Sequence[Any] | None = None,
        allow_reuse: bool = True,
        **old: Any,
    ) -> None:
        given, side = list(inputs), list(side_inputs or ())
        if not given:
            raise ValueError("inputs is required: the data that is split into mini-batches")
        super().__init__(name, [*given, *side], [output] if output is not None else (), arguments)
        self.config, self.allow_reuse, self._given, self._output = parallel_run_config, allow_reuse, given, output
        self.script_name, self.source_directory = parallel_run_config.entry_script, parallel_run_config.source_directory
        self.run_config = RunConfiguration()
        self.run_config.environment = parallel_run_config.environment or self.run_config.environment
        self.run_config.environment_variables = dict(parallel_run_config.environment_variables or {})
        self.target = parallel_run_config.compute_target

    def settings(self) -> list[Any]:
        """How the batch is split and run."""
        return list(self.config.to_data().values())

    def spec(self, id: str, ids: Any, place: Place, folder: str | None) -> StepSpec:
        """As plain data, with which inputs are split and how."""
        from designer.azureml.pipeline.step import _Filler, _identifier, _output_name, input_name  # noqa: PLC0415 - its own kin

        made = super().spec(id, ids, place, folder)
        for one in self._given:
            source = made.inputs[_identifier(input_name(one))]
            if (
                source["kind"] == "dataset"
                and source["mode"] == "direct"
                and getattr(one, "dataset", one).kind == "file"
            ):
                source["mode"] = "mount"  # mini-batches of files are paths
        filler = _Filler(made, {})
        made.extra = {
            "config": {key: filler.part(value) if hasattr(value, "default_value") else value for key, value in self.config.to_data().items()},
            "split": [_identifier(input_name(one)) for one in self._given],
            "output": _output_name(self._output) if self._output is not None else None,
        }  # fmt: skip
        return made


class HyperDriveStep(PipelineStep):
    """A sweep."""

    kind = "sweep"

    def __init__(
        self,
        name: str,
        hyperdrive_config: Any = None,
        estimator_entry_script_arguments: Sequence[Any] | None = None,
        inputs: Iterable[Any] | None = None,
        outputs: Iterable[Any] | None = None,
        metrics_output: Any = None,
        allow_reuse: bool = True,
        version: str | None = None,
        hyperdrive_run_config: Any = None,
    ) -> None:
        hyperdrive_config = hyperdrive_config or hyperdrive_run_config  # its older name
        if hyperdrive_config is None:
            raise ValueError("hyperdrive_config is required")
        self.config = hyperdrive_config
        script = hyperdrive_config.script_config
        arguments = (
            estimator_entry_script_arguments if estimator_entry_script_arguments is not None else script.arguments
        )
        written = (
            list(metrics_output)
            if isinstance(metrics_output, (list, tuple))
            else [metrics_output]
            if metrics_output is not None
            else []
        )
        super().__init__(name, inputs, [*(outputs or ()), *written], arguments)
        kinds = {one.name: one.training_output for one in outputs or () if getattr(one, "training_output", None)}
        self._metrics = [one.name for one in written] + [name for name, kind in kinds.items() if kind.type == "Metrics"]
        self._model_files = {name: kind.model_file for name, kind in kinds.items() if kind.type != "Metrics"}
        self.script_name, self.command, self.source_directory = script.script, script.command, script.source_directory
        self.run_config, self.allow_reuse, self.version = script.run_config, allow_reuse, version

    def spec(self, id: str, ids: Any, place: Place, folder: str | None) -> StepSpec:
        """As plain data, with the sweep's settings."""
        made = super().spec(id, ids, place, folder)
        made.extra = {"sweep": self.config.to_data(), "metrics": self._metrics, "models": self._model_files}
        return made


class HyperDriveStepRun:
    """The sweep's run of a pipeline's step: `HyperDriveStepRun(step_run)`."""

    def __new__(cls, step_run: Any = None, **_: Any) -> Any:
        """A `HyperDriveRun` over the step's run."""
        from designer.azureml.sweep.run import HyperDriveRun  # noqa: PLC0415 - sweeps need none of the steps

        if step_run is None:
            raise UserErrorException("HyperDriveStepRun takes the step's run: HyperDriveStepRun(step_run=…)")
        return HyperDriveRun(step_run._experiment, step_run.id, place=step_run._place, root=step_run._root())


def _with_pipeline_parameters(step: PipelineStep, chosen: Mapping[str, Any] | None) -> None:
    """Settings of the run's configuration that come from pipeline parameters: here their defaults count."""
    if chosen and step.run_config is not None:
        step.run_config = copy.copy(step.run_config)
        for name, parameter in chosen.items():
            setattr(step.run_config, name, getattr(parameter, "default_value", parameter))


def _connected(part: Any, inputs: Mapping[str, Any], outputs: Mapping[str, Any]) -> Any:
    """A module's argument with what its port is connected to."""
    port = getattr(part, "port_name", None)
    if isinstance(part, dict) and "port" in part:
        port = part["port"]
    if port is None:
        return part
    found = outputs.get(port, inputs.get(port))
    if found is None:
        raise ValueError(f"nothing is connected to {port!r}")
    return found


def _empty(place: Place) -> Any:
    scratch = place.artifacts.scratch()
    scratch.mkdir(parents=True)
    return scratch
