/** What a run printed, live, with search. Lines are text. */
import { useEffect, useMemo, useRef, useState } from "react";

import { bytes } from "../core/format";
import { useAnswer } from "../hooks/useAnswer";
import { Empty } from "../parts/basics";
import type { LogAnswer } from "../wire";

const MOST_HITS = 2000;

export function LogTab({ runId }: { runId: string }) {
  const { data, error } = useAnswer<LogAnswer>({ of: "log", run_id: runId });
  const [query, setQuery] = useState("");
  const [only, setOnly] = useState(false);
  const box = useRef<HTMLPreElement>(null);
  const follow = useRef(true);
  useEffect(() => {
    if (follow.current && box.current) box.current.scrollTop = box.current.scrollHeight;
  }, [data]);
  const text = data?.text ?? "";
  const lines = useMemo(() => (only && query ? text.split("\n").filter((line) => line.toLowerCase().includes(query.toLowerCase())).join("\n") : text), [text, only, query]);
  const parts = useMemo(() => marked(lines, query), [lines, query]);
  if (error) return <p className="wrong">{error}</p>;
  if (!data) return <p className="muted">Reading…</p>;
  if (!data.size) return <Empty title="Nothing was printed" />;
  return (
    <>
      <div className="row">
        <input className="input grow" type="search" placeholder="Search the log" aria-label="Search the log" value={query} onKeyDown={(event) => event.stopPropagation()} onChange={(event) => setQuery(event.target.value)} />
        <label className="check small"><input type="checkbox" checked={only} onChange={(event) => setOnly(event.target.checked)} />matching lines only</label>
      </div>
      {query && <p className="small muted">{parts.filter((part) => part.hit).length} found</p>}
      {data.skipped > 0 && <p className="small muted">The last part; {bytes(data.skipped)} before it are left out.</p>}
      <pre className="text log" ref={box} tabIndex={0} aria-label="Log" onScroll={(event) => {
        const at = event.currentTarget;
        follow.current = at.scrollTop + at.clientHeight > at.scrollHeight - 24;
      }}>{parts.map((part, i) => (part.hit ? <mark key={i}>{part.text}</mark> : part.text))}</pre>
    </>
  );
}

function marked(text: string, query: string): { text: string; hit: boolean }[] {
  if (!query) return [{ text, hit: false }];
  const found: { text: string; hit: boolean }[] = [];
  const lower = text.toLowerCase();
  const wanted = query.toLowerCase();
  let at = 0;
  for (let hit = lower.indexOf(wanted); hit >= 0 && found.length < MOST_HITS * 2; hit = lower.indexOf(wanted, at)) {
    found.push({ text: text.slice(at, hit), hit: false }, { text: text.slice(hit, hit + wanted.length), hit: true });
    at = hit + wanted.length;
  }
  return [...found, { text: text.slice(at), hit: false }];
}
