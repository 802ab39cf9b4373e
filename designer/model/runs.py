"""What is known of runs: records, metric summaries, series, files, queries. Light, because tables hold 100,000 of them.

Elsewhere: logging (tracking), keeping (store).
"""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from types import MappingProxyType
from typing import Any, Literal, NamedTuple


class Status(StrEnum):
    """Azure ML v1's run statuses that occur here, and `Skipped` for nodes that a failure upstream kept from running."""

    NOT_STARTED = "NotStarted"
    QUEUED = "Queued"
    PREPARING = "Preparing"
    STARTING = "Starting"
    RUNNING = "Running"
    CANCEL_REQUESTED = "CancelRequested"
    FINALIZING = "Finalizing"
    COMPLETED = "Completed"
    FAILED = "Failed"
    CANCELED = "Canceled"
    SKIPPED = "Skipped"

    @property
    def ended(self) -> bool:
        """Whether it can't change any more."""
        return self in ENDED


ENDED = frozenset({Status.COMPLETED, Status.FAILED, Status.CANCELED, Status.SKIPPED})


class RunKind(StrEnum):
    """What a run is a run of."""

    PIPELINE = "pipeline"
    GROUP = "group"
    MODULE = "module"
    INTERACTIVE = "interactive"  # Experiment.start_logging
    SCRIPT = "script"
    CHILD = "child"  # Run.child_run: a fold, a trial …


class _RunFields(NamedTuple):
    id: str
    kind: str = RunKind.INTERACTIVE
    parent: str | None = None
    root: str = ""
    node: str | None = None
    module: str | None = None
    experiment: str = ""
    name: str = ""
    number: int = 0
    status: str = Status.NOT_STARTED
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    display_name: str = ""
    description: str = ""
    reused_from: str | None = None
    warnings: int = 0
    progress: float | None = None
    error_json: str | None = None
    tags_json: str | None = None
    properties_json: str | None = None
    parameters_json: str | None = None
    metrics_json: str | None = None


class RunRecord(_RunFields):
    """One run. A tuple with its mappings still as JSON text, read when asked for: a table makes 100,000 of these at once.

    `root` is the run at the top of its tree, its own id for a root. `node` is the node's path in the pipeline:
    `split_data`, in a group `prepare/split_data`. `number` counts an experiment's root runs and is 0 for the others.
    Times are Unix seconds (UTC). `warnings` counts the warnings in its log; `progress` goes from 0 to 1 where a module reports it.
    """

    __slots__ = ()

    @property
    def error(self) -> Mapping[str, Any] | None:
        """Why it failed: `code`, `message`, and where known `type` and `traceback`."""
        return _parsed(self.error_json) if self.error_json else None

    @property
    def tags(self) -> Mapping[str, str | None]:
        """What users marked it with; may change."""
        return _parsed(self.tags_json)

    @property
    def properties(self) -> Mapping[str, str]:
        """Facts that were set once."""
        return _parsed(self.properties_json)

    @property
    def parameters(self) -> Mapping[str, Any]:
        """The values it was run with."""
        return _parsed(self.parameters_json)

    @property
    def metrics(self) -> Mapping[str, Any]:
        """The last value of each scalar metric that is a number."""
        return _parsed(self.metrics_json)

    @property
    def ended_well(self) -> bool:
        """Whether it has completed."""
        return self.status == Status.COMPLETED

    @property
    def has_ended(self) -> bool:
        """Whether its status can't change any more."""
        return self.status in ENDED

    @property
    def seconds(self) -> float | None:
        """From start to end; None before the end."""
        return None if self.started is None or self.ended is None else self.ended - self.started


@lru_cache(maxsize=1)
def _parser() -> Any:
    """A script that only logs never parses a record: it is spared the import, and may lack the library."""
    try:
        from pydantic_core import from_json  # noqa: PLC0415
    except ImportError:
        return json.loads
    return from_json


@lru_cache(maxsize=4096)
def _parsed(text: str | None) -> Mapping[str, Any]:
    if not text:
        return _EMPTY
    try:
        return MappingProxyType(_parser()(text))  # pydantic's parser takes a sixth of the time of Python's …
    except ValueError:
        return MappingProxyType(json.loads(text))  # … and refuses half a surrogate pair, which a user's text may hold


_EMPTY: Mapping[str, Any] = MappingProxyType({})

MetricKind = Literal[
    "scalar", "list", "table", "image", "confusion_matrix", "accuracy_table", "residuals", "predictions", "file"
]


class MetricSummary(NamedTuple):
    """What a table shows of a metric without touching its series. min and max ignore NaN; None for non-numbers."""

    name: str
    kind: str
    count: int  # type: ignore[assignment]  # hides tuple.count, which nobody asks of a summary
    last: Any
    min: float | None
    max: float | None
    last_step: int | None
    last_time: float
    description: str


class Series(NamedTuple):
    """A logged scalar over time. Arrays of equal length in the order of logging.

    `values` is a float64 array, or a list where a value is not a number; `steps` is None when no step was given;
    `times` are Unix seconds.
    """

    values: Any
    steps: Any
    times: Any
    integers: bool = False  # all values were ints
    first_is_float: bool = False


class FileRecord(NamedTuple):
    """A file of a run. `digest` is its content's SHA-256."""

    name: str
    digest: str
    size: int
    created: float


class Handle(NamedTuple):
    """A kept value: which format, which content. Travels instead of the value.

    `inline` holds the content itself where it is small text; then there is no file.
    `facts` are what the format tells of the value: rows and columns of a frame, type …
    """

    format: str
    digest: str
    size: int
    inline: str | None = None
    facts: Mapping[str, Any] = {}


class Result(NamedTuple):
    """What one run of a node was determined by, and whether its outputs can be taken again.

    `key` is the digest of all that determines it, `base` of all but the inputs. `data` holds the parts: code, version, packages,
    parameters, inputs, outputs, declared and read files. `origin` is the run whose outputs these are: itself, or where they were taken from.
    """

    run_id: str
    key: str
    base: str
    ok: bool
    reusable: bool
    origin: str
    pipeline: str
    node: str
    module: str
    created: float
    seconds: float | None
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Comparison:
    """One condition of a query: `metrics.accuracy > 0.9`, `parameters.lr = 0.1`, `tags.owner = "me"`."""

    where: Literal["metric", "parameter", "tag", "property"]
    name: str
    op: Literal["=", "!=", "<", "<=", ">", ">=", "exists"]
    value: Any = None


@dataclass(frozen=True, slots=True)
class RunQuery:
    """Which runs, in which order. Everything that is given must hold."""

    ids: Sequence[str] | None = None
    experiment: str | None = None
    parent: str | None = None
    root: str | None = None
    node: str | None = None
    module: str | None = None
    kind: str | None = None
    status: Sequence[str] | None = None
    roots_only: bool = True
    text: str | None = None  # in name, display name, id or experiment
    conditions: Sequence[Comparison] = ()
    order_by: str = "created"  # a column of RunRecord, or "metrics.NAME", "parameters.NAME", "tags.NAME"
    descending: bool = True
    limit: int | None = None
    offset: int = 0
