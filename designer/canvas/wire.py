"""Every message between the page and Python. The TypeScript types are made from this file by scripts/wire_types.

The page keeps the pipeline and edits it at once; Python applies the same edits, keeps the draft and answers. All that
the page says travels as one state, the `Outbox`: the last state always arrives, so it repeats whatever Python hasn't
acknowledged, and one rerun sees edits, commands and wants of the same moment.

Elsewhere: messages about plans (wire_plan.py) and comparing (wire_compare.py), filling messages (view.py …).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias

from pydantic import Field

from designer.canvas.wire_compare import CompareAnswer, CompareWant, DifferenceAnswer, DifferenceWant
from designer.canvas.wire_plan import EarlierAnswer, EarlierWant, Steering
from designer.model.base import Frozen
from designer.model.edits import Edit
from designer.model.module import ModuleSpec
from designer.model.pipeline import Pipeline
from designer.model.problem import Problem

# ---------------------------------------------------------------- from the page


class SentEdit(Frozen):
    """An edit that the page has already applied."""

    seq: int
    edit: Edit


class RunIt(Frozen):
    """Run the pipeline, or what leads to one node."""

    do: Literal["run"] = "run"
    until: str | None = None
    experiment: str | None = None
    values: dict[str, Any] = Field(default_factory=dict)
    executor: str = "processes"
    steering: Steering = Steering()


class Stop(Frozen):
    """Stop a run."""

    do: Literal["stop"] = "stop"
    run_id: str


class Save(Frozen):
    """Write the draft to a file; None: to where it came from."""

    do: Literal["save"] = "save"
    path: str | None = None
    overwrite: bool = False


class Open(Frozen):
    """Open a pipeline of the project; None opens a new one. `copy` makes an editable copy of one declared in Python."""

    do: Literal["open"] = "open"
    path: str | None = None
    copy_: bool = Field(False, alias="copy")

    model_config = {"populate_by_name": True}


class Revert(Frozen):
    """Throw the draft away and go back to the file."""

    do: Literal["revert"] = "revert"


class Settle(Frozen):
    """Two tabs changed one draft: take the other tab's, keep this tab's, or keep this tab's as a copy."""

    do: Literal["settle"] = "settle"
    choice: Literal["theirs", "mine", "copy"]
    pipeline: Pipeline | None = Field(None, description="this tab's pipeline, for `mine` and `copy`")


class ShowRun(Frozen):
    """Draw a run's results on the design canvas; None draws none."""

    do: Literal["show_run"] = "show_run"
    run_id: str | None


class Go(Frozen):
    """Go to another page."""

    do: Literal["go"] = "go"
    page: Literal["design", "runs", "run", "modules", "compare"]
    query: dict[str, str] = Field(default_factory=dict)


class Dismiss(Frozen):
    """A notice was read."""

    do: Literal["dismiss"] = "dismiss"
    notice: str


Action: TypeAlias = Annotated[
    RunIt | Stop | Save | Open | Revert | Settle | ShowRun | Go | Dismiss, Field(discriminator="do")
]


class Command(Frozen):
    """Something to do exactly once, after the edit of number `after`."""

    seq: int
    after: int
    action: Action


class NodeWant(Frozen):
    """Everything a run logged, without the points of its series."""

    of: Literal["node"] = "node"
    run_id: str


class SeriesWant(Frozen):
    """The points of scalars and lists, thinned to about `points`."""

    of: Literal["series"] = "series"
    run_id: str
    names: tuple[str, ...]
    points: int = 1200
    between: tuple[float, float] | None = Field(None, description="the stretch of steps (or positions) that is in view")


class RowsWant(Frozen):
    """The rows of a table metric, or the JSON or image of an artifact metric."""

    of: Literal["rows"] = "rows"
    run_id: str
    name: str


class PreviewWant(Frozen):
    """The first rows of what went through a port, and each column's distribution."""

    of: Literal["preview"] = "preview"
    run_id: str
    port: str
    side: Literal["input", "output"] = "output"


class LogWant(Frozen):
    """The end of what a run printed."""

    of: Literal["log"] = "log"
    run_id: str


class FileWant(Frozen):
    """A file's content, for a download."""

    of: Literal["file"] = "file"
    run_id: str
    name: str


class EnvironmentWant(Frozen):
    """What a run ran in: Python, packages, machine, code."""

    of: Literal["environment"] = "environment"
    run_id: str


class RunsWant(Frozen):
    """The table of runs; `nodes` adds the metrics of those nodes as columns."""

    of: Literal["runs"] = "runs"
    nodes: tuple[str, ...] = ()


class SourceWant(Frozen):
    """The pipeline as YAML and as Python. `seq` is the edit up to which it is wanted."""

    of: Literal["source"] = "source"
    seq: int = 0


class PipelinesWant(Frozen):
    """The project's pipelines and drafts."""

    of: Literal["pipelines"] = "pipelines"


class ColumnsWant(Frozen):
    """The columns of the tables that flow into a node, as far as an earlier run kept them."""

    of: Literal["columns"] = "columns"
    run_id: str
    node: str


Want: TypeAlias = Annotated[
    NodeWant
    | SeriesWant
    | RowsWant
    | PreviewWant
    | LogWant
    | FileWant
    | EnvironmentWant
    | RunsWant
    | CompareWant
    | DifferenceWant
    | SourceWant
    | PipelinesWant
    | ColumnsWant
    | EarlierWant,
    Field(discriminator="of"),
]


class KeyedWant(Frozen):
    """What the page needs now, under the key by which it looks the answer up."""

    key: str
    want: Want


class Outbox(Frozen):
    """All that the page has to say. Repeated until acknowledged."""

    client: str = Field(description="a name that this copy of the page gave itself")
    epoch: str | None = Field(None, description="of the document that the page has; null: it has none")
    revision: int = Field(0, description="of the draft, as the page was last told")
    modules: str | None = Field(None, description="the digest of the modules that the page has")
    edits: tuple[SentEdit, ...] = ()
    commands: tuple[Command, ...] = ()
    wants: tuple[KeyedWant, ...] = ()
    steering: Steering = Steering()
    tries: int = Field(0, description="how often this was said again: or somebody came back to the page")


# ---------------------------------------------------------------- to the page


class Acknowledged(Frozen):
    """How far Python got with what a page sent."""

    client: str = ""
    edits: int = 0
    commands: int = 0


class Document(Frozen):
    """The pipeline on the canvas. `pipeline` is left out when the page has this epoch already."""

    id: str = Field(description="of the draft, or the run")
    epoch: str
    revision: int = 0
    pipeline: Pipeline | None = None
    path: str | None = Field(None, description="the file it came from or was saved to, relative to the project")
    kind: Literal["draft", "yaml", "python", "run"] = "draft"
    read_only: bool = False
    changed: bool = Field(False, description="the draft differs from the file")


class Conflict(Frozen):
    """Another tab changed the draft since this one read it."""

    revision: int
    when: float


class Pin(Frozen):
    """A metric on a node's face."""

    name: str
    value: Any = None
    unit: str = ""
    goal: Literal["maximize", "minimize"] | None = None
    count: int = 1
    spark: tuple[float | None, ...] = ()


class NodeRun(Frozen):
    """What a run says of one node."""

    run_id: str
    status: str
    started: float | None = None
    ended: float | None = None
    progress: float | None = None
    warnings: int = 0
    error: str | None = None
    reused_from: str | None = None
    pins: tuple[Pin, ...] = ()


class RunView(Frozen):
    """A run as the canvas draws it: its state and each node's, by the node's path."""

    run_id: str
    tick: int = Field(description="grows; the page takes the newest, whichever way it came")
    name: str = ""
    number: int = 0
    experiment: str = ""
    status: str = "NotStarted"
    ended: bool = False
    created: float = 0.0
    started: float | None = None
    finished: float | None = None
    error: str | None = None
    reused_from: str | None = None
    nodes: dict[str, NodeRun] = Field(default_factory=dict)


class Notice(Frozen):
    """Something to tell: what, where, what next. Text, never markup."""

    id: str
    level: Literal["info", "success", "warning", "error"]
    title: str
    text: str = ""
    hint: str = ""


class Modules(Frozen):
    """The palette. `specs` is left out when the page has this digest already."""

    digest: str
    specs: dict[str, ModuleSpec] | None = None


class Answer(Frozen):
    """The answer to a want: data, or why there is none."""

    data: Any = None
    error: str | None = None


class Settings(Frozen):
    """What the run dialog starts from."""

    project: str
    folder: str
    experiments: tuple[str, ...] = ()
    experiment: str = ""
    executors: tuple[str, ...] = ("processes", "threads", "serial")
    user: str | None = None


class Page(Frozen):
    """Everything the page draws."""

    face: Literal["design", "run", "runs", "modules", "compare"]
    host: str = Field("design", description="the key of the mount")
    query: dict[str, str] = Field(default_factory=dict)
    settings: Settings
    ack: Acknowledged = Acknowledged()
    document: Document | None = None
    modules: Modules | None = None
    problems: tuple[Problem, ...] = ()
    run: RunView | None = None
    conflict: Conflict | None = None
    notices: tuple[Notice, ...] = ()
    uses: dict[str, tuple[str, ...]] = Field(default_factory=dict, description="module -> the pipelines that use it")
    answers: dict[str, Answer] = Field(default_factory=dict)


class Live(Frozen):
    """What changes while something runs; comes through a second, invisible mount."""

    face: Literal["live"] = "live"
    host: str = Field(description="the key of the mount that shows it")
    run: RunView | None = None
    answers: dict[str, Answer] = Field(default_factory=dict)


# ---------------------------------------------------------------- answers


class MetricView(Frozen):
    """A metric as a table lists it."""

    name: str
    kind: str
    count: int
    last: Any = None
    min: float | None = None
    max: float | None = None
    last_step: int | None = None
    last_time: float = 0.0
    description: str = ""
    unit: str = ""
    goal: Literal["maximize", "minimize"] | None = None
    bounds: tuple[float | None, float | None] | None = None
    pinned: bool = False


class FileView(Frozen):
    """A file of a run."""

    name: str
    size: int
    digest: str


class ValueView(Frozen):
    """A kept value of a port."""

    port: str
    side: Literal["input", "output"]
    format: str
    size: int
    digest: str
    facts: dict[str, Any] = Field(default_factory=dict)


class ErrorView(Frozen):
    """Why a run failed."""

    code: str = ""
    type: str = ""
    message: str
    where: str = ""
    traceback: str = ""


class ChildView(Frozen):
    """A child run: a fold, a trial, a node within a group."""

    run_id: str
    name: str
    node: str | None
    kind: str
    status: str
    started: float | None
    ended: float | None
    parameters: dict[str, Any] = Field(default_factory=dict)
    metrics: dict[str, Any] = Field(default_factory=dict)


class NodeDetail(Frozen):
    """Answer to `NodeWant`."""

    run_id: str
    root: str
    node: str | None
    module: str | None
    name: str
    number: int
    experiment: str
    kind: str
    status: str
    created: float
    started: float | None
    ended: float | None
    progress: float | None
    warnings: int
    description: str
    reused_from: str | None
    error: ErrorView | None
    parameters: dict[str, Any]
    tags: dict[str, str | None]
    properties: dict[str, str]
    metrics: tuple[MetricView, ...]
    files: tuple[FileView, ...]
    values: tuple[ValueView, ...]
    children: tuple[ChildView, ...]


class SeriesView(Frozen):
    """One thinned series. `values` has null where a value is not a finite number."""

    name: str
    total: int
    steps: tuple[float, ...]
    times: tuple[float, ...]
    values: tuple[float | None, ...]
    texts: tuple[str, ...] | None = Field(None, description="instead of values, when they are not numbers")
    integers: bool = False


class SeriesAnswer(Frozen):
    """Answer to `SeriesWant`."""

    series: tuple[SeriesView, ...]


class RowsAnswer(Frozen):
    """Answer to `RowsWant`: a table, or an artifact's JSON, or an image as a data address."""

    kind: str
    columns: tuple[str, ...] = ()
    rows: tuple[tuple[Any, ...], ...] = ()
    total: int = 0
    document: Any = None
    images: tuple[str, ...] = ()


class ColumnPreview(Frozen):
    """One column: its type, gaps and distribution."""

    name: str
    type: str
    nulls: int
    distinct: int | None = None
    minimum: str | None = None
    maximum: str | None = None
    mean: float | None = None
    bars: tuple[int, ...] = ()
    labels: tuple[str, ...] = Field((), description="of the bars: most frequent values, or the edges of the bins")
    numeric: bool = False


class PreviewAnswer(Frozen):
    """Answer to `PreviewWant`."""

    kind: Literal["table", "text", "facts"]
    format: str
    size: int
    rows_total: int | None = None
    columns_total: int | None = None
    columns: tuple[ColumnPreview, ...] = ()
    rows: tuple[tuple[str | None, ...], ...] = ()
    text: str = ""
    facts: dict[str, Any] = Field(default_factory=dict)
    note: str = ""


class LogAnswer(Frozen):
    """Answer to `LogWant`: the last part of a log."""

    text: str
    size: int
    skipped: int = Field(0, description="bytes before `text` that were left out")


class FileAnswer(Frozen):
    """Answer to `FileWant`: base64, or the place on disk when it is too large to send."""

    name: str
    base64: str | None = None
    place: str | None = None


class EnvironmentAnswer(Frozen):
    """Answer to `EnvironmentWant`."""

    facts: dict[str, Any]
    packages: dict[str, str]


class RunsAnswer(Frozen):
    """Answer to `RunsWant`: columns of equal length, newest run first."""

    total: int
    ids: tuple[str, ...]
    numbers: tuple[int, ...]
    names: tuple[str, ...]
    experiments: tuple[str, ...]
    statuses: tuple[str, ...]
    created: tuple[float, ...]
    seconds: tuple[float | None, ...]
    columns: dict[str, tuple[Any, ...]] = Field(description="parameters, metrics and tags by column name")
    nodes: tuple[str, ...] = Field((), description="nodes whose metrics can be added")
    chosen: tuple[str, ...] = Field((), description="nodes whose metrics are among the columns")


class SourceAnswer(Frozen):
    """Answer to `SourceWant`."""

    yaml: str
    python: str
    path: str | None = None


class PipelineFile(Frozen):
    """A pipeline that can be opened."""

    path: str
    name: str
    kind: Literal["yaml", "python", "draft"]
    modified: float
    draft: bool = Field(False, description="there are unsaved changes")
    error: str = ""


class PipelinesAnswer(Frozen):
    """Answer to `PipelinesWant`."""

    pipelines: tuple[PipelineFile, ...]


class ColumnsAnswer(Frozen):
    """Answer to `ColumnsWant`: column names by input port."""

    ports: dict[str, tuple[str, ...]]


ANSWERS = (
    NodeDetail,
    SeriesAnswer,
    RowsAnswer,
    PreviewAnswer,
    LogAnswer,
    FileAnswer,
    EnvironmentAnswer,
    RunsAnswer,
    CompareAnswer,
    DifferenceAnswer,
    SourceAnswer,
    PipelinesAnswer,
    ColumnsAnswer,
    EarlierAnswer,
)
