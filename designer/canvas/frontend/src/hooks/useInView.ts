/** The chosen node stays in view when the panel opens over it or grows. */
import { useReactFlow } from "@xyflow/react";
import { type RefObject, useEffect } from "react";

import { isNarrow } from "../state/ui";
import { useHost, useUi } from "./useHost";

const MARGIN = 24;

export function useInView(stage: RefObject<HTMLElement | null>): void {
  const host = useHost();
  const flow = useReactFlow();
  const side = useUi((ui) => ui.side);
  const wide = useUi((ui) => ui.wide);
  useEffect(() => {
    if (side && isNarrow() && host.ui.get().palette) host.ui.set({ palette: false });
    const timer = setTimeout(() => {
      const node = stage.current?.querySelector(".react-flow__node.selected")?.getBoundingClientRect();
      const box = stage.current?.getBoundingClientRect();
      if (!node || !box) return;
      const panel = isNarrow() && side ? Math.min(372, window.innerWidth * 0.94) : 0;
      const over = node.right + MARGIN - (box.right - panel);
      if (over <= 0 || node.left - over < box.left) return;
      const view = flow.getViewport();
      void flow.setViewport({ ...view, x: view.x - over }, { duration: 180 });
    }, 40);
    return () => clearTimeout(timer);
  }, [side, wide, host, flow, stage]);
}
