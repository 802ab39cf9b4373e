/** One run: its graph with the metrics on the nodes, its timeline, and everything it logged. */
import { ReactFlowProvider } from "@xyflow/react";
import { useEffect, useRef, useState } from "react";

import { Canvas } from "../canvas/Canvas";
import { useActions } from "../hooks/useActions";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { useScene } from "../hooks/useScene";
import { useShortcuts } from "../hooks/useShortcuts";
import { IconButton, NoticeBox, Tabs } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { StatusMark } from "../parts/Status";
import { SidePanel } from "../side/SidePanel";
import { isNarrow } from "../state/ui";
import type { Scene } from "../core/scene";
import { moment } from "../core/format";
import { Notices, Tools } from "./Design";
import { Elapsed } from "./DesignBar";
import { Timeline } from "./Timeline";

export function RunFace() {
  return (
    <ReactFlowProvider>
      <Inspector />
    </ReactFlowProvider>
  );
}

const NO_SCENE: Scene = { faces: [], wires: [], notes: [], byPath: new Map() };

function Inspector() {
  const host = useHost();
  const scene = useScene(true) ?? NO_SCENE;
  const latest = useRef<Scene | null>(scene);
  latest.current = scene;
  const stage = useRef<HTMLDivElement>(null);
  const actions = useActions(latest, stage);
  const run = useHostState((state) => state.run);
  const ready = useHostState((state) => state.pipeline !== null);
  const side = useUi((ui) => ui.side);
  const epoch = useHostState((state) => state.epoch);
  const first = useHostState((state) => state.page?.query.node ?? null);
  const pipeline = useHostState((state) => state.page?.document?.path ?? null);
  const stopping = useHostState((state) => state.commands.some((one) => one.action.do === "stop"));
  const [view, setView] = useState("graph");
  useEffect(() => {
    host.ui.set({ selected: first ? [first] : [], tab: "metrics", side: first !== null || !isNarrow() });
    actions.fit();
  }, [epoch, first, host, actions]);
  useShortcuts({ f: () => actions.fit(), p: () => host.ui.set((ui) => ({ side: !ui.side })), Escape: () => host.ui.set({ selected: [] }) });
  if (!run) {
    return (
      <div className="faceplate"><div className="head"><h1>Run</h1></div><div className="scroll"><Notices /><p className="muted">Choose a run in <Link page="runs">the table of runs</Link>.</p></div></div>
    );
  }
  return (
    <>
      <div className="bar">
        <h2 className="cut" style={{ padding: "0 6px" }}>{run.name || run.run_id}{run.number > 0 && <span className="muted" style={{ fontWeight: 400 }}> #{run.number}</span>}</h2>
        <StatusMark status={run.status} reused={Boolean(run.reused_from)} />
        <Elapsed run={run} />
        <span className="muted small hide-narrow cut">{run.experiment}  ·  {moment(run.created)}</span>
        <span className="grow" />
        {ready && <Tabs label="View" chosen={view} onChoose={setView} tabs={[{ id: "graph", label: "Graph" }, { id: "timeline", label: "Timeline" }]} />}
        <Link page="runs" className="button bare hide-narrow">All runs</Link>
        {pipeline && <Link page="design" query={{ pipeline, run: run.run_id }} className="button bare hide-narrow">Open the pipeline</Link>}
        <IconButton icon="panel" label={side ? "Hide the panel" : "Show the panel"} keys="P" pressed={side} onClick={() => host.ui.set({ side: !side })} />
        {!run.ended && <button type="button" className="button danger" disabled={stopping || run.status === "CancelRequested"} onClick={() => host.command({ do: "stop", run_id: run.run_id })}><Icon name="stop" />Stop</button>}
      </div>
      <div className="work">
        {view === "graph" && (
          <div className="stage" ref={stage}>
            {ready && <Canvas scene={scene} actions={actions} readOnly stage={stage} />}
            <Notices />
            {run.error && <div className="stage-top"><NoticeBox level="error" title="The run failed" text={run.error} /></div>}
            {ready && <Tools actions={actions} readOnly />}
            {!ready && <div className="start"><p className="muted">This run has no pipeline; what it logged is on the right.</p></div>}
          </div>
        )}
        {view === "timeline" && <Timeline run={run} scene={scene} onPick={(path) => host.ui.set({ selected: [path], side: true })} />}
        {side && <SidePanel scene={scene} actions={actions} readOnly tall />}
      </div>
    </>
  );
}
