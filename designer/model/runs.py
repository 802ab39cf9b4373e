"""What is known of runs: records, metric summaries, series, files, queries. Light, because tables hold 100,000 of them.

Elsewhere: logging (tracking), keeping (store).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
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


@dataclass(frozen=True, slots=True)
class RunRecord:
    """One run. Times are Unix seconds (UTC) or None."""

    id: str
    kind: str = RunKind.INTERACTIVE
    parent: str | None = None
    root: str = ""  # the run at the top of its tree; its own id for a root
    node: str | None = None  # path of the node in the pipeline: "split_data", in a group "prepare/split_data"
    module: str | None = None
    experiment: str = ""
    name: str = ""
    number: int = 0  # counts the experiment's root runs; 0 for the others
    status: Status = Status.NOT_STARTED
    created: float = 0.0
    started: float | None = None
    ended: float | None = None
    display_name: str = ""
    description: str = ""
    error: Mapping[str, Any] | None = None  # code, message, and where known type, traceback
    tags: Mapping[str, str | None] = field(default_factory=dict)
    properties: Mapping[str, str] = field(default_factory=dict)
    parameters: Mapping[str, Any] = field(default_factory=dict)
    reused_from: str | None = None
    warnings: int = 0  # how many warnings its log holds
    progress: float | None = None  # 0..1, when the module reports one
    metrics: Mapping[str, Any] = field(default_factory=dict)  # last value of each numeric scalar, as in a table of runs

    @property
    def seconds(self) -> float | None:
        """From start to end; None before the end."""
        return None if self.started is None or self.ended is None else self.ended - self.started


MetricKind = Literal[
    "scalar", "list", "table", "image", "confusion_matrix", "accuracy_table", "residuals", "predictions", "file"
]


class MetricSummary(NamedTuple):
    """What a table shows of a metric without touching its series. min and max ignore NaN; None for non-numbers."""

    name: str
    kind: str
    count: int
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
