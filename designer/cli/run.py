"""`designer run`: check, start a runner, watch it to its end. Elsewhere: drawing the progress (progress.py)."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

from designer.cli.check import loaded, parsed
from designer.cli.output import (
    FAILED,
    WRONG,
    complain,
    console,
    print_json,
    print_problems,
    problems_data,
    run_data,
    stop,
)
from designer.cli.plan import again, pinned
from designer.cli.progress import watch
from designer.engine.submit import flat_of, fork_runner, prepare
from designer.model.runs import Status
from designer.store.place import place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.store.place import Place


def run(
    path: str,
    parameters: Sequence[str],
    experiment: str | None,
    executor: str,
    until: Sequence[str],
    regenerate: Sequence[str],
    pins: Sequence[str],
    seed: int,
    workers: int | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Run a pipeline in a process of its own and wait for it."""
    pipeline, problems = loaded(path, parameters)
    if pipeline is None or problems:
        print_json(problems_data(problems)) if as_json else print_problems(problems)
        stop(WRONG)
    values = parsed(parameters, pipeline.parameters)
    where = place(store)
    read = where.read  # imports what the watcher needs before the fork, so that it is imported once
    order, where = prepare(
        pipeline,
        values,
        executor=executor,
        experiment=experiment,
        store=where,
        until=until,
        regenerate=again(regenerate),
        pins=pinned(pins, read),
        seed=seed,
        workers=workers,
    )
    fork_runner(pipeline, order)
    follow(where, order.run_id, list(flat_of(pipeline, values, until).nodes), as_json)


def follow(
    where: Place, run_id: str, nodes: Sequence[str], as_json: bool, more: Mapping[str, Any] | None = None
) -> None:
    """Watch a run to its end, print how it ended, and end the command with its exit code. `more` goes into the JSON."""
    read = where.read
    try:
        record = watch(read, run_id, nodes, console(stderr=as_json))
    except KeyboardInterrupt:
        where.request_cancel(run_id)
        complain("\nstopping the run; press Ctrl-C again to leave it to stop by itself")
        try:
            record = watch(read, run_id, nodes, console(stderr=as_json))
        except KeyboardInterrupt:
            stop(FAILED)
    if as_json:
        print_json({**run_data(read, run_id), **(more or {})})
    else:
        _next(run_id, record.status)
    sys.stdout.flush()
    stop(0 if record.status == Status.COMPLETED else FAILED)


def _next(run_id: str, status: str) -> None:
    out = console()
    out.print()
    short = run_id[:8]
    if status == Status.COMPLETED:
        out.print(f"next: designer show {short} · designer ui", style="bright_black")
    else:
        out.print(f"next: designer logs {short} NODE · designer show {short}", style="bright_black")
