import { expect, test } from "vitest";

import type { ModuleSpec, Pipeline, PortType } from "../wire";
import { apply, emptyPipeline, newNode } from "./apply";
import { clip, paste, readClip } from "./clip";
import { canConnect, fitting } from "./connect";
import { areaUnder, gains, goesOneWay, lift, precisionRecall, roc, smooth, ticks } from "./curves";
import { fixes } from "./fixes";
import { bytes, number, seconds } from "./format";
import { EMPTY, redo, remember, undo } from "./history";
import { layout } from "./layout";
import { badgeScale, scene } from "./scene";
import { fields, limits, refuse } from "./schema";
import { search } from "./search";
import { columnsOf, csv, matching, sorted } from "./table";
import { criticalPath } from "./timeline";

const type = (key: string, bases: string[] = []): PortType => ({ key, name: key.split(".").at(-1)!, bases, args: [], alternatives: [] });
const FRAME = type("pandas.DataFrame");
const MODEL = type("sklearn.Model");
const port = (name: string, of = FRAME, more = {}) => ({ name, title: name, type: of, optional: false, many: false, description: "", ...more });
const spec = (id: string, inputs: ModuleSpec["inputs"], outputs: ModuleSpec["outputs"], more: Partial<ModuleSpec> = {}): ModuleSpec => ({
  id, title: id.replaceAll("_", " "), category: "Some", version: "1", description: "", inputs, outputs, parameters: {}, metrics: [], source: "", package: "", error: null, ...more,
});
const SPECS = Object.fromEntries(
  [
    spec("load", [], [port("rows")]),
    spec("split", [port("data")], [port("train"), port("test")]),
    spec("train", [port("data"), port("start", MODEL, { optional: true })], [port("model", MODEL)]),
    spec("join", [port("parts", FRAME, { many: true })], [port("rows")]),
    spec("broken", [port("data")], [], { error: "no such package" }),
  ].map((one) => [one.id, one]),
);

function pipeline(nodes: Record<string, string>, ...edges: string[]): Pipeline {
  const end = (text: string) => text.split(".") as [string, string];
  return {
    ...emptyPipeline("test"),
    nodes: Object.entries(nodes).map(([id, module]) => newNode(id, { module })),
    edges: edges.map((text) => ({ source: end(text.split(" ")[0]!), target: end(text.split(" ")[1]!) })),
  };
}

const CHAIN = pipeline({ load: "load", split: "split", train: "train" }, "load.rows split.data", "split.train train.data");

test("an edge of fitting types is allowed, one of others refused with the reason", () => {
  const drawn = scene(CHAIN, SPECS);
  expect(canConnect(drawn, { path: "load", port: "rows" }, { path: "train", port: "start" }).reason).toBe("a DataFrame is not a Model");
  expect(canConnect(drawn, { path: "split", port: "test" }, { path: "train", port: "data" })).toMatchObject({ allowed: true, replace: true });
});

test("an edge that would close a circle is refused", () => {
  const drawn = scene(pipeline({ a: "split", b: "split" }, "a.train b.data"), SPECS);
  expect(canConnect(drawn, { path: "b", port: "train" }, { path: "a", port: "data" })).toMatchObject({ allowed: false });
  expect(canConnect(drawn, { path: "a", port: "train" }, { path: "a", port: "data" }).allowed).toBe(false);
});

test("a port that takes many edges keeps those it has", () => {
  const drawn = scene(pipeline({ a: "load", b: "load", join: "join" }, "a.rows join.parts"), SPECS);
  expect(canConnect(drawn, { path: "b", port: "rows" }, { path: "join", port: "parts" })).toMatchObject({ allowed: true, replace: false });
});

test("only modules that fit are offered for a loose end, and no broken ones", () => {
  expect(fitting(SPECS, MODEL, "source").map((one) => one.spec.id)).toEqual(["train"]);
  expect(fitting(SPECS, FRAME, "source").map((one) => one.spec.id)).not.toContain("broken");
  expect(fitting(SPECS, MODEL, "target").map((one) => one.spec.id)).toEqual(["train"]);
});

test("a folded group shows its ports with the types within; an open one a frame around its nodes", () => {
  const grouped = apply(CHAIN, { op: "group", nodes: ["split", "train"], id: "group" });
  const open = scene(grouped, SPECS);
  expect(open.byPath.get("group")?.kind).toBe("frame");
  expect(open.byPath.get("group/train")?.parent).toBe("group");
  const folded = scene(apply(grouped, { op: "fold", node: "group", folded: true }), SPECS);
  expect(folded.byPath.has("group/train")).toBe(false);
  expect(folded.byPath.get("group")?.inputs.map((one) => one.type.key)).toEqual(["pandas.DataFrame"]);
});

test("where nobody can move cards, one that grew pushes down those that it would cover, and no other", () => {
  const placed = { ...pipeline({ a: "load", b: "load", c: "load", d: "load" }), layout: { ...CHAIN.layout, positions: { a: [0, 0], b: [0, 150], c: [0, 300], d: [400, 0] } as Record<string, [number, number]> } };
  const at = (apart: boolean, pins: number) => Object.fromEntries(scene(placed, SPECS, (path) => (path === "a" ? pins : 0), apart).faces.map((face) => [face.path, face.y]));
  expect(at(true, 0)).toEqual({ a: 0, b: 150, c: 300, d: 0 });
  expect(at(false, 4)).toEqual({ a: 0, b: 150, c: 300, d: 0 });
  const grown = scene(placed, SPECS, (path) => (path === "a" ? 4 : 0), true);
  const [a, b, c, d] = ["a", "b", "c", "d"].map((path) => grown.byPath.get(path)!);
  expect(b!.y).toBeGreaterThan(a!.y + a!.height);
  expect(c!.y).toBeGreaterThan(b!.y + b!.height);
  expect(d!.y).toBe(0);
});

test("a layout puts every node right of what it takes from, and none over another", () => {
  const boxes = Array.from({ length: 60 }, (_, i) => ({ id: `n${i}`, width: 200, height: 60 + (i % 4) * 30 }));
  const links = boxes.slice(1).map((box, i) => ({ from: `n${Math.floor(i / 2)}`, to: box.id }));
  const places = layout(boxes, links);
  for (const { from, to } of links) expect(places[to]![0]).toBeGreaterThanOrEqual(places[from]![0] + 200);
  for (const a of boxes) {
    for (const b of boxes) {
      if (a.id >= b.id) continue;
      const [ax, ay] = places[a.id]!;
      const [bx, by] = places[b.id]!;
      expect(ax + a.width <= bx || bx + b.width <= ax || ay + a.height <= by || by + b.height <= ay, `${a.id} and ${b.id}`).toBe(true);
    }
  }
});

test("a layout of a circle, of loose nodes and of nothing is still one", () => {
  expect(Object.keys(layout([{ id: "a", width: 1, height: 1 }, { id: "b", width: 1, height: 1 }], [{ from: "a", to: "b" }, { from: "b", to: "a" }]))).toHaveLength(2);
  expect(layout([], [])).toEqual({});
});

test("a layout of a thousand nodes is far from its three seconds", () => {
  const boxes = Array.from({ length: 1000 }, (_, i) => ({ id: `n${i}`, width: 208, height: 100 }));
  const links = boxes.slice(1).flatMap((box, i) => [{ from: `n${Math.max(0, i - (i % 7))}`, to: box.id }, { from: `n${Math.floor(i / 3)}`, to: box.id }]);
  expect(Object.keys(layout(boxes, links))).toHaveLength(1000);
});

test("what was pasted has fresh ids, its edges and the same settings", () => {
  const text = JSON.stringify(clip(CHAIN, ["load", "split"], { load: [0, 0], split: [300, 0] }));
  const edit = paste(CHAIN, readClip(text)!, [10, 20]);
  expect(edit.nodes.map((node) => node.id)).toEqual(["load_2", "split_2"]);
  expect(edit.edges).toEqual([{ source: ["load_2", "rows"], target: ["split_2", "data"] }]);
  expect(edit.positions!.split_2).toEqual([310, 20]);
  expect(readClip("hello")).toBeNull();
});

test("undo and redo walk back and forth; typing in one field is one step", () => {
  const a = emptyPipeline("a");
  const b = { ...a, name: "b" };
  const c = { ...a, name: "c" };
  let history = remember(EMPTY, a, false);
  history = remember(history, b, true);
  const [after, back] = undo(history, c)!;
  expect(back.name).toBe("a");
  expect(redo(after, back)![1].name).toBe("c");
  expect(undo(EMPTY, a)).toBeNull();
});

test("modules are found by words, parts and initials", () => {
  const specs = [spec("linear_regression", [], [], { title: "Linear Regression" }), spec("split_data", [], [], { title: "Split Data" })];
  expect(search(specs, "regr").map((one) => one.id)).toEqual(["linear_regression"]);
  expect(search(specs, "sd").map((one) => one.id)).toEqual(["split_data"]);
  expect(search(specs, "nothing")).toEqual([]);
});

test("a form reads bounds, choices, None and references off a schema", () => {
  const [fraction, mode, seed, code] = fields({
    $defs: { Mode: { enum: ["a", "b"], type: "string" } },
    properties: {
      fraction: { type: "number", exclusiveMinimum: 0, maximum: 1, default: 0.7 },
      mode: { $ref: "#/$defs/Mode", default: "a" },
      seed: { anyOf: [{ type: "integer" }, { type: "null" }], default: null },
      code: { type: "string", format: "code", visible_when: { mode: ["b"] } },
    },
    required: ["fraction"],
  });
  expect(limits(fraction!.control)).toBe("0 < x ≤ 1");
  expect(refuse(fraction!, 0)).toBe("more than 0");
  expect(refuse(fraction!, 0.5)).toBeNull();
  expect(mode!.control).toEqual({ kind: "choice", choices: ["a", "b"] });
  expect(seed).toMatchObject({ nullable: true, control: { kind: "number", integer: true } });
  expect(refuse(seed!, 1.5)).toBe("a whole number is needed");
  expect(code).toMatchObject({ control: { kind: "text", code: true }, visible: [["mode", ["b"]]] });
});

test("a problem's fix is an edit that mends it", () => {
  const loose = pipeline({ load: "load", split: "split" });
  const fix = fixes({ code: "missing_input", message: "", node: "split", port: "data", parameter: null, hint: "", choices: [] }, scene(loose, SPECS))[0]!;
  expect(apply(loose, fix.edits[0]!).edges).toEqual([{ source: ["load", "rows"], target: ["split", "data"] }]);
});

test("numbers, times and sizes read as people write them", () => {
  expect([0.91428, 12406, 1e-9, 0, -3.5, NaN, 123456.78].map(number)).toEqual(["0.9143", "12,406", "1.00e-9", "0", "-3.5", "NaN", "123,456.8"]);
  expect([0.004, 1.24, 42, 64, 7400].map(seconds)).toEqual(["4 ms", "1.2 s", "42 s", "1 min 04 s", "2 h 03 min"]);
  expect([12, 1500, 2_500_000].map(bytes)).toEqual(["12 B", "1.5 kB", "2.5 MB"]);
});

test("points that go to and fro are no line", () => {
  expect([[[0, 1], [0, 2], [3, 1]], [[3, 1], [2, 5]], [[1, 1]]].map((points) => goesOneWay(points as [number, number][]))).toEqual([true, true, true]);
  expect(goesOneWay([[1, 0], [3, 0], [2, 0]])).toBe(false);
});

test("a perfect classifier's curves", () => {
  const cells: [number, number, number, number][] = [[10, 90, 0, 0], [10, 0, 90, 0], [0, 0, 90, 10]];
  expect(areaUnder(roc(cells))).toBe(1);
  expect(Math.max(...precisionRecall(cells).map((p) => p[1]))).toBe(1);
  expect(Math.max(...lift(cells).map((p) => p[1]))).toBe(10);
  expect(gains(cells).at(-1)).toEqual([1, 1]);
});

test("smoothing keeps gaps, and ticks are round", () => {
  expect(smooth([1, null, 1], 0.9)).toEqual([1, null, 1].map((one) => (one === null ? null : expect.closeTo(1))));
  expect(ticks(0, 1)).toEqual([0, 0.2, 0.4, 0.6, 0.8, 1]);
});

test("the critical path goes back through the input that ended last", () => {
  const spans = [{ path: "a", start: 0, end: 1 }, { path: "b", start: 0, end: 5 }, { path: "c", start: 5, end: 6 }];
  expect([...criticalPath(spans, (path) => (path === "c" ? ["a", "b"] : []))].sort()).toEqual(["b", "c"]);
});

const RUNS = {
  total: 3, ids: ["x1", "x2", "x3"], numbers: [1, 2, 3], names: ["cars", "cars", "ships"], experiments: ["e", "e", "f"], statuses: ["Completed", "Failed", "Completed"],
  created: [1, 2, 3], seconds: [1, null, 3], columns: { "metric eval.r2": [0.5, null, 0.9], "parameter lr": [0.1, 0.2, 0.1] }, nodes: [], chosen: ["eval"],
};

test("runs are filtered by words and comparisons, and sorted with gaps last", () => {
  const columns = columnsOf(RUNS);
  expect(matching(RUNS, columns, "cars failed")).toEqual([1]);
  expect(matching(RUNS, columns, "r2>0.6")).toEqual([2]);
  expect(matching(RUNS, columns, "lr=0.1")).toEqual([0, 2]);
  const r2 = columns.find((one) => one.key === "metric eval.r2")!;
  expect(sorted([0, 1, 2], r2, true)).toEqual([2, 0, 1]);
  expect(sorted([0, 1, 2], r2, false)).toEqual([0, 2, 1]);
});

test("a CSV cell is never a formula", () => {
  expect(csv(["a"], [["=1+1"], ['say "hi", twice'], [null], [-1]])).toBe("a\r\n'=1+1\r\n\"say \"\"hi\"\", twice\"\r\n\r\n-1");
});

test("badges grow as the canvas gets smaller, in steps and up to twice", () => {
  expect([2, 1, 0.9, 0.8, 0.57, 0.35, 0.1].map(badgeScale)).toEqual([1, 1, 1, 1.25, 1.75, 2, 2]);
});
