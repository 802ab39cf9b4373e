/** A store that components subscribe to with selectors; and structural sharing, so that what is equal stays identical. */
import { useRef, useSyncExternalStore } from "react";

export interface Store<T> {
  get: () => T;
  set: (change: Partial<T> | ((now: T) => Partial<T>)) => void;
  subscribe: (listener: () => void) => () => void;
}

export function createStore<T extends object>(initial: T): Store<T> {
  let state = initial;
  const listeners = new Set<() => void>();
  return {
    get: () => state,
    set: (change) => {
      const fields = typeof change === "function" ? change(state) : change;
      if (Object.entries(fields).every(([key, value]) => Object.is(state[key as keyof T], value))) return;
      state = { ...state, ...fields };
      for (const listener of [...listeners]) listener();
    },
    subscribe: (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

/** The selected part of a store; renders again only when that part changed (shallowly, for arrays and objects). */
export function useStore<T extends object, S>(store: Store<T>, select: (state: T) => S): S {
  const last = useRef<S | undefined>(undefined);
  const snapshot = (): S => {
    const next = select(store.get());
    if (last.current !== undefined && shallowEqual(last.current, next)) return last.current;
    last.current = next;
    return next;
  };
  return useSyncExternalStore(store.subscribe, snapshot);
}

function shallowEqual(a: unknown, b: unknown): boolean {
  if (Object.is(a, b)) return true;
  if (typeof a !== "object" || typeof b !== "object" || !a || !b || Array.isArray(a) !== Array.isArray(b)) return false;
  const keys = Object.keys(a);
  return (
    keys.length === Object.keys(b).length &&
    keys.every((key) => Object.is((a as Record<string, unknown>)[key], (b as Record<string, unknown>)[key]))
  );
}

/** `next`, with every part that equals its counterpart in `old` replaced by that counterpart. */
export function share<T>(old: unknown, next: T): T {
  if (Object.is(old, next)) return next;
  if (typeof old !== "object" || typeof next !== "object" || !old || !next) return next;
  if (Array.isArray(next)) {
    if (!Array.isArray(old)) return next;
    const shared = next.map((item, i) => share(old[i], item));
    return (shared.length === old.length && shared.every((item, i) => Object.is(item, old[i])) ? old : shared) as T;
  }
  const before = old as Record<string, unknown>;
  const entries = Object.entries(next).map(([key, item]) => [key, share(before[key], item)] as const);
  const same = entries.length === Object.keys(before).length && entries.every(([key, item]) => Object.is(before[key], item));
  return (same ? old : Object.fromEntries(entries)) as T;
}
