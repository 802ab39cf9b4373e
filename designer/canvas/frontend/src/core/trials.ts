/** What many child runs have in common and where they differ: trials of a sweep, folds of a validation. */
import type { ChildView } from "../wire";

export interface Trials {
  /** parameters that differ: name and each child's value */
  parameters: { name: string; values: unknown[] }[];
  /** metrics that are numbers in at least two children */
  metrics: { name: string; values: (number | null)[] }[];
}

/** Null where there is nothing to draw: too few children, or no number that two of them have. */
export function trialsOf(children: readonly ChildView[]): Trials | null {
  if (children.length < 3) return null;
  const names = (of: "parameters" | "metrics") => [...new Set(children.flatMap((child) => Object.keys(child[of])))];
  const parameters = names("parameters")
    .map((name) => ({ name, values: children.map((child) => child.parameters[name] ?? null) }))
    .filter(({ values }) => new Set(values.map((one) => JSON.stringify(one))).size > 1);
  const metrics = names("metrics")
    .map((name) => ({ name, values: children.map((child) => (typeof child.metrics[name] === "number" ? child.metrics[name] : null)) }))
    .filter(({ values }) => values.filter((one) => one !== null).length > 1);
  return metrics.length ? { parameters, metrics } : null;
}

/** A histogram of at most `most` bins of equal width; one bin where all values are the same. */
export function binned(values: readonly number[], most = 12): { edges: number[]; counts: number[] } {
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (!(high > low)) return { edges: [low - 0.5, low + 0.5], counts: [values.length] };
  const bins = Math.max(2, Math.min(most, Math.ceil(Math.sqrt(values.length)) + 1));
  const counts = new Array<number>(bins).fill(0);
  for (const value of values) counts[Math.min(bins - 1, Math.floor(((value - low) / (high - low)) * bins))]! += 1;
  return { edges: counts.map((_, i) => low + ((high - low) * i) / bins).concat(high), counts };
}
