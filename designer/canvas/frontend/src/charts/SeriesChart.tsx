/** Series over steps or time: zoom by dragging, double click to go back, smoothing, log scale, several keys at once. */
import { useEffect, useMemo, useRef, useState } from "react";
import uPlot from "uplot";

import { number, value as shown } from "../core/format";
import { smooth } from "../core/curves";
import { useAnswer } from "../hooks/useAnswer";
import type { SeriesAnswer, SeriesView } from "../wire";

export interface Line {
  run_id: string;
  name: string;
  label: string;
}

const COLORS = ["--type1", "--type5", "--type4", "--type2", "--type8", "--type7", "--type6", "--type3"];
export const lineColor = (i: number): string => `var(${COLORS[i % COLORS.length]})`;

/** The chart with its controls. All lines are of one run, or each of its own. */
export function SeriesChart({ lines, height = 220 }: { lines: Line[]; height?: number }) {
  const [axis, setAxis] = useState<"step" | "time">("step");
  const [log, setLog] = useState(false);
  const [weight, setWeight] = useState(0);
  const [between, setBetween] = useState<[number, number] | null>(null);
  const runs = [...new Set(lines.map((line) => line.run_id))];
  return (
    <figure className="chart section">
      <div className="chart-tools">
        <label className="row">
          Over
          <select className="input" value={axis} onChange={(event) => {
            setAxis(event.target.value as "step" | "time");
            setBetween(null);
          }}>
            <option value="step">step</option>
            <option value="time">time</option>
          </select>
        </label>
        <label className="row">
          <input type="checkbox" checked={log} onChange={(event) => setLog(event.target.checked)} />
          log scale
        </label>
        <label className="row">
          Smoothing
          <input type="range" min={0} max={0.98} step={0.02} value={weight} onChange={(event) => setWeight(Number(event.target.value))} style={{ width: 90, accentColor: "var(--accent)" }} />
        </label>
        {between && <button type="button" className="button tiny" onClick={() => setBetween(null)}>Whole series</button>}
      </div>
      <Lines key={runs.join()} runs={runs} lines={lines} axis={axis} log={log} weight={weight} between={between} onZoom={axis === "step" ? setBetween : undefined} height={height} />
    </figure>
  );
}

interface LinesProps {
  runs: string[];
  lines: Line[];
  axis: "step" | "time";
  log: boolean;
  weight: number;
  between: [number, number] | null;
  onZoom?: (between: [number, number]) => void;
  height: number;
}

const MOST = 20;

function Lines({ runs, lines, axis, log, weight, between, onZoom, height }: LinesProps) {
  const [parts, setParts] = useState<Record<string, SeriesAnswer>>({});
  const data = useMemo(() => lines.map((line) => ({ line, series: parts[line.run_id]?.series.find((one) => one.name === line.name) })), [lines, parts]);
  return (
    <>
      {runs.slice(0, MOST).map((run) => (
        <Fetch key={run} run={run} names={[...new Set(lines.filter((line) => line.run_id === run).map((line) => line.name))]} between={between} onData={(answer) => setParts((now) => (now[run] === answer ? now : { ...now, [run]: answer }))} />
      ))}
      <Plot data={data} axis={axis} log={log} weight={weight} onZoom={onZoom} height={height} />
      {lines.length > 1 && (
        <div className="legend">
          {lines.map((line, i) => (
            <span key={`${line.run_id} ${line.name}`}><span className="swatch" style={{ background: lineColor(i) }} />{line.label}</span>
          ))}
        </div>
      )}
    </>
  );
}

function Fetch({ run, names, between, onData }: { run: string; names: string[]; between: [number, number] | null; onData: (answer: SeriesAnswer) => void }) {
  const { data } = useAnswer<SeriesAnswer>({ of: "series", run_id: run, names, points: 1200, between });
  useEffect(() => {
    if (data) onData(data);
  }, [data]); // eslint-disable-line
  return null;
}

function Plot({ data, axis, log, weight, onZoom, height }: { data: { line: Line; series: SeriesView | undefined }[]; axis: "step" | "time"; log: boolean; weight: number; onZoom?: (between: [number, number]) => void; height: number }) {
  const box = useRef<HTMLDivElement>(null);
  const plot = useRef<uPlot | null>(null);
  const [hover, setHover] = useState<string>("");
  const table = useMemo(() => aligned(data.map((one) => one.series), axis, weight, log), [data, axis, weight, log]);
  const shape = `${data.length} ${axis} ${log} ${height} ${data.map((one) => one.line.label).join()}`;
  useEffect(() => {
    const element = box.current!;
    const color = (name: string) => getComputedStyle(element).getPropertyValue(name).trim() || "#888";
    const probe = (i: number) => color(COLORS[i % COLORS.length]!);
    const common = { stroke: color("--muted") === "" ? "#777" : resolve(element, "var(--muted)"), grid: { stroke: resolve(element, "var(--line)"), width: 1 }, ticks: { stroke: resolve(element, "var(--line)"), width: 1 }, font: "11px sans-serif" };
    const made = new uPlot(
      {
        width: Math.max(120, element.clientWidth),
        height,
        legend: { show: false },
        cursor: { drag: { x: true, y: false, setScale: !onZoom }, points: { size: 6 } },
        scales: { x: { time: axis === "time" }, y: { distr: log ? 3 : 1 } },
        axes: [{ ...common, size: 30 }, { ...common, size: 54, values: (_, all) => all.map((one) => (one === null ? "" : number(one))) }],
        series: [{}, ...data.map((_, i) => ({ stroke: probe(i), width: 1.6, points: { show: (u: uPlot) => (u.data[0]?.length ?? 0) < 60 }, spanGaps: true }))],
        hooks: {
          setCursor: [
            (u) => {
              const at = u.cursor.idx;
              if (at === null || at === undefined) return setHover("");
              const x = u.data[0][at]!;
              const said = u.data.slice(1).map((ys, i) => (ys[at] === null || ys[at] === undefined ? null : `${data[i]!.line.label} ${shown(ys[at])}`)).filter(Boolean);
              setHover(said.length ? `${axis === "time" ? new Date(x * 1000).toLocaleTimeString() : `step ${number(x)}`}:  ${said.join("   ")}` : "");
            },
          ],
          setSelect: [
            (u) => {
              if (!onZoom || u.select.width < 4) return;
              const [low, high] = [u.posToVal(u.select.left, "x"), u.posToVal(u.select.left + u.select.width, "x")];
              u.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
              onZoom([low, high]);
            },
          ],
        },
      },
      table,
      element,
    );
    plot.current = made;
    const watch = new ResizeObserver(() => made.setSize({ width: Math.max(120, element.clientWidth), height }));
    watch.observe(element);
    return () => {
      watch.disconnect();
      made.destroy();
      plot.current = null;
    };
  }, [shape]); // eslint-disable-line
  useEffect(() => plot.current?.setData(table), [table]);
  const total = data.reduce((sum, one) => sum + (one.series?.total ?? 0), 0);
  return (
    <>
      <div className="plot" ref={box} role="img" aria-label={`Chart of ${data.map((one) => one.line.label).join(", ")}`} />
      <div className="small muted num" aria-live="off">{hover || `${total.toLocaleString("en-US")} points${total > 3000 ? ", thinned for the screen; drag to look closer" : ""}`}</div>
    </>
  );
}

/** A theme colour as the browser computes it: a canvas takes no variables. */
function resolve(element: HTMLElement, color: string): string {
  const probe = document.createElement("i");
  probe.style.color = color;
  element.append(probe);
  const found = getComputedStyle(probe).color;
  probe.remove();
  return found;
}

function aligned(series: (SeriesView | undefined)[], axis: "step" | "time", weight: number, log: boolean): uPlot.AlignedData {
  const tables = series.map((one): uPlot.AlignedData => {
    const values = smooth(one?.values ?? [], weight).map((v) => (log && v !== null && v <= 0 ? null : v));
    return [Array.from((axis === "time" ? one?.times : one?.steps) ?? []), values] as uPlot.AlignedData;
  });
  if (!tables.length) return [[]];
  return tables.length === 1 ? tables[0]! : uPlot.join(tables);
}
