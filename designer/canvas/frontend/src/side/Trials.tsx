/** Many child runs at once: how one metric is distributed over them, and which parameters went with which value of it. */
import { useState } from "react";

import { type Axis, ParallelCoordinates } from "../charts/ParallelCoordinates";
import { Histogram } from "../charts/Plots";
import { number } from "../core/format";
import { binned, trialsOf } from "../core/trials";
import { useUi } from "../hooks/useHost";
import type { NodeDetail } from "../wire";

export function Trials({ children }: { children: NodeDetail["children"] }) {
  const [chosen, setChosen] = useState<string | null>(null);
  const wide = useUi((ui) => ui.wide);
  const trials = trialsOf(children);
  if (!trials) return null;
  const metric = trials.metrics.find((one) => one.name === chosen) ?? trials.metrics[0]!;
  const values = metric.values.filter((one): one is number => one !== null);
  const { edges, counts } = binned(values);
  const axes: Axis[] = [...trials.parameters, metric].map(({ name, values }) => ({ of: "", name, values }));
  return (
    <section className="section trials">
      <div className="row">
        <h3 className="grow">{children.length} child runs</h3>
        <select className="input small" style={{ width: "auto" }} aria-label="Metric of the child runs" value={metric.name} onChange={(event) => setChosen(event.target.value)}>
          {trials.metrics.map(({ name }) => <option key={name}>{name}</option>)}
        </select>
      </div>
      <Histogram title={metric.name} note={`${number(Math.min(...values))} … ${number(Math.max(...values))}`} edges={edges} counts={counts} xLabel={metric.name} yLabel="runs" />
      {trials.parameters.length > 0 && <ParallelCoordinates axes={axes} lines={children.map((child) => child.name)} shaded step={wide ? 150 : Math.max(56, 216 / (axes.length - 1))} />}
    </section>
  );
}
