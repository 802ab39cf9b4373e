"""`designer runs`: a table of runs, filtered and sorted by the store."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from designer.cli.output import console, mark, moment, number, print_json, seconds
from designer.errors import DesignerError
from designer.model.runs import Comparison, RunQuery, RunRecord
from designer.store.open import open_store

if TYPE_CHECKING:
    from collections.abc import Sequence

_CONDITION = re.compile(r"^\s*(metrics?|parameters?|tags?|propert(?:y|ies))\.(.+?)\s*(<=|>=|!=|=|<|>)\s*(.*?)\s*$")
_SPACES = {"m": "metric", "pa": "parameter", "t": "tag", "pr": "property"}


def runs(
    experiment: str | None,
    status: Sequence[str] | None,
    where: Sequence[str],
    sort: str,
    limit: int,
    store: str | None,
    as_json: bool,
) -> None:
    """Print the runs that match."""
    query = RunQuery(
        experiment=experiment,
        status=status or None,
        conditions=[condition(text) for text in where],
        order_by=sort.lstrip("-"),
        descending=sort.startswith("-"),
        limit=limit,
    )
    read = open_store(store)
    try:
        found = read.runs(query)
    except ValueError as error:
        raise DesignerError(str(error)) from None
    if as_json:
        print_json([_data(record) for record in found])
        return
    if not found:
        console().print(f"no runs match in {read.folder}")
        return
    _print(found, read.count(query))


def condition(text: str) -> Comparison:
    """`metrics.accuracy > 0.9` as a comparison. Raises `DesignerError`."""
    match = _CONDITION.match(text)
    if match is None:
        raise DesignerError(
            f"--where {text!r} is no condition\n  next: metrics.accuracy>0.9, parameters.lr=0.1, tags.owner=me"
        )
    space, name, op, value = match.groups()
    key = next(kind for start, kind in _SPACES.items() if space.startswith(start))
    try:
        wanted: Any = json.loads(value)
    except ValueError:
        wanted = value
    return Comparison(key, name, op, wanted)  # type: ignore[arg-type]


def _print(found: Sequence[RunRecord], total: int) -> None:
    from rich.table import Table  # noqa: PLC0415
    from rich.text import Text  # noqa: PLC0415

    names = list(dict.fromkeys(name for record in found for name in record.metrics))[:4]
    table = Table(box=None, header_style="bold", pad_edge=False)
    for heading in ("", "run", "experiment", "name", "created", "seconds", *names):
        table.add_column(heading, justify="right" if heading in (*names, "seconds") else "left", no_wrap=True)
    for record in found:
        sign, color = mark(record.status)
        cells = [
            record.id[:8],
            record.experiment,
            record.display_name or record.name,
            moment(record.created),
            seconds(record.seconds),
        ]
        cells += [number(record.metrics[name]) if name in record.metrics else "" for name in names]
        table.add_row(Text(sign, style=color), *(Text(cell) for cell in cells))
    console().print(table)
    if total > len(found):
        console().print(f"{len(found)} of {total} runs (--limit)", style="bright_black")


def _data(record: RunRecord) -> dict[str, Any]:
    return {
        "run_id": record.id,
        "kind": record.kind,
        "experiment": record.experiment,
        "name": record.name,
        "number": record.number,
        "status": record.status,
        "created": record.created,
        "started": record.started,
        "ended": record.ended,
        "seconds": record.seconds,
        "metrics": dict(record.metrics),
        "parameters": dict(record.parameters),
        "tags": dict(record.tags),
        "error": dict(record.error) if record.error else None,
    }
