"""`HyperDriveConfig`: a script, a space, a metric. Elsewhere: doing it (runner.py)."""

from __future__ import annotations

import json
import shutil
import tempfile
import uuid
import weakref
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.config.script_config import ScriptRunConfig
from designer.azureml.exceptions import TrainingException, UserErrorException
from designer.azureml.sweep.policies import NoTerminationPolicy

if TYPE_CHECKING:
    from designer.azureml.sweep.sampling import HyperParameterSampling

MOST = 1000
PIPELINE = "pipeline.json"  # the steps of a pipeline that trials run
TRIAL = "import sys\nfrom designer.azureml.sweep.pipeline_trial import main\nsys.exit(main(sys.argv[1:]))\n"


class PrimaryMetricGoal(Enum):
    """Which way is better."""

    MAXIMIZE = "MAXIMIZE"
    MINIMIZE = "MINIMIZE"

    @staticmethod
    def from_str(goal: str) -> PrimaryMetricGoal:
        """By name."""
        return PrimaryMetricGoal[goal.upper()]


class HyperDriveConfig:
    """A sweep, described; `Experiment.submit` runs it."""

    def __init__(
        self,
        hyperparameter_sampling: HyperParameterSampling,
        primary_metric_name: str,
        primary_metric_goal: PrimaryMetricGoal,
        max_total_runs: int,
        max_concurrent_runs: int | None = None,
        max_duration_minutes: int = 10080,
        policy: Any = None,
        estimator: Any = None,
        run_config: Any = None,
        resume_from: Any = None,
        resume_child_runs: Any = None,
        pipeline: Any = None,
        debug_flag: Any = None,
        custom_run_id: str | None = None,
    ) -> None:
        if sum(one is not None for one in (run_config, estimator, pipeline)) != 1:
            raise TrainingException("give one of run_config (a ScriptRunConfig), estimator and pipeline")
        if not 1 <= int(max_total_runs) <= MOST:
            raise TrainingException(f"max_total_runs is from 1 to {MOST}, not {max_total_runs}")
        if max_concurrent_runs is not None and not 1 <= int(max_concurrent_runs) <= int(max_total_runs):
            raise TrainingException(
                f"max_concurrent_runs is from 1 to max_total_runs={max_total_runs}, not {max_concurrent_runs}"
            )
        self.pipeline = pipeline
        if pipeline is not None:
            self.script_config = _script_of(pipeline, hyperparameter_sampling)
            weakref.finalize(self, shutil.rmtree, self.script_config.source_directory, ignore_errors=True)
        else:
            self.script_config = run_config if run_config is not None else estimator.config
        self._hyperparameter_sampling, self._policy_config = hyperparameter_sampling, policy or NoTerminationPolicy()
        self.primary_metric_name = primary_metric_name
        self.primary_metric_goal = PrimaryMetricGoal(getattr(primary_metric_goal, "value", primary_metric_goal))
        self.max_total_runs, self.max_concurrent_runs = int(max_total_runs), max_concurrent_runs
        self.max_duration_minutes, self.custom_run_id = max_duration_minutes, custom_run_id
        self._resume = [
            *([] if resume_from is None else resume_from if isinstance(resume_from, list) else [resume_from])
        ]
        self._platform_config: dict[str, Any] | None = None

    @property
    def estimator(self) -> Any:
        """The script's run, described."""
        return self.script_config

    def to_data(self) -> dict[str, Any]:
        """As plain data."""
        return {
            "sampling": self._hyperparameter_sampling.to_json(),
            "metric": self.primary_metric_name,
            "goal": self.primary_metric_goal.value,
            "most": self.max_total_runs,
            "at_once": self.max_concurrent_runs,
            "seconds": self.max_duration_minutes * 60,
            "policy": self._policy_config.to_json(),
            "seen": self._seen(),
        }

    def _seen(self) -> list[Any]:
        """Values and results of the sweeps that this one resumes from."""
        found = []
        for run in self._resume:
            for child in run.get_children_sorted_by_primary_metric():
                if child["best_primary_metric"] is not None:
                    found.append([json.loads(child["hyperparameters"]), child["best_primary_metric"]])
        return found

    def _submit_to(self, experiment: Any, tags: Any = None, parent: Any = None, **kwargs: Any) -> Any:
        from designer.azureml.sweep.start import start  # noqa: PLC0415 - it needs the runs

        return start(self, experiment, self.custom_run_id or f"HD_{uuid.uuid4()}", tags, parent)

    def __repr__(self) -> str:
        return (
            f"HyperDriveConfig({self._hyperparameter_sampling}, {self.primary_metric_goal.value} {self.primary_metric_name}, "
            f"{self.max_total_runs} runs)"
        )


def _script_of(pipeline: Any, sampling: HyperParameterSampling) -> ScriptRunConfig:
    """The script of trials that run a pipeline, whose parameters have the space's names. Raises `UserErrorException`."""
    spec = pipeline.spec
    spec = spec() if callable(spec) else spec  # a published one has it as it is
    unknown = [name for name in sampling._parameter_space if name.lstrip("-") not in spec.parameters]
    if unknown:
        there = ", ".join(spec.parameters) or "none"
        raise UserErrorException(f"the pipeline has no parameter {unknown[0].lstrip('-')!r}; it has: {there}")
    folder = Path(tempfile.mkdtemp(prefix="designer-sweep-"))
    (folder / PIPELINE).write_text(json.dumps(spec.data()))
    (folder / "trial.py").write_text(TRIAL)
    made = ScriptRunConfig(str(folder), "trial.py")
    made.run_config.environment.python.user_managed_dependencies = True
    return made


class HyperDriveRunConfig(HyperDriveConfig):
    """The same under its older name."""
