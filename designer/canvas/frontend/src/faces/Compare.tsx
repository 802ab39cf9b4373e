/** Runs side by side: two of them on one graph; all in a table with best and worst, as curves, as parallel coordinates. */
import { useMemo, useState } from "react";

import { moment, seconds, value } from "../core/format";
import { csv } from "../core/table";
import { lineColor, SeriesChart } from "../charts/SeriesChart";
import { type Axis, ParallelCoordinates } from "../charts/ParallelCoordinates";
import { useAnswer } from "../hooks/useAnswer";
import { useHostState } from "../hooks/useHost";
import { Empty, Tabs } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { StatusMark } from "../parts/Status";
import { saveBlob } from "../side/FilesTab";
import type { CompareAnswer, CompareRow, DifferenceAnswer } from "../wire";
import { CompareGraph } from "./CompareGraph";
import { Notices } from "./Design";
import { Pair, runLabel } from "./Pair";

export function Compare() {
  const ids = useHostState((state) => (state.page?.query.runs ?? "").split(",").filter(Boolean));
  const { data, error } = useAnswer<CompareAnswer>(ids.length > 1 ? { of: "compare", run_ids: ids } : null);
  const [chosen, setView] = useState<string | null>(null);
  const [pair, setPair] = useState<[string, string] | null>(null);
  const view = chosen ?? (ids.length === 2 ? "graph" : "table");
  const [a, b] = pair && pair.every((id) => ids.includes(id)) ? pair : [ids[0] ?? "", ids[1] ?? ""];
  const { data: difference, error: wrong } = useAnswer<DifferenceAnswer>(ids.length > 1 && view === "graph" ? { of: "difference", a, b } : null);
  const [only, setOnly] = useState(false);
  const rows = useMemo(() => data?.rows.filter((row) => !only || row.differs) ?? [], [data, only]);
  const label = (i: number) => runLabel(data!.runs[i]!);
  const download = () => saveBlob("comparison.csv", new Blob([csv(["node", "kind", "name", ...data!.runs.map((_, i) => label(i))], rows.map((row) => [row.node, row.kind, row.name, ...row.values]))], { type: "text/csv" }));
  if (ids.length < 2) return <div className="faceplate"><Empty title="Nothing to compare"><p>Choose two runs or more in <Link page="runs">the table of runs</Link>.</p></Empty></div>;
  return (
    <div className="faceplate">
      <div className="head">
        <h1>Compare</h1>
        <Tabs label="View" chosen={view} onChoose={setView} tabs={[{ id: "graph", label: "Graph" }, { id: "table", label: "Table" }, { id: "curves", label: "Curves" }, { id: "parallel", label: "Parallel coordinates" }]} />
        {data && view === "graph" && <Pair runs={data.runs} pair={[a, b]} onChoose={setPair} />}
        <span className="grow" />
        {view === "table" && <label className="check small"><input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} />only what differs</label>}
        <Link page="runs" className="button">Runs</Link>
        <button type="button" className="button" disabled={!data} onClick={download}><Icon name="download" />CSV</button>
      </div>
      {view === "graph" && difference && <CompareGraph answer={difference} />}
      {view === "graph" && !difference && <div className="scroll">{wrong ? <p className="wrong">{wrong}</p> : <p className="muted">Reading…</p>}</div>}
      <div className="scroll" hidden={view === "graph"}>
        {error && <p className="wrong">{error}</p>}
        {!data && !error && <p className="muted">Reading…</p>}
        {data && view === "table" && <Table data={data} rows={rows} label={label} />}
        {data && view === "curves" && <Overlaid data={data} label={label} />}
        {data && view === "parallel" && <ParallelCoordinates axes={differing(data)} lines={data.runs.map((_, i) => label(i))} />}
      </div>
      <Notices />
    </div>
  );
}

/** What differs between the runs, as axes. */
function differing(data: CompareAnswer): Axis[] {
  const rows = data.rows.filter((row) => row.differs && row.kind !== "time" && row.values.some((one) => one !== null));
  return rows.map((row) => ({ of: row.node ?? "", name: row.name, values: [...row.values] }));
}

function Table({ data, rows, label }: { data: CompareAnswer; rows: CompareRow[]; label: (i: number) => string }) {
  const shown = (row: CompareRow, i: number): string => {
    const cell = row.values[i];
    if (row.kind === "time" && typeof cell === "number") return seconds(cell);
    return `${value(cell)}${cell !== null && row.unit ? ` ${row.unit}` : ""}`;
  };
  return (
    <div className="table-scroll compare" tabIndex={0} role="region" aria-label="Comparison">
      <table>
        <thead>
          <tr>
            <th scope="col">Node</th>
            {data.runs.map((run, i) => (
              <th scope="col" key={run.run_id} className="right">
                <div className="row" style={{ justifyContent: "flex-end" }}><span className="swatch" style={{ background: lineColor(i) }} /><Link page="run" query={{ run: run.run_id }}>{label(i)}</Link></div>
                <div style={{ fontWeight: 400 }}>{moment(run.created)}</div>
                <StatusMark status={run.status} />
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, k) => [
            row.node !== rows[k - 1]?.node && <tr className="node-row" key={`${row.node} head`}><td colSpan={data.runs.length + 1}>{row.node || "The run itself"}</td></tr>,
            <tr key={`${row.node} ${row.kind} ${row.name}`} className={row.differs ? "differs" : ""}>
              <td>{row.name}{row.kind === "parameter" && <span className="chip" style={{ marginLeft: 6 }}>parameter</span>}</td>
              {row.values.map((cell, i) => (
                <td key={i} className={`right ${row.best.includes(i) ? "best" : row.worst.includes(i) ? "worst" : ""} ${cell === null ? "null" : ""}`}>
                  {shown(row, i)}
                  {row.best.includes(i) && <span title="best"> ▲<span className="sr">best</span></span>}
                  {row.worst.includes(i) && <span title="worst"> ▼<span className="sr">worst</span></span>}
                </td>
              ))}
            </tr>,
          ])}
        </tbody>
      </table>
    </div>
  );
}

function Overlaid({ data, label }: { data: CompareAnswer; label: (i: number) => string }) {
  const rows = data.rows.filter((row) => row.series);
  if (!rows.length) return <Empty title="No curves"><p>None of these runs logged a metric more than once.</p></Empty>;
  return (
    <div style={{ display: "grid", gridTemplateColumns: "repeat(auto-fill, minmax(420px, 1fr))", gap: 24 }}>
      {rows.slice(0, 24).map((row) => (
        <section className="section" key={`${row.node} ${row.name}`}>
          <h3>{[row.node, row.name].filter(Boolean).join("  ·  ")}</h3>
          <SeriesChart lines={row.run_ids.flatMap((id, i) => (id ? [{ run_id: id, name: row.name, label: label(i) }] : []))} />
        </section>
      ))}
    </div>
  );
}
