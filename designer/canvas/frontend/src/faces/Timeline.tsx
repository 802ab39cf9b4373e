/** A run as bars over time, the critical path in full colour. */
import { useMemo } from "react";

import { seconds } from "../core/format";
import type { Scene } from "../core/scene";
import { criticalPath } from "../core/timeline";
import { ticks } from "../core/curves";
import { Empty } from "../parts/basics";
import { StatusMark } from "../parts/Status";
import type { RunView } from "../wire";

const TONES: Record<string, string> = { Completed: "--ok", Failed: "--fail", Running: "--run", Canceled: "--warn" };

export function Timeline({ run, scene, onPick }: { run: RunView; scene: Scene; onPick: (path: string) => void }) {
  const { spans, critical, start, end } = useMemo(() => {
    const now = run.finished ?? Date.now() / 1000;
    const found = Object.entries(run.nodes).flatMap(([path, node]) => (node.started === null ? [] : [{ path, start: node.started, end: node.ended ?? now }]));
    found.sort((a, b) => a.start - b.start || a.end - b.end);
    const leaves = found.filter((span) => !scene.byPath.get(span.path)?.node.pipeline);
    const feeds = (path: string) => scene.wires.filter((wire) => wire.target === path).map((wire) => wire.source);
    const first = run.started ?? found[0]?.start ?? 0;
    return { spans: found, critical: criticalPath(leaves, feeds), start: first, end: Math.max(now, ...found.map((span) => span.end)) };
  }, [run, scene]);
  if (!spans.length) return <Empty title="Nothing has started yet" />;
  const span = end - start || 1;
  const at = (time: number) => `${((time - start) / span) * 86}%`;
  return (
    <div className="gantt" role="region" aria-label="Timeline" tabIndex={0}>
      <div className="gantt-row" style={{ cursor: "default" }}>
        <span className="small muted">{seconds(span)}, critical path in full colour</span>
        <div className="gantt-lane">{ticks(0, span, 6).map((tick) => <span key={tick} className="gantt-label" style={{ left: at(start + tick), padding: 0 }}>{seconds(tick)}</span>)}</div>
      </div>
      {spans.map((one) => {
        const node = run.nodes[one.path]!;
        return (
          <button type="button" className="gantt-row" key={one.path} data-critical={critical.has(one.path)} onClick={() => onPick(one.path)}>
            <span className="row" style={{ minWidth: 0, paddingRight: 8 }}>
              <StatusMark status={node.status} reused={Boolean(node.reused_from)} word={false} />
              <span className="cut">{scene.byPath.get(one.path)?.title ?? one.path}</span>
            </span>
            <span className="gantt-lane" style={{ "--tone": `var(${TONES[node.status] ?? "--idle"})` } as React.CSSProperties}>
              <span className="gantt-bar" style={{ left: at(one.start), width: `${((one.end - one.start) / span) * 86}%` }} />
              <span className="gantt-label" style={{ left: at(one.end) }}>{seconds(one.end - one.start)}</span>
            </span>
          </button>
        );
      })}
    </div>
  );
}
