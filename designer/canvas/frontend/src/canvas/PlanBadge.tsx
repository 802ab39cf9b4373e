/** On a node's upper edge: what a run would do with it; the reason when the pointer or the focus is there. */
import { memo } from "react";

import { seconds } from "../core/format";
import type { Face } from "../core/scene";
import { useHost } from "../hooks/useHost";
import { usePlan } from "../hooks/usePlan";
import { PlanMark } from "../parts/PlanMark";

/** On a card that is a few millimetres high: the word only. */
export const FarPlanBadge = memo(function FarPlanBadge({ face }: { face: Face }) {
  const plan = usePlan(face);
  return plan && <div className="plan" data-action={plan.action} data-reason={plan.kind}><PlanMark plan={plan} /></div>;
});

export const PlanBadge = memo(function PlanBadge({ face }: { face: Face }) {
  const host = useHost();
  const plan = usePlan(face);
  if (!plan) return null;
  const facts = [plan.from_run && `from run ${plan.from_run.slice(0, 8)}`, plan.seconds !== null && `took ${seconds(plan.seconds)} last time`];
  return (
    <div className="plan" data-action={plan.action} data-reason={plan.kind}>
      <button type="button" className="plan-badge nodrag" tabIndex={-1} aria-label={`Plan: ${plan.action}. ${plan.text}`} onClick={() => host.ui.set({ tab: "set up", side: true })}>
        <PlanMark plan={plan} />
      </button>
      <div className="plan-tip" role="tooltip">
        <div>{plan.text}</div>
        <div className="faded">{facts.filter(Boolean).join("  ·  ")}</div>
      </div>
    </div>
  );
});
