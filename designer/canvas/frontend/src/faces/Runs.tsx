/** The table over all runs: filter, sort, choose columns, choose runs to compare. Only the rows in view are drawn. */
import { useMemo, useRef, useState } from "react";

import { moment, number, plural, seconds, value } from "../core/format";
import { type Column, columnsOf, csv, matching, sorted, widthOf } from "../core/table";
import { useAnswer } from "../hooks/useAnswer";
import { useHost } from "../hooks/useHost";
import { Empty, useOutside } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { StatusMark } from "../parts/Status";
import { saveBlob } from "../side/FilesTab";
import type { RunsAnswer } from "../wire";
import { Notices } from "./Design";

const ROW = 34;
const BUFFER = 12;
const MOST_COMPARED = 20;
const MOST_SHOWN = 7;

export function Runs() {
  const host = useHost();
  const [nodes, setNodes] = useState<string[]>([]);
  const { data, error } = useAnswer<RunsAnswer>({ of: "runs", nodes });
  const [filter, setFilter] = useState("");
  const [order, setOrder] = useState<{ key: string; descending: boolean }>({ key: "created", descending: true });
  const [hidden, setHidden] = useState<ReadonlySet<string> | null>(null);
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set());
  const columns = useMemo(() => (data ? columnsOf(data) : []), [data]);
  const off = useMemo(() => hidden ?? new Set(columns.slice(6 + MOST_SHOWN).map((column) => column.key)), [hidden, columns]);
  const shown = columns.filter((column) => !off.has(column.key));
  const rows = useMemo(() => {
    if (!data) return [];
    const column = columns.find((one) => one.key === order.key) ?? columns[4]!;
    return sorted(matching(data, columns, filter), column, order.descending);
  }, [data, columns, filter, order]);
  const toggle = (id: string) => {
    const next = new Set(chosen);
    if (!next.delete(id)) next.add(id);
    setChosen(next);
  };
  const oldestFirst = data?.ids.filter((id) => chosen.has(id)).reverse() ?? [];
  const compare = () => host.command({ do: "go", page: "compare", query: { runs: oldestFirst.join(",") } });
  return (
    <div className="faceplate">
      <div className="head">
        <h1>Runs</h1>
        <input className="input" type="search" placeholder="Filter: words, or r2>0.9" aria-label="Filter runs" value={filter} onChange={(event) => setFilter(event.target.value)} />
        <span className="muted small num">{data && (filter ? `${number(rows.length)} of ${plural(data.total, "run")}` : plural(data.total, "run"))}</span>
        <span className="grow" />
        {data && <ColumnsMenu columns={columns} off={off} onChange={setHidden} nodes={data.nodes} chosen={data.chosen} onNodes={setNodes} />}
        <button type="button" className="button" disabled={!rows.length} onClick={() => saveBlob("runs.csv", new Blob([csv(["id", ...shown.map((c) => [c.group, c.label].filter(Boolean).join("."))], rows.map((i) => [data!.ids[i], ...shown.map((c) => c.values[i])]))], { type: "text/csv" }))}><Icon name="download" />CSV</button>
        <button type="button" className="button primary" disabled={chosen.size < 2 || chosen.size > MOST_COMPARED} onClick={compare} title={chosen.size > MOST_COMPARED ? `at most ${MOST_COMPARED}` : undefined}>{chosen.size > 1 ? `Compare ${chosen.size}` : "Compare"}</button>
      </div>
      {error && <p className="wrong" style={{ padding: "0 24px" }}>{error}</p>}
      {data && !data.total && <Empty title="No runs yet"><p>Run a pipeline on the <Link page="design">design page</Link>, with <span className="mono">designer run</span>, or from Python.</p></Empty>}
      {data && data.total > 0 && <Grid data={data} rows={rows} columns={shown} order={order} onOrder={setOrder} chosen={chosen} onToggle={toggle} />}
      {!data && !error && <p className="muted" style={{ padding: "0 24px" }}>Reading…</p>}
      <Notices />
    </div>
  );
}

interface GridProps {
  data: RunsAnswer;
  rows: number[];
  columns: Column[];
  order: { key: string; descending: boolean };
  onOrder: (order: { key: string; descending: boolean }) => void;
  chosen: ReadonlySet<string>;
  onToggle: (id: string) => void;
}

function Grid({ data, rows, columns, order, onOrder, chosen, onToggle }: GridProps) {
  const host = useHost();
  const [view, setView] = useState({ top: 0, height: 800 });
  const box = useRef<HTMLDivElement>(null);
  const widths = columns.map(widthOf);
  const template = `40px ${widths.map((width) => `${width}px`).join(" ")} minmax(0, 1fr)`;
  const line = { gridTemplateColumns: template, width: `max(100%, ${widths.reduce((a, b) => a + b, 40)}px)` };
  const first = Math.max(0, Math.floor(view.top / ROW) - BUFFER);
  const last = Math.min(rows.length, Math.ceil((view.top + view.height) / ROW) + BUFFER);
  return (
    <div className="grid" ref={box} role="grid" aria-label="Runs" aria-rowcount={rows.length + 1} tabIndex={0} onScroll={(event) => setView({ top: event.currentTarget.scrollTop, height: event.currentTarget.clientHeight })}>
      <div className="grid-head" role="row" style={line}>
        <div role="columnheader"><span className="sr">Choose</span></div>
        {columns.map((column) => (
          <div key={column.key} role="columnheader" className={column.kind === "number" || column.kind === "seconds" ? "right" : ""} aria-sort={order.key === column.key ? (order.descending ? "descending" : "ascending") : "none"}>
            <button type="button" title={column.key} onClick={() => onOrder({ key: column.key, descending: order.key === column.key ? !order.descending : column.kind !== "text" })}>
              <span className="cut">
                {column.group && <small>{column.group}</small>}
                {column.label}
              </span>
              {order.key === column.key && <Icon name={order.descending ? "down" : "up"} />}
            </button>
          </div>
        ))}
      </div>
      <div className="grid-body" role="rowgroup" style={{ height: rows.length * ROW }}>
        {rows.slice(first, last).map((row, i) => {
          const id = data.ids[row]!;
          return (
            <div key={id} className="grid-row" role="row" aria-rowindex={first + i + 2} aria-selected={chosen.has(id)} data-run={id} style={{ ...line, top: (first + i) * ROW }}
              onDoubleClick={() => host.command({ do: "go", page: "run", query: { run: id } })}>
              <div role="gridcell"><input type="checkbox" aria-label={`Choose ${data.names[row]} ${data.numbers[row]}`} checked={chosen.has(id)} onChange={() => onToggle(id)} style={{ accentColor: "var(--accent)" }} /></div>
              {columns.map((column) => <div key={column.key} role="gridcell" className={column.kind === "number" || column.kind === "seconds" ? "right" : ""}><Cell column={column} row={row} id={id} /></div>)}
            </div>
          );
        })}
      </div>
    </div>
  );
}

function Cell({ column, row, id }: { column: Column; row: number; id: string }) {
  const cell = column.values[row];
  if (column.key === "name") return <Link page="run" query={{ run: id }}>{String(cell) || id}</Link>;
  if (cell === null || cell === undefined) return <span className="muted">–</span>;
  if (column.kind === "status") return <StatusMark status={String(cell)} />;
  if (column.kind === "time") return <>{moment(cell as number)}</>;
  if (column.kind === "seconds") return <>{seconds(cell as number)}</>;
  return <>{value(cell)}</>;
}

function ColumnsMenu({ columns, off, onChange, nodes, chosen, onNodes }: { columns: Column[]; off: ReadonlySet<string>; onChange: (off: ReadonlySet<string>) => void; nodes: readonly string[]; chosen: readonly string[]; onNodes: (nodes: string[]) => void }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  useOutside(box, open, () => setOpen(false));
  const flip = (key: string) => {
    const next = new Set(off);
    if (!next.delete(key)) next.add(key);
    onChange(next);
  };
  return (
    <span className="anchor" ref={box} onKeyDown={(event) => event.key === "Escape" && setOpen(false)}>
      <button type="button" className="button" aria-expanded={open} onClick={() => setOpen(!open)}><Icon name="columns" />Columns</button>
      {open && (
        <div className="menu right" style={{ maxHeight: 420, overflowY: "auto", minWidth: 260, padding: "8px 14px" }}>
          {columns.map((column) => (
            <label className="check" key={column.key}>
              <input type="checkbox" checked={!off.has(column.key)} onChange={() => flip(column.key)} />
              <span className="cut">{column.group && <span className="muted">{column.group} </span>}{column.label}</span>
            </label>
          ))}
          {nodes.length > 0 && <div className="picker-group">Metrics of a node</div>}
          {nodes.map((node) => (
            <label className="check" key={node}>
              <input type="checkbox" checked={chosen.includes(node)} onChange={() => onNodes(chosen.includes(node) ? chosen.filter((one) => one !== node) : [...chosen, node])} />
              <span className="cut">{node}</span>
            </label>
          ))}
        </div>
      )}
    </span>
  );
}
