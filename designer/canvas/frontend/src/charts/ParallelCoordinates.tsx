/** Each run a line over the axes that differ: which settings go with which results. */
import { useState } from "react";

import { value } from "../core/format";
import { Empty } from "../parts/basics";
import type { CompareAnswer, CompareRow } from "../wire";
import { lineColor } from "./SeriesChart";

const HEIGHT = 340;
const TOP = 64;
const BOTTOM = 24;
const STEP = 150;
const MOST = 12;

export function ParallelCoordinates({ data, label }: { data: CompareAnswer; label: (i: number) => string }) {
  const [lit, setLit] = useState<number | null>(null);
  const rows = data.rows.filter((row) => row.differs && row.kind !== "time" && row.values.some((one) => one !== null)).slice(0, MOST);
  if (rows.length < 2) return <Empty title="Too little differs"><p>Parallel coordinates need two parameters or metrics that differ between the runs.</p></Empty>;
  const scales = rows.map(scaleOf);
  const width = 120 + (rows.length - 1) * STEP;
  const x = (k: number) => 60 + k * STEP;
  return (
    <figure className="chart" style={{ overflowX: "auto" }}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} style={{ width, maxWidth: "none" }} role="img" aria-label={`Parallel coordinates over ${rows.map((row) => row.name).join(", ")}`}>
        {rows.map((row, k) => (
          <g key={`${row.node} ${row.name}`}>
            <line className="axis" x1={x(k)} x2={x(k)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <text x={x(k)} y={TOP - 38} textAnchor="middle">{row.node}</text>
            <text x={x(k)} y={TOP - 24} textAnchor="middle" style={{ fontWeight: 600, fill: "var(--text)" }}>{row.name}</text>
            <text x={x(k)} y={TOP - 8} textAnchor="middle">{scales[k]!.high}</text>
            <text x={x(k)} y={HEIGHT - 8} textAnchor="middle">{scales[k]!.low}</text>
          </g>
        ))}
        {data.runs.map((run, i) => {
          const points = rows.flatMap((row, k) => {
            const at = scales[k]!.place(row.values[i]);
            return at === null ? [] : [`${x(k)},${(HEIGHT - BOTTOM - at * (HEIGHT - BOTTOM - TOP)).toFixed(1)}`];
          });
          return <polyline key={run.run_id} points={points.join(" ")} fill="none" stroke={lineColor(i)} strokeWidth={lit === i ? 3.5 : 2} opacity={lit === null || lit === i ? 0.9 : 0.2} onPointerEnter={() => setLit(i)} onPointerLeave={() => setLit(null)}><title>{label(i)}</title></polyline>;
        })}
      </svg>
      <div className="legend">{data.runs.map((run, i) => <span key={run.run_id} onPointerEnter={() => setLit(i)} onPointerLeave={() => setLit(null)}><span className="swatch" style={{ background: lineColor(i) }} />{label(i)}</span>)}</div>
    </figure>
  );
}

function scaleOf(row: CompareRow): { place: (cell: unknown) => number | null; low: string; high: string } {
  const numbers = row.values.filter((one): one is number => typeof one === "number");
  if (numbers.length === row.values.filter((one) => one !== null).length) {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return { place: (cell) => (typeof cell === "number" ? (high > low ? (cell - low) / (high - low) : 0.5) : null), low: value(low), high: value(high) };
  }
  const choices = [...new Set(row.values.filter((one) => one !== null).map((one) => value(one)))].sort();
  return { place: (cell) => (cell === null ? null : choices.length > 1 ? choices.indexOf(value(cell)) / (choices.length - 1) : 0.5), low: choices[0] ?? "", high: choices.at(-1) ?? "" };
}
