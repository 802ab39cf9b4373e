/** What a run would do with a node, in word, shape and colour. */
import { planWord, type PlanWord } from "../core/plan";
import type { PlannedNode } from "../wire";
import { Icon, type IconName } from "./Icon";

const ICONS: Record<PlanWord, IconName> = { run: "play", reuse: "reused", maybe: "maybe", forced: "again", pinned: "pin" };

export function PlanMark({ plan }: { plan: PlannedNode }) {
  const word = planWord(plan);
  return (
    <span className="plan-mark" data-plan={word}>
      <Icon name={ICONS[word]} />
      {word}
    </span>
  );
}
