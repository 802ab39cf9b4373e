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

const ANYTHING = ["any", "builtins.object"];

/** Whether what `source` gives may go into `target`, and why (not). */
export function fits(source: PortType, target: PortType): FitAnswer {
  if (takesAnything(target)) return yes("the port takes anything");
  if (ANYTHING.includes(source.key)) return maybe(`only the value can tell whether it is ${a(target)}`);
  if (source.alternatives.length) {
    const answers = source.alternatives.map((one) => fits(one, target));
    if (answers.every((answer) => answer.fit === "yes")) return yes(`every ${source.name} is ${a(target)}`);
    if (answers.some((answer) => answer.fit !== "no")) return maybe(`${a(source)} is not always ${a(target)}`);
    return no(`no ${source.name} is ${a(target)}`);
  }
  if (target.alternatives.length) {
    const answers = target.alternatives.map((one) => fits(source, one));
    const best = answers.reduce((x, y) => (RANK[y.fit] > RANK[x.fit] ? y : x));
    return best.fit !== "no" ? best : no(`${a(source)} is none of ${target.name}`);
  }
  if (source.key === target.key) return argumentsFit(source, target, `both are ${target.key.split(".").at(-1)}`);
  if (source.bases.includes(target.key) || PROMOTIONS[source.key]?.includes(target.key)) {
    return argumentsFit(source, target, `${a(source)} is ${a(target)}`);
  }
  if (target.bases.includes(source.key)) return maybe(`${a(source)} may be ${a(target)}; only the value can tell`);
  return no(`${a(source)} is not ${a(target)}`);
}

/** The type with its article: `a DataFrame`, `an int`. */
export const a = (type: PortType): string => `${/^[aeiou]/i.test(type.name) ? "an" : "a"} ${type.name}`;

const takesAnything = (type: PortType): boolean => ANYTHING.includes(type.key) || type.alternatives.some(takesAnything);

function argumentsFit(source: PortType, target: PortType, reason: string): FitAnswer {
  if (!target.args.length) return yes(reason);
  const unknown = maybe(`what the ${source.name} holds is known only at run time`);
  if (!source.args.length) return unknown;
  const lengths = source.args.length !== target.args.length;
  if (source.key === "builtins.tuple" && target.key === "builtins.tuple" && lengths) return tuplesFit(source, target);
  if (lengths) return source.key !== target.key ? unknown : no(`${a(source)} is not ${a(target)}`);
  return allFit(source, target, source.args.map((one, i) => [one, target.args[i]!]));
}

/** A tuple of one argument may be one of any length, so the lengths say nothing. */
function tuplesFit(source: PortType, target: PortType): FitAnswer {
  if (target.args.length === 1) return allFit(source, target, source.args.map((given) => [given, target.args[0]!]));
  if (source.args.length === 1) {
    const answer = allFit(source, target, target.args.map((taken) => [source.args[0]!, taken]));
    return answer.fit === "no" ? answer : maybe(`only the value can tell how long the ${source.name} is`);
  }
  return no(`${a(source)} is not ${a(target)}`);
}

function allFit(source: PortType, target: PortType, pairs: [PortType, PortType][]): FitAnswer {
  const worst = pairs.map(([given, taken]) => fits(given, taken)).reduce((x, y) => (RANK[y.fit] < RANK[x.fit] ? y : x));
  return worst.fit !== "no" ? worst : no(`${a(source)} is not ${a(target)}: ${worst.reason}`);
}
