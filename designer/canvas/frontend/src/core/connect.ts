/** Whether an edge may exist, at once and with the reason; and which modules would fit a loose end. Python's check decides. */
import type { ModuleSpec, Pipeline, PortType } from "../wire";
import { type Fit, fits } from "./fits";
import type { Face, PortFace, Scene, Specs } from "./scene";

export interface Verdict {
  allowed: boolean;
  /** one sentence: why (not), or what happens to the edge that is there */
  reason: string;
  replace: boolean;
}

export interface PortRef {
  path: string;
  port: string;
}

const no = (reason: string): Verdict => ({ allowed: false, reason, replace: false });

/** Whether an edge from an output to an input may be drawn. */
export function canConnect(scene: Scene, source: PortRef, target: PortRef): Verdict {
  const from = scene.byPath.get(source.path);
  const to = scene.byPath.get(target.path);
  const out = from?.outputs.find((port) => port.name === source.port);
  const into = to?.inputs.find((port) => port.name === target.port);
  if (!from || !to || !out || !into) return no("one of the ports isn't there");
  if (from.path === to.path) return no("a node can't feed itself");
  if (from.parent !== to.parent) return no("both ends must lie in the same group");
  if (reaches(scene, to.path, from.path)) return no(`${from.title} already depends on ${to.title}: that would be a cycle`);
  const fit = fits(out.type, into.type);
  if (fit.fit === "no") return no(fit.reason);
  const existing = scene.wires.find((wire) => wire.target === to.path && wire.targetHandle === `i:${into.name}` && wire.edge);
  if (existing && !into.many) {
    if (existing.source === from.path && existing.sourceHandle === `o:${out.name}`) return no("they are connected already");
    return { allowed: true, reason: `${fit.reason}; takes the place of the edge that is there`, replace: true };
  }
  const twice = scene.wires.some(
    (wire) => wire.target === to.path && wire.targetHandle === `i:${into.name}` && wire.source === from.path && wire.sourceHandle === `o:${out.name}`,
  );
  return twice ? no("they are connected already") : { allowed: true, reason: fit.reason, replace: false };
}

/** Whether values flow from one node to another. */
export function reaches(scene: Scene, from: string, to: string): boolean {
  const next = new Map<string, string[]>();
  for (const wire of scene.wires) {
    if (wire.edge) next.set(wire.source, [...(next.get(wire.source) ?? []), wire.target]);
  }
  const open = [from];
  const seen = new Set(open);
  for (let at = open.pop(); at !== undefined; at = open.pop()) {
    if (at === to) return true;
    for (const one of next.get(at) ?? []) {
      if (!seen.has(one)) {
        seen.add(one);
        open.push(one);
      }
    }
  }
  return false;
}

export interface Candidate {
  spec: ModuleSpec;
  port: string;
  fit: Fit;
}

const RANK: Record<Fit, number> = { yes: 2, maybe: 1, no: 0 };

/** The modules with a port for a loose end, the best first: exact type, then what may fit, required ports before optional. */
export function fitting(specs: Specs, type: PortType, side: "source" | "target"): Candidate[] {
  const found: (Candidate & { score: number })[] = [];
  for (const spec of Object.values(specs)) {
    if (spec.error) continue;
    const ports = side === "source" ? spec.inputs : spec.outputs;
    let best: (Candidate & { score: number }) | null = null;
    ports.forEach((port, i) => {
      const { fit } = side === "source" ? fits(type, port.type) : fits(port.type, type);
      if (fit === "no") return;
      const exact = port.type.key === type.key ? 4 : 0;
      const score = RANK[fit] * 10 + exact + (port.optional ? 0 : 2) - i * 0.1;
      if (!best || score > best.score) best = { spec, port: port.name, fit, score };
    });
    if (best) found.push(best);
  }
  return found.sort((a, b) => b.score - a.score || a.spec.title.localeCompare(b.spec.title));
}

/** The free port of `face` that an edge from `type` would best end at (or start from). */
export function bestPort(face: Face, type: PortType, side: "source" | "target"): PortFace | null {
  const ports = side === "source" ? face.inputs : face.outputs;
  const ranked = ports
    .filter((port) => side === "target" || port.many || !port.connected)
    .map((port) => ({ port, rank: RANK[(side === "source" ? fits(type, port.type) : fits(port.type, type)).fit] }))
    .filter((one) => one.rank > 0)
    .sort((a, b) => b.rank - a.rank);
  return ranked[0]?.port ?? null;
}

/** The pipeline inside the given groups. */
export function inside(pipeline: Pipeline, within: string[]): Pipeline {
  return within.reduce((at, id) => at.nodes.find((node) => node.id === id)?.pipeline ?? at, pipeline);
}
