/** By how much a metric moved, and whether that is better: arrow, sign and colour. */
import { deltaText, verdictOf } from "../core/difference";
import type { DeltaView } from "../wire";
import { Icon } from "./Icon";

export function Delta({ metric }: { metric: DeltaView }) {
  const verdict = verdictOf(metric);
  const text = deltaText(metric);
  if (!text) return null;
  return (
    <span className="delta" data-verdict={verdict} title={verdict === "none" ? "no goal is declared for this metric" : `${verdict}: the goal is to ${metric.goal}`}>
      {text}
      {verdict !== "none" && <Icon name={verdict === "better" ? "check" : "close"} />}
      {verdict !== "none" && <span className="sr">{verdict}</span>}
    </span>
  );
}
