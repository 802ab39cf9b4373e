/** Metrics of two runs side by side: A, B, and by how much B is more. */
import { Fragment } from "react";

import { value } from "../core/format";
import { verdictOf } from "../core/difference";
import { Delta } from "../parts/Delta";
import type { DeltaView } from "../wire";

export function DeltaTable({ metrics }: { metrics: DeltaView[] }) {
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Metrics of both">
      <table>
        <thead><tr><th scope="col">Metric</th><th scope="col" className="right">A</th><th scope="col" className="right">B</th><th scope="col" className="right">B − A</th></tr></thead>
        <tbody>
          {metrics.map((metric) => (
            <tr key={metric.name} data-metric={metric.name} data-verdict={verdictOf(metric)}>
              <td className="delta-name">{metric.name.split("_").map((part, i) => (i ? <Fragment key={i}>_<wbr />{part}</Fragment> : part))}{metric.unit && <span className="muted"> {metric.unit}</span>}</td>
              <td className="right">{value(metric.a)}</td>
              <td className="right">{value(metric.b)}</td>
              <td className="right"><Delta metric={metric} />{metric.delta === 0 && <span className="muted">0</span>}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
