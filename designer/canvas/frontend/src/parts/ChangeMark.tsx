/** Whether a node differs between two runs, in word, shape and colour. */
import { type Change, CHANGES } from "../core/difference";
import { Icon, type IconName } from "./Icon";

const ICONS: Record<Change, IconName> = { changed: "changed", follows: "follows", same: "check", only_a: "minus", only_b: "plus", none: "skipped" };

export function ChangeMark({ change, count }: { change: Change; count?: number }) {
  return (
    <span className="change-mark" data-change={change}>
      <Icon name={ICONS[change]} />
      {count !== undefined && <span className="num">{count}</span>}
      {change === "follows" && count !== undefined && count !== 1 ? "follow" : CHANGES[change]}
    </span>
  );
}
