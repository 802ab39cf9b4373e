/** What is open, chosen and hovered on one mount. Nothing in here is worth saving. */
import type { Verdict, PortRef } from "../core/connect";
import type { PortType } from "../wire";

export type Dialog = "help" | "run" | "open" | "save" | "source" | "parameters" | "pin";

export interface Adding {
  /** where the menu shows, in the stage */
  at: { x: number; y: number };
  /** where the node goes, on the canvas */
  place: [number, number] | null;
  /** the loose end that the new node is to take */
  loose: { ref: PortRef; side: "source" | "target"; type: PortType } | null;
}

export interface Ui {
  selected: string[];
  connecting: { ref: PortRef; side: "source" | "target"; verdicts: Map<string, Verdict> } | null;
  far: boolean;
  dialog: Dialog | null;
  adding: Adding | null;
  tab: string;
  side: boolean;
  wide: boolean;
  width: number;
  palette: boolean;
  find: number;
  fit: { nodes: string[] | null; id: number } | null;
  /** the note that was just added: its text is to be typed */
  writing: string | null;
}

/** Up to this width the palette and the panel lie over the canvas (design.css): they come when they are asked for. */
const NARROW = 900;

export const isNarrow = (): boolean => typeof window !== "undefined" && window.innerWidth <= NARROW;

export const initialUi = (): Ui => ({
  selected: [], connecting: null, far: false, dialog: null, adding: null, tab: "set up", side: false, wide: false, width: 372,
  palette: !isNarrow(), find: 0, fit: null, writing: null,
});
