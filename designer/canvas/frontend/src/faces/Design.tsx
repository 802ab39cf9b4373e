/** The page where a pipeline is built, run and watched. */
import { ReactFlowProvider, useReactFlow, useViewport } from "@xyflow/react";
import { useEffect, useRef } from "react";

import { Adding } from "../canvas/Adding";
import { Canvas } from "../canvas/Canvas";
import { DRAG_TYPE, Palette } from "../canvas/Palette";
import { Start } from "../canvas/Start";
import { Dialogs } from "../dialogs/Dialogs";
import { useActions, type Actions } from "../hooks/useActions";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { usePlanIsOld } from "../hooks/usePlan";
import { useInView } from "../hooks/useInView";
import { useScene } from "../hooks/useScene";
import { isTyping, useShortcuts } from "../hooks/useShortcuts";
import { IconButton, NoticeBox } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { SidePanel } from "../side/SidePanel";
import type { Scene } from "../core/scene";
import { DesignBar } from "./DesignBar";

export function Design() {
  return (
    <ReactFlowProvider>
      <Editor />
    </ReactFlowProvider>
  );
}

const NO_SCENE: Scene = { faces: [], wires: [], notes: [], byPath: new Map() };

function Editor() {
  const host = useHost();
  const flow = useReactFlow();
  const scene = useScene() ?? NO_SCENE;
  const latest = useRef<Scene | null>(scene);
  latest.current = scene;
  const stage = useRef<HTMLDivElement>(null);
  const actions = useActions(latest, stage);
  const readOnly = useHostState((state) => state.page?.document?.read_only ?? true);
  const ready = useHostState((state) => state.pipeline !== null);
  const epoch = useHostState((state) => state.epoch);
  const id = useHostState((state) => state.page?.document?.id);
  const shown = useRef<{ epoch: string | null; id?: string }>({ epoch: null });
  const palette = useUi((ui) => ui.palette);
  const side = useUi((ui) => ui.side);
  const old = usePlanIsOld();
  useKeys(actions, readOnly);
  useClipboard(actions, readOnly);
  useUnsaved();
  useInView(stage);
  useEffect(() => {
    // another pipeline, not just another version of this one, or this one under another name
    if (shown.current.epoch !== epoch && shown.current.id !== id) {
      host.ui.set({ selected: [], adding: null });
      actions.fit();
    }
    shown.current = { epoch, id };
  }, [epoch, id, actions, host]);
  return (
    <>
      <DesignBar actions={actions} readOnly={readOnly} />
      <div className="work">
        {palette && !readOnly && <Palette onAdd={(spec) => actions.add(spec, null, null)} />}
        <div className="stage" ref={stage} data-plan={old ? "old" : "fresh"}
          onDragOver={(event) => {
            if (!event.dataTransfer.types.includes(DRAG_TYPE)) return;
            event.preventDefault();
            event.dataTransfer.dropEffect = "copy";
          }}
          onDrop={(event) => {
            const spec = host.store.get().specs[event.dataTransfer.getData(DRAG_TYPE)];
            if (!spec) return;
            event.preventDefault();
            const at = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
            actions.add(spec, [at.x - 118, at.y - 27], null);
          }}
          onDoubleClick={(event) => {
            if (readOnly || !(event.target as Element).classList.contains("react-flow__pane")) return;
            const box = stage.current!.getBoundingClientRect();
            const place = flow.screenToFlowPosition({ x: event.clientX, y: event.clientY });
            host.ui.set({ adding: { at: { x: Math.min(event.clientX - box.left, box.width - 350), y: Math.min(event.clientY - box.top, Math.max(20, box.height - 390)) }, place: [place.x, place.y], loose: null } });
          }}>
          {ready && <Canvas scene={scene} actions={actions} readOnly={readOnly} stage={stage} />}
          {ready && !scene.faces.length && !scene.notes.length && <Start />}
          <Notices />
          <Tools actions={actions} readOnly={readOnly} />
          <Adding scene={scene} actions={actions} stage={stage} />
        </div>
        {side && ready && <SidePanel scene={scene} actions={actions} readOnly={readOnly} />}
      </div>
      <Dialogs />
    </>
  );
}

export function Tools({ actions, readOnly }: { actions: Actions; readOnly: boolean }) {
  const flow = useReactFlow();
  const { zoom } = useViewport();
  return (
    <div className="stage-tools" role="toolbar" aria-label="View">
      <IconButton icon="minus" label="Zoom out" onClick={() => void flow.zoomOut()} />
      <span className="zoom">{Math.round(zoom * 100)}%</span>
      <IconButton icon="plus" label="Zoom in" onClick={() => void flow.zoomIn()} />
      <IconButton icon="fit" label="Zoom to fit" keys="F" onClick={() => actions.fit()} />
      {!readOnly && (
        <>
          <span className="divider" />
          <IconButton icon="layout" label="Lay out" keys="L" onClick={actions.tidy} />
          <IconButton icon="note" label="Add a sticky note" keys="N" onClick={actions.addNote} />
        </>
      )}
    </div>
  );
}

export function Notices() {
  const host = useHost();
  const notices = useHostState((state) => state.page?.notices ?? []);
  const conflict = useHostState((state) => state.page?.conflict ?? null);
  const readOnly = useHostState((state) => (state.page?.face === "design" && state.page.document?.read_only ? state.page.document : null));
  const pipeline = useHostState((state) => state.pipeline);
  return (
    <div className="stage-top">
      {conflict && (
        <NoticeBox level="warning" title="This pipeline was changed in another tab" text="Your changes here are kept in this tab and not saved. Nothing was overwritten.">
          <div className="row" style={{ marginTop: 6, flexWrap: "wrap" }}>
            <button type="button" className="button" onClick={() => {
              host.forget();
              host.command({ do: "settle", choice: "theirs" });
            }}>Take the other tab's</button>
            <button type="button" className="button" onClick={() => host.command({ do: "settle", choice: "copy", pipeline })}>Keep mine as a copy</button>
            <button type="button" className="button danger" onClick={() => host.command({ do: "settle", choice: "mine", pipeline })}>Overwrite with mine</button>
          </div>
        </NoticeBox>
      )}
      {readOnly?.kind === "python" && (
        <div className="strip" role="status">
          <Icon name="code" />
          <span className="grow cut">Declared in Python, in <span className="mono">{readOnly.path}</span></span>
          <button type="button" className="button tiny" onClick={() => host.ui.set({ dialog: "source" })}>Source</button>
          <button type="button" className="button tiny" onClick={() => host.command({ do: "open", path: readOnly.path, copy: true })}>Edit a copy</button>
        </div>
      )}
      {notices.map((notice) => (
        <NoticeBox key={notice.id} level={notice.level} title={notice.title} text={notice.text} hint={notice.hint} onClose={() => host.command({ do: "dismiss", notice: notice.id })} />
      ))}
    </div>
  );
}

function useKeys(actions: Actions, readOnly: boolean): void {
  const host = useHost();
  const edit = (action: () => void) => () => (readOnly ? host.say("This pipeline is read-only here.") : action());
  const addHere = () => {
    const selected = actions.chosen()[0];
    const port = selected?.outputs[0];
    host.ui.set({ adding: { at: { x: 120, y: 60 }, place: null, loose: port && selected ? { ref: { path: selected.path, port: port.name }, side: "source", type: port.type } : null } });
  };
  useShortcuts({
    "mod+z": edit(host.undo),
    "mod+shift+z": edit(host.redo),
    "mod+y": edit(host.redo),
    "mod+a": () => host.ui.set({ selected: host.store.get().pipeline?.nodes.map((node) => node.id) ?? [] }),
    "mod+d": edit(actions.duplicate),
    "mod+g": edit(actions.group),
    "mod+shift+g": edit(actions.ungroup),
    "mod+s": () => host.ui.set({ dialog: "save" }),
    "mod+o": () => host.ui.set({ dialog: "open" }),
    "mod+Enter": () => host.ui.set({ dialog: "run" }),
    "/": edit(() => host.ui.set((ui) => ({ palette: true, find: ui.find + 1 }))),
    a: edit(() => host.ui.set({ adding: { at: { x: 120, y: 60 }, place: null, loose: null } })),
    c: edit(addHere),
    d: edit(actions.toggleOff),
    f: () => actions.fit(),
    l: edit(actions.tidy),
    n: edit(actions.addNote),
    o: () => actions.foldOrOpen(),
    p: () => host.ui.set((ui) => ({ side: !ui.side })),
    "shift+ArrowLeft": edit(() => actions.align("left")),
    "shift+ArrowUp": edit(() => actions.align("top")),
    Escape: () => host.ui.set({ selected: [], adding: null }),
    "?": () => host.ui.set({ dialog: "help" }),
  });
}

/** Copy, cut and paste through the browser's own events: they need no permission and work across pipelines and tabs. */
function useClipboard(actions: Actions, readOnly: boolean): void {
  const host = useHost();
  const pastes = useRef(0);
  useEffect(() => {
    const onCopy = (event: ClipboardEvent) => {
      if (isTyping(event) || !(window.getSelection()?.isCollapsed ?? true)) return;
      const text = actions.copied();
      if (!text) return;
      event.clipboardData?.setData("text/plain", text);
      event.preventDefault();
      pastes.current = 0;
      if (event.type === "cut" && !readOnly) actions.remove();
      else host.say("Copied.");
    };
    const onPaste = (event: ClipboardEvent) => {
      if (isTyping(event) || readOnly) return;
      pastes.current += 1;
      if (actions.pasted(event.clipboardData?.getData("text/plain") ?? "", [40 * pastes.current, 40 * pastes.current])) event.preventDefault();
    };
    document.addEventListener("copy", onCopy);
    document.addEventListener("cut", onCopy);
    document.addEventListener("paste", onPaste);
    return () => {
      document.removeEventListener("copy", onCopy);
      document.removeEventListener("cut", onCopy);
      document.removeEventListener("paste", onPaste);
    };
  }, [actions, readOnly, host]);
}

/** Ask before the tab closes on edits that Python hasn't got. */
function useUnsaved(): void {
  const pending = useHostState((state) => state.edits.length > 0);
  useEffect(() => {
    if (!pending) return undefined;
    const ask = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", ask);
    return () => window.removeEventListener("beforeunload", ask);
  }, [pending]);
}
