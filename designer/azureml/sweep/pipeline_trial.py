"""A trial that is a whole pipeline: runs it with the trial's values and hands what it logs on to the trial's run as it comes.

Its script lies in a folder with `pipeline.json` (config.py). Elsewhere: trials that are scripts of the user's (runner.py).
"""

from __future__ import annotations

import json
import signal
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.pipeline.spec import PipelineSpec
from designer.azureml.pipeline.start import start
from designer.azureml.runs.context import current
from designer.azureml.sweep.config import PIPELINE

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

RUN = "azureml.pipelinerunid"  # the property of a trial that leads to its pipeline's run
_PAUSE = 0.05
_SERIES = ("scalar", "list")


def main(arguments: Sequence[str]) -> int:
    """The trial. Returns its exit code."""
    spec = PipelineSpec.of(json.loads(Path(PIPELINE).read_text()))
    trial: Any = current()
    run = start(spec, trial.experiment, pipeline_parameters=values_of(arguments, spec.parameters))
    trial.add_properties({RUN: run.id})
    signal.signal(signal.SIGTERM, lambda *_: run.cancel())
    seen: dict[str, int] = {}
    while True:
        ended = run._record.has_ended  # before the last look, so that nothing comes after it
        _hand_on(run, trial, seen)
        if ended:
            break
        time.sleep(_PAUSE)
    print(f"the pipeline's run {run.id}: {run.get_status()}")
    return 0 if run.get_status() == "Finished" else 1


def values_of(arguments: Sequence[str], defaults: Mapping[str, Any]) -> dict[str, Any]:
    """`--name value …` as values of the pipeline's parameters, of the types that their defaults have."""
    found = {}
    for flag, text in zip(arguments[::2], arguments[1::2], strict=True):
        name = flag.removeprefix("--")
        kind = type(defaults.get(name))
        found[name] = kind(text) if kind in (int, float) and _is(kind, text) else float(text) if kind is int else text
    return found


def _is(kind: type, text: str) -> bool:
    try:
        kind(text)
    except ValueError:
        return False
    return True


def _hand_on(run: Any, trial: Any, seen: dict[str, int]) -> None:
    store = run._place.read
    for name, summary in store.metrics([run.id]).get(run.id, {}).items():
        if summary.kind not in _SERIES or summary.count == seen.get(name, 0):
            continue
        values = store.values(run.id, name)
        for value in values[seen.get(name, 0) :]:
            trial.log(name, value)
        seen[name] = len(values)
