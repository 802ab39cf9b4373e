/** Everything a run logged: scalars, series, tables and drawings. Any metric can be pinned to its node's face. */
import { useState } from "react";

import { areaUnder, type AccuracyTable, gains, goesOneWay, lift, type Point, precisionRecall, roc } from "../core/curves";
import { number, seconds, value } from "../core/format";
import type { Face } from "../core/scene";
import { useAnswer } from "../hooks/useAnswer";
import { useHost } from "../hooks/useHost";
import { ConfusionMatrix, Curves, Histogram, Predictions } from "../charts/Plots";
import { SeriesChart } from "../charts/SeriesChart";
import { Empty, IconButton } from "../parts/basics";
import { DataTable } from "../parts/DataTable";
import { StatusMark } from "../parts/Status";
import type { MetricView, NodeDetail, RowsAnswer } from "../wire";
import { Trials } from "./Trials";

export function MetricsTab({ detail, face, readOnly }: { detail: NodeDetail; face?: Face; readOnly: boolean }) {
  const series = detail.metrics.filter((m) => (m.kind === "scalar" || m.kind === "list") && m.count > 1);
  const numeric = series.filter((m) => typeof m.last === "number" || m.min !== null);
  const rest = detail.metrics.filter((m) => m.kind !== "scalar" && m.kind !== "list");
  const [chosen, setChosen] = useState<string[] | null>(null);
  const lines = chosen ?? numeric.slice(0, 1).map((m) => m.name);
  if (!detail.metrics.length && !detail.children.length) return <Empty title="No metrics"><p>This run logged none{detail.ended === null ? " yet" : ""}.</p></Empty>;
  const toggle = (name: string) => setChosen(lines.includes(name) ? lines.filter((one) => one !== name) : [...lines, name]);
  return (
    <>
      <div hidden={!detail.metrics.length}>
        {detail.metrics.filter((m) => m.kind === "scalar" || m.kind === "list").map((metric) => (
          <MetricRow key={metric.name} metric={metric} face={face} all={detail.metrics} readOnly={readOnly} charted={numeric.includes(metric) ? lines.includes(metric.name) : null} onChart={() => toggle(metric.name)} />
        ))}
      </div>
      {lines.length > 0 && <SeriesChart lines={lines.map((name) => ({ run_id: detail.run_id, name, label: name }))} />}
      <Trials children={detail.children.filter((child) => child.node === null || child.node === detail.node)} />
      {rest.map((metric) => <Drawn key={metric.name} runId={detail.run_id} metric={metric} />)}
      {detail.children.length > 0 && <Children detail={detail} />}
    </>
  );
}

function MetricRow({ metric, face, all, readOnly, charted, onChart }: { metric: MetricView; face?: Face; all: MetricView[]; readOnly: boolean; charted: boolean | null; onChart: () => void }) {
  const host = useHost();
  const pinned = all.filter((one) => one.pinned).map((one) => one.name);
  const broken = metric.bounds && typeof metric.last === "number" && ((metric.bounds[0] !== null && metric.last < metric.bounds[0]) || (metric.bounds[1] !== null && metric.last > metric.bounds[1]));
  const pin = () => face && host.edit({ op: "pin_metrics", within: face.within, node: face.node.id, metrics: metric.pinned ? pinned.filter((one) => one !== metric.name) : [...pinned, metric.name] });
  const spread = metric.count > 1 && metric.min !== null && metric.max !== null;
  return (
    <div className="metric-row" data-metric={metric.name}>
      {charted !== null && <input type="checkbox" checked={charted} onChange={onChart} aria-label={`Chart ${metric.name}`} style={{ accentColor: "var(--accent)" }} />}
      <div className="metric-name">
        {metric.name}
        {metric.description && <div className="small muted">{metric.description}</div>}
        {spread && <div className="small muted num">{number(metric.min!)} … {number(metric.max!)} over {metric.count.toLocaleString("en-US")}</div>}
      </div>
      <div className="metric-value" style={broken ? { color: "var(--warn)" } : undefined} title={broken ? `out of its bounds ${metric.bounds!.map((b) => b ?? "…").join(" to ")}` : undefined}>
        {value(metric.last)}
        {metric.unit && <span className="muted" style={{ fontWeight: 400 }}> {metric.unit}</span>}
      </div>
      {face && !readOnly && <IconButton icon="pin" label={metric.pinned ? `Unpin ${metric.name}` : `Pin ${metric.name} to the node`} pressed={metric.pinned} className="tiny" onClick={pin} />}
    </div>
  );
}

/** A metric that is drawn: a table, a picture, or one of the known documents. */
export function Drawn({ runId, metric }: { runId: string; metric: MetricView }) {
  const { data, error } = useAnswer<RowsAnswer>({ of: "rows", run_id: runId, name: metric.name });
  return (
    <section className="section" data-metric={metric.name}>
      <h3>{metric.name}</h3>
      {metric.description && <p className="small muted">{metric.description}</p>}
      {error && <p className="wrong">{error}</p>}
      {!data && !error && <p className="muted small">Reading…</p>}
      {data && <Drawing name={metric.name} answer={data} />}
    </section>
  );
}

function Drawing({ name, answer }: { name: string; answer: RowsAnswer }) {
  if (answer.images.length) return <>{answer.images.map((source, i) => <img key={i} className="image" src={source} alt={`${name}${answer.images.length > 1 ? ` ${i + 1}` : ""}`} />)}</>;
  const data = answer.document?.data ?? answer.document;
  try {
    if (answer.kind === "confusion_matrix" && data) return <ConfusionMatrix labels={data.class_labels.map(String)} matrix={data.matrix} />;
    if (answer.kind === "residuals" && data) return <Histogram title="Residuals" note="predicted − actual" edges={data.bin_edges} counts={data.bin_counts} xLabel="residual" />;
    if (answer.kind === "predictions" && data) return <Predictions data={data} />;
    if (answer.kind === "accuracy_table" && data) return <Accuracy table={data} />;
  } catch {
    return <><p className="small muted">This isn't shaped as a {answer.kind.replace("_", " ")}; as it was logged:</p><pre className="text">{JSON.stringify(answer.document, null, 2)}</pre></>;
  }
  if (answer.document !== null && answer.document !== undefined) return <pre className="text" style={{ maxHeight: 320 }}>{JSON.stringify(answer.document, null, 2)}</pre>;
  return <Rows name={name} answer={answer} />;
}

function Rows({ name, answer }: { name: string; answer: RowsAnswer }) {
  const numeric = answer.columns.filter((_, k) => answer.rows.length > 1 && answer.rows.every((row) => typeof row[k] === "number"));
  const [x, setX] = useState<string | null>(null);
  const over = x ?? numeric[0];
  const at = (column: string) => answer.columns.indexOf(column);
  const curves = over ? numeric.filter((column) => column !== over).slice(0, 6).map((column) => ({ label: column, points: answer.rows.map((row): Point => [row[at(over)] as number, row[at(column)] as number]) })) : [];
  return (
    <>
      {curves.length > 0 && (
        <>
          <Curves title={name} curves={curves} xLabel={over!} yLabel={curves.length === 1 ? curves[0]!.label : "value"} dots={!curves.every((curve) => goesOneWay(curve.points))} />
          {numeric.length > 2 && (
            <label className="row small">
              Over
              <select className="input" style={{ width: "auto", height: 26 }} value={over} onChange={(event) => setX(event.target.value)}>{numeric.map((column) => <option key={column}>{column}</option>)}</select>
            </label>
          )}
        </>
      )}
      <DataTable columns={answer.columns} rows={answer.rows} total={answer.total} label={name} />
    </>
  );
}

function Accuracy({ table }: { table: AccuracyTable }) {
  const labels = table.class_labels.map(String);
  const shown = labels.length === 2 ? [1] : labels.map((_, i) => i).slice(0, 8);
  const of = (make: (cells: AccuracyTable["probability_tables"][number]) => Point[], tables = table.probability_tables) => shown.map((i) => ({ label: labels[i]!, points: make(tables[i] ?? []) }));
  const rocs = of(roc);
  const percentile = table.percentile_tables?.length ? table.percentile_tables : table.probability_tables;
  return (
    <>
      <Curves title="ROC" note={rocs.map((c) => `AUC ${number(areaUnder(c.points))}`).slice(0, 2).join(", ")} curves={rocs} xLabel="false positive rate" yLabel="true positive rate" diagonal />
      <Curves title="Precision and recall" curves={of(precisionRecall)} xLabel="recall" yLabel="precision" />
      <Curves title="Lift" curves={of(lift, percentile)} xLabel="share of rows" yLabel="lift" />
      <Curves title="Cumulative gains" curves={of(gains, percentile)} xLabel="share of rows" yLabel="share of positives" diagonal />
    </>
  );
}

function Children({ detail }: { detail: NodeDetail }) {
  const nodes = detail.children.filter((child) => child.node !== null && child.node !== detail.node);
  const others = detail.children.filter((child) => !nodes.includes(child));
  return (
    <>
      {nodes.length > 0 && <Nodes nodes={nodes} />}
      {others.length > 0 && <Table label="Child runs" rows={others} />}
    </>
  );
}

const PER_NODE = 4;

/** The nodes of a run with what each logged: the whole run at a glance. */
function Nodes({ nodes }: { nodes: NodeDetail["children"] }) {
  const host = useHost();
  return (
    <section className="section">
      <h3>Nodes</h3>
      <div>
        {nodes.map((child) => (
          <button type="button" className="node-line" key={child.run_id} onClick={() => host.ui.set({ selected: [child.node!], tab: "metrics" })}>
            <StatusMark status={child.status} word={false} />
            <span className="grow">
              <span className="row"><span className="grow cut" style={{ fontWeight: 600 }}>{child.node}</span>{child.started !== null && child.ended !== null && <span className="small muted num">{seconds(child.ended - child.started)}</span>}</span>
              {Object.entries(child.metrics).slice(0, PER_NODE).map(([name, one]) => (
                <span className="row small" key={name}><span className="grow cut muted">{name}</span><span className="num">{value(one)}</span></span>
              ))}
            </span>
          </button>
        ))}
      </div>
    </section>
  );
}

function Table({ label, rows }: { label: string; rows: NodeDetail["children"] }) {
  const columns = [...new Set(rows.flatMap((child) => Object.keys(child.metrics)))].slice(0, 6);
  return (
    <section className="section">
      <h3>{label}</h3>
      <div className="table-scroll" style={{ maxHeight: 320 }} tabIndex={0} role="region" aria-label={label}>
        <table>
          <thead><tr><th scope="col">Run</th><th scope="col">Status</th>{columns.map((column) => <th scope="col" className="right" key={column}>{column}</th>)}</tr></thead>
          <tbody>
            {rows.slice(0, 500).map((child) => (
              <tr key={child.run_id}>
                <td>{child.name}</td>
                <td><StatusMark status={child.status} /></td>
                {columns.map((column) => <td className="right" key={column}>{value(child.metrics[column])}</td>)}
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}
