/** What is known of the chosen node, or of the pipeline when none is chosen: parameters, and all that a run logged. */
import { useEffect, useRef, useState } from "react";

import type { Actions } from "../hooks/useActions";
import { useAnswer } from "../hooks/useAnswer";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { useProblems } from "../hooks/useScene";
import { seconds } from "../core/format";
import type { Face, Scene } from "../core/scene";
import { Empty, IconButton, MenuButton, type MenuEntry, type TabEntry, Tabs } from "../parts/basics";
import { StatusMark } from "../parts/Status";
import type { NodeDetail } from "../wire";
import { AboutTab } from "./AboutTab";
import { DataTab } from "./DataTab";
import { FilesTab } from "./FilesTab";
import { LogTab } from "./LogTab";
import { MetricsTab } from "./MetricsTab";
import { PlanBox } from "./PlanBox";
import { PipelineTab } from "./PipelineTab";
import { ErrorBox, SetupTab } from "./SetupTab";

const LEAST = 300;
const MOST = 1100;

export function SidePanel({ scene, actions, readOnly, tall }: { scene: Scene; actions: Actions; readOnly: boolean; tall?: boolean }) {
  const host = useHost();
  const path = useUi((ui) => (ui.selected.length === 1 ? ui.selected[0]! : null));
  const many = useUi((ui) => ui.selected.length);
  const wide = useUi((ui) => ui.wide);
  const width = useUi((ui) => ui.width);
  const tab = useUi((ui) => ui.tab);
  const face = path ? scene.byPath.get(path) : undefined;
  const rootId = useHostState((state) => state.run?.run_id ?? null);
  const nodeRun = useHostState((state) => (face ? state.run?.nodes[face.path] : undefined));
  const runId = face ? (nodeRun?.run_id ?? null) : rootId;
  const { data: detail, error } = useAnswer<NodeDetail>(runId ? { of: "node", run_id: runId } : null);
  const shown = detail?.run_id === runId ? detail : null;
  const tabs = tabsFor(face, shown, runId !== null);
  const chosen = tabs.some((one) => one.id === tab) ? tab : tabs[0]!.id;
  return (
    <aside className={`side ${wide ? "wide" : ""}`} style={wide ? undefined : { width }} aria-label={face ? face.title : "Pipeline"}>
      <Grip />
      <header>
        {face ? <Title face={face} readOnly={readOnly} /> : <h2 className="grow" style={{ lineHeight: "26px" }}>{many > 1 ? `${many} chosen` : tall ? "Run" : "Pipeline"}</h2>}
        {face && !readOnly && <NodeMenu face={face} actions={actions} />}
        <IconButton icon="widen" label={wide ? "Make the panel narrow" : "Make the panel wide"} pressed={wide} onClick={() => host.ui.set({ wide: !wide })} />
        <IconButton icon="close" label="Close the panel" onClick={() => host.ui.set({ side: false })} />
      </header>
      {face && nodeRun && (
        <div className="row small" style={{ padding: "0 16px 8px", gap: 12 }}>
          <StatusMark status={nodeRun.status} reused={Boolean(nodeRun.reused_from)} />
          {nodeRun.reused_from === null && nodeRun.started !== null && nodeRun.ended !== null && <span className="muted num">{seconds(nodeRun.ended - nodeRun.started)}</span>}
          <span className="muted cut">{face.node.module}</span>
        </div>
      )}
      {face && <PlanBox face={face} />}
      <Tabs tabs={tabs} chosen={chosen} onChoose={(id) => host.ui.set({ tab: id })} label="What to show" />
      <div className="side-body" role="tabpanel" aria-label={tabs.find((one) => one.id === chosen)?.label} tabIndex={0} key={`${path} ${chosen}`}>
        {error && <p className="wrong">{error}</p>}
        {chosen === "set up" && face && <SetupTab face={face} readOnly={readOnly} detail={shown} scene={scene} />}
        {chosen === "set up" && !face && <PipelineTab scene={scene} readOnly={readOnly} actions={actions} />}
        {chosen !== "set up" && !shown && !error && <p className="muted">{runId ? "Reading…" : "It hasn't run yet."}</p>}
        {shown?.error && chosen !== "set up" && chosen !== "about" && <ErrorBox error={shown.error} />}
        {shown && chosen === "metrics" && <MetricsTab detail={shown} face={face} readOnly={readOnly} />}
        {shown && chosen === "data" && <DataTab detail={shown} />}
        {shown && chosen === "log" && <LogTab runId={shown.run_id} />}
        {shown && chosen === "files" && <FilesTab detail={shown} />}
        {chosen === "about" && <AboutTab detail={shown} face={face} />}
      </div>
    </aside>
  );
}

function tabsFor(face: Face | undefined, detail: NodeDetail | null, ran: boolean): TabEntry[] {
  const tabs: TabEntry[] = [{ id: "set up", label: face ? "Parameters" : "Set up" }];
  if (ran) {
    tabs.push({ id: "metrics", label: "Metrics", count: detail?.metrics.length });
    if (detail?.values.length) tabs.push({ id: "data", label: "Data" });
    tabs.push({ id: "log", label: "Log" });
    if (detail?.files.length) tabs.push({ id: "files", label: "Files", count: detail.files.length });
  }
  tabs.push({ id: "about", label: "About" });
  return tabs;
}

function Title({ face, readOnly }: { face: Face; readOnly: boolean }) {
  const host = useHost();
  const problems = useProblems()(face.path);
  const [text, setText] = useState(face.title);
  useEffect(() => setText(face.title), [face.title]);
  const commit = () => {
    const title = text.trim() === (face.spec?.title ?? "") ? "" : text.trim();
    if (text.trim() && text.trim() !== face.title) host.edit({ op: "change_nodes", within: face.within, nodes: [face.node.id], title });
    else setText(face.title);
  };
  return (
    <div className="grow">
      <input className="title" aria-label="Title" value={text} disabled={readOnly} onChange={(event) => setText(event.target.value)} onBlur={commit}
        onKeyDown={(event) => {
          event.stopPropagation();
          if (event.key === "Enter") (event.target as HTMLElement).blur();
        }} />
      {problems.length > 0 && <span className="sr">{problems.length} problems</span>}
    </div>
  );
}

function NodeMenu({ face, actions }: { face: Face; actions: Actions }) {
  const host = useHost();
  const entries: (MenuEntry | "line")[] = [
    { label: "Run up to here", icon: "play", onPick: () => host.run({ until: face.path }) },
    { label: face.node.disabled ? "Enable" : "Disable", icon: "power", keys: "D", onPick: actions.toggleOff },
    { label: "Duplicate", icon: "copy", keys: "Ctrl D", onPick: actions.duplicate },
    "line",
    ...(face.node.pipeline
      ? [
          { label: face.kind === "frame" ? "Fold" : "Open", icon: "group" as const, onPick: () => actions.foldOrOpen(face) },
          { label: "Ungroup", icon: "group" as const, keys: "Ctrl ⇧ G", onPick: actions.ungroup },
        ]
      : []),
    { label: face.node.regenerate ? "Reuse earlier results" : "Always run again", icon: "reused", onPick: () => host.edit({ op: "change_nodes", within: face.within, nodes: [face.node.id], regenerate: !face.node.regenerate }) },
    "line",
    { label: "Delete", icon: "trash", keys: "Del", onPick: () => actions.remove([face]) },
  ];
  return <MenuButton label="Node" icon="dots" entries={entries} right />;
}

export function Grip() {
  const host = useHost();
  const start = useRef<{ x: number; width: number } | null>(null);
  return (
    <div className="grip" role="separator" aria-orientation="vertical" aria-label="Width of the panel" aria-valuenow={host.ui.get().width} aria-valuemin={LEAST} aria-valuemax={MOST} tabIndex={0}
      onKeyDown={(event) => {
        const step = event.key === "ArrowLeft" ? 24 : event.key === "ArrowRight" ? -24 : 0;
        if (!step) return;
        event.stopPropagation();
        host.ui.set((ui) => ({ wide: false, width: Math.min(MOST, Math.max(LEAST, ui.width + step)) }));
      }}
      onPointerDown={(event) => {
        event.currentTarget.setPointerCapture(event.pointerId);
        start.current = { x: event.clientX, width: event.currentTarget.parentElement!.offsetWidth };
      }}
      onPointerMove={(event) => {
        if (!start.current) return;
        const width = start.current.width + start.current.x - event.clientX;
        host.ui.set({ wide: false, width: Math.min(MOST, Math.max(LEAST, width)) });
      }}
      onPointerUp={() => (start.current = null)} />
  );
}

export function NothingYet() {
  return (
    <Empty title="Nothing to show yet">
      <p>Run the pipeline, then choose a node.</p>
    </Empty>
  );
}
