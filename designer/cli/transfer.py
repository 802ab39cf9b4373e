"""`designer export` and `designer import`: runs to and from MLflow, pipelines from Azure ML."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from designer.cli.output import WRONG, complain, console, find_run, print_json, stop
from designer.store.place import place

if TYPE_CHECKING:
    from collections.abc import Sequence

_KINDS = ("azureml-graph", "mlflow")


def export_run(run: str, to: str, uri: str | None, store: str | None, as_json: bool) -> None:
    """Write a run, with all below it, somewhere else."""
    if to != "mlflow":
        complain(f"error: runs can be exported to mlflow, not to {to!r}")
        stop(WRONG)
    from designer.azureml.bring.mlflow_export import export, told  # noqa: PLC0415 - an extra

    where = place(store)
    record = find_run(where.read, run)
    made = export(where.read, record.id, uri)
    print_json({"runs": made}) if as_json else console().print(f"{told(made)}; MLflow's id is {made[record.id]}")


def import_from(
    kind: str, source: str, arguments: Sequence[str], experiment: str | None, store: str | None, as_json: bool
) -> None:
    """Bring pipelines or runs in."""
    if kind not in _KINDS:
        complain(f"error: what can be imported: {', '.join(_KINDS)}; not {kind!r}")
        stop(WRONG)
    if kind == "mlflow":
        from designer.azureml.bring.mlflow_import import import_runs  # noqa: PLC0415 - an extra

        made = import_runs(place(store), source, experiment)
        print_json({"runs": made}) if as_json else console().print(
            f"{len(made)} runs are new here; next: designer runs"
        )
        return
    document, losses = _pipeline(Path(source), arguments)
    if as_json:
        print_json({"document": str(document), "losses": losses})
        return
    out = console()
    out.print(f"written: {document}")
    for loss in losses:
        out.print(f"  not brought: {loss}", style="yellow")
    out.print(f"next: designer check {document} · designer ui {document}", style="bright_black")


def _pipeline(path: Path, arguments: Sequence[str]) -> tuple[Path, list[str]]:
    """A pipeline from a script (which is executed) or from an exported graph (which isn't)."""
    project = Path.cwd()
    if path.suffix == ".py":
        from designer.azureml.bring import capture, generate  # noqa: PLC0415 - one of two

        return generate.write(capture.pipeline_of_script(path.absolute(), arguments), project)[0], []
    from designer.azureml.bring import graph_file  # noqa: PLC0415
    from designer.declare.registry import Registry  # noqa: PLC0415
    from designer.model import document as documents  # noqa: PLC0415

    brought = graph_file.read(path, Registry.for_project(project).specs())
    target = project / "pipelines" / f"{path.stem}.yaml"
    target.parent.mkdir(parents=True, exist_ok=True)
    target.write_text(documents.to_yaml(brought.pipeline), encoding="utf-8")
    return target, brought.losses
