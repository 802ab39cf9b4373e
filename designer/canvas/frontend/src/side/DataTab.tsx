/** What went through a node's ports: first rows, types, gaps and each column's distribution. */
import { useState } from "react";

import { bytes, number, plural, value } from "../core/format";
import { useAnswer } from "../hooks/useAnswer";
import type { ColumnPreview, NodeDetail, PreviewAnswer } from "../wire";

export function DataTab({ detail }: { detail: NodeDetail }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const keys = detail.values.map((one) => `${one.side} ${one.port}`);
  const key = chosen && keys.includes(chosen) ? chosen : (keys.find((one) => one.startsWith("output")) ?? keys[0]!);
  const [side, ...rest] = key.split(" ");
  const port = rest.join(" ");
  const { data, error, loading } = useAnswer<PreviewAnswer>({ of: "preview", run_id: detail.run_id, port, side: side as "input" | "output" });
  return (
    <>
      <div className="field">
        <label className="label" htmlFor="port">Port</label>
        <select id="port" className="input" value={key} onChange={(event) => setChosen(event.target.value)}>
          {detail.values.map((one) => <option key={`${one.side} ${one.port}`} value={`${one.side} ${one.port}`}>{one.side === "output" ? "→ " : "← "}{one.port} ({bytes(one.size)})</option>)}
        </select>
      </div>
      {error && <p className="wrong">{error}</p>}
      {!data && !error && <p className="muted">Reading…</p>}
      {data && !loading && <Preview data={data} />}
    </>
  );
}

function Preview({ data }: { data: PreviewAnswer }) {
  return (
    <>
      <p className="small muted num">
        {[data.rows_total !== null && plural(data.rows_total, "row"), data.columns_total !== null && plural(data.columns_total, "column"), bytes(data.size), data.format].filter(Boolean).join("  ·  ")}
      </p>
      {data.note && <p className="small muted">{data.note}</p>}
      {data.kind === "table" && data.columns.length === 0 && <p className="muted">The table has no columns.</p>}
      {data.kind === "table" && data.columns.length > 0 && (
        <div className="table-scroll preview" style={{ maxHeight: "60vh" }} tabIndex={0} role="region" aria-label="First rows">
          <table>
            <thead><tr>{data.columns.map((column) => <th scope="col" key={column.name}><ColumnHead column={column} /></th>)}</tr></thead>
            <tbody>
              {data.rows.map((row, i) => (
                <tr key={i}>{row.map((cell, k) => <td key={k} className={cell === null ? "null" : data.columns[k]?.numeric ? "right" : ""} title={cell ?? undefined}>{cell ?? "none"}</td>)}</tr>
              ))}
            </tbody>
          </table>
          {!data.rows.length && <p className="muted small" style={{ padding: "0 10px" }}>No rows.</p>}
        </div>
      )}
      {data.kind === "text" && <pre className="text" style={{ maxHeight: 420 }}>{data.text}</pre>}
      {Object.keys(data.facts).length > 0 && data.kind !== "table" && (
        <dl className="facts">{Object.entries(data.facts).map(([key, fact]) => [<dt key={key}>{key}</dt>, <dd key={`${key} value`}>{value(fact)}</dd>])}</dl>
      )}
    </>
  );
}

function ColumnHead({ column }: { column: ColumnPreview }) {
  const top = Math.max(1, ...column.bars);
  const facts = [column.nulls > 0 && `${number(column.nulls)} missing`, column.distinct !== null && `${number(column.distinct)} distinct`, column.mean !== null && `mean ${number(column.mean)}`];
  const range = column.minimum !== null && column.maximum !== null ? `${column.minimum} … ${column.maximum}` : "";
  return (
    <div className="preview-head" title={[range, ...facts].filter(Boolean).join("\n")}>
      <span style={{ color: "var(--text)" }}>{column.name}</span>
      <small>{column.type}</small>
      <div className="bars" aria-hidden="true">{column.bars.map((bar, i) => <i key={i} style={{ height: `${(bar / top) * 100}%` }} title={`${column.labels[i] ?? ""}: ${number(bar)}`} />)}</div>
      <small style={{ color: column.nulls ? "var(--warn)" : undefined }}>{facts.filter(Boolean)[0] || " "}</small>
    </div>
  );
}
