"""`designer demo`: the example, run, and what to do next."""

from __future__ import annotations

from pathlib import Path

from designer.cli.output import console
from designer.cli.progress import watch
from designer.declare.pipeline import Pipeline
from designer.engine.submit import flat_of, fork_runner, prepare
from designer.errors import DesignerError
from designer.store.place import place

EXAMPLE = "cars.py"


def example() -> Path:
    """The example's file: in a checkout's pipelines/, or installed with the package."""
    package = Path(__file__).resolve().parents[1]
    for folder in (package.parent / "pipelines", package / "examples"):
        if (folder / EXAMPLE).is_file():
            return folder / EXAMPLE
    raise DesignerError(f"the example {EXAMPLE} is missing from this installation\n  next: install designer again")


def demo(page: bool, port: int, browser: bool, store: str | None) -> None:
    """Run the example and show each module's metrics."""
    file = example()
    out = console()
    out.print(f"running {file.name}: a pipeline of modules, each with metrics of its own\n", style="bold")
    pipeline = Pipeline.load(file, file.parent.parent)
    read = place(store).read
    order, where = prepare(pipeline, {}, store=place(store))
    fork_runner(pipeline, order)
    record = watch(read, order.run_id, list(flat_of(pipeline, {}).nodes), out)
    out.print(
        f"""
what to do next
  designer show {record.id[:8]}            every metric of every module
  designer run {_shown(file)} -p fraction=0.5   the same with another parameter
  designer runs                   all runs, with their metrics
  designer ui                     the page: build pipelines, watch them, compare runs
"""
    )
    if record.error:
        raise SystemExit(1)
    if page:
        from designer.app.serve import serve  # noqa: PLC0415 - only when the page is wanted

        serve(port=port, browser=browser, store=where.folder, project=Path.cwd(), open_path=None, run=record.id)


def _shown(file: Path) -> str:
    try:
        return str(file.relative_to(Path.cwd()))
    except ValueError:
        return str(file)
