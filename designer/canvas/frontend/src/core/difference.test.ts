import { expect, test } from "vitest";

import type { DeltaView, DifferenceAnswer, NodeDifference } from "../wire";
import { diffFiles } from "./diff";
import { changeOf, counts, deltaText, faceOf, rowsOf, sidesText, verdictOf, wireClass } from "./difference";

const side = (node: string) => ({ node, run_id: `run of ${node}`, status: "Completed", seconds: 1 });
const metric = (name: string, a: unknown, b: unknown, better: boolean | null = null): DeltaView => ({
  name, a, b, delta: typeof a === "number" && typeof b === "number" ? b - a : null, better, goal: null, unit: "", differs: a !== b, series: false,
});
const node = (more: Partial<NodeDifference> = {}): NodeDifference => ({ module: "m", a: side("n"), b: side("n"), differs: false, causes: [], metrics: [], ...more });
const CAUSE = { kind: "parameter_changed", text: "parameter fraction 0.7 -> 0.8", diff: "" };

test("a node differs of itself, follows, is the same, or only one run has it", () => {
  expect(changeOf(node({ differs: true, causes: [CAUSE] }))).toBe("changed");
  expect(changeOf(node({ differs: true }))).toBe("follows");
  expect(changeOf(node())).toBe("same");
  expect(changeOf(node({ b: null, differs: true }))).toBe("only_a");
  expect(changeOf(node({ a: null, differs: true }))).toBe("only_b");
  expect(changeOf(undefined)).toBe("none");
});

test("a face tells why, then what moved, judged metrics first, and takes a row for each", () => {
  const one = node({ differs: true, causes: [CAUSE], metrics: [metric("rows", 5, 5), metric("seen", 1, 2), metric("loss", 2, 1, true), metric("note", "x", "y")] });
  expect(faceOf(one).metrics.map((m) => m.name)).toEqual(["loss", "seen", "note"]);
  expect(rowsOf(one)).toBe(4);
  expect(rowsOf(node({ b: null, causes: [{ ...CAUSE, kind: "only_in_a" }] }))).toBe(0);
});

test("a metric that moved says which way, and is judged only where a goal was declared", () => {
  expect([metric("loss", 2, 1.5, true), metric("loss", 2, 2.5, false), metric("rows", 2, 3), metric("rows", 2, 2), metric("label", "a", "b")].map(deltaText)).toEqual(["▼ −0.5", "▲ +0.5", "▲ +1", "", ""]);
  expect([true, false, null].map((better) => verdictOf(metric("m", 1, 2, better)))).toEqual(["better", "worse", "none"]);
  expect(sidesText({ ...metric("share", 50, 75), unit: "%" })).toBe("50 → 75 %");
});

test("nodes are counted by what became of them; edges out of what stayed the same step back", () => {
  const answer = {
    nodes: { a: node(), b: node({ differs: true, causes: [CAUSE] }), c: node({ differs: true }) },
    edges: { "|a.x>c.y": "b" },
  } as unknown as DifferenceAnswer;
  expect(counts(answer)).toEqual({ changed: 1, follows: 1, same: 1, only_a: 0, only_b: 0, none: 0 });
  expect([wireClass(answer, "|a.x>b.y", "a"), wireClass(answer, "|b.x>c.y", "b"), wireClass(answer, "|a.x>c.y", "a")]).toEqual(["quiet", "", "only-b"]);
});

const DIFF = `--- a/helpers.py  kit.helpers.clean
+++ b/helpers.py  kit.helpers.clean
@@ -1,3 +1,4 @@
 def clean(rows):
-    return rows
+    rows = rows.dropna()
+    return rows
 # end
@@ -20 +21 @@
---x
+++x
--- a/other.py  kit.other.use
+++ b/other.py  kit.other.use
@@ -0,0 +1 @@
+use()`;

test("a unified diff is read into files and lines with their numbers", () => {
  const [helpers, other] = diffFiles(DIFF);
  expect(helpers!.name).toBe("helpers.py  kit.helpers.clean");
  expect(helpers!.lines.map((line) => [line.kind, line.a, line.b])).toEqual([
    ["same", 1, 1], ["removed", 2, null], ["added", null, 2], ["added", null, 3], ["same", 3, 4], ["gap", null, null], ["removed", 20, null], ["added", null, 21],
  ]);
  expect(helpers!.lines[6]!.text).toBe("--x");
  expect(other!.lines).toEqual([{ kind: "added", text: "use()", a: null, b: 1 }]);
  expect(diffFiles("")).toEqual([]);
});
