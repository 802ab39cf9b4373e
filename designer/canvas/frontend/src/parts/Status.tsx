/** A run's status in words, shape and colour. */
import { Icon, type IconName } from "./Icon";

const ICONS: Record<string, IconName> = {
  Completed: "completed", Failed: "failed", Canceled: "canceled", CancelRequested: "canceled", Skipped: "skipped",
  Running: "running", Finalizing: "running", Starting: "running", Preparing: "running", Queued: "waiting", NotStarted: "waiting",
  Reused: "reused",
};
const WORDS: Record<string, string> = {
  NotStarted: "Waiting", Queued: "Queued", CancelRequested: "Stopping", Canceled: "Stopped", Finalizing: "Finishing",
};

export const statusWord = (status: string): string => WORDS[status] ?? status;
export const isActive = (status: string): boolean => ["Running", "Finalizing", "Starting", "Preparing", "CancelRequested"].includes(status);

export function StatusMark({ status, reused, word = true }: { status: string; reused?: boolean; word?: boolean }) {
  const shown = reused && status === "Completed" ? "Reused" : status;
  return (
    <span className="status" data-status={shown} title={word ? undefined : statusWord(shown)}>
      <Icon name={ICONS[shown] ?? "waiting"} className={isActive(shown) ? "spin" : ""} />
      {word ? statusWord(shown) : <span className="sr">{statusWord(shown)}</span>}
    </span>
  );
}
