/** Data from Python, asked for as long as the component shows it. */
import { useEffect, useRef } from "react";

import type { Want } from "../wire";
import { useHost, useHostState } from "./useHost";

export interface Asked<T> {
  data: T | null;
  error: string | null;
  /** the answer to this very question hasn't come; `data` may still be of the question before */
  loading: boolean;
}

/** The answer to `want`; null asks nothing. While a new question is open, the last answer stays. */
export function useAnswer<T>(want: Want | null): Asked<T> {
  const host = useHost();
  const key = want ? JSON.stringify(want) : null;
  const answer = useHostState((state) => (key ? state.answers[key] : undefined));
  const last = useRef<{ of: string; data: T } | null>(null);
  useEffect(() => (key && want ? host.want(key, want) : undefined), [host, key]); // eslint-disable-line
  if (answer && want && answer.data !== null) last.current = { of: want.of, data: answer.data as T };
  const stale = last.current?.of === want?.of ? (last.current?.data ?? null) : null;
  return { data: answer ? (answer.data as T) : stale, error: answer?.error ?? null, loading: key !== null && !answer };
}
