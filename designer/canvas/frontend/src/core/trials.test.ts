import { describe, expect, it } from "vitest";

import type { ChildView } from "../wire";
import { binned, trialsOf } from "./trials";

const child = (parameters: ChildView["parameters"], metrics: ChildView["metrics"]): ChildView => ({ run_id: "r", name: "trial", node: null, kind: "child", status: "Completed", started: 0, ended: 1, parameters, metrics });

describe("trials", () => {
  it("show the parameters that differ and the metrics that are numbers", () => {
    const found = trialsOf([
      child({ rate: 0.1, depth: 3, kernel: "a" }, { AUC: 0.8, note: "x" }),
      child({ rate: 0.2, depth: 3, kernel: "b" }, { AUC: 0.9, note: "y" }),
      child({ rate: 0.1, depth: 3 }, {}),
    ]);
    expect(found?.parameters).toEqual([{ name: "rate", values: [0.1, 0.2, 0.1] }, { name: "kernel", values: ["a", "b", null] }]);
    expect(found?.metrics).toEqual([{ name: "AUC", values: [0.8, 0.9, null] }]);
  });

  it("need three children and a number that two of them have", () => {
    expect(trialsOf([child({}, { a: 1 }), child({}, { a: 2 })])).toBeNull();
    expect(trialsOf([child({}, { a: 1 }), child({}, { b: 2 }), child({}, {})])).toBeNull();
  });
});

describe("bins", () => {
  it("hold every value once", () => {
    const { edges, counts } = binned([0, 0.1, 0.5, 0.9, 1, 1]);
    expect(counts.reduce((a, b) => a + b)).toBe(6);
    expect([edges[0], edges.at(-1), edges.length]).toEqual([0, 1, counts.length + 1]);
  });

  it("are one where all values are the same", () => {
    expect(binned([2, 2, 2])).toEqual({ edges: [1.5, 2.5], counts: [3] });
  });
});
