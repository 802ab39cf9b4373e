/** All modules by category, with search. Drag one in, or press Enter on it, or double click it. */
import { useEffect, useMemo, useRef, useState } from "react";

import { useHostState, useUi } from "../hooks/useHost";
import { categoryColor } from "../core/colors";
import { byCategory, search } from "../core/search";
import { Icon } from "../parts/Icon";
import type { ModuleSpec } from "../wire";

export const DRAG_TYPE = "application/x-designer-module";

export function Palette({ onAdd }: { onAdd: (spec: ModuleSpec) => void }) {
  const specs = useHostState((state) => state.specs);
  const find = useUi((ui) => ui.find);
  const [query, setQuery] = useState("");
  const [closed, setClosed] = useState<ReadonlySet<string>>(new Set());
  const [active, setActive] = useState(0);
  const input = useRef<HTMLInputElement>(null);
  const list = useRef<HTMLDivElement>(null);
  const found = useMemo(() => search(Object.values(specs), query), [specs, query]);
  const groups = useMemo(() => (query.trim() ? null : byCategory(found)), [found, query]);
  useEffect(() => {
    if (find) input.current?.focus();
  }, [find]);
  const toggle = (category: string) => {
    const next = new Set(closed);
    if (!next.delete(category)) next.add(category);
    setClosed(next);
  };
  return (
    <aside className="palette" aria-label="Modules">
      <div className="find">
        <Icon name="search" />
        <input ref={input} className="input" type="search" placeholder="Find a module" aria-label="Find a module" value={query}
          onChange={(event) => {
            setQuery(event.target.value);
            setActive(0);
          }}
          onKeyDown={(event) => {
            event.stopPropagation();
            if (event.key === "Enter" && query.trim() && found[active]) onAdd(found[active]);
            else if (event.key === "ArrowDown" && groups) list.current?.querySelector<HTMLElement>(".entry")?.focus();
            else if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, active + 1));
            else if (event.key === "ArrowUp") setActive(Math.max(0, active - 1));
            else if (event.key === "Escape") {
              setQuery("");
              input.current?.blur();
            } else return;
            event.preventDefault();
          }}
        />
      </div>
      <div className="list" ref={list} onKeyDown={(event) => arrows(event, list.current!)}>
        {groups?.map(([category, entries]) => (
          <div key={category}>
            <button type="button" className="category" aria-expanded={!closed.has(category)} onClick={() => toggle(category)}>
              <Icon name="down" />
              <span className="cut">{category}</span>
              <span className="count">{entries.length}</span>
            </button>
            {!closed.has(category) && entries.map((spec) => <Entry key={spec.id} spec={spec} onAdd={onAdd} />)}
          </div>
        ))}
        {!groups && found.map((spec, i) => <Entry key={spec.id} spec={spec} onAdd={onAdd} active={i === active} detail />)}
        {!found.length && <p className="muted small" style={{ padding: "8px" }}>{query ? "No module has these words." : "This project has no modules yet."}</p>}
      </div>
      <div className="hint">Drag onto the canvas, or press Enter</div>
    </aside>
  );
}

function arrows(event: React.KeyboardEvent, list: HTMLElement): void {
  if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
  const entries = [...list.querySelectorAll<HTMLElement>(".entry, .category")];
  const at = entries.indexOf(event.target as HTMLElement);
  entries[Math.max(0, Math.min(entries.length - 1, at + (event.key === "ArrowDown" ? 1 : -1)))]?.focus();
  event.preventDefault();
  event.stopPropagation();
}

function Entry({ spec, onAdd, active, detail }: { spec: ModuleSpec; onAdd: (spec: ModuleSpec) => void; active?: boolean; detail?: boolean }) {
  const broken = spec.error !== null;
  return (
    <button type="button" className="entry" data-module={spec.id} data-active={active} data-broken={broken} draggable={!broken}
      style={{ "--hue": `var(--type${categoryColor(spec.category)})` } as React.CSSProperties}
      title={broken ? `can't be used: ${spec.error}` : [spec.description.split("\n")[0], spec.id].filter(Boolean).join("\n")}
      onDragStart={(event) => {
        event.dataTransfer.setData(DRAG_TYPE, spec.id);
        event.dataTransfer.setData("text/plain", spec.title);
        event.dataTransfer.effectAllowed = "copy";
      }}
      onDoubleClick={() => onAdd(spec)}
      onKeyDown={(event) => {
        if (event.key !== "Enter" && event.key !== " ") return;
        event.preventDefault();
        event.stopPropagation();
        onAdd(spec);
      }}>
      <span className="dot" />
      <span className="grow">
        <span className="cut" style={{ display: "block" }}>{spec.title}</span>
        {detail && <span className="muted small cut" style={{ display: "block" }}>{spec.category}</span>}
      </span>
      {broken && <Icon name="warning" />}
    </button>
  );
}
