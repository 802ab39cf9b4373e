"""Starting runs: in this process, or in a process of their own that outlives it. Elsewhere: the loop (runner.py).

A runner is forked from a process that has imported the modules and computes nothing: from the command line's own process, or from
a launcher (launcher.py) that a library call starts once and keeps warm. It takes over the run before the caller goes on.
"""

from __future__ import annotations

import os
import signal
import sys
import time
import traceback
import uuid
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from designer.engine.provenance import Provenance, sources
from designer.engine.reuse.plan import plan
from designer.engine.runner import Runner
from designer.errors import DesignerError, PipelineError
from designer.graph.flatten import FlatPipeline, flatten
from designer.graph.order import NodeNotFoundError
from designer.graph.order import until as only_until
from designer.model import document as documents
from designer.model.runs import RunKind, Status
from designer.store.place import Place, place
from designer.store.trim import planning
from designer.tracking import context, details
from designer.tracking.run import Run

if TYPE_CHECKING:
    from designer.declare.pipeline import Pipeline
    from designer.engine.reuse.decision import Decision
    from designer.model.pipeline import Pipeline as Document
    from designer.store.sqlite import SqliteStore

_WAIT = (0.001, 0.05)  # seconds between looks at a run that is waited for: at first, and at most


class Order(NamedTuple):
    """All that a runner is asked for, apart from the pipeline."""

    run_id: str
    store: str
    experiment: str
    executor: str = "processes"
    values: Mapping[str, Any] = {}
    until: Sequence[str] = ()
    regenerate: bool | Sequence[str] = False
    workers: int | None = None
    seed: int = 0
    pins: Mapping[str, str] = {}
    command: Sequence[str] = ()
    fail_fast: bool = False


def run_pipeline(
    pipeline: Pipeline,
    values: Mapping[str, Any],
    *,
    executor: str,
    experiment: str | None,
    store: Any,
    until: Sequence[str],
    regenerate: bool | Sequence[str],
    pins: Mapping[str, str],
    show_output: bool,
    raise_on_error: bool,
    fail_fast: bool = False,
) -> Run:
    """Run and wait. `serial` and `threads` run in this process, `processes` in one of its own."""
    if executor == "processes":
        run = submit_pipeline(
            pipeline,
            values,
            executor=executor,
            experiment=experiment,
            store=store,
            until=until,
            regenerate=regenerate,
            pins=pins,
            fail_fast=fail_fast,
        )
        if show_output:
            details.wait(run, True, False)
        else:
            _wait(run)
    else:
        order, where = prepare(
            pipeline,
            values,
            executor=executor,
            experiment=experiment,
            store=store,
            until=until,
            regenerate=regenerate,
            pins=pins,
            fail_fast=fail_fast,
        )
        run = Run(order.experiment, order.run_id, place=where, root=order.run_id)
        run._parent_known = True
        begin(pipeline, order, where).run()
    if raise_on_error and run.status == Status.FAILED:
        raise details.failure(run)
    return run


def submit_pipeline(
    pipeline: Pipeline,
    values: Mapping[str, Any],
    *,
    executor: str,
    experiment: str | None,
    store: Any,
    until: Sequence[str],
    regenerate: bool | Sequence[str],
    pins: Mapping[str, str],
    fail_fast: bool = False,
) -> Run:
    """Start a run in a process of its own and return it at once."""
    from designer.engine.launcher import launch  # noqa: PLC0415 - a run in this process needs none

    order, where = prepare(
        pipeline,
        values,
        executor=executor,
        experiment=experiment,
        store=store,
        until=until,
        regenerate=regenerate,
        pins=pins,
        fail_fast=fail_fast,
    )
    launch(pipeline, order)
    run = Run(order.experiment, order.run_id, place=where, root=order.run_id)
    run._parent_known = True
    return run


def submit(
    document: Document,
    *,
    project: str | os.PathLike[str],
    store: SqliteStore | Place | str | None = None,
    values: Mapping[str, Any] | None = None,
    experiment: str | None = None,
    executor: str = "processes",
    until: Sequence[str] | None = None,
    regenerate: bool | Sequence[str] = False,
    pins: Mapping[str, str] | None = None,
) -> str:
    """Start a run of a document of a project, as the page does. Returns the run's id. Raises `PipelineError`."""
    from designer.declare.pipeline import Pipeline  # noqa: PLC0415 - the page only
    from designer.declare.registry import Registry  # noqa: PLC0415

    pipeline = Pipeline(document, registry=Registry.for_project(Path(project), document.files))
    where = getattr(store, "place", store)
    return submit_pipeline(
        pipeline,
        values or {},
        executor=executor,
        experiment=experiment,
        store=where if where is not None else place(None, project),
        until=until or (),
        regenerate=regenerate,
        pins=pins or {},
    ).id


def cancel(store: SqliteStore | Place, run_id: str) -> None:
    """Ask the runner of a run to stop."""
    Run(None, run_id, place=getattr(store, "place", store)).cancel()  # type: ignore[arg-type]


def prepare(
    pipeline: Pipeline,
    values: Mapping[str, Any],
    *,
    executor: str = "processes",
    experiment: str | None = None,
    store: Any = None,
    until: Sequence[str] = (),
    regenerate: bool | Sequence[str] = False,
    pins: Mapping[str, str] | None = None,
    seed: int = 0,
    workers: int | None = None,
    fail_fast: bool = False,
) -> tuple[Order, Place]:
    """Check what is asked for and give it an id. Raises `PipelineError` with every problem."""
    if _loading:
        raise DesignerError(
            "a pipeline was asked to run while its own file is being loaded for a run\n"
            '  next: put the call under if __name__ == "__main__":'
        )
    if executor not in ("processes", "threads", "serial"):
        raise DesignerError(f"there is no executor {executor!r}; choose one of processes, threads, serial")
    if workers is not None and workers < 1:
        raise DesignerError(f"{workers} workers can't run anything\n  next: 1 or more; by default one a core")
    problems = pipeline.check(**values)
    if problems:
        raise PipelineError(problems)
    where = store if isinstance(store, Place) or hasattr(store, "journal") else place(store)
    _named(flat_of(pipeline, values), until, regenerate, pins or {})
    if pins:
        planned(pipeline, values, where.read, until=until, pins=pins)  # raises for a run that has no such outputs
    order = Order(
        run_id=str(uuid.uuid4()),
        store=str(where.folder),
        experiment=experiment or pipeline.name,
        executor=executor,
        values=dict(values),
        until=tuple(until),
        regenerate=regenerate if isinstance(regenerate, bool) else tuple(regenerate),
        workers=workers,
        seed=seed,
        pins=dict(pins or {}),
        command=tuple(sys.argv),
        fail_fast=fail_fast,
    )
    return order, where


def _named(flat: FlatPipeline, until: Sequence[str], regenerate: bool | Sequence[str], pins: Mapping[str, str]) -> None:
    """Raise `DesignerError` for a node that is named and isn't there, with those that are like it."""
    again = () if isinstance(regenerate, bool) else regenerate
    try:
        only_until(flat, [*until, *again])
        for path in pins:
            if path not in flat.nodes:
                only_until(flat, [path])
                raise DesignerError(f"{path} is a group and can't be pinned\n  next: pin nodes in it, such as {path}/…")
    except NodeNotFoundError as error:
        raise DesignerError(str(error)) from None


_loading: list[str] = []  # not empty while a launcher loads a pipeline's file


def flat_of(pipeline: Pipeline, values: Mapping[str, Any], until: Sequence[str] = ()) -> FlatPipeline:
    """What runs."""
    flat = flatten(pipeline.with_values(values), values, pipeline.specs(values))
    return only_until(flat, until) if until else flat


def planned(
    pipeline: Pipeline,
    values: Mapping[str, Any],
    store: SqliteStore,
    *,
    until: Sequence[str] = (),
    regenerate: bool | Sequence[str] = False,
    pins: Mapping[str, str] | None = None,
    seed: int = 0,
) -> dict[str, Decision]:
    """What would happen to each node if the pipeline were run now."""
    flat = flat_of(pipeline, values, until)
    return plan(flat, pipeline.modules(values), store, regenerate=regenerate, pins=pins, seed=seed)


def plan_pipeline(
    pipeline: Pipeline,
    values: Mapping[str, Any],
    *,
    store: Any,
    until: Sequence[str] = (),
    regenerate: bool | Sequence[str] = False,
    pins: Mapping[str, str] | None = None,
    seed: int = 0,
) -> dict[str, dict[str, Any]]:
    """What would happen to each node, as data. Raises `PipelineError` with every problem."""
    order, where = prepare(pipeline, values, store=store, until=until, regenerate=regenerate, pins=pins, seed=seed)
    decisions = planned(
        pipeline, values, where.read, until=order.until, regenerate=order.regenerate, pins=order.pins, seed=seed
    )
    return {path: decision.data() for path, decision in decisions.items()}


def begin(pipeline: Pipeline, order: Order, where: Place) -> Runner:
    """Make the run, owned by this process, and the runner that does it."""
    journal = where.journal
    document = pipeline.with_values(order.values)
    flat = flat_of(pipeline, order.values, order.until)
    now = time.time()
    modules = pipeline.modules(order.values)
    provenance = Provenance(order.command, Path.cwd(), where.artifacts)
    with planning(where.folder):
        decisions = plan(flat, modules, where.read, regenerate=order.regenerate, pins=order.pins, seed=order.seed)
        journal.events(
            [
                {
                    "e": "run", "id": order.run_id, "kind": RunKind.PIPELINE, "parent": None, "root": order.run_id,
                    "experiment": order.experiment, "name": pipeline.name, "status": Status.STARTING, "created": now,
                    "owner": journal.token, "parameters": dict(flat.parameters),
                },
                {
                    "e": "document", "run": order.run_id,
                    "data": {
                        "plan": {path: decision.data() for path, decision in decisions.items()},
                        "pipeline": documents.to_data(document),
                        "modules": {id: module.spec.model_dump(mode="json") for id, module in modules.items()},
                        "order": {
                            "executor": order.executor, "until": list(order.until), "regenerate": order.regenerate,
                            "pins": dict(order.pins), "seed": order.seed, "values": dict(order.values), "fail_fast": order.fail_fast,
                        },
                        "project": str(Path.cwd()), "sources": sources(modules), "environment": provenance.environment,
                    },
                },
            ]
        )  # fmt: skip
    return Runner(
        where, order.run_id, order.experiment, flat, modules, order.executor, order.workers, order.seed, decisions, now, provenance,
        order.fail_fast,
    )  # fmt: skip


def fork_runner(pipeline: Pipeline, order: Order) -> int:
    """Fork a runner off this process, which must have no threads of its own. Returns its process id once it owns the run."""
    import designer.store.sqlite  # noqa: F401, PLC0415 - the runner needs it, and every runner forked off later too

    reading, writing = os.pipe()
    sys.stdout.flush()
    sys.stderr.flush()
    pid = os.fork()
    if pid:
        os.close(writing)
        with os.fdopen(reading, "rb") as answer:
            text = answer.read()
        if text != b"ok":
            os.waitpid(pid, 0)
            raise DesignerError(f"the runner could not start: {text.decode(errors='replace') or 'it ended at once'}")
        return pid
    os.close(reading)
    status = 1
    try:
        status = _run_detached(pipeline, order, writing)
    finally:
        os._exit(status)


def _run_detached(pipeline: Pipeline, order: Order, answer: int) -> int:
    os.setsid()  # closing the terminal doesn't end it
    for number in (signal.SIGINT, signal.SIGHUP, signal.SIGPIPE):
        signal.signal(number, signal.SIG_IGN)
    signal.signal(signal.SIGCHLD, signal.SIG_DFL)
    context.started_here.clear()
    where = place(order.store)
    try:
        name = _print_to_log(where)
        runner = begin(pipeline, order, where)
        if order.executor == "processes":  # the machine shuts down, say: what runs may put its things in order
            signal.signal(signal.SIGTERM, lambda *_: where.request_cancel(order.run_id))
        where.journal.event({"e": "log", "run": order.run_id, "file": name, "start": 0, "end": None})
    except BaseException as error:  # the caller tells it
        os.write(answer, f"{type(error).__name__}: {error}".encode())
        return 1
    os.write(answer, b"ok")
    os.close(answer)
    try:
        return 0 if runner.run() is Status.COMPLETED else 1
    except BaseException as error:
        traceback.print_exc()
        sys.stderr.flush()
        where.journal.event(
            {
                "e": "update", "run": order.run_id, "status": Status.FAILED, "ended": time.time(),
                "error": {"code": "EngineError", "message": f"{type(error).__name__}: {error}", "traceback": traceback.format_exc()},
            }
        )  # fmt: skip
        return 1


def _print_to_log(where: Place) -> str:
    """Send whatever is printed to a log file of the store. Returns its name."""
    null = os.open(os.devnull, os.O_RDWR)
    name, fd = where.logs.create()
    for target, source in ((0, null), (1, fd), (2, fd)):
        os.dup2(source, target)
    return name


def _wait(run: Run) -> None:
    pause, most = _WAIT
    try:
        while not run._record.has_ended:
            time.sleep(pause)
            pause = min(most, pause * 1.3)
    except KeyboardInterrupt:
        run.cancel()
        raise
