"""The commands and their options. What they do lies in the files beside; each is loaded when its command is called."""

from __future__ import annotations

import os
import sys
from typing import Annotated

import typer

app = typer.Typer(
    name="designer",
    help="Pipelines of reusable modules, with metrics logged per module.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
    rich_markup_mode=None,
)


def _keep_for_json(wanted: bool) -> bool:
    from designer.cli.output import keep_for_json

    return keep_for_json(wanted)


Path = Annotated[
    str, typer.Argument(metavar="PATH", help="A Python file (file.py or file.py:name) or a YAML or JSON document.")
]
RunId = Annotated[str, typer.Argument(metavar="RUN", help="A run's id, the beginning of one, or 'latest'.")]
Store = Annotated[
    str | None,
    typer.Option(
        "--store", metavar="FOLDER", help="The store; else DESIGNER_STORE, else .designer/ in the working folder."
    ),
]
Json = Annotated[
    bool,
    typer.Option(
        "--json",
        callback=_keep_for_json,
        help="Print one JSON value on standard output, everything else on standard error.",
    ),
]
Values = Annotated[
    list[str] | None,
    typer.Option("--parameter", "-p", metavar="NAME=VALUE", help="A pipeline parameter's value; again for more."),
]


Regenerate = Annotated[
    list[str] | None,
    typer.Option("--regenerate", metavar="[NODE]", help="Take no earlier results; with NODE, none for that node."),
]
Pins = Annotated[
    list[str] | None,
    typer.Option("--pin", metavar="NODE=RUN", help="Give a node the outputs that it had in an earlier run."),
]
Seed = Annotated[int, typer.Option("--seed", help="Where the modules' random numbers start.")]


@app.command()
def run(
    path: Path,
    parameter: Values = None,
    experiment: Annotated[str | None, typer.Option(help="The experiment; by default the pipeline's name.")] = None,
    executor: Annotated[str, typer.Option(help="processes, threads or serial.")] = "processes",
    until: Annotated[
        list[str] | None, typer.Option("--until", metavar="NODE", help="Run only what this node needs.")
    ] = None,
    regenerate: Regenerate = None,
    pin: Pins = None,
    seed: Seed = 0,
    workers: Annotated[int | None, typer.Option(help="How many nodes at once; by default one a core.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Run a pipeline and show what each module logs. Exit code 0: completed, 1: failed, 2: it is wrong and nothing ran."""
    from designer.cli.run import run as command

    again, pins = regenerate or [], pin or []
    command(path, parameter or [], experiment, executor, until or [], again, pins, seed, workers, store, json)


@app.command()
def plan(
    path: Path,
    parameter: Values = None,
    until: Annotated[
        list[str] | None, typer.Option("--until", metavar="NODE", help="Only what this node needs.")
    ] = None,
    regenerate: Regenerate = None,
    pin: Pins = None,
    seed: Seed = 0,
    store: Store = None,
    json: Json = False,
) -> None:
    """Print what a run would do with each node now, and why. Nothing runs."""
    from designer.cli.plan import plan as command

    command(path, parameter or [], until or [], regenerate or [], pin or [], seed, store, json)


@app.command()
def check(path: Path, parameter: Values = None, json: Json = False) -> None:
    """Print everything that is wrong with a pipeline, without running it. Exit code 2 when there is something."""
    from designer.cli.check import check as command

    command(path, parameter or [], json)


@app.command()
def modules(
    query: Annotated[str | None, typer.Argument(help="Only those with this text in id, title or category.")] = None,
    json: Json = False,
) -> None:
    """List the modules that there are, with their ports and parameters."""
    from designer.cli.modules import modules as command

    command(query, json)


@app.command()
def runs(
    experiment: Annotated[str | None, typer.Option(help="Only this experiment's.")] = None,
    status: Annotated[list[str] | None, typer.Option(help="Only those with this status; again for more.")] = None,
    where: Annotated[
        list[str] | None,
        typer.Option(
            metavar="CONDITION", help="metrics.accuracy>0.9, parameters.lr=0.1, tags.owner=me; again for more."
        ),
    ] = None,
    sort: Annotated[
        str,
        typer.Option(
            metavar="COLUMN", help="created, seconds, name, metrics.NAME, parameters.NAME; -COLUMN turns it round."
        ),
    ] = "-created",
    limit: Annotated[int, typer.Option(help="How many at most.")] = 20,
    store: Store = None,
    json: Json = False,
) -> None:
    """List runs, filtered and sorted."""
    from designer.cli.runs import runs as command

    command(experiment, status, where or [], sort, limit, store, json)


@app.command()
def show(run: RunId = "latest", store: Store = None, json: Json = False) -> None:
    """Print a run as a tree: every module with its status, seconds and metrics."""
    from designer.cli.show import show as command

    command(run, store, json)


@app.command()
def compare(
    a: Annotated[str, typer.Argument(metavar="A", help="A run's id, the beginning of one, or 'latest'.")],
    b: Annotated[str, typer.Argument(metavar="B", help="The run to hold against it.")] = "latest",
    code: Annotated[bool, typer.Option("--code", help="Print the code's differences line by line.")] = False,
    store: Store = None,
    json: Json = False,
) -> None:
    """Compare two runs: what each node did differently, why, and what became of its metrics."""
    from designer.cli.compare import compare as command

    command(a, b, code, store, json)


@app.command()
def lineage(
    run: RunId,
    output: Annotated[str, typer.Argument(metavar="NODE[.PORT]", help="The output.")],
    store: Store = None,
    json: Json = False,
) -> None:
    """Print what made an output: node, code, parameters and inputs, back to the sources."""
    from designer.cli.compare import lineage as command

    command(run, output, store, json)


@app.command()
def rerun(
    run: RunId = "latest",
    regenerate: Regenerate = None,
    executor: Annotated[str | None, typer.Option(help="processes, threads or serial; by default as before.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Repeat a run from what it kept, and say what is no longer the same."""
    from designer.cli.rerun import rerun as command

    command(run, regenerate or [], executor, store, json)


cache_app = typer.Typer(help="Show what results use on disk, and trim them.", rich_markup_mode=None)
app.add_typer(cache_app, name="cache")


@cache_app.callback(invoke_without_command=True)
def cache(context: typer.Context, store: Store = None, json: Json = False) -> None:
    """Show what results use on disk, and trim them."""
    if context.invoked_subcommand is None:
        from designer.cli.cache import cache as command

        command(store, json)


@cache_app.command()
def trim(
    max_size: Annotated[str | None, typer.Option(metavar="SIZE", help="What outputs may use: 5GB, 500MB.")] = None,
    max_age: Annotated[
        str | None, typer.Option(metavar="AGE", help="How old a run's outputs may be: 30d, 12h.")
    ] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Let go of the oldest runs' outputs; runs, metrics, logs and files stay, and so does what a kept run refers to."""
    from designer.cli.cache import trim as command

    command(max_size, max_age, store, json)


@app.command()
def keep(
    run: RunId = "latest",
    off: Annotated[bool, typer.Option("--off", help="Take the mark away.")] = False,
    store: Store = None,
) -> None:
    """Mark a run whose outputs are never trimmed."""
    from designer.cli.cache import keep as command

    command(run, off, store)


@app.command()
def delete(run: RunId, store: Store = None, json: Json = False) -> None:
    """Remove a run for good; runs that took results from it keep them."""
    from designer.cli.cache import delete as command

    command(run, store, json)


@app.command()
def logs(
    run: RunId = "latest",
    node: Annotated[str | None, typer.Argument(help="Only this node's.")] = None,
    follow: Annotated[bool, typer.Option("--follow", "-f", help="Go on until the run ends.")] = False,
    store: Store = None,
) -> None:
    """Print what a run, or one of its nodes, has printed."""
    from designer.cli.logs import logs as command

    command(run, node, follow, store)


@app.command()
def cancel(run: RunId = "latest", store: Store = None) -> None:
    """Ask a run to stop."""
    from designer.cli.logs import cancel as command

    command(run, store)


@app.command()
def ui(
    path: Annotated[str | None, typer.Argument(metavar="[PATH]", help="A pipeline to open.")] = None,
    port: Annotated[int, typer.Option(help="The port; the next free one when it is taken.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    store: Store = None,
) -> None:
    """Start the page, on this machine only, and print its address."""
    from designer.cli.ui import ui as command

    command(path, port, browser, store)


@app.command()
def demo(
    page: Annotated[bool, typer.Option("--page/--no-page", help="End with the page open on the run.")] = True,
    port: Annotated[int, typer.Option(help="The page's port.")] = 8501,
    browser: Annotated[bool, typer.Option("--browser/--no-browser", help="Open the page in the browser.")] = True,
    store: Store = None,
) -> None:
    """Run the example and show what to do next."""
    from designer.cli.demo import demo as command

    command(page, port, browser, store)


@app.command(name="run-script", context_settings={"allow_interspersed_args": False, "ignore_unknown_options": True})
def run_script(
    file: Annotated[
        str, typer.Argument(metavar="FILE", help="A Python script or notebook, such as one written for Azure ML.")
    ],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[ARGS]", help="Its own arguments.")] = None,
    experiment: Annotated[str | None, typer.Option(help="The experiment; by default the file's name.")] = None,
    python: Annotated[str | None, typer.Option(metavar="PATH", help="Another interpreter to run it with.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Run a script as a run of its own; `from azureml.core import Run` means designer's in it. Exit code 0: completed, 1: failed."""
    from designer.cli.run_script import run_script as command

    command(file, arguments or [], experiment, store, python, json)


@app.command()
def export(
    run: RunId = "latest",
    to: Annotated[str, typer.Option(help="Where to: mlflow.")] = "mlflow",
    uri: Annotated[str | None, typer.Option(help="MLflow's tracking address; else MLflow's own setting.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Write a run and all below it to an MLflow tracking store."""
    from designer.cli.transfer import export_run as command

    command(run, to, uri, store, json)


@app.command(name="import")
def import_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="azureml-graph or mlflow.")],
    source: Annotated[
        str,
        typer.Argument(
            help="An exported graph (JSON), a script that builds a pipeline of steps, or MLflow's tracking address."
        ),
    ],
    arguments: Annotated[list[str] | None, typer.Argument(metavar="[ARGS]", help="The script's own arguments.")] = None,
    experiment: Annotated[str | None, typer.Option(help="Of MLflow, only this experiment.")] = None,
    store: Store = None,
    json: Json = False,
) -> None:
    """Bring a pipeline from Azure ML, or runs from MLflow. A script that is named here is executed, up to where it submits."""
    from designer.cli.transfer import import_from as command

    command(kind, source, arguments or [], experiment, store, json)


def main() -> None:
    """The console command."""
    if "" not in sys.path and os.getcwd() not in sys.path:
        sys.path.insert(0, os.getcwd())
    from designer.cli.arguments import expanded
    from designer.cli.output import guarded

    sys.argv[1:] = expanded(sys.argv[1:])
    guarded(app)
