"""`designer compare`: two runs node by node, causes first. `designer lineage`: what made an output. Elsewhere: designer/compare/."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from designer.cli.output import console, find_run, number, print_json, seconds
from designer.compare.lineage import NoSuchOutputError
from designer.compare.lineage import lineage as steps_of
from designer.compare.runs import compare as compared
from designer.errors import DesignerError
from designer.store.open import open_store

if TYPE_CHECKING:
    from designer.compare.lineage import Step
    from designer.compare.runs import MetricDelta, NodeDifference, RunsDifference


def compare(a: str, b: str, code: bool, store: str | None, as_json: bool) -> None:
    """Print what differs between two runs; with `code`, the code's diffs, too."""
    read = open_store(store)
    found = compared(read, find_run(read, a).id, find_run(read, b).id)
    if as_json:
        print_json(found.data())
    else:
        _print(found, code)


def _print(found: RunsDifference, code: bool) -> None:
    out = console()
    out.print(f"a  {found.a}   {seconds(found.seconds_a)}", style="bright_black")
    out.print(f"b  {found.b}   {seconds(found.seconds_b)}", style="bright_black")
    for text in found.environment:
        out.print(f"   {text}", style="bright_black")
    out.print()
    differing = [node for node in found.nodes.values() if node.differs]
    for node in differing:
        _print_node(node, code)
    if any(one.a != one.b for one in found.metrics.values()):
        out.print("  the pipeline's own", style="bold")
        _print_metrics(found.metrics)
    same = len(found.nodes) - len(differing)
    out.print(f"{same} of {len(found.nodes)} nodes are the same", style="bright_black")


def _print_node(node: NodeDifference, code: bool) -> None:
    from rich.text import Text  # noqa: PLC0415

    out = console()
    sign = Text("● ", style="yellow") if node.causes else Text("↓ ", style="bright_black")
    moved = f"  (was {node.node_a})" if node.node_a and node.node_b and node.node_a != node.node_b else ""
    times = f"  {seconds(node.seconds_a)} -> {seconds(node.seconds_b)}" if node.seconds_a and node.seconds_b else ""
    out.print(Text.assemble(sign, (node.node, "bold"), (f"{moved}{times}", "bright_black")))
    for cause in node.causes:
        out.print(Text.assemble("    ", (cause.text, "yellow"), (f"  [{cause.kind}]", "bright_black")))
        if code and cause.diff:
            for line in cause.diff.splitlines():
                out.print(Text(f"      {line}", style={"+": "green", "-": "red"}.get(line[:1], "bright_black")))
    if node.status_a != node.status_b and node.status_a and node.status_b:
        out.print(Text(f"    {node.status_a} -> {node.status_b}"))
    _print_metrics(node.metrics)


def _print_metrics(metrics: Any) -> None:
    from rich.text import Text  # noqa: PLC0415

    for name, one in metrics.items():
        if one.a != one.b:
            console().print(Text.assemble("    ", (name, "cyan"), f"  {_delta(one)}", _verdict(one)))


def _delta(one: MetricDelta) -> str:
    change = "" if one.delta is None else f"  ({'+' if one.delta > 0 else ''}{number(one.delta)})"
    return f"{number(one.a)} -> {number(one.b)}{change}{' ' + one.unit if one.unit else ''}"


def _verdict(one: MetricDelta) -> tuple[str, str]:
    return {True: ("  better", "green"), False: ("  worse", "red"), None: ("", "")}[one.better]


def lineage(run: str, output: str, store: str | None, as_json: bool) -> None:
    """Print what made an output, `NODE` or `NODE.PORT`, back to the sources."""
    read = open_store(store)
    record = find_run(read, run)
    node, port = _named(output, {r.node for r in read.tree(record.id) if r.node})
    try:
        steps = steps_of(read, record.id, node, port)
    except NoSuchOutputError as error:
        raise DesignerError(str(error)) from None
    if as_json:
        print_json({"run_id": record.id, "node": node, "port": port, "steps": [step.data() for step in steps]})
        return
    for step in steps:
        _print_step(step)


def _named(output: str, nodes: set[str]) -> tuple[str, str | None]:
    if output in nodes or "." not in output:
        return output, None
    node, _, port = output.rpartition(".")
    return node, port


def _print_step(step: Step) -> None:
    from rich.text import Text  # noqa: PLC0415

    out = console()
    taken = f"  computed by run {step.computed_by}" if step.computed_by != step.run_id else ""
    head = f"  {step.module} {step.version}  {step.status}  run {step.run_id}{taken}"
    out.print(Text.assemble((step.node, "bold"), (head, "bright_black")))
    rows = [("parameters", ", ".join(f"{name}={value!r}" for name, value in step.parameters.items()))]
    rows += [
        (f"input {port}", ", ".join(f"{o.node}.{o.port}  {o.digest[:12]}" for o in origins))
        for port, origins in step.inputs.items()
    ]
    rows += [(f"output {port}", digest[:12]) for port, digest in step.outputs.items()]
    rows += [(f"file {path}", digest[:12]) for path, digest in step.files.items()]
    rows += [("code", "; ".join(step.code))]
    rows += [("packages", ", ".join(f"{name} {version}" for name, version in step.packages.items()))]
    for title, text in rows:
        if text:
            out.print(Text.assemble("    ", (f"{title}  ", "cyan"), text))
