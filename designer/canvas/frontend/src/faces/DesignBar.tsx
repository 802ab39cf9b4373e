/** The bar over the canvas: which pipeline, what can be done with it, and Run. */
import { useEffect, useState } from "react";

import { clock, plural, seconds } from "../core/format";
import type { Actions } from "../hooks/useActions";
import { useHost, useHostState, useUi } from "../hooks/useHost";
import { IconButton, MenuButton } from "../parts/basics";
import { Icon } from "../parts/Icon";
import { Link } from "../parts/Link";
import { StatusMark } from "../parts/Status";
import type { RunView } from "../wire";
import { askAgain } from "../core/plan";
import { PlanSummary } from "./PlanSummary";

export function DesignBar({ actions, readOnly }: { actions: Actions; readOnly: boolean }) {
  const host = useHost();
  const problems = useHostState((state) => state.problems.length);
  const palette = useUi((ui) => ui.palette);
  const side = useUi((ui) => ui.side);
  const past = useHostState((state) => state.history.past.length > 0);
  const future = useHostState((state) => state.history.future.length > 0);
  const everything = useHostState((state) => state.asked.everything);
  const pythonish = useHostState((state) => state.page?.document?.kind === "python");
  return (
    <div className="bar" role="toolbar" aria-label="Pipeline">
      {!readOnly && <IconButton icon="palette" label={palette ? "Hide the modules" : "Show the modules"} pressed={palette} onClick={() => host.ui.set({ palette: !palette })} />}
      <Name readOnly={readOnly} />
      <Saved />
      <span className="grow" />
      {!readOnly && (
        <span className="row hide-narrow" style={{ gap: 2 }}>
          <IconButton icon="undo" label="Undo" keys="Ctrl Z" disabled={!past} onClick={host.undo} />
          <IconButton icon="redo" label="Redo" keys="Ctrl ⇧ Z" disabled={!future} onClick={host.redo} />
          <span className="divider" />
        </span>
      )}
      {problems > 0 && (
        <button type="button" className="button bare" style={{ color: "var(--warn)" }} onClick={() => host.ui.set({ selected: [], side: true, tab: "set up" })}>
          <Icon name="warning" />
          {plural(problems, "problem")}
        </button>
      )}
      <MenuButton label="Pipeline menu" icon="dots" right
        entries={[
          { label: "New pipeline", icon: "plus", onPick: () => host.command({ do: "open", path: null }) },
          { label: "Open…", icon: "open", keys: "Ctrl O", onPick: () => host.ui.set({ dialog: "open" }) },
          { label: "Save…", icon: "save", keys: "Ctrl S", disabled: readOnly, onPick: () => host.ui.set({ dialog: "save" }) },
          { label: "Back to the file", icon: "reset", disabled: readOnly, onPick: () => {
            host.forget();
            host.command({ do: "revert" });
          } },
          { label: pythonish ? "Source" : "Source as YAML and Python", icon: "code", onPick: () => host.ui.set({ dialog: "source" }) },
          "line",
          { label: "Run the chosen again anyway", icon: "again", disabled: !actions.chosen().length, onPick: () => host.ask((asked) => askAgain(asked, actions.chosen().map((face) => face.path))) },
          { label: everything ? "Reuse what can be reused" : "Run everything again anyway", icon: "again", onPick: () => host.ask((asked) => ({ ...asked, everything: !asked.everything })) },
          "line",
          { label: "Select all", keys: "Ctrl A", onPick: () => host.ui.set({ selected: host.store.get().pipeline?.nodes.map((node) => node.id) ?? [] }) },
          { label: "Group the chosen", icon: "group", keys: "Ctrl G", disabled: readOnly, onPick: actions.group },
          { label: "Align left edges", keys: "⇧ ←", disabled: readOnly, onPick: () => actions.align("left") },
          { label: "Align top edges", keys: "⇧ ↑", disabled: readOnly, onPick: () => actions.align("top") },
          { label: "Spread across", disabled: readOnly, onPick: () => actions.align("spread across") },
          { label: "Spread down", disabled: readOnly, onPick: () => actions.align("spread down") },
          "line",
          { label: "Keys and help", icon: "help", keys: "?", onPick: () => host.ui.set({ dialog: "help" }) },
        ]} />
      <IconButton icon="panel" label={side ? "Hide the panel" : "Show the panel"} keys="P" pressed={side} onClick={() => host.ui.set({ side: !side })} />
      <span className="divider" />
      <PlanSummary />
      <RunState />
      <RunButton />
    </div>
  );
}

function Name({ readOnly }: { readOnly: boolean }) {
  const host = useHost();
  const name = useHostState((state) => state.pipeline?.name ?? "");
  const [text, setText] = useState(name);
  useEffect(() => setText(name), [name]);
  return (
    <input className="name" aria-label="Name of the pipeline" value={text} disabled={readOnly} onChange={(event) => setText(event.target.value)}
      onKeyDown={(event) => {
        event.stopPropagation();
        if (event.key === "Enter") (event.target as HTMLElement).blur();
      }}
      onBlur={() => {
        if (text.trim() && text.trim() !== name) host.edit({ op: "describe", name: text.trim() });
        else setText(name);
      }} />
  );
}

function Saved() {
  const document = useHostState((state) => state.page?.document ?? null);
  const pending = useHostState((state) => state.edits.length > 0);
  const conflict = useHostState((state) => Boolean(state.page?.conflict));
  if (!document) return null;
  const where = document.path ?? "not yet in a file";
  const state = document.read_only ? "read-only" : conflict ? "not saved" : pending ? "saving…" : document.changed ? "draft saved" : "saved";
  return <span className="saved hide-narrow" title={where} data-saved={state}>{where}  ·  {state}</span>;
}

export function RunState() {
  const run = useHostState((state) => state.run);
  if (!run) return null;
  return (
    <span className="row small hide-narrow" style={{ gap: 8 }}>
      <Link page="run" query={{ run: run.run_id }}>{run.number ? `Run ${run.number}` : "Run"}</Link>
      <StatusMark status={run.status} reused={Boolean(run.reused_from)} />
      <Elapsed run={run} />
    </span>
  );
}

export function Elapsed({ run }: { run: RunView }) {
  const [now, setNow] = useState(() => Date.now() / 1000);
  useEffect(() => {
    if (run.ended) return undefined;
    const timer = setInterval(() => setNow(Date.now() / 1000), 500);
    return () => clearInterval(timer);
  }, [run.ended]);
  const start = run.started ?? run.created;
  if (!start) return null;
  return <span className="muted num" title={`started ${clock(start)}`}>{seconds(Math.max(0, (run.finished ?? now) - start))}</span>;
}

/** Run, or Stop while something runs. What it shows follows the run's state, never the clock. */
function RunButton() {
  const host = useHost();
  const running = useHostState((state) => (state.run && !state.run.ended ? state.run : null));
  const pending = useHostState((state) => state.commands.find((one) => one.action.do === "run" || one.action.do === "stop")?.action.do ?? null);
  const empty = useHostState((state) => !state.pipeline?.nodes.length);
  const parameters = useHostState((state) => Object.values(state.pipeline?.parameters ?? {}).some((one) => one.required));
  if (running || pending === "stop") {
    const stopping = pending === "stop" || running?.status === "CancelRequested";
    return (
      <button type="button" className="button danger" disabled={stopping || !running} onClick={() => running && host.command({ do: "stop", run_id: running.run_id })}>
        <Icon name="stop" />
        {stopping ? "Stopping…" : "Stop"}
      </button>
    );
  }
  return (
    <span className="row" style={{ gap: 1 }}>
      <button type="button" className="button primary" disabled={pending === "run" || empty} onClick={() => (parameters ? host.ui.set({ dialog: "run" }) : host.run())}>
        <Icon name="play" />
        {pending === "run" ? "Starting…" : "Run"}
      </button>
      <IconButton icon="sliders" label="Run with…" keys="Ctrl Enter" disabled={empty} onClick={() => host.ui.set({ dialog: "run" })} />
    </span>
  );
}
