/** Made by scripts/wire_types from designer/canvas/wire.py. Don't edit. */

/** How far Python got with what a page sent. */
export interface Acknowledged {
  client: string;
  edits: number;
  commands: number;
}

/** Add nodes with the edges among them and their places: a drop, a paste, a duplicate. */
export interface AddNodes {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "add_nodes";
  nodes: Node[];
  edges?: Edge[];
  positions?: Record<string, Position>;
}

/** The answer to a want: data, or why there is none. */
export interface Answer {
  data: any;
  error: string | null;
}

/** Let a pipeline parameter give a node's parameter its value. */
export interface BindParameter {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "bind_parameter";
  node: string;
  name: string;
  to: string;
}

/** One thing that differs in a node itself. `diff` is a unified diff of its code. */
export interface CauseView {
  kind: string;
  text: string;
  diff: string;
}

/** Change what nodes look like or whether they take part; None leaves a field as it is. */
export interface ChangeNodes {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "change_nodes";
  nodes: string[];
  title?: string | null;
  disabled?: boolean | null;
  regenerate?: boolean | null;
}

/** A child run: a fold, a trial, a node within a group. */
export interface ChildView {
  run_id: string;
  name: string;
  node: string | null;
  kind: string;
  status: string;
  started: number | null;
  ended: number | null;
  parameters: Record<string, any>;
  metrics: Record<string, any>;
}

/** Every kind of problem. Each is explained in docs/problems.md. */
export type Code = "invalid_document" | "newer_document" | "empty_pipeline" | "unknown_module" | "broken_module" | "invalid_name" | "duplicate_node" | "unknown_node" | "unknown_port" | "missing_port" | "port_taken" | "port_type_mismatch" | "missing_input" | "cycle" | "unknown_parameter" | "missing_parameter" | "invalid_parameter" | "unknown_pipeline_parameter";

/** One column: its type, gaps and distribution. */
export interface ColumnPreview {
  name: string;
  type: string;
  nulls: number;
  distinct: number | null;
  minimum: string | null;
  maximum: string | null;
  mean: number | null;
  bars: number[];
  /** of the bars: most frequent values, or the edges of the bins */
  labels: string[];
  numeric: boolean;
}

/** Answer to `ColumnsWant`: column names by input port. */
export interface ColumnsAnswer {
  ports: Record<string, string[]>;
}

/** The columns of the tables that flow into a node, as far as an earlier run kept them. */
export interface ColumnsWant {
  of: "columns";
  run_id: string;
  node: string;
}

/** Something to do exactly once, after the edit of number `after`. */
export interface Command {
  seq: number;
  after: number;
  action: RunIt | Stop | Save | Open | Revert | Settle | ShowRun | Go | Dismiss;
}

/** Answer to `CompareWant`. */
export interface CompareAnswer {
  runs: CompareColumn[];
  rows: CompareRow[];
}

/** One run of a comparison. */
export interface CompareColumn {
  run_id: string;
  name: string;
  number: number;
  experiment: string;
  status: string;
  created: number;
  seconds: number | null;
}

/** One parameter or metric over the compared runs. */
export interface CompareRow {
  node: string;
  name: string;
  kind: "parameter" | "metric" | "time";
  values: any[];
  goal: "maximize" | "minimize" | null;
  unit: string;
  best: number[];
  worst: number[];
  differs: boolean;
  /** more than one point was logged, so curves can be laid over each other */
  series: boolean;
  /** the node's child run in each column */
  run_ids: (string | null)[];
}

/** Runs side by side. */
export interface CompareWant {
  of: "compare";
  run_ids: string[];
}

/** Another tab changed the draft since this one read it. */
export interface Conflict {
  revision: number;
  when: number;
}

/** Add an edge. With `replace`, an edge that already ends at the port goes. */
export interface Connect {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "connect";
  edge: Edge;
  replace?: boolean;
}

/** A metric's last value in two runs. `better` judges the delta by the declared goal; null: nobody said what is good. */
export interface DeltaView {
  name: string;
  a: any;
  b: any;
  delta: number | null;
  better: boolean | null;
  goal: "maximize" | "minimize" | null;
  unit: string;
  differs: boolean;
  /** more than one point was logged, so curves can be laid over each other */
  series: boolean;
}

/** Change the pipeline's name or description; None leaves it. */
export interface Describe {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "describe";
  name?: string | null;
  description?: string | null;
}

/** Answer to `DifferenceWant`. The pipeline has the nodes of both; null: these runs had none. */
export interface DifferenceAnswer {
  a: CompareColumn;
  b: CompareColumn;
  pipeline: Pipeline | null;
  modules: Record<string, ModuleSpec>;
  nodes: Record<string, NodeDifference>;
  /** edges that only one has: `group|node.port>node.port` */
  edges: Record<string, "a" | "b">;
  /** of the runs themselves */
  metrics: DeltaView[];
  environment: string[];
}

/** Two runs on one graph. */
export interface DifferenceWant {
  of: "difference";
  a: string;
  b: string;
}

/** Remove edges. */
export interface Disconnect {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "disconnect";
  edges: Edge[];
}

/** A notice was read. */
export interface Dismiss {
  do: "dismiss";
  notice: string;
}

/** The pipeline on the canvas. `pipeline` is left out when the page has this epoch already. */
export interface Document {
  /** of the draft, or the run */
  id: string;
  epoch: string;
  revision: number;
  pipeline: Pipeline | null;
  /** the file it came from or was saved to, relative to the project */
  path: string | null;
  kind: "draft" | "yaml" | "python" | "run";
  read_only: boolean;
  /** the draft differs from the file */
  changed: boolean;
}

/** Answer to `EarlierWant`, the newest first. */
export interface EarlierAnswer {
  runs: EarlierRun[];
}

/** An earlier run whose outputs a node could take. */
export interface EarlierRun {
  run_id: string;
  node: string;
  root: string;
  name: string;
  number: number;
  created: number;
  seconds: number | null;
  metrics: Record<string, any>;
}

/** The earlier runs whose outputs a node could take. */
export interface EarlierWant {
  of: "earlier";
  node: string;
  module: string;
}

/** A value flows from an output port to an input port. */
export interface Edge {
  source: End;
  target: End;
}

export type End = [string, string];

/** Answer to `EnvironmentWant`. */
export interface EnvironmentAnswer {
  facts: Record<string, any>;
  packages: Record<string, string>;
}

/** What a run ran in: Python, packages, machine, code. */
export interface EnvironmentWant {
  of: "environment";
  run_id: string;
}

/** Why a run failed. */
export interface ErrorView {
  code: string;
  type: string;
  message: string;
  where: string;
  traceback: string;
}

/** Answer to `FileWant`: base64, or the place on disk when it is too large to send. */
export interface FileAnswer {
  name: string;
  base64: string | null;
  place: string | null;
}

/** A file of a run. */
export interface FileView {
  name: string;
  size: number;
  digest: string;
}

/** A file's content, for a download. */
export interface FileWant {
  of: "file";
  run_id: string;
  name: string;
}

/** Draw a group as one node, or open it. */
export interface Fold {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "fold";
  node: string;
  folded: boolean;
}

/** Go to another page. */
export interface Go {
  do: "go";
  page: "design" | "runs" | "run" | "modules" | "compare";
  query?: Record<string, string>;
}

/** Put nodes into a new group. Edges that cross its border become its ports. */
export interface Group {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "group";
  nodes: string[];
  id: string;
  title?: string;
}

/** What the page needs now, under the key by which it looks the answer up. */
export interface KeyedWant {
  key: string;
  want: NodeWant | SeriesWant | RowsWant | PreviewWant | LogWant | FileWant | EnvironmentWant | RunsWant | CompareWant | DifferenceWant | SourceWant | PipelinesWant | ColumnsWant | EarlierWant;
}

/** How a pipeline looks. Nothing in here changes what runs. */
export interface Layout {
  positions: Record<string, Position>;
  notes: Note[];
  /** groups that are drawn as one node */
  folded: string[];
  /** node -> metrics shown on its face */
  pins: Record<string, string[]>;
}

/** What changes while something runs; comes through a second, invisible mount. */
export interface Live {
  face: "live";
  /** the key of the mount that shows it */
  host: string;
  run: RunView | null;
  answers: Record<string, Answer>;
}

/** Answer to `LogWant`: the last part of a log. */
export interface LogAnswer {
  text: string;
  size: number;
  /** bytes before `text` that were left out */
  skipped: number;
}

/** The end of what a run printed. */
export interface LogWant {
  of: "log";
  run_id: string;
}

/** A metric that a module declares: how to read it, and which values are wrong. */
export interface Metric {
  /** The name it is logged under. */
  name: string;
  /** Which way is better; None: neither. */
  goal: "maximize" | "minimize" | null;
  /** Shown behind the value, e.g. 's' or 'rows'. */
  unit: string;
  /** Least and greatest acceptable value. */
  bounds: [number | null, number | null] | null;
  /** What a value out of bounds does to the node. */
  on_broken: "warn" | "fail";
  /** Shown on the node's face unless the user chose otherwise. */
  pinned: boolean;
  description: string;
}

/** A metric as a table lists it. */
export interface MetricView {
  name: string;
  kind: string;
  count: number;
  last: any;
  min: number | null;
  max: number | null;
  last_step: number | null;
  last_time: number;
  description: string;
  unit: string;
  goal: "maximize" | "minimize" | null;
  bounds: [number | null, number | null] | null;
  pinned: boolean;
}

/** A module as data: all that check, canvas and catalogue need; nothing that runs. */
export interface ModuleSpec {
  id: string;
  title: string;
  category: string;
  version: string;
  description: string;
  inputs: Port[];
  outputs: Port[];
  /** JSON schema of an object */
  parameters: Record<string, any>;
  metrics: Metric[];
  /** where it is defined: file:line */
  source: string;
  /** the distribution or folder that brought it */
  package: string;
  /** why it can't be used: its import failed */
  error: string | null;
}

/** The palette. `specs` is left out when the page has this digest already. */
export interface Modules {
  digest: string;
  specs: Record<string, ModuleSpec> | null;
}

/** Put nodes (and notes, by their ids) in places. */
export interface Move {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "move";
  positions: Record<string, Position>;
}

/** A module placed in a pipeline, or (with `pipeline` set) a group: a pipeline placed in a pipeline. */
export interface Node {
  id: string;
  /** a module's id; empty for a group */
  module: string;
  pipeline: Pipeline | null;
  /** shown instead of the module's title */
  title: string;
  /** values that were set; the rest are defaults */
  parameters: Record<string, any>;
  /** parameter -> the pipeline parameter that gives its value */
  bindings: Record<string, string>;
  /** neither it nor what needs it runs */
  disabled: boolean;
  /** run it although an earlier result could be reused */
  regenerate: boolean;
}

/** Answer to `NodeWant`. */
export interface NodeDetail {
  run_id: string;
  root: string;
  node: string | null;
  module: string | null;
  name: string;
  number: number;
  experiment: string;
  kind: string;
  status: string;
  created: number;
  started: number | null;
  ended: number | null;
  progress: number | null;
  warnings: number;
  description: string;
  reused_from: string | null;
  error: ErrorView | null;
  parameters: Record<string, any>;
  tags: Record<string, string | null>;
  properties: Record<string, string>;
  metrics: MetricView[];
  files: FileView[];
  values: ValueView[];
  children: ChildView[];
}

/** A node in two runs; null where one of them hasn't got it. */
export interface NodeDifference {
  module: string;
  a: NodeSide | null;
  b: NodeSide | null;
  differs: boolean;
  causes: CauseView[];
  metrics: DeltaView[];
}

/** What a run says of one node. */
export interface NodeRun {
  run_id: string;
  status: string;
  started: number | null;
  ended: number | null;
  progress: number | null;
  warnings: number;
  error: string | null;
  reused_from: string | null;
  pins: Pin[];
}

/** A node in one of the runs. */
export interface NodeSide {
  node: string;
  run_id: string;
  status: string;
  seconds: number | null;
}

/** Everything a run logged, without the points of its series. */
export interface NodeWant {
  of: "node";
  run_id: string;
}

/** A sticky note on the canvas. Text is text, never markup. */
export interface Note {
  id: string;
  text: string;
  x: number;
  y: number;
  width: number;
  height: number;
  color: string;
}

/** Something to tell: what, where, what next. Text, never markup. */
export interface Notice {
  id: string;
  level: "info" | "success" | "warning" | "error";
  title: string;
  text: string;
  hint: string;
}

/** Open a pipeline of the project; None opens a new one. `copy` makes an editable copy of one declared in Python. */
export interface Open {
  do: "open";
  path?: string | null;
  copy?: boolean;
}

/** All that the page has to say. Repeated until acknowledged. */
export interface Outbox {
  /** a name that this copy of the page gave itself */
  client: string;
  /** of the document that the page has; null: it has none */
  epoch?: string | null;
  /** of the draft, as the page was last told */
  revision?: number;
  /** the digest of the modules that the page has */
  modules?: string | null;
  edits?: SentEdit[];
  commands?: Command[];
  wants?: KeyedWant[];
  steering?: Steering;
  /** how often this was said again: or somebody came back to the page */
  tries?: number;
}

/** Everything the page draws. */
export interface Page {
  face: "design" | "run" | "runs" | "modules" | "compare";
  /** the key of the mount */
  host: string;
  query: Record<string, string>;
  settings: Settings;
  ack: Acknowledged;
  document: Document | null;
  modules: Modules | null;
  problems: Problem[];
  run: RunView | null;
  conflict: Conflict | null;
  notices: Notice[];
  /** module -> the pipelines that use it */
  uses: Record<string, string[]>;
  answers: Record<string, Answer>;
}

/** A pipeline's parameter: a value that is chosen when it is run. */
export interface Parameter {
  default: any;
  required: boolean;
  /** JSON schema of the value */
  schema: Record<string, any>;
  description: string;
}

/** A metric on a node's face. */
export interface Pin {
  name: string;
  value: any;
  unit: string;
  goal: "maximize" | "minimize" | null;
  count: number;
  spark: (number | null)[];
}

/** Choose the metrics on a node's face; None goes back to the module's own choice. */
export interface PinMetrics {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "pin_metrics";
  node: string;
  metrics: string[] | null;
}

/** A DAG of nodes. May be wrong in every way a user can get it wrong: `graph.check` tells. */
export interface Pipeline {
  name: string;
  description: string;
  parameters: Record<string, Parameter>;
  nodes: Node[];
  edges: Edge[];
  /** of a group: its input port -> the ports within that get the value */
  inputs: Record<string, End[]>;
  /** of a group: its output port -> the port within */
  outputs: Record<string, End>;
  /** project files that define its modules, relative to the project */
  files: string[];
  layout: Layout;
}

/** A pipeline that can be opened. */
export interface PipelineFile {
  path: string;
  name: string;
  kind: "yaml" | "python" | "draft";
  modified: number;
  /** there are unsaved changes */
  draft: boolean;
  error: string;
}

/** Answer to `PipelinesWant`. */
export interface PipelinesAnswer {
  pipelines: PipelineFile[];
}

/** The project's pipelines and drafts. */
export interface PipelinesWant {
  of: "pipelines";
}

/** The plan of the pipeline that is open. Nodes that can't be planned are left out. */
export interface Planned {
  face: "plan";
  /** the key of the mount that shows it */
  host: string;
  /** the id of the document that it is about */
  document: string;
  client: string;
  /** the last edit of `client` that it knows */
  edits: number;
  nodes: Record<string, PlannedNode>;
  /** why there is no plan, when that isn't a problem of the pipeline */
  note: string;
}

/** What a run would do with a node, and the one reason. */
export interface PlannedNode {
  action: "run" | "reuse" | "maybe";
  kind: string;
  text: string;
  /** the run whose outputs it takes, or would take */
  from_run: string | null;
  /** how long it took the last time */
  seconds: number | null;
}

/** One input or output of a module. */
export interface Port {
  name: string;
  title: string;
  type: PortType;
  optional: boolean;
  many: boolean;
  description: string;
}

/** A Python type as data. */
export interface PortType {
  key: string;
  name: string;
  bases: string[];
  args: PortType[];
  alternatives: PortType[];
}

export type Position = [number, number];

/** Answer to `PreviewWant`. */
export interface PreviewAnswer {
  kind: "table" | "text" | "facts";
  format: string;
  size: number;
  rows_total: number | null;
  columns_total: number | null;
  columns: ColumnPreview[];
  rows: ((string | null)[])[];
  text: string;
  facts: Record<string, any>;
  note: string;
}

/** The first rows of what went through a port, and each column's distribution. */
export interface PreviewWant {
  of: "preview";
  run_id: string;
  port: string;
  side?: "input" | "output";
}

/** One thing a user can put right: what, where, which choices would fit (in `message`), what next (`hint`). */
export interface Problem {
  code: Code;
  message: string;
  node: string | null;
  port: string | null;
  hint: string;
  choices: string[];
  parameter: string | null;
}

/** Remove nodes and the edges that touch them. */
export interface RemoveNodes {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "remove_nodes";
  nodes: string[];
}

/** Remove sticky notes. */
export interface RemoveNotes {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "remove_notes";
  notes: string[];
}

/** Change a node's id, wherever it is named. */
export interface RenameNode {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "rename_node";
  node: string;
  to: string;
}

/** Put another pipeline in place of this one: open, undo, redo. */
export interface Replace {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "replace";
  pipeline: Pipeline;
}

/** Give a node's parameter its default back. */
export interface ResetParameter {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "reset_parameter";
  node: string;
  name: string;
}

/** Throw the draft away and go back to the file. */
export interface Revert {
  do: "revert";
}

/** Answer to `RowsWant`: a table, or an artifact's JSON, or an image as a data address. */
export interface RowsAnswer {
  kind: string;
  columns: string[];
  rows: any[][];
  total: number;
  document: any;
  images: string[];
}

/** The rows of a table metric, or the JSON or image of an artifact metric. */
export interface RowsWant {
  of: "rows";
  run_id: string;
  name: string;
}

/** Run the pipeline, or what leads to one node. */
export interface RunIt {
  do: "run";
  until?: string | null;
  experiment?: string | null;
  values?: Record<string, any>;
  executor?: string;
  steering?: Steering;
}

/** A run as the canvas draws it: its state and each node's, by the node's path. */
export interface RunView {
  run_id: string;
  /** grows; the page takes the newest, whichever way it came */
  tick: number;
  name: string;
  number: number;
  experiment: string;
  status: string;
  ended: boolean;
  created: number;
  started: number | null;
  finished: number | null;
  error: string | null;
  reused_from: string | null;
  nodes: Record<string, NodeRun>;
}

/** Answer to `RunsWant`: columns of equal length, newest run first. */
export interface RunsAnswer {
  total: number;
  ids: string[];
  numbers: number[];
  names: string[];
  experiments: string[];
  statuses: string[];
  created: number[];
  seconds: (number | null)[];
  /** parameters, metrics and tags by column name */
  columns: Record<string, any[]>;
  /** nodes whose metrics can be added */
  nodes: string[];
  /** nodes whose metrics are among the columns */
  chosen: string[];
}

/** The table of runs; `nodes` adds the metrics of those nodes as columns. */
export interface RunsWant {
  of: "runs";
  nodes?: string[];
}

/** Write the draft to a file; None: to where it came from. */
export interface Save {
  do: "save";
  path?: string | null;
  overwrite?: boolean;
}

/** An edit that the page has already applied. */
export interface SentEdit {
  seq: number;
  edit: AddNodes | RemoveNodes | Connect | Disconnect | SetParameter | ResetParameter | BindParameter | RenameNode | ChangeNodes | Move | SetNote | RemoveNotes | Fold | PinMetrics | SetPipelineParameter | Describe | Group | Ungroup | Replace;
}

/** Answer to `SeriesWant`. */
export interface SeriesAnswer {
  series: SeriesView[];
}

/** One thinned series. `values` has null where a value is not a finite number. */
export interface SeriesView {
  name: string;
  total: number;
  steps: number[];
  times: number[];
  values: (number | null)[];
  /** instead of values, when they are not numbers */
  texts: string[] | null;
  integers: boolean;
}

/** The points of scalars and lists, thinned to about `points`. */
export interface SeriesWant {
  of: "series";
  run_id: string;
  names: string[];
  points?: number;
  /** the stretch of steps (or positions) that is in view */
  between?: [number, number] | null;
}

/** Add a sticky note or change the one of that id. */
export interface SetNote {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "set_note";
  note: Note;
}

/** Give a node's parameter a value; a binding to a pipeline parameter goes. */
export interface SetParameter {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "set_parameter";
  node: string;
  name: string;
  value: any;
}

/** Add or change a pipeline parameter; None removes it, and its bindings. */
export interface SetPipelineParameter {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "set_pipeline_parameter";
  name: string;
  parameter: Parameter | null;
}

/** What the run dialog starts from. */
export interface Settings {
  project: string;
  folder: string;
  experiments: string[];
  experiment: string;
  executors: string[];
  user: string | null;
}

/** Two tabs changed one draft: take the other tab's, keep this tab's, or keep this tab's as a copy. */
export interface Settle {
  do: "settle";
  choice: "theirs" | "mine" | "copy";
  /** this tab's pipeline, for `mine` and `copy` */
  pipeline?: Pipeline | null;
}

/** Draw a run's results on the design canvas; None draws none. */
export interface ShowRun {
  do: "show_run";
  run_id: string | null;
}

/** Answer to `SourceWant`. */
export interface SourceAnswer {
  yaml: string;
  python: string;
  path: string | null;
}

/** The pipeline as YAML and as Python. `seq` is the edit up to which it is wanted. */
export interface SourceWant {
  of: "source";
  seq?: number;
}

/** What the user asks of the next run beside the pipeline: what it computes anew, and whose outputs nodes take. */
export interface Steering {
  /** no earlier result is taken */
  everything?: boolean;
  /** nodes and groups that run although they could be reused */
  again?: string[];
  /** node -> the run whose outputs it takes */
  pins?: Record<string, string>;
}

/** Stop a run. */
export interface Stop {
  do: "stop";
  run_id: string;
}

/** Replace a group by what is in it. */
export interface Ungroup {
  /** the groups, outermost first, inside which the edit happens */
  within?: string[];
  op: "ungroup";
  node: string;
}

/** A kept value of a port. */
export interface ValueView {
  port: string;
  side: "input" | "output";
  format: string;
  size: number;
  digest: string;
  facts: Record<string, any>;
}

export type Edit = AddNodes | RemoveNodes | Connect | Disconnect | SetParameter | ResetParameter | BindParameter | RenameNode | ChangeNodes | Move | SetNote | RemoveNotes | Fold | PinMetrics | SetPipelineParameter | Describe | Group | Ungroup | Replace;

export type Want = NodeWant | SeriesWant | RowsWant | PreviewWant | LogWant | FileWant | EnvironmentWant | RunsWant | CompareWant | DifferenceWant | SourceWant | PipelinesWant | ColumnsWant | EarlierWant;

export type Action = RunIt | Stop | Save | Open | Revert | Settle | ShowRun | Go | Dismiss;
