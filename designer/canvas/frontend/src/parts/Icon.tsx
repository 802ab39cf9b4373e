/** The icons, drawn for 16 pixels. Always beside a word or a label, never alone in meaning. */
import { memo } from "react";

const PATHS = {
  play: "M5 3.2v9.6L12.6 8z",
  stop: "M4 4h8v8H4z",
  undo: "M6 3.5 3 6.5l3 3M3.2 6.5H9.5a3.5 3.5 0 0 1 0 7H7",
  redo: "m10 3.5 3 3-3 3M12.8 6.5H6.5a3.5 3.5 0 0 0 0 7H9",
  search: "M7 11.5a4.5 4.5 0 1 0 0-9 4.5 4.5 0 0 0 0 9zM10.3 10.3 13.5 13.5",
  plus: "M8 3v10M3 8h10",
  minus: "M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  check: "m3.5 8.5 3 3 6-7",
  down: "m4 6 4 4 4-4",
  up: "m4 10 4-4 4 4",
  right: "m6 4 4 4-4 4",
  dots: "M3.5 8h.01M8 8h.01M12.5 8h.01",
  fit: "M2.5 6V3.5a1 1 0 0 1 1-1H6M10 2.5h2.5a1 1 0 0 1 1 1V6M13.5 10v2.5a1 1 0 0 1-1 1H10M6 13.5H3.5a1 1 0 0 1-1-1V10",
  layout: "M2.5 3h4v3.5h-4zM9.5 3h4v3.5h-4zM9.5 9.5h4V13h-4zM6.5 4.7h3M8 4.7v6.5h1.5",
  note: "M3 3h10v6.5L9.5 13H3zM13 9.5H9.5V13",
  pin: "M6 2.5h4M6.5 2.5v4L4.5 9h7l-2-2.5v-4M8 9v4.5",
  open: "M2.5 12.5v-8a1 1 0 0 1 1-1h3l1.5 1.5h4.5a1 1 0 0 1 1 1v6.5a1 1 0 0 1-1 1h-9a1 1 0 0 1-1-1z",
  save: "M3 3h8l2 2v8H3zM5.5 3v3.5h4V3M5 13V9.5h6V13",
  code: "M5.5 5 2.5 8l3 3M10.5 5l3 3-3 3M9 3.5 7 12.5",
  help: "M6 6a2 2 0 1 1 2.8 1.8c-.5.3-.8.7-.8 1.3v.4M8 12h.01M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z",
  info: "M8 7.2V11M8 5h.01M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13z",
  warning: "M8 2.2 14.3 13H1.7zM8 6.5v3M8 11.2h.01",
  error: "M8 5v3.5M8 11h.01M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3z",
  completed: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM5.2 8.2l2 2 3.6-4.2",
  failed: "M5.3 1.5h5.4l3.8 3.8v5.4l-3.8 3.8H5.3l-3.8-3.8V5.3zM5.8 5.8l4.4 4.4M10.2 5.8l-4.4 4.4",
  running: "M8 1.5A6.5 6.5 0 0 1 14.5 8M8 14.5A6.5 6.5 0 0 1 1.5 8",
  waiting: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.3 1.6",
  canceled: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM3.5 3.5l9 9",
  skipped: "M4 4l4 4-4 4M8.5 4l4 4-4 4",
  reused: "M3 6.5a5.2 5.2 0 0 1 9.5-1.2M13 2.5v3h-3M13 9.5a5.2 5.2 0 0 1-9.5 1.2M3 13.5v-3h3",
  changed: "M8 11.5a3.5 3.5 0 1 0 0-7 3.5 3.5 0 0 0 0 7z",
  follows: "M4 2.5v5a2 2 0 0 0 2 2h6M9.2 6.5l3 3-3 3",
  swap: "M3 5.5h9M9.5 3 12 5.5 9.5 8M13 10.5H4M6.5 8 4 10.5 6.5 13",
  maybe: "M5.7 6a2.3 2.3 0 1 1 3.3 2.1c-.7.3-1 .8-1 1.6v.2M8 12.8h.01",
  again: "M3 4v8l5-4zM8.5 4v8l5-4z",
  group: "M2.5 5V2.5H5M11 2.5h2.5V5M13.5 11v2.5H11M5 13.5H2.5V11M5.5 5.5h5v5h-5z",
  power: "M8 2v5.5M4.6 4.2a5 5 0 1 0 6.8 0",
  link: "M6.8 9.2a2.6 2.6 0 0 0 3.7 0l2.2-2.2a2.6 2.6 0 0 0-3.7-3.7l-.8.8M9.2 6.8a2.6 2.6 0 0 0-3.7 0L3.3 9a2.6 2.6 0 0 0 3.7 3.7l.8-.8",
  trash: "M2.5 4.5h11M6 4.5v-2h4v2M4 4.5l.7 9h6.6l.7-9",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  download: "M8 2.5v7.5M4.8 7 8 10.2 11.2 7M3 13h10",
  panel: "M2.5 3h11v10h-11zM10 3v10",
  palette: "M2.5 3h11v10h-11zM6 3v10",
  widen: "M9.5 2.5h4v4M13.2 2.8 9 7M6.5 13.5h-4v-4M2.8 13.2 7 9",
  reset: "M3 6.5a5.2 5.2 0 1 1-.2 3M3 3v3.5h3.5",
  columns: "M2.5 3h11v10h-11zM6.2 3v10M9.8 3v10",
  sliders: "M3 5h6M12 5h1M3 11h1M7 11h6M9 3.2v3.6M7 9.2v3.6M4 9.2",
  clock: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.3 1.6",
} as const;

export type IconName = keyof typeof PATHS;
const SOLID = new Set<IconName>(["play", "stop", "again", "changed"]);

export const Icon = memo(function Icon({ name, className = "" }: { name: IconName; className?: string }) {
  const dots = name === "dots";
  return (
    <svg className={`icon ${className}`} viewBox="0 0 16 16" aria-hidden="true" fill={SOLID.has(name) ? "currentColor" : "none"}
      stroke="currentColor" strokeWidth={SOLID.has(name) ? 1 : dots ? 2.4 : 1.5} strokeLinecap="round" strokeLinejoin="round">
      <path d={PATHS[name]} />
    </svg>
  );
});
