import { expect, test } from "vitest";

import type { Pipeline, PlannedNode } from "../wire";
import { emptyPipeline, newNode } from "./apply";
import { askAgain, askPin, NOTHING_ASKED, type Plan, planOf, planWord, stillAsked, totals } from "./plan";

const planned = (action: PlannedNode["action"], kind = "unchanged", text = kind, seconds: number | null = null): PlannedNode => ({ action, kind, text, from_run: action === "run" ? null : "r", seconds });
const PLAN: Plan = {
  load: planned("reuse", "unchanged", "nothing changed", 1),
  "prepare/clean": planned("run", "parameter_changed", "parameter a 1 -> 2", 2),
  "prepare/split": planned("maybe", "input_changed", "clean reruns", 4),
  "prepare/count": planned("maybe", "input_changed", "clean reruns"),
  train: planned("run", "never_ran", "it never ran"),
};

test("a badge says the action, or that the user had it so", () => {
  expect([planned("run"), planned("reuse"), planned("maybe"), planned("run", "forced"), planned("reuse", "forced")].map(planWord)).toEqual(["run", "reuse", "maybe", "forced", "pinned"]);
});

test("a group tells the strongest of what is in it", () => {
  expect(planOf(PLAN, "prepare", true)).toEqual({ action: "run", kind: "parameter_changed", text: "1 of 3: clean: parameter a 1 -> 2", from_run: null, seconds: 2 });
  const { "prepare/clean": _, ...rest } = PLAN;
  expect(planOf(rest, "prepare", true)).toMatchObject({ action: "maybe", text: "all 2: split: clean reruns", seconds: 4 });
  expect(planOf(PLAN, "elsewhere", true)).toBeNull();
  expect(planOf(PLAN, "load", false)).toBe(PLAN.load);
  expect(planOf(PLAN, "unplanned", false)).toBeNull();
});

test("the bar counts nodes and adds up what is known to run", () => {
  expect(totals(PLAN)).toEqual({ run: 2, maybe: 2, reuse: 1, seconds: 2 });
  expect(totals({ a: planned("run", "never_ran") }).seconds).toBeNull();
});

test("running again is asked for and taken back; a pin gives way to it, and the other way round", () => {
  const pinned = askPin(NOTHING_ASKED, "train", "r1");
  expect(pinned).toEqual({ everything: false, again: [], pins: { train: "r1" } });
  const again = askAgain(pinned, ["train", "load"]);
  expect(again).toEqual({ everything: false, again: ["train", "load"], pins: {} });
  expect(askAgain(again, ["load"]).again).toEqual(["train"]);
  expect(askPin(again, "train", "r2")).toEqual({ everything: false, again: ["load"], pins: { train: "r2" } });
  expect(askPin(pinned, "train", null)).toEqual(NOTHING_ASKED);
});

test("what is asked of a node that is gone is forgotten", () => {
  const inner: Pipeline = { ...emptyPipeline("inner"), nodes: [newNode("clean", { module: "clean" })] };
  const pipeline: Pipeline = { ...emptyPipeline("p"), nodes: [newNode("load", { module: "load" }), newNode("prepare", { pipeline: inner })] };
  const asked = { everything: true, again: ["load", "prepare/clean"], pins: {} };
  expect(stillAsked(asked, pipeline)).toBe(asked);
  expect(stillAsked({ ...asked, again: ["gone", "prepare"], pins: { "prepare/gone": "r", load: "r" } }, pipeline)).toEqual({ everything: true, again: ["prepare"], pins: { load: "r" } });
});
