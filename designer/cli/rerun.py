"""`designer rerun`: a run again, from what it kept, and what is no longer the same. Elsewhere: finding that out (engine/repeat.py)."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from designer.cli.output import WRONG, console, find_run, print_json, print_problems, problems_data, stop
from designer.cli.plan import again
from designer.cli.run import follow
from designer.engine.repeat import repeat
from designer.engine.submit import flat_of, fork_runner, prepare
from designer.store.place import place

STEPS = "azureml"  # where a run of Azure ML steps keeps them

if TYPE_CHECKING:
    from collections.abc import Sequence


def rerun(run: str, regenerate: Sequence[str], executor: str | None, store: str | None, as_json: bool) -> None:
    """Repeat a run and wait for its end."""
    where = place(store)
    read = where.read
    found = repeat(read, find_run(read, run).id)
    steps = read.document(found.run_id).get(STEPS)
    if steps:  # Azure ML steps keep their scripts with the run, so nothing of them can have changed
        from designer.azureml.pipeline.engine import again as steps_again  # noqa: PLC0415 - few runs have steps

        found = replace(found, pipeline=steps_again(steps), changed=())
    problems = found.pipeline.check(**found.values)
    if problems:
        print_json(problems_data(problems)) if as_json else print_problems(problems)
        stop(WRONG)
    out = console(stderr=as_json)
    out.print(f"repeating run {found.run_id}")
    for text in found.changed:
        out.print(f"no longer the same: {text}", style="yellow")
    if not found.changed:
        out.print("code, packages and Python are the same", style="bright_black")
    order, _ = prepare(
        found.pipeline,
        found.values,
        executor=executor or found.executor,
        experiment=found.experiment,
        store=where,
        until=found.until,
        regenerate=again(regenerate),
        seed=found.seed,
        fail_fast=found.fail_fast,
    )
    fork_runner(found.pipeline, order)
    properties = {"designer.rerun_of": found.run_id}
    where.journal.event({"e": "properties", "run": order.run_id, "set": properties})
    if steps:
        where.journal.event({"e": "document", "run": order.run_id, "data": {STEPS: steps}})
    nodes = list(flat_of(found.pipeline, found.values, found.until).nodes)
    follow(where, order.run_id, nodes, as_json, {"rerun_of": found.run_id, "changed": list(found.changed)})
