/** A run over time: who ran when, and which chain of nodes decided how long it took. Pure. */
export interface Span {
  path: string;
  start: number;
  end: number;
}

/**
 * The critical path: from the node that ended last, back through whichever finished input ended last.
 * `feeds` maps a node to the nodes it takes values from.
 */
export function criticalPath(spans: Span[], feeds: (path: string) => string[]): Set<string> {
  const by = new Map(spans.map((span) => [span.path, span]));
  const latest = (paths: Iterable<string>): Span | undefined => {
    let best: Span | undefined;
    for (const path of paths) {
      const span = by.get(path);
      if (span && (!best || span.end > best.end)) best = span;
    }
    return best;
  };
  const found = new Set<string>();
  for (let at = latest(by.keys()); at && !found.has(at.path); at = latest(feeds(at.path))) found.add(at.path);
  return found;
}
