/** A unified diff as lines to draw. Pure. */
export interface DiffLine {
  kind: "same" | "added" | "removed" | "gap";
  text: string;
  /** line numbers within the piece of code, before and now */
  a: number | null;
  b: number | null;
}

export interface DiffFile {
  /** `helpers.py  package.helpers.clean` */
  name: string;
  lines: DiffLine[];
}

const HUNK = /^@@ -(\d+)(?:,\d+)? \+(\d+)(?:,\d+)? @@/;

export function diffFiles(text: string): DiffFile[] {
  const files: DiffFile[] = [];
  let [a, b] = [0, 0];
  const lines = text.split("\n");
  for (let i = 0; i < lines.length; i++) {
    const line = lines[i]!;
    if (line.startsWith("--- ") && lines[i + 1]?.startsWith("+++ ")) {
      files.push({ name: lines[++i]!.slice("+++ ".length).replace(/^b\//, ""), lines: [] });
      continue;
    }
    const into = files.at(-1)?.lines;
    if (!into) continue;
    const hunk = HUNK.exec(line);
    if (hunk) {
      if (into.length) into.push({ kind: "gap", text: "", a: null, b: null });
      [a, b] = [Number(hunk[1]), Number(hunk[2])];
    } else if (line.startsWith("+")) into.push({ kind: "added", text: line.slice(1), a: null, b: b++ });
    else if (line.startsWith("-")) into.push({ kind: "removed", text: line.slice(1), a: a++, b: null });
    else into.push({ kind: "same", text: line.slice(1), a: a++, b: b++ });
  }
  return files;
}
