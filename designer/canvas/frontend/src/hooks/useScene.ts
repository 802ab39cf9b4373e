/** The scene of the pipeline on a mount; faces that didn't change stay identical, so their cards don't render again. */
import { useCallback, useMemo, useRef } from "react";

import { problemsByNode, type Scene, scene } from "../core/scene";
import { share } from "../state/store";
import type { Problem } from "../wire";
import { useHostState } from "./useHost";

export function useScene(apart = false): Scene | null {
  const pipeline = useHostState((state) => state.pipeline);
  const specs = useHostState((state) => state.specs);
  const pins = useHostState((state) => pinCounts(state.run?.nodes));
  const last = useRef<Scene | null>(null);
  return useMemo(() => {
    if (!pipeline) return null;
    const counts: Record<string, number> = JSON.parse(pins);
    const next = scene(pipeline, specs, (path) => counts[path] ?? 0, apart);
    const known = last.current?.byPath;
    const faces = next.faces.map((face) => share(known?.get(face.path), face));
    last.current = { ...next, faces, wires: share(last.current?.wires, next.wires), byPath: new Map(faces.map((face) => [face.path, face])) };
    return last.current;
  }, [pipeline, specs, pins, apart]);
}

/** How many metrics each face shows, as text so that it compares cheaply. */
function pinCounts(nodes: Record<string, { pins: unknown[]; error: string | null }> | undefined): string {
  if (!nodes) return "{}";
  return JSON.stringify(Object.fromEntries(Object.entries(nodes).map(([path, node]) => [path, node.pins.length + (node.error ? 1 : 0)]).filter(([, n]) => n)));
}

const NONE: Problem[] = [];

export function useProblems(): (path: string) => Problem[] {
  const problems = useHostState((state) => state.problems);
  const by = useMemo(() => problemsByNode(problems), [problems]);
  return useCallback((path: string) => by.get(path) ?? NONE, [by]);
}
