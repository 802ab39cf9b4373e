/** Filtering and sorting the table of runs. Pure, and fast enough for tens of thousands of rows. */
import type { RunsAnswer } from "../wire";

export interface Column {
  key: string;
  label: string;
  /** the node that logged it */
  group: string;
  kind: "text" | "number" | "time" | "seconds" | "status";
  values: readonly unknown[];
}

/** The columns that every table of runs has, then parameters, metrics and tags. */
export function columnsOf(data: RunsAnswer): Column[] {
  const fixed: Column[] = [
    { key: "status", label: "Status", group: "", kind: "status", values: data.statuses },
    { key: "name", label: "Name", group: "", kind: "text", values: data.names },
    { key: "number", label: "#", group: "", kind: "number", values: data.numbers },
    { key: "experiment", label: "Experiment", group: "", kind: "text", values: data.experiments },
    { key: "created", label: "Started", group: "", kind: "time", values: data.created },
    { key: "seconds", label: "Took", group: "", kind: "seconds", values: data.seconds },
  ];
  const rest = Object.entries(data.columns).map(([key, values]): Column => {
    const [kind, ...words] = key.split(" ");
    const name = words.join(" ");
    const node = kind === "metric" ? data.chosen.find((one) => name.startsWith(`${one}.`)) : undefined;
    return {
      key,
      label: node ? name.slice(node.length + 1) : name,
      group: node ?? (kind === "metric" ? "" : (kind ?? "")),
      kind: values.some((one) => typeof one === "number") ? "number" : "text",
      values,
    };
  });
  return [...fixed, ...rest];
}

/** How wide a column is drawn. */
export function widthOf(column: Column): number {
  const known: Record<string, number> = { status: 124, name: 190, number: 56, experiment: 150, created: 128, seconds: 104 };
  return known[column.key] ?? Math.min(210, Math.max(92, Math.max(column.label.length, column.group.length) * 7 + 26));
}

/**
 * Row numbers that match a filter. Words must all occur in id, name, experiment or status;
 * `loss<0.3`, `lr=0.1` compare a column.
 */
export function matching(data: RunsAnswer, columns: Column[], filter: string): number[] {
  const tests = filter.trim().split(/\s+/).filter(Boolean).map((word) => testOf(word, data, columns));
  const rows: number[] = [];
  for (let i = 0; i < data.ids.length; i++) if (tests.every((test) => test(i))) rows.push(i);
  return rows;
}

function testOf(word: string, data: RunsAnswer, columns: Column[]): (row: number) => boolean {
  const compare = /^([^<>=!]+)(<=|>=|!=|=|<|>)(.+)$/.exec(word);
  const column = compare && columns.find((one) => [one.key, one.label].some((name) => name.toLowerCase() === compare[1]!.toLowerCase() || name.toLowerCase().endsWith(`.${compare[1]!.toLowerCase()}`)));
  if (compare && column) {
    const wanted = Number(compare[3]);
    const op = compare[2]!;
    return (row) => {
      const cell = column.values[row];
      if (cell === null || cell === undefined) return op === "!=";
      if (typeof cell === "number" && !Number.isNaN(wanted)) {
        return { "<": cell < wanted, ">": cell > wanted, "<=": cell <= wanted, ">=": cell >= wanted, "=": cell === wanted, "!=": cell !== wanted }[op]!;
      }
      const same = String(cell).toLowerCase() === compare[3]!.toLowerCase();
      return op === "=" ? same : op === "!=" ? !same : false;
    };
  }
  const text = word.toLowerCase();
  const texts = [data.names, data.experiments, data.statuses, data.ids];
  return (row) => texts.some((values) => values[row]!.toLowerCase().includes(text));
}

/** The rows in the order of a column; what has no value comes last either way. */
export function sorted(rows: number[], column: Column, descending: boolean): number[] {
  const direction = descending ? -1 : 1;
  const { values } = column;
  return [...rows].sort((a, b) => {
    const [x, y] = [values[a], values[b]];
    const [gapX, gapY] = [x === null || x === undefined, y === null || y === undefined];
    if (gapX || gapY) return gapX && gapY ? a - b : gapX ? 1 : -1;
    if (typeof x === "number" && typeof y === "number") return (x - y) * direction || a - b;
    return String(x).localeCompare(String(y), "en", { numeric: true }) * direction || a - b;
  });
}

/** A table as CSV; cells that a spreadsheet would take for a formula are made text. */
export function csv(header: string[], rows: unknown[][]): string {
  const cell = (of: unknown): string => {
    if (of === null || of === undefined) return "";
    if (typeof of === "number") return String(of);
    let text = typeof of === "string" ? of : JSON.stringify(of);
    if (/^[=+\-@\t\r]/.test(text)) text = `'${text}`;
    return /[",\n\r]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
  };
  return [header, ...rows].map((row) => row.map(cell).join(",")).join("\r\n");
}
