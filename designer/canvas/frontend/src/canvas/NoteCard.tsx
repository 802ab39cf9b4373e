/** A sticky note. Its text is text. */
import { type Node as FlowNode, NodeResizer, type NodeProps, NodeToolbar, Position } from "@xyflow/react";
import { memo, useEffect, useRef, useState } from "react";

import { useHost, useHostState, useUi } from "../hooks/useHost";
import type { Note } from "../wire";

export type NoteNode = FlowNode<{ note: Note }>;
const COLORS = ["yellow", "blue", "green", "red"];

export const NoteCard = memo(function NoteCard({ data: { note }, selected }: NodeProps<NoteNode>) {
  const host = useHost();
  const readOnly = useHostState((state) => state.page?.document?.read_only ?? true);
  const [text, setText] = useState(note.text);
  useEffect(() => setText(note.text), [note.text]);
  const field = useRef<HTMLTextAreaElement>(null);
  const writing = useUi((ui) => ui.writing === note.id);
  useEffect(() => {
    if (!writing) return undefined;
    // a node can't take the focus until it is measured
    const timer = setTimeout(() => {
      field.current?.focus({ preventScroll: true });
      host.ui.set({ writing: null });
    }, 60);
    return () => clearTimeout(timer);
  }, [writing, host]);
  const change = (fields: Partial<Note>, merge?: string) => host.edit({ op: "set_note", note: { ...note, ...fields } }, merge);
  const color = COLORS.includes(note.color) ? note.color : "yellow";
  return (
    <>
      {!readOnly && (
        <NodeResizer isVisible={selected} minWidth={120} minHeight={60} lineStyle={{ borderColor: "transparent" }} handleStyle={{ width: 9, height: 9, background: "var(--accent)", border: "none" }}
          onResizeEnd={(_, size) => change({ x: size.x, y: size.y, width: size.width, height: size.height })} />
      )}
      <NodeToolbar isVisible={selected && !readOnly} position={Position.Top}>
        <div className="swatches">
          {COLORS.map((one) => (
            <button type="button" key={one} aria-label={`${one} note`} style={{ background: `var(--note-${one})` }} onClick={() => change({ color: one })} />
          ))}
        </div>
      </NodeToolbar>
      <div className="note" style={{ "--note": `var(--note-${color})` } as React.CSSProperties}>
        <header />
        <textarea className="nodrag nowheel" aria-label="Note" value={text} readOnly={readOnly} placeholder="Write a note"
          ref={field}
          onKeyDown={(event) => {
            if (event.key === "Escape") field.current?.closest<HTMLElement>(".react-flow__node")?.focus({ preventScroll: true });
          }}
          onChange={(event) => {
            setText(event.target.value);
            change({ text: event.target.value }, `note ${note.id}`);
          }} />
      </div>
    </>
  );
});
