/** What is on the canvas: a pipeline and its modules' specs, flattened to faces and wires. Pure; knows nothing of React Flow. */
import type { Edge, ModuleSpec, Node, Note, Pipeline, PortType, Problem } from "../wire";
import { ANY } from "./fits";
import { words } from "./format";
import { type Box, layout, type Places } from "./layout";

export type Specs = Record<string, ModuleSpec>;

export interface PortFace {
  name: string;
  title: string;
  type: PortType;
  optional: boolean;
  many: boolean;
  description: string;
  connected: boolean;
}

export interface Face {
  /** where a run's records name it: `prepare/split_data` */
  path: string;
  within: string[];
  node: Node;
  spec: ModuleSpec | null;
  kind: "module" | "group" | "frame" | "unknown";
  title: string;
  subtitle: string;
  category: string;
  inputs: PortFace[];
  outputs: PortFace[];
  /** the open group in which it is drawn */
  parent: string | null;
  /** relative to the parent's corner */
  x: number;
  y: number;
  width: number;
  height: number;
  /** the height that a layout reserves: the same before, during and after a run, so that nothing moves by itself */
  room: number;
}

export interface Wire {
  id: string;
  within: string[];
  edge: Edge | null;
  source: string;
  sourceHandle: string;
  target: string;
  targetHandle: string;
  type: PortType;
  disabled: boolean;
}

export interface NoteFace {
  note: Note;
}

export interface Scene {
  faces: Face[];
  wires: Wire[];
  notes: NoteFace[];
  byPath: Map<string, Face>;
}

export const CARD_WIDTH = 208;
export const HEADER = 54;
export const PORT_ROW = 22;
export const PIN_ROW = 24;
/** between two cards, so that a badge has room */
const APART = 44;
const FRAME = { left: 36, right: 36, top: 62, bottom: 28 };

/** How much larger than its card a badge is drawn: as much as it takes to be read, up to twice, in quarters. */
export const badgeScale = (zoom: number): number => Math.min(2, Math.max(1, Math.round(4 / zoom) / 4));

export const pathOf = (within: string[], id: string): string => [...within, id].join("/");

/**
 * Everything to draw, in an order in which frames come before what they hold. `pins` is how many metrics a face shows. Where
 * nobody can move a card, `apart` makes those that are higher than their place push the ones below them down.
 */
export function scene(pipeline: Pipeline, specs: Specs, pins: (path: string) => number = () => 0, apart = false): Scene {
  const faces: Face[] = [];
  const wires: Wire[] = [];
  draw(pipeline, specs, [], pins, apart, faces, wires);
  return {
    faces,
    wires,
    notes: pipeline.layout.notes.map((note) => ({ note })),
    byPath: new Map(faces.map((face) => [face.path, face])),
  };
}

function draw(
  pipeline: Pipeline, specs: Specs, within: string[], pins: (path: string) => number, apart: boolean, faces: Face[], wires: Wire[],
): { width: number; height: number } {
  const parent = within.length ? within.join("/") : null;
  const folded = new Set(pipeline.layout.folded);
  const touched = new Set(pipeline.edges.flatMap((edge) => [`i ${edge.target.join(" ")}`, `o ${edge.source.join(" ")}`]));
  const mine: Face[] = [];
  for (const node of pipeline.nodes) {
    const path = pathOf(within, node.id);
    if (mine.some((face) => face.node.id === node.id)) continue; // a double id is a problem that `check` names
    const face = faceOf(node, specs, within, path, (side, port) => touched.has(`${side} ${node.id} ${port}`));
    face.parent = parent;
    const bare = HEADER + Math.max(face.inputs.length, face.outputs.length) * PORT_ROW + 12;
    face.height = bare + (pins(path) ? pins(path) * PIN_ROW + 8 : 0);
    face.room = bare + 2 * PIN_ROW + 8;
    mine.push(face);
    faces.push(face);
    if (node.pipeline && !folded.has(node.id)) {
      face.kind = "frame";
      const size = draw(node.pipeline, specs, [...within, node.id], pins, apart, faces, wires);
      face.width = Math.max(CARD_WIDTH, size.width);
      face.height = face.room = Math.max(120, size.height);
      frameWires(node, path, [...within, node.id], face, wires);
    }
  }
  const places = placesOf(pipeline, mine);
  const corner = cornerOf(mine, places);
  const shift = parent === null ? [0, 0] : [FRAME.left - corner.x, FRAME.top - corner.y];
  for (const face of mine) {
    const [x, y] = places[face.node.id]!;
    face.x = x + shift[0]!;
    face.y = y + shift[1]!;
  }
  if (apart) pushDown(mine);
  const types = new Map(mine.flatMap((face) => face.outputs.map((port) => [`${face.node.id} ${port.name}`, port.type])));
  const off = new Set(mine.filter((face) => face.node.disabled).map((face) => face.node.id));
  const known = new Set(mine.map((face) => face.node.id));
  for (const edge of pipeline.edges) {
    if (!known.has(edge.source[0]) || !known.has(edge.target[0])) continue;
    wires.push({
      id: `${within.join("/")}|${edge.source.join(".")}>${edge.target.join(".")}`,
      within,
      edge,
      source: pathOf(within, edge.source[0]),
      sourceHandle: `o:${edge.source[1]}`,
      target: pathOf(within, edge.target[0]),
      targetHandle: `i:${edge.target[1]}`,
      type: types.get(edge.source.join(" ")) ?? ANY,
      disabled: off.has(edge.source[0]) || off.has(edge.target[0]),
    });
  }
  if (!mine.length) return { width: CARD_WIDTH, height: 120 };
  return {
    width: Math.max(...mine.map((face) => face.x + face.width)) + FRAME.right,
    height: Math.max(...mine.map((face) => face.y + Math.max(face.room, face.height))) + FRAME.bottom,
  };
}

/** From the top down, each card below those that it would cover. */
function pushDown(faces: Face[]): void {
  const placed: Face[] = [];
  for (const face of [...faces].sort((a, b) => a.y - b.y)) {
    for (const above of placed) {
      const beside = above.x + above.width <= face.x || face.x + face.width <= above.x;
      if (!beside) face.y = Math.max(face.y, above.y + above.height + APART);
    }
    placed.push(face);
  }
}

/** The corner from which places within an open group count. */
export function cornerOf(faces: { node: Node }[], places: Places): { x: number; y: number } {
  const all = faces.map((face) => places[face.node.id]!);
  return all.length ? { x: Math.min(...all.map((p) => p[0])), y: Math.min(...all.map((p) => p[1])) } : { x: 0, y: 0 };
}

/** Every node's place: as saved, or (all of them) laid out when one has none. */
export function placesOf(pipeline: Pipeline, faces: Face[]): Places {
  const saved = pipeline.layout.positions;
  const missing = faces.filter((face) => !saved[face.node.id]);
  if (!missing.length) return saved;
  const boxes: Box[] = faces.map((face) => ({ id: face.node.id, width: face.width, height: face.room }));
  const laid = layout(boxes, pipeline.edges.map((edge) => ({ from: edge.source[0], to: edge.target[0] })));
  if (missing.length === faces.length) return laid;
  const bottom = Math.max(...faces.filter((f) => saved[f.node.id]).map((f) => saved[f.node.id]![1] + f.height)) + 60;
  const left = Math.min(...missing.map((face) => laid[face.node.id]![0]));
  const top = Math.min(...missing.map((face) => laid[face.node.id]![1]));
  const places: Places = { ...saved };
  for (const face of missing) {
    const [x, y] = laid[face.node.id]!;
    places[face.node.id] = [x - left, y - top + bottom];
  }
  return places;
}

function faceOf(
  node: Node, specs: Specs, within: string[], path: string, connected: (side: "i" | "o", port: string) => boolean,
): Face {
  const spec = node.pipeline ? null : (specs[node.module] ?? null);
  const ports = node.pipeline ? groupPorts(node.pipeline, specs) : portsOf(spec);
  const kind = node.pipeline ? "group" : spec && !spec.error ? "module" : "unknown";
  return {
    path,
    within,
    node,
    spec,
    kind,
    title: node.title || (node.pipeline ? words(node.id) : (spec?.title ?? words(node.id))),
    subtitle: node.pipeline ? `group of ${node.pipeline.nodes.length}` : node.module,
    category: node.pipeline ? "Group" : (spec?.category ?? "Unknown"),
    inputs: ports.inputs.map((port) => ({ ...port, connected: connected("i", port.name) })),
    outputs: ports.outputs.map((port) => ({ ...port, connected: connected("o", port.name) })),
    parent: null,
    x: 0,
    y: 0,
    width: CARD_WIDTH,
    height: 0,
    room: 0,
  };
}

type Bare = Omit<PortFace, "connected">;

export function portsOf(spec: ModuleSpec | null): { inputs: Bare[]; outputs: Bare[] } {
  return { inputs: spec?.inputs ?? [], outputs: spec?.outputs ?? [] };
}

/** A group's ports, with the types of the ports within. */
export function groupPorts(pipeline: Pipeline, specs: Specs): { inputs: Bare[]; outputs: Bare[] } {
  const inner = (end: [string, string], side: "inputs" | "outputs"): Bare | undefined => {
    const node = pipeline.nodes.find((one) => one.id === end[0]);
    if (!node) return undefined;
    const ports = node.pipeline ? groupPorts(node.pipeline, specs) : portsOf(specs[node.module] ?? null);
    return ports[side].find((port) => port.name === end[1]);
  };
  return {
    inputs: Object.entries(pipeline.inputs).map(([name, ends]) => {
      const found = ends.map((end) => inner(end, "inputs"));
      const first = found.find(Boolean);
      return {
        name,
        title: words(name),
        type: first?.type ?? ANY,
        optional: found.every((port) => port?.optional ?? false),
        many: false,
        description: first?.description ?? "",
      };
    }),
    outputs: Object.entries(pipeline.outputs).map(([name, end]) => ({
      name,
      title: words(name),
      type: inner(end, "outputs")?.type ?? ANY,
      optional: false,
      many: false,
      description: inner(end, "outputs")?.description ?? "",
    })),
  };
}

/** From an open group's border to the ports within. */
function frameWires(node: Node, path: string, within: string[], face: Face, wires: Wire[]): void {
  const types = new Map([...face.inputs, ...face.outputs].map((port) => [port.name, port.type]));
  const add = (source: string, sourceHandle: string, target: string, targetHandle: string, name: string) =>
    wires.push({
      id: `${path}|${source}${sourceHandle}>${target}${targetHandle}`,
      within, edge: null, source, sourceHandle, target, targetHandle, type: types.get(name) ?? ANY, disabled: node.disabled,
    });
  for (const [name, ends] of Object.entries(node.pipeline!.inputs)) {
    for (const end of ends) add(path, `in:${name}`, pathOf(within, end[0]), `i:${end[1]}`, name);
  }
  for (const [name, end] of Object.entries(node.pipeline!.outputs)) {
    add(pathOf(within, end[0]), `o:${end[1]}`, path, `out:${name}`, name);
  }
}

/** Problems by the path of their node; "" holds those of the pipeline. */
export function problemsByNode(problems: Problem[]): Map<string, Problem[]> {
  const by = new Map<string, Problem[]>();
  for (const problem of problems) {
    const key = problem.node ?? "";
    by.set(key, [...(by.get(key) ?? []), problem]);
  }
  return by;
}
