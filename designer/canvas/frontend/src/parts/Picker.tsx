/** A searchable list that opens at a place: adding a module, choosing an end for an edge. Built for the keyboard. */
import { type ReactNode, useEffect, useMemo, useRef, useState } from "react";

import { useOutside } from "./basics";

export interface PickerItem {
  id: string;
  label: string;
  detail?: string;
  group?: string;
  mark?: ReactNode;
  words?: string;
  score?: (query: string) => number;
}

interface Props {
  items: PickerItem[];
  label: string;
  placeholder: string;
  empty: string;
  at?: { x: number; y: number };
  onPick: (id: string) => void;
  onClose: () => void;
}

const LONGEST = 200;

export function Picker({ items, label, placeholder, empty, at, onPick, onClose }: Props) {
  const [query, setQuery] = useState("");
  const [active, setActive] = useState(0);
  const box = useRef<HTMLDivElement>(null);
  useOutside(box, true, onClose);
  const found = useMemo(() => filter(items, query).slice(0, LONGEST), [items, query]);
  useEffect(() => box.current?.querySelector("input")?.focus(), []);
  useEffect(() => {
    box.current?.querySelector('[data-active="true"]')?.scrollIntoView({ block: "nearest" });
  }, [active, found]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key === "Escape") return onClose();
    if (event.key === "ArrowDown") setActive(Math.min(found.length - 1, active + 1));
    else if (event.key === "ArrowUp") setActive(Math.max(0, active - 1));
    else if (event.key === "Enter" && found[active]) onPick(found[active].id);
    else if (event.key !== "Tab") return undefined;
    event.preventDefault();
    return undefined;
  };
  return (
    <div className="menu picker" ref={box} style={at ? { left: at.x, top: at.y } : undefined} onKeyDown={onKeyDown} role="dialog" aria-label={label}>
      <input className="input" placeholder={placeholder} aria-label={placeholder} value={query} role="combobox" aria-expanded="true" aria-controls="picker-list"
        aria-activedescendant={found[active] ? `pick-${active}` : undefined}
        onChange={(event) => {
          setQuery(event.target.value);
          setActive(0);
        }}
      />
      <div className="picker-list" id="picker-list" role="listbox" aria-label={label}>
        {found.map((item, i) => (
          <div key={item.id} role="presentation">
            {item.group && item.group !== found[i - 1]?.group && <div className="picker-group" role="presentation">{item.group}</div>}
            <div className="menu-item" role="option" id={`pick-${i}`} aria-selected={i === active} data-active={i === active} onPointerMove={() => setActive(i)} onClick={() => onPick(item.id)}>
              {item.mark}
              <span className="grow cut">{item.label}</span>
              {item.detail && <span className="detail cut">{item.detail}</span>}
            </div>
          </div>
        ))}
        {!found.length && <div className="picker-empty">{empty}</div>}
      </div>
    </div>
  );
}

function filter(items: PickerItem[], query: string): PickerItem[] {
  const wanted = query.toLowerCase().split(/\s+/).filter(Boolean);
  if (!wanted.length) return items;
  const score = (item: PickerItem): number => {
    if (item.score) return item.score(query);
    const text = `${item.label} ${item.words ?? ""} ${item.detail ?? ""}`.toLowerCase();
    return wanted.every((word) => text.includes(word)) ? (item.label.toLowerCase().startsWith(wanted[0]!) ? 2 : 1) : 0;
  };
  return items.map((item) => [item, score(item)] as const).filter(([, s]) => s > 0).sort((a, b) => b[1] - a[1]).map(([item]) => item);
}
