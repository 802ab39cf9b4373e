"""Estimators, the older way of describing a script's run: they become a `ScriptRunConfig`."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.azureml.config.conda import CondaDependencies
from designer.azureml.config.environment import Environment
from designer.azureml.config.run_config import RunConfiguration
from designer.azureml.config.script_config import ScriptRunConfig

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


class MMLBaseEstimator:
    """What all estimators have: `config`, the script's run that they describe."""

    _packages: tuple[str, ...] = ()

    def __init__(
        self,
        source_directory: str,
        *,
        compute_target: Any = None,
        entry_script: str | None = None,
        script_params: Mapping[str, Any] | None = None,
        conda_packages: Sequence[str] | None = None,
        pip_packages: Sequence[str] | None = None,
        conda_dependencies_file: str | None = None,
        conda_dependencies_file_path: str | None = None,
        pip_requirements_file: str | None = None,
        pip_requirements_file_path: str | None = None,
        environment_variables: Mapping[str, str] | None = None,
        environment_definition: Environment | None = None,
        inputs: Sequence[Any] | None = None,
        user_managed: bool = False,
        max_run_duration_seconds: float | None = None,
        **others: Any,
    ) -> None:
        run_config = RunConfiguration()
        run_config.target = compute_target or "local"
        run_config.max_run_duration_seconds = max_run_duration_seconds
        run_config.environment_variables = dict(environment_variables or {})
        environment = environment_definition or Environment("estimator")
        conda, pip = (
            conda_dependencies_file or conda_dependencies_file_path,
            pip_requirements_file or pip_requirements_file_path,
        )
        if environment_definition is None:
            if conda:
                environment.python.conda_dependencies = CondaDependencies(conda)
            elif pip:
                environment = Environment.from_pip_requirements("estimator", pip)
            else:
                environment.python.conda_dependencies = CondaDependencies.create(
                    pip_packages=list(pip_packages or ()), conda_packages=[*self._packages, *(conda_packages or ())]
                )
            environment.python.user_managed_dependencies = user_managed
        run_config.environment = environment
        self.config = ScriptRunConfig(
            source_directory, script=entry_script, run_config=run_config, arguments=_arguments(script_params)
        )
        for one in inputs or ():
            run_config.data[one.name if hasattr(one, "name") else one.data_reference_name] = one
        self.source_directory, self.run_config, self.others = self.config.source_directory, run_config, others

    @property
    def conda_dependencies(self) -> Any:
        """The packages."""
        return self.run_config.environment.python.conda_dependencies

    def _submit_to(self, experiment: Any, tags: Any = None, parent: Any = None, **kwargs: Any) -> Any:
        from designer.azureml.runs.submit import submit_script  # noqa: PLC0415 - each knows the other

        return submit_script(experiment, self.config, tags, parent, **kwargs)


class Estimator(MMLBaseEstimator):
    """Any script."""


class SKLearn(MMLBaseEstimator):
    """A script that uses scikit-learn."""

    _packages = ("scikit-learn",)


class PyTorch(MMLBaseEstimator):
    """A script that uses PyTorch."""

    _packages = ("pytorch",)


class TensorFlow(MMLBaseEstimator):
    """A script that uses TensorFlow."""

    _packages = ("tensorflow",)


class Chainer(MMLBaseEstimator):
    """A script that uses Chainer."""

    _packages = ("chainer",)


class _Backend:
    """How processes would talk to each other; here there is one."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self._given = (args, kwargs)


class Mpi(_Backend):
    """By MPI."""


class Gloo(_Backend):
    """By Gloo."""


class Nccl(_Backend):
    """By NCCL."""


class ParameterServer(_Backend):
    """By parameter servers."""


class Horovod(_Backend):
    """By Horovod."""


def _arguments(params: Mapping[str, Any] | None) -> list[Any]:
    """Script parameters as arguments; a name with an empty value is a flag."""
    found: list[Any] = []
    for name, value in (params or {}).items():
        found.append(name)
        if value not in ("", None):
            found.append(value)
    return found
