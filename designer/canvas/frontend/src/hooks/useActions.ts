/** What a person can do on the canvas, once, for buttons, menus and keys alike. */
import { useReactFlow } from "@xyflow/react";
import { useMemo } from "react";

import { freshId, newNode } from "../core/apply";
import { clip, paste, readClip } from "../core/clip";
import { bestPort, canConnect, inside, type PortRef } from "../core/connect";
import { layout } from "../core/layout";
import { CARD_WIDTH, placesOf, type Face, type Scene } from "../core/scene";
import type { Host } from "../state/host";
import type { Edit, ModuleSpec, Note, PortType, Position } from "../wire";
import { useHost } from "./useHost";

const MARGIN = 24;

export type Alignment = "left" | "top" | "spread across" | "spread down";

export function actionsOf(host: Host, scene: () => Scene, center: () => [number, number]) {
  const pipeline = () => host.store.get().pipeline!;
  const chosen = (): Face[] => host.ui.get().selected.map((path) => scene().byPath.get(path)).filter((face): face is Face => Boolean(face));
  const chosenNotes = (): Note[] => scene().notes.map((one) => one.note).filter((note) => host.ui.get().selected.includes(noteId(note.id)));
  /** the group whose nodes are chosen; nodes of several groups can't be changed together */
  const level = (faces: Face[]): string[] => faces[0]?.within ?? [];
  const together = (faces: Face[]): Face[] => faces.filter((face) => face.parent === faces[0]?.parent);
  const select = (paths: string[]) => host.ui.set({ selected: paths });

  function free(place: [number, number], within: Face[]): Position {
    let [x, y] = place;
    const hit = () => within.find((face) => x < face.x + face.width + MARGIN && x + CARD_WIDTH + MARGIN > face.x && y < face.y + face.height + MARGIN && y + 110 + MARGIN > face.y);
    for (let tries = 1, other = hit(); other && tries < 60; tries++, other = hit()) {
      y = other.y + other.height + MARGIN;
      if (tries % 8 === 0) [x, y] = [x + CARD_WIDTH + MARGIN * 2, place[1]];
    }
    return [Math.round(x), Math.round(y)];
  }

  function add(spec: ModuleSpec, place: [number, number] | null, loose: { ref: PortRef; side: "source" | "target"; type: PortType } | null): void {
    const beside = loose && scene().byPath.get(loose.ref.path);
    const within = beside?.within ?? [];
    const level = inside(pipeline(), within);
    const id = freshId(spec.id.split(/[.:/]/).at(-1) ?? spec.id, level.nodes.map((node) => node.id));
    const faces = scene().faces.filter((face) => face.parent === (within.length ? within.join("/") : null));
    let at = place;
    if (within.length || !at) at = beside ? [beside.x + (loose.side === "source" ? 1 : -1) * (CARD_WIDTH + 64), beside.y] : center();
    const edits: Edit[] = [{ op: "add_nodes", within, nodes: [newNode(id, { module: spec.id })], positions: { [id]: free(at, faces) }, edges: [] }];
    if (loose) {
      const face = { inputs: spec.inputs.map((p) => ({ ...p, connected: false })), outputs: spec.outputs.map((p) => ({ ...p, connected: false })) } as Face;
      const port = bestPort(face, loose.type, loose.side);
      const other: [string, string] = [loose.ref.path.split("/").at(-1)!, loose.ref.port];
      if (port && loose.side === "source") edits.push({ op: "connect", within, edge: { source: other, target: [id, port.name] } });
      if (port && loose.side === "target") edits.push({ op: "connect", within, edge: { source: [id, port.name], target: other }, replace: !beside?.inputs.find((p) => p.name === loose.ref.port)?.many });
    }
    if (host.edit(edits) === null) {
      select([[...within, id].join("/")]);
      host.say(`Added ${spec.title}.`);
    }
  }

  /** Nodes that were laid out, not placed, keep where they are shown from the first change on. */
  function pinDown(): Edit[] {
    const levels = new Map<string, Face[]>();
    for (const face of scene().faces) levels.set(face.within.join("/"), [...(levels.get(face.within.join("/")) ?? []), face]);
    return [...levels.values()].flatMap((faces): Edit[] => {
      const { within } = faces[0]!;
      const level = inside(pipeline(), within);
      const missing = faces.filter((face) => !level.layout.positions[face.node.id]);
      if (!missing.length) return [];
      const places = placesOf(level, faces);
      return [{ op: "move", within, positions: Object.fromEntries(missing.map((face) => [face.node.id, places[face.node.id] as Position])) }];
    });
  }
  host.prepare = pinDown;

  function connect(source: PortRef, target: PortRef): void {
    const verdict = canConnect(scene(), source, target);
    if (!verdict.allowed) return host.say(`Not connected: ${verdict.reason}.`);
    const within = scene().byPath.get(source.path)!.within;
    const id = (path: string) => path.split("/").at(-1)!;
    host.edit({ op: "connect", within, edge: { source: [id(source.path), source.port], target: [id(target.path), target.port] }, replace: verdict.replace });
  }

  function remove(faces = together(chosen()), wireIds: string[] = []): void {
    const notes = chosenNotes();
    const gone = new Set(faces.map((face) => face.path));
    const edits: Edit[] = [];
    for (const wire of scene().wires) {
      if (wire.edge && wireIds.includes(wire.id) && !gone.has(wire.source) && !gone.has(wire.target)) {
        edits.push({ op: "disconnect", within: wire.within, edges: [wire.edge] });
      }
    }
    if (faces.length) edits.push({ op: "remove_nodes", within: level(faces), nodes: faces.map((face) => face.node.id) });
    if (notes.length) edits.push({ op: "remove_notes", notes: notes.map((note) => note.id) });
    if (edits.length && host.edit(edits) === null) select([]);
  }

  function copied(): string | null {
    const faces = together(chosen());
    if (!faces.length) return null;
    const places = Object.fromEntries(faces.map((face) => [face.node.id, [face.x, face.y] as Position]));
    return JSON.stringify(clip(inside(pipeline(), level(faces)), faces.map((face) => face.node.id), places));
  }

  function pasted(text: string, offset: Position = [40, 40], within: string[] = []): boolean {
    const what = readClip(text);
    if (!what?.nodes.length) return false;
    const edit = paste(inside(pipeline(), within), what, offset, within);
    if (host.edit(edit) === null) select(edit.nodes.map((node) => [...within, node.id].join("/")));
    return true;
  }

  function duplicate(): void {
    const text = copied();
    if (text) pasted(text, [40, 40], level(together(chosen())));
  }

  function tidy(): void {
    const all = scene().faces;
    const edits: Edit[] = [];
    const levels = new Map<string, Face[]>();
    for (const face of all) levels.set(face.within.join("/"), [...(levels.get(face.within.join("/")) ?? []), face]);
    // inner levels first, so that a frame has its new size when its own level is laid out
    const sizes = new Map<string, [number, number]>();
    for (const [key, faces] of [...levels.entries()].sort((a, b) => b[0].length - a[0].length)) {
      const within = faces[0]!.within;
      const boxes = faces.map((face) => ({ id: face.node.id, width: sizes.get(face.path)?.[0] ?? face.width, height: sizes.get(face.path)?.[1] ?? face.room }));
      const places = layout(boxes, inside(pipeline(), within).edges.map((edge) => ({ from: edge.source[0], to: edge.target[0] })));
      edits.push({ op: "move", within, positions: places });
      if (key) {
        const right = Math.max(...boxes.map((box) => places[box.id]![0] + box.width));
        const bottom = Math.max(...boxes.map((box) => places[box.id]![1] + box.height));
        sizes.set(key, [right + 72, bottom + 90]);
      }
    }
    if (edits.length && host.edit(edits) === null) fit();
  }

  function align(how: Alignment): void {
    const faces = together(chosen());
    if (faces.length < 2) return host.say("Choose two nodes or more to align them.");
    const positions: Record<string, Position> = {};
    const across = how === "left" || how === "spread across";
    const sorted = [...faces].sort((a, b) => (across ? a.x - b.x : a.y - b.y));
    const first = sorted[0]!;
    const last = sorted.at(-1)!;
    const places = placesOf(inside(pipeline(), level(faces)), scene().faces.filter((face) => face.parent === first.parent));
    sorted.forEach((face, i) => {
      const [x, y] = places[face.node.id]!;
      const [x0, y0] = places[first.node.id]!;
      const [x1, y1] = places[last.node.id]!;
      const part = i / (sorted.length - 1);
      positions[face.node.id] = how === "left" ? [x0, y] : how === "top" ? [x, Math.min(...faces.map((f) => places[f.node.id]![1]))] : how === "spread across" ? [x0 + (x1 - x0) * part, y] : [x, y0 + (y1 - y0) * part];
    });
    host.edit({ op: "move", within: level(faces), positions });
  }

  function group(): void {
    const faces = together(chosen());
    if (!faces.length) return host.say("Choose the nodes to group first.");
    const within = level(faces);
    const id = freshId("group", inside(pipeline(), within).nodes.map((node) => node.id));
    if (host.edit({ op: "group", within, nodes: faces.map((face) => face.node.id), id }) === null) select([[...within, id].join("/")]);
  }

  function ungroup(): void {
    const face = chosen().find((one) => one.node.pipeline);
    if (!face) return host.say("Choose a group first.");
    if (host.edit({ op: "ungroup", within: face.within, node: face.node.id }) === null) select([]);
  }

  function foldOrOpen(face = chosen().find((one) => one.node.pipeline)): void {
    if (face) host.edit({ op: "fold", within: face.within, node: face.node.id, folded: face.kind === "frame" });
  }

  function toggleOff(): void {
    const faces = together(chosen());
    if (faces.length) host.edit({ op: "change_nodes", within: level(faces), nodes: faces.map((face) => face.node.id), disabled: !faces.every((face) => face.node.disabled) });
  }

  function addNote(): void {
    const [x, y] = center();
    const id = freshId("note", pipeline().layout.notes.map((note) => note.id));
    if (host.edit({ op: "set_note", note: { id, text: "", x, y, width: 240, height: 120, color: "yellow" } }) === null) {
      select([noteId(id)]);
      host.ui.set({ writing: id });
    }
  }

  function fit(nodes: string[] | null = null): void {
    host.ui.set((ui) => ({ fit: { nodes, id: (ui.fit?.id ?? 0) + 1 } }));
  }

  return { add, connect, remove, copied, pasted, duplicate, tidy, align, group, ungroup, foldOrOpen, toggleOff, addNote, fit, chosen, chosenNotes, select };
}

export type Actions = ReturnType<typeof actionsOf>;

export const noteId = (id: string): string => `note:${id}`;

/** The actions on this mount. */
export function useActions(current: React.RefObject<Scene | null>, stage: React.RefObject<HTMLElement | null>): Actions {
  const host = useHost();
  const flow = useReactFlow();
  return useMemo(
    () =>
      actionsOf(host, () => current.current!, () => {
        const box = stage.current!.getBoundingClientRect();
        const at = flow.screenToFlowPosition({ x: box.left + box.width / 2, y: box.top + box.height / 2 });
        return [Math.round(at.x - CARD_WIDTH / 2), Math.round(at.y - 50)];
      }),
    [host], // eslint-disable-line
  );
}
