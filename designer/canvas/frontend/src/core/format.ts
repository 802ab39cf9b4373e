/** Numbers, times and sizes as people read them. */

/** A number short enough for a node's face: 0.9143, 12,406, 3.2e-9. */
export function number(value: number): string {
  if (!Number.isFinite(value)) return Number.isNaN(value) ? "NaN" : value > 0 ? "∞" : "−∞";
  const size = Math.abs(value);
  if (Number.isInteger(value) && size < 1e15) return value.toLocaleString("en-US");
  if (size >= 1e7 || size < 1e-4) return value.toExponential(2);
  const digits = size >= 1000 ? 1 : size >= 100 ? 2 : size >= 10 ? 3 : 4;
  return trimmed(value.toLocaleString("en-US", { maximumFractionDigits: digits, minimumFractionDigits: 0 }));
}

const trimmed = (text: string): string => text;

/** Any logged value as text. */
export function value(of: unknown): string {
  if (of === null || of === undefined) return "–";
  if (typeof of === "number") return number(of);
  if (typeof of === "string") return of;
  if (typeof of === "boolean") return of ? "true" : "false";
  if (isSpecial(of)) return of.number;
  return JSON.stringify(of);
}

/** JSON has no NaN or infinity: those travel as {"number": "NaN"}. */
export function isSpecial(of: unknown): of is { number: string } {
  return typeof of === "object" && of !== null && "number" in of && Object.keys(of).length === 1;
}

export function seconds(of: number): string {
  if (of < 0.0995) return `${Math.max(0, Math.round(of * 1000))} ms`;
  if (of < 9.95) return `${of.toFixed(1)} s`;
  if (of < 59.5) return `${Math.round(of)} s`;
  const minutes = Math.floor(Math.round(of) / 60);
  if (minutes < 60) return `${minutes} min ${String(Math.round(of) % 60).padStart(2, "0")} s`;
  return `${Math.floor(minutes / 60)} h ${String(minutes % 60).padStart(2, "0")} min`;
}

export function bytes(of: number): string {
  if (of < 1000) return `${of} B`;
  for (const [unit, size] of [["kB", 1e3], ["MB", 1e6], ["GB", 1e9], ["TB", 1e12]] as const) {
    if (of < size * 1000) return `${(of / size).toFixed(of / size < 10 ? 1 : 0)} ${unit}`;
  }
  return `${of} B`;
}

export function clock(unix: number): string {
  return new Date(unix * 1000).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", second: "2-digit" });
}

export function moment(unix: number): string {
  const date = new Date(unix * 1000);
  const today = new Date();
  const time = date.toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit" });
  if (date.toDateString() === today.toDateString()) return `today ${time}`;
  const day = date.toLocaleDateString("en-GB", { day: "numeric", month: "short", ...(date.getFullYear() !== today.getFullYear() && { year: "numeric" }) });
  return `${day} ${time}`;
}

/** `split_data` → `Split data`. */
export function words(name: string): string {
  const spaced = name.replace(/[_-]+/g, " ").trim();
  return spaced.charAt(0).toUpperCase() + spaced.slice(1);
}

export const plural = (count: number, noun: string): string => `${count.toLocaleString("en-US")} ${noun}${count === 1 ? "" : "s"}`;
