/** How long nodes took in two runs: two bars each, on one scale. */
import { seconds } from "../core/format";
import { lineColor } from "./SeriesChart";

export interface Timing {
  name: string;
  a: number | null;
  b: number | null;
}

export function Timings({ rows }: { rows: Timing[] }) {
  const longest = Math.max(1e-9, ...rows.flatMap((row) => [row.a ?? 0, row.b ?? 0]));
  return (
    <div className="timings">
      {rows.map((row) => (
        <div className="timing" key={row.name}>
          {rows.length > 1 && <div className="small cut" title={row.name}>{row.name}</div>}
          {([row.a, row.b] as const).map((one, i) => (
            <div className="timing-lane" key={i}>
              <span className="timing-side">{"AB"[i]}</span>
              <span className="timing-room"><i style={{ width: `${((one ?? 0) / longest) * 100}%`, background: lineColor(i) }} /></span>
              <span className="small num muted">{one === null ? "–" : seconds(one)}</span>
            </div>
          ))}
        </div>
      ))}
    </div>
  );
}
