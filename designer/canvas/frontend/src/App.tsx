/** Which face is shown; the theme; messages for everybody. */
import { useEffect, useRef } from "react";

import { Compare } from "./faces/Compare";
import { Design } from "./faces/Design";
import { Modules } from "./faces/Modules";
import { RunFace } from "./faces/RunFace";
import { Runs } from "./faces/Runs";
import { useHost, useHostState } from "./hooks/useHost";
import { useTheme } from "./hooks/useTheme";

const FACES = { design: Design, run: RunFace, runs: Runs, modules: Modules, compare: Compare };
/** Streamlit listens for these on the whole document. */
const STREAMLIT_KEYS = new Set(["c", "r"]);

export function App() {
  const box = useRef<HTMLDivElement>(null);
  const host = useHost();
  const face = useHostState((state) => state.page?.face ?? null);
  useTheme(box);
  useEffect(() => {
    const look = () => host.look();
    window.addEventListener("focus", look);
    return () => window.removeEventListener("focus", look);
  }, [host]);
  if (!face) return null;
  const Face = FACES[face];
  return (
    <div className="app" ref={box} data-face={face} onKeyDown={(event) => {
      if (STREAMLIT_KEYS.has(event.key.toLowerCase()) && !event.ctrlKey && !event.metaKey) event.nativeEvent.stopPropagation();
    }}>
      <Face />
      <Toast />
    </div>
  );
}

function Toast() {
  const host = useHost();
  const toast = useHostState((state) => state.toast);
  useEffect(() => {
    if (!toast) return undefined;
    const timer = setTimeout(() => host.store.set({ toast: null }), 4500);
    return () => clearTimeout(timer);
  }, [toast, host]);
  return (
    <div aria-live="polite" role="status">
      {toast && <div className="toast">{toast.text}</div>}
    </div>
  );
}
