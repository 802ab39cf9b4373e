/** The graph on screen. The pipeline is the truth; React Flow's arrays are a drawing of it that also knows sizes and a drag. */
import {
  applyNodeChanges, Background, BackgroundVariant, type Connection, type Edge as FlowEdge, MiniMap, type Node as FlowNode, type NodeChange, ReactFlow, SelectionMode,
  useReactFlow,
} from "@xyflow/react";
import { type RefObject, useCallback, useEffect, useMemo, useRef, useState } from "react";

import { canConnect, type PortRef, type Verdict } from "../core/connect";
import { categoryColor, typeColor } from "../core/colors";
import { badgeScale, CARD_WIDTH, cornerOf, placesOf, type Scene, type Wire } from "../core/scene";
import { inside } from "../core/connect";
import { type Actions, noteId } from "../hooks/useActions";
import { useHost, useHostState } from "../hooks/useHost";
import { useProblems } from "../hooks/useScene";
import { isActive } from "../parts/Status";
import type { Edit, Position } from "../wire";
import { GroupFrame } from "./GroupFrame";
import { type CardNode, NodeCard } from "./NodeCard";
import { NoteCard } from "./NoteCard";
import { LooseEnd, WireEdge, type WireFlow } from "./WireEdge";

const NODE_TYPES = { card: NodeCard, frame: GroupFrame, note: NoteCard };
const EDGE_TYPES = { wire: WireEdge };
const FAR = 0.35;
const MANY = 150;

interface CanvasProps {
  scene: Scene;
  actions: Actions;
  readOnly: boolean;
  stage: RefObject<HTMLElement | null>;
  /** what else a style sheet is to know of an edge */
  wireClass?: (wire: Wire) => string;
}

export function Canvas({ scene, actions, readOnly, stage, wireClass }: CanvasProps) {
  const host = useHost();
  const flow = useReactFlow();
  const problems = useProblems();
  const [nodes, setNodes] = useState<FlowNode[]>([]);
  const [chosenEdges, setChosenEdges] = useState<ReadonlySet<string>>(new Set());
  const dragging = useRef(false);
  const current = useRef(scene);
  current.current = scene;

  useEffect(() => {
    setNodes((before) => {
      const known = new Map(before.map((node) => [node.id, node]));
      const chosen = new Set(host.ui.get().selected);
      const next = toFlow(scene, problems, readOnly).map((node) => {
        const old = known.get(node.id);
        const selected = chosen.has(node.id);
        if (old && !dragging.current && sameNode(old, node) && old.selected === selected) return old;
        const place = old && dragging.current && old.dragging ? old.position : node.position;
        return old ? { ...old, ...node, position: place, selected } : { ...node, selected };
      });
      return next.length === before.length && next.every((node, i) => node === before[i]) ? before : next;
    });
  }, [scene, problems, readOnly, host]);

  // for whoever measures: when a pipeline that has come is on the screen
  const drawn = nodes.length > 0;
  useEffect(() => {
    if (drawn) requestAnimationFrame(() => requestAnimationFrame(() => performance.mark("designer:drawn")));
  }, [drawn]);

  // a choice made elsewhere (palette, problem list, keys) shows on the canvas
  useEffect(
    () =>
      host.ui.subscribe(() => {
        const chosen = new Set(host.ui.get().selected);
        setNodes((now) => (now.every((node) => Boolean(node.selected) === chosen.has(node.id)) ? now : now.map((node) => (Boolean(node.selected) === chosen.has(node.id) ? node : { ...node, selected: chosen.has(node.id) }))));
      }),
    [host],
  );

  useEffect(() => {
    let last = 0;
    const follow = () => {
      const { fit } = host.ui.get();
      if (!fit || fit.id === last) return undefined;
      last = fit.id;
      if (!current.current.faces.length) return void flow.setViewport({ x: 0, y: 0, zoom: 1 });
      setTimeout(() => void flow.fitView({ padding: 0.07, maxZoom: 1, duration: 200, nodes: fit.nodes?.map((id) => ({ id })) }), 60);
      return undefined;
    };
    follow();
    return host.ui.subscribe(follow);
  }, [host, flow]);

  const onNodesChange = useCallback(
    (changes: NodeChange[]) => {
      setNodes((now) => applyNodeChanges(changes, now));
      const picked = changes.filter((change) => change.type === "select");
      if (picked.length) {
        const chosen = new Set(host.ui.get().selected);
        for (const change of picked) change.selected ? chosen.add(change.id) : chosen.delete(change.id);
        host.ui.set({ selected: [...chosen] });
      }
      const moved: Record<string, Position> = {};
      for (const change of changes) {
        if (change.type === "position" && change.position && change.dragging === false) moved[change.id] = [change.position.x, change.position.y];
      }
      if (Object.keys(moved).length) {
        const edits = moves(current.current, host.store.get().pipeline!, moved);
        if (edits.length) host.edit(edits, "move");
      }
    },
    [host],
  );

  const flowing = useHostState((state) => Object.entries(state.run?.nodes ?? {}).filter(([, node]) => isActive(node.status)).map(([path]) => path).join("\n"));
  const edges = useMemo(() => toFlowEdges(scene, chosenEdges, new Set(flowing.split("\n")), wireClass), [scene, chosenEdges, flowing, wireClass]);

  const verdict = useCallback((connection: Connection | FlowEdge): Verdict | null => {
    const source = refOf(connection.source, connection.sourceHandle, "o");
    const target = refOf(connection.target, connection.targetHandle, "i");
    return source && target ? canConnect(current.current, source, target) : null;
  }, []);

  const startConnecting = useCallback(
    (_: unknown, from: { nodeId: string | null; handleId: string | null; handleType: string | null }) => {
      const side = from.handleType === "source" ? "source" : "target";
      const ref = refOf(from.nodeId, from.handleId, side === "source" ? "o" : "i");
      if (!ref) return;
      const verdicts = new Map<string, Verdict>();
      for (const face of current.current.faces) {
        for (const port of side === "source" ? face.inputs : face.outputs) {
          const other = { path: face.path, port: port.name };
          const [source, target] = side === "source" ? [ref, other] : [other, ref];
          verdicts.set(`${face.path}|${side === "source" ? "i" : "o"}:${port.name}`, canConnect(current.current, source, target));
        }
      }
      host.ui.set({ connecting: { ref, side, verdicts } });
    },
    [host],
  );

  const stopConnecting = useCallback(
    (event: MouseEvent | TouchEvent, state: { isValid: boolean | null; toHandle?: { id?: string | null } | null; toNode?: { id: string } | null }) => {
      const { connecting } = host.ui.get();
      host.ui.set({ connecting: null });
      if (!connecting) return;
      if (state.toHandle && state.toNode && !state.isValid) {
        const reason = connecting.verdicts.get(`${state.toNode.id}|${state.toHandle.id}`)?.reason;
        if (reason) host.say(`Not connected: ${reason}.`);
        return;
      }
      const target = event.composedPath()[0] as Element;
      if (state.toHandle || !target.closest?.(".react-flow__pane")) return;
      const { clientX, clientY } = "changedTouches" in event ? event.changedTouches[0]! : event;
      const face = current.current.byPath.get(connecting.ref.path);
      const port = [...(face?.inputs ?? []), ...(face?.outputs ?? [])].find((one) => one.name === connecting.ref.port);
      if (!port) return;
      const box = stage.current!.getBoundingClientRect();
      const place = flow.screenToFlowPosition({ x: clientX, y: clientY });
      host.ui.set({
        adding: {
          at: { x: Math.min(clientX - box.left, box.width - 350), y: Math.min(clientY - box.top, Math.max(20, box.height - 390)) },
          place: [place.x - (connecting.side === "target" ? CARD_WIDTH : 0), place.y - 40],
          loose: { ref: connecting.ref, side: connecting.side, type: port.type },
        },
      });
    },
    [host, flow, stage],
  );

  const large = scene.faces.length > MANY;
  return (
    <ReactFlow
      nodes={nodes}
      edges={edges}
      nodeTypes={NODE_TYPES}
      edgeTypes={EDGE_TYPES}
      onNodesChange={onNodesChange}
      onEdgesChange={(changes) => {
        const next = new Set(chosenEdges);
        for (const change of changes) if (change.type === "select") change.selected ? next.add(change.id) : next.delete(change.id);
        setChosenEdges(next);
      }}
      onConnect={(connection) => {
        const source = refOf(connection.source, connection.sourceHandle, "o");
        const target = refOf(connection.target, connection.targetHandle, "i");
        if (source && target) actions.connect(source, target);
      }}
      isValidConnection={(connection) => verdict(connection)?.allowed ?? false}
      onConnectStart={startConnecting}
      onConnectEnd={stopConnecting}
      connectionLineComponent={LooseEnd}
      connectionRadius={26}
      onBeforeDelete={async ({ nodes: gone, edges: cut }) => {
        if (!readOnly) actions.remove(gone.map((node) => scene.byPath.get(node.id)).filter((face) => face !== undefined), cut.map((edge) => edge.id));
        setChosenEdges(new Set());
        return false; // the edit removes them
      }}
      deleteKeyCode={readOnly ? null : ["Delete", "Backspace"]}
      onNodeDragStart={() => (dragging.current = true)}
      onNodeDragStop={() => (dragging.current = false)}
      onNodeDoubleClick={(_, node) => {
        const face = scene.byPath.get(node.id);
        if (face?.node.pipeline) actions.foldOrOpen(face);
        else host.ui.set({ side: true, wide: !host.ui.get().wide });
      }}
      onNodeClick={() => host.ui.set({ side: true })}
      onMove={(_, view) => {
        scaleBadges(stage.current, view.zoom);
        if (view.zoom < FAR !== host.ui.get().far) host.ui.set({ far: view.zoom < FAR });
      }}
      nodesDraggable={!readOnly}
      // a hand that shakes a little clicks all the same
      nodeDragThreshold={3}
      nodeClickDistance={4}
      paneClickDistance={4}
      nodesConnectable={!readOnly}
      onlyRenderVisibleElements={large}
      minZoom={0.05}
      maxZoom={2}
      zoomOnDoubleClick={false}
      selectionMode={SelectionMode.Partial}
      multiSelectionKeyCode={["Shift", "Meta", "Control"]}
      panOnScroll
      panOnScrollSpeed={0.9}
      elevateNodesOnSelect={!large}
      disableKeyboardA11y={false}
    >
      <Background variant={BackgroundVariant.Dots} gap={20} size={1.2} />
      {scene.faces.length > 3 && <MiniMap pannable zoomable nodeColor={miniColor} nodeStrokeWidth={0} style={{ width: 150, height: 100 }} ariaLabel="Overview of the pipeline" />}
    </ReactFlow>
  );
}

/** Badges stay readable when the rest gets small; in steps, so that a zoom doesn't style every node at each frame. */
function scaleBadges(stage: HTMLElement | null, zoom: number): void {
  const scale = String(badgeScale(zoom));
  if (stage && stage.style.getPropertyValue("--badge") !== scale) stage.style.setProperty("--badge", scale);
}

const miniColor = (node: FlowNode): string => {
  if (node.type === "note") return "var(--note-yellow)";
  if (node.type === "frame") return "color-mix(in srgb, var(--text) 8%, transparent)";
  return `color-mix(in srgb, var(--type${categoryColor((node as CardNode).data.face.category)}) 55%, var(--surface))`;
};

function refOf(path: string | null | undefined, handle: string | null | undefined, side: "i" | "o"): PortRef | null {
  return path && handle?.startsWith(`${side}:`) ? { path, port: handle.slice(2) } : null;
}

function toFlow(scene: Scene, problems: (path: string) => CardNode["data"]["problems"], readOnly: boolean): FlowNode[] {
  const cards = scene.faces.map((face): FlowNode => {
    const frame = face.kind === "frame";
    return {
      id: face.path,
      type: frame ? "frame" : "card",
      position: { x: face.x, y: face.y },
      data: { face, problems: problems(face.path) },
      parentId: face.parent ?? undefined,
      initialWidth: face.width,
      initialHeight: face.height,
      ...(frame && { width: face.width, height: face.height }),
      dragHandle: frame ? ".frame-head" : undefined,
      ariaLabel: `${face.title}, ${face.category}`,
      domAttributes: { "data-node": face.path } as FlowNode["domAttributes"],
    };
  });
  const notes = scene.notes.map(({ note }): FlowNode => ({
    id: noteId(note.id), type: "note", position: { x: note.x, y: note.y }, data: { note }, width: note.width, height: note.height, zIndex: -1,
    connectable: false, draggable: !readOnly, ariaLabel: "Sticky note",
  }));
  return [...notes, ...cards];
}

function sameNode(old: FlowNode, next: FlowNode): boolean {
  return (
    old.data.face === next.data.face && old.data.problems === next.data.problems && old.data.note === next.data.note && old.type === next.type &&
    old.position.x === next.position.x && old.position.y === next.position.y && old.parentId === next.parentId
  );
}

function toFlowEdges(scene: Scene, chosen: ReadonlySet<string>, flowing: ReadonlySet<string>, more?: (wire: Wire) => string): WireFlow[] {
  return scene.wires.map((wire) => ({
    id: wire.id, type: "wire", source: wire.source, sourceHandle: wire.sourceHandle, target: wire.target, targetHandle: wire.targetHandle,
    data: { wire }, selected: chosen.has(wire.id), selectable: wire.edge !== null, focusable: wire.edge !== null, zIndex: wire.within.length ? 1 : 0,
    className: `wire ${wire.disabled ? "off" : ""} ${wire.edge ? "" : "inner"} ${flowing.has(wire.target) ? "flowing" : ""} ${more?.(wire) ?? ""}`,
    style: { "--wire": `var(--type${typeColor(wire.type)})` } as React.CSSProperties,
    ariaLabel: wire.edge ? `Edge from ${wire.edge.source.join(" ")} to ${wire.edge.target.join(" ")}` : undefined,
  }));
}

/** Moves on screen as edits. Within an open group places count from its corner, so a new corner moves the group as well. */
function moves(scene: Scene, pipeline: Parameters<typeof inside>[0], moved: Record<string, Position>): Edit[] {
  const byLevel = new Map<string, { within: string[]; positions: Record<string, Position> }>();
  for (const [id, place] of Object.entries(moved)) {
    const face = scene.byPath.get(id);
    const within = face?.within ?? [];
    const key = within.join("/");
    if (!byLevel.has(key)) byLevel.set(key, { within, positions: {} });
    const name = face ? face.node.id : id.slice("note:".length);
    if (face && Math.round(face.x) === Math.round(place[0]) && Math.round(face.y) === Math.round(place[1])) continue;
    byLevel.get(key)!.positions[name] = [Math.round(place[0]), Math.round(place[1])];
  }
  const edits: Edit[] = [];
  for (const { within, positions } of byLevel.values()) {
    if (!Object.keys(positions).length) continue;
    if (!within.length) {
      edits.push({ op: "move", positions });
      continue;
    }
    const faces = scene.faces.filter((face) => face.within.join("/") === within.join("/"));
    const places = placesOf(inside(pipeline, within), faces);
    const before = cornerOf(faces, places);
    const anchor = faces[0]!;
    const shift = [places[anchor.node.id]![0] - anchor.x, places[anchor.node.id]![1] - anchor.y];
    const inner: Record<string, Position> = Object.fromEntries(faces.map((face) => [face.node.id, places[face.node.id]!]));
    for (const [id, [x, y]] of Object.entries(positions)) inner[id] = [x + shift[0]!, y + shift[1]!];
    edits.push({ op: "move", within, positions: inner });
    const after = cornerOf(faces, inner);
    const frame = scene.byPath.get(within.join("/"))!;
    const outer = placesOf(inside(pipeline, within.slice(0, -1)), scene.faces.filter((face) => face.parent === frame.parent))[frame.node.id]!;
    if (after.x !== before.x || after.y !== before.y) {
      edits.push({ op: "move", within: within.slice(0, -1), positions: { [frame.node.id]: [outer[0] + after.x - before.x, outer[1] + after.y - before.y] } });
    }
  }
  return edits;
}
