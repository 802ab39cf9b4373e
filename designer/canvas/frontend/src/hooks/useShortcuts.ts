/** Keys on the whole page, except while something is typed. */
import { useEffect, useRef } from "react";

export type Shortcuts = Record<string, (event: KeyboardEvent) => void>;

/** `mod` is Ctrl, or Cmd on a Mac. Names look like `mod+shift+z`, `f`, `?`. */
export function useShortcuts(shortcuts: Shortcuts): void {
  const current = useRef(shortcuts);
  current.current = shortcuts;
  useEffect(() => {
    const onKeyDown = (event: KeyboardEvent) => {
      if (isTyping(event) || event.defaultPrevented) return;
      const action = current.current[nameOf(event)];
      if (!action) return;
      event.preventDefault();
      event.stopPropagation();
      action(event);
    };
    document.addEventListener("keydown", onKeyDown, true);
    return () => document.removeEventListener("keydown", onKeyDown, true);
  }, []);
}

export function isTyping(event: Event): boolean {
  const target = event.composedPath()[0] as HTMLElement | undefined;
  return Boolean(target?.closest?.("input:not([type=checkbox]), textarea, select, [contenteditable], [role=dialog], .picker"));
}

function nameOf(event: KeyboardEvent): string {
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key;
  const shift = event.shiftKey && (event.key.length > 1 || /[a-z]/i.test(event.key));
  return `${event.ctrlKey || event.metaKey ? "mod+" : ""}${shift ? "shift+" : ""}${key}`;
}
