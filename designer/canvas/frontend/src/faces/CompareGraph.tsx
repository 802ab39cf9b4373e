/** Two runs on one graph: what differs on the nodes, the rest stepping back; the details of a node beside it. */
import { ReactFlowProvider } from "@xyflow/react";
import { useCallback, useEffect, useMemo, useRef } from "react";

import { Canvas } from "../canvas/Canvas";
import { counts, rowsOf, wireClass } from "../core/difference";
import { type Scene, scene as sceneOf, type Wire } from "../core/scene";
import { useActions } from "../hooks/useActions";
import { DifferenceContext } from "../hooks/useDifference";
import { useHost, useUi } from "../hooks/useHost";
import { useInView } from "../hooks/useInView";
import { useShortcuts } from "../hooks/useShortcuts";
import { ChangeMark } from "../parts/ChangeMark";
import { ComparePanel } from "../side/ComparePanel";
import { isNarrow } from "../state/ui";
import type { DifferenceAnswer } from "../wire";
import { Tools } from "./Design";

export function CompareGraph({ answer }: { answer: DifferenceAnswer }) {
  return (
    <ReactFlowProvider>
      <DifferenceContext value={answer}>
        <Graph answer={answer} />
      </DifferenceContext>
    </ReactFlowProvider>
  );
}

function Graph({ answer }: { answer: DifferenceAnswer }) {
  const host = useHost();
  const side = useUi((ui) => ui.side);
  const scene = useMemo<Scene>(
    () => (answer.pipeline ? sceneOf(answer.pipeline, answer.modules, (path) => rowsOf(answer.nodes[path]), true) : { faces: [], wires: [], notes: [], byPath: new Map() }),
    [answer],
  );
  const latest = useRef<Scene | null>(scene);
  latest.current = scene;
  const stage = useRef<HTMLDivElement>(null);
  const actions = useActions(latest, stage);
  const wire = useCallback((one: Wire) => wireClass(answer, one.id, one.source), [answer]);
  const [a, b] = [answer.a.run_id, answer.b.run_id];
  useInView(stage);
  useEffect(() => {
    host.ui.set({ selected: [], side: !isNarrow() });
    actions.fit();
  }, [a, b, host, actions]);
  useShortcuts({ f: () => actions.fit(), p: () => host.ui.set((ui) => ({ side: !ui.side })), Escape: () => host.ui.set({ selected: [] }) });
  const found = counts(answer);
  return (
    <div className="work compare-graph">
      <div className="stage" ref={stage}>
        {answer.pipeline ? <Canvas scene={scene} actions={actions} readOnly stage={stage} wireClass={wire} /> : <div className="start"><p className="muted">These runs had no pipeline; the table shows what they logged.</p></div>}
        <div className="compare-legend">
          <div className="compare-counts" role="status">
            {(["changed", "follows", "only_a", "only_b", "same"] as const).map((change) => found[change] > 0 && <ChangeMark key={change} change={change} count={found[change]} />)}
          </div>
          {!side && <button type="button" className="button tiny" onClick={() => host.ui.set({ selected: [], side: true })}>What differs</button>}
        </div>
        {answer.pipeline && <Tools actions={actions} readOnly />}
      </div>
      {side && <ComparePanel scene={scene} answer={answer} />}
    </div>
  );
}
