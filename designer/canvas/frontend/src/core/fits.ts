/** Whether one port type fits another, as designer/model/types.py says it; held to it by shared cases. */
import type { PortType } from "../wire";

export type Fit = "yes" | "maybe" | "no";
export interface FitAnswer {
  fit: Fit;
  reason: string;
}

export const ANY: PortType = { key: "any", name: "Any", bases: [], args: [], alternatives: [] };

const RANK: Record<Fit, number> = { no: 0, maybe: 1, yes: 2 };
const PROMOTIONS: Record<string, string[]> = {
  "builtins.bool": ["builtins.int", "builtins.float", "builtins.complex"],
  "builtins.int": ["builtins.float", "builtins.complex"],
  "builtins.float": ["builtins.complex"],
};

const yes = (reason: string): FitAnswer => ({ fit: "yes", reason });
const maybe = (reason: string): FitAnswer => ({ fit: "maybe", reason });
const no = (reason: string): FitAnswer => ({ fit: "no", reason });

/** Whether what `source` gives may go into `target`, and why (not). */
export function fits(source: PortType, target: PortType): FitAnswer {
  if (target.key === "any" || target.key === "builtins.object") return yes("the port takes anything");
  if (source.key === "any") return maybe(`only the value can tell whether it is a ${target.name}`);
  if (source.alternatives.length) {
    const answers = source.alternatives.map((one) => fits(one, target));
    if (answers.every((answer) => answer.fit === "yes")) return yes(`every ${source.name} is a ${target.name}`);
    if (answers.some((answer) => answer.fit !== "no")) return maybe(`a ${source.name} is not always a ${target.name}`);
    return no(`no ${source.name} is a ${target.name}`);
  }
  if (target.alternatives.length) {
    const answers = target.alternatives.map((one) => fits(source, one));
    const best = answers.reduce((a, b) => (RANK[b.fit] > RANK[a.fit] ? b : a));
    return best.fit !== "no" ? best : no(`a ${source.name} is none of ${target.name}`);
  }
  if (source.key === target.key) return argumentsFit(source, target);
  if (source.bases.includes(target.key) || PROMOTIONS[source.key]?.includes(target.key)) {
    return yes(`a ${source.name} is a ${target.name}`);
  }
  if (target.bases.includes(source.key)) return maybe(`a ${source.name} may be a ${target.name}; only the value can tell`);
  return no(`a ${source.name} is not a ${target.name}`);
}

function argumentsFit(source: PortType, target: PortType): FitAnswer {
  if (!target.args.length) return yes(`both are ${target.key.split(".").at(-1)}`);
  if (!source.args.length) return maybe(`what the ${source.name} holds is known only at run time`);
  if (source.args.length !== target.args.length) return no(`a ${source.name} is not a ${target.name}`);
  const answers = source.args.map((one, i) => fits(one, target.args[i]!));
  const worst = answers.reduce((a, b) => (RANK[b.fit] < RANK[a.fit] ? b : a));
  return worst.fit !== "no" ? worst : no(`a ${source.name} is not a ${target.name}: ${worst.reason}`);
}
