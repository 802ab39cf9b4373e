/** What a run would do with what is on the canvas, in words; and what the user asks of the next run. Pure. */
import type { Node, Pipeline, PlannedNode, Steering } from "../wire";
import { pathOf } from "./scene";

export type Plan = Record<string, PlannedNode>;
export type Asked = Required<Steering>;
/** A badge's word: the action, or that the user had it so. */
export type PlanWord = "run" | "reuse" | "maybe" | "forced" | "pinned";

export const NOTHING_ASKED: Asked = { everything: false, again: [], pins: {} };

export function planWord(node: PlannedNode): PlanWord {
  if (node.kind !== "forced") return node.action;
  return node.action === "run" ? "forced" : "pinned";
}

/** A node's plan; a group's is the strongest of what is in it, with how many those are and the first one's reason. */
export function planOf(plan: Plan, path: string, group: boolean): PlannedNode | null {
  if (!group) return plan[path] ?? null;
  const within = Object.entries(plan).filter(([node]) => node.startsWith(`${path}/`));
  for (const action of ["run", "maybe", "reuse"] as const) {
    const some = within.filter(([, one]) => one.action === action);
    if (!some.length) continue;
    const [node, first] = some[0]!;
    const all = action === "reuse" ? within.map(([, one]) => one) : some.map(([, one]) => one);
    const count = some.length === within.length ? `all ${some.length}` : `${some.length} of ${within.length}`;
    const kinds = new Set(some.map(([, one]) => one.kind));
    return {
      action,
      kind: kinds.size === 1 ? first.kind : "several",
      text: `${count}: ${node.slice(path.length + 1)}: ${first.text}`,
      from_run: null,
      seconds: sum(all),
    };
  }
  return null;
}

export interface Totals {
  run: number;
  maybe: number;
  reuse: number;
  /** of what runs for certain; null where nobody knows */
  seconds: number | null;
}

export function totals(plan: Plan): Totals {
  const all = Object.values(plan);
  const of = (action: PlannedNode["action"]) => all.filter((node) => node.action === action);
  return { run: of("run").length, maybe: of("maybe").length, reuse: of("reuse").length, seconds: sum(of("run")) };
}

function sum(nodes: PlannedNode[]): number | null {
  const known = nodes.map((node) => node.seconds).filter((one) => one !== null);
  return known.length ? known.reduce((a, b) => a + b, 0) : null;
}

/** What is asked of nodes that are still there: a node that was removed or renamed is forgotten. */
export function stillAsked(asked: Asked, pipeline: Pipeline | null): Asked {
  if (!asked.again.length && !Object.keys(asked.pins).length) return asked;
  const there = new Set(pipeline ? paths(pipeline, []) : []);
  const again = asked.again.filter((path) => there.has(path));
  const pins = Object.entries(asked.pins).filter(([path]) => there.has(path));
  if (again.length === asked.again.length && pins.length === Object.keys(asked.pins).length) return asked;
  return { ...asked, again, pins: Object.fromEntries(pins) };
}

const paths = (pipeline: Pipeline, within: string[]): string[] =>
  pipeline.nodes.flatMap((node: Node) => [pathOf(within, node.id), ...(node.pipeline ? paths(node.pipeline, [...within, node.id]) : [])]);

/** Run some nodes again, or, where all of them are asked for already, no longer. A pin gives way: it would win. */
export function askAgain(asked: Asked, nodes: string[]): Asked {
  const all = nodes.every((path) => asked.again.includes(path));
  const again = all ? asked.again.filter((path) => !nodes.includes(path)) : [...new Set([...asked.again, ...nodes])];
  return { ...asked, again, pins: all ? asked.pins : without(asked.pins, nodes) };
}

/** Have a node take a run's outputs; null: no longer. */
export function askPin(asked: Asked, node: string, run: string | null): Asked {
  const pins = without(asked.pins, [node]);
  return { ...asked, again: asked.again.filter((path) => path !== node), pins: run === null ? pins : { ...pins, [node]: run } };
}

const without = (pins: Record<string, string>, nodes: string[]): Record<string, string> =>
  Object.fromEntries(Object.entries(pins).filter(([path]) => !nodes.includes(path)));
