"""The loop over a sweep's trials: propose values, start scripts, watch their primary metric, stop the hopeless, take what comes.

It runs in the sweep's supervisor, or in the worker of a pipeline's node. Elsewhere: which values (sampling.py), when to stop
(policies.py).
"""

from __future__ import annotations

import copy
import json
import os
import sys
import time
from typing import TYPE_CHECKING, Any

from designer.azureml.data import bring
from designer.azureml.launch import supervisor, venvs
from designer.azureml.launch.process import ScriptProcess, error_of, tail_of
from designer.azureml.launch.workdir import Workdir
from designer.azureml.runs.run import HYPERPARAMETERS
from designer.azureml.sweep import policies, sampling
from designer.host import cores
from designer.model.runs import Status

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from designer.azureml.launch.spec import Launch
    from designer.store.place import Place
    from designer.tracking.run import Run

_PAUSE = 0.05
STOPPED = "designer.early_termination"  # the tag of a trial that a policy stopped


class Sweep:
    """One sweep, as the run `run_id`, which exists already."""

    def __init__(
        self, place: Place, settings: Mapping[str, Any], base: Launch, run: Run, own_groups: bool = True
    ) -> None:
        self.place, self.settings, self.base, self.run = place, settings, base, run
        self.maximize = settings["goal"] == "MAXIMIZE"
        self.sampler = sampling.sampler(settings["sampling"], self.maximize, settings.get("seen", ()))
        self.at_once = int(settings["at_once"] or min(cores(), settings["most"]))
        self.own_groups = own_groups
        self.trials: list[Trial] = []
        self.canceled = self.exhausted = False
        self.best: float | None = None

    def go(self, canceled: Callable[[], bool]) -> Status:
        """Run all trials. Returns what the sweep's run ends with."""
        until = time.monotonic() + self.settings["seconds"]
        while True:
            running = [trial for trial in self.trials if trial.code is None]
            if not self.canceled and (canceled() or time.monotonic() > until):
                self.canceled = True
                for trial in running:
                    trial.stop("cancel")
            while not self.canceled and not self.exhausted and len(running) < self.at_once:
                if not self._start():
                    break
                running = [trial for trial in self.trials if trial.code is None]
            if not running:
                break
            time.sleep(_PAUSE)
            for trial in running:
                self._look(trial)
        return self._status()

    def _status(self) -> Status:
        if self.canceled:
            return Status.CANCELED
        if self.trials and all(trial.status is Status.FAILED for trial in self.trials):
            return Status.FAILED
        return Status.COMPLETED

    @property
    def error(self) -> dict[str, Any] | None:
        """Why it failed: all trials did."""
        if not self.trials or self._status() is not Status.FAILED:
            return None
        first = self.trials[0].error or {}
        return {
            "code": "AllTrialsFailed",
            "message": f"all {len(self.trials)} trials failed; the first: {first.get('message', '')}",
        }

    def _start(self) -> bool:
        if len(self.trials) >= self.settings["most"]:
            self.exhausted = True
            return False
        proposal = self.sampler.next()
        if proposal is None:
            self.exhausted = True
            return False
        ticket, values = proposal
        self.trials.append(Trial(self, len(self.trials), ticket, values))
        return True

    def _look(self, trial: Trial) -> None:
        """See how a trial gets on."""
        code = trial.process.process.poll()
        trial.work.keep_live() if code is None else trial.work.keep_all()
        before = len(trial.values)
        trial.values = [
            float(v) for v in self.place.read.values(trial.id, self.settings["metric"]) if isinstance(v, (int, float))
        ]
        if code is not None:
            trial.ended(code)
            self._take(trial)
            return
        at = policies.due(self.settings["policy"], before, len(trial.values))
        if at is not None and trial.stopped is None:
            others = [other.values for other in self.trials if other is not trial and other.values]
            running = [other.values for other in self.trials if other is not trial and other.code is None]
            if policies.stops(self.settings["policy"], at, trial.values, others, running, self.maximize):
                trial.stop("policy")

    def _take(self, trial: Trial) -> None:
        """Tell the sampler, and the sweep's own run, what came of a trial."""
        best = (max if self.maximize else min)(trial.values) if trial.values else None
        self.sampler.tell(trial.ticket, best)
        row = {
            "trial": trial.number,
            **{plain(k): v if isinstance(v, (int, float, str, bool)) else str(v) for k, v in trial.parameters.items()},
        }
        self.run.log_row("trials", **{**row, self.settings["metric"]: best, "status": str(trial.status)})
        if best is not None and (self.best is None or (best > self.best if self.maximize else best < self.best)):
            self.best = best
            self.run.log(self.settings["metric"], best, step=trial.number)
            self.run.set_tags({"best_child": trial.id})
        self.run.report_progress(sum(1 for t in self.trials if t.code is not None), self.settings["most"])


class Trial:
    """One run of the script with some values."""

    def __init__(self, sweep: Sweep, number: int, ticket: Any, parameters: Mapping[str, Any]) -> None:
        self.number, self.ticket, self.parameters = number, ticket, dict(parameters)
        self.place, self.id = sweep.place, f"{sweep.run.id}_{number}"
        self.values: list[float] = []
        self.code: int | None = None
        self.stopped: str | None = None
        self.status, self.error = Status.RUNNING, None
        launch = self.launch = copy.deepcopy(sweep.base)
        launch.run_id = launch.name = self.id
        launch.parent, launch.root = sweep.run.id, sweep.run._root()
        launch.parameters = {plain(name): value for name, value in self.parameters.items()}
        launch.properties = {**launch.properties, HYPERPARAMETERS: json.dumps(self.parameters, default=str)}
        launch.display_name = f"trial {number}"
        given = [part for name, value in self.parameters.items() for part in (_flag(name), str(value))]
        if launch.command is not None:
            launch.command = (
                f"{launch.command} {' '.join(given)}" if isinstance(launch.command, str) else [*launch.command, *given]
            )
        else:
            launch.arguments = [*launch.arguments, *given]
        launch.definition = {**launch.definition, "arguments": [*launch.definition.get("arguments", ()), *given]}
        supervisor.create(self.place, launch)
        name, self.output = self.place.logs.create()
        self.place.journal.event({"e": "log", "run": self.id, "file": name, "start": 0, "end": None})
        self.work = Workdir(self.place, launch)
        paths = bring.paths_of(self.place, launch, self.work)
        interpreter = launch.interpreter or sys.executable
        if launch.environment:
            interpreter = venvs.interpreter_for(self.place, launch.environment, self.output)
        environment = supervisor.environment_of(launch, self.work, paths, interpreter)
        arguments = supervisor.arguments_of(launch, paths, interpreter)
        self.place.journal.event({"e": "update", "run": self.id, "status": Status.RUNNING, "started": time.time()})
        self.until = time.monotonic() + launch.max_seconds if launch.max_seconds else None
        self.process = ScriptProcess(
            arguments, str(self.work.code), environment, self.output, own_group=sweep.own_groups
        )

    def stop(self, why: str) -> None:
        """End it."""
        self.stopped = why
        self.process.stop()

    def ended(self, code: int) -> None:
        """Keep what it has left, and its end."""
        self.code = code
        if self.stopped is not None:
            self.status = Status.CANCELED
        elif code:
            self.status, self.error = Status.FAILED, error_of(code, tail_of(self.output))
        else:
            self.status = Status.COMPLETED
        end: dict[str, Any] = {"e": "update", "run": self.id, "status": self.status, "ended": time.time()}
        if self.error is not None:
            end["error"] = self.error
        events = [end]
        if self.stopped == "policy":
            events.insert(0, {"e": "tags", "run": self.id, "set": {STOPPED: "true"}})
        self.place.journal.events(events)
        self.work.remove()
        os.close(self.output)


def plain(name: str) -> str:
    """A hyperparameter's name without dashes."""
    return name.lstrip("-").replace("-", "_") or name


def _flag(name: str) -> str:
    return name if name.startswith("-") else f"--{name}"


def canceled(place: Place, run_id: str, root: str) -> Callable[[], bool]:
    """Whether somebody asked for the sweep to stop."""
    return lambda: place.cancel_requested(run_id) or place.cancel_requested(root)
