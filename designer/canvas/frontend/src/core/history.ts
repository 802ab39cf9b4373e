/** Undo and redo as earlier and later pipelines. Pure. */
import type { Pipeline } from "../wire";

export interface History {
  past: Pipeline[];
  future: Pipeline[];
}

export const EMPTY: History = { past: [], future: [] };
const LONGEST = 200;

/** Remember the pipeline as it was before an edit. Edits with the same `merge` mark in a row are one step. */
export function remember(history: History, before: Pipeline, merged: boolean): History {
  if (merged && history.past.length && !history.future.length) return history;
  return { past: [...history.past.slice(1 - LONGEST), before], future: [] };
}

export function undo(history: History, now: Pipeline): [History, Pipeline] | null {
  const previous = history.past.at(-1);
  return previous ? [{ past: history.past.slice(0, -1), future: [now, ...history.future] }, previous] : null;
}

export function redo(history: History, now: Pipeline): [History, Pipeline] | null {
  const [next, ...future] = history.future;
  return next ? [{ past: [...history.past, now], future }, next] : null;
}
