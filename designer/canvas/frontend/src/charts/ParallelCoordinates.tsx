/** Each run a line over several axes: which settings go with which results. */
import { useState } from "react";

import { value } from "../core/format";
import { Empty } from "../parts/basics";
import { lineColor } from "./SeriesChart";

const HEIGHT = 340;
const TOP = 64;
const BOTTOM = 24;
const STEP = 150;
const MOST = 12;

export interface Axis {
  /** what the name belongs to, such as a node */
  of: string;
  name: string;
  /** a value of each line; null where it has none */
  values: unknown[];
}

/** `lines` are what the lines are called. Each has a colour of its own; `shaded` ones have one, the stronger the higher on the last axis. */
export function ParallelCoordinates({ axes: all, lines, shaded = false, step = STEP }: { axes: Axis[]; lines: string[]; shaded?: boolean; step?: number }) {
  const [lit, setLit] = useState<number | null>(null);
  const axes = all.length > MOST ? [...all.slice(0, MOST - 1), all.at(-1)!] : all;
  if (axes.length < 2) return <Empty title="Too little differs"><p>Parallel coordinates need two parameters or metrics that differ between the runs.</p></Empty>;
  const scales = axes.map(scaleOf);
  const width = 120 + (axes.length - 1) * step;
  const x = (k: number) => 60 + k * step;
  const shade = (i: number) => scales.at(-1)!.place(axes.at(-1)!.values[i]) ?? 0;
  const [quiet, strong] = shaded ? [0.12, 0.9] : [0.9, 0.9];
  return (
    <figure className="chart" style={{ overflowX: "auto" }} tabIndex={0}>
      <svg viewBox={`0 0 ${width} ${HEIGHT}`} style={{ width, maxWidth: "none" }} role="img" aria-label={`Parallel coordinates over ${axes.map((axis) => axis.name).join(", ")}`}>
        {axes.map((axis, k) => (
          <g key={`${axis.of} ${axis.name}`}>
            <line className="axis" x1={x(k)} x2={x(k)} y1={TOP} y2={HEIGHT - BOTTOM} />
            <text x={x(k)} y={TOP - 38} textAnchor="middle">{axis.of}</text>
            <text x={x(k)} y={TOP - 24} textAnchor="middle" style={{ fontWeight: 600, fill: "var(--text)" }}>{axis.name}</text>
            <text x={x(k)} y={TOP - 8} textAnchor="middle">{scales[k]!.high}</text>
            <text x={x(k)} y={HEIGHT - 8} textAnchor="middle">{scales[k]!.low}</text>
          </g>
        ))}
        {lines.map((line, i) => {
          const points = axes.flatMap((axis, k) => {
            const at = scales[k]!.place(axis.values[i]);
            return at === null ? [] : [`${x(k)},${(HEIGHT - BOTTOM - at * (HEIGHT - BOTTOM - TOP)).toFixed(1)}`];
          });
          const told = `${line}: ${axes.map((axis) => `${axis.name} ${value(axis.values[i])}`).join(", ")}`;
          return <polyline key={i} points={points.join(" ")} fill="none" stroke={shaded ? "var(--accent)" : lineColor(i)} strokeWidth={lit === i ? 3.5 : shaded ? 1.6 : 2} opacity={lit === i ? 1 : (quiet + (strong - quiet) * shade(i)) * (lit === null ? 1 : 0.25)} onPointerEnter={() => setLit(i)} onPointerLeave={() => setLit(null)}><title>{told}</title></polyline>;
        })}
      </svg>
      {!shaded && <div className="legend">{lines.map((line, i) => <span key={i} onPointerEnter={() => setLit(i)} onPointerLeave={() => setLit(null)}><span className="swatch" style={{ background: lineColor(i) }} />{line}</span>)}</div>}
    </figure>
  );
}

function scaleOf(axis: Axis): { place: (cell: unknown) => number | null; low: string; high: string } {
  const numbers = axis.values.filter((one): one is number => typeof one === "number");
  if (numbers.length === axis.values.filter((one) => one !== null).length) {
    const [low, high] = [Math.min(...numbers), Math.max(...numbers)];
    return { place: (cell) => (typeof cell === "number" ? (high > low ? (cell - low) / (high - low) : 0.5) : null), low: value(low), high: value(high) };
  }
  const choices = [...new Set(axis.values.filter((one) => one !== null).map((one) => value(one)))].sort();
  return { place: (cell) => (cell === null ? null : choices.length > 1 ? choices.indexOf(value(cell)) / (choices.length - 1) : 0.5), low: choices[0] ?? "", high: choices.at(-1) ?? "" };
}
