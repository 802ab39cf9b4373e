"""`designer plan`: what a run would do with each node, and why. Elsewhere: deciding it (engine/reuse/plan.py)."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from designer.cli.arguments import ALL
from designer.cli.check import loaded, parsed
from designer.cli.output import WRONG, console, find_run, print_json, print_problems, problems_data, seconds, stop
from designer.engine.submit import plan_pipeline
from designer.errors import DesignerError
from designer.store.place import place

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from designer.store.sqlite import SqliteStore

_MARKS = {"run": ("▶", "cyan"), "maybe": ("?", "yellow"), "reuse": ("↺", "green")}


def plan(
    path: str,
    parameters: Sequence[str],
    until: Sequence[str],
    regenerate: Sequence[str],
    pins: Sequence[str],
    seed: int,
    store: str | None,
    as_json: bool,
) -> None:
    """Print the plan. Exit code 2 when the pipeline has problems."""
    pipeline, problems = loaded(path, parameters)
    if pipeline is None or problems:
        print_json(problems_data(problems)) if as_json else print_problems(problems)
        stop(WRONG)
    values = parsed(parameters, pipeline.parameters)
    where = place(store)
    nodes = plan_pipeline(
        pipeline,
        values,
        store=where,
        until=until,
        regenerate=again(regenerate),
        pins=pinned(pins, where.read),
        seed=seed,
    )
    print_json({"nodes": nodes}) if as_json else _print(nodes)


def again(names: Sequence[str]) -> bool | tuple[str, ...]:
    """`--regenerate`, alone or with nodes, as the engine takes it."""
    return ALL in names or tuple(names)


def pinned(texts: Sequence[str], store: SqliteStore) -> dict[str, str]:
    """`--pin node=run` as node -> run id. Raises `DesignerError` or `RunNotFoundError`."""
    pins = {}
    for text in texts:
        node, equals, run = text.partition("=")
        if not equals or not node or not run:
            raise DesignerError(f"--pin {text}: a pin is given as NODE=RUN\n  next: designer runs lists the runs")
        pins[node] = find_run(store, run).id
    return pins


def _print(nodes: Mapping[str, Mapping[str, Any]]) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "node", "", "seconds", "reason", "from run"):
        table.add_column(heading, justify="right" if heading == "seconds" else "left", overflow="fold")
    for path, one in nodes.items():
        sign, color = _MARKS[one["action"]]
        table.add_row(
            Text(sign, style=color),
            Text(path, style="bold"),
            Text(one["action"], style=color),
            Text(seconds(one["seconds"])),
            Text(one["reason"]["text"]),
            Text((one["from_run"] or "")[:8], style="bright_black"),
        )
    out = console()
    out.print(table)
    counts = Counter(one["action"] for one in nodes.values())
    parts = [f"{counts[action]} {text}" for action, text in _SUMMARY.items() if counts[action]]
    expected = sum(one["seconds"] or 0.0 for one in nodes.values() if one["action"] == "run")
    at_most = expected + sum(one["seconds"] or 0.0 for one in nodes.values() if one["action"] == "maybe")
    if at_most:
        span = seconds(expected) if expected == at_most else f"{seconds(expected)} to {seconds(at_most)}"
        parts.append(f"about {span} of computing, as last time")
    out.print(f"\n{', '.join(parts) or 'no nodes'}", style="bright_black")


_SUMMARY = {"run": "to run", "maybe": "to run if their input changes", "reuse": "to be reused"}
