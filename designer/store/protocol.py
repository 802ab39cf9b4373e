"""What a store answers and takes. Everybody who reads takes `ReadStore`; only a process's writer takes `Store`.

Two stores keep this protocol and pass one contract test: `sqlite.py` and `memory.py`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from contextlib import AbstractContextManager
    from pathlib import Path

    from designer.model.runs import FileRecord, Handle, MetricSummary, Result, RunQuery, RunRecord, Series
    from designer.store.artifacts import Artifacts


class RunNotFoundError(LookupError):
    """No run has that id; the message names the nearest."""


class StoreVersionError(RuntimeError):
    """The store was written by another version; says which, and changes nothing."""


class ReadStore(Protocol):
    """Everything a reader can ask. Each call sees all that any process had logged when it was made."""

    @property
    def artifacts(self) -> Artifacts:
        """Contents by their digests."""

    def run(self, run_id: str) -> RunRecord:
        """One run; raises `RunNotFoundError`."""

    def runs(self, query: RunQuery = ...) -> list[RunRecord]:
        """The runs that a query asks for, filtered and sorted by the store."""

    def count(self, query: RunQuery = ...) -> int:
        """How many runs a query matches, limit and offset aside."""

    def experiments(self) -> dict[str, int]:
        """Experiment -> number of root runs."""

    def tree(self, run_id: str) -> list[RunRecord]:
        """The run and all its descendants, oldest first."""

    def metrics(self, run_ids: Sequence[str]) -> dict[str, dict[str, MetricSummary]]:
        """Run -> metric name -> summary, in order of first logging. Runs without metrics are left out."""

    def series(self, run_id: str, name: str) -> Series:
        """All values of a scalar or list metric; empty when there is none."""

    def values(self, run_id: str, name: str) -> list[Any]:
        """All values of a scalar or list metric as they were logged, in order; after a float first, ints are floats."""

    def rows(self, run_id: str, name: str) -> list[Mapping[str, Any]]:
        """All rows of a table metric, or the entries (`{"path": …}`) of an artifact metric, in order of logging."""

    def files(self, run_id: str) -> list[FileRecord]:
        """The files of a run, by name."""

    def file(self, run_id: str, name: str) -> Path:
        """A file's content, to be read only; raises `FileNotFoundError` naming what there is."""

    def outputs(self, run_id: str) -> dict[str, Handle]:
        """Port -> kept value."""

    def inputs(self, run_id: str) -> dict[str, list[Handle]]:
        """Port -> the kept values that came in."""

    def value_path(self, handle: Handle) -> Path:
        """Where a kept value lies, to be read only."""

    def log(self, run_id: str, offset: int = 0, limit: int | None = None) -> tuple[str, int]:
        """What the run printed from byte `offset` on, and the offset to go on from. Live while the run goes on."""

    def document(self, run_id: str) -> dict[str, Any]:
        """What was kept with a run of a pipeline: `pipeline` (its document), `modules` (their specs), `environment`."""

    def results(self, where: str, values: Sequence[str]) -> dict[str, Result]:
        """The newest good, reusable result for each `key` or `base` (as `where` says) of several, by that value."""

    def candidates(self, base: str) -> list[Result]:
        """The newest good, reusable result of each node that had a `base`, the newest first."""

    def failures(self, where: str, values: Sequence[str]) -> dict[str, Result]:
        """The newest result for each of several values of `key` or `base`, for those where that one failed."""

    def last_results(self, nodes: Sequence[tuple[str, str, str]]) -> dict[tuple[str, str, str], Result]:
        """The newest result, good or bad, of each of several nodes, given as module, pipeline and node."""

    def last_result(self, module: str, pipeline: str | None = None, ended_well: bool = False) -> Result | None:
        """The newest result of a module, in one pipeline or in all."""

    def nodes_of(self, pipeline: str, module: str) -> list[str]:
        """The nodes that a module has been in a pipeline, so far."""

    def result(self, run_id: str) -> Result | None:
        """What a run of a node was determined by."""

    def results_of(self, run_ids: Sequence[str]) -> dict[str, Result]:
        """What each of several runs of nodes was determined by."""

    def outputs_of(self, run_ids: Sequence[str]) -> dict[str, dict[str, Handle]]:
        """Run -> port -> kept value, of several runs; runs without any are left out."""

    def at_once(self) -> AbstractContextManager[None]:
        """One state of things, and one look for news, for all that this thread asks in the block."""

    def code(self, digest: str) -> dict[str, Any]:
        """The pieces of code behind a digest: name -> digest, file, line, source."""

    def echoes(self, run_id: str) -> list[list[Any]]:
        """The calls by which a module logged to the runs above it: time, level, method, arguments."""

    def revision(self) -> int:
        """A number that grows with everything new; compare it to know whether to read again."""
