/** The plan as the canvas shows it: of the document that is open, and not while a run goes on. */
import { planOf, type Plan } from "../core/plan";
import type { Face } from "../core/scene";
import type { State } from "../state/host";
import type { PlannedNode } from "../wire";
import { useHostState } from "./useHost";

export function shownPlan(state: State): Plan | null {
  if (!state.plan || state.page?.face !== "design" || state.plan.document !== state.page.document?.id) return null;
  return state.run && !state.run.ended ? null : state.plan.nodes;
}

/** A node's plan, a folded group's in one. */
export function usePlan(face: Face): PlannedNode | null {
  return useHostState((state) => {
    const plan = shownPlan(state);
    return plan && planOf(plan, face.path, face.node.pipeline !== null);
  });
}

/** Whether what is shown was planned before the last edit. */
export function usePlanIsOld(): boolean {
  return useHostState((state) => {
    const { plan, page, edits } = state;
    return plan !== null && (edits.length > 0 || (plan.client === page?.ack.client && plan.edits < page.ack.edits));
  });
}
