/** The menu of modules at a place: all of them, or only those that fit a loose end, the best first; and ports to end it at. */
import { type RefObject, useMemo } from "react";

import { canConnect, fitting } from "../core/connect";
import { categoryColor } from "../core/colors";
import { byCategory, score } from "../core/search";
import type { Scene } from "../core/scene";
import type { Actions } from "../hooks/useActions";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { Picker, type PickerItem } from "../parts/Picker";

export function Adding({ scene, actions, stage }: { scene: Scene; actions: Actions; stage: RefObject<HTMLDivElement | null> }) {
  const host = useHost();
  const adding = useUi((ui) => ui.adding);
  const specs = useHostState((state) => state.specs);
  const items = useMemo(() => (adding ? itemsFor(adding.loose, scene, specs) : []), [adding, scene, specs]);
  if (!adding) return null;
  const close = () => {
    host.ui.set({ adding: null });
    stage.current?.querySelector<HTMLElement>(".react-flow__node.selected")?.focus({ preventScroll: true });
  };
  const pick = (id: string) => {
    close();
    const [kind, ...rest] = id.split("\n");
    if (kind === "module") actions.add(specs[rest[0]!]!, adding.place, adding.loose);
    else if (adding.loose) {
      const [path, port, own] = rest as [string, string, string];
      const mine = { path: adding.loose.ref.path, port: own };
      const other = { path, port };
      if (adding.loose.side === "source") actions.connect(mine, other);
      else actions.connect(other, mine);
    }
  };
  const label = adding.loose ? `Connect ${adding.loose.ref.port}` : "Add a module";
  return <Picker items={items} label={label} placeholder={adding.loose ? `What takes ${adding.loose.type.name}?` : "Add a module"} empty="Nothing fits." at={adding.at} onPick={pick} onClose={close} />;
}

type Loose = NonNullable<ReturnType<typeof useHost>["ui"] extends { get: () => infer U } ? (U extends { adding: infer A } ? NonNullable<A> : never) : never>["loose"];

function itemsFor(loose: Loose, scene: Scene, specs: Parameters<typeof fitting>[0]): PickerItem[] {
  const dot = (category: string) => <span className="swatch" style={{ background: `var(--type${categoryColor(category)})` }} />;
  if (!loose) {
    return byCategory(Object.values(specs).filter((spec) => !spec.error)).flatMap(([category, list]) =>
      list.map((spec) => ({ id: `module\n${spec.id}`, label: spec.title, group: category, mark: dot(category), score: (query: string) => score(spec, query) })),
    );
  }
  const face = scene.byPath.get(loose.ref.path);
  const ends: PickerItem[] = [];
  const own = loose.side === "source" ? (face?.outputs ?? []) : (face?.inputs ?? []);
  for (const other of scene.faces) {
    for (const port of loose.side === "source" ? other.inputs : other.outputs) {
      for (const mine of own) {
        if (mine.name !== loose.ref.port && !face?.outputs.includes(mine)) continue;
        const [source, target] = loose.side === "source" ? [{ path: loose.ref.path, port: mine.name }, { path: other.path, port: port.name }] : [{ path: other.path, port: port.name }, { path: loose.ref.path, port: mine.name }];
        const verdict = canConnect(scene, source, target);
        if (verdict.allowed && !verdict.replace) {
          ends.push({ id: `port\n${other.path}\n${port.name}\n${mine.name}`, label: `${other.title}: ${port.title}`, detail: own.length > 1 ? `from ${mine.title}` : undefined, group: "On the canvas", mark: dot(other.category) });
        }
      }
    }
  }
  const modules = fitting(specs, loose.type, loose.side).map((found): PickerItem => ({
    id: `module\n${found.spec.id}`, label: found.spec.title, detail: found.fit === "maybe" ? `${found.port}, may fit` : found.port, group: "New node", mark: dot(found.spec.category), score: (query) => score(found.spec, query),
  }));
  return [...ends, ...modules];
}
