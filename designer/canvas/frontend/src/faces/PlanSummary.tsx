/** In the bar: what pressing Run would do, in numbers. */
import { plural, seconds } from "../core/format";
import { totals } from "../core/plan";
import { useHostState } from "../hooks/useHost";
import { shownPlan } from "../hooks/usePlan";
import { Icon, type IconName } from "../parts/Icon";

const PARTS = [["run", "play"], ["maybe", "maybe"], ["reuse", "reused"]] as const satisfies readonly (readonly [string, IconName])[];

export function PlanSummary() {
  const plan = useHostState(shownPlan);
  const note = useHostState((state) => state.plan?.note ?? "");
  if (note) return <span className="row small wrong hide-narrow" title={note}><Icon name="warning" />No plan</span>;
  if (!plan || !Object.keys(plan).length) return null;
  const all = totals(plan);
  const words = `${plural(all.run, "node")} to run${all.seconds !== null ? `, about ${seconds(all.seconds)}` : ""}; ${all.maybe} that may; ${all.reuse} reused`;
  return (
    <span className="plan-summary hide-narrow" title={words} role="status" aria-label={words}>
      {PARTS.map(([action, icon]) => all[action] > 0 && <span className="plan-mark" data-plan={action} key={action}><Icon name={icon} />{all[action]}</span>)}
      {all.run > 0 && all.seconds !== null && <span className="muted num">≈ {seconds(all.seconds)}</span>}
    </span>
  );
}
