/** Finding modules by a few typed letters. */
import type { ModuleSpec } from "../wire";

/** How well words match a module; 0: not at all. Every word must be found somewhere. */
export function score(spec: ModuleSpec, query: string): number {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return 1;
  const title = spec.title.toLowerCase();
  const id = spec.id.toLowerCase();
  const rest = `${spec.category} ${spec.description}`.toLowerCase();
  const phrase = wanted.join(" ");
  let total = title === phrase ? 40 : title.startsWith(phrase) ? 25 : title.includes(phrase) ? 20 : 0;
  for (const word of wanted) {
    if (title.startsWith(word)) total += 10;
    else if (title.includes(` ${word}`)) total += 7;
    else if (title.includes(word) || id.includes(word)) total += 5;
    else if (rest.includes(word)) total += 2;
    else if (initials(title).startsWith(word)) total += 4;
    else return 0;
  }
  return total;
}

const initials = (title: string): string => title.split(/\s+/).map((word) => word[0]).join("");

/** The matching modules, best first. */
export function search(specs: ModuleSpec[], query: string): ModuleSpec[] {
  const scored = specs.map((spec) => ({ spec, found: score(spec, query) })).filter((one) => one.found > 0);
  return scored.sort((a, b) => b.found - a.found || a.spec.title.localeCompare(b.spec.title)).map((one) => one.spec);
}

/** Modules under their categories, both in alphabetical order. */
export function byCategory(specs: ModuleSpec[]): [string, ModuleSpec[]][] {
  const groups = new Map<string, ModuleSpec[]>();
  for (const spec of specs) groups.set(spec.category, [...(groups.get(spec.category) ?? []), spec]);
  return [...groups.entries()]
    .sort((a, b) => a[0].localeCompare(b[0]))
    .map(([category, group]) => [category, group.sort((a, b) => a.title.localeCompare(b.title))]);
}
