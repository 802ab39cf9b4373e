/** A stable colour number for a port type and for a category; the colours themselves are in styles/tokens.css. */
import type { PortType } from "../wire";

const KNOWN: [RegExp, number][] = [
  [/DataFrame|pyarrow\.Table|polars/, 1],
  [/Untrained|Estimator$/, 3],
  [/Model|Classifier|Regress|Pipeline$/, 2],
  [/Transform|Encoder|Scaler/, 4],
  [/ndarray|Series|Array/, 5],
  [/Path|File|bytes/, 6],
  [/builtins\.(int|float|bool|str|dict|list)/, 7],
];
export const HUES = 8;

/** 0 for anything, else 1…8. */
export function typeColor(type: PortType): number {
  if (type.key === "any" || type.key === "builtins.object") return 0;
  if (type.alternatives.length) return typeColor(type.alternatives.find((one) => one.key !== "builtins.NoneType") ?? type.alternatives[0]!);
  for (const [pattern, color] of KNOWN) if (pattern.test(type.key)) return color;
  return (hash(type.key) % HUES) + 1;
}

export const categoryColor = (category: string): number => (hash(category) % HUES) + 1;

function hash(text: string): number {
  let h = 2166136261;
  for (let i = 0; i < text.length; i++) h = Math.imul(h ^ text.charCodeAt(i), 16777619);
  return h >>> 0;
}
