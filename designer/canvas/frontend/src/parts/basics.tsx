/** Small parts with no knowledge of pipelines: a button with an icon, a menu, a dialog, tabs, a notice. */
import { type ReactNode, useEffect, useRef, useState } from "react";

import { Icon, type IconName } from "./Icon";

interface IconButtonProps {
  icon: IconName;
  label: string;
  onClick: () => void;
  pressed?: boolean;
  disabled?: boolean;
  keys?: string;
  className?: string;
  spin?: boolean;
}

/** A button with only an icon; its label is read out and shown on hover. */
export function IconButton({ icon, label, onClick, pressed, disabled, keys, className = "" }: IconButtonProps) {
  return (
    <button type="button" className={`button bare ${className}`} aria-label={label} title={keys ? `${label}   ${keys}` : label}
      aria-pressed={pressed} disabled={disabled} onClick={onClick}>
      <Icon name={icon} />
    </button>
  );
}

export interface MenuEntry {
  label: string;
  icon?: IconName;
  keys?: string;
  disabled?: boolean;
  onPick: () => void;
}

/** A button that opens a menu; arrows move, Escape closes. */
export function MenuButton({ label, icon, entries, right, text }: { label: string; icon: IconName; text?: string; entries: (MenuEntry | "line")[]; right?: boolean }) {
  const [open, setOpen] = useState(false);
  const box = useRef<HTMLSpanElement>(null);
  useOutside(box, open, () => setOpen(false));
  useEffect(() => {
    if (open) box.current?.querySelector<HTMLElement>(".menu-item:not(:disabled)")?.focus();
  }, [open]);
  const onKeyDown = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") {
      setOpen(false);
      box.current?.querySelector<HTMLElement>(".button")?.focus();
    } else if (event.key === "ArrowDown" || event.key === "ArrowUp") {
      const items = [...(box.current?.querySelectorAll<HTMLElement>(".menu-item:not(:disabled)") ?? [])];
      const root = box.current?.getRootNode() as Document | ShadowRoot;
      const at = items.indexOf(root.activeElement as HTMLElement);
      items.at((at + (event.key === "ArrowDown" ? 1 : -1)) % items.length)?.focus();
    } else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <span className="anchor" ref={box} onKeyDown={open ? onKeyDown : undefined}>
      <button type="button" className={text ? "button" : "button bare"} aria-label={text ? undefined : label} title={label} aria-haspopup="menu" aria-expanded={open} onClick={() => setOpen(!open)}>
        <Icon name={icon} />
        {text}
      </button>
      {open && (
        <div className={`menu ${right ? "right" : ""}`} role="menu" aria-label={label}>
          {entries.map((entry, i) =>
            entry === "line" ? (
              <div className="menu-line" key={i} role="separator" />
            ) : (
              <button type="button" key={i} role="menuitem" className="menu-item" disabled={entry.disabled}
                onClick={() => {
                  setOpen(false);
                  entry.onPick();
                }}>
                {entry.icon && <Icon name={entry.icon} />}
                {entry.label}
                {entry.keys && <kbd>{entry.keys}</kbd>}
              </button>
            ),
          )}
        </div>
      )}
    </span>
  );
}

/** Call `close` on a press outside `box`. */
export function useOutside(box: React.RefObject<HTMLElement | null>, active: boolean, close: () => void): void {
  useEffect(() => {
    if (!active) return undefined;
    const onPress = (event: PointerEvent) => {
      if (box.current && !event.composedPath().includes(box.current)) close();
    };
    document.addEventListener("pointerdown", onPress, true);
    return () => document.removeEventListener("pointerdown", onPress, true);
  }, [active]); // eslint-disable-line
}

/** A window over the page. Escape closes; focus stays inside and goes back afterwards. */
export function DialogBox({ title, onClose, children, footer, wide }: { title: string; onClose: () => void; children: ReactNode; footer?: ReactNode; wide?: boolean }) {
  const box = useRef<HTMLDivElement>(null);
  useEffect(() => {
    const root = box.current!.getRootNode() as Document | ShadowRoot;
    const before = root.activeElement as HTMLElement | null;
    (box.current!.querySelector<HTMLElement>(".content :is(input, select, textarea, button), footer .primary") ?? box.current!).focus();
    return () => before?.focus?.();
  }, []);
  // before the fields, which keep their keys to themselves
  const onKeyDownFirst = (event: React.KeyboardEvent) => {
    if (event.key === "Escape") onClose();
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) box.current!.querySelector<HTMLElement>("footer .primary:not(:disabled)")?.click();
  };
  const onKeyDown = (event: React.KeyboardEvent) => {
    event.stopPropagation();
    if (event.key !== "Tab") return;
    const all = [...box.current!.querySelectorAll<HTMLElement>("button:not(:disabled), input:not(:disabled), select, textarea, a[href]")];
    const root = box.current!.getRootNode() as Document | ShadowRoot;
    const edge = event.shiftKey ? all[0] : all.at(-1);
    if (root.activeElement === edge) {
      event.preventDefault();
      (event.shiftKey ? all.at(-1) : all[0])?.focus();
    }
  };
  return (
    <div className="veil" onPointerDown={(event) => event.target === event.currentTarget && onClose()}>
      <div className={`dialog ${wide ? "wide" : ""}`} role="dialog" aria-modal="true" aria-label={title} ref={box} tabIndex={-1} onKeyDownCapture={onKeyDownFirst} onKeyDown={onKeyDown}>
        <header>
          <h2 className="grow">{title}</h2>
          <IconButton icon="close" label="Close" onClick={onClose} />
        </header>
        <div className="content">{children}</div>
        {footer && <footer>{footer}</footer>}
      </div>
    </div>
  );
}

export interface TabEntry {
  id: string;
  label: string;
  count?: number;
}

/** A row of tabs; arrows move. */
export function Tabs({ tabs, chosen, onChoose, label }: { tabs: TabEntry[]; chosen: string; onChoose: (id: string) => void; label: string }) {
  const onKeyDown = (event: React.KeyboardEvent<HTMLDivElement>) => {
    const step = event.key === "ArrowRight" ? 1 : event.key === "ArrowLeft" ? -1 : 0;
    if (!step) return;
    event.preventDefault();
    const at = tabs.findIndex((tab) => tab.id === chosen);
    const next = (at + step + tabs.length) % tabs.length;
    onChoose(tabs[next]!.id);
    (event.currentTarget.children[next] as HTMLElement).focus();
  };
  return (
    <div className="tabs" role="tablist" aria-label={label} onKeyDown={onKeyDown}>
      {tabs.map((tab) => (
        <button type="button" key={tab.id} role="tab" className="tab" aria-selected={tab.id === chosen} tabIndex={tab.id === chosen ? 0 : -1} onClick={() => onChoose(tab.id)}>
          {tab.label}
          {tab.count ? <span className="count">{tab.count}</span> : null}
        </button>
      ))}
    </div>
  );
}

const LEVEL_ICONS: Record<string, IconName> = { error: "error", warning: "warning", success: "completed", info: "info" };

/** Something to tell, with what to do next. Text only. */
export function NoticeBox({ level, title, text, hint, onClose, children }: { level: string; title: string; text?: string; hint?: string; onClose?: () => void; children?: ReactNode }) {
  return (
    <div className="notice" data-level={level} role={level === "error" ? "alert" : "status"}>
      <Icon name={LEVEL_ICONS[level] ?? "info"} />
      <div className="grow section" style={{ gap: 2 }}>
        <strong>{title}</strong>
        {text && <div className="wrap small">{text}</div>}
        {hint && <div className="wrap small muted">Next: {hint}</div>}
        {children}
      </div>
      {onClose && <IconButton icon="close" label="Dismiss" onClick={onClose} className="tiny" />}
    </div>
  );
}

export function Empty({ title, children }: { title: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <strong>{title}</strong>
      {children}
    </div>
  );
}
