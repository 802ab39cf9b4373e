/** Which two of the compared runs lie on the graph: A, the one before, and B. */
import { moment } from "../core/format";
import { lineColor } from "../charts/SeriesChart";
import { IconButton } from "../parts/basics";
import { Link } from "../parts/Link";
import type { CompareColumn } from "../wire";

export const runLabel = (run: CompareColumn): string => `${run.name}${run.number ? ` #${run.number}` : ""}`;

export function Pair({ runs, pair, onChoose }: { runs: CompareColumn[]; pair: [string, string]; onChoose: (pair: [string, string]) => void }) {
  const choose = (at: 0 | 1, id: string) => onChoose(id === pair[1 - at] ? [pair[1], pair[0]] : at === 0 ? [id, pair[1]] : [pair[0], id]);
  return (
    <span className="row pair">
      <Side side="A" at={0} runs={runs} id={pair[0]} onChoose={(id) => choose(0, id)} />
      <IconButton icon="swap" label="Swap A and B" onClick={() => onChoose([pair[1], pair[0]])} />
      <Side side="B" at={1} runs={runs} id={pair[1]} onChoose={(id) => choose(1, id)} />
    </span>
  );
}

function Side({ side, at, runs, id, onChoose }: { side: string; at: number; runs: CompareColumn[]; id: string; onChoose: (id: string) => void }) {
  const run = runs.find((one) => one.run_id === id);
  return (
    <span className="row">
      <span className="swatch" style={{ background: lineColor(at) }} />
      <strong>{side}</strong>
      {runs.length > 2 ? (
        <select className="input" aria-label={`Run ${side}`} value={id} onChange={(event) => onChoose(event.target.value)}>
          {runs.map((one) => <option key={one.run_id} value={one.run_id}>{runLabel(one)}  ·  {moment(one.created)}</option>)}
        </select>
      ) : run && <Link page="run" query={{ run: id }}>{runLabel(run)}</Link>}
      {runs.length === 2 && run && <span className="muted small hide-narrow">{moment(run.created)}</span>}
    </span>
  );
}
