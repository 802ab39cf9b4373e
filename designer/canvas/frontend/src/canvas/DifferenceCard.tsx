/** On a node's face when two runs are compared: why it differs, and what became of its metrics. */
import { changeOf, faceOf, sidesText, verdictOf } from "../core/difference";
import { value } from "../core/format";
import { ChangeMark } from "../parts/ChangeMark";
import { Delta } from "../parts/Delta";
import type { NodeDifference } from "../wire";

export function ChangeBadge({ node }: { node: NodeDifference | undefined }) {
  const change = changeOf(node);
  return <div className="plan"><ChangeMark change={change} /></div>;
}

export function DifferenceRows({ node }: { node: NodeDifference }) {
  const { causes, metrics } = faceOf(node);
  if (!causes.length && !metrics.length) return null;
  return (
    <div className="pins">
      {causes.map((cause) => (
        <div className="pin cause" key={cause.text} data-kind={cause.kind} title={cause.text}><span className="cut">{cause.text}</span></div>
      ))}
      {metrics.map((metric) => (
        <div className="pin" key={metric.name} data-metric={metric.name} data-verdict={verdictOf(metric)} title={`${metric.name}: ${sidesText(metric)}`}>
          <span className="pin-name cut">{metric.name}</span>
          <span className="pin-value cut">{value(metric.b)}</span>
          <Delta metric={metric} />
        </div>
      ))}
    </div>
  );
}
