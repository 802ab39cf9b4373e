/** Two runs on one graph: what a node's face says of them. Pure. */
import type { CauseView, DeltaView, DifferenceAnswer, NodeDifference } from "../wire";
import { number, value } from "./format";

/** `changed`: the node itself differs; `follows`: what comes before it does; `none`: neither run ran it. */
export type Change = "changed" | "follows" | "same" | "only_a" | "only_b" | "none";

export const CHANGES: Record<Change, string> = {
  changed: "changed", follows: "follows", same: "same", only_a: "only in A", only_b: "only in B", none: "didn't run",
};

export function changeOf(node: NodeDifference | undefined): Change {
  if (!node) return "none";
  if (!node.a) return "only_b";
  if (!node.b) return "only_a";
  if (node.causes.length) return "changed";
  return node.differs ? "follows" : "same";
}

export const FACE_CAUSES = 3;
export const FACE_METRICS = 4;

/** The causes and metrics on a node's face: why first; metrics that moved, judged ones before the others. */
export function faceOf(node: NodeDifference | undefined): { causes: CauseView[]; metrics: DeltaView[] } {
  if (!node?.a || !node.b) return { causes: [], metrics: [] };
  const moved = node.metrics.filter((one) => one.differs);
  const judged = moved.filter((one) => one.better !== null);
  return { causes: node.causes.slice(0, FACE_CAUSES), metrics: [...judged, ...moved.filter((one) => one.better === null)].slice(0, FACE_METRICS) };
}

export const rowsOf = (node: NodeDifference | undefined): number => {
  const face = faceOf(node);
  return face.causes.length + face.metrics.length;
};

export type Verdict = "better" | "worse" | "none";

export const verdictOf = (metric: DeltaView): Verdict => (metric.better === null ? "none" : metric.better ? "better" : "worse");

/** `▲ +0.04`, `▼ −0.04`; what is no number, or unchanged, has no delta. */
export function deltaText(metric: DeltaView): string {
  if (metric.delta === null || metric.delta === 0) return "";
  return metric.delta > 0 ? `▲ +${number(metric.delta)}` : `▼ −${number(-metric.delta)}`;
}

export const sidesText = (metric: DeltaView): string => `${value(metric.a)} → ${value(metric.b)}${metric.unit ? ` ${metric.unit}` : ""}`;

/** How many nodes there are of each kind. */
export function counts(answer: DifferenceAnswer): Record<Change, number> {
  const found: Record<Change, number> = { changed: 0, follows: 0, same: 0, only_a: 0, only_b: 0, none: 0 };
  for (const node of Object.values(answer.nodes)) found[changeOf(node)] += 1;
  return found;
}

/** How an edge is drawn: stepping back where nothing new flows through it, marked where only one run has it. */
export function wireClass(answer: DifferenceAnswer, id: string, source: string): string {
  const only = answer.edges[id];
  if (only) return `only-${only}`;
  const change = changeOf(answer.nodes[source]);
  return change === "same" || change === "none" ? "quiet" : "";
}
