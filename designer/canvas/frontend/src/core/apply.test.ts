import { expect, test } from "vitest";

import type { Edit, Pipeline } from "../wire";
import { apply, EditError } from "./apply";
import shared from "./cases.test.json";
import { fits } from "./fits";

interface Step {
  edit: Edit;
  pipeline?: Pipeline;
  error?: string;
}

test.each((shared.walks as unknown as { start: Pipeline; steps: Step[] }[]).map((walk, i) => [i, walk] as const))("edits give what Python gives: walk %i", (_, walk) => {
  let pipeline = walk.start;
  for (const step of walk.steps) {
    const before = JSON.stringify(pipeline);
    if (step.error !== undefined) {
      expect(() => apply(pipeline, step.edit), JSON.stringify(step.edit)).toThrow(EditError);
    } else {
      const next = apply(pipeline, step.edit);
      expect(next, JSON.stringify(step.edit)).toEqual(step.pipeline);
      expect(JSON.stringify(pipeline), "the old pipeline stays as it was").toBe(before);
      pipeline = step.pipeline!;
    }
  }
});

test("types fit as they do in Python, for the same reason", () => {
  for (const [source, target, fit, reason] of shared.fits as [number, number, string, string][]) {
    expect(fits(shared.types[source] as never, shared.types[target] as never)).toEqual({ fit, reason });
  }
});
