/** Small drawings as SVG: curves, bars with error, a matrix. Elsewhere: long series (SeriesChart). */
import { number } from "../core/format";
import { type Point, ticks } from "../core/curves";
import { lineColor } from "./SeriesChart";

const W = 340;
const H = 220;
const M = { left: 46, right: 10, top: 8, bottom: 34 };

interface Frame {
  x: (v: number) => number;
  y: (v: number) => number;
}

function frame(xs: [number, number], ys: [number, number]): Frame {
  const spanX = xs[1] - xs[0] || 1;
  const spanY = ys[1] - ys[0] || 1;
  return {
    x: (v) => M.left + ((v - xs[0]) / spanX) * (W - M.left - M.right),
    y: (v) => H - M.bottom - ((v - ys[0]) / spanY) * (H - M.top - M.bottom),
  };
}

function Axes({ at, xs, ys, xLabel, yLabel }: { at: Frame; xs: [number, number]; ys: [number, number]; xLabel: string; yLabel: string }) {
  return (
    <g>
      {ticks(...ys).map((v) => (
        <g key={v}>
          <line className="rule" x1={M.left} x2={W - M.right} y1={at.y(v)} y2={at.y(v)} />
          <text x={M.left - 6} y={at.y(v) + 3.5} textAnchor="end">{number(v)}</text>
        </g>
      ))}
      {ticks(...xs).map((v) => <text key={v} x={at.x(v)} y={H - M.bottom + 14} textAnchor="middle">{number(v)}</text>)}
      <line className="axis" x1={M.left} x2={W - M.right} y1={H - M.bottom} y2={H - M.bottom} />
      <text x={(W + M.left) / 2} y={H - 3} textAnchor="middle">{xLabel}</text>
      <text x={11} y={(H - M.bottom) / 2} textAnchor="middle" transform={`rotate(-90 11 ${(H - M.bottom) / 2})`}>{yLabel}</text>
    </g>
  );
}

export interface Curve {
  label: string;
  points: Point[];
}

/** Curves of few points on round axes. `diagonal` draws what chance would do. */
export function Curves({ title, curves, xLabel, yLabel, diagonal, note, dots }: { title: string; curves: Curve[]; xLabel: string; yLabel: string; diagonal?: boolean; note?: string; dots?: boolean }) {
  const all = curves.flatMap((curve) => curve.points).filter((p) => p.every(Number.isFinite));
  const range = (i: 0 | 1): [number, number] => {
    const values = all.map((p) => p[i]);
    return all.length ? [Math.min(...values), Math.max(...values)] : [0, 1];
  };
  const xs: [number, number] = diagonal ? [0, 1] : range(0);
  const ys: [number, number] = diagonal ? [0, 1] : padded(range(1));
  const at = frame(xs, ys);
  return (
    <figure className="chart">
      <figcaption>{title}{note && <span className="muted">{note}</span>}</figcaption>
      <svg className="plain-plot" viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${title}: ${curves.map((curve) => curve.label).join(", ")}`}>
        <Axes at={at} xs={xs} ys={ys} xLabel={xLabel} yLabel={yLabel} />
        {diagonal && <line className="axis" strokeDasharray="4 4" x1={at.x(0)} y1={at.y(0)} x2={at.x(1)} y2={at.y(1)} />}
        {curves.map((curve, i) =>
          dots ? (
            curve.points.slice(0, 2000).map((p, k) => <circle key={k} cx={at.x(p[0])} cy={at.y(p[1])} r={2.2} fill={lineColor(i)} opacity={0.6} />)
          ) : (
            <polyline key={curve.label} points={curve.points.map((p) => `${at.x(p[0]).toFixed(1)},${at.y(p[1]).toFixed(1)}`).join(" ")} fill="none" stroke={lineColor(i)} strokeWidth={1.8} />
          ),
        )}
      </svg>
      {curves.length > 1 && <div className="legend">{curves.map((curve, i) => <span key={curve.label}><span className="swatch" style={{ background: lineColor(i) }} />{curve.label}</span>)}</div>}
    </figure>
  );
}

const padded = ([low, high]: [number, number]): [number, number] => {
  const pad = (high - low || Math.abs(high) || 1) * 0.06;
  return [low - pad, high + pad];
};

/** A histogram whose edges may be uneven. */
export function Histogram({ title, edges, counts, xLabel, yLabel = "count", note }: { title: string; edges: number[]; counts: number[]; xLabel: string; yLabel?: string; note?: string }) {
  const xs: [number, number] = [edges[0] ?? 0, edges.at(-1) ?? 1];
  const ys: [number, number] = [0, Math.max(1, ...counts)];
  const at = frame(xs, ys);
  return (
    <figure className="chart">
      <figcaption>{title}{note && <span className="muted">{note}</span>}</figcaption>
      <svg className="plain-plot" viewBox={`0 0 ${W} ${H}`} role="img" aria-label={`${title}: histogram of ${counts.length} bins`}>
        <Axes at={at} xs={xs} ys={ys} xLabel={xLabel} yLabel={yLabel} />
        {xs[0] < 0 && xs[1] > 0 && <line className="axis" strokeDasharray="4 4" x1={at.x(0)} x2={at.x(0)} y1={M.top} y2={H - M.bottom} />}
        {counts.map((count, i) => {
          const [left, right] = [at.x(edges[i]!), at.x(edges[i + 1]!)];
          return <rect key={i} x={left + 0.5} width={Math.max(0.5, right - left - 1)} y={at.y(count)} height={H - M.bottom - at.y(count)} fill="var(--type1)" opacity={0.85}><title>{`${number(edges[i]!)} … ${number(edges[i + 1]!)}: ${number(count)}`}</title></rect>;
        })}
      </svg>
    </figure>
  );
}

/** Predictions: the mean prediction in each bin of true values, with its spread, beside the ideal line. */
export function Predictions({ data }: { data: { bin_averages: number[]; bin_errors: number[]; bin_counts: number[]; bin_edges: number[] } }) {
  const middles = data.bin_averages.map((_, i) => ((data.bin_edges[i] ?? 0) + (data.bin_edges[i + 1] ?? 0)) / 2);
  const used = middles.map((_, i) => i).filter((i) => (data.bin_counts[i] ?? 0) > 0);
  const xs: [number, number] = [data.bin_edges[0] ?? 0, data.bin_edges.at(-1) ?? 1];
  const lows = used.map((i) => data.bin_averages[i]! - (data.bin_errors[i] ?? 0));
  const highs = used.map((i) => data.bin_averages[i]! + (data.bin_errors[i] ?? 0));
  const ys: [number, number] = [Math.min(xs[0], ...lows), Math.max(xs[1], ...highs)];
  const at = frame(xs, ys);
  return (
    <figure className="chart">
      <figcaption>Predicted against actual</figcaption>
      <svg className="plain-plot" viewBox={`0 0 ${W} ${H}`} role="img" aria-label="Mean prediction for each bin of actual values">
        <Axes at={at} xs={xs} ys={ys} xLabel="actual" yLabel="predicted" />
        <line className="axis" strokeDasharray="4 4" x1={at.x(xs[0])} y1={at.y(xs[0])} x2={at.x(xs[1])} y2={at.y(xs[1])} />
        {used.map((i) => (
          <g key={i} stroke="var(--type1)">
            <line x1={at.x(middles[i]!)} x2={at.x(middles[i]!)} y1={at.y(data.bin_averages[i]! - (data.bin_errors[i] ?? 0))} y2={at.y(data.bin_averages[i]! + (data.bin_errors[i] ?? 0))} strokeWidth={1.5} />
            <circle cx={at.x(middles[i]!)} cy={at.y(data.bin_averages[i]!)} r={3.4} fill="var(--type1)" stroke="none"><title>{`actual ${number(middles[i]!)}: predicted ${number(data.bin_averages[i]!)} ± ${number(data.bin_errors[i] ?? 0)} (${data.bin_counts[i]} rows)`}</title></circle>
          </g>
        ))}
      </svg>
    </figure>
  );
}

/** A confusion matrix, shaded by its row's share. */
export function ConfusionMatrix({ labels, matrix }: { labels: string[]; matrix: number[][] }) {
  return (
    <figure className="chart">
      <figcaption>Confusion matrix<span className="muted">rows: actual, columns: predicted</span></figcaption>
      <div className="table-scroll">
        <table className="matrix">
          <thead><tr><th scope="col"><span className="sr">actual</span></th>{labels.map((label) => <th scope="col" key={label}>{label}</th>)}</tr></thead>
          <tbody>
            {matrix.map((row, i) => {
              const sum = row.reduce((a, b) => a + b, 0) || 1;
              return (
                <tr key={i}>
                  <th scope="row">{labels[i]}</th>
                  {row.map((count, k) => {
                    const share = count / sum;
                    return <td key={k} style={{ background: `color-mix(in srgb, ${i === k ? "var(--ok)" : "var(--fail)"} ${Math.round(share * 42)}%, var(--bg))` }} title={`${(share * 100).toFixed(1)} % of ${labels[i]}`}>{number(count)}</td>;
                  })}
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </figure>
  );
}
