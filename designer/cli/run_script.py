"""`designer run-script`: a script as a run of its own, in the working folder, with `azureml` importable.

Elsewhere: the same in this very process, for a debugger (python -m designer.azureml).
"""

from __future__ import annotations

import json
import os
import signal
import sys
import time
import uuid
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.azureml.launch.spec import Launch
from designer.azureml.launch.supervisor import NOTEBOOK, create, supervise
from designer.azureml.runs.offline import PREFIX, experiment_of
from designer.cli.output import FAILED, WRONG, complain, print_json, stop
from designer.errors import MissingExtraError
from designer.model.runs import RunQuery, Status
from designer.store.place import place
from designer.tracking.metrics import many

if TYPE_CHECKING:
    from collections.abc import Sequence

    from designer.store.place import Place


def run_script(
    file: str, arguments: Sequence[str], experiment: str | None, store: str | None, python: str | None, as_json: bool
) -> None:
    """Run it to its end, with what it prints as it comes."""
    path = Path(file)
    if not path.is_file():
        there = ", ".join(sorted(p.name for p in path.parent.glob("*.py"))[:8]) if path.parent.is_dir() else ""
        complain(f"error: there is no file {file}{f'; there are: {there}' if there else ''}")
        stop(WRONG)
    if path.suffix == NOTEBOOK and python is None and find_spec("IPython") is None:
        complain(f"error: {MissingExtraError('IPython, which runs notebooks', 'notebook')}")
        stop(WRONG)
    where = place(store)
    run_id = f"{PREFIX}{uuid.uuid4()}"
    name = experiment or experiment_of(file)
    launch = Launch(
        run_id=run_id, experiment=name, store=str(where.folder), script=str(path), arguments=list(arguments), folder=os.getcwd(),
        name=path.name, interpreter=python, definition={"script": str(path), "arguments": list(arguments)},
    )  # fmt: skip
    began = time.time()
    create(where, launch)
    show = _Echo(sys.stderr if as_json else sys.stdout)
    signal.signal(signal.SIGINT, lambda *_: where.request_cancel(run_id))
    status = supervise(where, launch, stdin=sys.stdin.fileno() if sys.stdin is not None else 0, watch=show)
    if as_json:
        print_json(_data(where, run_id, began))
    stop(0 if status is Status.COMPLETED else FAILED)


class _Echo:
    """Prints what has come to a file since the last look."""

    def __init__(self, stream: Any) -> None:
        self.stream, self.offset = stream, 0

    def __call__(self, descriptor: int) -> None:
        while data := os.pread(descriptor, 1 << 20, self.offset):
            self.offset += len(data)
            self.stream.buffer.write(data)
        self.stream.flush()


def _data(where: Place, run_id: str, began: float) -> dict[str, Any]:
    """The script's run, with its children as nodes; and the runs of its own that it has started."""
    read = where.read
    others = [r for r in read.runs(RunQuery(limit=1000)) if r.created >= began and r.id != run_id]
    return {**_one(read, run_id), "runs": [{"experiment": r.experiment, **_one(read, r.id)} for r in reversed(others)]}


def _one(read: Any, run_id: str) -> dict[str, Any]:
    root, *children = read.tree(run_id)
    metrics = many(read, [root.id, *(child.id for child in children)], brief=True)
    found: dict[str, Any] = {"run_id": root.id, "status": root.status, "metrics": metrics.get(root.id, {})}
    found["nodes"] = {
        child.node or child.id: {
            "run_id": child.id, "status": child.status, "metrics": metrics.get(child.id, {}), "seconds": child.seconds,
            "error": dict(child.error) if child.error else None,
        }
        for child in children
    }  # fmt: skip
    if root.error:
        found["error"] = json.loads(root.error_json)
    return found
