/** Copy, paste and duplicate as edits; the clipboard's text is a small pipeline document that other pipelines can take. */
import type { AddNodes, Node, Pipeline, Position } from "../wire";
import { freshId } from "./apply";

export interface Clip {
  designer: "nodes";
  nodes: Node[];
  edges: Pipeline["edges"];
  positions: Record<string, Position>;
}

/** The chosen nodes, the edges among them and their places. */
export function clip(pipeline: Pipeline, ids: Iterable<string>, places: Record<string, Position>): Clip {
  const chosen = new Set(ids);
  return {
    designer: "nodes",
    nodes: pipeline.nodes.filter((node) => chosen.has(node.id)),
    edges: pipeline.edges.filter((edge) => chosen.has(edge.source[0]) && chosen.has(edge.target[0])),
    positions: Object.fromEntries([...chosen].filter((id) => places[id]).map((id) => [id, places[id]!])),
  };
}

/** A clip read back from text, or null when the text is something else. */
export function readClip(text: string): Clip | null {
  try {
    const data = JSON.parse(text) as Clip;
    return data?.designer === "nodes" && Array.isArray(data.nodes) && Array.isArray(data.edges) ? data : null;
  } catch {
    return null; // not ours: the clipboard holds any text
  }
}

/** The edit that pastes a clip under fresh ids, moved by an offset. */
export function paste(pipeline: Pipeline, what: Clip, offset: Position, within: string[] = []): AddNodes {
  const taken = new Set(pipeline.nodes.map((node) => node.id));
  const renamed = new Map<string, string>();
  for (const node of what.nodes) {
    const id = freshId(node.id.replace(/_\d+$/, ""), taken);
    taken.add(id);
    renamed.set(node.id, id);
  }
  const to = (id: string): string => renamed.get(id) ?? id;
  return {
    op: "add_nodes",
    within,
    nodes: what.nodes.map((node) => ({ ...node, id: to(node.id) })),
    edges: what.edges.map((edge) => ({ source: [to(edge.source[0]), edge.source[1]], target: [to(edge.target[0]), edge.target[1]] })),
    positions: Object.fromEntries(
      Object.entries(what.positions).map(([id, [x, y]]) => [to(id), [x + offset[0], y + offset[1]] as Position]),
    ),
  };
}
