/** What a run would do with the chosen node and why; and how to have it otherwise. */
import { seconds } from "../core/format";
import { askAgain, askPin } from "../core/plan";
import type { Face } from "../core/scene";
import { useHost, useHostState } from "../hooks/useHost";
import { usePlan } from "../hooks/usePlan";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { PlanMark } from "../parts/PlanMark";

export function PlanBox({ face }: { face: Face }) {
  const host = useHost();
  const plan = usePlan(face);
  const again = useHostState((state) => state.asked.again.includes(face.path));
  const pin = useHostState((state) => state.asked.pins[face.path] ?? null);
  if (!plan) return null;
  const would = plan.action === "maybe" ? "would take run" : "takes run";
  return (
    <section className="plan-box" aria-label="Plan" data-action={plan.action} data-reason={plan.kind}>
      <div className="row">
        <PlanMark plan={plan} />
        <span className="grow wrap">{plan.text}</span>
      </div>
      {(plan.from_run || plan.seconds !== null) && (
        <div className="small muted">
          {plan.from_run && <>{would} <Link page="run" query={{ run: plan.from_run }}>{plan.from_run.slice(0, 8)}</Link></>}
          {plan.from_run && plan.seconds !== null && "  ·  "}
          {plan.seconds !== null && `${plan.action === "run" ? "about" : "took"} ${seconds(plan.seconds)}`}
        </div>
      )}
      <div className="row" style={{ flexWrap: "wrap", gap: 6 }}>
        <button type="button" className="button tiny" aria-pressed={again} onClick={() => host.ask((asked) => askAgain(asked, [face.path]))}>
          <Icon name="again" />Run again anyway
        </button>
        {pin === null && !face.node.pipeline && <button type="button" className="button tiny" onClick={() => host.ui.set({ dialog: "pin" })}><Icon name="pin" />Pin to an earlier run…</button>}
        {pin !== null && <button type="button" className="button tiny" onClick={() => host.ask((asked) => askPin(asked, face.path, null))}><Icon name="pin" />Unpin</button>}
      </div>
    </section>
  );
}
