"""`designer show`: one run as a tree with everything it logged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.cli.output import console, find_run, mark, moment, number, print_json, run_data, seconds
from designer.store.open import open_store
from designer.tracking.metrics import many

if TYPE_CHECKING:
    from designer.model.runs import RunRecord


def show(run: str, store: str | None, as_json: bool) -> None:
    """Print a run, its nodes and their metrics."""
    read = open_store(store)
    record = find_run(read, run)
    if as_json:
        print_json(run_data(read, record.id))
        return
    from rich.tree import Tree  # noqa: PLC0415

    records = read.tree(record.id)
    metrics = many(read, [r.id for r in records], brief=True)
    trees: dict[str, Any] = {}
    for one in records:
        label = _label(one)
        parent = trees.get(one.parent or "")
        trees[one.id] = parent.add(label) if parent is not None else Tree(label)
        _add_metrics(trees[one.id], metrics.get(one.id, {}))
        if one.error and one.id != record.id:
            trees[one.id].add(_red(str(one.error.get("message", ""))))
    out = console()
    out.print(trees[record.id])
    out.print(
        f"\nrun {record.id}   experiment {record.experiment}   started {moment(record.started)}", style="bright_black"
    )
    if record.error:
        out.print(str(record.error.get("message", "")), style="red")


def _label(record: RunRecord) -> Any:
    from rich.text import Text  # noqa: PLC0415

    sign, color = mark(record.status)
    reused = "  reused" if record.reused_from else ""
    return Text.assemble(
        (f"{sign} ", color), (record.node or record.display_name or record.name, "bold"), f"  {record.status}",
        (f"  {seconds(record.seconds)}{reused}", "bright_black"),
    )  # fmt: skip


def _add_metrics(tree: Any, metrics: dict[str, Any]) -> None:
    from rich.text import Text  # noqa: PLC0415

    for name, value in metrics.items():
        tree.add(Text.assemble((f"{name}  ", "cyan"), _short(value)))


def _short(value: Any) -> str:
    if isinstance(value, list):
        ends = ", ".join(number(v) for v in (value if len(value) <= 6 else [*value[:3], "…", *value[-2:]]))
        return f"[{ends}]  {len(value)} values"
    if isinstance(value, dict):
        if set(value) == {"last", "min", "max", "count"}:
            return f"{number(value['last'])}  (min {number(value['min'])}, max {number(value['max'])}, {value['count']:,} values)"
        rows = max((len(v) for v in value.values() if isinstance(v, list)), default=1)
        return f"table of {rows} row{'s' * (rows != 1)}: {', '.join(value)}"
    return number(value)


def _red(text: str) -> Any:
    from rich.text import Text  # noqa: PLC0415

    return Text(text.splitlines()[0] if text else "", style="red")
