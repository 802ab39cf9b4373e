"""A project of real files for the tests of reuse: a package whose code can be edited, and pipelines of its modules."""

from __future__ import annotations

import importlib
import itertools
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from designer.declare.module import Module
from designer.declare.pipeline import Pipeline
from designer.declare.registry import Registry
from designer.model.pipeline import Edge, End, Node
from designer.model.pipeline import Pipeline as Document

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from designer.store.place import Place
    from designer.tracking.run import Run

HELPERS = """\
FACTOR = {factor}


def scaled(value):
    return value * FACTOR


def shifted(value):
    return value + {shift}
"""

NODES = """\
from designer import Run, module

from . import tally
from .helpers import scaled
from .helpers import shifted as moved


@module
def source(*, value: int = 1) -> int:
    tally.ran.append("source")
    return value * {source}


@module
def total(xs: list[int], *, k: int = 0) -> int:
    tally.ran.append("total")
    Run.get_context().log("total", sum(xs) + k)
    return scaled(sum(xs)) + k + {total}


@module
def sign(xs: list[int], *, k: int = 0) -> int:
    tally.ran.append("sign")
    return moved((sum(xs) > k) - (sum(xs) < k))


@module
def read(xs: list[int], *, path: str = "") -> int:
    tally.ran.append("read")
    with open(path) as file:
        return int(file.read()) + sum(xs)


@module(volatile=True)
def dial(xs: list[int]) -> int:
    tally.ran.append("dial")
    return tally.dial[0] + sum(xs)
"""

CONSTANTS: Mapping[str, int] = {"factor": 2, "shift": 10, "source": 1, "total": 0}
USES = {"source": {"source"}, "total": {"total", "factor"}, "sign": {"shift"}, "read": set(), "dial": set()}

_folders = itertools.count(1)


@dataclass
class Project:
    """A package `kit` in a folder of its own, imported anew whenever its files change."""

    folder: Path
    constants: dict[str, int] = field(default_factory=lambda: dict(CONSTANTS))
    noise: int = 0  # comments and blank lines

    def __post_init__(self) -> None:
        package = self.folder / "kit"
        package.mkdir(parents=True)
        (package / "__init__.py").write_text("")
        (package / "tally.py").write_text("ran = []\ndial = [0]\n")
        sys.path.insert(0, str(self.folder))
        self.write()

    def write(self) -> None:
        """Write the files as they are to be now, and import them."""
        for name, text in (("helpers", HELPERS), ("nodes", NODES)):
            lines = text.format(**self.constants).splitlines()
            for at in range(self.noise):
                lines.insert(min(len(lines), 3 * at % (len(lines) + 1)), f"# note {at}" if at % 2 else "")
            path = self.folder / "kit" / f"{name}.py"
            scratch = path.with_suffix(".new")
            scratch.write_text("\n".join(lines) + "\n")
            scratch.replace(path)
        self.load()

    def load(self) -> None:
        """Import the package from its files."""
        forget("kit")
        importlib.invalidate_caches()
        found = vars(importlib.import_module("kit.nodes"))
        self.registry = Registry.of(value for value in found.values() if isinstance(value, Module))

    @property
    def tally(self) -> Any:
        """The module in which the modules note that they ran."""
        return sys.modules["kit.tally"]

    def close(self) -> None:
        """Leave no trace in this process."""
        forget("kit")
        sys.path.remove(str(self.folder))

    def pipeline(self, document: Document) -> Pipeline:
        """A pipeline of the package's modules."""
        return Pipeline(document, registry=self.registry)


def forget(package: str) -> None:
    """Make Python import a package anew."""
    for name in [name for name in sys.modules if name == package or name.startswith(f"{package}.")]:
        del sys.modules[name]


def document(
    nodes: Mapping[str, tuple[str, Mapping[str, Any]]], edges: Mapping[str, list[str]], **fields: Any
) -> Document:
    """A pipeline of `id: (module, parameters)` and `id: [ids whose output goes into its xs]`."""
    return Document(
        name=fields.pop("name", "made"),
        nodes=tuple(Node(id=id, module=module, parameters=dict(values)) for id, (module, values) in nodes.items()),
        edges=tuple(
            Edge(source=End(before, "output"), target=End(id, "xs"))
            for id, sources in edges.items()
            for before in sources
        ),
        **fields,
    )


def executed(run: Run) -> set[str]:
    """The nodes that a run really ran."""
    return {r.node for r in _nodes(run) if r.reused_from is None and r.status != "Skipped" and r.node}


def outputs(run: Run, place: Place) -> dict[str, Any]:
    """Node -> port -> the content's digest."""
    return {r.node or "": {p: h.digest for p, h in place.read.outputs(r.id).items()} for r in _nodes(run)}


def reasons(run: Run) -> dict[str, str]:
    """Node -> why it ran, or was reused."""
    return {r.node or "": r.properties.get("designer.reason", "") for r in _nodes(run)}


def _nodes(run: Run) -> Iterator[Any]:
    return (r for r in run._place.read.tree(run.id) if r.kind == "module")
